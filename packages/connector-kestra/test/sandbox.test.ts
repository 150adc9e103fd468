import type { LineageEdge, SourceEvent } from '@flowmeta/connector';
import { describeConnector } from '@flowmeta/connector/testing';
import { canonicalType } from '@flowmeta/kestra-client';
import { datasetNames, expectedFlows, type KestraVersion, kestraDataset } from '@flowmeta/recordings';
import { type KestraDataset, type Sandbox, startKestraSandbox } from '@flowmeta/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kestraConnector } from '../src/connector.js';
import { runStates } from '../src/states.js';
import { datasetLine, flowOfEdge, recordedDatasets } from './expected-datasets.js';
import { expectedLineage, expectedWarnings, lineOf } from './expected-lineage.js';

// The whole way over HTTP, against stand-ins that answer as the recorded servers did. What a pipeline should look like was
// worked out from the recordings by other code than this package's.

const window = { since: Date.UTC(2026, 9, 1), until: Date.UTC(2026, 11, 1) };

const edgesOf = (events: readonly SourceEvent[]): LineageEdge[] =>
  events.flatMap((event) => (event.kind === 'lineage' ? [event.edge] : []));

function open(url: string, config: object = {}, onRequest?: () => void) {
  return kestraConnector.open(kestraConnector.configSchema.parse({ hostPort: url, ...config }), {
    now: () => window.until,
    serviceName: 'kestra',
    ...(onRequest && { onRequest }),
  });
}

describe.each(datasetNames)('the recorded server %s', (name) => {
  const [version, without] = name.split('-without-');
  const dataset = kestraDataset(version as KestraVersion, { plugins: without === undefined }) as KestraDataset;
  const expected = expectedFlows(name);
  let sandbox: Sandbox;
  const events: SourceEvent[] = [];
  let requests = 0;

  beforeAll(async () => {
    sandbox = await startKestraSandbox({ dataset, now: () => Date.parse(dataset.takenAt) });
    const connector = open(sandbox.url, {}, () => {
      requests += 1;
    });
    for await (const event of connector.read(window)) events.push(event);
    await connector.close();
  });
  afterAll(() => sandbox.close());

  it('is read without an error, and listed', () => {
    expect(events.filter(({ kind }) => kind === 'skipped')).toEqual([]);
    const warnings = events.flatMap((event) => (event.kind === 'warning' ? [`${event.ref}: ${event.message}`] : []));
    expect(warnings).toEqual(expectedWarnings(version as KestraVersion));
    expect(events.filter(({ kind }) => kind === 'listed')).toHaveLength(1);
    expect(requests).toBe(sandbox.requests.length);
  });

  it('shows each flow as other code than this package’s says', () => {
    const pipelines = events.flatMap((event) => (event.kind === 'pipeline' ? [event.pipeline] : []));
    const summaries = pipelines.map(({ name: pipeline, enabled, degraded, tasks, edges, schedules }) => ({
      pipeline,
      enabled,
      broken: degraded !== undefined,
      tasks: tasks.map((task) => `${task.name}: ${task.type}`).sort(),
      links: edges.map(({ from, to }) => `${from} → ${to}`).sort(),
      schedules: schedules.map(({ id, cron }) => `${id}: ${cron}`),
    }));
    expect(summaries).toEqual(
      expected.map(({ pipeline, enabled, broken, tasks, links, schedules }) => ({
        pipeline,
        enabled,
        broken,
        tasks: tasks.map(({ id, type }) => `${id}: ${canonicalType(type)}`).sort(),
        links: links.map(([from, to]) => `${from} → ${to}`).sort(),
        schedules: schedules.map(({ id, cron }) => `${id}: ${cron}`),
      })),
    );
  });

  it('shows which flow follows which, as its YAML says', () => {
    const edges = edgesOf(events).filter((edge) => flowOfEdge(edge) === undefined);
    expect(edges.map(lineOf).sort()).toEqual(expectedLineage(version as KestraVersion).sort());
    // What the server could not parse it could not draw either: defaults of its own may be missing.
    const broken = expected.flatMap((flow) => (flow.broken ? [flow.pipeline] : []));
    const moving = broken.filter((flow) => (recordedDatasets.get(flow)?.length ?? 0) > 0);
    const linked = events.flatMap((event) => (event.kind === 'linked' ? [event] : []));
    expect(linked.map(({ scope, except }) => [scope, except?.from ?? [], except?.into ?? []])).toEqual([[{}, [], []]]);
    const inDoubt = linked[0]?.except?.datasets ?? [];
    expect(inDoubt).toEqual(expect.arrayContaining(moving));
    expect(broken).toEqual(expect.arrayContaining(inDoubt));
  });

  it('shows which datasets its flows move, as their YAML says', () => {
    const edges = edgesOf(events).filter((edge) => flowOfEdge(edge) !== undefined);
    const expectedLines = [...recordedDatasets].flatMap(([flow, lines]) => lines.map((line) => `${flow}: ${line}`));
    expect(edges.map((edge) => `${flowOfEdge(edge)}: ${datasetLine(edge)}`).sort()).toEqual(expectedLines.sort());
  });

  it('counts the runs of windows with one request for each instant', async () => {
    const startOf = ({ state }: KestraDataset['executions'][number]) =>
      Date.parse((state as { startDate: string }).startDate);
    const wanted = dataset.executions.filter(({ kind }) => kind === undefined);
    const starts = wanted.map(startOf).sort((a, b) => a - b);
    // At the very start of a run, which belongs to what comes after.
    const middle = starts[Math.floor(starts.length / 2)]!;
    const windows = [
      { since: middle, until: window.until },
      { since: window.since, until: middle },
    ];
    const connector = open(sandbox.url);
    const before = sandbox.requests.length;
    const counts = await connector.countRuns!(windows);
    const searches = sandbox.requests.slice(before).filter(({ path }) => path.endsWith('/executions/search'));
    await connector.close();
    const later = starts.filter((start) => start >= middle).length;
    expect(counts.map(({ runs }) => runs)).toEqual([later, starts.length - later]);
    expect(searches).toHaveLength(3);
    const pages = Math.ceil(later / 100);
    expect(counts[0]!.requests).toBe(version === '2.0.0' ? pages + later : pages);
  });

  it('takes the definitions of the read before, if it may, and asks only for runs', async () => {
    const connector = open(sandbox.url);
    for await (const _event of connector.read({ ...window, runs: false }));
    const before = sandbox.requests.length;
    const runs: SourceEvent[] = [];
    for await (const event of connector.read({ ...window, pipelines: false, sameDefinitions: true })) runs.push(event);
    await connector.close();
    const isOfRun = ({ kind }: SourceEvent) => kind === 'run' || kind === 'checkpoint';
    const ofRuns = (event: SourceEvent) => isOfRun(event) || (event.kind === 'filtered' && event.item === 'run');
    expect(runs).toEqual(events.filter(ofRuns));
    const others = sandbox.requests.slice(before).filter(({ path }) => !path.includes('/executions'));
    expect(others).toEqual([]);
  });

  it('shows each run of these flows', () => {
    const runs = events.flatMap((event) => (event.kind === 'run' ? [event.run] : []));
    const summaries = runs.map(({ id, pipeline, state, startedAt }) => `${pipeline} ${id} ${state} ${startedAt}`);
    const wanted = expected.flatMap(({ pipeline, runs: all }) =>
      all.map(({ id, state, start }) => `${pipeline} ${id} ${runStates[state]} ${Date.parse(start)}`),
    );
    expect(summaries.sort()).toEqual(wanted.sort());
  });
});

describe('a connector over HTTP', () => {
  const dataset = kestraDataset('2.0.0', { plugins: true }) as KestraDataset;
  const credentials = { username: 'ada@example.com', password: 'Sup3r-s3cret-value' };
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await startKestraSandbox({
      dataset,
      auth: { kind: 'basic', ...credentials },
      contextPath: '/kestra',
      now: () => Date.parse(dataset.takenAt),
    });
  });
  afterAll(() => sandbox.close());

  describeConnector({
    name: 'Kestra 2.0 with a context path and a password',
    window,
    open: () => open(`${sandbox.url}/kestra/ui/`, { ...credentials, numberOfStatus: 1 }),
    secrets: [credentials.password, 'wrong-password'],
    worlds: { unreachable: () => open(`${sandbox.url}/kestra`, { ...credentials, password: 'wrong-password' }) },
  });

  it('says in its check what is wrong, without the password', async () => {
    for (const [url, failed] of [
      [`${sandbox.url}/kestra`, 'sign in'],
      ['http://127.0.0.1:1', 'reach'],
    ] as const) {
      const steps = [];
      for await (const step of open(url, { ...credentials, password: 'wrong-password' }).check()) steps.push(step);
      expect(steps.filter(({ status }) => status === 'failed').map(({ name }) => name)).toEqual([failed]);
      expect(JSON.stringify(steps)).not.toContain('wrong-password');
    }
  });

  it('links to the UI below the context path', async () => {
    for await (const event of open(`${sandbox.url}/kestra`, credentials).read({ ...window, runs: false })) {
      if (event.kind !== 'pipeline') continue;
      const { namespace, displayName, sourceUrl } = event.pipeline;
      expect(sourceUrl).toBe(`${sandbox.url}/kestra/ui/main/flows/edit/${namespace}/${displayName}`);
    }
  });
});
