import type { Dataset, EntityReference, LineageEdge, RunReport, SourceEvent } from '@flowmeta/connector';
import { createDryRunClient, createOmClient, createOpenMetadataSink } from '@flowmeta/om-sink';
import { type OpenMetadataSandbox, startOpenMetadataSandbox } from '@flowmeta/sandbox';
import { afterEach, describe, expect, it } from 'vitest';
import { type IngestionOptions, ingest } from '../src/index.js';
import { fakeConnector, optionsFor, pipelineEvent } from './fakes.js';

let sandbox: OpenMetadataSandbox | undefined;
afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
});

const tableOf = (name: string, more: Partial<Dataset> = {}): EntityReference => ({
  kind: 'dataset',
  dataset: {
    kind: 'table',
    platform: 'postgres',
    connections: ['db:5432'],
    database: 'shop',
    schema: 'public',
    name,
    ...more,
  } as Dataset,
});
const flow = (name: string): EntityReference => ({ kind: 'pipeline', name });
const moved = (from: EntityReference, to: EntityReference, change: Partial<LineageEdge> = {}): SourceEvent => ({
  kind: 'lineage',
  edge: { from, to, pipeline: 'a.load', description: 'Kestra task load: SQL', ...change },
});
const sql = 'INSERT INTO report SELECT id, amount FROM orders';
const columns = [{ from: ['*'], to: '*' }];
const pipeline = (name: string) => pipelineEvent(name, { namespace: name.split('.')[0]! });
const told = (...events: SourceEvent[]): SourceEvent[] => [
  pipeline('a.load'),
  pipeline('a.copy'),
  { kind: 'listed', scope: {} },
  ...events,
  { kind: 'linked', scope: {} },
];

async function start(version = '1.6') {
  sandbox = await startOpenMetadataSandbox({ version });
  const catalog = sandbox;
  for (const name of ['orders', 'report', 'stock']) {
    catalog.seedTable(`pg.shop.public.${name}`, ['id', 'amount'], { serviceType: 'Postgres' });
  }
  const run = async (
    events: SourceEvent[],
    { isDry = false, ...more }: Partial<IngestionOptions> & { isDry?: boolean } = {},
  ): Promise<RunReport> => {
    const server = createOmClient({ hostPort: catalog.url, jwtToken: catalog.token });
    const sink = createOpenMetadataSink(isDry ? createDryRunClient(server) : server, { service: 'kestra' });
    const report = await ingest(optionsFor(fakeConnector(events), sink, more));
    await sink.close();
    return report;
  };
  const short = (fqn: string) => fqn.replace('pg.shop.public.', '').replace('kestra.', '').replaceAll('"', '');
  const edges = () =>
    catalog.catalog
      .edges()
      .map(({ from, to, details }) => {
        const mover = (details.pipeline as { fullyQualifiedName?: string } | undefined)?.fullyQualifiedName;
        return `${short(from.fqn)} → ${short(to.fqn)}${mover === undefined ? '' : ` by ${short(mover)}`}`;
      })
      .sort();
  const detailsOf = (end: string) => catalog.catalog.edges().find(({ to }) => short(to.fqn) === end)?.details ?? {};
  return { catalog, run, edges, detailsOf };
}

describe.each(['1.2', '1.6', '2.0'])('lineage of datasets in OpenMetadata %s', (version) => {
  it('is written with pipeline, statement and columns; a second run writes nothing', async () => {
    const { run, catalog, edges, detailsOf } = await start(version);
    const events = told(moved(tableOf('orders'), tableOf('report'), { sql, columns }));
    const first = await run(events);
    expect(first).toMatchObject({ outcome: 'done', totals: { edges: { read: 1, created: 1, removed: 0 } } });
    expect(edges()).toEqual(['orders → report by a.load']);
    expect(detailsOf('report')).toMatchObject({ sqlQuery: sql, description: 'Kestra task load: SQL · Flowmeta' });
    expect(detailsOf('report').columnsLineage).toHaveLength(2);
    const changes = catalog.catalog.changes();
    expect((await run(events)).totals.edges).toMatchObject({ unchanged: 1, removed: 0 });
    expect(catalog.catalog.changes()).toBe(changes);
  });

  it('that the source no longer has goes, and nothing else', async () => {
    const { run, edges, catalog } = await start(version);
    const kept = [
      moved(tableOf('orders'), tableOf('report')),
      moved(tableOf('stock'), flow('a.copy'), { pipeline: 'a.copy' }),
    ];
    const byRun = moved(tableOf('report'), tableOf('orders'), { evidence: 'run' });
    await run(
      told(...kept, byRun, moved(tableOf('orders'), tableOf('stock')), moved(flow('a.load'), tableOf('stock'))),
    );
    expect(edges()).toHaveLength(5);
    const report = await run(told(...kept));
    expect(report.totals.edges).toMatchObject({ unchanged: 2, removed: 2 });
    expect(edges()).toEqual(['orders → report by a.load', 'report → orders by a.load', 'stock → a.copy']);
    const changes = catalog.catalog.changes();
    expect((await run(told(...kept))).totals.edges.removed).toBe(0);
    expect(catalog.catalog.changes()).toBe(changes);
  });

  it('stays unless the connector said that it has told all, of that pipeline too', async () => {
    const { run, edges } = await start(version);
    const events = told(moved(tableOf('orders'), tableOf('report')));
    await run(events);
    const nothing = told();
    await run(nothing.slice(0, -1));
    await run([
      ...nothing.slice(0, -1),
      { kind: 'linked', scope: {}, except: { from: [], into: [], datasets: ['a.load'] } },
    ]);
    await run([{ kind: 'filtered', item: 'pipeline', ref: 'a.load', reason: 'x' }, ...nothing.slice(1)]);
    await run([{ kind: 'skipped', ref: 'a.load', error: new Error('no') }, ...nothing.slice(1)]);
    await run([...nothing.slice(0, -1), { kind: 'linked', scope: { namespaces: ['b'] } }]);
    await run(nothing, { includeLineage: false });
    expect(edges()).toHaveLength(1);
    await run(nothing);
    expect(edges()).toEqual([]);
  });
});

describe('two pipelines that move the same data', () => {
  it('share an edge that names both, in whichever order they come', async () => {
    const { run, detailsOf, edges, catalog } = await start();
    const one = moved(tableOf('orders'), tableOf('report'), { description: 'SQL', sql });
    const other = moved(tableOf('orders'), tableOf('report'), { pipeline: 'a.copy', description: 'Copy' });
    expect((await run(told(one, other))).totals.edges).toMatchObject({ read: 1, created: 1 });
    expect(edges()).toEqual(['orders → report by a.copy']);
    expect(detailsOf('report')).toMatchObject({ description: 'a.copy: Copy; a.load: SQL · Flowmeta', sqlQuery: sql });
    const changes = catalog.catalog.changes();
    const again = await run(told(other, one));
    expect(catalog.catalog.changes()).toBe(changes);
    expect(again.lineage?.edges.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged']);
  });

  it('are one after the other where the first no longer does: it is taken over, not lost', async () => {
    const { run, edges } = await start();
    await run(told(moved(tableOf('orders'), tableOf('report'), { pipeline: 'a.copy' })));
    expect((await run(told(moved(tableOf('orders'), tableOf('report'))))).totals.edges).toMatchObject({ updated: 1 });
    expect(edges()).toEqual(['orders → report by a.load']);
  });

  it('keep the one that is there where only the other was read', async () => {
    const { run, edges } = await start();
    await run(told(moved(tableOf('orders'), tableOf('report'), { pipeline: 'a.copy' })));
    const events = told(moved(tableOf('orders'), tableOf('report'))).filter(
      (event) => event.kind !== 'pipeline' || event.pipeline.name !== 'a.copy',
    );
    expect((await run(events)).totals.edges).toMatchObject({ filtered: 1, removed: 0 });
    expect(edges()).toEqual(['orders → report by a.copy']);
  });
});

describe('a dataset that the catalog does not have', () => {
  it('is a gap that says what to do; the other end shows the pipeline', async () => {
    const { run, edges } = await start();
    const report = await run(
      told(
        moved(tableOf('orders'), tableOf('nowhere'), { sql, columns }),
        moved(tableOf('missing'), tableOf('stock')),
        moved(tableOf('missing'), tableOf('nowhere')),
      ),
    );
    expect(report).toMatchObject({ outcome: 'done', failed: [], skipped: [], warnings: [] });
    expect(report.totals.edges).toMatchObject({ read: 5, created: 2, filtered: 3 });
    expect(edges()).toEqual(['a.load → stock', 'orders → a.load']);
    expect(report.lineage?.gaps).toEqual([
      {
        pipeline: 'a.load',
        reason: 'missing',
        message: 'OpenMetadata has no table shop.public.nowhere of db:5432',
        hint: expect.stringContaining('lineageInformation.dbServiceNames'),
      },
      expect.objectContaining({ message: 'OpenMetadata has no table shop.public.missing of db:5432' }),
    ]);
    expect(report.lineage?.edges.map(({ outcome }) => outcome)).toEqual(['filtered', 'filtered', 'filtered']);
  });

  it('gets no help edge where the pipeline shows anyway, and loses it once it is there', async () => {
    const { run, edges, catalog } = await start();
    const events = told(moved(tableOf('orders'), tableOf('nowhere')));
    await run(events);
    expect(edges()).toEqual(['orders → a.load']);
    catalog.seedTable('pg.shop.public.nowhere', ['id'], { serviceType: 'Postgres' });
    expect((await run(events)).totals.edges).toMatchObject({ created: 1, removed: 1 });
    expect(edges()).toEqual(['orders → nowhere by a.load']);
    await run(told(moved(tableOf('orders'), tableOf('nowhere')), moved(tableOf('orders'), tableOf('missing'))));
    expect(edges()).toEqual(['orders → nowhere by a.load']);
  });

  it('of which the service is not known says so, with the words that a mapping needs', async () => {
    const { run } = await start();
    const missing = tableOf('orders', { platform: 'snowflake', connections: ["{{ secret('SNOW') }}"] });
    const report = await run(told(moved(missing, tableOf('report'))));
    expect(report.lineage?.gaps[0]?.hint).toContain("map {{ secret('SNOW') }} to a service");
    const mapping = { "{{secret('SNOW')}}": 'pg.shop.public' };
    expect(
      (await run(told(moved(missing, tableOf('report'))), { datasetServices: { mapping } })).lineage?.gaps,
    ).toEqual([]);
  });
});

describe('a dataset that may be several entities', () => {
  it('is a gap with candidates, is never guessed, and takes no edge away that may be its own', async () => {
    const { run, edges, catalog } = await start();
    const events = told(moved(tableOf('orders'), tableOf('report')));
    await run(events);
    catalog.seedTable('pg2.shop.public.report', ['id'], { serviceType: 'Postgres' });
    const report = await run(events);
    expect(report.lineage?.gaps).toMatchObject([
      { reason: 'ambiguous', candidates: ['pg.shop.public.report', 'pg2.shop.public.report'] },
    ]);
    expect(edges()).toContain('orders → report by a.load');
    expect(report.totals.edges.removed).toBe(0);
    expect((await run(events, { datasetServices: { database: ['pg'] } })).lineage?.gaps).toEqual([]);
    expect(edges()).toEqual(['orders → report by a.load']);
  });
});

describe('a catalog that can not be asked for a dataset', () => {
  it('is a failure of that edge, and takes nothing away', async () => {
    const { run, edges, catalog } = await start();
    await run(told(moved(tableOf('orders'), tableOf('report'))));
    const body = { code: 403, message: 'not allowed' };
    catalog.setFaults([
      { method: 'GET', path: /name\/pg.shop.public.report/, effect: { kind: 'status', status: 403, body } },
    ]);
    const report = await run(told(moved(tableOf('orders'), tableOf('report'))));
    expect(report).toMatchObject({ outcome: 'partial', totals: { edges: { failed: 1, removed: 0 } } });
    expect(report.failed[0]?.message).toContain('not allowed');
    expect(edges()).toEqual(['orders → report by a.load']);
  });
});

describe('a list of services that is empty although there are tables', () => {
  it('is a failure of the edges, draws none in their place and takes nothing away', async () => {
    const { run, edges, catalog } = await start();
    const entity: EntityReference = { kind: 'entity', fqn: 'pg.shop.public.orders', type: 'table' };
    const events = told(moved(entity, tableOf('report')));
    await run(events);
    const body = { data: [], paging: { total: 0 } };
    catalog.setFaults([{ method: 'GET', path: /databaseServices/, effect: { kind: 'status', status: 200, body } }]);
    const report = await run(events);
    expect(report).toMatchObject({ outcome: 'partial', totals: { edges: { failed: 1, created: 0, removed: 0 } } });
    expect(report.failed[0]?.message).toContain('listed no database service, yet it has pg.shop');
    expect(edges()).toEqual(['orders → report by a.load']);
  });
});

describe('lineage', () => {
  it('of no dataset asks for none', async () => {
    const { run, catalog } = await start();
    const link: SourceEvent = { kind: 'lineage', edge: { from: flow('a.load'), to: flow('a.copy'), description: 'x' } };
    await run(told(link));
    const before = catalog.requests.length;
    await run(told(link));
    const paths = catalog.requests.slice(before).map(({ path }) => path);
    expect(
      paths.filter((path) => /tables|Services|databases|containers/.test(path) && !path.includes('pipelineServices')),
    ).toEqual([]);
    expect(paths.filter((path) => path.includes('/lineage/'))).toHaveLength(2);
  });

  it('of a dry run is what a run would write, and nothing is', async () => {
    const { run, catalog, edges } = await start();
    const events = told(moved(tableOf('orders'), tableOf('report'), { sql, columns }));
    const report = await run(events, { isDry: true, dryRun: true });
    expect(report.totals.edges.created).toBe(1);
    expect(report.lineage?.edges).toMatchObject([{ outcome: 'created' }]);
    expect(catalog.catalog.changes()).toBe(0);
    await run(events);
    const changes = catalog.catalog.changes();
    expect((await run(told(), { isDry: true })).totals.edges.removed).toBe(1);
    expect(catalog.catalog.changes()).toBe(changes);
    expect(edges()).toHaveLength(1);
  });

  it('is in the report with names of the catalog, folders and gaps; absent when it is not wanted', async () => {
    const { run } = await start();
    const gap = { pipeline: 'a.load', task: 'load', reason: 'template', message: 'a name is a template' } as const;
    const events = told(moved(tableOf('orders'), flow('a.load')), { kind: 'unresolved', gap });
    const { lineage } = await run(events);
    expect(lineage).toMatchObject({
      nodes: [
        { label: 'shop.public.orders', fqn: 'pg.shop.public.orders' },
        { label: 'a.load', fqn: 'kestra."a.load"', group: 'a' },
      ],
      edges: [{ outcome: 'created' }],
      gaps: [gap],
    });
    expect(await run(events, { includeLineage: false })).not.toHaveProperty('lineage');
  });

  it('of a dataset to itself is dropped, spelled alike or not', async () => {
    const { run, edges } = await start();
    const report = await run(
      told(moved(tableOf('orders'), tableOf('ORDERS')), moved(tableOf('orders'), tableOf('orders'))),
    );
    expect(report.totals.edges).toMatchObject({ created: 0, filtered: 2 });
    expect(edges()).toEqual([]);
  });

  it('names what it finds as OpenMetadata does, or as a gap', async () => {
    const { run, edges } = await start();
    const named = (fqn: string): EntityReference => ({ kind: 'entity', fqn });
    const report = await run(
      told(moved(named('pg.shop.public.orders'), named('pg.shop.public.report')), moved(named('a.b'), named('c'))),
    );
    expect(edges()).toEqual(['orders → report by a.load']);
    expect(report.lineage?.gaps.map(({ message }) => message)).toEqual([
      'OpenMetadata has no entity a.b',
      'OpenMetadata has no entity c',
    ]);
  });
});
