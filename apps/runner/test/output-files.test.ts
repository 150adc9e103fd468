import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeWhole } from '../src/commands/report-files.js';
import { password, startDemoServers } from './demo-servers.js';
import { run } from './fake-host.js';

const patience = { timeout: 300_000 };

let servers: Awaited<ReturnType<typeof startDemoServers>>;
beforeAll(async () => {
  servers = await startDemoServers();
});
afterAll(() => servers.close());

const call = (...args: string[]) =>
  run([...args, '-c', 'kestra.yaml'], {
    directory: servers.directory,
    environment: { KESTRA_PASSWORD: password },
    from: servers.takenAt,
  });

describe('a file that a command writes', () => {
  it.each([
    ['plan', '--output', 'taken.json'],
    ['ingest', '--report', 'taken.json'],
    ['ingest', '--metrics-file', 'taken.prom'],
    ['lineage', '--output', 'taken.json'],
    ['health', '--output', 'taken.json'],
  ])('is no directory: %s %s says so before a server is asked', patience, async (command, option, name) => {
    await mkdir(join(servers.directory, name), { recursive: true });
    const { exitCode, stderr } = await call(command, option, name);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`${option} ${name}: this is a directory`)]);
    expect([...servers.kestra.requests, ...servers.openMetadata.requests]).toEqual([]);
  });

  it('leaves nothing unfinished behind when it can not be written', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'flowmeta-output-'));
    await mkdir(join(directory, 'taken.json'));
    await expect(writeWhole(join(directory, 'taken.json'), '{}')).rejects.toThrow(/taken\.json can not be written \(E/);
    expect(await readdir(directory)).toEqual(['taken.json']);
    await rm(directory, { recursive: true });
  });

  it.skipIf(process.platform === 'win32')('may be a pipe, which is written to and stays', patience, async () => {
    const pipe = join(servers.directory, 'pipe');
    execFileSync('sh', ['-c', 'mkfifo "$0"', pipe]);
    const ended = new AbortController();
    const reader = promisify(execFile)('cat', [pipe], { maxBuffer: 2 ** 26, signal: ended.signal });
    const read = reader.catch((error: Error) => ({ stdout: error.message }));
    try {
      const { exitCode, stderr } = await call('lineage', '--format', 'json', '--output', 'pipe');
      expect(exitCode, stderr).toBe(0);
      expect((await stat(pipe)).isFIFO()).toBe(true);
      expect(JSON.parse((await read).stdout)).toHaveProperty('edges');
    } finally {
      ended.abort();
    }
  });
});
