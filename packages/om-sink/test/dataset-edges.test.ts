import { type MapEdgeOptions, mapEdge } from '@flowmeta/om-mapper';
import { afterEach, describe, expect, it } from 'vitest';
import type { StoredEdge } from '../src/index.js';
import { type Harness, startHarness } from './sink-harness.js';

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

const [orders, report, stock] = ['orders', 'report', 'stock'].map((name) => `pg.shop.public.${name}`) as [
  string,
  string,
  string,
];
type Edge = Parameters<typeof mapEdge>[0];
const fqnOf = (name: string): string => `kestra.${name}`;
const find: MapEdgeOptions['find'] = (reference) =>
  reference.kind === 'entity' ? { type: reference.type ?? 'table', fqn: reference.fqn } : undefined;
const tableAt = (fqn: string) => ({ kind: 'entity', type: 'table', fqn }) as const;
const sql = 'INSERT INTO report SELECT id, amount * 2 AS total FROM orders';
const columns = [
  { from: ['ID'], to: 'id' },
  { from: ['amount'], to: 'total', expression: 'amount * ?' },
  { from: ['gone'], to: 'id' },
  { from: ['id'], to: 'gone' },
];
const move = (change: Partial<Edge> = {}, options: Partial<MapEdgeOptions> = {}) =>
  mapEdge(
    { from: tableAt(orders), to: tableAt(report), pipeline: 'a', description: 'SQL of load', sql, columns, ...change },
    { fqnOf, find, ...options },
  );

async function start(version = '1.6') {
  harness = await startHarness({ version });
  const { open, draft, sandbox, sent } = harness;
  const first = await open();
  for (const name of ['a', 'b', 'c']) await first.writePipeline(draft({ name, labels: [] }));
  for (const fqn of [orders, report, stock]) {
    sandbox.seedTable(fqn, ['id', 'amount', 'total', 'note'], { serviceType: 'Postgres' });
  }
  sent();
  const edges = (): Record<string, unknown>[] =>
    sandbox.catalog.edges().map(({ from, to, details }) => ({
      ...details,
      ends: `${from.fqn} → ${to.fqn}`,
      pipeline: (details.pipeline as { fullyQualifiedName?: string } | undefined)?.fullyQualifiedName,
    }));
  const pairs = () =>
    edges()
      .map(({ ends }) => ends)
      .sort();
  return { ...harness, first, edges, pairs };
}
const idOf = async (path: string): Promise<string> => ((await harness!.request('GET', path)).body as { id: string }).id;
const reference = async (type: string, fqn: string) => ({ id: await idOf(`/${type}s/name/${fqn}`), type });
const drawn = async (lineageDetails: object, ends: [string, string] = [orders, report]) => {
  const edge = {
    fromEntity: await reference('table', ends[0]),
    toEntity: await reference('table', ends[1]),
    lineageDetails,
  };
  expect((await harness!.request('PUT', '/lineage', { body: { edge }, as: 'admin' })).status).toBe(200);
};

describe.each(['1.2', '1.6', '1.13', '2.0'])('an edge between tables in OpenMetadata %s', (version) => {
  it('says which pipeline, by which statement, and which columns; a second run writes nothing', async () => {
    const { first, open, edges, sandbox } = await start(version);
    expect(await first.writeEdge(move())).toEqual({ outcome: 'created', findings: [] });
    expect(edges()).toEqual([
      expect.objectContaining({
        ends: `${orders} → ${report}`,
        pipeline: 'kestra.a',
        source: 'PipelineLineage',
        description: 'SQL of load · Flowmeta',
        sqlQuery: sql,
        columnsLineage: [
          { fromColumns: [`${orders}.id`], toColumn: `${report}.id` },
          { fromColumns: [`${orders}.amount`], toColumn: `${report}.total`, function: 'amount * ?' },
        ],
      }),
    ]);
    const changes = sandbox.catalog.changes();
    expect((await (await open()).writeEdge(move())).outcome).toBe('unchanged');
    expect(sandbox.catalog.changes()).toBe(changes);
  });

  it('of all columns has the namesakes, and none where a table has no columns', async () => {
    const { first, edges, sandbox } = await start(version);
    const star = [{ from: ['*'], to: '*', except: ['note'] }];
    await first.writeEdge(move({ columns: star }));
    expect(edges()[0]?.columnsLineage).toHaveLength(3);
    sandbox.seedTable('pg.shop.public.bare', [], { serviceType: 'Postgres' });
    expect((await first.writeEdge(move({ to: tableAt('pg.shop.public.bare'), columns: star }))).outcome).toBe(
      'created',
    );
    expect(edges()[1]?.columnsLineage ?? []).toEqual([]);
  });

  it('of which the statement or its columns changed is brought up to date, old columns and all', async () => {
    const { first, open, edges } = await start(version);
    await first.writeEdge(move());
    const changed = move({
      sql: 'INSERT INTO report SELECT note FROM orders',
      columns: [{ from: ['note'], to: 'note' }],
    });
    expect((await (await open()).writeEdge(changed)).outcome).toBe('updated');
    expect(edges()[0]).toMatchObject({
      sqlQuery: 'INSERT INTO report SELECT note FROM orders',
      columnsLineage: [{ fromColumns: [`${orders}.note`], toColumn: `${report}.note` }],
    });
    expect((await (await open()).writeEdge(changed)).outcome).toBe('unchanged');
    // A table got a new column: the statement is the same, what `*` means is not.
    const more = move({ sql: 'INSERT INTO report SELECT note FROM orders', columns: [{ from: ['*'], to: '*' }] });
    expect((await (await open()).writeEdge(more)).outcome).toBe('updated');
    expect(edges()[0]?.columnsLineage).toHaveLength(4);
  });

  it('is removed when it is stale; a neighbour, a hand-drawn one and one that only runs show stay', async () => {
    const { first, open, pairs, sent } = await start(version);
    await first.writeEdge(move());
    await first.writeEdge(move({ to: tableAt(stock) }));
    await first.writeEdge(move({ from: tableAt(stock), evidence: 'run' }));
    await first.writeEdge(move({ from: tableAt(report), to: tableAt(stock), pipeline: 'b' }));
    await drawn({ source: 'Manual', description: 'By hand.' }, [report, orders]);
    await drawn(
      { source: 'PipelineLineage', description: 'Mine.', pipeline: await reference('pipeline', 'kestra.a') },
      [stock, orders],
    );
    const asked: string[] = [];
    const isStale = ({ from, to, pipeline }: StoredEdge) => {
      asked.push(`${from.fqn} → ${to.fqn} by ${pipeline}`);
      return to.fqn === report;
    };
    const sink = await open();
    sent();
    expect(await sink.removeEdges('kestra.a', isStale)).toEqual({ removed: 0, failed: 0, findings: [] });
    expect(await sink.removeEdges('kestra.a', isStale, { datasets: true })).toEqual({
      removed: 1,
      failed: 0,
      findings: [],
    });
    expect(asked.every((edge) => edge.endsWith('by kestra.a'))).toBe(true);
    expect(pairs()).toEqual(
      [
        `${orders} → ${stock}`,
        `${stock} → ${report}`,
        `${report} → ${stock}`,
        `${report} → ${orders}`,
        `${stock} → ${orders}`,
      ].sort(),
    );
    expect(sent().map((request) => request.replace(/\?.*$/, ''))).toEqual([
      'GET /lineage/pipeline/name/kestra.a',
      `GET /lineage/table/name/${orders}`,
      expect.stringMatching(/^DELETE \/lineage\/table\//),
    ]);
  });

  it('between a dataset and a pipeline is removed alike, and read with the pipeline', async () => {
    const { first, open, pairs, sent } = await start(version);
    const pipeline = { kind: 'pipeline', name: 'a' } as const;
    const link = (from: Edge['from'], to: Edge['to']) => mapEdge({ from, to, description: 'Query' }, { fqnOf, find });
    await first.writeEdge(link(tableAt(orders), pipeline));
    await first.writeEdge(link(pipeline, tableAt(report)));
    await first.writeEdge(link(tableAt(stock), pipeline));
    await first.writeEdge(move());
    const sink = await open();
    sent();
    const isStale = ({ from, to, pipeline: between }: StoredEdge) =>
      between === undefined && from.fqn !== stock && [from, to].some(({ type }) => type === 'table');
    expect((await sink.removeEdges('kestra.a', isStale, { datasets: true })).removed).toBe(2);
    expect(pairs()).toEqual([`${orders} → ${report}`, `${stock} → kestra.a`]);
    expect(sent().filter((request) => request.startsWith('GET'))).toHaveLength(1);
  });
});

describe('an edge between tables', () => {
  it('by way of another pipeline is not judged with those of this one', async () => {
    const { first, open, pairs } = await start();
    await first.writeEdge(move());
    await first.writeEdge(move({ to: tableAt(stock), pipeline: 'b' }));
    expect((await (await open()).removeEdges('kestra.a', () => true, { datasets: true })).removed).toBe(1);
    expect(pairs()).toEqual([`${orders} → ${stock}`]);
  });

  it('that is not stale costs no request beyond the one for its pipeline', async () => {
    const { first, open, sent } = await start();
    await first.writeEdge(move());
    await first.writeEdge(move({ from: tableAt(stock), description: 'SQL of other' }));
    const sink = await open();
    sent();
    expect((await sink.removeEdges('kestra.a', () => false, { datasets: true })).removed).toBe(0);
    expect(sent()).toHaveLength(1);
  });

  it('that a person or another tool drew stays, with its columns', async () => {
    const { open, edges } = await start();
    const details = { source: 'QueryLineage', sqlQuery: 'select 1', columnsLineage: [] };
    await drawn(details);
    expect(await (await open()).writeEdge(move())).toMatchObject({ outcome: 'kept', findings: [{}] });
    expect(edges()[0]).toMatchObject({ source: 'QueryLineage', sqlQuery: 'select 1' });
  });

  it('of the earlier connector keeps the columns that it found out, and gets ours', async () => {
    const { open, edges } = await start();
    const found = [{ fromColumns: [`${orders}.note`], toColumn: `${report}.note` }];
    await drawn({ source: 'PipelineLineage', columnsLineage: found });
    expect((await (await open()).writeEdge(move())).outcome).toBe('updated');
    expect(edges()[0]?.columnsLineage).toHaveLength(3);
    expect((await (await open()).writeEdge(move())).outcome).toBe('unchanged');
  });

  it('that two pipelines fill names the first of them, and goes on naming the one that is there', async () => {
    const { first, open, edges } = await start();
    const both = (pipeline: string, other: string) =>
      move({ pipeline, description: 'a: SQL; b: SQL' }, { otherPipelines: [other] });
    expect((await first.writeEdge(both('b', 'c'))).outcome).toBe('created');
    expect((await (await open()).writeEdge(both('a', 'b'))).outcome).toBe('unchanged');
    expect(edges()[0]?.pipeline).toBe('kestra.b');
    expect((await (await open()).writeEdge(both('a', 'c'))).outcome).toBe('kept');
    const mayReplace = (pipeline: string) => pipeline === 'kestra.b';
    expect((await (await open()).writeEdge(both('a', 'c'), { mayReplace })).outcome).toBe('updated');
    expect(edges()[0]?.pipeline).toBe('kestra.a');
  });

  it('whose columns are refused all the same is written without them, and that is said', async () => {
    const { first, edges, sandbox } = await start();
    const body = { code: 400, message: 'Invalid fully qualified column name' };
    sandbox.setFaults([{ method: 'PUT', path: /lineage$/, times: 1, effect: { kind: 'status', status: 400, body } }]);
    expect(await first.writeEdge(move())).toEqual({
      outcome: 'created',
      findings: [{ ref: `${orders} → ${report}`, message: expect.stringContaining('without them') }],
    });
    expect(edges()[0]).toMatchObject({ sqlQuery: sql, columnsLineage: [] });
  });

  it('through a pipeline that a person deleted is left alone', async () => {
    const { open, request, sandbox } = await start();
    await request('DELETE', `/pipelines/${await idOf('/pipelines/name/kestra.b')}`, { as: 'admin' });
    expect(await (await open()).writeEdge(move({ pipeline: 'b' }))).toEqual({ outcome: 'kept', findings: [] });
    expect((await (await open()).writeEdge(move({}, { otherPipelines: ['b'] }))).outcome).toBe('created');
    expect(sandbox.catalog.edges()).toHaveLength(1);
  });

  it('that can not be removed is a failure with a reason', async () => {
    const { first, open, sandbox } = await start();
    await first.writeEdge(move());
    const body = { code: 403, message: 'not allowed' };
    sandbox.setFaults([{ method: 'DELETE', times: 1, effect: { kind: 'status', status: 403, body } }]);
    const remove = async () => (await open()).removeEdges('kestra.a', () => true, { datasets: true });
    expect(await remove()).toMatchObject({ removed: 0, failed: 1, findings: [{ ref: `${orders} → ${report}` }] });
    expect(await remove()).toMatchObject({ removed: 1, failed: 0 });
  });
});
