import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  generateDataset,
  generatedCatalog,
  type KestraDataset,
  type OpenMetadataSandbox,
  startKestraSandbox,
  startOpenMetadataSandbox,
} from '@flowmeta/sandbox';
import { afterAll, describe, expect, it } from 'vitest';
import { startDemoServers } from './demo-servers.js';
import { run } from './fake-host.js';
import { shownOf } from './shown-catalog.js';

const bin = fileURLToPath(new URL('../bin/flowmeta.mjs', import.meta.url));
const noon = Date.UTC(2026, 10, 22, 12);
const hour = 3_600_000;
const load = { flows: 64, tasks: 2, runs: 320, datasets: 160, startedAt: new Date(noon - 24 * hour).toISOString() };
const count = 8;

const closers: (() => Promise<unknown>)[] = [];
afterAll(() => Promise.all(closers.map((close) => close())));

/** What the source has now, and what it had a day ago: a flow more, another order of two, and an older definition. */
function sources(): { now: KestraDataset; before: KestraDataset } {
  const { executionStore, ...rest } = generateDataset(load);
  const executions = Array.from({ length: executionStore!.count }, (_, index) => executionStore!.at(index));
  const now: KestraDataset = structuredClone({ ...rest, executions });
  for (const [index, { flow }] of now.flows.entries()) flow.labels = [{ key: 'team', value: `team-${index % 5}` }];
  const before = structuredClone(now);
  before.flows[5]!.flow.description = 'As it was before';
  const follower = before.flows[20]!.flow as { triggers?: unknown[] };
  const { namespace, id: flowId } = before.flows[40]!.flow;
  follower.triggers = [
    {
      id: 'after_another',
      type: 'io.kestra.plugin.core.trigger.Flow',
      preconditions: { id: 'upstream', flows: [{ namespace, flowId }] },
    },
  ];
  const gone = now.flows.splice(30, 1)[0]!.flow;
  now.executions = now.executions.filter((each) => each.namespace !== gone.namespace || each.flowId !== gone.id);
  before.executions = before.executions.slice(0, 20);
  return { now, before };
}

/** The built command in processes of their own, with a source and a catalog. */
async function setUp(dataset: KestraDataset, before: KestraDataset) {
  const openMetadata = await startOpenMetadataSandbox({ version: '1.6', now: () => noon, latencyMs: 2 });
  openMetadata.seedDatasets(generatedCatalog(load));
  const directory = await mkdtemp(join(tmpdir(), 'flowmeta-shards-'));
  closers.push(
    () => openMetadata.close(),
    () => rm(directory, { recursive: true }),
  );
  const earlier = await startKestraSandbox({ dataset: before, now: () => noon, latencyMs: 1 });
  const port = Number(new URL(earlier.url).port);
  const writeConfig = (workflowConfig: object) =>
    writeFile(
      join(directory, 'kestra.yaml'),
      JSON.stringify({
        source: {
          type: 'kestra',
          serviceName: 'k',
          serviceConnection: { config: { type: 'Kestra', hostPort: earlier.url } },
          sourceConfig: { config: { type: 'PipelineMetadata', statusLookbackDays: 2 } },
        },
        workflowConfig: {
          loggerLevel: 'WARN',
          ...workflowConfig,
          openMetadataServerConfig: {
            hostPort: `${openMetadata.url}/api`,
            securityConfig: { jwtToken: openMetadata.token },
          },
        },
      }),
    );
  const start = (args: string[]) => {
    const child = spawn(process.execPath, [bin, ...args], {
      cwd: directory,
      env: { PATH: process.env.PATH, FLOWMETA_NOW: new Date(noon).toISOString() },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
      child.on('close', (code) => resolve({ code, stdout, stderr })),
    );
    return { ended, kill: () => child.kill('SIGKILL') };
  };
  await writeConfig({});
  expect(await start(['ingest', '-c', 'kestra.yaml', '--json']).ended).toMatchObject({ code: 0, stderr: '' });
  await earlier.close();
  const kestra = await startKestraSandbox({ dataset, now: () => noon, latencyMs: 1, port });
  closers.push(() => kestra.close());
  return { openMetadata, directory, start, writeConfig };
}

const catalogOf = (openMetadata: OpenMetadataSandbox) => ({
  ...shownOf(openMetadata, 'k'),
  tags: openMetadata.catalog.tags().sort(),
});

/** Kills the process when it has written a line to a file. */
async function killOnceWriting(file: string, process: { ended: Promise<unknown>; kill(): void }): Promise<void> {
  let isOver = false;
  void process.ended.then(() => {
    isOver = true;
  });
  while (!isOver && !((await stat(file).catch(() => undefined))?.size ?? 0)) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  process.kill();
}

interface Plan {
  steps: { name: string; processes: { args: string[]; report: string }[] }[];
}

describe('flowmeta in shards', () => {
  it('ends as one run does, after two of eight processes were killed and run again', async () => {
    const { now, before } = sources();
    const one = await setUp(now, before);
    const single = await one.start(['ingest', '-c', 'kestra.yaml', '--json']).ended;
    expect(single).toMatchObject({ code: 0, stderr: '' });
    const expected = catalogOf(one.openMetadata);
    const { totals } = JSON.parse(single.stdout);
    expect(totals).toMatchObject({
      pipelines: { read: load.flows - 1, removed: 1 },
      edges: { removed: expect.any(Number) },
    });
    expect(totals.edges.removed).toBeGreaterThan(0);

    const many = await setUp(now, before);
    await many.writeConfig({ state: { path: 'state.json' } });
    const { code, stdout } = await many.start(['shards', '-c', 'kestra.yaml', '--count', `${count}`]).ended;
    expect(code).toBe(0);
    const { steps }: Plan = JSON.parse(stdout);
    expect(steps.map(({ name, processes }) => [name, processes.length])).toEqual([
      ['shards', count],
      ['lineage', 1],
      ['reconcile', 1],
      ['report', 1],
    ]);
    const [shards, ...rest] = steps;
    const victims = [2, 5];
    const running = shards!.processes.map(({ args }, index) => {
      const child = many.start([...args, '--audit-log', `audit-${index}.jsonl`]);
      if (victims.includes(index)) void killOnceWriting(join(many.directory, `audit-${index}.jsonl`), child);
      return child.ended;
    });
    const ends = await Promise.all(running);
    expect(ends.map((end) => end.code)).toEqual(ends.map((_, index) => (victims.includes(index) ? null : 0)));
    expect(catalogOf(many.openMetadata)).not.toEqual(expected);
    // Nothing is deleted while parts are missing.
    expect(many.openMetadata.catalog.pipelines().filter(({ deleted }) => deleted)).toEqual([]);

    const again = victims.map((index) => many.start(shards!.processes[index]!.args).ended);
    for (const end of await Promise.all(again)) expect([end.code, end.stderr]).toEqual([0, '']);
    for (const { processes } of rest) {
      for (const { args } of processes) {
        const end = await many.start(args).ended;
        expect([end.code, end.stderr], args.join(' ')).toEqual([0, '']);
      }
    }
    expect(catalogOf(many.openMetadata)).toEqual(expected);

    const merged = JSON.parse(await readFile(join(many.directory, 'report.json'), 'utf8'));
    expect(merged).toMatchObject({
      outcome: 'done',
      totals: { pipelines: { read: load.flows - 1, removed: 1 }, runs: { read: totals.runs.read } },
    });
    expect(merged.totals.edges).toMatchObject({ read: totals.edges.read, removed: totals.edges.removed });
    const states = (await readdir(many.directory)).filter((file) => file.startsWith('state'));
    expect(states.sort()).toEqual(Array.from({ length: count }, (_, index) => `state.json.${index}-of-${count}`));

    // What each shard remembers is true: nothing is left to write.
    const [quiet] = await Promise.all([many.start([...shards!.processes[2]!.args, '--json']).ended]);
    const { pipelines, runs } = JSON.parse(quiet.stdout).totals;
    expect([pipelines.created + pipelines.updated, runs.created + runs.updated]).toEqual([0, 0]);
    expect(pipelines.unchanged).toBeGreaterThan(0);
  }, 300_000);
});

describe('the command line', () => {
  const usage = async (...args: string[]) => {
    const { exitCode, stderr } = await run(['ingest', '-c', 'kestra.yaml', ...args]);
    return [exitCode, stderr] as const;
  };

  it.each([
    [['--shard', '8/8'], /counted from 0.*0\/8 to 7\/8/s],
    [['--shard', '1'], /counted from 0/],
    [['--shard', '0/0'], /counted from 0/],
    [['--phase', 'edges'], /entities, runs, lineage, reconcile/],
    [['--shard', '0/8', '--flow', 'a.b'], /--shard.* cannot be used with .*--flow/],
    [['--shard', '0/8', '--allow-mass-delete'], /--shard.* cannot be used with .*--allow-mass-delete/],
    [['--phase', 'runs', '--execution', 'x'], /--phase.* cannot be used with .*--execution/],
    [['--shard', '0/8', '--phase', 'entities,reconcile'], /needs to know all flows.*--phase reconcile once/s],
  ])('refuses %j', async (args, message) => {
    const [exitCode, stderr] = await usage(...args);
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  it('refuses phases that look into the catalog where there is a file in its place', async () => {
    const servers = await startDemoServers();
    closers.push(servers.close);
    await servers.writeConfig({ sink: { type: 'file', config: { filename: 'out.jsonl' } }, workflowConfig: {} });
    const { exitCode, stderr } = await servers.ingest('--phase', 'runs', 'lineage');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('the sink is a file')]);
    const host = { directory: servers.directory, environment: { KESTRA_PASSWORD: 'x' } };
    expect(await run(['shards', '-c', 'kestra.yaml'], host)).toMatchObject({ exitCode: 2, stdout: '' });
    expect([servers.kestra.requests, servers.openMetadata.requests]).toEqual([[], []]);
  });

  it('prints a plan whose processes take the namespaces with them, and tells no secret', async () => {
    const servers = await startDemoServers();
    closers.push(servers.close);
    const host = { directory: servers.directory, environment: { KESTRA_PASSWORD: 'correct-horse-battery' } };
    const args = ['shards', '-c', 'kestra.yaml', '--count', '2', '--namespace', 'company'];
    const { exitCode, stdout, stderr } = await run(args, host);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).not.toContain('correct-horse-battery');
    const { steps }: Plan = JSON.parse(stdout);
    expect(steps[0]!.processes[1]!.args.join(' ')).toBe(
      'ingest -c kestra.yaml --phase entities,runs --shard 1/2 --namespace company --report shard-1-of-2.json --no-progress',
    );
    expect(steps.at(-1)!.processes[0]!.args.slice(0, 6)).toEqual([
      'report',
      'merge',
      'shard-0-of-2.json',
      'shard-1-of-2.json',
      'lineage.json',
      'reconcile.json',
    ]);
    expect(servers.kestra.requests).toEqual([]);
  });
});
