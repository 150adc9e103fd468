import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunReport } from '@flowmeta/connector';
import {
  type Fault,
  type FaultAnswer,
  generateDataset,
  generatedCatalog,
  type KestraDataset,
  type OpenMetadataSandbox,
  type Sandbox,
  startKestraSandbox,
  startOpenMetadataSandbox,
} from '@flowmeta/sandbox';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { run } from './fake-host.js';

const bin = fileURLToPath(new URL('../bin/flowmeta.mjs', import.meta.url));
const minute = 60_000;
const day = 86_400_000;
const noon = Date.UTC(2026, 10, 22, 12);
const load = {
  flows: 12,
  tasks: 2,
  runs: 36,
  datasets: 30,
  startedAt: new Date(noon - day + 5 * minute).toISOString(),
};

// Up to six runs of the command each.
vi.setConfig({ testTimeout: 240_000 });

let directory: string;
let openMetadata: OpenMetadataSandbox;
let kestra: Sandbox | undefined;
let dataset: KestraDataset;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flowmeta-plan-'));
  const { executionStore, ...rest } = generateDataset(load);
  const executions = Array.from({ length: executionStore!.count }, (_, index) => executionStore!.at(index));
  dataset = structuredClone({ ...rest, executions });
  for (const [index, { flow }] of dataset.flows.entries()) flow.labels = [{ key: 'team', value: `team-${index % 3}` }];
});
afterEach(async () => {
  await Promise.all([kestra?.close(), openMetadata?.close()]);
  kestra = undefined;
  await rm(directory, { recursive: true });
});

async function start(version = '1.6') {
  openMetadata = await startOpenMetadataSandbox({ version, now: () => noon });
  openMetadata.seedDatasets(generatedCatalog(load));
  await serve();
}

/** The same server with what the source has now. */
async function serve(faults: Fault[] = []) {
  const port = kestra === undefined ? undefined : Number(new URL(kestra.url).port);
  await kestra?.close();
  kestra = await startKestraSandbox({ dataset, now: () => noon, faults, ...(port === undefined ? {} : { port }) });
}

interface Given {
  at?: number;
  serviceName?: string;
  connection?: object;
  selection?: object;
  workflowConfig?: object;
  rules?: object[];
}

async function flowmeta(args: string[], { at = noon, serviceName = 'k', ...more }: Given = {}) {
  await writeFile(
    join(directory, 'kestra.yaml'),
    JSON.stringify({
      source: {
        type: 'kestra',
        serviceName,
        serviceConnection: { config: { type: 'Kestra', hostPort: kestra!.url, ...more.connection } },
        sourceConfig: { config: { type: 'PipelineMetadata', statusLookbackDays: 2, ...more.selection } },
      },
      workflowConfig: {
        openMetadataServerConfig: {
          hostPort: `${openMetadata.url}/api`,
          securityConfig: { jwtToken: openMetadata.token },
        },
        ...more.workflowConfig,
      },
      ...(more.rules ? { rules: more.rules } : {}),
    }),
  );
  const [command, ...rest] = args;
  return run([command!, '-c', 'kestra.yaml', ...rest], { directory, from: at });
}

const plan = (given?: Given, ...args: string[]) => flowmeta(['plan', '-o', 'plan.json', ...args], given);
const apply = (given?: Given, ...args: string[]) => flowmeta(['ingest', '--plan', 'plan.json', ...args], given);
const ingest = (given?: Given) => flowmeta(['ingest'], given);

const flowOf = (index: number) => dataset.flows[index]!.flow;
const nameOf = (index: number) => `${flowOf(index).namespace}.${flowOf(index).id}`;
const stored = (name: string) => openMetadata.catalog.pipelines().find((each) => each.name === name);

async function request(method: string, path: string, body: unknown): Promise<void> {
  const { status } = await fetch(`${openMetadata.url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${openMetadata.token}.admin`,
      'content-type': method === 'PATCH' ? 'application/json-patch+json' : 'application/json',
    },
    body: JSON.stringify(body),
  });
  expect(status).toBe(200);
}
const edit = (name: string, path: string, value: unknown) =>
  request('PATCH', `/pipelines/${stored(name)!.id}`, [{ op: 'add', path, value }]);

/** Refused with these words on stdout, and nothing written. */
async function expectRefused(...words: string[]): Promise<void> {
  const changes = openMetadata.catalog.changes();
  const sent = openMetadata.requests.length;
  const { exitCode, stdout, stderr } = await apply({ at: noon + minute });
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('the plan does not fit any more')]);
  for (const each of words) expect(stdout).toContain(each);
  expect(openMetadata.catalog.changes()).toBe(changes);
  expect(openMetadata.requests.slice(sent).filter(({ method }) => method !== 'GET')).toEqual([]);
}

describe.each(['1.2', '1.6', '2.0'])('ingest --plan against OpenMetadata %s', (version) => {
  it('writes what the plan says, after which there is nothing to plan; it can not be applied twice', async () => {
    await start(version);
    expect((await plan()).exitCode).toBe(10);
    const first = await apply({ at: noon + minute }, '--json');
    expect([first.exitCode, first.stderr]).toEqual([0, expect.not.stringContaining('error')]);
    const { totals, outcome, dryRun } = JSON.parse(first.stdout) as RunReport;
    expect({ outcome, dryRun }).toEqual({ outcome: 'done', dryRun: false });
    expect(totals).toMatchObject({ pipelines: { created: 12 }, runs: { created: 36 }, tags: { created: 3 } });
    expect(totals.edges.created).toBeGreaterThan(10);
    expect((await flowmeta(['plan'])).exitCode).toBe(0);

    await expectRefused('The pipeline would not be written any more', 'The edge would not be');
  });

  it('changes, restores and deletes as planned, runs and edges with it', async () => {
    await start(version);
    await ingest();
    const all = structuredClone(dataset);
    dataset.flows.splice(4, 1);
    await serve();
    await ingest();
    expect(stored(`${all.flows[4]!.flow.namespace}.${all.flows[4]!.flow.id}`)).toMatchObject({ deleted: true });

    dataset = all;
    flowOf(1).description = 'Now with words';
    flowOf(2).labels = [{ key: 'team', value: 'another' }];
    const gone = nameOf(9);
    dataset.flows.splice(9, 1);
    dataset.executions = dataset.executions.filter(({ flowId }) => flowId !== gone.split('.').at(-1));
    const [ended] = dataset.executions;
    ended!.state = { ...(ended!.state as object), current: 'FAILED' };
    await edit(nameOf(2), '/description', 'By Ana.');
    await serve();

    const planned = await plan();
    expect([planned.exitCode, planned.stdout]).toEqual([
      10,
      expect.stringContaining('0 to create, 2 to change, 1 to restore, 1 to delete'),
    ]);
    const { exitCode, stdout } = await apply({ at: noon + minute }, '--json');
    const { totals, failed } = JSON.parse(stdout) as RunReport;
    expect(failed).toEqual([]);
    expect(exitCode).toBe(0);
    expect(totals).toMatchObject({ pipelines: { created: 0, updated: 3, removed: 1 }, edges: { removed: 1 } });
    expect(stored(gone)).toMatchObject({ deleted: true });
    expect(stored(nameOf(1))).toMatchObject({ description: expect.stringContaining('Now with words') });
    expect(stored(nameOf(2))).toMatchObject({ description: 'By Ana.' });
    expect((await flowmeta(['plan'])).exitCode).toBe(0);
  });
});

describe('ingest --plan refuses what is not the world of the plan', () => {
  it.each<[string, () => void, string[]]>([
    [
      'a flow was edited',
      () => {
        flowOf(1).description = 'Edited since';
      },
      ['The pipeline would be written otherwise than planned', 'Edited since'],
    ],
    ['a flow was deleted', () => dataset.flows.splice(5, 1), ['The pipeline would not be written any more']],
    [
      'a flow is new',
      () => {
        const more = structuredClone(dataset.flows[0]!);
        Object.assign(more.flow, { id: 'more' });
        dataset.flows.push({ ...more, source: JSON.stringify({ ...more.flow }) });
      },
      ['The pipeline is not in the plan', 'more'],
    ],
    [
      'a run has ended',
      () => {
        const [first] = dataset.executions;
        first!.state = { ...(first!.state as object), current: 'FAILED' };
      },
      ['1 run would be written otherwise than planned: changed or ended since (started 2026-11-21T12:0'],
    ],
    ['a run was deleted', () => dataset.executions.splice(0, 1), ['1 run would not be written any more']],
    [
      'a run is new',
      () => {
        const more = structuredClone(dataset.executions.at(-1)!);
        const start = new Date(noon - 30 * minute).toISOString();
        const end = new Date(noon - 29 * minute).toISOString();
        dataset.executions.push({
          ...more,
          id: 'later',
          state: { ...(more.state as object), startDate: start, endDate: end },
        });
      },
      ['1 run not in the plan (started 2026-11-22T11:30:00.000Z)'],
    ],
  ])('at the source: %s', async (_, change, words) => {
    await start();
    await plan();
    change();
    await serve();
    await expectRefused(...words);
    expect(openMetadata.catalog.services()).toEqual([]);
  });

  it('in OpenMetadata: a field was edited, an edge drawn, a run or a pipeline is gone', async () => {
    await start();
    await ingest();
    flowOf(1).description = 'To come';
    flowOf(2).labels = [{ key: 'team', value: 'another' }];
    const upstream = dataset.flows.splice(8, 1);
    await serve();
    await plan();
    await edit(nameOf(1), '/tags/-', {
      tagFQN: 'PII.None',
      source: 'Classification',
      labelType: 'Manual',
      state: 'Confirmed',
    });
    await expectRefused('The pipeline has changed in OpenMetadata');

    await plan();
    await edit(nameOf(1), '/description', 'By Ana.');
    await expectRefused('The pipeline would be written otherwise than planned');

    await plan();
    await request('DELETE', `/pipelines/${stored(nameOf(2))!.id}?hardDelete=true`, {});
    await expectRefused(nameOf(2), ' create');

    await ingest();
    dataset.flows.splice(8, 0, ...upstream);
    await serve();
    await plan();
    const [from, to] = [stored(nameOf(8))!, stored(nameOf(9))!];
    await request('PUT', `/pipelines/restore`, { id: from.id });
    await request('PUT', '/lineage', {
      edge: {
        fromEntity: { id: from.id, type: 'pipeline' },
        toEntity: { id: to.id, type: 'pipeline' },
        lineageDetails: { source: 'Manual', description: 'Drawn by Ana' },
      },
    });
    await expectRefused('The edge would not be written any more');
  });

  it('but goes on where somebody changed what the plan does not touch', async () => {
    await start();
    await ingest();
    flowOf(1).description = 'To come';
    await serve();
    await plan();
    await edit(nameOf(2), '/description', 'By Ana.');
    const { exitCode } = await apply();
    expect([exitCode, stored(nameOf(1))?.description]).toEqual([0, expect.stringContaining('To come')]);
  });

  it('and tells the differences in the report, too', async () => {
    await start();
    await plan();
    flowOf(1).description = 'Edited since';
    await serve();
    const { exitCode, stdout } = await apply({}, '--json', '--report', 'r.json', '--metrics-file', 'm.prom');
    const report = JSON.parse(stdout) as RunReport;
    expect([exitCode, report.outcome, report.dryRun]).toEqual([1, 'failed', true]);
    expect(report.failed).toMatchObject([{ message: expect.stringContaining('otherwise than planned') }]);
    expect(JSON.parse(await readFile(join(directory, 'r.json'), 'utf8'))).toEqual(report);
    expect(await readFile(join(directory, 'm.prom'), 'utf8')).toMatch(/flowmeta_\S+.* [01]/);
  });

  it('with the exit code of a run where a server is away', async () => {
    await start();
    await plan();
    await kestra!.close();
    expect((await apply()).exitCode).toBe(3);
    expect(openMetadata.catalog.changes()).toBe(0);
  });
});

type FlowPage = { results: { id: string; description?: string }[]; total: number };
/** What the source lists once the plan is checked. Counts on a plan that was made since the source was served. */
const onceChecked = (change: (page: FlowPage) => FlowPage): Fault => ({
  path: /\/flows\/search/,
  after: kestra!.requests.filter(({ path }) => path.endsWith('/flows/search')).length,
  effect: {
    kind: 'rewrite',
    rewrite: (answer): FaultAnswer => ({ ...answer, json: change(answer.json as FlowPage) }),
  },
});

describe('what changes between the check and the writes', () => {
  it('is not written: a flow, its new tag and the runs of a deleted one; all else is', async () => {
    await start();
    await plan();
    const [edited, hidden] = [flowOf(1).id, flowOf(5).id];
    await serve([
      onceChecked(({ results, total }) => ({
        total: total - 1,
        results: results.flatMap((flow) =>
          flow.id === hidden
            ? []
            : [
                flow.id === edited
                  ? { ...flow, description: 'Too late', labels: [{ key: 'team', value: 'new' }] }
                  : flow,
              ],
        ),
      })),
    ]);
    const { exitCode, stdout } = await apply({}, '--json', '--audit-log', 'audit.jsonl');
    const { failed, outcome } = JSON.parse(stdout) as RunReport;
    expect([exitCode, outcome]).toEqual([1, 'partial']);
    const said = failed.map(({ ref, message }) => `${ref}: ${message}`).join('\n');
    expect(said).toContain(`PUT pipeline k."bench.team000.${edited}" is other than planned`);
    expect(said).toContain('is not in the plan');
    expect(said).toContain(`k."bench.team000.${hidden}": Planned, and not written: PUT pipeline`);
    expect(openMetadata.catalog.pipelines()).toHaveLength(10);
    expect(openMetadata.catalog.tags().filter((tag) => tag.includes('new'))).toEqual([]);
    expect(JSON.stringify(openMetadata.requests)).not.toContain('Too late');
    const audit = (await readFile(join(directory, 'audit.jsonl'), 'utf8')).trim().split('\n');
    expect(audit.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ entityType: 'pipeline', outcome: 'failed', error: expect.stringContaining('planned') }),
    );
  });

  it('is not deleted', async () => {
    await start();
    await ingest();
    flowOf(1).description = 'To come';
    const { namespace, id } = flowOf(5);
    await serve();
    await plan();
    const isGone: Fault = {
      path: new RegExp(`/flows/${namespace}/${id}(\\?|$)`),
      effect: { kind: 'status', status: 404, body: { message: 'Flow not found' } },
    };
    const hide = onceChecked(({ results, total }) => ({
      total: total - 1,
      results: results.filter((flow) => flow.id !== id),
    }));
    await serve([hide, isGone]);
    const { exitCode, stdout } = await apply({}, '--json');
    const { failed } = JSON.parse(stdout) as RunReport;
    expect(exitCode).toBe(1);
    expect(failed).toMatchObject([{ message: expect.stringContaining('is not in the plan') }]);
    expect(stored(`${namespace}.${id}`)?.deleted).not.toBe(true);
    expect(stored(nameOf(1))?.description).toContain('To come');
    expect(openMetadata.requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
  });

  it('is not written over: what a person did to a pipeline', async () => {
    await start();
    await ingest();
    flowOf(1).description = 'To come';
    const path = `/pipelines/name/${encodeURIComponent(String(stored(nameOf(1))!.fullyQualifiedName))}`;
    await serve();
    await plan();
    // The read right before the write, after that of the plan's check.
    openMetadata.setFaults([
      {
        path: new RegExp(`${path.replaceAll('.', '\\.')}\\?.*fields=\\*|${path.replaceAll('.', '\\.')}\\?.*fields=%2A`),
        after: 1,
        effect: {
          kind: 'rewrite',
          rewrite: (answer): FaultAnswer => ({
            ...answer,
            json: { ...(answer.json as object), displayName: 'By Ana' },
          }),
        },
      },
    ]);
    const { exitCode, stdout } = await apply({}, '--json');
    const { failed } = JSON.parse(stdout) as RunReport;
    expect([exitCode, failed]).toEqual([
      1,
      [expect.objectContaining({ message: expect.stringContaining('is other than planned') })],
    ]);
    expect(stored(nameOf(1))?.description ?? '').not.toContain('To come');
  });
});

describe('the built command', () => {
  it('makes a plan, applies it once, and says by its exit code how that went', async () => {
    await start();
    await plan();
    const built = (...args: string[]) =>
      new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
        const env = { PATH: process.env.PATH, FLOWMETA_NOW: new Date(noon).toISOString(), NO_COLOR: '1' };
        execFile(process.execPath, [bin, ...args], { cwd: directory, env }, (error, stdout, stderr) =>
          resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
        );
      });
    const made = await built('plan', '-c', 'kestra.yaml', '-o', 'plan.json');
    expect([made.code, made.stdout]).toEqual([10, expect.stringContaining('12 to create')]);
    const applied = await built('ingest', '-c', 'kestra.yaml', '--plan', 'plan.json');
    expect([applied.code, applied.stderr]).toEqual([
      0,
      expect.stringContaining('checking the plan of 2026-11-22T12:00'),
    ]);
    expect(openMetadata.catalog.pipelines()).toHaveLength(12);
    const again = await built('ingest', '-c', 'kestra.yaml', '--plan', 'plan.json');
    expect([again.code, again.stderr]).toEqual([
      1,
      expect.stringMatching(/error: the plan does not fit .*\n.*plan\.json\n.*→ /),
    ]);
    await writeFile(join(directory, 'plan.json'), '{}');
    const garbled = await built('ingest', '-c', 'kestra.yaml', '--plan', 'plan.json');
    expect([garbled.code, garbled.stdout]).toEqual([2, '']);
  });
});

describe('a plan file', () => {
  async function refused(...args: Parameters<typeof apply>): Promise<string> {
    const [before, asked] = [openMetadata.requests.length, kestra!.requests.length];
    const { exitCode, stdout, stderr } = await apply(...args);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect([openMetadata.requests.length, kestra!.requests.length]).toEqual([before, asked]);
    return stderr;
  }

  it('is refused when it is none, was edited, is of another format or program, or not whole', async () => {
    await start();
    expect(await refused()).toContain('it can not be read (ENOENT)');
    await plan();
    const path = join(directory, 'plan.json');
    const whole = await readFile(path, 'utf8');
    const rewritten = async (change: (text: string) => string) => {
      const text = change(whole);
      expect(text).not.toBe(whole);
      await writeFile(path, text);
      return refused();
    };
    expect(await rewritten(() => 'no JSON')).toContain('this is no plan');
    expect(await rewritten(() => '[]')).toContain('this is no plan');
    expect(await rewritten((text) => text.slice(0, -20))).toContain('this is no plan');
    expect(await rewritten((text) => text.replace('"formatVersion": 1', '"formatVersion": 2'))).toContain('version 2');
    expect(await rewritten((text) => text.replace('"digest"', '"digset"'))).toContain('it has no digest');
    for (const change of [
      (text: string) => text.replace('"action": "create"', '"action": "change"'),
      (text: string) => text.replace('"allowMassDelete": false', '"allowMassDelete": true'),
      (text: string) => text.replace(/"after": "sha256:./, '"after": "sha256:x'),
      (text: string) => text.replace(/"until": \d/, '"until": 9'),
    ]) {
      expect(await rewritten(change)).toContain('it was changed after it was made');
    }
    await kestra!.close();
    await plan();
    await serve();
    expect(await refused()).toContain('it is not whole');
  });

  it('is refused with a config that would do something else, and says which key', async () => {
    await start();
    await plan({}, '--namespace', 'bench');
    expect(await refused({ serviceName: 'other' })).toContain('it is for the service k, and the config says other');
    expect(await refused({ connection: { tenantId: 'other' } })).toContain('serviceConnection.config.tenantId');
    expect(await refused({ selection: { includeOwners: false } })).toContain('sourceConfig.config.includeOwners');
    expect(await refused({ rules: [{ match: 'bench.*', tier: 'Tier.Tier1' }] })).toContain('of the plan in rules');
    const workflowConfig = {
      openMetadataServerConfig: { hostPort: 'https://om.example.com/api', securityConfig: { jwtToken: 'x' } },
    };
    expect(await refused({ workflowConfig })).toContain('it is for OpenMetadata at http://127.0.0.1');
    expect(await refused({}, '--allow-mass-delete')).toContain('--allow-mass-delete was not given');
    // Another password, and what decides nothing, is no other config.
    const given = {
      connection: { username: 'ana', password: 'correct-horse' },
      workflowConfig: { loggerLevel: 'ERROR' },
    };
    await plan(given);
    given.connection.password = 'battery-staple';
    expect((await apply(given)).exitCode).toBe(0);
  });

  it.each([
    ['--dry-run'],
    ['--since', '1d'],
    ['--namespace', 'x'],
    ['--flow', 'x.y'],
    ['--execution', 'x'],
    ['--full'],
  ])('goes without %s', async (...args) => {
    await start();
    expect(await refused({}, ...args)).toContain('cannot be used with');
  });

  it('brings its window, its namespaces and the leave to delete many', async () => {
    await start();
    await ingest();
    dataset.flows.splice(0, 8);
    dataset.executions = [];
    await serve();
    const refusing = await plan();
    expect([refusing.exitCode, refusing.stdout]).toEqual([1, expect.stringContaining('0 to delete')]);
    const planned = await plan({}, '--allow-mass-delete', '--since', '3h', '--namespace', 'bench');
    expect(planned.stdout).toContain('8 to delete');
    const { exitCode, stdout } = await apply({ at: noon + 60 * minute }, '--json');
    const { window, totals } = JSON.parse(stdout) as RunReport;
    expect([exitCode, totals.pipelines.removed]).toEqual([0, 8]);
    expect(window.until - window.since).toBe(180 * minute);
  });

  it('leaves the state of other runs alone', async () => {
    await start();
    const state = { workflowConfig: { state: { path: 'state.json' } } };
    await ingest(state);
    const before = await readFile(join(directory, 'state.json'), 'utf8');
    flowOf(1).description = 'To come';
    await serve();
    await plan(state);
    expect((await apply(state)).exitCode).toBe(0);
    expect(await readFile(join(directory, 'state.json'), 'utf8')).toBe(before);
    const after = await flowmeta(['ingest', '--json'], { ...state, at: noon + minute });
    const { totals } = JSON.parse(after.stdout) as RunReport;
    expect(totals.pipelines).toMatchObject({ updated: 0, unchanged: 12 });
  });
});
