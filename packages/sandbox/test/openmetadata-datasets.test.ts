import { describe, expect, it } from 'vitest';
import { type Json, startWith } from './openmetadata/start-with.js';

const names = (body: Json): unknown[] => (body.data as Json[]).map(({ fullyQualifiedName }) => fullyQualifiedName);
const encoded = (fqn: string): string => encodeURIComponent(fqn);

/** Databases, files, topics and indexes as OpenMetadata's own connectors write them, by PUT alone. */
async function startWithServices(version: string) {
  const { ask, sandbox } = await startWith(version);
  const make = async (collection: string, body: Json): Promise<Json> => {
    const answer = await ask('PUT', collection, body);
    expect([answer.status, answer.body.message], `${collection} ${body.name}`).toEqual([201, undefined]);
    return answer.body;
  };
  const service = (kind: string, name: string, serviceType: string): Promise<Json> =>
    make(`services/${kind}Services`, { name, serviceType, connection: { config: { type: serviceType } } });
  return { ask, make, service, sandbox };
}

describe.each(['1.2', '1.6', '2.0'])('databases of %s', (version) => {
  it('are listed level by level below their service, database and schema', async () => {
    const { ask, make, service } = await startWithServices(version);
    for (const name of ['pg_a', 'pg_b']) {
      await service('database', name, 'Postgres');
      await make('databases', { name: 'shop', service: name });
      for (const schema of ['public', 'audit']) {
        await make('databaseSchemas', { name: schema, database: `${name}.shop` });
        const columns = [{ name: 'id', dataType: 'BIGINT' }];
        for (const table of ['orders', 'items']) {
          await make('tables', { name: table, databaseSchema: `${name}.shop.${schema}`, columns });
        }
      }
    }
    const list = async (path: string): Promise<unknown[]> => names((await ask('GET', path)).body);
    expect(await list('services/databaseServices')).toEqual(['pg_a', 'pg_b']);
    expect(await list('databases?service=pg_b')).toEqual(['pg_b.shop']);
    expect(await list('databaseSchemas?database=pg_b.shop')).toEqual(['pg_b.shop.audit', 'pg_b.shop.public']);
    expect(await list('tables?databaseSchema=pg_b.shop.public')).toEqual([
      'pg_b.shop.public.items',
      'pg_b.shop.public.orders',
    ]);
    const ofDatabase = await list('tables?database=pg_a.shop');
    expect([...ofDatabase].sort()).toEqual([
      'pg_a.shop.audit.items',
      'pg_a.shop.audit.orders',
      'pg_a.shop.public.items',
      'pg_a.shop.public.orders',
    ]);
    expect(await list('tables?databaseSchema=pg_b.shop.nope')).toEqual([]);
    // Tables can't be narrowed to a service: the parameter is ignored.
    expect(await list('tables?service=pg_a')).toHaveLength(8);
  });

  it('come in pages of ten by name, each table once', async () => {
    const { ask, sandbox } = await startWithServices(version);
    const expected = Array.from({ length: 23 }, (_, index) => `pg.shop.${index % 2 ? 'a' : 'b'}.t${index}`);
    for (const fqn of expected) sandbox.seedTable(fqn, ['id']);
    const seen: unknown[] = [];
    const sizes: number[] = [];
    let after = '';
    do {
      const { body } = await ask('GET', `tables?database=pg.shop${after}`);
      expect((body.paging as Json).total).toBe(23);
      const page = names(body);
      seen.push(...page);
      sizes.push(page.length);
      const cursor = (body.paging as Json).after;
      after = cursor === undefined ? '' : `&after=${encoded(String(cursor))}`;
    } while (after !== '');
    expect(sizes).toEqual([10, 10, 3]);
    expect([...seen].sort()).toEqual([...expected].sort());
  });

  it('are found by their exact name alone, dots in quotes', async () => {
    const { ask, sandbox } = await startWithServices(version);
    sandbox.seedTable('sf.ANALYTICS.PUBLIC."Daily.Report"', ['ID']);
    const status = async (fqn: string): Promise<number> => (await ask('GET', `tables/name/${encoded(fqn)}`)).status;
    expect(await status('sf.ANALYTICS.PUBLIC."Daily.Report"')).toBe(200);
    expect(await status('sf.ANALYTICS.PUBLIC.Daily.Report')).toBe(404);
    expect(await status('sf.analytics.public."daily.report"')).toBe(404);
    expect((await ask('GET', 'tables/name/sf.ANALYTICS.PUBLIC.NOPE')).body).toEqual({
      code: 404,
      message: 'table instance for sf.ANALYTICS.PUBLIC.NOPE not found',
    });
  });

  it('have columns with names in full, which a GET shows without being asked', async () => {
    const { ask, sandbox } = await startWithServices(version);
    const nested = { name: 'ship.to', dataType: 'STRUCT', children: [{ name: 'city', dataType: 'STRING' }] };
    sandbox.seedTable('pg.shop.public.orders', ['id', nested], { serviceType: 'Postgres' });
    for (const query of ['', '?fields=columns']) {
      const { body } = await ask('GET', `tables/name/pg.shop.public.orders${query}`);
      expect(body.columns).toEqual([
        { name: 'id', dataType: 'STRING', dataTypeDisplay: 'string', fullyQualifiedName: 'pg.shop.public.orders.id' },
        {
          name: 'ship.to',
          dataType: 'STRUCT',
          dataTypeDisplay: 'struct',
          fullyQualifiedName: 'pg.shop.public.orders."ship.to"',
          children: [
            {
              name: 'city',
              dataType: 'STRING',
              dataTypeDisplay: 'string',
              fullyQualifiedName: 'pg.shop.public.orders."ship.to".city',
            },
          ],
        },
      ]);
      expect(body.serviceType).toBe('Postgres');
    }
  });

  it('can be soft-deleted from the service down, are hidden then, and come back with it', async () => {
    const { ask, sandbox } = await startWithServices(version);
    sandbox.seedTable('pg.shop.public.orders', ['id']);
    const find = (more = '') => ask('GET', `tables/name/pg.shop.public.orders${more}`);
    const before = await find();
    expect((await ask('DELETE', 'services/databaseServices/name/pg')).body.message).toBe(
      'databaseService is not empty',
    );
    await ask('DELETE', 'services/databaseServices/name/pg?recursive=true');
    expect((await find()).status).toBe(404);
    expect(names((await ask('GET', 'tables?databaseSchema=pg.shop.public')).body)).toEqual([]);
    expect(names((await ask('GET', 'tables?databaseSchema=pg.shop.public&include=deleted')).body)).toHaveLength(1);
    const deleted = await find('?include=all');
    expect([deleted.status, deleted.body.deleted]).toEqual([200, true]);
    const { body: service } = await ask('GET', 'services/databaseServices/name/pg?include=deleted');
    await ask('PUT', 'services/databaseServices/restore', { id: service.id });
    const after = await find();
    expect([after.status, after.body.id, after.body.deleted]).toEqual([200, before.body.id, false]);
  });

  it('are unchanged by the same PUT again and get a new version with another column', async () => {
    const { ask, sandbox } = await startWithServices(version);
    sandbox.seedTable('pg.shop.public.orders', ['id']);
    const write = (columns: Json[]) => ask('PUT', 'tables', { name: 't', databaseSchema: 'pg.shop.public', columns });
    const id = { name: 'id', dataType: 'INT' };
    expect((await write([id])).status).toBe(201);
    const changes = sandbox.catalog.changes();
    expect((await write([id])).change).toBe('entityNoChange');
    expect(sandbox.catalog.changes()).toBe(changes);
    expect((await write([id, { name: 'at', dataType: 'DATE' }])).body.version).toBe(0.2);
  });
});

describe.each(['1.2', '1.6', '2.0'])('files, topics and indexes of %s', (version) => {
  it('nest containers by their parent, name them after it and list all of a service', async () => {
    const { ask, make, service } = await startWithServices(version);
    await service('storage', 's3', 'S3');
    const bucket = await make('containers', { name: 'lake', service: 's3' });
    const raw = await make('containers', { name: 'raw', service: 's3', parent: { id: bucket.id, type: 'container' } });
    expect(raw.fullyQualifiedName).toBe('s3.lake.raw');
    const columns = [{ name: 'id', dataType: 'INT' }];
    const dataModel = { isPartitioned: false, columns };
    const parent = { id: raw.id, type: 'container' };
    const orders = await make('containers', { name: 'orders/daily', service: 's3', parent, dataModel });
    expect(orders.fullyQualifiedName).toBe('s3.lake.raw.orders/daily');
    expect(names((await ask('GET', 'containers?service=s3')).body)).toEqual([
      's3.lake',
      's3.lake.raw.orders/daily',
      's3.lake.raw',
    ]);
    expect(names((await ask('GET', 'containers?service=s3&root=true')).body)).toEqual(['s3.lake']);
    const path = `containers/name/${encoded('s3.lake.raw.orders/daily')}`;
    const { body: plain } = await ask('GET', path);
    expect([plain.dataModel, plain.parent]).toEqual([undefined, undefined]);
    const { body: full } = await ask('GET', `${path}?fields=dataModel,parent`);
    expect((full.parent as Json).fullyQualifiedName).toBe('s3.lake.raw');
    expect((full.dataModel as { columns: Json[] }).columns[0]?.fullyQualifiedName).toBe('s3.lake.raw.orders/daily.id');
    const { body: around } = await ask('GET', 'containers/name/s3.lake?fields=children');
    expect((around.children as Json[]).map(({ fullyQualifiedName }) => fullyQualifiedName)).toEqual(['s3.lake.raw']);
    const nowhere = { id: '11111111-1111-1111-1111-111111111111', type: 'container' };
    expect((await ask('PUT', 'containers', { name: 'x', service: 's3', parent: nowhere })).status).toBe(404);
  });

  it('take nested containers with the bucket, once each', async () => {
    const { ask, sandbox } = await startWithServices(version);
    sandbox.seedContainer('s3.lake.raw.orders');
    const orders = () => ask('GET', 'containers/name/s3.lake.raw.orders?include=all');
    const before = sandbox.catalog.changes();
    expect((await ask('DELETE', 'containers/name/s3.lake')).status).toBe(400);
    await ask('DELETE', 'services/storageServices/name/s3?recursive=true');
    expect((await orders()).body).toMatchObject({ deleted: true, version: 0.2 });
    // The service and three containers, each once for being deleted softly and once for good.
    expect(sandbox.catalog.changes() - before).toBe(4);
    await ask('DELETE', 'services/storageServices/name/s3?recursive=true&hardDelete=true');
    expect((await orders()).status).toBe(404);
    expect(names((await ask('GET', 'containers?include=all')).body)).toEqual([]);
    expect(sandbox.catalog.changes() - before).toBe(8);
  });

  it('refuse to show columns of what has none', async () => {
    const { ask, sandbox } = await startWithServices(version);
    sandbox.seedContainer('s3.lake');
    sandbox.seedTopic('kafka."orders.events"');
    for (const path of ['containers/name/s3.lake', `topics/name/${encoded('kafka."orders.events"')}`, 'topics']) {
      expect((await ask('GET', `${path}?fields=columns`)).body).toEqual({
        code: 400,
        message: 'Invalid field name columns',
      });
    }
  });

  it('list topics and indexes of a service', async () => {
    const { ask, make, service } = await startWithServices(version);
    await service('messaging', 'kafka', 'Kafka');
    await service('search', 'elastic', 'ElasticSearch');
    const messageSchema = { schemaType: 'JSON', schemaFields: [{ name: 'id', dataType: 'INT' }] };
    const topic = await make('topics', { name: 'orders.events', service: 'kafka', partitions: 1, messageSchema });
    expect(topic.fullyQualifiedName).toBe('kafka."orders.events"');
    await make('searchIndexes', {
      name: 'products',
      service: 'elastic',
      fields: [{ name: 'sku', dataType: 'KEYWORD' }],
    });
    expect((await ask('PUT', 'searchIndexes', { name: 'x', service: 'elastic' })).body.message).toBe(
      '[fields must not be null]',
    );
    expect(names((await ask('GET', 'topics?service=kafka')).body)).toEqual(['kafka."orders.events"']);
    expect(names((await ask('GET', 'searchIndexes?service=elastic')).body)).toEqual(['elastic.products']);
    expect(names((await ask('GET', 'services/messagingServices')).body)).toEqual(['kafka']);
    expect(names((await ask('GET', 'services/searchServices')).body)).toEqual(['elastic']);
    expect((await ask('GET', 'services/searchServices/name/elastic')).body.serviceType).toBe('ElasticSearch');
  });
});
