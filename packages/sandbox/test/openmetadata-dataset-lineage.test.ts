import { describe, expect, it } from 'vitest';
import { type Json, startWith } from './openmetadata/start-with.js';

/** Two tables, a topic without and one with a schema, a file; and a way to draw between them. */
async function startWithDatasets(version: string) {
  const { sandbox, put, ask } = await startWith(version);
  const ids = {
    orders: sandbox.seedTable('pg.shop.public.orders', ['id', 'amount']),
    report: sandbox.seedTable('pg.shop.public."report.daily"', ['id', 'total']),
    events: sandbox.seedTopic('kafka.events', { columns: ['id'] }),
    bare: sandbox.seedTopic('kafka.bare'),
    file: sandbox.seedContainer('s3.lake.orders', { columns: ['id'] }),
  };
  const types = { orders: 'table', report: 'table', events: 'topic', bare: 'topic', file: 'container' } as const;
  type Name = keyof typeof ids;
  const draw = (ends: [from: Name, to: Name], lineageDetails?: Json) => {
    const [from, to] = ends.map((name) => ({ id: ids[name], type: types[name] }));
    const edge = { fromEntity: from, toEntity: to, ...(lineageDetails ? { lineageDetails } : {}) };
    return ask('PUT', 'lineage', { edge });
  };
  const columns = (fromColumn: string, toColumn: string): Json => ({
    columnsLineage: [{ fromColumns: [fromColumn], toColumn }],
  });
  return { sandbox, put, ask, ids, draw, columns };
}

const good = ['pg.shop.public.orders.amount', 'pg.shop.public."report.daily".total'] as const;

describe('columns of an edge', () => {
  it.each([
    ['1.2', 'Invalid fully qualified column name pg.shop.public.orders.zzz'],
    ['1.6', 'Invalid fully qualified column name pg.shop.public.orders.zzz'],
    ['1.8', 'Invalid column name pg.shop.public.orders.zzz'],
  ])('are refused on %s if a table does not have them, and the edge stays as it was', async (version, message) => {
    const { sandbox, draw, columns } = await startWithDatasets(version);
    expect((await draw(['orders', 'report'], columns(...good))).status).toBe(200);
    const before = sandbox.catalog.edges();
    const unknown = columns('pg.shop.public.orders.zzz', good[1]);
    expect((await draw(['orders', 'report'], unknown)).body).toEqual({ code: 400, message });
    expect(sandbox.catalog.edges()).toEqual(before);
  });

  it('are dropped from 1.13 on if a table does not have them, the others stay', async () => {
    const { sandbox, draw, columns } = await startWithDatasets('2.0');
    const known = columns(...good).columnsLineage as Json[];
    const unknown = columns('pg.shop.public.orders.zzz', good[1]).columnsLineage as Json[];
    expect((await draw(['orders', 'report'], { columnsLineage: [...unknown, ...known] })).status).toBe(200);
    expect(sandbox.catalog.edges()[0]?.details.columnsLineage).toEqual(known);
  });

  it('are taken of tables alone on 1.2, of files and topics on 1.6', async () => {
    const ofFile = ['s3.lake.orders.id', 'pg.shop.public.orders.id'] as const;
    const ofTopic = ['kafka.events.id', 'pg.shop.public.orders.id'] as const;
    const old = await startWithDatasets('1.2');
    expect((await old.draw(['file', 'orders'], old.columns(...ofFile))).body.message).toBe(
      'Column level lineage is only allowed between two tables or from table to dashboard.',
    );
    const { draw, columns } = await startWithDatasets('1.6');
    expect((await draw(['file', 'orders'], columns(...ofFile))).status).toBe(200);
    expect((await draw(['events', 'orders'], columns(...ofTopic))).status).toBe(200);
    expect((await draw(['events', 'orders'], columns('kafka.events.zzz', ofTopic[1]))).body.message).toBe(
      'Invalid fully qualified field name kafka.events.zzz',
    );
    expect((await draw(['bare', 'orders'], columns('kafka.bare.id', ofTopic[1]))).status).toBe(500);
  });

  it('may come from any table on 1.2, from the first end alone on 1.6', async () => {
    for (const [version, message] of [
      ['1.2', undefined],
      ['1.6', 'Invalid fully qualified column name pg.shop.public.third.id'],
    ] as const) {
      const { sandbox, draw, columns } = await startWithDatasets(version);
      sandbox.seedTable('pg.shop.public.third', ['id']);
      const { body } = await draw(['orders', 'report'], columns('pg.shop.public.third.id', good[1]));
      expect(body.message).toBe(message);
      if (version !== '1.2') continue;
      const nowhere = await draw(['orders', 'report'], columns('pg.shop.public.nope.id', good[1]));
      expect(nowhere.body.message).toBe('table instance for pg.shop.public.nope not found');
    }
  });

  it('are refused between pipelines', async () => {
    for (const [version, message] of [
      ['1.6', 'Unsupported Entity Type pipeline for lineage'],
      ['1.8', 'Invalid column name x'],
    ] as const) {
      const { ask, put } = await startWith(version);
      const [from, to] = [await put('a'), await put('b')].map(({ body }) => ({ id: body.id, type: 'pipeline' }));
      const lineageDetails = { columnsLineage: [{ fromColumns: ['x'], toColumn: 'y' }] };
      const { body } = await ask('PUT', 'lineage', { edge: { fromEntity: from, toEntity: to, lineageDetails } });
      expect(body).toEqual({ code: 400, message });
    }
  });
});

describe('an edge between datasets', () => {
  it.each(['1.2', '1.6', '2.0'])(
    'shows under its pipeline as two rows on %s, until it is drawn anew',
    async (version) => {
      const { ask, put, ids, draw } = await startWithDatasets(version);
      const [one, two] = [await put('one'), await put('two')].map(({ body }) => String(body.id));
      const by = (id: unknown): Json => ({ source: 'PipelineLineage', pipeline: { id, type: 'pipeline' } });
      await draw(['orders', 'report'], { ...by(one), sqlQuery: 'INSERT …' });
      const rowsOf = async (name: string) => {
        const { body } = await ask('GET', `lineage/pipeline/name/kestra.${name}`);
        const ends = (list: unknown) => (list as Json[]).map(({ fromEntity, toEntity }) => [fromEntity, toEntity]);
        return { up: ends(body.upstreamEdges), down: ends(body.downstreamEdges), body };
      };
      const rows = await rowsOf('one');
      expect([rows.up, rows.down]).toEqual([[[ids.orders, one]], [[one, ids.report]]]);
      const [shadow] = rows.body.upstreamEdges as { lineageDetails: Json }[];
      expect(shadow?.lineageDetails).toMatchObject({ sqlQuery: 'INSERT …', pipeline: { id: one } });
      await draw(['orders', 'report'], by(two));
      expect((await rowsOf('one')).up).toEqual([]);
      expect((await rowsOf('two')).up).toEqual([[ids.orders, two]]);
      const { body: table } = await ask('GET', 'lineage/table/name/pg.shop.public.orders');
      const [edge] = table.downstreamEdges as { toEntity: string; lineageDetails: Json }[];
      expect(edge?.toEntity).toBe(ids.report);
      expect(edge?.lineageDetails.sqlQuery).toBeUndefined();
    },
  );

  it.each([
    ['1.2', 'SparkLineage'],
    ['1.6', 'CrossDatabaseLineage'],
    ['2.0', 'Kestra'],
  ])('is refused on %s with the source %s, which it does not know', async (version, source) => {
    const { sandbox, draw } = await startWithDatasets(version);
    const { status, body } = await draw(['orders', 'report'], { source });
    expect(status).toBe(400);
    expect(String(body.message)).toContain(`LineageDetails$Source\`, problem: ${source}`);
    expect(sandbox.catalog.edges()).toEqual([]);
  });

  it('needs both ends and its pipeline', async () => {
    const { ask, ids, draw } = await startWithDatasets('1.6');
    const nobody = '11111111-1111-1111-1111-111111111111';
    const fromEntity = { id: ids.orders, type: 'table' };
    const toEntity = { id: nobody, type: 'table' };
    expect((await ask('PUT', 'lineage', { edge: { fromEntity, toEntity } })).body).toEqual({
      code: 404,
      message: `table instance for ${nobody} not found`,
    });
    const pipeline = { id: nobody, type: 'pipeline' };
    expect((await draw(['orders', 'report'], { pipeline })).body.message).toBe(
      `pipeline instance for ${nobody} not found`,
    );
  });

  it('goes with a table that is deleted for good', async () => {
    const { ask, sandbox, draw } = await startWithDatasets('1.6');
    await draw(['file', 'orders']);
    await draw(['orders', 'report']);
    await ask('DELETE', 'tables/name/pg.shop.public.orders?hardDelete=true');
    expect(sandbox.catalog.edges()).toEqual([]);
  });

  it('says from 1.7 on who wrote it and when, which is no change by itself', async () => {
    const old = await startWithDatasets('1.6');
    await old.draw(['orders', 'report'], { source: 'PipelineLineage' });
    expect(old.sandbox.catalog.edges()[0]?.details).toEqual({ source: 'PipelineLineage', columnsLineage: [] });
    const { sandbox, draw } = await startWithDatasets('1.7');
    await draw(['orders', 'report'], { source: 'PipelineLineage' });
    const [first] = sandbox.catalog.edges();
    expect(first?.details).toMatchObject({ source: 'PipelineLineage', createdBy: 'ingestion-bot' });
    const changes = sandbox.catalog.changes();
    await draw(['orders', 'report'], { source: 'PipelineLineage' });
    expect(sandbox.catalog.changes()).toBe(changes);
    expect(Number(sandbox.catalog.edges()[0]?.details.updatedAt)).toBeGreaterThan(Number(first?.details.updatedAt));
  });
});
