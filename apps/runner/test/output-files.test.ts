import { execFile, execFileSync } from 'node:child_process';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
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

  it.skipIf(process.platform === 'win32')('may be a link, which stays one', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'flowmeta-output-'));
    await mkdir(join(directory, 'elsewhere'));
    await writeFile(join(directory, 'elsewhere', 'report.json'), 'old');
    await symlink(join('elsewhere', 'report.json'), join(directory, 'report.json'));
    await writeWhole(join(directory, 'report.json'), 'new');
    expect(await readFile(join(directory, 'elsewhere', 'report.json'), 'utf8')).toBe('new');
    expect((await lstat(join(directory, 'report.json'))).isSymbolicLink()).toBe(true);
    expect((await readdir(directory)).sort()).toEqual(['elsewhere', 'report.json']);
    await rm(directory, { recursive: true });
  });

  it.skipIf(process.platform === 'win32').each([
    ['lineage', ['--format', 'json', '--output', 'pipe'], /^\{[\s\S]*"edges"[\s\S]*\}\n$/],
    ['ingest', ['--dry-run', '--metrics-file', 'pipe.prom'], /^flowmeta_run_dry_run\{.*\} 1$/m],
  ])('may be a pipe, which %s writes to and which stays', patience, async (command, args, written) => {
    const pipe = join(servers.directory, args.at(-1)!);
    execFileSync('sh', ['-c', 'mkfifo "$0"', pipe]);
    const ended = new AbortController();
    const reader = promisify(execFile)('cat', [pipe], { maxBuffer: 2 ** 26, signal: ended.signal });
    const read = reader.catch((error: Error) => ({ stdout: error.message }));
    try {
      const { exitCode, stderr } = await call(command, ...args);
      expect(exitCode, stderr).toBe(0);
      expect((await stat(pipe)).isFIFO()).toBe(true);
      expect((await read).stdout).toMatch(written);
    } finally {
      ended.abort();
    }
  });
});
