import { randomUUID } from 'node:crypto';
import type { Finding, RunReport, Shard, SourceRequest } from '@flowmeta/connector';
import { type IngestionPhase, ingest, type Progress, shardedPhases } from '@flowmeta/ingestion';
import { type Audit, createAudit, type OmClient, type Planner, type Sink, type WriteGuard } from '@flowmeta/om-sink';
import { createRedactor } from '@flowmeta/redact';
import type { LoadedConfig } from '../config/load-config.js';
import { rulesOf } from '../config/rules-schema.js';
import { exitCodes } from '../exit-codes.js';
import type { Host } from '../host.js';
import { progressDisplay } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';
import { openAuditFile } from './audit-file.js';
import { saidAvailability } from './availability.js';
import { type Backfill, backfillFile, openSlices } from './backfill.js';
import { datasetServicesOf } from './dataset-services.js';
import { type Interruption, listenForInterruption } from './interruption.js';
import { describeSource, openSource } from './open-source.js';
import { classificationOf, openTarget } from './open-target.js';
import { createRequestCounter, logged } from './request-counter.js';
import { openRunMemory, type SeriesMemory } from './run-memory.js';
import { showRun } from './shown-run.js';
import { sinceOf } from './since.js';
import { warnAboutTls } from './tls-warning.js';
import { openTracing, type Tracing } from './tracing.js';
import { isUnreachable } from './unreachable.js';

export interface RunIngestionOptions {
  host: Host;
  terminal: Terminal;
  /** Default `runIdOf` the config. */
  runId?: string;
  /** ms; default by `statusLookbackDays`. */
  since?: number;
  /** ms; default now. */
  until?: number;
  namespaces?: string[];
  dryRun?: boolean;
  /** Notes what a dry run would write; instead of an audit log. */
  planner?: Planner;
  /** Lets only planned writes through. What earlier runs have left is not used, and nothing is left for later ones. */
  guard?: WriteGuard;
  /** Gets a line for each write to OpenMetadata; relative to the current directory. */
  auditLog?: string;
  /** Reads pipelines and this history of runs, slice by slice, in place of an ordinary run. */
  backfill?: Backfill;
  /** Everything is read, whatever is remembered. */
  full?: boolean;
  /** Only these flows and executions are read and written. */
  only?: { pipelines: string[]; runs: string[] };
  /** Only the pipelines of this shard, and their runs: see `IngestionOptions`. */
  shard?: Shard;
  /** Only these parts of the run; default all. */
  phases?: readonly IngestionPhase[];
  /** Degraded pipelines make the exit code 1 as well. */
  strict?: boolean;
  /** Pipelines that the source no longer has are deleted even if they are many: see `IngestionOptions`. */
  allowMassDelete?: boolean;
  showProgress?: boolean;
  /** Marks the report: see `IngestionOptions`. */
  simulated?: boolean;
  /** The run is one of several in this process. */
  series?: Series;
}

/** What belongs to a process in which one run follows the other. */
export interface Series extends SeriesMemory {
  interruption: Interruption;
  /** Whether OpenMetadata's own pages show the run, if the config wants runs to be shown there. */
  isShown(report: RunReport): boolean;
}

export interface IngestionResult {
  report: RunReport;
  /** The report as it may leave this process other than by the terminal, which hides secrets itself. */
  withoutSecrets: () => RunReport;
  /** The same for anything else. */
  hide: <T>(value: T) => T;
  exitCode: number;
  /** Why the audit log is not complete. */
  auditError?: unknown;
}

/** The id that the config gives the run, or a random one. */
export function runIdOf({ workflow }: LoadedConfig): string {
  return workflow.pipelineRunId || randomUUID();
}

/** Runs one ingestion of a config from end to end. */
export async function runIngestion(config: LoadedConfig, options: RunIngestionOptions): Promise<IngestionResult> {
  const { host, terminal, series } = options;
  const { workflow } = config;
  const redactor = createRedactor(config.secrets);
  terminal.hide(redactor);
  if (!series) warnAboutTls(config, terminal);

  const runId = options.runId ?? runIdOf(config);
  const interruption = series?.interruption ?? listenForInterruption(host, terminal, 'the run');
  const source = createRequestCounter();
  const target = createRequestCounter();
  let fatal: unknown;
  let traced: RunReport | undefined;
  const closers: (() => Promise<void>)[] = [];
  try {
    const auditFile =
      options.auditLog === undefined ? undefined : openAuditFile(options.auditLog, { host, hide: redactor.value });
    if (auditFile) {
      closers.push(async () => {
        auditFile.close();
      });
    }
    const audit =
      auditFile && createAudit({ runId, now: host.now, write: auditFile.write, planned: options.dryRun ?? false });
    const tracing = await openTracing({
      runId,
      service: workflow.source.serviceName,
      connector: config.connector.name,
      dryRun: options.dryRun ?? false,
      now: host.now,
      hide: redactor.text,
    });
    if (tracing) closers.push(() => tracing.end(traced));
    const watched = (server: string, count: (request: SourceRequest) => void) => {
      const log = logged(server, count, terminal);
      if (!tracing) return log;
      return (request: SourceRequest) => {
        log(request);
        tracing.request(server, request);
      };
    };
    const connector = await openSource(config, {
      host,
      terminal,
      onRequest: watched(config.connector.title, source.count),
    });
    closers.push(() => connector.close());
    const memory =
      options.dryRun || options.only || options.guard || !isRemembered(options.phases)
        ? undefined
        : await openRunMemory(config, {
            host,
            terminal,
            redact: redactor.text,
            namespaces: options.namespaces,
            shard: options.shard,
            full: options.full ?? false,
            exact: options.since !== undefined,
            series,
            ...(options.backfill ? { fallback: backfillFile(config, host) } : {}),
          });
    if (memory) closers.push(() => memory.close());
    const { sink, kind } = await openTarget(config, {
      host,
      dryRun: options.dryRun ?? false,
      signal: interruption.signal,
      audit: options.planner ?? watching(audit, options.guard),
      onAttempt: watched('OpenMetadata', target.count),
      onAvailability: saidAvailability('OpenMetadata', terminal),
    });
    closers.push(() => sink.close());
    const shown = options.dryRun
      ? undefined
      : showRun(config, {
          host,
          runId,
          startedAt: host.now(),
          audit,
          onAttempt: watched('OpenMetadata', target.count),
          showsStart: !series,
        });
    if (shown) closers.push(() => shown.close());
    const onProgress = progressOf(options.showProgress ? progressDisplay(terminal) : undefined, tracing);
    const selected = workflow.source.sourceConfig?.config;
    const now = host.now();
    const slices = options.backfill && memory && (await openSlices(options.backfill, { memory, terminal, now }));
    const until = options.until ?? now;
    const window = options.backfill?.window ?? { since: options.since ?? sinceOf(config, until), until };
    const report = await ingest({
      connector,
      sink: shown ? onceOpen(sink, shown.start) : sink,
      source: { connector: config.connector.name, description: describeSource(config) },
      targetKind: kind,
      service: workflow.source.serviceName,
      ...window,
      includeTags: selected?.includeTags ?? true,
      includeOwners: selected?.includeOwners ?? true,
      includeLineage: selected?.includeLineage ?? true,
      markDeletedPipelines: selected?.markDeletedPipelines ?? true,
      allowMassDelete: options.allowMassDelete ?? false,
      pipelineServices: selected?.lineageInformation?.pipelineServiceNames ?? [],
      datasetServices: datasetServicesOf(workflow),
      classification: classificationOf(config),
      dryRun: options.dryRun ?? false,
      simulated: options.simulated ?? false,
      signal: interruption.signal,
      now: host.now,
      requests: () => ({ source: source.totals, target: target.totals }),
      onFatal: (error) => {
        fatal = error;
      },
      runId,
      ...(memory ? { memory } : {}),
      ...(workflow.rules ? { rules: rulesOf(workflow.rules) } : {}),
      ...(slices ? { slices } : {}),
      ...(options.only ? { only: options.only } : {}),
      ...(options.shard ? { shard: options.shard } : {}),
      ...(options.phases ? { phases: options.phases } : {}),
      ...(options.namespaces?.length ? { namespaces: options.namespaces } : {}),
      ...(onProgress ? { onProgress } : {}),
    });
    if (options.guard) tellLeft(report, options.guard);
    traced = report;
    terminal.live(undefined);
    const isShown = series?.isShown(report) ?? true;
    const refusal = isShown ? await shown?.end(redactor.value(report)) : undefined;
    if (refusal) report.warnings.push(refusal);
    if (fatal instanceof Error && fatal.stack) terminal.log('DEBUG', fatal.stack);
    const auditError = auditFile?.close();
    return {
      report,
      ...(auditError === undefined ? {} : { auditError }),
      withoutSecrets: () => redactor.value(report),
      hide: redactor.value,
      exitCode: interruption.exitCode() ?? exitCodeOf(report, { fatal, strict: options.strict }),
    };
  } finally {
    terminal.live(undefined);
    if (!series) interruption.stop();
    await Promise.allSettled(closers.map((close) => close()));
  }
}

/** What is remembered is of pipelines and their runs. */
function isRemembered(phases: readonly IngestionPhase[] | undefined): boolean {
  return phases === undefined || shardedPhases.every((phase) => phases.includes(phase));
}

/** Shows how far the run is, to people and to tracing. */
function progressOf(
  show: ((progress: Progress) => void) | undefined,
  tracing: Tracing | undefined,
): ((progress: Progress) => void) | undefined {
  if (!tracing) return show;
  return (progress) => {
    tracing.phase(progress.phase);
    show?.(progress);
  };
}

/** The audit also has what the guard stops, as failed. */
function watching(audit: Audit | undefined, guard: WriteGuard | undefined): Audit | undefined {
  if (!guard) return audit;
  return { over: (client: OmClient) => audit?.over(guard.over(client)) ?? guard.over(client) };
}

/** A run that came to its end without a write of the plan met other things than the plan did. */
function tellLeft(report: RunReport, guard: WriteGuard): void {
  if (report.outcome !== 'done' && report.outcome !== 'partial') return;
  const left = new Map<string, Finding>();
  for (const { write, of } of guard.left()) {
    const known = left.get(`${write} ${of}`);
    if (known) known.count += 1;
    else
      left.set(`${write} ${of}`, { ref: of, message: `Planned, and not written: ${write}`, hint: newPlan, count: 1 });
  }
  if (left.size === 0) return;
  report.failed.push(...left.values());
  report.outcome = 'partial';
}

const newPlan = 'The source or OpenMetadata has changed while the plan was applied. Make a new plan.';

/** The same sink; tells when it is open. */
function onceOpen(sink: Sink, onOpen: () => void): Sink {
  return {
    ...sink,
    async open() {
      const server = await sink.open();
      onOpen();
      return server;
    },
  };
}

function exitCodeOf(report: RunReport, { fatal, strict }: { fatal: unknown; strict?: boolean | undefined }): number {
  switch (report.outcome) {
    case 'failed':
      return isUnreachable(fatal) ? exitCodes.unreachable : exitCodes.partial;
    case 'done':
      return strict && report.pipelines.some(({ degraded }) => degraded) ? exitCodes.partial : exitCodes.done;
    default:
      return exitCodes.partial;
  }
}
