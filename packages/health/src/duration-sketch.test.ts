import { describe, expect, it } from 'vitest';
import {
  addDuration,
  type DurationSketch,
  emptySketch,
  exactLimit,
  mergeSketch,
  statisticsOf,
} from './duration-sketch.js';

/** The same numbers on every machine: a linear congruential generator, 0 … 1. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function sketchOf(durations: Iterable<number>): DurationSketch {
  const sketch = emptySketch();
  for (const duration of durations) addDuration(sketch, duration);
  return sketch;
}

const nearestRank = (durations: readonly number[], share: number): number =>
  [...durations].sort((left, right) => left - right)[Math.ceil(share * durations.length) - 1]!;

describe('a sketch of durations', () => {
  it('has nothing to say when it is empty', () => {
    expect(statisticsOf(emptySketch())).toBeUndefined();
  });

  it('is exact for a few', () => {
    expect(statisticsOf(sketchOf([40, 10, 30, 20]))).toEqual({
      count: 4,
      mean: 25,
      p50: 20,
      p95: 40,
      max: 40,
      relativeError: 0,
    });
    expect(statisticsOf(sketchOf(Array.from({ length: 20 }, (_, index) => index + 1)))).toMatchObject({
      p50: 10,
      p95: 19,
    });
  });

  const random = randomNumbers(7);
  const shapes: Record<string, () => number> = {
    'spread over seconds': () => Math.round(random() * 10_000),
    'from milliseconds to days': () => Math.round(Math.exp(random() * 20)),
    'very short ones': () => Math.floor(random() * 130),
    'two humps': () => Math.round(random() < 0.93 ? 200 + random() * 20 : 3_600_000 + random() * 1e6),
    'nothing but 0': () => 0,
    'all the same': () => 86_400_001,
  };

  it.each(Object.entries(shapes))('is exact up to 10,000 and within 1 %% after that: %s', (_, next) => {
    const durations = Array.from({ length: exactLimit }, next);
    const exact = statisticsOf(sketchOf(durations))!;
    expect(exact).toMatchObject({
      p50: nearestRank(durations, 0.5),
      p95: nearestRank(durations, 0.95),
      relativeError: 0,
    });
    for (let index = 0; index < 15_000; index++) durations.push(next());
    const rough = statisticsOf(sketchOf(durations))!;
    expect(rough).toMatchObject({ count: 25_000, max: Math.max(...durations), relativeError: 0.01 });
    expect(rough.mean).toBe(Math.round(durations.reduce((sum, each) => sum + each, 0) / durations.length));
    for (const [estimate, share] of [
      [rough.p50, 0.5],
      [rough.p95, 0.95],
    ] as const) {
      const truth = nearestRank(durations, share);
      expect(Math.abs(estimate - truth)).toBeLessThanOrEqual(truth * 0.01);
      expect(Number.isInteger(estimate)).toBe(true);
    }
  });

  it('is within 1 % at every value, where buckets meet too', () => {
    for (let duration = 1; duration < 40_000; duration += duration < 300 ? 1 : 211) {
      const { p50 } = statisticsOf(sketchOf(new Array<number>(exactLimit + 1).fill(duration)))!;
      if (Math.abs(p50 - duration) > duration * 0.01) expect.fail(`${duration} became ${p50}`);
    }
  });

  it('says the same however it is cut and merged', () => {
    const durations = Array.from({ length: 24_000 }, () => Math.round(Math.exp(random() * 15)));
    for (const length of [900, exactLimit, exactLimit + 1, 24_000]) {
      const part = durations.slice(0, length);
      const whole = statisticsOf(sketchOf(part));
      for (const cut of [0, 1, 450, length - 1, length]) {
        const merged = sketchOf(part.slice(cut));
        mergeSketch(merged, sketchOf(part.slice(0, cut)));
        expect(statisticsOf(merged)).toEqual(whole);
      }
    }
  });

  it('leaves what it merges in as it is', () => {
    const from = sketchOf([1, 2]);
    const into = sketchOf(new Array<number>(exactLimit).fill(5));
    mergeSketch(into, from);
    expect(from).toEqual(sketchOf([1, 2]));
  });

  it('does not grow with the number of durations', () => {
    const sketch = sketchOf(Array.from({ length: 60_000 }, () => Math.round(Math.exp(random() * 26))));
    expect(sketch.exact).toBeUndefined();
    expect(sketch.buckets.size).toBeLessThan(2_700);
  });
});
