import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { Memory } from '../src/index.js';

// Three processes that find the lock of one that is gone. The sources are loaded once for each, with its number and its file system; that of
// the first waits before the steps that a test names.

type Sources = typeof import('../src/index.js');

/** The number of a process that is no more. */
const gone = spawnSync(process.execPath, ['--version']).pid;
let beforeStep = async () => {};
let first: Sources;
let second: Sources;
let third: Sources;
beforeAll(async () => {
  first = await sourcesOf(process.pid, (operation) => async (...parameters) => {
    await beforeStep();
    return operation(...parameters);
  });
  second = await sourcesOf(process.ppid, (operation) => operation);
  third = await sourcesOf(1, (operation) => operation);
});
afterAll(() => {
  vi.doUnmock('node:fs/promises');
  vi.doUnmock('node:process');
  vi.resetModules();
});

type Operation = (...parameters: unknown[]) => Promise<unknown>;
async function sourcesOf(pid: number, wrap: (operation: Operation) => Operation): Promise<Sources> {
  const files = await vi.importActual<Record<string, Operation>>('node:fs/promises');
  vi.doMock('node:fs/promises', () => ({
    ...files,
    ...Object.fromEntries(
      ['link', 'open', 'readFile', 'rename', 'rm', 'stat', 'utimes', 'writeFile'].map((name) => [
        name,
        wrap(files[name]!),
      ]),
    ),
  }));
  vi.doMock('node:process', async (original) => ({ ...(await original<object>()), pid }));
  vi.resetModules();
  return import('../src/index.js');
}

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flowmeta-state-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** The memory, or nothing where another has it. */
async function open({ openMemory }: Sources): Promise<Memory | undefined> {
  try {
    return await openMemory({ path: join(directory, 'state.json'), scope: 'a', now: () => 0, warn: () => {} });
  } catch (error) {
    expect(error).toMatchObject({ isTaken: true });
    return undefined;
  }
}
const leaveLock = () =>
  writeFile(
    join(directory, 'state.json.lock'),
    JSON.stringify({
      pid: gone,
      host: hostname(),
      startedAt: new Date(0).toISOString(),
      token: 'of the one that is gone',
    }),
  );

/** Starts the first process and lets `during` happen before its steps of these numbers. Gives what it got, and its steps. */
async function openFirst(during: ReadonlyMap<number, () => Promise<void>> = new Map()) {
  let steps = 0;
  beforeStep = async () => {
    steps += 1;
    await during.get(steps)?.();
  };
  const memory = await open(first);
  beforeStep = async () => {};
  return { memory, steps };
}

it('one alone takes it over, and leaves nothing behind', async () => {
  await leaveLock();
  const { memory } = await openFirst();
  expect(await open(second)).toBeUndefined();
  expect(await readdir(directory)).toEqual(['state.json.lock']);
  await memory!.close();
  expect(await readdir(directory)).toEqual([]);
});

it.each([
  ['that keeps it', false],
  ['that has given it back', true],
])('of two that come while another takes it over, and one %s, never two have it', async (_, givesBack) => {
  await leaveLock();
  const { memory, steps } = await openFirst();
  await memory!.close();
  let tried = 0;
  for (let one = 1; one <= steps; one += 1) {
    for (let other = one + 1; other <= steps; other += 1) {
      await leaveLock();
      let ofSecond: Memory | undefined;
      let ofThird: Memory | undefined;
      let after = false;
      const { memory: ofFirst } = await openFirst(
        new Map([
          [
            one,
            async () => {
              ofSecond = await open(second);
              if (!givesBack) return;
              await ofSecond?.close();
              ofSecond = undefined;
            },
          ],
          [
            other,
            async () => {
              after = true;
              ofThird = await open(third);
            },
          ],
        ]),
      );
      if (!after) ofThird = await open(third);
      const owners = [ofFirst, ofSecond, ofThird].filter((owner) => owner !== undefined);
      expect({ one, other, owners: owners.length }).toEqual({ one, other, owners: 1 });
      await owners[0]!.close();
      expect(await readdir(directory)).toEqual([]);
      tried += 1;
    }
  }
  expect(tried).toBeGreaterThan(20);
});
