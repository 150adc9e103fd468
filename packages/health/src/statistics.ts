import { statisticsOf } from './duration-sketch.js';
import type { WindowTallies } from './ledger.js';
import type { Tally } from './tally.js';
import type { Health, HealthStatistics, Trend } from './types.js';

/** Below this rate of failures it is a warning only. */
const criticalRate = 0.01;

/** What two tallies say. */
export function statistics({ now, before }: WindowTallies): HealthStatistics {
  const failureRate = failureRateOf(now);
  const duration = statisticsOf(now.durations);
  return {
    ...now.counts,
    ...(failureRate !== undefined && { failureRate }),
    retries: now.retries,
    repeats: now.repeats,
    ...(duration && { duration }),
    health: healthOf(failureRate),
    trend: trendOf(now, before),
    activity: now.activity.map((part) => ({ ...part })),
  };
}

/** From bad to good; the first that occurs speaks for all. */
const severity: readonly Health[] = ['CRITICAL', 'WARNING', 'HEALTHY', 'IDLE'];

/** The worst of several; `IDLE` of none. */
export function worst(all: readonly Health[]): Health {
  return severity.find((health) => all.includes(health)) ?? 'IDLE';
}

function failureRateOf({ counts }: Tally): number | undefined {
  const judged = counts.succeeded + counts.warnings + counts.failures + counts.cancelled;
  return judged === 0 ? undefined : counts.failures / judged;
}

function healthOf(failureRate: number | undefined): Health {
  if (failureRate === undefined) return 'IDLE';
  if (failureRate === 0) return 'HEALTHY';
  return failureRate < criticalRate ? 'WARNING' : 'CRITICAL';
}

function trendOf(now: Tally, before: Tally): Trend {
  if (before.counts.count === 0) return { kind: now.counts.count === 0 ? 'none' : 'new' };
  const rates = { now: failureRateOf(now), before: failureRateOf(before) };
  const p95s = { now: statisticsOf(now.durations)?.p95, before: statisticsOf(before.durations)?.p95 };
  return {
    kind: 'compared',
    before: {
      count: before.counts.count,
      ...(rates.before !== undefined && { failureRate: rates.before }),
      ...(p95s.before !== undefined && { p95: p95s.before }),
    },
    count: now.counts.count / before.counts.count - 1,
    ...(rates.now !== undefined && rates.before !== undefined && { failureRate: rates.now - rates.before }),
    ...(p95s.now !== undefined && p95s.before && { p95: p95s.now / p95s.before - 1 }),
  };
}
