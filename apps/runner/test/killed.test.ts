import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  generateDataset,
  generatedCatalog,
  type KestraDataset,
  type OpenMetadataSandbox,
  type Sandbox,
  startKestraSandbox,
  startOpenMetadataSandbox,
} from '@flowmeta/sandbox';
import { afterAll, expect, it } from 'vitest';
import { shownOf } from './shown-catalog.js';

const bin = fileURLToPath(new URL('../bin/flowmeta.mjs', import.meta.url));
const kills = Number(process.env.FLOWMETA_KILLS ?? 10);
/** Kills in a row before a run is let through. */
const killsPerRound = 5;
const seed = Number(process.env.FLOWMETA_SEED ?? Date.now() % 1_000_000);

const noon = Date.UTC(2026, 10, 22, 12);
const hour = 3_600_000;
const load = { flows: 80, tasks: 2, runs: 480, datasets: 240, startedAt: new Date(noon - 24 * hour).toISOString() };
const whole = withLabels();
const open: { close(): Promise<unknown> }[] = [];
afterAll(() => Promise.all(open.map((server) => server.close())));

/** Numbers from 0 to 1, the same for the same seed. */
function random(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function withLabels(): KestraDataset {
  const { executionStore, ...rest } = generateDataset(load);
  const executions = Array.from({ length: executionStore!.count }, (_, index) => executionStore!.at(index));
  const dataset: KestraDataset = structuredClone({ ...rest, executions });
  for (const [index, { flow }] of dataset.flows.entries()) flow.labels = [{ key: 'team', value: `team-${index % 7}` }];
  return dataset;
}

/** The same source hours earlier: fewer runs, one of them open, and an older definition. */
function earlier(): KestraDataset {
  const dataset = structuredClone(whole);
  const startOf = ({ state }: KestraDataset['executions'][number]) =>
    Date.parse((state as { startDate: string }).startDate);
  dataset.executions = dataset.executions.filter((execution) => startOf(execution) < noon - 6 * hour);
  const { endDate: _end, duration: _duration, ...state } = dataset.executions[3]!.state as Record<string, unknown>;
  dataset.executions[3]!.state = { ...state, current: 'RUNNING' };
  dataset.flows[5]!.flow.description = 'As it was before';
  dataset.flows[6]!.flow.labels = [];
  return dataset;
}

async function catalog(): Promise<OpenMetadataSandbox> {
  const openMetadata = await startOpenMetadataSandbox({ version: '1.6', now: () => noon, latencyMs: 1 });
  open.push(openMetadata);
  openMetadata.seedDatasets(generatedCatalog(load));
  return openMetadata;
}

async function source(dataset: KestraDataset, port?: number): Promise<Sandbox> {
  const kestra = await startKestraSandbox({ dataset, now: () => noon, latencyMs: 1, ...(port && { port }) });
  open.push(kestra);
  return kestra;
}

interface Round {
  kestra: Sandbox;
  openMetadata: OpenMetadataSandbox;
  directory: string;
  state?: boolean;
  at?: number;
}

/** One process of the built command. `killAfter`: so many requests to both servers. */
async function ingest({ kestra, openMetadata, directory, state = true, at = noon }: Round, killAfter?: number) {
  await writeFile(
    join(directory, 'kestra.yaml'),
    JSON.stringify({
      source: {
        type: 'kestra',
        serviceName: 'k',
        serviceConnection: { config: { type: 'Kestra', hostPort: kestra.url } },
        sourceConfig: { config: { type: 'PipelineMetadata', statusLookbackDays: 2 } },
      },
      workflowConfig: {
        loggerLevel: 'WARN',
        ...(state && { state: { path: 'state.json' } }),
        openMetadataServerConfig: {
          hostPort: `${openMetadata.url}/api`,
          securityConfig: { jwtToken: openMetadata.token },
        },
      },
    }),
  );
  const count = () => kestra.requests.length + openMetadata.requests.length;
  const before = count();
  const child = spawn(process.execPath, [bin, 'ingest', '-c', 'kestra.yaml', '--json'], {
    cwd: directory,
    env: { PATH: process.env.PATH, FLOWMETA_NOW: new Date(at).toISOString() },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const watch = setInterval(() => {
    if (killAfter !== undefined && count() - before >= killAfter) child.kill('SIGKILL');
  }, 1);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(watch);
  return { code, stderr, requests: count() - before, report: stdout && code !== null ? JSON.parse(stdout) : undefined };
}

it(
  `ends as one clean run does after ${kills} kills at any point, or a lost network`,
  async () => {
    console.log(`killed runs: FLOWMETA_SEED=${seed} FLOWMETA_KILLS=${kills}`);
    const next = random(seed);
    const directories: string[] = [];
    const directory = async () => {
      directories.push(await mkdtemp(join(tmpdir(), 'flowmeta-killed-')));
      return directories.at(-1)!;
    };
    const clean = {
      kestra: await source(whole),
      openMetadata: await catalog(),
      directory: await directory(),
      state: false,
    };
    const cleanRun = await ingest(clean);
    expect([cleanRun.code, cleanRun.stderr]).toEqual([0, '']);
    const expected = { ...shownOf(clean.openMetadata, 'k'), tags: clean.openMetadata.catalog.tags().sort() };
    expect(expected.pipelines).toHaveLength(load.flows);
    expect(expected.edges.length).toBeGreaterThan(load.flows);

    for (let killed = 0, rounds = 0; killed < kills; rounds += 1) {
      const openMetadata = await catalog();
      let round: Round = { kestra: await source(whole), openMetadata, directory: await directory() };
      // Every other round has an earlier run behind it, with a state.
      if (rounds % 2 === 1) {
        const port = Number(new URL(round.kestra.url).port);
        await round.kestra.close();
        const before = await source(earlier(), port);
        expect((await ingest({ ...round, kestra: before, at: noon - 6 * hour })).code).toBe(0);
        await before.close();
        round = { ...round, kestra: await source(whole, port) };
      }
      for (let kill = 0; kill < killsPerRound && killed < kills; kill += 1, killed += 1) {
        const after = 1 + Math.floor(next() * cleanRun.requests);
        const server = next() < 0.5 ? round.kestra : openMetadata;
        // Now and then one of the servers goes away a moment before.
        if (next() < 0.3) {
          const lost = Math.floor((next() * after) / 2);
          server.setFaults([{ after: lost, effect: { kind: 'reset' } }]);
        }
        const timer = setTimeout(() => server.setFaults([]), 3_000);
        await ingest(round, after);
        clearTimeout(timer);
        server.setFaults([]);
      }
      const last = await ingest(round);
      expect([last.code, last.stderr], `seed ${seed}, round ${rounds}`).toEqual([0, '']);
      const found = { ...shownOf(openMetadata, 'k'), tags: openMetadata.catalog.tags().sort() };
      expect(found, `seed ${seed}, round ${rounds}`).toEqual(expected);
      // What is remembered is true: nothing is left to write.
      const again = await ingest({ ...round, at: noon + 60_000 });
      expect([again.code, again.report.totals.pipelines.unchanged]).toEqual([0, load.flows]);
      expect(shownOf(openMetadata, 'k')).toEqual(shownOf(clean.openMetadata, 'k'));
      await Promise.all([round.kestra.close(), openMetadata.close()]);
    }
    await Promise.all(directories.map((path) => rm(path, { recursive: true })));
    const { FLOWMETA_VERIFY_PARTS: folder } = process.env;
    if (folder) await writeFile(join(folder, 'kills.json'), JSON.stringify({ seed, count: kills, failures: [] }));
  },
  60_000 + kills * 60_000,
);
