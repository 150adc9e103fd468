import type { Reference } from '@flowmeta/om-mapper';
import { z } from 'zod';

/** The answer also holds the bot's token: only this is taken from it. */
export const ingestionPipelineSchema = z.object({
  id: z.string(),
  fullyQualifiedName: z.string(),
  deleted: z.boolean().nullish(),
});

export type OmIngestionPipeline = z.output<typeof ingestionPipelineSchema>;

/** A `PUT /v1/services/ingestionPipelines` body, the same on all versions. */
export interface CreateIngestionPipeline {
  name: string;
  displayName?: string;
  description?: string;
  pipelineType: 'metadata';
  /** The pipeline service. */
  service: Reference;
  sourceConfig: { config: { type: 'PipelineMetadata' } };
  /** Required, even if OpenMetadata schedules nothing. */
  airflowConfig: Record<string, never>;
}

/** A `PUT /v1/services/ingestionPipelines/{fqn}/pipelineStatus` body; the server keeps one per `runId`. */
export interface IngestionRunStatus {
  runId: string;
  pipelineState: 'running' | 'success' | 'partialSuccess' | 'failed';
  /** ms. */
  startDate: number;
  /** ms; where the run stands in the list of runs. */
  timestamp: number;
  /** ms. */
  endDate?: number;
  /** Servers from 1.3 on have it. */
  status?: StepSummary[];
}

/** What one step of a run did. OpenMetadata's UI counts `records` as what succeeded. */
export interface StepSummary {
  name: string;
  records: number;
  updated_records: number;
  warnings: number;
  errors: number;
  filtered: number;
  failures: { name: string; error: string }[];
}
