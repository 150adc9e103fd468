import type { Run } from '@flowmeta/connector';

/**
 * A timestamp for each run, by run id, such that no two runs of one pipeline share one: OpenMetadata keeps one status per
 * pipeline and millisecond (OM fact 16).
 *
 * Of the runs that started in one millisecond, the one with the smallest id keeps it; the others, in the order of their
 * ids, take the next milliseconds in which no run of the pipeline started. The order of `runs` doesn't matter, and a run
 * gets the same timestamp as long as the runs that started in the same and the adjacent occupied milliseconds are among
 * `runs`. It may change when one of those is deleted at the source, or when a window begins between them.
 */
export function distinctTimestamps(
  runs: readonly Pick<Run, 'id' | 'pipeline' | 'startedAt'>[],
): ReadonlyMap<string, number> {
  const timestamps = new Map<string, number>();
  const taken = new Map<string, Set<number>>();
  const displaced: Pick<Run, 'id' | 'pipeline' | 'startedAt'>[] = [];
  const distinct = new Map(runs.map((run) => [run.id, run]));
  for (const run of [...distinct.values()].sort(byStartThenId)) {
    let occupied = taken.get(run.pipeline);
    if (occupied === undefined) {
      occupied = new Set();
      taken.set(run.pipeline, occupied);
    }
    if (occupied.has(run.startedAt)) {
      displaced.push(run);
      continue;
    }
    occupied.add(run.startedAt);
    timestamps.set(run.id, run.startedAt);
  }
  /** By pipeline: up to here nothing is free behind the start of the last one that was placed. */
  const full = new Map<string, number>();
  for (const run of displaced) {
    const occupied = taken.get(run.pipeline)!;
    let timestamp = Math.max(run.startedAt, full.get(run.pipeline) ?? run.startedAt) + 1;
    while (occupied.has(timestamp)) timestamp += 1;
    occupied.add(timestamp);
    full.set(run.pipeline, timestamp);
    timestamps.set(run.id, timestamp);
  }
  return timestamps;
}

// Not by locale: the order must be the same on every machine.
function byStartThenId(a: Pick<Run, 'id' | 'startedAt'>, b: Pick<Run, 'id' | 'startedAt'>): number {
  return a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1);
}
