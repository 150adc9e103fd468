import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  rmdir,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readDocument } from '../src/document.js';
import { openMemory, type Remembered, readBackfilled, StateError } from '../src/index.js';

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
    ['company.team.later', { id: '9', hash: 'h2', tasks: [['load']] }],
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

/** A file as a program writes it that keeps such content. */
function sealed(value: unknown): string {
  const content = JSON.stringify(value);
  return `{"checksum":"${createHash('sha256').update(content).digest('base64url')}","content":${content}}`;
}

describe('the state file', () => {
  it('gives back what was saved, scope by scope', async () => {
    expect(await recall()).toBeUndefined();
    await keep(remembered);
    await keep({ config: 'c2', pipelines: new Map(), openRuns: new Map() }, 'b');
    expect(await recall()).toStrictEqual(remembered);
    expect(await recall('b')).toStrictEqual({ config: 'c2', pipelines: new Map(), openRuns: new Map() });
    expect(await recall('c')).toBeUndefined();
    expect([warnings, await readdir(directory)]).toEqual([[], ['state.json']]);
  });

  it('keeps what backfills have written apart from what runs remember', async () => {
    await keep(remembered);
    const memory = await open();
    expect(memory.backfilled).toBeUndefined();
    const backfilled = { config: 'c1', done: [{ since: 1, until: 2 }] };
    await memory.saveBackfilled(backfilled);
    await memory.close();
    expect(await recall()).toEqual(remembered);
    await keep({ ...remembered, watermark: 7 });
    const again = await open();
    await again.close();
    expect([again.last?.watermark, again.backfilled]).toEqual([7, backfilled]);
    const other = await open('b');
    await other.close();
    expect([other.last, other.backfilled, warnings]).toEqual([undefined, undefined, []]);
  });

  it('is the old or the new one when saves overlap', async () => {
    const memory = await open();
    await Promise.all([1, 2, 3].map((watermark) => memory.save({ ...remembered, watermark })));
    await memory.close();
    expect((await recall())?.watermark).toBe(3);
  });

  it('is damaged wherever it is cut or a byte of it is changed', async () => {
    await keep(remembered);
    const whole = await readFile(path);
    expect(readDocument(whole.toString()).kind).toBe('usable');
    // The newline at the end is no part of what is said.
    for (let at = 0; at < whole.length - 1; at += 1) {
      const flipped = Buffer.from(whole);
      flipped[at] = flipped[at]! ^ 1;
      for (const text of [whole.subarray(0, at).toString(), flipped.toString()]) {
        expect(readDocument(text).kind, `at ${at}: ${text}`).toBe('damaged');
      }
    }
  });

  it('counts as none, with a warning, when it is damaged', async () => {
    await keep(remembered);
    const whole = await readFile(path);
    for (const length of [0, 1, whole.length >> 1, whole.length - 2]) {
      warnings = [];
      await writeFile(path, whole.subarray(0, length));
      expect([await recall(), warnings.length]).toEqual([undefined, 1]);
    }
  });

  it('that can not be read counts as none too, and the warning has the reason', async () => {
    await symlink(path, path);
    expect(await recall()).toBeUndefined();
    expect(warnings).toEqual([`The state in ${path} can't be used (ELOOP): everything is read in full.`]);
  });

  it('is closed after each write', async () => {
    const memory = await open();
    await memory.save(remembered);
    const files = async () => (await readdir('/proc/self/fd').catch(() => [])).length;
    const before = await files();
    for (let time = 0; time < 10; time += 1) await memory.save(remembered);
    expect(await files()).toBeLessThan(before + 10);
    await memory.close();
  });

  it('tells a preview what backfills have written, without a lock', async () => {
    const none = async () => expect((await readBackfilled({ path, scope: 'a' })).backfilled).toBeUndefined();
    await none();
    const memory = await open();
    const backfilled = { config: 'c1', done: [{ since: 1, until: 2 }] };
    await memory.saveBackfilled(backfilled);
    const preview = await readBackfilled({ path, scope: 'a' });
    expect([preview.backfilled, preview.digest('x')]).toEqual([backfilled, memory.digest('x')]);
    expect((await readBackfilled({ path, scope: 'b' })).backfilled).toBeUndefined();
    await memory.close();
    for (const unusable of ['{', sealed({ formatVersion: 2 })]) {
      await writeFile(path, unusable);
      await none();
    }
    await rm(path);
    await mkdir(path);
    await none();
  });

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

  it.each(['source:\n  type: kestra\n', '{"formatVersion":1,"runId":"r1"}', '{}', 'a'])(
    'that is no state is an error, and stays as it is: %j',
    async (text) => {
      await writeFile(path, text);
      await expect(open()).rejects.toMatchObject({
        name: 'StateError',
        isTaken: false,
        message: /is no state of Flowmeta/,
      });
      expect(await readFile(path, 'utf8')).toBe(text);
      expect(await readdir(dirname(path))).toEqual([basename(path)]);
    },
  );

  it('of a newer version is an error that says so, and stays as it is', async () => {
    await keep(remembered);
    const newer = sealed({ formatVersion: 2, more: true });
    await writeFile(path, newer);
    await expect(open()).rejects.toThrow(/written by a newer Flowmeta: it has version 2, this one knows 1/);
    expect(await readFile(path, 'utf8')).toBe(newer);
    // The lock is given back.
    await expect(open()).rejects.toMatchObject({
      name: 'StateError',
      hint: 'Use the newer Flowmeta, or another file for this one.',
      isTaken: false,
    });
  });

  it.each([
    ['no JSON', 'it is no JSON', '{'],
    ['without its content', 'it is no state of Flowmeta', '{"checksum":"x"}'],
    ['of an older format', 'its content is not what was expected', sealed({ formatVersion: 0, scopes: [] })],
    ['without its scopes', 'its content is not what was expected', sealed({ formatVersion: 1 })],
    [
      'with half an open run in it',
      'its content is not what was expected',
      sealed({ formatVersion: 1, scopes: [{ scope: 'a', config: 'c', pipelines: [], openRuns: [{ run: 'r1' }] }] }),
    ],
    [
      'with half a pipeline in it',
      'its content is not what was expected',
      sealed({ formatVersion: 1, scopes: [{ scope: 'a', config: 'c', pipelines: [{ name: 'p' }], openRuns: [] }] }),
    ],
    ['with more in it', 'its content is not what was expected', sealed({ formatVersion: 1, scopes: [], more: 1 })],
    ['edited', 'its checksum is wrong', sealed({ formatVersion: 1, scopes: [] }).replace('[]', '[1]')],
  ])('that is %s says so, and is replaced by the next save', async (_, why, text) => {
    await writeFile(path, text);
    await keep(remembered);
    expect(warnings).toEqual([`The state in ${path} can't be used (${why}): everything is read in full.`]);
    expect(await recall()).toEqual(remembered);
    expect(warnings).toHaveLength(1);
  });

  it('is for nobody else to read', async () => {
    const memory = await open();
    await memory.save(remembered);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(`${path}.lock`)).mode & 0o777).toBe(0o600);
    await memory.close();
  });

  it('stays as it was when a save fails; the next one may succeed', async () => {
    await keep(remembered);
    const memory = await open();
    await mkdir(`${path}.tmp`);
    await expect(memory.save({ ...remembered, watermark: 1 })).rejects.toThrow('EISDIR');
    await rmdir(`${path}.tmp`);
    await memory.save({ ...remembered, watermark: 2 });
    await mkdir(`${path}.tmp`);
    const failing = memory.save({ ...remembered, watermark: 3 });
    await memory.close();
    await expect(failing).rejects.toThrow('EISDIR');
    expect([(await recall())?.watermark, warnings]).toEqual([2, []]);
  });

  it('where nothing can be kept is an error that names the key', async () => {
    const whole = path;
    path = join(directory, 'nowhere', 'state.json');
    await expect(open()).rejects.toThrow(StateError);
    await expect(open()).rejects.toMatchObject({
      name: 'StateError',
      message: `The state can't be kept in ${path} (ENOENT)`,
      hint: expect.stringContaining('workflowConfig.state.path'),
      isTaken: false,
      cause: expect.objectContaining({ code: 'ENOENT' }),
    });
    path = whole;
    await mkdir(path);
    await expect(open()).rejects.toThrow(/can't be kept in .+ \(EISDIR\)/);
    // The lock is given back.
    expect(await readdir(directory)).toEqual(['state.json']);
  });
});

describe('the lock', () => {
  /** The number of a process that is no more. */
  const gone = spawnSync(process.execPath, ['--version']).pid;
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

  it('is that of the file where links lead to it, and the links stay', async () => {
    await keep(remembered);
    const link = join(directory, 'link.json');
    await symlink(path, link);
    const memory = await openMemory({ path: link, scope: 'a', now: () => noon, warn: () => {} });
    await expect(open()).rejects.toMatchObject({ isTaken: true });
    await memory.save({ ...remembered, config: 'by the link' });
    await memory.close();
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(await recall()).toMatchObject({ config: 'by the link' });
  });

  it('of a process that is gone on this host is taken over at once', async () => {
    await lockOf({ pid: gone, host: hostname() });
    await (await open()).close();
    expect(await readdir(directory)).toEqual([]);
  });

  it('of an earlier process with our number is taken over: containers start with the same one', async () => {
    await lockOf({ pid: process.pid, host: hostname() });
    await (await open()).close();
  });

  it.each([
    ['of which a process has our number', process.pid],
    ['of which we see no process', gone],
  ])('of a container with our host name, %s, stays while it is touched', async (_, pid) => {
    await lockOf({ pid, host: hostname(), space: 'of another container' });
    await expect(open()).rejects.toMatchObject({ isTaken: true });
    const before = new Date(Date.now() - 11 * 60_000);
    await utimes(`${path}.lock`, before, before);
    await (await open()).close();
  });

  it('of a process of this container that is gone is taken over at once', async () => {
    const memory = await open();
    const ours = JSON.parse(await readFile(`${path}.lock`, 'utf8'));
    await memory.close();
    await lockOf({ ...ours, pid: gone });
    await (await open()).close();
  });

  it('of a living process stays', async () => {
    await lockOf({ pid: process.ppid, host: hostname() });
    await expect(open()).rejects.toThrow(/Another run/);
    expect(await readdir(directory)).toEqual(['state.json.lock']);
  });

  it("of another user's process, which may not be asked, stays", async () => {
    await lockOf({ pid: gone, host: hostname() });
    const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
    });
    await expect(open()).rejects.toThrow(/Another run/);
    kill.mockRestore();
    await (await open()).close();
  });

  it('stays with the second of two runs when the first is closed again', async () => {
    const first = await open();
    await first.close();
    const second = await open();
    await first.close();
    await expect(open()).rejects.toThrow(/Another run/);
    await second.close();
  });

  it('that a person removed meanwhile does no harm at the end', async () => {
    const memory = await open();
    await rm(`${path}.lock`);
    await memory.save(remembered);
    await memory.close();
    expect(await recall()).toEqual(remembered);
  });

  it('of another host stays while it is touched, and goes when it is not', async () => {
    await lockOf({ pid: 1, host: 'elsewhere' });
    await expect(open()).rejects.toThrow(/on elsewhere/);
    expect(await readdir(directory)).toEqual(['state.json.lock']);
    const before = new Date(Date.now() - 11 * 60_000);
    await utimes(`${path}.lock`, before, before);
    await (await open()).close();
  });

  it('is touched while it is held', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const memory = await open();
      const long = new Date(Date.now() - 60 * 60_000);
      await utimes(`${path}.lock`, long, long);
      vi.advanceTimersByTime(30_000);
      await vi.waitFor(
        async () => expect((await stat(`${path}.lock`)).mtimeMs).toBeGreaterThan(Date.now() - 30 * 60_000),
        { timeout: 30_000, interval: 20 },
      );
      await memory.close();
      expect(vi.getTimerCount()).toBe(0);
      await vi.waitFor(async () => expect(await readdir(directory)).toEqual([]), { timeout: 30_000, interval: 20 });
    } finally {
      vi.useRealTimers();
    }
  });

  it('that another run has taken over meanwhile is left to it', async () => {
    const memory = await open();
    await memory.save(remembered);
    const before = await readFile(path, 'utf8');
    await lockOf({ pid: process.ppid, host: hostname() });
    await expect(memory.save({ ...remembered, config: 'of one that was halted' })).rejects.toThrow(/taken over/);
    await expect(memory.saveBackfilled({ config: '', done: [] })).rejects.toThrow(/taken over/);
    expect(await readFile(path, 'utf8')).toBe(before);
    await memory.close();
    await expect(open()).rejects.toThrow(`process ${process.ppid} on ${hostname()}`);
  });

  it('that is held is told with who has it, and what to do', async () => {
    await lockOf({ pid: process.ppid, host: hostname() });
    await expect(open()).rejects.toMatchObject({
      message: `Another run is using the same state, process ${process.ppid} on ${hostname()} since 2026-11-22T12:00:00.000Z`,
      hint: `Wait until it has ended. If there is none any more, remove ${path}.lock.`,
      isTaken: true,
    });
  });

  it('that is garbled stays for a while too', async () => {
    for (const text of ['{"pid":', '{"pid":1}', '']) {
      await writeFile(`${path}.lock`, text);
      await expect(open()).rejects.toMatchObject({ message: 'Another run is using the same state' });
    }
  });

  it('goes to one of many who take it over together', async () => {
    for (let round = 0; round < 20; round += 1) {
      await lockOf({ pid: gone, host: hostname(), token: `t${round}` });
      const results = await Promise.allSettled(Array.from({ length: 6 }, () => open()));
      const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(won).toHaveLength(1);
      await won[0]!.close();
    }
    expect(await readdir(directory)).toEqual([]);
  });
});
