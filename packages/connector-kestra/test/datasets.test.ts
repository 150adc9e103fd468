import { readdirSync, readFileSync } from 'node:fs';
import type { LineageEdge, LineageGap, SourceEvent } from '@flowmeta/connector';
import type { KestraExecution } from '@flowmeta/kestra-client';
import { kestraVersions } from '@flowmeta/recordings';
import { createRedactor } from '@flowmeta/redact';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { taskTree } from '../src/constructs.js';
import { createDatasetBook } from '../src/datasets/dataset-book.js';
import { definitionGraph } from '../src/definition-graph.js';
import { serverGraph } from '../src/server-graph.js';
import { datasetLine, flowOfEdge, recordedDatasets, writtenDatasets } from './expected-datasets.js';
import { read } from './reading.js';
import { executionOf, flowOf, snapshot } from './recorded-client.js';

const folder = new URL('./fixtures/flows/', import.meta.url);

/** Every edge and gap of flows written as YAML, by the name of the flow. */
async function written(
  ...texts: string[]
): Promise<{ edges: LineageEdge[]; gaps: LineageGap[]; events: SourceEvent[] }> {
  const book = createDatasetBook(createRedactor());
  for (const text of texts) {
    const { labels = {}, ...document } = parse(text) as Record<string, unknown> & { labels?: Record<string, string> };
    const flow = flowOf({ ...document, labels: Object.entries(labels).map(([key, value]) => ({ key, value })) });
    await book.define(flow, definitionGraph(taskTree(flow)));
  }
  const events = [...book.resolve()];
  return {
    events,
    edges: events.flatMap((event) => (event.kind === 'lineage' ? [event.edge] : [])),
    gaps: events.flatMap((event) => (event.kind === 'unresolved' ? [event.gap] : [])),
  };
}

const linesOf = (edges: readonly LineageEdge[], flow: string): string[] =>
  edges
    .filter((edge) => flowOfEdge(edge) === flow)
    .map(datasetLine)
    .sort();

describe.each(kestraVersions)('the recorded flows of Kestra %s', (version) => {
  let edges: LineageEdge[];
  beforeAll(async () => {
    const events = await read({ of: snapshot(version), options: { runs: false } });
    edges = events.flatMap((event) => (event.kind === 'lineage' ? [event.edge] : []));
  });

  it.each([...recordedDatasets])('%s moves what its YAML says', (flow, expected) => {
    expect(linesOf(edges, flow)).toEqual(expected);
  });
});

describe('the flows in fixtures/flows', () => {
  it('are all expected', () => {
    expect(readdirSync(folder).sort()).toEqual([...writtenDatasets.keys()].sort().map((name) => `${name}.yaml`));
  });

  it.each([...writtenDatasets])('%s moves what its YAML says', async (flow, expected) => {
    const { edges, gaps } = await written(readFileSync(new URL(`${flow}.yaml`, folder), 'utf8'));
    const found = [...linesOf(edges, flow), ...new Set(gaps.map(({ task }) => `? ${task}`))].sort();
    expect(found).toEqual(expected);
  });
});

const header = 'id: f\nnamespace: n\n';
const postgres = 'type: io.kestra.plugin.jdbc.postgresql.Query, url: "jdbc:postgresql://pg:5432/shop"';

describe('the way out of the connector', () => {
  it('is closed to secrets, in whatever a flow has them', async () => {
    const text = readFileSync(new URL('enterprise.security.sensitive-data.yaml', folder), 'utf8');
    const told = JSON.stringify((await written(text)).events);
    const secrets = [
      'Tr0ub4dor-3x',
      'hunter2hunter2',
      'S3cr3tPassw0rd',
      'AKIAIOSFODNN7EXAMPLE',
      'wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY',
      'correct-horse-battery',
      'R3dsh1ftPassw0rd',
    ];
    for (const secret of secrets) {
      expect(text).toContain(secret);
      expect(told).not.toContain(secret);
    }
    expect(told).toContain('acme-vault');
  });

  it('hides what only the redactor knows, in names, SQL, descriptions, labels and gaps', async () => {
    const book = createDatasetBook(createRedactor(['zanzibar']));
    const flow = flowOf({
      namespace: 'n',
      id: 'f',
      labels: [
        { key: 'om-source', value: 'pg.zanzibar.a' },
        { key: 'om-destination', value: 'pg.b' },
      ],
      tasks: [
        {
          id: 'zanzibar_task',
          type: 'io.kestra.plugin.jdbc.postgresql.Query',
          url: 'jdbc:postgresql://zanzibar:5432/zanzibar',
          sql: "INSERT INTO zanzibar.t SELECT a, 'zanzibar' FROM zanzibar_s; INSERT INTO {{ zanzibar }} SELECT 1",
        },
      ],
    });
    await book.define(flow, definitionGraph(taskTree(flow)));
    const events = [...book.resolve()];
    expect(events.length).toBeGreaterThan(1);
    expect(
      JSON.stringify(events.map((event) => (event.kind === 'unresolved' ? { ...event.gap, task: '' } : event))),
    ).not.toContain('zanzibar');
  });

  it('has descriptions that name tasks, properties and trust, the same each time', async () => {
    const text = readFileSync(new URL('system.monitoring.plugin-metrics.yaml', folder), 'utf8');
    const [one, other] = [await written(text), await written(text)];
    expect(other).toEqual(one);
    expect(one.edges.map(({ description }) => description)).toContain(
      'Kestra tasks worst → report → publish: sql (SQL), bucket (properties)',
    );
    expect(one.edges.every(({ description }) => description.length <= 500)).toBe(true);
  });
});

describe('labels of a flow', () => {
  const labelled = (labels: string) =>
    written(`${header}labels: {${labels}}\ntasks: [{id: t, type: io.kestra.plugin.core.log.Log}]`);

  it('link each source with each destination by way of the flow', async () => {
    const { edges } = await labelled('om-source: "pg.a, pg.b", om-destination: bq.c');
    expect(edges.map((edge) => `${datasetLine(edge)} by ${edge.pipeline}`)).toEqual([
      'pg.a → bq.c by n.f',
      'pg.b → bq.c by n.f',
    ]);
  });

  it('link one side with the flow itself where there is no other', async () => {
    expect((await labelled('om-source: pg.a')).edges.map(datasetLine)).toEqual(['pg.a → [flow]']);
    expect((await labelled('openmetadata.table.output: pg.a')).edges.map(datasetLine)).toEqual(['[flow] → pg.a']);
  });
});

describe('what runs have shown', () => {
  const select = `${header}tasks:
  - {id: extract, ${postgres}, sql: "SELECT * FROM {{ inputs.table }}", fetchType: STORE}
  - {id: load, ${postgres}, sql: "INSERT INTO mart.t SELECT * FROM raw.t"}
  - {id: upload, type: io.kestra.plugin.aws.s3.Upload, bucket: lake, key: a.csv, from: "{{ outputs.extract.uri }}"}`;
  const asset = (name: string) => ({
    id: name,
    type: 'io.kestra.plugin.ee.assets.Table',
    metadata: { system: 'postgres', database: 'shop', schema: name.split('.')[0], name: name.split('.')[1] },
  });
  const shown = async (text: string, ...taskRuns: object[]) => {
    const book = createDatasetBook(createRedactor());
    const flow = flowOf(parse(text) as Record<string, unknown>);
    await book.define(flow, definitionGraph(taskTree(flow)));
    book.evidence(executionOf({ id: 'e', namespace: 'n', flowId: 'f', state: {}, taskRunList: taskRuns }));
    return [...book.resolve()].flatMap((event) =>
      event.kind === 'lineage' ? [`${datasetLine(event.edge)}${event.edge.evidence === 'run' ? ' (run)' : ''}`] : [],
    );
  };

  it('fills in what the definition leaves to a template', async () => {
    const run = { id: '1', taskId: 'extract', assets: { inputs: [asset('raw.orders')], outputs: [] } };
    expect((await shown(select, run)).sort()).toEqual([
      'postgres:shop.raw.orders → s3://lake/a.csv (run)',
      'postgres:shop.raw.t → postgres:shop.mart.t',
    ]);
  });

  it('keeps an edge of the definition that runs confirm, with its SQL', async () => {
    const run = { id: '1', taskId: 'load', assetEmits: [{ inputs: [asset('raw.t')], outputs: [asset('mart.t')] }] };
    expect(await shown(select, run)).toContain('postgres:shop.raw.t → postgres:shop.mart.t');
  });

  it('takes the place of the definition, side by side, and keeps pairs apart', async () => {
    const run = {
      id: '1',
      taskId: 'load',
      assetEmits: [
        { inputs: [asset('raw.a')], outputs: [asset('mart.a')] },
        { inputs: [asset('raw.b')], outputs: [asset('mart.b')] },
      ],
    };
    expect((await shown(select, run)).filter((line) => line.includes('mart'))).toEqual([
      'postgres:shop.raw.a → postgres:shop.mart.a (run)',
      'postgres:shop.raw.b → postgres:shop.mart.b (run)',
    ]);
  });

  it('of a flow that names no dataset is shown as well', async () => {
    const script = `${header}tasks: [{id: s, type: io.kestra.plugin.scripts.python.Script, script: x}]`;
    const run = { id: '1', taskId: 's', assets: { inputs: [asset('raw.a')], outputs: [asset('mart.a')] } };
    expect(await shown(script, run)).toEqual(['postgres:shop.raw.a → postgres:shop.mart.a (run)']);
  });

  it('of a task run is read from the search, and in 2.0 from the run itself', async () => {
    for (const version of ['1.0.3', '2.0.0'] as const) {
      const of = snapshot(version);
      const assets = { inputs: [asset('raw.a')], outputs: [asset('mart.a')] };
      const withAssets = (execution: KestraExecution): KestraExecution => ({
        ...execution,
        ...(execution.taskRuns && { taskRuns: execution.taskRuns.map((taskRun) => ({ ...taskRun, assets })) }),
      });
      const events = await read({
        of: {
          ...of,
          executions: of.executions.map(withAssets),
          executionsById: new Map([...of.executionsById].map(([id, execution]) => [id, withAssets(execution)])),
        },
      });
      const ofRuns = events.filter((event) => event.kind === 'lineage' && event.edge.evidence === 'run');
      expect(ofRuns.length).toBeGreaterThan(10);
      const kinds = events.map(({ kind }) => kind);
      expect(kinds.lastIndexOf('run')).toBeLessThan(events.indexOf(ofRuns[0]!));
      expect(kinds.lastIndexOf('lineage')).toBeLessThan(kinds.indexOf('linked'));
      expect(kinds.indexOf('linked')).toBeLessThan(kinds.indexOf('checkpoint'));
    }
  });
});

describe('the server', () => {
  const flow = flowOf({
    namespace: 'n',
    id: 'f',
    tasks: [{ id: 't', type: 'io.kestra.plugin.jdbc.postgresql.Query', sql: 'INSERT INTO mart.b SELECT * FROM raw.a' }],
  });

  it('adds the defaults that only it knows', async () => {
    const book = createDatasetBook(createRedactor());
    const uid = 'root.t';
    const [task] = flow.tasks;
    const drawing = {
      nodes: [{ uid, type: 'GraphTask', task: { ...task!, sql: 'SELECT 1', url: 'jdbc:postgresql://pg:5432/shop' } }],
      edges: [],
      clusters: [],
    };
    await book.define(flow, serverGraph(drawing, taskTree(flow)));
    const edges = [...book.resolve()].flatMap((event) => (event.kind === 'lineage' ? [event.edge] : []));
    expect(edges.map(datasetLine)).toEqual(['postgres:shop.raw.a → postgres:shop.mart.b']);
    expect(book.incomplete()).toEqual([]);
  });

  it('that did not draw the flow may know more: no edge of the flow may be called gone', async () => {
    const book = createDatasetBook(createRedactor());
    await book.define(flow, definitionGraph(taskTree(flow)), { isDegraded: true });
    expect([...book.resolve()].some(({ kind }) => kind === 'lineage')).toBe(true);
    expect(book.incomplete()).toEqual(['n.f']);
  });
});

describe('bad input', () => {
  const query = (sql: string) => ({
    id: 't',
    type: 'io.kestra.plugin.jdbc.postgresql.Query',
    url: 'jdbc:postgresql://pg:5432/shop',
    sql,
  });
  const defined = async (...flows: object[]) => {
    const book = createDatasetBook(createRedactor());
    for (const each of flows) {
      const flow = flowOf({ namespace: 'n', id: 'f', ...each });
      await book.define(flow, definitionGraph(taskTree(flow)));
    }
    const events = [...book.resolve()];
    return { events, incomplete: book.incomplete() };
  };

  it('that is no SQL is a gap, without its text, and no edge of that flow may be called gone', async () => {
    const { events, incomplete } = await defined({ tasks: [query('SELEKT hidden FORM (((')] });
    expect(events).toMatchObject([{ kind: 'unresolved', gap: { pipeline: 'n.f', task: 't', reason: 'sql' } }]);
    expect(JSON.stringify(events)).not.toContain('hidden');
    expect(incomplete).toEqual(['n.f']);
  });

  it('of a megabyte of SQL is read or told', async () => {
    const statement = 'INSERT INTO mart.t SELECT a FROM raw.t WHERE b = 1;\n';
    const { events } = await defined({ tasks: [query(statement.repeat(20_000))] });
    expect(events.length).toBeGreaterThan(0);
    expect(events.length).toBeLessThan(20);
  });

  it('of 5,000 tables in one statement is 5,000 edges', async () => {
    const tables = Array.from({ length: 5_000 }, (_, index) => `SELECT a FROM raw.t${index}`);
    const { events } = await defined({ tasks: [query(`INSERT INTO mart.t ${tables.join(' UNION ALL ')}`)] });
    expect(events.filter(({ kind }) => kind === 'lineage').length).toBeGreaterThan(4_990);
  });

  it('of too many edges is cut, and one gap names their count', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `s3://lake/${index}.csv`);
    const { events, incomplete } = await defined({
      tasks: [
        { id: 'read', type: 'io.kestra.plugin.scripts.python.Script', assets: { inputs: names.map((id) => ({ id })) } },
        {
          id: 'write',
          type: 'io.kestra.plugin.scripts.python.Script',
          inputFiles: { a: '{{ outputs.read.uri }}' },
          assets: { outputs: names.map((id) => ({ id: `${id}.out` })) },
        },
      ],
    });
    const moved = events.filter((event) => event.kind === 'lineage' && event.edge.pipeline !== undefined);
    expect(moved).toHaveLength(10_000);
    expect(events.filter(({ kind }) => kind === 'unresolved')).toMatchObject([
      { gap: { pipeline: 'n.f', message: expect.stringMatching(/10000 edges are, at least 30000 are not/) } },
    ]);
    expect(incomplete).toEqual(['n.f']);
  });

  it('of any shape ends in no error', async () => {
    const odd: unknown[] = [
      '',
      7,
      null,
      [],
      {},
      [[]],
      '{{',
      '{{ }}',
      '{% for %}',
      '__proto__',
      { constructor: 1 },
      'outputs[',
    ];
    const types = [
      'jdbc.postgresql.Query',
      'aws.s3.Copy',
      'core.flow.ForEach',
      'core.flow.Subflow',
      'core.flow.WorkingDirectory',
      'kafka.Produce',
    ];
    const tasks = odd.flatMap((value, index) =>
      types.map((type, at) => ({
        id: `t${index}_${at}`,
        type: `io.kestra.plugin.${type}`,
        ...Object.fromEntries(
          [
            'url',
            'sql',
            'from',
            'to',
            'values',
            'inputs',
            'inputFiles',
            'outputFiles',
            'namespace',
            'flowId',
            'topic',
            'assets',
            'tasks',
          ].map((name) => [name, value]),
        ),
      })),
    );
    const { events } = await defined({ tasks, variables: { a: 1 }, outputs: [{ id: 'o', value: 7 }] });
    expect(events.filter(({ kind }) => kind === 'warning')).toEqual([]);
  });
});

describe('flows without data', () => {
  it('cost no look at the tasks', async () => {
    const { events } = await written(
      `${header}tasks: [{id: a, type: io.kestra.plugin.core.log.Log, message: "{{ outputs.b.uri }}"}]`,
    );
    expect(events).toEqual([]);
  });
});
