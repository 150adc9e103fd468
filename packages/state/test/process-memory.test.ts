import { expect, it } from 'vitest';
import { createProcessMemory, type Remembered } from '../src/index.js';

const remembered = (config: string): Remembered => ({ config, pipelines: new Map(), openRuns: new Map() });

it('remembers the scope that was opened last, and no other', async () => {
  const memory = createProcessMemory();
  const first = memory.open('a');
  expect(first.last).toBeUndefined();
  await first.save(remembered('one'));
  await first.save(remembered('two'));
  await first.saveBackfilled({ config: 'two', done: [{ since: 1, until: 2 }] });
  await first.close();
  expect(memory.open('a').last?.config).toBe('two');
  expect(memory.open('a').backfilled?.done).toEqual([{ since: 1, until: 2 }]);
  expect(memory.open('b').last).toBeUndefined();
  expect(memory.open('a').last).toBeUndefined();
  expect(memory.open('a').backfilled).toBeUndefined();
});
