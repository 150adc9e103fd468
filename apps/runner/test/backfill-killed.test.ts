import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  generateDataset,
  type KestraDataset,
  type OpenMetadataSandbox,
  type Sandbox,
  startKestraSandbox,
  startOpenMetadataSandbox,
} from '@flowmeta/sandbox';
import { afterEach, expect, it } from 'vitest';
import { shownOf } from './shown-catalog.js';

const bin = fileURLToPath(new URL('../bin/flowmeta.mjs', import.meta.url));
const hour = 3_600_000;
const noon = Date.UTC(2026, 10, 22, 12);
const open: { close(): Promise<unknown> }[] = [];
const directories: string[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
  await Promise.all(directories.splice(0).map((path) => rm(path, { recursive: true })));
});

/** Twelve slices of two hours with ten runs each. */
const load = { flows: 3, tasks: 2, runs: 120, startedAt: new Date(noon - 24 * hour).toISOString() };
const window = ['--from', '2026-11-21T12:00', '--to', '2026-11-22T12:00', '--slice', '2h'];

interface Servers {
  kestra: Sandbox;
  openMetadata: OpenMetadataSandbox;
  directory: string;
}

async function servers(): Promise<Servers> {
  const dataset: KestraDataset = generateDataset(load);
  // Slow enough to be killed in the middle.
  const kestra = await startKestraSandbox({ dataset, now: () => noon, latencyMs: 5 });
  const openMetadata = await startOpenMetadataSandbox({ version: '1.6', now: () => noon, latencyMs: 5 });
  const directory = await mkdtemp(join(tmpdir(), 'flowmeta-backfill-'));
  open.push(kestra, openMetadata);
  directories.push(directory);
  await writeFile(
    join(directory, 'kestra.yaml'),
    JSON.stringify({
      source: {
        type: 'kestra',
        serviceName: 'k',
        serviceConnection: { config: { type: 'Kestra', hostPort: kestra.url } },
        sourceConfig: { config: { type: 'PipelineMetadata' } },
      },
      workflowConfig: {
        openMetadataServerConfig: {
          hostPort: `${openMetadata.url}/api`,
          securityConfig: { jwtToken: openMetadata.token },
        },
      },
    }),
  );
  return { kestra, openMetadata, directory };
}

/** The built command. `killAfter`: so many slices. */
async function backfill({ directory }: Servers, killAfter = Number.POSITIVE_INFINITY) {
  const child = spawn(process.execPath, [bin, 'backfill', '-c', 'kestra.yaml', ...window, '--yes', '--json'], {
    cwd: directory,
    // An hour later, so that the last slice is one of which no run shows late.
    env: { PATH: process.env.PATH, FLOWMETA_NOW: new Date(noon + hour).toISOString() },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
    if (stderr.includes(`slice ${killAfter} of`)) child.kill('SIGKILL');
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stderr, report: stdout && code !== null ? JSON.parse(stdout) : undefined };
}

const slicesRead = ({ kestra }: Servers, from = 0) =>
  kestra.requests
    .slice(from)
    .filter(({ path, query }) => path.endsWith('/executions/search') && query.includes('endDate'))
    .map(({ query }) => /\[startDate\][^=]*=([^&]*)/.exec(decodeURIComponent(query))?.[1]);

it('ends as one that was not interrupted, when it is killed and goes on, and reads no slice twice that was done', async () => {
  const clean = await servers();
  const whole = await backfill(clean);
  expect([whole.code, whole.report.totals.runs.created]).toEqual([0, load.runs]);
  expect(new Set(slicesRead(clean)).size).toBe(12);

  const killed = await servers();
  expect((await backfill(killed, 4)).code).toBeNull();
  const [kept] = JSON.parse(await readFile(join(killed.directory, 'kestra.backfill.json'), 'utf8')).content.backfills;
  const [done] = kept.done;
  expect(done).toEqual([expect.any(Number), noon]);
  expect((noon - done[0]) / (2 * hour)).toBeGreaterThanOrEqual(4);
  const before = killed.kestra.requests.length;
  const second = await backfill(killed);
  expect([second.code, second.report.outcome]).toEqual([0, 'done']);
  const again = slicesRead(killed, before);
  expect(again.map((since) => Date.parse(since!)).every((since) => since < done[0])).toBe(true);
  expect(again).toHaveLength(12 - (noon - done[0]) / (2 * hour));
  expect(shownOf(killed.openMetadata, 'k')).toEqual(shownOf(clean.openMetadata, 'k'));
}, 240_000);
