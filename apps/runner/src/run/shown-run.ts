import type { EntityTotals, Finding, RunReport } from '@flowmeta/connector';
import { buildFqn } from '@flowmeta/om-mapper';
import { type Audit, createIngestionRun, type IngestionRunEnd, type OmClientOptions } from '@flowmeta/om-sink';
import type { LoadedConfig } from '../config/load-config.js';
import type { Host } from '../host.js';
import { openClient } from './open-target.js';
import { defaultThreshold, successOf } from './success.js';

/** The ingestion pipeline of those who name none. */
const defaultName = 'flowmeta';

export interface ShownRunOptions {
  host: Host;
  runId: string;
  /** ms. */
  startedAt: number;
  onAttempt: NonNullable<OmClientOptions['onAttempt']>;
  audit?: Audit | undefined;
  /** Default true; otherwise only the end is shown. */
  showsStart?: boolean;
}

/** The run as OpenMetadata's own UI shows it. */
export interface ShownRun {
  /** To be called once the service is there. */
  start(): void;
  /** `report` without secrets. Answers what the user should know, if OpenMetadata refuses. */
  end(report: RunReport): Promise<Finding | undefined>;
  close(): Promise<void>;
}

/** Shows a run in OpenMetadata if the config asks for it. */
export function showRun(config: LoadedConfig, options: ShownRunOptions): ShownRun | undefined {
  const { workflowConfig, ingestionPipelineFQN, sink, source } = config.workflow;
  const isWanted = workflowConfig.reportToOpenMetadata ?? ingestionPipelineFQN != null;
  if (!isWanted || sink?.type === 'file') return undefined;
  const { host, runId, startedAt, onAttempt, audit, showsStart = true } = options;
  // Not the client of the run: an interrupt ends that one before the last word is said.
  const closing = new AbortController();
  const client = openClient(config, { host, signal: closing.signal, onAttempt });
  const run = createIngestionRun({
    client: audit?.over(client) ?? client,
    service: source.serviceName,
    ingestionPipeline: ingestionPipelineFQN ?? buildFqn([source.serviceName, defaultName]),
    runId,
    startedAt,
  });
  let isStarted = false;
  return {
    start() {
      isStarted = true;
      if (showsStart) run.start();
    },
    async end(report) {
      const state = stateOf(report, workflowConfig.successThreshold ?? defaultThreshold);
      const steps = stepsOf(report, { source: config.connector.title, isStarted });
      const finding = await run.end({ state, endedAt: report.endedAt, steps });
      return finding && { ...finding, count: 1 };
    },
    async close() {
      closing.abort(new Error('the run is over'));
      await client.close();
    },
  };
}

function stateOf(report: RunReport, threshold: number): IngestionRunEnd['state'] {
  if (report.outcome === 'done') return 'success';
  return report.outcome === 'partial' && successOf(report) >= threshold ? 'partialSuccess' : 'failed';
}

type Step = IngestionRunEnd['steps'][number];

function stepsOf(report: RunReport, { source, isStarted }: { source: string; isStarted: boolean }): Step[] {
  const counts = Object.values(report.totals).filter((totals) => 'read' in totals);
  const sum = (...keys: (keyof EntityTotals)[]) =>
    counts.reduce((total, each) => total + keys.reduce((inner, key) => inner + (each[key] ?? 0), 0), 0);
  const read: Step = {
    name: source,
    records: sum('read'),
    updated_records: 0,
    warnings: report.warnings.reduce((total, { count }) => total + count, 0),
    errors: sum('skipped'),
    filtered: sum('filtered'),
    failures: failuresOf(report.skipped),
  };
  const written: Step = {
    name: 'OpenMetadata',
    // What is right in the catalog now; OpenMetadata's UI counts nothing else as success.
    records: sum('created', 'updated', 'unchanged'),
    updated_records: sum('updated'),
    warnings: 0,
    errors: sum('failed'),
    filtered: 0,
    failures: failuresOf(report.failed),
  };
  const interruption = { ref: 'run', message: 'It was interrupted. The next run goes on from there.', count: 1 };
  const end = report.error ?? (report.outcome === 'interrupted' ? interruption : undefined);
  if (end) {
    const step = isStarted ? written : read;
    step.errors += 1;
    step.failures.unshift(...failuresOf([end]));
  }
  return [read, written];
}

function failuresOf(findings: readonly Finding[]): Step['failures'] {
  return findings.map(({ ref, message, hint, count }) => ({
    name: ref,
    error: [count > 1 ? `${message} (${count} times)` : message, hint].filter(Boolean).join('\n'),
  }));
}
