import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distinctTimestamps } from './timestamps.js';

const run = (id: string, startedAt: number, pipeline = 'p') => ({ id, pipeline, startedAt });
const runs = fc
  .uniqueArray(fc.record({ id: fc.stringMatching(/^[a-z0-9]{1,4}$/), startedAt: fc.nat(12) }), {
    selector: ({ id }) => id,
    maxLength: 20,
  })
  .map((values) => values.map(({ id, startedAt }) => run(id, startedAt)));

describe('distinctTimestamps', () => {
  it('keeps the start of runs that share it with no other run of their pipeline', () => {
    const timestamps = distinctTimestamps([run('a', 5), run('b', 6), run('c', 5, 'other')]);
    expect(Object.fromEntries(timestamps)).toEqual({ a: 5, b: 6, c: 5 });
  });

  it('moves runs of one millisecond apart, by the order of their ids', () => {
    const timestamps = distinctTimestamps([run('c', 5), run('a', 5), run('b', 5)]);
    expect(Object.fromEntries(timestamps)).toEqual({ a: 5, b: 6, c: 7 });
  });

  it('never moves a run onto the start of another', () => {
    const timestamps = distinctTimestamps([run('a', 5), run('b', 5), run('z', 6)]);
    expect(Object.fromEntries(timestamps)).toEqual({ a: 5, b: 7, z: 6 });
  });

  it('counts a run that is given twice once', () => {
    expect([...distinctTimestamps([run('a', 5), run('a', 5)])]).toEqual([['a', 5]]);
  });

  it('gives distinct timestamps whatever the order', () => {
    fc.assert(
      fc.property(runs, (given) => {
        const timestamps = distinctTimestamps(given);
        expect(new Set(timestamps.values()).size).toBe(given.length);
        expect(new Map([...distinctTimestamps(given.toReversed())].sort())).toEqual(new Map([...timestamps].sort()));
      }),
    );
  });

  it('gives a run the same timestamp when the window moves through a pause', () => {
    fc.assert(
      fc.property(runs, runs, (earlier, later) => {
        const moved = later.map(({ id, startedAt }) => run(`later-${id}`, startedAt + 1_000));
        const both = distinctTimestamps([...earlier, ...moved]);
        for (const [id, timestamp] of distinctTimestamps(moved)) expect(both.get(id)).toBe(timestamp);
        for (const [id, timestamp] of distinctTimestamps(earlier)) expect(both.get(id)).toBe(timestamp);
      }),
    );
  });
});
