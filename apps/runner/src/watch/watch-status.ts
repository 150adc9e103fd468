import type { EntityTotals, RunReport } from '@flowmeta/connector';
import { prometheusText } from '@flowmeta/report';
import { duration } from '../terminal/progress.js';

/** What became of a cycle. `put-off`: another run was using the state. */
export type CycleOutcome = RunReport['outcome'] | 'put-off';

const cycleOutcomes: CycleOutcome[] = ['done', 'partial', 'failed', 'interrupted', 'put-off'];
const writes = ['created', 'updated', 'removed'] as const;
const entities = ['pipelines', 'runs', 'edges'] as const;
type Entity = (typeof entities)[number];

/** A cycle may read everything, and that may take as long as the source is large, ms. */
const patience = 30 * 60_000;

/** How the watch does, for those who ask from outside. Holds no secrets if it is given none. */
export interface WatchStatus {
  /** `report` and `reason` without secrets. `reason`: why the cycle failed. */
  cycleEnded(cycle: { outcome: CycleOutcome; report?: RunReport | undefined; reason?: string | undefined }): void;
  reloaded(result: 'taken' | 'refused'): void;
  /** ms. */
  setInterval(interval: number): void;
  interval(): number;
  /** Cycles that failed since the last one that did not. */
  failuresInARow(): number;
  /** Why the catalog may be behind the source; `undefined` while it is not. */
  problem(): string | undefined;
  /** In Prometheus' text format. */
  metrics(): string;
}

export function createWatchStatus({ now }: { now: () => number }): WatchStatus {
  const startedAt = now();
  const cycles = new Map(cycleOutcomes.map((outcome) => [outcome, 0]));
  const reloads = { taken: 0, refused: 0 };
  const written = new Map<Entity, EntityTotals>();
  let interval = 0;
  let failures = 0;
  let failure: string | undefined;
  let lastSuccess: number | undefined;
  let lastRun = '';

  const problem = (): string | undefined => {
    if (failure !== undefined) return `the last cycle failed: ${failure}`;
    if (lastSuccess === undefined) return 'the first cycle has not ended yet';
    const silence = now() - lastSuccess;
    return silence > patience + 3 * interval ? `no cycle has ended for ${duration(silence)}` : undefined;
  };

  return {
    cycleEnded({ outcome, report, reason }) {
      cycles.set(outcome, cycles.get(outcome)! + 1);
      if (report) {
        lastRun = prometheusText(report, { previous: lastRun });
        for (const entity of entities) written.set(entity, sum(written.get(entity), report.totals[entity]));
      }
      if (outcome === 'failed') {
        failures += 1;
        failure = reason ?? 'for no reason that is known';
      } else if (outcome === 'done' || outcome === 'partial') {
        failures = 0;
        failure = undefined;
        lastSuccess = now();
      }
    },
    reloaded(result) {
      reloads[result] += 1;
    },
    setInterval(ms) {
      interval = ms;
    },
    interval: () => interval,
    failuresInARow: () => failures,
    problem,
    metrics: () =>
      [
        metric('flowmeta_watch_start_timestamp_seconds', 'gauge', 'When the watch began.', [
          { value: startedAt / 1000 },
        ]),
        metric('flowmeta_watch_interval_seconds', 'gauge', 'How long it waits between two cycles.', [
          { value: interval / 1000 },
        ]),
        metric('flowmeta_watch_ready', 'gauge', '1 while the catalog is known to be up to date.', [
          { value: problem() === undefined ? 1 : 0 },
        ]),
        metric(
          'flowmeta_watch_cycles_total',
          'counter',
          'Cycles by how they ended.',
          [...cycles].map(([outcome, value]) => ({ labels: { outcome }, value })),
        ),
        metric('flowmeta_watch_failures_in_a_row', 'gauge', 'Cycles that failed since the last good one.', [
          { value: failures },
        ]),
        metric(
          'flowmeta_watch_seconds_since_success',
          'gauge',
          'Since the last cycle that reached both servers; before the first one since the start.',
          [{ value: (now() - (lastSuccess ?? startedAt)) / 1000 }],
        ),
        metric(
          'flowmeta_watch_writes_total',
          'counter',
          'What was written to the catalog.',
          entities.flatMap((entity) =>
            writes.map((state) => ({ labels: { entity, state }, value: written.get(entity)?.[state] ?? 0 })),
          ),
        ),
        metric(
          'flowmeta_watch_reloads_total',
          'counter',
          'Configs that SIGHUP brought, by whether they were taken.',
          Object.entries(reloads).map(([result, value]) => ({ labels: { result }, value })),
        ),
        lastRun,
      ].join(''),
  };
}

function sum(before: EntityTotals | undefined, more: EntityTotals): EntityTotals {
  if (before === undefined) return { ...more };
  const keys = Object.keys(more) as (keyof EntityTotals)[];
  return { ...before, ...Object.fromEntries(keys.map((key) => [key, (before[key] ?? 0) + (more[key] ?? 0)])) };
}

function metric(
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  samples: { labels?: Record<string, string>; value: number }[],
): string {
  const lines = samples.map(({ labels = {}, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
    return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}
