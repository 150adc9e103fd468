import { type MapEdgeOptions, mapEdge } from '@flowmeta/om-mapper';
import { afterEach, describe, expect, it } from 'vitest';
import { type Harness, startHarness } from './sink-harness.js';

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

const fqnOf = (name: string): string => `kestra.${name}`;
const find: MapEdgeOptions['find'] = (reference) =>
  reference.kind === 'entity' ? { type: reference.type ?? 'table', fqn: reference.fqn } : undefined;
const pipelineEdge = (from: string, to: string, description = 'Flow trigger') =>
  mapEdge({ from: { kind: 'pipeline', name: from }, to: { kind: 'pipeline', name: to }, description }, { fqnOf });
const orders = 'pg.shop.public.orders';
const report = 'pg.shop.public."report.daily"';
const tableEdge = (pipeline: string) =>
  mapEdge(
    {
      from: { kind: 'entity', type: 'table', fqn: orders },
      to: { kind: 'entity', type: 'table', fqn: report },
      pipeline,
      description: 'SQL of load',
    },
    { fqnOf, find },
  );

async function start(version: string) {
  harness = await startHarness({ version });
  const { open, draft, sandbox } = harness;
  const sink = await open();
  for (const name of ['a', 'b', 'c']) await sink.writePipeline(draft({ name, labels: [] }));
  for (const fullyQualifiedName of [orders, report]) {
    sandbox.seed('table', { fullyQualifiedName, columns: [{ name: 'id', dataType: 'INT' }] });
  }
  return { ...harness, first: sink };
}
const current = (): Harness => {
  if (harness === undefined) throw new Error('start() first');
  return harness;
};
const idOf = async (path: string): Promise<string> =>
  ((await current().request('GET', path)).body as { id: string }).id;
const draw = async (from: string, to: string, lineageDetails?: object) => {
  const edge = {
    fromEntity: { id: await idOf(`/pipelines/name/kestra.${from}`), type: 'pipeline' },
    toEntity: { id: await idOf(`/pipelines/name/kestra.${to}`), type: 'pipeline' },
    ...(lineageDetails === undefined ? {} : { lineageDetails }),
  };
  expect((await current().request('PUT', '/lineage', { body: { edge }, as: 'admin' })).status).toBe(200);
};

describe.each(['1.2', '1.6', '2.0'])('lineage in OpenMetadata %s', (version) => {
  it('between pipelines and between tables is drawn once; a second pass only reads', async () => {
    const { open, first, sandbox, sent } = await start(version);
    const edges = [pipelineEdge('a', 'b'), pipelineEdge('a', 'c'), pipelineEdge('a', 'a'), tableEdge('a')];
    for (const edge of edges) expect(await first.writeEdge(edge)).toEqual({ outcome: 'created', findings: [] });
    expect(sandbox.catalog.edges()).toContainEqual({
      from: { type: 'pipeline', fqn: 'kestra.a' },
      to: { type: 'pipeline', fqn: 'kestra.b' },
      details: expect.objectContaining({ source: 'PipelineLineage', description: 'Flow trigger · Flowmeta' }),
    });
    const changes = sandbox.catalog.changes();
    const second = await open();
    sent();
    for (const edge of edges) expect(await second.writeEdge(edge)).toEqual({ outcome: 'unchanged', findings: [] });
    // One read per start of an edge, and one per table for its id.
    expect(sent()).toHaveLength(4);
    expect(sandbox.catalog.changes()).toBe(changes);
  });

  it('is updated when the description changed at the source', async () => {
    const { open, first, sandbox } = await start(version);
    await first.writeEdge(pipelineEdge('a', 'b'));
    expect((await (await open()).writeEdge(pipelineEdge('a', 'b', 'Subflow'))).outcome).toBe('updated');
    expect(sandbox.catalog.edges()).toHaveLength(1);
    expect(sandbox.catalog.edges()[0]?.details.description).toBe('Subflow · Flowmeta');
  });

  it('that a person drew stays as it is, unless told otherwise', async () => {
    const { open, sandbox } = await start(version);
    await draw('a', 'b');
    await draw('a', 'c', { source: 'Manual', description: 'By hand.' });
    const before = sandbox.catalog.edges();
    const sink = await open();
    for (const to of ['b', 'c']) {
      expect(await sink.writeEdge(pipelineEdge('a', to))).toMatchObject({
        outcome: 'kept',
        findings: [{ message: expect.stringContaining('Somebody else drew') }],
      });
    }
    expect(sandbox.catalog.edges()).toEqual(before);
    expect((await (await open({ overrideMetadata: true })).writeEdge(pipelineEdge('a', 'b'))).outcome).toBe('updated');
  });

  it('that the earlier connector wrote is taken over', async () => {
    const { open, sandbox } = await start(version);
    await draw('a', 'b', { source: 'PipelineLineage' });
    expect((await (await open()).writeEdge(pipelineEdge('a', 'b'))).outcome).toBe('updated');
    expect(sandbox.catalog.edges()[0]?.details.description).toBe('Flow trigger · Flowmeta');
  });

  it('whose text a person changed is theirs from then on', async () => {
    const { open, first, sandbox } = await start(version);
    await first.writeEdge(pipelineEdge('a', 'b'));
    await draw('a', 'b', { source: 'PipelineLineage', description: 'Ask Ana before you change this.' });
    const before = sandbox.catalog.edges();
    const sink = await open();
    expect((await sink.writeEdge(pipelineEdge('a', 'b'))).outcome).toBe('kept');
    expect(await sink.removeEdges('kestra.a', () => true)).toEqual({ removed: 0, failed: 0, findings: [] });
    expect(sandbox.catalog.edges()).toEqual(before);
  });

  it('that another tool drew with our words is not ours', async () => {
    const { open, sandbox } = await start(version);
    await draw('a', 'b', { source: 'Manual', description: 'Flow trigger · Flowmeta' });
    expect(await (await open()).removeEdges('kestra.a', () => true)).toEqual({ removed: 0, failed: 0, findings: [] });
    expect(sandbox.catalog.edges()).toHaveLength(1);
  });

  it('of a neighbour, which a walk through a cycle shows too, is not taken for one of the pipeline', async () => {
    const { open, first, sandbox } = await start(version);
    const intoPipeline = (table: string, pipeline: string) =>
      mapEdge(
        {
          from: { kind: 'entity', type: 'table', fqn: table },
          to: { kind: 'pipeline', name: pipeline },
          description: 'Reads',
        },
        { fqnOf, find },
      );
    for (const edge of [pipelineEdge('b', 'c'), intoPipeline(report, 'b'), intoPipeline(orders, 'a')]) {
      expect((await first.writeEdge(edge)).outcome).toBe('created');
    }
    const b = (await current().request('GET', '/lineage/pipeline/name/kestra.b?upstreamDepth=1&downstreamDepth=1'))
      .body as Record<'nodes' | 'upstreamEdges' | 'downstreamEdges', unknown[]>;
    const rewrite = (answer: { status: number; json?: unknown }) => {
      const a = answer.json as typeof b;
      const both = (key: keyof typeof b) => [...(a[key] ?? []), ...b[key]];
      const json = {
        nodes: both('nodes'),
        upstreamEdges: both('upstreamEdges'),
        downstreamEdges: both('downstreamEdges'),
      };
      return { ...answer, json: { ...a, ...json } };
    };
    const sink = await open();
    sandbox.setFaults([{ method: 'GET', path: /pipeline\/name\/kestra\.a/, effect: { kind: 'rewrite', rewrite } }]);
    expect((await sink.removeEdges('kestra.a', () => true, { datasets: true })).removed).toBe(1);
    const left = sandbox.catalog.edges().map(({ from, to }) => `${from.fqn} → ${to.fqn}`);
    expect(left.sort()).toEqual(['kestra.b → kestra.c', `${report} → kestra.b`]);
  });

  it('is removed when it is stale and ours; those of others are not', async () => {
    const { open, first, sandbox, sent } = await start(version);
    for (const edge of [pipelineEdge('a', 'b'), pipelineEdge('a', 'c'), tableEdge('a'), pipelineEdge('b', 'a')]) {
      await first.writeEdge(edge);
    }
    await draw('c', 'a');
    await draw('c', 'b', { source: 'Manual', description: 'By hand.' });
    const asked: string[] = [];
    const isStale = ({ to }: { to: { fqn: string } }) => {
      asked.push(to.fqn);
      return to.fqn === 'kestra.b';
    };
    const sink = await open();
    sent();
    expect(await sink.removeEdges('kestra.a', isStale)).toEqual({ removed: 1, failed: 0, findings: [] });
    expect(await sink.removeEdges('kestra.c', () => true)).toEqual({ removed: 0, failed: 0, findings: [] });
    expect(asked.sort()).toEqual(['kestra.b', 'kestra.c']);
    expect(sent().map((request) => request.split(' ')[0])).toEqual(['GET', 'DELETE', 'GET']);
    expect(
      sandbox.catalog
        .edges()
        .map(({ from, to }) => `${from.fqn} → ${to.fqn}`)
        .sort(),
    ).toEqual([
      'kestra.a → kestra.c',
      'kestra.b → kestra.a',
      'kestra.c → kestra.a',
      'kestra.c → kestra.b',
      `${orders} → ${report}`,
    ]);
    // Read once for both: what was written is known.
    expect((await sink.writeEdge(pipelineEdge('a', 'c'))).outcome).toBe('unchanged');
    expect(sent()).toEqual([]);
    expect((await sink.writeEdge(pipelineEdge('a', 'b'))).outcome).toBe('created');
  });

  it('that names another pipeline is not overwritten, however often both are written', async () => {
    const { open, first, sandbox } = await start(version);
    expect((await first.writeEdge(tableEdge('a'))).outcome).toBe('created');
    for (const sink of [first, await open()]) {
      expect(await sink.writeEdge(tableEdge('b'))).toMatchObject({ outcome: 'kept', findings: [{}] });
      expect((await sink.writeEdge(tableEdge('a'))).outcome).toBe('unchanged');
    }
    expect(sandbox.catalog.edges()).toHaveLength(1);
  });

  it('to something that the catalog does not have is a failure with a reason', async () => {
    const { first } = await start(version);
    expect(await first.writeEdge(pipelineEdge('a', 'nowhere'))).toEqual({
      outcome: 'failed',
      findings: [
        expect.objectContaining({
          ref: 'kestra.a → kestra.nowhere',
          message: 'OpenMetadata has no pipeline kestra.nowhere',
        }),
      ],
    });
  });
});

describe('lineage', () => {
  it('keeps the columns that another tool found out for the same pipeline', async () => {
    const { open, request, sandbox } = await start('1.6');
    const lineageDetails = {
      source: 'PipelineLineage',
      sqlQuery: 'insert into report select id from orders',
      columnsLineage: [{ fromColumns: [`${orders}.id`], toColumn: `${report}.id` }],
    };
    const fromEntity = { id: await idOf(`/tables/name/${orders}`), type: 'table' };
    const toEntity = { id: await idOf(`/tables/name/${encodeURIComponent(report)}`), type: 'table' };
    await request('PUT', '/lineage', { body: { edge: { fromEntity, toEntity, lineageDetails } } });
    expect((await (await open()).writeEdge(tableEdge('a'))).outcome).toBe('updated');
    expect(sandbox.catalog.edges()[0]?.details).toMatchObject({
      sqlQuery: lineageDetails.sqlQuery,
      columnsLineage: [expect.objectContaining({ toColumn: `${report}.id` })],
      description: 'SQL of load · Flowmeta',
    });
    expect((await (await open()).writeEdge(tableEdge('a'))).outcome).toBe('unchanged');
  });

  it('is neither written nor removed where the answer does not say whose lineage it is', async () => {
    const { first, sandbox } = await start('1.6');
    await first.writeEdge(pipelineEdge('a', 'b'));
    const sink = await current().open();
    const before = sandbox.catalog.changes();
    sandbox.setFaults([{ method: 'GET', path: /lineage/, effect: { kind: 'status', status: 200, body: {} } }]);
    const wrong = { message: expect.stringContaining('is not what OpenMetadata sends: entity') };
    expect(await sink.writeEdge(pipelineEdge('a', 'b', 'Subflow'))).toMatchObject({
      outcome: 'failed',
      findings: [wrong],
    });
    const [{ fqn } = { fqn: '' }] = [...sink.earlierPipelines()];
    expect(await sink.removeEdges(fqn, () => true)).toMatchObject({ removed: 0, failed: 1, findings: [wrong] });
    expect(sandbox.catalog.changes()).toBe(before);
  });

  it('counts as written when only the search engine failed', async () => {
    const { first, sandbox } = await start('1.6');
    const edge = pipelineEdge('a', 'b');
    // Stored by the first try, whose answer is then said to be a 500.
    await first.writeEdge(edge);
    const sink = await current().open({ overrideMetadata: true });
    const refused = {
      responseMessage: 'An exception with message [Connection refused] was thrown while processing request.',
    };
    sandbox.setFaults([{ method: 'PUT', path: /lineage$/, effect: { kind: 'status', status: 500, body: refused } }]);
    expect((await sink.writeEdge(pipelineEdge('a', 'b', 'Subflow'))).outcome).toBe('failed');
    sandbox.setFaults([
      {
        method: 'GET',
        path: /lineage/,
        times: 1,
        effect: { kind: 'status', status: 200, body: { entity: { id: 'a' }, downstreamEdges: [] } },
      },
      { method: 'PUT', path: /lineage$/, effect: { kind: 'status', status: 500, body: refused } },
    ]);
    expect(await (await current().open()).writeEdge(edge)).toEqual({ outcome: 'created', findings: [] });
  });

  it('from a pipeline to a table is drawn although the pipeline also moves data into that table', async () => {
    const { first, open, sandbox } = await start('1.6');
    await first.writeEdge(tableEdge('a'));
    const edge = mapEdge(
      { from: { kind: 'pipeline', name: 'a' }, to: { kind: 'entity', fqn: report }, description: 'Writes' },
      { fqnOf, find },
    );
    expect((await (await open()).writeEdge(edge)).outcome).toBe('created');
    expect(sandbox.catalog.edges()).toHaveLength(2);
    expect((await (await open()).writeEdge(edge)).outcome).toBe('unchanged');
  });

  it('is looked for only between pipelines of the service that Flowmeta wrote in an earlier run', async () => {
    const { first, open, request, draft, sent } = await start('1.6');
    expect([...first.earlierPipelines()]).toEqual([]);
    await first.writeEdge(pipelineEdge('a', 'b'));
    sent();
    expect((await first.removeEdges('kestra.a', () => true)).removed).toBe(0);
    expect(sent()).toEqual([]);

    await request('PUT', '/pipelines', { body: { name: 'foreign', service: 'kestra' } });
    await request('DELETE', `/pipelines/${await idOf('/pipelines/name/kestra.b')}`, { as: 'admin' });
    const sink = await open();
    await sink.writePipeline(draft({ name: 'new', labels: [] }));
    expect([...sink.earlierPipelines()]).toEqual([
      { fqn: 'kestra.a', namespace: 'company.team' },
      { fqn: 'kestra.c', namespace: 'company.team' },
    ]);
    // Its end was deleted by a person: the edge comes back with it.
    expect((await sink.removeEdges('kestra.a', () => true)).removed).toBe(0);
  });

  it('that can not be removed is a failure with a reason, and is tried again by the next run', async () => {
    const { first, open, sandbox } = await start('1.6');
    await first.writeEdge(pipelineEdge('a', 'b'));
    sandbox.setFaults([
      {
        method: 'DELETE',
        times: 1,
        effect: { kind: 'status', status: 403, body: { code: 403, message: 'not allowed' } },
      },
    ]);
    expect(await (await open()).removeEdges('kestra.a', () => true)).toMatchObject({
      removed: 0,
      failed: 1,
      findings: [{ ref: 'kestra.a → kestra.b', message: expect.stringContaining('not allowed') }],
    });
    expect((await (await open()).removeEdges('kestra.a', () => true)).removed).toBe(1);
    expect(sandbox.catalog.edges()).toEqual([]);
  });

  it('ends the run when the token is refused while one is removed', async () => {
    const { first, open, sandbox } = await start('1.6');
    await first.writeEdge(pipelineEdge('a', 'b'));
    const sink = await open();
    const body = { code: 401, message: 'Not Authorized! Invalid Token' };
    sandbox.setFaults([{ method: 'DELETE', effect: { kind: 'status', status: 401, body } }]);
    await expect(sink.removeEdges('kestra.a', () => true)).rejects.toMatchObject({ verdict: 'fatal' });
  });

  it('may come from a pipeline of another service, which is found by its name', async () => {
    const { first, draft, open, sent } = await start('1.6');
    const other = await open({ service: 'other' });
    const upstream = draft({ name: 'team.x', labels: [] });
    await other.writePipeline({ ...upstream, body: { ...upstream.body, service: 'other' } });
    sent();
    expect(await first.findPipeline('team.x', ['none', 'other'])).toBe('other."team.x"');
    expect(await first.findPipeline('team.y', ['none', 'other'])).toBeUndefined();
    expect(await first.findPipeline('team.x', ['none', 'other'])).toBe('other."team.x"');
    expect(sent()).toHaveLength(4);
    const edge = mapEdge(
      { from: { kind: 'pipeline', name: 'x' }, to: { kind: 'pipeline', name: 'a' }, description: 'Flow trigger' },
      { fqnOf: (name) => (name === 'x' ? 'other."team.x"' : 'kestra.a') },
    );
    expect((await first.writeEdge(edge)).outcome).toBe('created');
    expect((await (await open()).writeEdge(edge)).outcome).toBe('unchanged');
    // It starts in another service: whoever fills that may still want it.
    expect((await (await open({ service: 'other' })).removeEdges('other."team.x"', () => true)).removed).toBe(0);
  });

  it('of a pipeline that was deleted in OpenMetadata is left alone', async () => {
    const { open, request, sent } = await start('1.6');
    await request('DELETE', `/pipelines/${await idOf('/pipelines/name/kestra.b')}`, { as: 'admin' });
    const sink = await open();
    sent();
    expect(await sink.writeEdge(pipelineEdge('a', 'b'))).toEqual({ outcome: 'kept', findings: [] });
    expect(sent()).toEqual([]);
  });
});
