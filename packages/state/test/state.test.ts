import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openMemory, type Remembered, StateError } from '../src/index.js';

const noon = Date.UTC(2026, 10, 22, 12);
let directory: string;
let path: string;
let warnings: string[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flowmeta-state-'));
  path = join(directory, 'state.json');
  warnings = [];
});
afterEach(() => rm(directory, { recursive: true }));

const open = (scope = 'a') => openMemory({ path, scope, now: () => noon, warn: (message) => warnings.push(message) });

const remembered: Remembered = {
  config: 'c1',
  watermark: noon,
  fullAt: noon - 1,
  edges: 'e1',
  pipelines: new Map([
    [
      'company.team.daily',
      { definition: 'd1', id: '7', hash: 'h1', tasks: [['load'], ['a "b"', 'a b'], ['1']], memo: 'm', runs: true },
    ],
    ['__proto__', { id: '8', tasks: [] }],
  ]),
  openRuns: new Map([['r1', { pipeline: 'company.team.daily', startedAt: noon - 5, state: 'running' }]]),
};

async function keep(value: Remembered, scope = 'a') {
  const memory = await open(scope);
  await memory.save(value);
  await memory.close();
}
async function recall(scope = 'a') {
  const memory = await open(scope);
  await memory.close();
  return memory.last;
}

describe('the state file', () => {
  it('gives back what was saved, scope by scope', async () => {
    expect(await recall()).toBeUndefined();
    await keep(remembered);
    await keep({ config: 'c2', pipelines: new Map(), openRuns: new Map() }, 'b');
    expect(await recall()).toEqual(remembered);
    expect(await recall('b')).toEqual({ config: 'c2', pipelines: new Map(), openRuns: new Map() });
    expect(await recall('c')).toBeUndefined();
    expect([warnings, await readdir(directory)]).toEqual([[], ['state.json']]);
  });

  it('is the old or the new one when saves overlap', async () => {
    const memory = await open();
    await Promise.all([1, 2, 3].map((watermark) => memory.save({ ...remembered, watermark })));
    await memory.close();
    expect((await recall())?.watermark).toBe(3);
  });

  it('counts as none, with a warning, wherever it is cut or a byte of it is changed', async () => {
    await keep(remembered);
    const whole = await readFile(path);
    // The newline at the end is no part of what is said.
    for (let at = 0; at < whole.length - 1; at += 1) {
      const flipped = Buffer.from(whole);
      flipped[at] = flipped[at]! ^ 1;
      for (const text of [whole.subarray(0, at), flipped]) {
        warnings = [];
        await writeFile(path, text);
        expect([await recall(), warnings.length], `at ${at}: ${text.toString()}`).toEqual([undefined, 1]);
      }
    }
  }, 60_000);

  it('does not mind what a killed run has left beside it', async () => {
    await keep(remembered);
    const whole = await readFile(path);
    for (let length = 0; length <= whole.length; length += 7) {
      await writeFile(`${path}.tmp`, whole.subarray(0, length));
      expect(await recall()).toEqual(remembered);
    }
    await keep({ ...remembered, watermark: 1 });
    expect([(await recall())?.watermark, warnings]).toEqual([1, []]);
  });

  it('of a newer version is an error that says so, and stays as it is', async () => {
    await keep(remembered);
    const { createHash } = await import('node:crypto');
    const content = JSON.stringify({ formatVersion: 2, more: true });
    const newer = `{"checksum":"${createHash('sha256').update(content).digest('base64url')}","content":${content}}`;
    await writeFile(path, newer);
    await expect(open()).rejects.toThrow(/written by a newer Flowmeta: it has version 2, this one knows 1/);
    expect(await readFile(path, 'utf8')).toBe(newer);
    // The lock is given back.
    await expect(open()).rejects.toThrow(/newer/);
  });

  it('in a directory that is not there is an error', async () => {
    path = join(directory, 'nowhere', 'state.json');
    await expect(open()).rejects.toThrow(StateError);
    await expect(open()).rejects.toThrow(/can't be kept/);
  });
});

describe('the lock', () => {
  const lockOf = (owner: object) =>
    writeFile(`${path}.lock`, JSON.stringify({ startedAt: new Date(noon).toISOString(), token: 't', ...owner }));

  it('keeps a second run away, also within one process, and goes with the first', async () => {
    const memory = await open();
    await expect(open()).rejects.toThrow(
      /Another run is using the same state, process \d+ on .+ since 2026-11-22T12:00/,
    );
    await memory.close();
    await memory.close();
    await (await open()).close();
  });

  it('of a process that is gone on this host is taken over at once', async () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    await lockOf({ pid: gone, host: hostname() });
    await (await open()).close();
    expect(await readdir(directory)).toEqual([]);
  });

  it('of an earlier process with our number is taken over: containers start with the same one', async () => {
    await lockOf({ pid: process.pid, host: hostname() });
    await (await open()).close();
  });

  it('of a living process stays', async () => {
    await lockOf({ pid: process.ppid, host: hostname() });
    await expect(open()).rejects.toThrow(/Another run/);
  });

  it('of another host stays while it is touched, and goes when it is not', async () => {
    await lockOf({ pid: 1, host: 'elsewhere' });
    await expect(open()).rejects.toThrow(/on elsewhere/);
    const before = new Date(Date.now() - 11 * 60_000);
    await utimes(`${path}.lock`, before, before);
    await (await open()).close();
  });

  it('that is garbled stays for a while too', async () => {
    await writeFile(`${path}.lock`, '{"pid":');
    await expect(open()).rejects.toThrow(/Another run/);
  });

  it('goes to one of many who take it over together', async () => {
    for (let round = 0; round < 20; round += 1) {
      await lockOf({ pid: spawnSync(process.execPath, ['-e', '']).pid, host: hostname() });
      const results = await Promise.allSettled(Array.from({ length: 6 }, () => open()));
      const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(won).toHaveLength(1);
      await won[0]!.close();
    }
    expect(await readdir(directory)).toEqual([]);
  });
});
