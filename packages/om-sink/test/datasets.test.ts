import { type DatasetLookup, datasetLookup } from '@flowmeta/om-mapper';
import { afterEach, describe, expect, it } from 'vitest';
import { createFileSink } from '../src/index.js';
import { type Harness, startHarness } from './sink-harness.js';

type Dataset = Parameters<typeof datasetLookup>[0];
type Services = Parameters<typeof datasetLookup>[1];

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

const table = (platform: string, path: string, connections: string[] = []): Dataset => {
  const names = path.split('.');
  const [name = '', schema, database] = names.reverse();
  return {
    kind: 'table',
    platform,
    connections,
    name,
    ...(schema ? { schema } : {}),
    ...(database ? { database } : {}),
  };
};
const file = (path: string, platform = 's3'): Dataset => ({
  kind: 'container',
  platform,
  connections: [],
  bucket: 'lake',
  path,
});

async function start(version = '1.6') {
  harness = await startHarness({ version });
  const { sandbox, open, sent } = harness;
  sandbox.seedTable('pg_prod.shop.public.orders', ['id'], { serviceType: 'Postgres' });
  const sink = await open();
  sent();
  const find = (dataset: Dataset, services?: Services) => sink.findDataset(datasetLookup(dataset, services));
  /** The FQN, or what came instead. */
  const found = async (dataset: Dataset, services?: Services) => {
    const match = await find(dataset, services);
    return match.kind === 'found' ? match.fqn : match.kind === 'ambiguous' ? match.candidates : match.kind;
  };
  return { ...harness, sink, find, found };
}

describe.each(['1.2', '1.6', '2.0'])('a table in OpenMetadata %s', (version) => {
  it('is found by its names in the services of its type, and asked for once', async () => {
    const { sandbox, found, find, sent } = await start(version);
    sandbox.seedTable('snow.shop.public.orders', ['id'], { serviceType: 'Snowflake' });
    expect(await find(table('postgres', 'shop.public.orders'))).toEqual({
      kind: 'found',
      type: 'table',
      fqn: 'pg_prod.shop.public.orders',
    });
    for (const dataset of [table('postgres', 'shop.public.orders'), table('postgres', 'shop.public.gone')]) {
      await found(dataset);
    }
    expect(await found(table('postgres', 'shop.public.gone'))).toBe('missing');
    expect(sent().map((request) => request.replace(/\?.*$/, ''))).toEqual([
      'GET /services/databaseServices',
      'GET /tables/name/pg_prod.shop.public.orders',
      'GET /tables/name/pg_prod.shop.public.gone',
    ]);
  });

  it('is found in another spelling where the platform folds names or takes any', async () => {
    const { sandbox, found } = await start(version);
    sandbox.seedTable('snow.DWH.MART.SALES', ['ID'], { serviceType: 'Snowflake' });
    sandbox.seedTable('sql.Shop.dbo.OrderLines', ['id'], { serviceType: 'Mssql' });
    sandbox.seedTable('bq.acme.raw.Orders', ['id'], { serviceType: 'BigQuery' });
    expect(await found(table('postgres', 'shop.PUBLIC.Orders'))).toBe('pg_prod.shop.public.orders');
    expect(await found(table('snowflake', 'dwh.mart.sales'))).toBe('snow.DWH.MART.SALES');
    expect(await found(table('sqlserver', 'shop.DBO.orderlines'))).toBe('sql.Shop.dbo.OrderLines');
    expect(await found(table('bigquery', 'acme.raw.orders'))).toBe('missing');
    expect(await found(table('bigquery', 'acme.raw.Orders'))).toBe('bq.acme.raw.Orders');
  });

  it('is found below OpenMetadata’s own database where the platform has two levels', async () => {
    const { sandbox, found } = await start(version);
    sandbox.seedTable('my.default.shop.orders', ['id'], { serviceType: 'Mysql' });
    sandbox.seedTable('click.analytics.events.clicks', ['id'], { serviceType: 'Clickhouse' });
    sandbox.seedTable('dyn.default.default.sessions', ['id'], { serviceType: 'DynamoDB' });
    expect(await found(table('mysql', 'shop.orders'))).toBe('my.default.shop.orders');
    expect(await found(table('mysql', 'SHOP.Orders'))).toBe('my.default.shop.orders');
    expect(
      await found({ kind: 'table', platform: 'clickhouse', connections: [], database: 'events', name: 'clicks' }),
    ).toBe('click.analytics.events.clicks');
    expect(await found(table('dynamodb', 'sessions'))).toBe('dyn.default.default.sessions');
  });

  it('of which the schema or database is not known is found in lists, unless it is in several', async () => {
    const { sandbox, found } = await start(version);
    sandbox.seedTable('pg_prod.shop.archive.invoices', ['id'], { serviceType: 'Postgres' });
    sandbox.seedTable('pg_prod.crm.archive.orders', ['id'], { serviceType: 'Postgres' });
    expect(await found(table('postgres', 'invoices'))).toBe('pg_prod.shop.archive.invoices');
    expect(await found(table('postgres', 'public.orders'))).toBe('pg_prod.shop.public.orders');
    expect(await found(table('postgres', 'orders'))).toEqual([
      'pg_prod.crm.archive.orders',
      'pg_prod.shop.public.orders',
    ]);
  });

  it('whose name OpenMetadata could not hold is not there', async () => {
    const { found, sent } = await start(version);
    expect(await found(table('postgres', 'shop.public.or"ders'))).toBe('missing');
    expect(await found(table('postgres', 'sh"op.public.orders'))).toBe('missing');
    expect(sent().filter((request) => request.includes('%22'))).toEqual([]);
  });

  it('is not there for us when a person soft-deleted it', async () => {
    const { sandbox, found, request } = await start(version);
    const id = sandbox.seedTable('pg_prod.shop.public.old', ['id'], { serviceType: 'Postgres' });
    await request('DELETE', `/tables/${id}`, { as: 'admin' });
    expect(await found(table('postgres', 'shop.public.old'))).toBe('missing');
    expect(await found(table('postgres', 'old'))).toBe('missing');
  });
});

describe('a table in two services', () => {
  const orders = (connections: string[] = []) => table('postgres', 'shop.public.orders', connections);
  const both = async () => {
    const started = await start();
    await started.request('PUT', '/services/databaseServices', {
      body: {
        name: 'pg_stage',
        serviceType: 'Postgres',
        connection: { config: { type: 'Postgres', username: 'u', hostPort: 'stage:5432' } },
      },
    });
    started.sandbox.seedTable('pg_stage.shop.public.orders', ['id'], { serviceType: 'Postgres' });
    return started;
  };

  it('is never guessed', async () => {
    const { found } = await both();
    expect(await found(orders())).toEqual(['pg_prod.shop.public.orders', 'pg_stage.shop.public.orders']);
    expect(await found(orders(['{{ secret(1) }}']))).toHaveLength(2);
  });

  it('is told by the services that the user names, and by the mapping before all', async () => {
    const { found } = await both();
    expect(await found(orders(), { database: ['pg_stage'] })).toBe('pg_stage.shop.public.orders');
    const mapping = { '{{secret(1)}}': 'pg_prod' };
    expect(await found(orders(['{{ secret(1) }}']), { database: ['pg_stage'], mapping })).toBe(
      'pg_prod.shop.public.orders',
    );
    const renamed = table('postgres', 'orders', ['db:1']);
    expect(await found(renamed, { mapping: { 'db:1': 'pg_stage.shop.public' } })).toBe('pg_stage.shop.public.orders');
    expect(await found(renamed, { mapping: { 'db:1': 'pg_stage.crm' } })).toBe('missing');
  });

  it('may be in a service that is named as OpenMetadata quotes it', async () => {
    const { sandbox, found } = await both();
    sandbox.seedTable('"pg.old".shop.public.orders', ['id'], { serviceType: 'Postgres' });
    expect(await found(orders(), { database: ['pg.old'] })).toBe('"pg.old".shop.public.orders');
    expect(await found(orders(), { database: ['"pg.old"'] })).toBe('"pg.old".shop.public.orders');
  });

  it('may be in a service of a type of its own only where that is named', async () => {
    const { sandbox, found } = await both();
    sandbox.seedTable('custom.shop.public.mine', ['id'], { serviceType: 'CustomDatabase' });
    const mine = table('postgres', 'shop.public.mine');
    expect(await found(mine)).toBe('missing');
    expect(await found(mine, { database: ['custom'] })).toBe('custom.shop.public.mine');
  });

  it('is not looked for elsewhere where the mapping names a service that is not there, which is reported once', async () => {
    const { found, sink } = await both();
    const mapping = { 'db:1': 'pg_gone.shop.public' };
    expect(await found(table('postgres', 'orders', ['db:1']), { mapping })).toBe('missing');
    expect(await found(table('postgres', 'invoices', ['db:1']), { mapping })).toBe('missing');
    expect(sink.summary().findings).toEqual([
      {
        ref: 'pg_gone',
        message: 'lineageInformation.datasetServices names pg_gone, which OpenMetadata does not have',
        hint: expect.stringContaining('spelling'),
      },
    ]);
  });

  it('is told by the host that OpenMetadata’s own connection has', async () => {
    const { found } = await both();
    expect(await found(orders(['postgresql://stage:5432/shop', 'Stage:5432']))).toBe('pg_stage.shop.public.orders');
    expect(await found(table('postgres', 'shop.public.gone', ['stage:5432']))).toBe('missing');
  });

  it('is not looked for in a service that is not there, which is reported once', async () => {
    const { found, sink } = await both();
    expect(await found(orders(), { database: ['pg_prd'] })).toBe('missing');
    expect(await found(table('postgres', 'a.b.c'), { database: ['pg_prd'] })).toBe('missing');
    expect(sink.summary().findings.map(({ message }) => message)).toEqual([
      'lineageInformation.dbServiceNames names pg_prd, which OpenMetadata does not have',
    ]);
  });
});

describe('many tables', () => {
  it('of one schema are read in one go', async () => {
    const { sandbox, found, sent } = await start();
    for (let number = 0; number < 600; number += 1) {
      sandbox.seedTable(`pg_prod.shop.public.t${number}`, ['id'], { serviceType: 'Postgres' });
    }
    sent();
    for (let number = 0; number < 700; number += 1) {
      expect(await found(table('postgres', `shop.public.t${number}`))).toBe(
        number < 600 ? `pg_prod.shop.public.t${number}` : 'missing',
      );
    }
    expect(sent().length).toBeLessThan(32);
  });

  it('in too many schemas are not gone through: that is said, and nothing is taken for missing', async () => {
    const { sandbox, find, found, sink } = await start();
    for (let number = 0; number <= 200; number += 1) {
      sandbox.seedTable(`pg_prod.big.s${number}.t`, ['id'], { serviceType: 'Postgres' });
    }
    expect(await find(table('postgres', 'orders'))).toMatchObject({ kind: 'missing', isUnsure: true });
    expect(await found(table('postgres', 'big.s7.t'))).toBe('pg_prod.big.s7.t');
    expect(sink.summary().findings).toEqual([
      expect.objectContaining({ ref: 'pg_prod', message: expect.stringContaining('more than 200 schemas') }),
    ]);
  });
});

describe('many databases', () => {
  it('are not gone through: that is said once, and nothing is taken for missing', async () => {
    const { sandbox, find, found, sink } = await start();
    for (let number = 0; number <= 200; number += 1)
      sandbox.seedTable(`pg_prod.d${number}.public.t`, ['id'], { serviceType: 'Postgres' });
    for (const dataset of [table('postgres', 'orders'), table('postgres', 'public.invoices')]) {
      expect(await find(dataset)).toMatchObject({ kind: 'missing', isUnsure: true });
    }
    expect(await found(table('postgres', 'shop.public.orders'))).toBe('pg_prod.shop.public.orders');
    expect(sink.summary().findings).toEqual([
      {
        ref: 'pg_prod',
        message: expect.stringContaining('pg_prod has more than 200 databases'),
        hint: expect.stringContaining('datasetServices'),
      },
    ]);
  });
});

describe.each(['1.2', '1.6', '2.0'])('a file in OpenMetadata %s', (version) => {
  const lake = async () => {
    const started = await start(version);
    const seed = async (name: string, parent?: string) => {
      const path = `/containers/name/${encodeURIComponent(parent ?? '')}`;
      const { id } = parent === undefined ? { id: '' } : ((await started.request('GET', path)).body as { id: string });
      const body = { name, service: 's3_lake', ...(parent === undefined ? {} : { parent: { id, type: 'container' } }) };
      expect((await started.request('PUT', '/containers', { body })).status).toBe(201);
    };
    await started.request('PUT', '/services/storageServices', { body: { name: 's3_lake', serviceType: 'S3' } });
    await seed('lake');
    await seed('raw', 's3_lake.lake');
    await seed('orders', 's3_lake.lake.raw');
    await seed('mart/sales', 's3_lake.lake');
    await seed('2026', 's3_lake.lake.mart/sales');
    await seed('mart', 's3_lake.lake');
    return started;
  };

  it('is the deepest container on its way, whichever way they are named', async () => {
    const { found } = await lake();
    expect(await found(file('raw/orders/2026/a.csv'))).toBe('s3_lake.lake.raw.orders');
    expect(await found(file('raw/customers/a.csv'))).toBe('s3_lake.lake.raw');
    expect(await found(file('mart/sales/2026/x.parquet'))).toBe('s3_lake.lake.mart/sales.2026');
    expect(await found(file('mart/sales/2025/x.parquet'))).toBe('s3_lake.lake.mart/sales');
    expect(await found(file('mart/salesmen'))).toBe('s3_lake.lake.mart');
    expect(await found(file('elsewhere/a.csv'))).toBe('s3_lake.lake');
    expect(await found(file(''))).toBe('s3_lake.lake');
    expect(await found(file('raw/orders', 'gcs'))).toBe('missing');
    expect(await found({ ...file('raw/orders'), bucket: 'other' } as Dataset)).toBe('missing');
    expect(await found(file('raw/a.csv', 'gcs'), { mapping: { 'gs://lake': 's3_lake' } })).toBe('s3_lake.lake.raw');
  });
});

describe('a topic and an index', () => {
  it('are found by their names, dots and all', async () => {
    const { sandbox, found } = await start();
    sandbox.seedTopic('kafka."orders.events"', { serviceType: 'Kafka' });
    sandbox.seedSearchIndex('elastic.logs', { serviceType: 'ElasticSearch' });
    const topic = (name: string): Dataset => ({ kind: 'topic', platform: 'kafka', connections: [], name });
    expect(await found(topic('orders.events'))).toBe('kafka."orders.events"');
    expect(await found(topic('Orders.events'))).toBe('missing');
    expect(await found(topic('a"b'))).toBe('missing');
    const index: Dataset = { kind: 'searchIndex', platform: 'elasticsearch', connections: [], name: 'logs' };
    expect(await found(index)).toBe('elastic.logs');
  });

  it('may be named as OpenMetadata does', async () => {
    const { sandbox, sink } = await start();
    sandbox.seedTopic('kafka.orders', { serviceType: 'Kafka' });
    const types = ['table', 'topic', 'container'] as const;
    expect(await sink.findEntity('kafka.orders', types)).toEqual({ kind: 'found', type: 'topic', fqn: 'kafka.orders' });
    expect(await sink.findEntity('pg_prod.shop.public.orders', types)).toMatchObject({ kind: 'found', type: 'table' });
    for (const fqn of ['kafka.gone', 'a..b', '']) {
      expect(await sink.findEntity(fqn, types)).toMatchObject({ kind: 'missing' });
    }
    const body = { code: 403, message: 'not allowed' };
    sandbox.setFaults([{ path: /\/topics\/name/, effect: { kind: 'status', status: 403, body } }]);
    expect(await sink.findEntity('kafka.later', types)).toEqual({
      kind: 'failed',
      finding: expect.objectContaining({ ref: 'kafka.later', message: expect.stringContaining('not allowed') }),
    });
  });
});

describe('a catalog that answers badly', () => {
  const orders = datasetLookup(table('postgres', 'shop.public.orders'));
  const open = datasetLookup(table('postgres', 'orders'));
  const page = (data: unknown[], total: number) => ({
    kind: 'status' as const,
    status: 200,
    body: { data, paging: { total } },
  });
  it.each<[string, RegExp, Parameters<Harness['sandbox']['setFaults']>[0][number]['effect'], DatasetLookup]>([
    [
      'refuses',
      /databaseServices/,
      { kind: 'status', status: 403, body: { code: 403, message: 'not allowed' } },
      orders,
    ],
    ['sends half a list', /\/databases/, page([], 3), open],
    [
      'sends what was not asked for',
      /\/databases/,
      page([{ id: '1', name: 'x', fullyQualifiedName: 'other.x' }], 1),
      open,
    ],
    ['is no OpenMetadata', /tables\/name/, { kind: 'status', status: 404, body: '<html></html>' }, orders],
  ])('and %s is a failure, never a dataset that is not there', async (_why, path, effect, lookup) => {
    const { sandbox, sink } = await start();
    sandbox.setFaults([{ method: 'GET', path, effect }]);
    expect(await sink.findDataset(lookup)).toMatchObject({ kind: 'failed', finding: { message: expect.any(String) } });
    sandbox.setFaults([]);
    expect(await sink.findDataset(lookup)).toMatchObject({ kind: 'found' });
  });
});

describe('a file sink', () => {
  it('takes for granted what the user named, and guesses nothing else', async () => {
    const sink = createFileSink({ service: 'kestra', version: '1.12', write: () => {} });
    await sink.open();
    const find = async (dataset: Dataset, services?: Services) => {
      const match = await sink.findDataset(datasetLookup(dataset, services));
      return match.kind === 'found' ? match.fqn : match.kind;
    };
    expect(await find(table('postgres', 'shop.public.orders'))).toBe('missing');
    expect(await find(table('postgres', 'shop.public.orders'), { database: ['pg.prod'] })).toBe(
      '"pg.prod".shop.public.orders',
    );
    expect(await find(table('postgres', 'orders'), { database: ['pg'] })).toBe('missing');
    expect(await find(file('raw/a.csv'), { storage: ['s3'] })).toBe('s3.lake');
  });
});
