import type { Dataset } from '@flowmeta/connector';
import { verdictOf } from '@flowmeta/connector';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datasetLookup, isSpelling, tableCandidates } from './dataset-lookup.js';
import type { DatasetServices } from './types.js';

const table = (
  platform: string,
  names: { database?: string; schema?: string; name?: string } = {},
  connections: string[] = [],
) => ({ kind: 'table', platform, connections, name: 'orders', ...names }) as Extract<Dataset, { kind: 'table' }>;
const file = (path: string, platform = 's3'): Dataset => ({
  kind: 'container',
  platform,
  connections: [],
  bucket: 'lake',
  path,
});
const lookupTable = (dataset: Dataset, services?: DatasetServices) => {
  const lookup = datasetLookup(dataset, services);
  if (lookup.type !== 'table') throw new Error('not a table');
  return lookup;
};
const candidates = (dataset: Dataset, services?: DatasetServices) =>
  tableCandidates(lookupTable(dataset, services)).map((names) => names.join('.'));

describe('a table is looked for', () => {
  it.each([
    ['postgres', ['Postgres'], ['Shop.Public.Orders', 'Shop.public.orders', 'shop.public.orders']],
    ['bigquery', ['BigQuery'], ['Shop.Public.Orders']],
    ['snowflake', ['Snowflake'], ['Shop.Public.Orders', 'SHOP.PUBLIC.ORDERS', 'shop.public.orders']],
    ['mssql', ['Mssql', 'AzureSQL'], ['Shop.Public.Orders']],
    ['mysql', ['Mysql', 'MariaDB'], ['default.Public.Orders']],
    ['oracle', ['Oracle'], ['default.Public.Orders', 'default.PUBLIC.ORDERS', 'default.public.orders']],
    ['dynamodb', ['DynamoDB'], ['default.default.Orders']],
    ['made-up', ['CustomDatabase'], ['Shop.Public.Orders']],
    ['__proto__', ['CustomDatabase'], ['Shop.Public.Orders']],
  ])('in %s, by the names that OpenMetadata gives it', (platform, types, expected) => {
    const dataset = table(platform, { database: 'Shop', schema: 'Public', name: 'Orders' });
    const lookup = lookupTable(dataset);
    expect(lookup.serviceTypes).toEqual(expect.arrayContaining(types));
    expect(candidates(dataset)).toEqual(expect.arrayContaining(expected));
    expect(candidates(dataset)[0]).toBe(expected[0]);
  });

  it('by the database as the schema, where the platform has two levels', () => {
    for (const platform of ['mysql', 'mariadb', 'clickhouse', 'mongodb', 'athena']) {
      expect(candidates(table(platform, { database: 'shop' }))).toEqual(['default.shop.orders']);
      expect(candidates(table(platform, { schema: 'shop' }))).toEqual(['default.shop.orders']);
    }
  });

  it('in lists only, where the source leaves a level open', () => {
    expect(candidates(table('postgres'))).toEqual([]);
    expect(candidates(table('postgres', { database: 'shop' }))).toEqual([]);
    expect(candidates(table('postgres', { schema: 'public' }))).toEqual([]);
    expect(candidates(table('mysql'))).toEqual([]);
  });

  it('in the services that the user named, by kind', () => {
    const services = { database: ['pg'], storage: ['lake'], messaging: ['bus'] };
    expect(datasetLookup(table('postgres'), services).serviceNames).toEqual(['pg']);
    expect(datasetLookup(file('a'), services).serviceNames).toEqual(['lake']);
    const topic: Dataset = { kind: 'topic', platform: 'kafka', connections: [], name: 'orders' };
    expect(datasetLookup(topic, services)).toMatchObject({
      serviceNames: ['bus'],
      type: 'topic',
      serviceKind: 'messaging',
    });
    expect(datasetLookup(table('postgres'), { database: [] })).not.toHaveProperty('serviceNames');
  });
});

describe('the mapping of the user', () => {
  const connections = ['jdbc:postgresql://db:5432/shop', 'db:5432', 'io.kestra.plugin.jdbc.postgresql.Query'];
  const serviceOf = (mapping: Record<string, string>, dataset: Dataset = table('postgres', {}, connections)) =>
    datasetLookup(dataset, { database: ['other'], mapping }).service;

  it('takes each of the words of the source, the most precise first', () => {
    const mapping = {
      'io.kestra.plugin.jdbc': 'by_prefix',
      'io.kestra.plugin.jdbc.postgresql': 'by_longer_prefix',
      'db:5432': 'by_host',
    };
    expect(serviceOf(mapping)).toBe('by_host');
    expect(serviceOf({ ...mapping, 'jdbc:postgresql://db:5432/shop': 'by_url' })).toBe('by_url');
    expect(serviceOf({ 'postgresql://ana:secret@db:5432/shop/?ssl=true': 'by_url' })).toBe('by_url');
    const { 'db:5432': _host, ...prefixes } = mapping;
    expect(serviceOf(prefixes)).toBe('by_longer_prefix');
    expect(serviceOf({ 'io.kestra.plugin.jdbc.postgres': 'no', db: 'no' })).toBeUndefined();
    expect(
      serviceOf({ toString: 'no' } as Record<string, string>, table('postgres', {}, ['constructor'])),
    ).toBeUndefined();
  });

  it('does not mind white space in a template', () => {
    const dataset = table('postgres', {}, ["{{ secret('PG_URL') }}", 'io.kestra.plugin.jdbc.postgresql.Query']);
    expect(serviceOf({ "{{secret( 'PG_URL' )}}": 'pg_prod' }, dataset)).toBe('pg_prod');
    expect(serviceOf({ "{{ secret('OTHER') }}": 'pg_prod' }, dataset)).toBeUndefined();
  });

  it('wins over named services, and its database and schema over those of the source', () => {
    const dataset = table('postgres', { database: 'shop', schema: 'public' }, ['db:5432']);
    const lookup = datasetLookup(dataset, { database: ['other'], mapping: { 'db:5432': 'pg."sales.eu"' } });
    expect(lookup).toMatchObject({ service: 'pg', database: 'sales.eu', schema: 'public' });
    expect(lookup).not.toHaveProperty('serviceNames');
    expect(datasetLookup(dataset, { mapping: { 'db:5432': 'pg.sales.core' } })).toMatchObject({
      database: 'sales',
      schema: 'core',
    });
    expect(candidates(table('mysql', {}, ['db:3306']), { mapping: { 'db:3306': 'my.default.shop' } })).toEqual([
      'default.shop.orders',
    ]);
  });

  it('takes buckets and folders, the longest', () => {
    const mapping = { 's3://lake': 'all', 's3://lake/raw/': 'raw_lake.renamed', 's3://la': 'no' };
    expect(datasetLookup(file('raw/orders.csv'), { mapping })).toMatchObject({
      service: 'raw_lake',
      bucket: 'renamed',
    });
    expect(datasetLookup(file('rawer/orders.csv'), { mapping })).toMatchObject({ service: 'all', bucket: 'lake' });
    expect(datasetLookup(file('', 'gcs'), { mapping: { 'gs://lake': 'gcs_lake' } })).toMatchObject({
      service: 'gcs_lake',
    });
  });

  it('that names no service is an error of that item', () => {
    let error: unknown;
    try {
      datasetLookup(table('postgres', {}, ['db:5432']), { mapping: { 'db:5432': 'a..b' } });
    } catch (thrown) {
      error = thrown;
    }
    expect(verdictOf(error)).toBe('skip');
  });
});

describe('a file is looked for', () => {
  it.each([
    ['raw/2026/orders.csv', ['raw', '2026', 'orders.csv']],
    ['/raw//orders/', ['raw', 'orders']],
    ['raw/orders/*.csv', ['raw', 'orders']],
    ['raw/day=?/x', ['raw']],
    ['', []],
  ])('by the folders of %s, up to a pattern', (path, expected) => {
    expect(datasetLookup(file(path))).toMatchObject({ type: 'container', bucket: 'lake', path: expected });
  });
});

describe('a spelling', () => {
  it('is the platform’s to fold, and no other', () => {
    const is = (candidate: string, spelling: Parameters<typeof isSpelling>[1]['spelling']) =>
      isSpelling(candidate, { name: 'Orders', spelling });
    expect(['Orders', 'orders', 'ORDERS', 'oRDERS'].map((name) => is(name, 'exact'))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(['Orders', 'orders', 'ORDERS', 'oRDERS'].map((name) => is(name, 'lower'))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(['Orders', 'orders', 'ORDERS', 'oRDERS'].map((name) => is(name, 'upper'))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(is('oRDERS', 'insensitive')).toBe(true);
  });

  it('of every candidate is one that may be meant, as given first, none twice', () => {
    const name = fc.string({ minLength: 1, unit: 'grapheme' });
    const platform = fc.constantFrom('postgres', 'snowflake', 'mssql', 'bigquery', 'mysql', 'oracle', 'dynamodb', 'x');
    fc.assert(
      fc.property(platform, name, fc.option(name), fc.option(name), (platformName, given, database, schema) => {
        const dataset = table(platformName, {
          name: given,
          ...(database === null ? {} : { database }),
          ...(schema === null ? {} : { schema }),
        });
        const lookup = lookupTable(dataset);
        const found = tableCandidates(lookup);
        expect(new Set(found.map((names) => JSON.stringify(names))).size).toBe(found.length);
        expect(found.length).toBeLessThanOrEqual(9);
        for (const names of found) {
          expect(names).toHaveLength(3);
          expect(isSpelling(names[2]!, { name: given, spelling: lookup.spelling })).toBe(true);
        }
        if (found.length > 0) expect(found[0]![2]).toBe(given);
      }),
    );
  });
});
