import { buildFqn, capabilitiesFor, splitFqn } from '@flowmeta/om-mapper';
import type { OmClient } from '../client/client-types.js';
import { OpenMetadataError } from '../client/error.js';
import type { IngestionRunStatus, StepSummary } from '../client/ingestion-entities.js';
import type { SinkFinding } from '../types.js';
import { findingOf } from './findings.js';

/** Failures that a run shows in OpenMetadata, over all steps. */
const shownFailures = 100;
/** Characters of one failure. */
const failureLength = 1000;

export interface IngestionRunOptions {
  /** Stays open. One of its own, so that neither an interrupt nor the load of the run holds up the last word on it. */
  client: OmClient;
  /** Name of the pipeline service that is filled. */
  service: string;
  /** FQN of the ingestion pipeline, `<service>.<name>`. One that is there is used as it is; one of our service is made. */
  ingestionPipeline: string;
  /** The same for the start and the end: the server keeps one state per id. */
  runId: string;
  /** ms. */
  startedAt: number;
  /** How long `end` may take, ms; default 10_000. */
  patience?: number;
}

export interface IngestionRunEnd {
  state: 'success' | 'partialSuccess' | 'failed';
  /** ms. */
  endedAt: number;
  /** Without secrets. Left out where the server has no steps (1.2); failures beyond 100 are left out. */
  steps: StepSummary[];
}

/** Shows a run on the page of its service in OpenMetadata, under Agents (before 1.8: Ingestions). */
export interface IngestionRun {
  /** Shows it as running, without waiting for it. To be called once the service is there. */
  start(): void;
  /**
   * Shows how it ended, whether or not it was started. Never rejects: a refusal is a finding. Does nothing where the service does
   * not exist.
   */
  end(end: IngestionRunEnd): Promise<SinkFinding | undefined>;
}

export function createIngestionRun(options: IngestionRunOptions): IngestionRun {
  const { client, runId, startedAt, ingestionPipeline, patience = 10_000 } = options;
  const ref = `ingestion pipeline ${ingestionPipeline}`;
  let started: Promise<void> = Promise.resolve();
  let target: string | undefined;

  const put = async (change: Omit<IngestionRunStatus, 'runId' | 'startDate' | 'timestamp'>): Promise<void> => {
    target ??= await findOrCreate(options);
    if (target === undefined) return;
    await client.putIngestionRun(target, { runId, startDate: startedAt, timestamp: startedAt, ...change });
  };

  const end = async ({ state, endedAt, steps }: IngestionRunEnd): Promise<void> => {
    // One after the other: the last word on a run must not be that it is running.
    await started;
    const { capabilities } = capabilitiesFor(await client.version());
    const change = { pipelineState: state, endDate: endedAt } as const;
    if (!capabilities.ingestionRunSteps) return put(change);
    try {
      await put({ ...change, status: withinLimits(steps) });
    } catch (error) {
      // No recorded server has taken steps: the state must not be lost with them.
      if (!(error instanceof OpenMetadataError) || error.kind !== 'refused') throw error;
      await put(change);
    }
  };

  return {
    start() {
      // If it is refused, so is the end, which says it.
      started = put({ pipelineState: 'running' }).catch(() => undefined);
    },
    async end(result) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const tooLate = new Promise<SinkFinding>((resolve) => {
        const message = `OpenMetadata did not take within ${patience / 1000} s how the run ended, so it does not show it`;
        timer = setTimeout(() => resolve({ ref, message }), patience);
      });
      const ended = end(result).then(
        () => undefined,
        (error: unknown) => {
          const { message, ...rest } = findingOf(ref, error);
          return { ...rest, message: `OpenMetadata does not show this run: ${message}` };
        },
      );
      const finding = await Promise.race([ended, tooLate]);
      clearTimeout(timer);
      return finding;
    },
  };
}

/** The FQN as the server has it; nothing where our service isn't there yet. */
async function findOrCreate({ client, service, ingestionPipeline }: IngestionRunOptions): Promise<string | undefined> {
  // A PUT would replace the schedule and the settings of one that was made in OpenMetadata.
  const present = await client.getIngestionPipeline(ingestionPipeline);
  if (present?.deleted) throw new Error('its ingestion pipeline was deleted there');
  if (present) return present.fullyQualifiedName;
  const [owner, name, ...rest] = splitFqn(ingestionPipeline);
  if (name === undefined || rest.length > 0 || owner !== service) {
    throw new Error(
      `there is no ingestion pipeline ${ingestionPipeline}, and only one of ${buildFqn([service])} is made`,
    );
  }
  const holder = await client.getService(service);
  if (holder === undefined || holder.deleted) return undefined;
  const made = await client.putIngestionPipeline({
    name,
    displayName: name,
    description: 'Runs of Flowmeta. They are started elsewhere, so there is nothing to deploy here.',
    pipelineType: 'metadata',
    service: { id: holder.id, type: 'pipelineService' },
    sourceConfig: { config: { type: 'PipelineMetadata' } },
    airflowConfig: {},
  });
  return made.fullyQualifiedName;
}

function withinLimits(steps: readonly StepSummary[]): StepSummary[] {
  let left = shownFailures;
  return steps.map((step) => {
    const failures = step.failures.slice(0, left).map(({ name, error }) => ({
      name,
      error: error.length > failureLength ? `${error.slice(0, failureLength)}…` : error,
    }));
    left -= failures.length;
    return { ...step, failures };
  });
}
