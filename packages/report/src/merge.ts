import type { EntityTotals, Finding, PipelineReport, RequestTotals, RunReport } from '@flowmeta/connector';
import { mergeLineage } from './lineage/merge.js';
import { withOwnNames } from './own-names.js';

/** Runs of one pipeline that a report names. */
const latestRuns = 10;
const fromBestToWorst: RunReport['outcome'][] = ['done', 'partial', 'interrupted', 'failed'];
/** What says most about a pipeline that one run after the other has touched. One that is there again was not deleted in the end. */
const weights: Record<PipelineReport['outcome'], number> = {
  deleted: 0,
  unchanged: 1,
  planned: 2,
  kept: 3,
  updated: 4,
  restored: 5,
  created: 6,
  failed: 7,
};

/**
 * One report for the runs of several shards, tenants or services. Totals and requests add up, the outcome is the worst, the window
 * spans all of them. A pipeline that several runs of one service have read is there once, as the last of them saw it, with the runs
 * of all; pipelines of the same name in different services stay apart, with the service behind their name.
 *
 * Throws a `TypeError` for no report at all, for two of the same run, and where some are dry runs and some are not: their
 * numbers do not add up.
 */
export function mergeReports(reports: readonly RunReport[]): RunReport {
  refuseNonsense(reports);
  const apart = withOwnNames([...reports].sort((a, b) => a.endedAt - b.endedAt));
  const [first] = apart;
  if (apart.length === 1) return first!;
  const all = <T>(pick: (report: RunReport) => T): T[] => apart.map(pick);
  const services = distinct(all(({ target }) => target.service));
  const errors = mergeFindings(
    apart.flatMap(({ error, target }) => {
      if (error === undefined) return [];
      return services.length > 1 ? { ...error, message: `${target.service}: ${error.message}` } : error;
    }),
  );
  const graphs = apart.flatMap(({ lineage }) => lineage ?? []);
  return {
    formatVersion: 1,
    runId: distinct(all(({ runId }) => runId)).join('+'),
    outcome: worstOf(all(({ outcome }) => outcome)),
    startedAt: Math.min(...all(({ startedAt }) => startedAt)),
    endedAt: Math.max(...all(({ endedAt }) => endedAt)),
    window: {
      since: Math.min(...all(({ window }) => window.since)),
      until: Math.max(...all(({ window }) => window.until)),
    },
    dryRun: first!.dryRun,
    ...(apart.some(({ simulated }) => simulated) ? { simulated: true } : {}),
    source: {
      connector: distinct(all(({ source }) => source.connector)).join(', '),
      description: distinct(all(({ source }) => source.description)).join('; '),
    },
    target: {
      kind: distinct(all(({ target }) => target.kind)).join(', '),
      description: distinct(all(({ target }) => target.description)).join('; '),
      service: services.join(', '),
    },
    totals: {
      pipelines: addTotals(all(({ totals }) => totals.pipelines)),
      runs: addTotals(all(({ totals }) => totals.runs)),
      edges: addTotals(all(({ totals }) => totals.edges)),
      tags: { created: sum(all(({ totals }) => totals.tags.created)) },
    },
    requests: {
      source: addRequests(all(({ requests }) => requests.source)),
      target: addRequests(all(({ requests }) => requests.target)),
    },
    pipelines: mergePipelines(apart.flatMap(({ pipelines }) => pipelines)),
    ...(graphs.length > 0 ? { lineage: mergeLineage(graphs) } : {}),
    skipped: mergeFindings(apart.flatMap(({ skipped }) => skipped)),
    failed: mergeFindings(apart.flatMap(({ failed }) => failed)),
    warnings: mergeFindings(apart.flatMap(({ warnings }) => warnings)),
    ...(errors.length > 0 ? { error: asOne(errors) } : {}),
  };
}

function refuseNonsense(reports: readonly RunReport[]): void {
  if (reports.length === 0) throw new TypeError('there is no report to merge');
  const seen = new Set<string>();
  for (const { runId, startedAt, target } of reports) {
    const run = JSON.stringify([runId, startedAt, target.service]);
    if (seen.has(run)) throw new TypeError(`two of the reports are of the same run, ${runId}`);
    seen.add(run);
  }
  if (new Set(reports.map(({ dryRun }) => dryRun)).size > 1) {
    throw new TypeError('some of the reports are of dry runs, and some are not');
  }
}

function mergePipelines(pipelines: readonly PipelineReport[]): PipelineReport[] {
  const byName = new Map<string, PipelineReport>();
  for (const pipeline of pipelines) {
    const before = byName.get(pipeline.name);
    byName.set(pipeline.name, before === undefined ? pipeline : mergePipeline(before, pipeline));
  }
  return [...byName.values()];
}

function mergePipeline(before: PipelineReport, after: PipelineReport): PipelineReport {
  const fqn = after.fqn ?? before.fqn;
  const [a, b] = [before.runs, after.runs];
  const latest = new Map([...a.latest, ...b.latest].map((run) => [run.id, run]));
  return {
    ...after,
    ...(fqn === undefined ? {} : { fqn }),
    outcome: outcomeOfBoth(before.outcome, after.outcome),
    runs: {
      read: a.read + b.read,
      written: a.written + b.written,
      unchanged: a.unchanged + b.unchanged,
      failed: a.failed + b.failed,
      byState: addCounts([a.byState, b.byState]),
      latest: [...latest.values()].sort((x, y) => y.startedAt - x.startedAt).slice(0, latestRuns),
    },
  };
}

function mergeFindings(findings: readonly Finding[]): Finding[] {
  const merged = new Map<string, Finding>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.ref, finding.message]);
    const before = merged.get(key);
    merged.set(key, before === undefined ? finding : { ...finding, ...before, count: before.count + finding.count });
  }
  return [...merged.values()];
}

/** A report has one error. */
function asOne(errors: readonly Finding[]): Finding {
  const hints = distinct(errors.flatMap(({ hint }) => hint ?? []));
  return {
    ref: 'run',
    message: errors.map(({ message }) => message).join('; '),
    ...(hints.length > 0 ? { hint: hints.join(' ') } : {}),
    count: sum(errors.map(({ count }) => count)),
  };
}

function addTotals(totals: readonly EntityTotals[]): EntityTotals {
  return addCounts(totals) as EntityTotals;
}

function addRequests(requests: readonly RequestTotals[]): RequestTotals {
  return {
    total: sum(requests.map(({ total }) => total)),
    retried: sum(requests.map(({ retried }) => retried)),
    byEndpoint: addCounts(requests.map(({ byEndpoint }) => byEndpoint)) as Record<string, number>,
  };
}

function addCounts<Counts extends object>(all: readonly Counts[]): Counts {
  const added = new Map<string, number>();
  for (const counts of all) {
    for (const [key, value] of Object.entries(counts)) added.set(key, (added.get(key) ?? 0) + (value as number));
  }
  return Object.fromEntries(added) as Counts;
}

function worstOf(outcomes: readonly RunReport['outcome'][]): RunReport['outcome'] {
  return fromBestToWorst.findLast((outcome) => outcomes.includes(outcome)) ?? 'failed';
}

function outcomeOfBoth(before: PipelineReport['outcome'], after: PipelineReport['outcome']): PipelineReport['outcome'] {
  return after === 'deleted' || weights[after] >= weights[before] ? after : before;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
