import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Sandbox, startKestraSandbox, startOpenMetadataSandbox } from '@flowmeta/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endWatches, recentDataset, startWatch, until, writeWatchConfig } from './watching.js';

const script = fileURLToPath(new URL('../../../deploy/docker/healthcheck.mjs', import.meta.url));
const patience = { timeout: 300_000 };
const open: Sandbox[] = [];
const idle: ReturnType<typeof spawn>[] = [];
let directory: string;

/** What the health check of the image says of a process. */
const check = (pid: number) =>
  new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) =>
    execFile(process.execPath, [script, `${pid}`], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    ),
  );

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A process that was called with these arguments and does nothing. */
async function processWith(...args: string[]): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1e9)', ...args]);
  idle.push(child);
  await once(child.stdout, 'data');
  return child.pid!;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flowmeta-healthcheck-'));
});
afterAll(async () => {
  endWatches();
  for (const child of idle) child.kill('SIGKILL');
  await Promise.all(open.map((server) => server.close()));
  await rm(directory, { recursive: true });
});

// It asks the system how the process was called, as it can in the image.
describe.skipIf(process.platform !== 'linux')('the health check of the image', () => {
  it('finds a watch well as long as it lives, also while a server is away', patience, async () => {
    const kestra = await startKestraSandbox({ dataset: recentDataset(), now: Date.now });
    const openMetadata = await startOpenMetadataSandbox({ now: Date.now });
    open.push(openMetadata);
    await writeWatchConfig(directory, { kestra, openMetadata });
    const port = await freePort();
    const watching = await startWatch(directory, ['--interval', '1s', '--listen', `127.0.0.1:${port}`]);
    const well = { code: 0, stdout: `http://127.0.0.1:${port}/healthz: 200\n`, stderr: '' };
    await until(async () => expect((await watching.get('/readyz')).status).toBe(200));
    expect(await check(watching.pid)).toEqual(well);
    await kestra.close();
    await until(async () => expect((await watching.get('/readyz')).status).toBe(503));
    expect(await check(watching.pid)).toEqual(well);
  });

  it('finds one unwell that does not answer, or whose port something else has', async () => {
    const port = await freePort();
    expect(await check(await processWith('watch', '--listen', `127.0.0.1:${port}`))).toEqual({
      code: 1,
      stdout: expect.stringContaining('ECONNREFUSED'),
      stderr: '',
    });
    const other = createServer((_request, response) => response.writeHead(404).end()).listen(port, '127.0.0.1');
    await once(other, 'listening');
    const { code, stdout } = await check(await processWith('watch', '--listen', `127.0.0.1:${port}`));
    other.close();
    expect([code, stdout]).toEqual([1, `http://127.0.0.1:${port}/healthz: 404\n`]);
  });

  it.each([
    ['the default', [], 'http://127.0.0.1:9464/healthz'],
    ['the last of several', ['--listen', '127.0.0.1:1', '--listen', '127.0.0.2:1'], 'http://127.0.0.2:1/healthz'],
    ['one behind an equals sign', ['--listen=127.0.0.1:1'], 'http://127.0.0.1:1/healthz'],
    ['all addresses', ['--listen', '0.0.0.0:1'], 'http://127.0.0.1:1/healthz'],
    ['all addresses of IPv6', ['--listen', '[::]:1'], 'http://[::1]:1/healthz'],
  ])('asks where the watch listens: %s', async (_, args, url) => {
    expect((await check(await processWith('watch', '-c', 'kestra.yaml', ...args))).stdout).toContain(`${url}: `);
  });

  it.each([[['ingest', '-c', 'kestra.yaml']], [['watch', '-c', 'kestra.yaml', '--no-listen']]])(
    'asks nobody of a container that runs %j',
    async (args) => {
      expect(await check(await processWith(...args))).toEqual({ code: 0, stdout: '', stderr: '' });
    },
  );
});
