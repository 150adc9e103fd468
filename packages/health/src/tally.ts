import type { TaskRun } from '@flowmeta/connector';
import { addDuration, type DurationSketch, emptySketch, mergeSketch } from './duration-sketch.js';
import type { OutcomeCounts } from './types.js';

/** Into how many parts a window is cut for its activity. */
export const activityParts = 14;

/** What is remembered of the task runs of one window. */
export interface Tally {
  counts: OutcomeCounts;
  retries: number;
  repeats: number;
  durations: DurationSketch;
  activity: { count: number; failures: number }[];
}

export function emptyTally(): Tally {
  return {
    counts: { count: 0, succeeded: 0, warnings: 0, failures: 0, cancelled: 0, skipped: 0, unclear: 0, open: 0 },
    retries: 0,
    repeats: 0,
    durations: emptySketch(),
    activity: Array.from({ length: activityParts }, () => ({ count: 0, failures: 0 })),
  };
}

/** `part`: of the window, 0 … 13. `isLooped`: attempts may be iterations, where the task run doesn't tell. */
export function addTaskRun(tally: Tally, taskRun: TaskRun, { part, isLooped }: { part: number; isLooped: boolean }) {
  const outcome = outcomeOf(taskRun);
  tally.counts.count++;
  tally.counts[outcome]++;
  if (taskRun.retries !== undefined) {
    tally.retries += Math.max(0, taskRun.retries) || 0;
  } else {
    const further = Math.max(0, taskRun.attempts - 1) || 0;
    if (isLooped) tally.repeats += further;
    else tally.retries += further;
  }
  const duration = outcome === 'open' || outcome === 'skipped' ? undefined : durationOf(taskRun);
  if (duration !== undefined) addDuration(tally.durations, duration);
  const activity = tally.activity[part]!;
  activity.count++;
  if (outcome === 'failures') activity.failures++;
}

/** Which parts of a tally are merged, and how. */
export interface MergeOptions {
  /** Default true. */
  durations?: boolean;
  /** Repeats are retries after all. */
  repeatsAreRetries?: boolean;
}

/** Adds what another tally has, which stays as it is. */
export function mergeTally(into: Tally, from: Tally, { durations = true, repeatsAreRetries }: MergeOptions = {}): void {
  for (const key of Object.keys(into.counts) as (keyof OutcomeCounts)[]) into.counts[key] += from.counts[key];
  into.retries += from.retries + (repeatsAreRetries ? from.repeats : 0);
  into.repeats += repeatsAreRetries ? 0 : from.repeats;
  if (durations) mergeSketch(into.durations, from.durations);
  into.activity.forEach((activity, part) => {
    activity.count += from.activity[part]!.count;
    activity.failures += from.activity[part]!.failures;
  });
}

function outcomeOf({ state, endedAt }: TaskRun): Exclude<keyof OutcomeCounts, 'count'> {
  switch (state) {
    case 'succeeded':
    case 'cancelled':
    case 'skipped':
      return state;
    case 'warning':
      return 'warnings';
    case 'failed':
      return 'failures';
    case 'queued':
    case 'running':
    case 'paused':
      return 'open';
    default:
      return endedAt === undefined ? 'open' : 'unclear';
  }
}

/** Absent where an instant is, and where clocks disagree so much that the end is before the start. */
function durationOf({ startedAt, endedAt }: TaskRun): number | undefined {
  if (startedAt === undefined || endedAt === undefined) return undefined;
  const duration = endedAt - startedAt;
  return duration >= 0 && duration < Number.POSITIVE_INFINITY ? duration : undefined;
}
