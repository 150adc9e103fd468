import { describe, expect, it } from 'vitest';
import { type BufferedRun, createRunBuffer, type RunBatch } from './run-buffer.js';

const buffered = (id: string, startedAt: number, pipeline = 'p', tasks = 0): BufferedRun => ({
  id,
  pipeline,
  startedAt,
  status: {
    timestamp: startedAt,
    executionStatus: 'Successful',
    taskStatus: Array.from({ length: tasks }, (_, task) => ({
      name: `t${task}`,
      executionStatus: 'Successful' as const,
    })),
    executionId: id,
  },
});

const fill = (buffer: ReturnType<typeof createRunBuffer>, runs: BufferedRun[]): RunBatch[] => [
  ...runs.flatMap((run) => buffer.add(run)),
  ...buffer.takeAll(),
];

const ids = ({ statuses }: RunBatch) => statuses.map(({ executionId }) => executionId);
const stamps = (batches: RunBatch[]) => batches.flatMap(({ statuses }) => statuses.map(({ timestamp }) => timestamp));

describe('createRunBuffer', () => {
  it('makes batches of the asked size and keeps the rest until the end', () => {
    const runs = Array.from({ length: 250 }, (_, index) => buffered(`r${index}`, index));
    expect(fill(createRunBuffer(), runs).map(({ statuses }) => statuses.length)).toEqual([100, 100, 50]);
  });

  it('keeps the runs of one millisecond in one batch, with a timestamp each', () => {
    const runs = [buffered('a', 1), buffered('b', 2), buffered('d', 3), buffered('c', 3), buffered('e', 9)];
    const batches = fill(createRunBuffer({ batchSize: 3 }), runs);
    expect(batches.map(ids)).toEqual([
      ['a', 'b'],
      ['d', 'c', 'e'],
    ]);
    expect(batches[1]?.statuses.map(({ timestamp }) => timestamp)).toEqual([4, 3, 9]);
  });

  it('does not end a batch where a moved run could take the timestamp of one to come', () => {
    // a and b share 1, so one of them moves to 2; c holds 2 and would be overwritten from an earlier batch, or moves.
    const runs = [buffered('a', 1), buffered('b', 1), buffered('c', 2), buffered('d', 3), buffered('e', 50)];
    const batches = fill(createRunBuffer({ batchSize: 2 }), runs);
    expect(new Set(stamps(batches)).size).toBe(runs.length);
  });

  it('keeps the place of a run that is not written, and counts it with those that are where it comes as both', () => {
    const { status: _, ...neighbour } = buffered('a', 3);
    const batches = fill(createRunBuffer(), [neighbour, buffered('b', 3), buffered('c', 4), { ...neighbour, id: 'c' }]);
    expect(batches.map(ids)).toEqual([['b', 'c']]);
    expect(stamps(batches)).toEqual([5, 4]);
    expect(fill(createRunBuffer(), [neighbour])).toEqual([]);
  });

  it('gives no timestamp twice, wherever the batches end', () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      let startedAt = 0;
      const runs = Array.from({ length: 80 }, (_, index) => {
        startedAt += (index * seed) % 7 === 0 ? (seed % 5) + 1 : (index + seed) % 2;
        return buffered(`r${index}`, startedAt);
      });
      const all = stamps(fill(createRunBuffer({ batchSize: 9 }), runs));
      expect([seed, new Set(all).size]).toEqual([seed, 80]);
    }
  });

  it('waits for the end of a burst as long as there is room, and says when it could not', () => {
    const buffer = createRunBuffer({ batchSize: 5, maxRuns: 50 });
    const due = Array.from({ length: 60 }, (_, index) => buffer.add(buffered(`r${index}`, 1))).flat();
    expect(due.map(({ statuses, isCut }) => [statuses.length, isCut])).toEqual([[51, true]]);
    expect(buffer.takeAll().map(({ isCut }) => isCut)).toEqual([undefined]);
  });

  it('gives thousands of runs that start at once a timestamp each', () => {
    const runs = Array.from({ length: 5000 }, (_, index) => buffered(`r${index}`, Math.floor(index / 50)));
    const batches = fill(createRunBuffer(), [...runs, buffered('later', 10_000)]);
    expect(new Set(stamps(batches)).size).toBe(5001);
    expect(batches.some(({ isCut }) => isCut)).toBe(false);
  });

  it('lets all others go before a burst that goes on', () => {
    const buffer = createRunBuffer({ maxRuns: 100 });
    const others = Array.from({ length: 40 }, (_, index) => buffer.add(buffered(`o${index}`, index, 'other')));
    const burst = Array.from({ length: 61 }, (_, index) => buffer.add(buffered(`r${index}`, 50)));
    expect([...others, ...burst].flat().map(({ pipeline, isCut }) => [pipeline, isCut])).toEqual([
      ['other', undefined],
    ]);
  });

  it('counts the same run once, as it came last', () => {
    const batches = fill(createRunBuffer(), [buffered('a', 1), { ...buffered('a', 1, 'p', 2) }]);
    expect(batches.map(ids)).toEqual([['a']]);
    expect(batches[0]?.statuses[0]?.taskStatus).toHaveLength(2);
  });

  it('never holds more than it may: the fullest pipelines go first', () => {
    const buffer = createRunBuffer({ batchSize: 1000, maxRuns: 40 });
    let held = 0;
    let mostHeld = 0;
    let first: string | undefined;
    const sizes: number[] = [];
    for (let index = 0; index < 1000; index += 1) {
      const batches = buffer.add(buffered(`r${index}`, index, index % 4 === 0 ? 'rare' : `busy`));
      held += 1;
      for (const { statuses, pipeline } of batches) {
        held -= statuses.length;
        sizes.push(statuses.length);
        first ??= pipeline;
      }
      mostHeld = Math.max(mostHeld, held);
    }
    expect(first).toBe('busy');
    expect(mostHeld).toBeLessThanOrEqual(40);
    expect(Math.min(...sizes)).toBeGreaterThan(9);
  });

  it('weighs runs by their tasks', () => {
    const buffer = createRunBuffer({ maxEntries: 100 });
    const due = Array.from({ length: 12 }, (_, index) => buffer.add(buffered(`r${index}`, index, 'p', 9)));
    expect(due.findIndex((batches) => batches.length > 0)).toBe(10);
  });
});
