import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OpenMetadataSandbox } from '../types.js';
import { startOpenMetadataSandbox } from './server.js';

let sandbox: OpenMetadataSandbox;

beforeEach(async () => {
  sandbox = await startOpenMetadataSandbox();
});
afterEach(() => sandbox.close());

const get = async (path: string): Promise<Record<string, unknown>> => {
  const headers = { authorization: `Bearer ${sandbox.token}` };
  return (await (await fetch(`${sandbox.url}/api/v1/${path}`, { headers })).json()) as Record<string, unknown>;
};

describe('seeds', () => {
  it('bring what holds a table, and count as no change', async () => {
    const id = sandbox.seedTable('pg_prod.shop.public.orders', ['id', 'amount'], { serviceType: 'Postgres' });
    expect(await get('tables/name/pg_prod.shop.public.orders')).toMatchObject({
      id,
      serviceType: 'Postgres',
      database: { fullyQualifiedName: 'pg_prod.shop' },
      databaseSchema: { fullyQualifiedName: 'pg_prod.shop.public' },
      columns: [{ name: 'id' }, { name: 'amount' }],
    });
    expect(sandbox.catalog.changes()).toBe(0);
  });

  it('keep the type of a service for all that follow, and refuse another', async () => {
    sandbox.seedTable('pg_prod.shop.public.orders', ['id'], { serviceType: 'Postgres' });
    sandbox.seedTable('pg_prod.shop.public.items', ['id']);
    expect((await get('tables/name/pg_prod.shop.public.items')).serviceType).toBe('Postgres');
    expect(() => sandbox.seedTable('pg_prod.a.b.c', ['id'], { serviceType: 'Mysql' })).toThrow(
      'the service pg_prod is of type Postgres, not Mysql',
    );
  });

  it('bring the containers around a prefix, with the paths that they stand for', async () => {
    sandbox.seedContainer('s3_lake.bucket.raw.orders', { serviceType: 'S3', columns: ['id'] });
    expect(await get('containers/name/s3_lake.bucket.raw.orders?fields=parent,dataModel')).toMatchObject({
      prefix: '/raw/orders',
      fullPath: 's3://bucket/raw/orders',
      parent: { fullyQualifiedName: 's3_lake.bucket.raw' },
      dataModel: { columns: [{ fullyQualifiedName: 's3_lake.bucket.raw.orders.id' }] },
    });
    expect(await get('containers/name/s3_lake.bucket')).toMatchObject({ prefix: '/', fullPath: 's3://bucket' });
  });

  it('are told by their place: the same one twice is one', () => {
    expect(sandbox.seedTopic('kafka."orders.events"', { serviceType: 'Kafka' })).toBe(
      sandbox.seedTopic('kafka."orders.events"'),
    );
    expect(sandbox.seedSearchIndex('elastic.products')).toBe(
      sandbox.seed('searchIndex', { fullyQualifiedName: 'elastic.products' }),
    );
  });

  it('refuse names with too few or too many parts instead of guessing', () => {
    expect(() => sandbox.seedTable('shop.public.orders', ['id'])).toThrow(
      'a seeded table is named service.database.schema.table with names that hold dots in quotes, not shop.public.orders',
    );
    expect(() => sandbox.seedTopic('kafka.orders.events')).toThrow('a seeded topic is named service.topic');
    expect(() => sandbox.seedContainer('s3_lake')).toThrow('a seeded container is named');
  });

  it('may be written over by a connector, also on 1.2', async () => {
    const old = await startOpenMetadataSandbox({ version: '1.2' });
    old.seedTable('pg.shop.public.orders', ['id'], { serviceType: 'Postgres' });
    const body = {
      name: 'pg',
      serviceType: 'Postgres',
      connection: { config: { type: 'Postgres', hostPort: 'db:1' } },
    };
    const answer = await fetch(`${old.url}/api/v1/services/databaseServices`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${old.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(200);
    await old.close();
  });
});
