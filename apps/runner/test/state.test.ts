import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  generateDataset,
  generatedCatalog,
  type KestraDataset,
  type OpenMetadataSandbox,
  type Sandbox,
  startKestraSandbox,
  startOpenMetadataSandbox,
} from '@flowmeta/sandbox';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from './fake-host.js';
import { shownOf } from './shown-catalog.js';

const minute = 60_000;
const day = 86_400_000;
const noon = Date.UTC(2026, 10, 22, 12);

const load = { flows: 12, tasks: 3, runs: 240, startedAt: new Date(noon - day + 5 * minute).toISOString() };

let directory: string;
let openMetadata: OpenMetadataSandbox;
let kestra: Sandbox | undefined;
let dataset: KestraDataset;

/** Twelve flows, whose 240 runs are spread over the day before noon. */
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flowmeta-'));
  openMetadata = await startOpenMetadataSandbox({ version: '1.6', now: () => noon });
  const { executionStore, ...rest } = generateDataset(load);
  const executions = Array.from({ length: executionStore!.count }, (_, index) => executionStore!.at(index));
  dataset = structuredClone({ ...rest, executions });
});
afterEach(async () => {
  await Promise.all([kestra?.close(), openMetadata.close()]);
  kestra = undefined;
  await rm(directory, { recursive: true });
});

/** Where Kestra is stays the same, whatever it holds. */
async function serve(now = noon): Promise<void> {
  const port = kestra === undefined ? undefined : Number(new URL(kestra.url).port);
  await kestra?.close();
  kestra = await startKestraSandbox({ dataset, now: () => now, ...(port === undefined ? {} : { port }) });
}

interface Ingestion {
  at?: number;
  args?: string[];
  state?: object;
  serviceName?: string;
  config?: object;
}

async function ingest({
  at = noon,
  args = [],
  state = { path: 'state.json' },
  serviceName = 'k',
  config = {},
}: Ingestion = {}) {
  await serve(at);
  const before = openMetadata.requests.length;
  await writeFile(
    join(directory, 'kestra.yaml'),
    JSON.stringify({
      source: {
        type: 'kestra',
        serviceName,
        serviceConnection: { config: { type: 'Kestra', hostPort: kestra!.url, ...config } },
        sourceConfig: { config: { type: 'PipelineMetadata', statusLookbackDays: 1 } },
      },
      workflowConfig: {
        state,
        openMetadataServerConfig: {
          hostPort: `${openMetadata.url}/api`,
          securityConfig: { jwtToken: openMetadata.token },
        },
      },
    }),
  );
  const { exitCode, stdout, stderr } = await run(['ingest', '-c', 'kestra.yaml', '--json', ...args], {
    directory,
    from: at,
  });
  const report = stdout === '' ? undefined : JSON.parse(stdout);
  const sent = openMetadata.requests.slice(before);
  return {
    exitCode,
    stderr,
    totals: report?.totals,
    warnings: (report?.warnings ?? []).map(({ message }: { message: string }) => message),
    graphs: kestra!.requests.filter(({ path }) => path.endsWith('/graph')).length,
    lineageReads: sent.filter(({ method, path }) => method === 'GET' && path.includes('/lineage/')).length,
    writes: sent.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`),
  };
}

/** The catalog is as one clean run at this time would have left it; statuses of before that run's window may be more. */
async function expectAsClean(at: number): Promise<void> {
  await ingest({ at, serviceName: 'clean', state: { type: 'none' }, args: ['--since', '3d'] });
  expect(shownOf(openMetadata, 'k')).toEqual(shownOf(openMetadata, 'clean'));
}

const executionsOf = (id: string) => dataset.executions.filter(({ flowId }) => flowId === id);
const setState = (execution: KestraDataset['executions'][number], current: string, endMs?: number) => {
  const state = execution.state as Record<string, unknown>;
  const { endDate: _endDate, duration: _duration, ...rest } = state;
  execution.state = { ...rest, current, ...(endMs === undefined ? {} : { endDate: new Date(endMs).toISOString() }) };
};

describe('a run with state', () => {
  it('that finds nothing new asks for no graph, reads the overlap only, and writes nothing', async () => {
    const first = await ingest();
    expect(first).toMatchObject({
      exitCode: 0,
      graphs: 12,
      totals: { pipelines: { created: 12 }, runs: { created: 240 } },
    });
    const second = await ingest({ at: noon + minute });
    expect(second).toMatchObject({ exitCode: 0, graphs: 0, lineageReads: 0, writes: [] });
    expect(second.totals.pipelines).toMatchObject({ read: 12, unchanged: 12 });
    expect(second.totals.runs.read).toBeLessThan(5);
    await expectAsClean(noon + minute);
  });

  it('reads a flow that changed, and only that', async () => {
    await ingest();
    dataset.flows[3]!.flow.description = 'Now with words';
    const second = await ingest({ at: noon + minute });
    expect(second).toMatchObject({ graphs: 1, totals: { pipelines: { unchanged: 11, updated: 1 } } });
    await expectAsClean(noon + minute);
  });

  it('writes a pipeline and all runs of the window again that somebody deleted in OpenMetadata', async () => {
    await ingest();
    const [victim] = openMetadata.catalog.pipelines();
    await fetch(`${openMetadata.url}/api/v1/pipelines/${victim!.id}?hardDelete=true`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${openMetadata.token}` },
    });
    const second = await ingest({ at: noon + minute });
    expect(second).toMatchObject({
      graphs: 1,
      totals: { pipelines: { unchanged: 11, created: 1 }, runs: { created: 20 } },
    });
    await expectAsClean(noon + minute);
  });

  it('writes a flow that is as it remembers it, when the catalog is not', async () => {
    const { flow } = dataset.flows[3]!;
    flow.description = 'As it was';
    await ingest();
    flow.description = 'Written by a run without this state';
    await ingest({ at: noon + minute, state: { type: 'none' } });
    flow.description = 'As it was';
    expect(await ingest({ at: noon + 2 * minute })).toMatchObject({ graphs: 1, totals: { pipelines: { updated: 1 } } });
    await expectAsClean(noon + 2 * minute);
  });

  it('writes an edge of an unchanged flow again when its other end is back', async () => {
    const listener = dataset.flows[9]!;
    const upstream = dataset.flows.splice(8, 1)[0]!;
    await ingest();
    dataset.flows.splice(8, 0, upstream);
    const second = await ingest({ at: noon + minute });
    expect(second.totals).toMatchObject({ pipelines: { created: 1, unchanged: 11 }, edges: { created: 1 } });
    expect(shownOf(openMetadata, 'k').edges[0]).toContain(listener.flow.id);
    await expectAsClean(noon + minute);
  });

  it('writes edges of unchanged flows whose tables have appeared in OpenMetadata', async () => {
    await ingest();
    expect((await ingest({ at: noon + minute })).totals.edges.created).toBe(0);
    openMetadata.seedDatasets(generatedCatalog(load));
    const third = await ingest({ at: noon + 2 * minute });
    expect(third).toMatchObject({ graphs: 0, totals: { pipelines: { unchanged: 12 } } });
    expect(third.totals.edges.created).toBeGreaterThan(10);
    expect(await ingest({ at: noon + 3 * minute })).toMatchObject({ lineageReads: 0, writes: [] });
  });

  it('takes an edge away that a changed flow no longer has', async () => {
    await ingest();
    dataset.flows[9]!.flow.triggers = [];
    expect((await ingest({ at: noon + minute })).totals.edges.removed).toBe(1);
    await expectAsClean(noon + minute);
  });

  it('reads all runs of the window of a flow that a filter had left out', async () => {
    await ingest({ config: { pipelineFilterPattern: { excludes: ['.*flow_000004'] } } });
    const second = await ingest({ at: noon + minute });
    expect(second.totals.pipelines.created).toBe(1);
    await expectAsClean(noon + minute);
  });

  it('follows runs that were open until they end, however old they are', async () => {
    const [old] = executionsOf('flow_000002');
    setState(old!, 'RUNNING');
    await ingest();
    expect((await ingest({ at: noon + 2 * minute })).totals.runs.updated).toBe(0);
    setState(old!, 'FAILED', noon + 3 * minute);
    expect((await ingest({ at: noon + 30 * minute })).totals.runs.updated).toBe(1);
    await expectAsClean(noon + 30 * minute);
    expect(JSON.parse(await readFile(join(directory, 'state.json'), 'utf8')).content.scopes[0].openRuns).toEqual([]);
  });

  it.each([
    ['by a filter', { pipelineFilterPattern: { excludes: ['.*flow_000002'] } }],
    ['by its namespaces', { namespaces: { includes: ['bench.none'] } }],
  ])('follows runs that another config of the same service leaves out %s', async (_, config) => {
    const [old] = executionsOf('flow_000002');
    setState(old!, 'PAUSED');
    await ingest();
    await ingest({ at: noon + 20 * minute, config });
    setState(old!, 'SUCCESS', noon + 25 * minute);
    expect((await ingest({ at: noon + 30 * 60 * minute })).totals.runs.updated).toBe(1);
  });

  it('finds an old run that was restarted and is open', async () => {
    await ingest();
    setState(executionsOf('flow_000002')[0]!, 'RUNNING');
    expect((await ingest({ at: noon + 30 * minute })).totals.runs.updated).toBe(1);
    setState(executionsOf('flow_000002')[0]!, 'SUCCESS', noon + 40 * minute);
    expect((await ingest({ at: noon + 60 * minute })).totals.runs.updated).toBe(1);
    await expectAsClean(noon + 60 * minute);
  });

  it('finds in the next full pass a run that was restarted and ended in between', async () => {
    await ingest();
    setState(executionsOf('flow_000002')[19]!, 'FAILED', noon - 20 * minute);
    setState(executionsOf('flow_000002')[18]!, 'FAILED', noon - 20 * minute);
    expect((await ingest({ at: noon + 60 * minute })).totals.runs.updated).toBe(0);
    expect((await ingest({ at: noon + 60 * minute, args: ['--full'] })).totals.runs.updated).toBe(2);
    await expectAsClean(noon + 60 * minute);
  });

  it('makes a full pass when it is time, and when the config changed', async () => {
    await ingest();
    expect((await ingest({ at: noon + 23 * 60 * minute })).graphs).toBe(0);
    expect((await ingest({ at: noon + 25 * 60 * minute })).graphs).toBe(12);
    expect((await ingest({ at: noon + 26 * 60 * minute })).graphs).toBe(0);
    expect((await ingest({ at: noon + 26 * 60 * minute, config: { ownerLabel: 'boss' } })).graphs).toBe(12);
  });

  it('leaves the status of a run that was purged, and forgets it', async () => {
    const [old] = executionsOf('flow_000002');
    setState(old!, 'RUNNING');
    await ingest();
    const before = shownOf(openMetadata, 'k').statuses;
    dataset.executions = dataset.executions.filter((execution) => execution !== old);
    expect(await ingest({ at: noon + 30 * minute })).toMatchObject({
      exitCode: 0,
      totals: { runs: { skipped: 0, failed: 0 } },
    });
    expect(shownOf(openMetadata, 'k').statuses).toEqual(before);
    expect(JSON.parse(await readFile(join(directory, 'state.json'), 'utf8')).content.scopes[0].openRuns).toEqual([]);
  });

  it.each([-5, 5])('loses no run when the clock of Kestra is %i minutes off', async (skew) => {
    const all = dataset.executions;
    const upTo = (at: number) =>
      all.filter(({ state }) => Date.parse((state as { startDate: string }).startDate) < at + skew * minute);
    const from = noon - 6 * 60 * minute;
    for (let at = from; at <= noon; at += 45 * minute) {
      dataset.executions = upTo(at);
      await ingest({ at });
    }
    // Those that start later by its clock than it is here come next time.
    await ingest({ at: noon + 6 * minute });
    await expectAsClean(noon + 6 * minute);
  });

  it('keeps runs apart that start in the same milliseconds, wherever its window begins', async () => {
    const burst = executionsOf('flow_000002').slice(0, 6);
    for (const [index, execution] of burst.entries()) {
      const startDate = new Date(noon - 10 * minute + (index < 3 ? -1 : 0)).toISOString();
      Object.assign(execution.state as object, { startDate });
      setState(execution, index % 2 === 0 ? 'SUCCESS' : 'FAILED', noon - 10 * minute + 1000 * (index + 1));
    }
    await ingest();
    const between = new Date(noon - 10 * minute).toISOString();
    const next = await ingest({ at: noon + minute, args: ['--since', between] });
    expect([next.totals.runs.read >= 3, next.writes]).toEqual([true, []]);
    setState(burst[2]!, 'RUNNING');
    expect((await ingest({ at: noon + 30 * minute })).totals.runs.updated).toBe(1);
    setState(burst[2]!, 'SUCCESS', noon + 31 * minute);
    expect((await ingest({ at: noon + 60 * minute })).totals.runs.updated).toBe(1);
    await expectAsClean(noon + 60 * minute);
  });

  it('leaves earlier runs of a burst as they are when newer ones count for numberOfStatus', async () => {
    const all = executionsOf('flow_000002');
    const startAt = (executions: typeof all, start: number) => {
      for (const execution of executions) {
        Object.assign(execution.state as object, { startDate: new Date(start).toISOString() });
        setState(execution, 'SUCCESS', start + minute + Number(all.indexOf(execution)));
      }
    };
    const given = { state: { type: 'none' }, config: { numberOfStatus: 5 } };
    startAt(all.slice(10, 15), noon - 2 * minute);
    dataset.executions = dataset.executions.filter((execution) => !all.slice(15).includes(execution));
    await ingest(given);
    const [name] = openMetadata.catalog
      .pipelines()
      .flatMap(({ name, fullyQualifiedName }) => (name.endsWith('flow_000002') ? [fullyQualifiedName] : []));
    const before = openMetadata.catalog.statuses(name!);
    startAt(all.slice(15, 18), noon - minute);
    dataset.executions.push(...all.slice(15, 18));
    await ingest({ ...given, at: noon + minute });
    const after = openMetadata.catalog.statuses(name!);
    expect(after).toHaveLength(before.length + 3);
    expect(after).toEqual(expect.arrayContaining(before));
  });

  it('closes the gap after days without a run', async () => {
    await ingest({ at: noon - 20 * 60 * minute });
    await ingest({ at: noon + 3 * day });
    await ingest({ at: noon + 3 * day, serviceName: 'clean', state: { type: 'none' }, args: ['--since', '7d'] });
    expect(shownOf(openMetadata, 'k')).toEqual(shownOf(openMetadata, 'clean'));
  });

  it('goes on as usual after a gap that was too long to be closed', async () => {
    await ingest();
    await ingest({ at: noon + 20 * day });
    const next = await ingest({ at: noon + 20 * day + minute });
    expect(next).toMatchObject({ graphs: 0, writes: [] });
    const { watermark } = JSON.parse(await readFile(join(directory, 'state.json'), 'utf8')).content.scopes[0];
    expect(watermark).toBeGreaterThan(noon + 20 * day);
  });

  it('reads everything when what is remembered lies ahead of the clock', async () => {
    await ingest({ at: noon + 2 * day });
    const all = dataset.executions;
    dataset.executions = all.slice(0, 200);
    expect((await ingest({ at: noon })).graphs).toBe(12);
    dataset.executions = all;
    await ingest({ at: noon + minute, args: ['--full'] });
    await expectAsClean(noon + minute);
  });

  it('starts anew with a warning after the file was damaged', async () => {
    await ingest();
    await writeFile(join(directory, 'state.json'), '{"checksum":');
    const second = await ingest({ at: noon + minute });
    expect(second).toMatchObject({ exitCode: 0, graphs: 12, writes: [] });
    expect(second.stderr).toContain("can't be used (it is no JSON): everything is read in full");
    expect((await ingest({ at: noon + 2 * minute })).graphs).toBe(0);
  });

  it('does not touch anything while another run has the state', async () => {
    await writeFile(
      join(directory, 'state.json.lock'),
      JSON.stringify({ pid: 1, host: 'elsewhere', startedAt: '', token: '' }),
    );
    const { exitCode, stderr, writes } = await ingest();
    expect([exitCode, writes]).toEqual([2, []]);
    expect(stderr).toContain('Another run is using the same state');
  });

  it('dry keeps no state, and takes none', async () => {
    await ingest();
    const before = await readFile(join(directory, 'state.json'), 'utf8');
    expect((await ingest({ args: ['--dry-run'] })).graphs).toBe(12);
    expect(await readFile(join(directory, 'state.json'), 'utf8')).toBe(before);
    expect((await readdir(directory)).sort()).toEqual(['kestra.yaml', 'state.json']);
  });

  it.each([
    ['a tag', 'PUT', /\/v1\/tags/],
    ['the classification', 'GET', /\/v1\/classifications/],
  ])('gives the flows their tags in the next run when %s was refused in this one', async (_what, method, path) => {
    openMetadata.setFaults([{ method, path, effect: { kind: 'status', status: 400, body: { message: 'no' } } }]);
    expect((await ingest()).exitCode).toBe(1);
    openMetadata.setFaults([]);
    expect(await ingest({ at: noon + minute })).toMatchObject({ exitCode: 0, totals: { pipelines: { updated: 12 } } });
    await expectAsClean(noon + minute);
    expect(await ingest({ at: noon + 2 * minute })).toMatchObject({ graphs: 0, writes: [] });
  });

  it('keeps its watermark where it was when a run could not be read or written', async () => {
    await ingest({ at: noon - 60 * minute });
    openMetadata.setFaults([
      {
        method: 'PUT',
        path: /flow_000003.*\/status/,
        effect: { kind: 'status', status: 400, body: { message: 'no' } },
      },
    ]);
    expect((await ingest({ at: noon })).exitCode).toBe(1);
    openMetadata.setFaults([]);
    const next = await ingest({ at: noon + 30 * minute });
    expect(next.exitCode).toBe(0);
    await expectAsClean(noon + 30 * minute);
  });
});
