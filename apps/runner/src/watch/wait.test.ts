import { describe, expect, it } from 'vitest';
import { createWait, waitAfter } from './wait.js';

const wait = (failures: number, { interval = 30_000, chance = 0 } = {}) =>
  waitAfter(failures, { interval, random: () => chance });

describe('the wait for the next cycle', () => {
  it('is the interval as long as nothing fails', () => {
    expect([wait(0), wait(0, { chance: 0.99 }), wait(0, { interval: 7_200_000 })]).toEqual([30_000, 30_000, 7_200_000]);
  });

  it('doubles with each failure up to five minutes, and is longer or shorter by chance', () => {
    expect([1, 2, 3, 4, 5, 2000].map((failures) => wait(failures))).toEqual([
      30_000, 60_000, 120_000, 150_000, 150_000, 150_000,
    ]);
    expect([1, 2, 3, 4, 2000].map((failures) => wait(failures, { chance: 1 }))).toEqual([
      60_000, 120_000, 240_000, 300_000, 300_000,
    ]);
  });

  it('is never shorter than the interval', () => {
    expect(wait(3, { interval: 3_600_000 })).toBe(3_600_000);
  });

  it('ends early when it is ended', async () => {
    const { start, end } = createWait();
    const started = start(3_600_000);
    end();
    await started;
  });
});
