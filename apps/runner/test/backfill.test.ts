import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Fault,
  generateDataset,
  type KestraDataset,
  type OpenMetadataSandbox,
  type Sandbox,
  startKestraSandbox,
  startOpenMetadataSandbox,
} from '@flowmeta/sandbox';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCli } from '../src/cli.js';
import { type FakeHostOptions, fakeHost, run } from './fake-host.js';
import { shownOf } from './shown-catalog.js';

// Some of these wait for many requests.
vi.setConfig({ testTimeout: 240_000 });

const day = 86_400_000;
const noon = Date.UTC(2026, 10, 22, 12);
const midnight = Date.UTC(2026, 10, 22);
const days = 21;
const flows = 3;
/** Of each day, one in four of the flow that is deleted. */
const runsPerDay = 8;

/** Three flows with runs on each of 21 days up to noon, and runs of a flow that is deleted. */
function history(version = '1.0.3'): KestraDataset {
  const load = {
    flows: flows + 1,
    tasks: 2,
    runs: days * runsPerDay,
    startedAt: new Date(noon - day).toISOString(),
    version,
  };
  const { executionStore, ...rest } = generateDataset(load);
  const executions = Array.from({ length: executionStore!.count }, (_, index) => {
    const shift = (index % days) * day;
    const text = JSON.stringify(executionStore!.at(index));
    const shifted = text.replace(/"(20\d\d-\d\d-\d\dT[\d:.]+Z)"/g, (_match, date: string) =>
      JSON.stringify(new Date(Date.parse(date) - shift).toISOString()),
    );
    return JSON.parse(shifted) as KestraDataset['executions'][number];
  });
  return structuredClone({ ...rest, flows: rest.flows.slice(0, flows), executions });
}

const startOf = ({ state }: KestraDataset['executions'][number]) =>
  Date.parse((state as { startDate: string }).startDate);

let directory: string;
let dataset: KestraDataset;
let kestra: Sandbox;
const open: { close(): Promise<unknown> }[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flowmeta-backfill-'));
  await serve();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
  await rm(directory, { recursive: true });
});

async function serve(version?: string): Promise<void> {
  dataset = history(version);
  kestra = await startKestraSandbox({ dataset, now: () => noon });
  open.push(kestra);
}

/** The same server with what the dataset holds now. */
async function restart(): Promise<void> {
  await kestra.close();
  kestra = await startKestraSandbox({ dataset, now: () => noon, port: Number(new URL(kestra.url).port) });
  open.push(kestra);
}

async function catalog(): Promise<OpenMetadataSandbox> {
  const openMetadata = await startOpenMetadataSandbox({ version: '1.6', now: () => noon });
  open.push(openMetadata);
  return openMetadata;
}

interface Setting {
  state?: boolean;
  sourceConfig?: object;
  top?: object;
}

async function configure(openMetadata: OpenMetadataSandbox, { state = false, sourceConfig, top }: Setting = {}) {
  await writeFile(
    join(directory, 'kestra.yaml'),
    JSON.stringify({
      source: {
        type: 'kestra',
        serviceName: 'k',
        serviceConnection: { config: { type: 'Kestra', hostPort: kestra.url } },
        sourceConfig: { config: { type: 'PipelineMetadata', ...sourceConfig } },
      },
      workflowConfig: {
        ...(state && { state: { path: 'state.json' } }),
        openMetadataServerConfig: {
          hostPort: `${openMetadata.url}/api`,
          securityConfig: { jwtToken: openMetadata.token },
        },
      },
      ...top,
    }),
  );
}

const config = ['-c', 'kestra.yaml', '--no-progress'];
const window = ['--from', '2026-11-05', '--to', '2026-11-21'];
const slices = 16;
const inWindow = () =>
  dataset.executions.filter((execution) => {
    const start = startOf(execution);
    return start >= Date.UTC(2026, 10, 5) && start < Date.UTC(2026, 10, 21);
  });
const isOfFlow = ({ flowId }: { flowId: string }) => dataset.flows.some(({ flow }) => flow.id === flowId);

async function command(args: string[], options: FakeHostOptions = {}) {
  const { exitCode, stdout, stderr } = await run(args, { directory, from: noon, ...options });
  return { exitCode, stderr, stdout, data: stdout.startsWith('{') ? JSON.parse(stdout) : undefined };
}
const backfill = (args: string[] = [], options: FakeHostOptions = {}) =>
  command(['backfill', ...config, ...window, '--json', ...args], options);

const searches = () => kestra.requests.filter(({ path }) => path.endsWith('/executions/search'));
const statusesOf = (openMetadata: OpenMetadataSandbox) =>
  openMetadata.catalog
    .pipelines()
    .reduce((sum, { fullyQualifiedName }) => sum + openMetadata.catalog.statuses(fullyQualifiedName).length, 0);

describe('the estimate', () => {
  it.each(['0.17.23', '0.20.5', '1.0.3', '2.0.0'])('tells what is read then: Kestra %s', async (version) => {
    await serve(version);
    const openMetadata = await catalog();
    await configure(openMetadata);
    const estimate = await backfill(['--dry-run']);
    expect([estimate.exitCode, estimate.stderr]).toEqual([0, '']);
    expect(estimate.data.slices).toHaveLength(slices);
    expect(estimate.data.slices[0]).toMatchObject({ until: Date.UTC(2026, 10, 21), since: Date.UTC(2026, 10, 20) });
    expect(estimate.data.runs).toBe(inWindow().length);
    // One request for each instant between slices, and the two at the ends.
    expect(searches()).toHaveLength(slices + 1);
    expect(openMetadata.requests).toEqual([]);
    const done = await backfill(['--yes']);
    expect(done.exitCode).toBe(0);
    const { runs } = done.data.totals;
    expect(runs.read + runs.filtered).toBe(estimate.data.runs);
    expect(runs).toMatchObject({ read: inWindow().filter(isOfFlow).length, skipped: 0, failed: 0 });
    expect(statusesOf(openMetadata)).toBe(runs.created);
  });

  it('is shown to people, and nothing is written without a yes', async () => {
    const openMetadata = await catalog();
    await configure(openMetadata);
    const asked: string[] = [];
    for (const answer of [undefined, false] as const) {
      const { host, written } = fakeHost({ directory, from: noon });
      if (answer !== undefined) {
        host.confirm = async (question) => {
          asked.push(question);
          return answer;
        };
      }
      const exitCode = await runCli(['backfill', ...config, ...window], host);
      expect([exitCode, asked.length]).toEqual(answer === undefined ? [2, 0] : [0, 1]);
      expect(written.stdout).toContain('16 slices, the newest first');
      expect(written.stdout).toContain(`At most ${inWindow().length} runs, in about 16 requests to Kestra`);
      expect(written.stdout).toContain('2026-11-20T00:00Z to 2026-11-21T00:00Z  8 runs');
      expect(written.stderr).toContain(answer === undefined ? 'Add --yes to go on.' : 'Nothing was written.');
    }
    expect(openMetadata.requests).toEqual([]);
    expect(await readdir(directory)).toEqual(['kestra.yaml']);
  });

  it('goes on after a yes', async () => {
    const openMetadata = await catalog();
    await configure(openMetadata);
    const { host, written } = fakeHost({ directory, from: noon });
    host.confirm = async () => true;
    expect(await runCli(['backfill', ...config, '--from', '3d', '--json'], host)).toBe(0);
    expect(JSON.parse(written.stdout).totals.runs.created).toBeGreaterThan(15);
  });

  it('counts the namespaces that are asked for, and no others', async () => {
    for (const [index, { flow }] of dataset.flows.entries()) {
      const namespace = `n${index % 3}`;
      for (const execution of dataset.executions) if (execution.flowId === flow.id) execution.namespace = namespace;
      flow.namespace = namespace;
    }
    await restart();
    await configure(await catalog());
    const wanted = inWindow().filter(({ namespace }) => namespace === 'n1' || namespace === 'n2');
    const namespaces = ['--namespace', 'n1', 'n2'];
    expect((await backfill(['--dry-run', ...namespaces])).data.runs).toBe(wanted.length);
    expect((await backfill(['--yes', ...namespaces])).data.totals.runs.created).toBe(wanted.length);
  });
});

describe('a backfill', () => {
  it('writes the runs of the window, without its end, and asks for definitions once', async () => {
    const openMetadata = await catalog();
    await configure(openMetadata);
    const { exitCode, data, stderr } = await backfill(['--yes', '--report', 'a.json', '--audit-log', 'audit.ndjson']);
    expect(exitCode).toBe(0);
    const wanted = inWindow().filter(isOfFlow);
    expect(data.totals.pipelines).toMatchObject({ read: flows, created: flows });
    expect(data.totals.runs).toMatchObject({
      read: wanted.length,
      created: wanted.length,
      filtered: inWindow().length - wanted.length,
    });
    expect(data).toMatchObject({ outcome: 'done', window: { since: Date.UTC(2026, 10, 5), until: midnight - day } });
    const starts = openMetadata.catalog
      .pipelines()
      .flatMap(({ fullyQualifiedName }) => openMetadata.catalog.statuses(fullyQualifiedName))
      .map(({ timestamp }) => Number(timestamp));
    expect(starts.sort((a, b) => a - b)).toEqual(wanted.map(startOf).sort((a, b) => a - b));
    const asked = (end: string) => kestra.requests.filter(({ path }) => path.endsWith(end)).length;
    // One of the two looks whether the sign-in works, once for the estimate and once for the run.
    expect([asked('/flows/search'), asked('/graph'), asked('/triggers/search')]).toEqual([3, flows, 1]);
    expect(stderr).toContain('slice 1 of 16: 2026-11-20T00:00Z to 2026-11-21T00:00Z');
    expect(JSON.parse(await readFile(join(directory, 'a.json'), 'utf8'))).toEqual(data);
    const lines = (await readFile(join(directory, 'audit.ndjson'), 'utf8')).trim().split('\n');
    expect(lines.filter((line) => line.includes('"pipelineStatus"'))).toHaveLength(wanted.length);
  });

  it('leaves no run twice and none out, wherever the slices end', async () => {
    const openMetadata = await catalog();
    await configure(openMetadata);
    const instant = startOf(
      dataset.executions.find(
        (each) => isOfFlow(each) && startOf(each) < noon - 3 * day && startOf(each) > noon - 5 * day,
      )!,
    );
    const to = new Date(instant).toISOString();
    const first = await command([
      'backfill',
      ...config,
      '--from',
      '1w',
      '--to',
      to,
      '--slice',
      '7h',
      '--yes',
      '--json',
    ]);
    const second = await command(['backfill', ...config, '--from', to, '--slice', '1w', '--yes', '--json']);
    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
    const wanted = dataset.executions.filter((each) => isOfFlow(each) && startOf(each) >= noon - 7 * day);
    expect(first.data.totals.runs.created + second.data.totals.runs.created).toBe(wanted.length);
    expect(statusesOf(openMetadata)).toBe(wanted.length);
  });

  it('done again reads nothing, and with --restart everything and writes nothing', async () => {
    const openMetadata = await catalog();
    await configure(openMetadata);
    await backfill(['--yes']);
    const [before, changes] = [kestra.requests.length, openMetadata.catalog.changes()];
    const again = await backfill(['--yes']);
    expect(again).toMatchObject({ exitCode: 0, data: { runs: 0 } });
    expect(again.data.slices.every(({ done }: { done: boolean }) => done)).toBe(true);
    expect(kestra.requests.length).toBe(before);
    expect((await command(['backfill', ...config, ...window])).stdout).toContain('--restart begins anew');
    const restarted = await backfill(['--yes', '--restart']);
    const wanted = inWindow().filter(isOfFlow).length;
    expect(restarted.data.totals).toMatchObject({
      pipelines: { unchanged: flows },
      runs: { unchanged: wanted, created: 0 },
    });
    expect(openMetadata.catalog.changes()).toBe(changes);
    // A longer one reads what is missing at its ends.
    const longer = await command([
      'backfill',
      ...config,
      '--from',
      '2026-11-04',
      '--to',
      '2026-11-22',
      '--yes',
      '--json',
    ]);
    expect(longer.stderr).toContain('slice 2 of 2');
  });

  it('goes on with the first slice that is left after an error, and says what is missing', async () => {
    const openMetadata = await catalog();
    await configure(openMetadata);
    const lost: Fault = { path: /executions\/search/, after: slices + 1 + 5, effect: { kind: 'status', status: 401 } };
    kestra.setFaults([lost]);
    const first = await backfill(['--yes']);
    expect(first.exitCode).toBe(3);
    expect(first.stderr).toContain('slice 5 of 16');
    expect(first.stderr).not.toContain('slice 6 of 16');
    kestra.setFaults([]);
    const before = searches().length;
    const second = await backfill(['--yes']);
    expect(second.exitCode).toBe(0);
    expect(second.stderr).toContain('5 done by earlier backfills. 11 slices left');
    // As many to count: one for each of 11 slices, and one for the end.
    expect(searches().length - before).toBe(12 + 11);
    const whole = await catalog();
    await configure(whole);
    await rm(join(directory, 'kestra.backfill.json'));
    await backfill(['--yes']);
    expect(shownOf(openMetadata, 'k')).toEqual(shownOf(whole, 'k'));
  });

  it('ends with 1 where runs of a slice were refused, and reads that slice again next time', async () => {
    const openMetadata = await catalog();
    await configure(openMetadata);
    openMetadata.setFaults([
      { method: 'PUT', path: /\/status$/, after: 10, times: 1, effect: { kind: 'status', status: 400 } },
    ]);
    const first = await backfill(['--yes']);
    expect(first).toMatchObject({ exitCode: 1, data: { outcome: 'partial' } });
    const [finding] = first.data.skipped;
    expect(finding.ref).toMatch(/^2026-11-\d\dT00:00:00.000Z\/2026-11-\d\dT00:00:00.000Z$/);
    expect(first.stderr).toContain('is not complete; the next backfill reads it again');
    const second = await backfill(['--yes']);
    expect(second).toMatchObject({ exitCode: 0, data: { totals: { runs: { created: 1 } } } });
    expect(second.stderr).toContain('15 done by earlier backfills. 1 slice left');
  });

  it('takes a slice for unfinished while a flow that may own its runs can not be read', async () => {
    const openMetadata = await catalog();
    await configure(openMetadata);
    const whole = dataset.flows[2]!;
    const flow = { ...whole.flow, tasks: [], exception: 'Its plugin is missing.' };
    dataset.flows[2] = { ...whole, flow, source: 'no flow at all' };
    await restart();
    const first = await backfill(['--yes']);
    expect([first.exitCode, first.data.totals.pipelines.skipped]).toEqual([1, 1]);
    dataset.flows[2] = whole;
    await restart();
    const second = await backfill(['--yes']);
    expect(second.exitCode).toBe(0);
    expect(statusesOf(openMetadata)).toBe(inWindow().filter(isOfFlow).length);
  });

  it('is interrupted without harm', async () => {
    const openMetadata = await catalog();
    await configure(openMetadata);
    const { host, written, interrupt } = fakeHost({ directory, from: noon });
    const running = runCli(['backfill', ...config, ...window, '--yes', '--json'], host);
    while (!written.stderr.includes('slice 3 of')) await new Promise((resolve) => setTimeout(resolve, 2));
    interrupt('SIGINT');
    expect(await running).toBe(130);
    expect(JSON.parse(written.stdout)).toMatchObject({ outcome: 'interrupted' });
    expect((await backfill(['--yes'])).exitCode).toBe(0);
    expect(statusesOf(openMetadata)).toBe(inWindow().filter(isOfFlow).length);
  });
});

describe('a backfill beside ordinary runs', () => {
  const ingest = (args: string[] = []) => command(['ingest', ...config, '--json', ...args]);

  it('leaves what they remember as it was, and uses it', async () => {
    const openMetadata = await catalog();
    await configure(openMetadata, { state: true });
    await ingest();
    const remembered = async () => JSON.parse(await readFile(join(directory, 'state.json'), 'utf8')).content.scopes;
    const before = await remembered();
    const graphs = () => kestra.requests.filter(({ path }) => path.endsWith('/graph')).length;
    const asked = graphs();
    const { exitCode, data } = await backfill(['--yes']);
    expect([exitCode, graphs() - asked]).toEqual([0, 0]);
    expect(data.totals).toMatchObject({ pipelines: { unchanged: flows }, runs: { skipped: 0, failed: 0 } });
    expect(await remembered()).toEqual(before);
    // The tasks of runs are there although the definitions were not read again.
    const [status] = openMetadata.catalog.statuses(openMetadata.catalog.pipelines()[0]!.fullyQualifiedName).slice(-1);
    expect(status!.taskStatus).toHaveLength(2);
    const after = await ingest();
    expect(after).toMatchObject({ exitCode: 0, data: { totals: { runs: { created: 0, updated: 0 } } } });
  });

  it('deletes nothing, and draws no lineage', async () => {
    const openMetadata = await catalog();
    await configure(openMetadata);
    await ingest();
    dataset.flows.splice(2, 1);
    await restart();
    const { exitCode, data } = await backfill(['--yes']);
    expect(exitCode).toBe(0);
    expect(data.lineage).toBeUndefined();
    expect(openMetadata.requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
    expect(openMetadata.catalog.pipelines().filter(({ deleted }) => deleted)).toEqual([]);
  });

  it('waits for nobody: a state that another run has is left alone', async () => {
    const openMetadata = await catalog();
    await configure(openMetadata, { state: true });
    const { host, written } = fakeHost({ directory, from: noon });
    const running = runCli(['backfill', ...config, ...window, '--yes', '--json'], host);
    while (!written.stderr.includes('slice 2 of')) await new Promise((resolve) => setTimeout(resolve, 2));
    const meanwhile = await ingest();
    expect([meanwhile.exitCode, meanwhile.stderr]).toEqual([2, expect.stringContaining('Another run is using')]);
    expect(await running).toBe(0);
  });
});

describe('what a backfill refuses', () => {
  it.each([
    [['--from', 'yesterday'], /--from yesterday is no point in time/],
    [['--from', '2026-02-30'], /--from 2026-02-30 is no point in time/],
    [['--from', '2026-12-01'], /--from 2026-12-01 is not before now/],
    [['--from', '7d', '--to', '2026-12-01'], /--to 2026-12-01 is not before now/],
    [['--from', '7d', '--to', '7d'], /--from 7d is not before --to 7d/],
    [['--from', '7d', '--to', '8d'], /--from 7d is not before --to 8d/],
    [['--from', '7d', '--slice', '5m'], /--slice 5m is no duration of an hour or more/],
    [['--from', '7d', '--slice', 'often'], /--slice often is no duration/],
    [['--from', '2020-01-01', '--slice', '6h'], /--slice 6h makes 10,0\d\d slices/],
    [[], /required option '--from <when>'/],
    [['--from', '7d', '--report', 'a.txt'], /unknown kind of file/],
  ])('%j', async (args, message) => {
    const openMetadata = await catalog();
    await configure(openMetadata);
    const { exitCode, stderr } = await command(['backfill', ...config, ...args, '--yes']);
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect([...kestra.requests, ...openMetadata.requests]).toEqual([]);
  });

  it('a sink that is a file', async () => {
    await configure(await catalog(), { top: { sink: { type: 'file', config: { filename: 'out.jsonl' } } } });
    expect(await backfill(['--yes'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('needs OpenMetadata'),
    });
  });

  it('a source that can not be reached, with 3', async () => {
    await configure(await catalog());
    await kestra.close();
    const { exitCode, stderr } = await backfill(['--dry-run']);
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('error:')]);
  });
});
