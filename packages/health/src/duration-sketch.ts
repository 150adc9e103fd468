import type { DurationStatistics } from './types.js';

/** Up to so many durations are kept as they are. */
export const exactLimit = 10_000;
/** What `p50` and `p95` may be off beyond that. */
const relativeError = 0.01;

/**
 * Half of what is promised: the other half is for rounding to whole ms, which moves a value by less than that from 100 ms
 * up and brings smaller ones back to what they were.
 */
const bucketError = relativeError / 2;
const growth = (1 + bucketError) / (1 - bucketError);
const logOfGrowth = Math.log(growth);
/** The bucket of durations of 0 ms, which have no logarithm. */
const zeroBucket = -1;

/**
 * Durations in bounded memory: all of them up to `exactLimit`, then counts in buckets whose width grows with the value.
 * What it answers depends on neither the order of the durations nor on how it was merged.
 */
export interface DurationSketch {
  count: number;
  sum: number;
  max: number;
  /** Absent once they are too many. */
  exact?: number[];
  /** Durations per bucket, once they are too many. */
  buckets: Map<number, number>;
}

export function emptySketch(): DurationSketch {
  return { count: 0, sum: 0, max: 0, exact: [], buckets: new Map() };
}

/** Takes one duration in, ms, finite and not negative; it counts in whole ms. */
export function addDuration(sketch: DurationSketch, milliseconds: number): void {
  const duration = Math.round(milliseconds);
  sketch.count++;
  sketch.sum += duration;
  sketch.max = Math.max(sketch.max, duration);
  if (sketch.exact === undefined) addToBucket(sketch, bucketOf(duration), 1);
  else {
    sketch.exact.push(duration);
    if (sketch.exact.length > exactLimit) toBuckets(sketch);
  }
}

/** Takes all durations of another sketch in, which stays as it is. */
export function mergeSketch(into: DurationSketch, from: DurationSketch): void {
  into.count += from.count;
  into.sum += from.sum;
  into.max = Math.max(into.max, from.max);
  if (into.exact && from.exact && into.exact.length + from.exact.length <= exactLimit) {
    for (const duration of from.exact) into.exact.push(duration);
    return;
  }
  toBuckets(into);
  for (const duration of from.exact ?? []) addToBucket(into, bucketOf(duration), 1);
  for (const [bucket, count] of from.buckets) addToBucket(into, bucket, count);
}

/** What the durations come to; `undefined` when there are none. */
export function statisticsOf(sketch: DurationSketch): DurationStatistics | undefined {
  if (sketch.count === 0) return undefined;
  const [p50, p95] = quantiles(sketch);
  return {
    count: sketch.count,
    mean: Math.round(sketch.sum / sketch.count),
    p50,
    p95,
    max: sketch.max,
    relativeError: sketch.exact ? 0 : relativeError,
  };
}

function quantiles(sketch: DurationSketch): [p50: number, p95: number] {
  const ranks = [Math.ceil(sketch.count / 2), Math.ceil((sketch.count * 95) / 100)] as const;
  if (sketch.exact) {
    const sorted = Float64Array.from(sketch.exact).sort();
    return [sorted[ranks[0] - 1]!, sorted[ranks[1] - 1]!];
  }
  const buckets = [...sketch.buckets].sort(([left], [right]) => left - right);
  return [valueAtRank(buckets, ranks[0]), valueAtRank(buckets, ranks[1])];
}

function valueAtRank(buckets: readonly (readonly [number, number])[], rank: number): number {
  let seen = 0;
  for (const [bucket, count] of buckets) {
    seen += count;
    if (seen >= rank) return middleOf(bucket);
  }
  throw new RangeError('the rank is beyond the durations');
}

function toBuckets(sketch: DurationSketch): void {
  for (const duration of sketch.exact ?? []) addToBucket(sketch, bucketOf(duration), 1);
  delete sketch.exact;
}

function addToBucket({ buckets }: DurationSketch, bucket: number, count: number): void {
  buckets.set(bucket, (buckets.get(bucket) ?? 0) + count);
}

/** A bucket holds what is above `growth` to the power of its number less one, up to that power. */
function bucketOf(duration: number): number {
  return duration === 0 ? zeroBucket : Math.ceil(Math.log(duration) / logOfGrowth);
}

/** The value that is equally far, relatively, from both ends of the bucket. */
function middleOf(bucket: number): number {
  return bucket === zeroBucket ? 0 : Math.round((2 * growth ** bucket) / (growth + 1));
}
