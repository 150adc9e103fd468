import {
  type EntityTotals,
  hintOf,
  type LineageGraph,
  type Pipeline,
  type PipelineReport,
  type RequestTotals,
  type Run,
  type RunReport,
} from '@flowmeta/connector';
import type { WriteOutcome } from '@flowmeta/om-sink';
import { createFindingList } from './findings.js';
import type { IngestionOptions } from './types.js';

/** Runs of one pipeline that the report names. */
const latestRuns = 10;

/** Keeps what happened, in memory that grows with the pipelines and not with the runs. */
export type RunBook = ReturnType<typeof createRunBook>;

export function createRunBook(options: IngestionOptions, startedAt: number) {
  const totals = {
    pipelines: { ...emptyTotals(), removed: 0 },
    runs: emptyTotals(),
    edges: { ...emptyTotals(), removed: 0 },
    tags: { created: 0 },
  };
  const pipelines: PipelineReport[] = [];
  const skipped = createFindingList();
  const failed = createFindingList();
  const warnings = createFindingList();
  let error: RunReport['error'];
  let interrupted = false;
  let lineage: (() => LineageGraph) | undefined;

  return {
    totals,
    skipped,
    failed,
    warnings,

    /** What the summary calls writes. */
    writes(): number {
      return [totals.pipelines, totals.runs, totals.edges].reduce((sum, { created, updated, removed = 0 }) => {
        return sum + created + updated + removed;
      }, 0);
    },

    openPipeline(pipeline: Pipeline): PipelineReport {
      const report = pipelineReport(pipeline);
      pipelines.push(report);
      return report;
    },

    countRead(report: PipelineReport, run: Run): void {
      report.runs.read += 1;
      report.runs.byState[run.state] = (report.runs.byState[run.state] ?? 0) + 1;
      rememberLatest(report.runs.latest, run);
    },

    /** Files an error that concerns one item. */
    fail(ref: string, cause: unknown): void {
      failed.add({ ref, message: messageOf(cause), hint: hintOf(cause) });
    },

    end(cause: unknown): void {
      const hint = hintOf(cause);
      error = { ref: 'run', message: messageOf(cause), ...(hint === undefined ? {} : { hint }), count: 1 };
    },

    /** Asked for the lineage at the end. */
    showLineage(graph: () => LineageGraph): void {
      lineage = graph;
    },

    interrupt(): void {
      interrupted = true;
    },

    /** The report. `target` is what the sink calls itself. */
    close(target: string, endedAt: number): RunReport {
      const lists = { skipped: skipped.list(), failed: failed.list(), warnings: warnings.list() };
      const lost = lists.skipped.length > 0 || lists.failed.length > 0;
      const requests = options.requests?.() ?? { source: noRequests(), target: noRequests() };
      return {
        formatVersion: 1,
        runId: options.runId ?? globalThis.crypto.randomUUID(),
        outcome: interrupted ? 'interrupted' : error ? 'failed' : lost ? 'partial' : 'done',
        startedAt,
        endedAt,
        window: { since: options.since, until: options.until },
        dryRun: options.dryRun ?? false,
        ...(options.simulated ? { simulated: true } : {}),
        source: options.source,
        target: { kind: options.targetKind ?? 'openmetadata', description: target, service: options.service },
        totals,
        requests,
        pipelines,
        ...(lineage === undefined ? {} : { lineage: lineage() }),
        ...lists,
        ...(error ? { error } : {}),
      };
    },
  };
}

export function countOutcome(totals: EntityTotals, outcome: WriteOutcome | 'restored'): void {
  if (outcome === 'kept') totals.filtered += 1;
  else if (outcome === 'restored') totals.updated += 1;
  else totals[outcome] += 1;
}

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}

function emptyTotals(): EntityTotals {
  return { read: 0, created: 0, updated: 0, unchanged: 0, filtered: 0, skipped: 0, failed: 0 };
}

function noRequests(): RequestTotals {
  return { total: 0, retried: 0, byEndpoint: {} };
}

function pipelineReport(pipeline: Pipeline): PipelineReport {
  const { name, displayName, namespace, description, sourceUrl, degraded, enabled, schedules, edges, labels } =
    pipeline;
  return {
    name,
    ...(displayName === undefined ? {} : { displayName }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(description === undefined ? {} : { description }),
    ...(sourceUrl === undefined ? {} : { sourceUrl }),
    ...(degraded === undefined ? {} : { degraded }),
    outcome: 'planned',
    enabled,
    schedules,
    tasks: pipeline.tasks.map((task) => ({
      name: task.name,
      ...(task.type === undefined ? {} : { type: task.type }),
      ...(task.branch === undefined ? {} : { branch: task.branch }),
      enabled: task.enabled,
    })),
    edges,
    labels,
    owners: pipeline.owners.map((owner) => owner.name),
    runs: { read: 0, written: 0, unchanged: 0, failed: 0, byState: {}, latest: [] },
  };
}

function rememberLatest(latest: PipelineReport['runs']['latest'], run: Run): void {
  const { id, state, startedAt, endedAt, url } = run;
  const older = latest.findIndex((known) => known.startedAt < startedAt);
  if (older < 0 && latest.length >= latestRuns) return;
  const entry = {
    id,
    state,
    startedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(url === undefined ? {} : { url }),
  };
  latest.splice(older < 0 ? latest.length : older, 0, entry);
  if (latest.length > latestRuns) latest.pop();
}
