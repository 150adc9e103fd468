import type { Connector, RunReport } from '@flowmeta/connector';
import type { Sink } from '@flowmeta/om-sink';

export interface IngestionOptions {
  connector: Connector;
  sink: Sink;
  /** How the source and the target are named in the report. */
  source: { connector: string; description: string };
  service: string;
  /** Runs that started in this window are read, ms. */
  since: number;
  until: number;
  namespaces?: string[];
  /** Writes tags from labels; default true. */
  includeTags?: boolean;
  includeOwners?: boolean;
  includeLineage?: boolean;
  /** The classification that holds the tags, e.g. `KestraLabels`. */
  classification: string;
  dryRun?: boolean;
  /** Reported about four times a second at most. */
  onProgress?: (progress: Progress) => void;
  signal?: AbortSignal;
  now: () => number;
  /** Pipelines being written at a time; default 8. */
  concurrency?: number;
}

export interface Progress {
  phase: 'opening' | 'pipelines' | 'runs' | 'lineage' | 'done';
  pipelines: number;
  runs: number;
  writes: number;
  /** ms since the start. */
  elapsed: number;
}

/** One run: never throws for what went wrong on the way; the report says it. */
export type Ingest = (options: IngestionOptions) => Promise<RunReport>;
