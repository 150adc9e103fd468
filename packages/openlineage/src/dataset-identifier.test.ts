import type { Dataset } from '@flowmeta/connector';
import { describe, expect, it } from 'vitest';
import { datasetIdentifier } from './dataset-identifier.js';

const nameOf = (dataset: Dataset): [string, string] => {
  const { namespace, name } = datasetIdentifier({ kind: 'dataset', dataset });
  return [namespace, name];
};
const table = (platform: string, connections: string[], [database, schema, name]: [string, string, string]) =>
  nameOf({ kind: 'table', platform, connections, database, schema, name });
const parts: [string, string, string] = ['shop', 'public', 'orders'];

describe('the namespace and name of a table', () => {
  it.each([
    ['postgres', 'jdbc:postgresql://DB.internal:6432/shop', 'postgres://db.internal:6432', 'shop.public.orders'],
    ['postgres', 'jdbc:postgresql://db.internal/shop', 'postgres://db.internal:5432', 'shop.public.orders'],
    ['postgres', 'db.internal:5432', 'postgres://db.internal:5432', 'shop.public.orders'],
    ['postgres', 'jdbc:postgresql://a:5432,b:5433/shop', 'postgres://a:5432', 'shop.public.orders'],
    ['postgres', 'jdbc:postgresql://[::1]:5432/shop', 'postgres://[::1]:5432', 'shop.public.orders'],
    ['mysql', 'jdbc:mysql://mysql:3306/public', 'mysql://mysql:3306', 'public.orders'],
    ['clickhouse', 'jdbc:clickhouse://ch:8123/public', 'clickhouse://ch:8123', 'public.orders'],
    ['sqlserver', 'jdbc:sqlserver://ms;databaseName=ERP', 'mssql://ms:1433', 'shop.public.orders'],
    ['oracle', 'jdbc:oracle:thin:@//ora:1522/shop', 'oracle://ora:1522', 'shop.public.orders'],
    ['oracle', 'jdbc:oracle:thin:@ora:1521:shop', 'oracle://ora:1521', 'shop.public.orders'],
    ['trino', 'jdbc:trino://trino:8080/hive/default', 'trino://trino:8080', 'shop.public.orders'],
    [
      'snowflake',
      'jdbc:snowflake://acme-prod.snowflakecomputing.com/?db=X',
      'snowflake://acme-prod',
      'shop.public.orders',
    ],
    [
      'snowflake',
      'jdbc:snowflake://xy12345.eu-central-1.snowflakecomputing.com',
      'snowflake://xy12345.eu-central-1.aws',
      'shop.public.orders',
    ],
    [
      'redshift',
      'jdbc:redshift://dwh.abc123.eu-west-1.redshift.amazonaws.com:5439/prod',
      'redshift://dwh.eu-west-1:5439',
      'shop.public.orders',
    ],
    ['redshift', 'jdbc:redshift://dwh.acme:5439/prod', 'redshift://dwh.acme:5439', 'shop.public.orders'],
    [
      'athena',
      'jdbc:awsathena://athena.eu-west-1.amazonaws.com:443',
      'awsathena://athena.eu-west-1.amazonaws.com',
      'shop.public.orders',
    ],
    ['bigquery', 'io.kestra.plugin.gcp.bigquery.Query', 'bigquery', 'shop.public.orders'],
    [
      'snowflake',
      'jdbc:snowflake://xy12345.fhplus.us-gov-west-1.aws.snowflakecomputing.com',
      'snowflake://xy12345.fhplus.us-gov-west-1.aws',
      'shop.public.orders',
    ],
    ['spanner', 'spanner://acme/main', 'spanner://acme:main', 'shop.public.orders'],
    [
      'databricks',
      'https://adb-1.azuredatabricks.net:443',
      'databricks://adb-1.azuredatabricks.net',
      'shop.public.orders',
    ],
    ['duckdb', 'md:shop', 'duckdb://md', 'shop.public.orders'],
    ['sqlite', 'jdbc:sqlite:/data/shop.db', 'sqlite:///data/shop.db', 'shop.public.orders'],
  ])('follows the rules of the specification for %s at %s', (platform, connection, namespace, name) => {
    expect(table(platform, [connection, 'io.kestra.plugin.jdbc.Query'], parts)).toEqual([namespace, name]);
  });

  it('takes the parts that are known', () => {
    expect(
      nameOf({ kind: 'table', platform: 'postgres', connections: ['h:1'], schema: 'public', name: 'orders' }),
    ).toEqual(['postgres://h:1', 'public.orders']);
    expect(
      nameOf({ kind: 'table', platform: 'mysql', connections: ['h:1'], database: 'shop', name: 'orders' }),
    ).toEqual(['mysql://h:1', 'shop.orders']);
  });

  it('takes the service of Oracle from its address', () => {
    const oracle = (connection: string) =>
      nameOf({
        kind: 'table',
        platform: 'oracle',
        connections: [connection, 'ora:1521'],
        schema: 'APP',
        name: 'ORDERS',
      });
    expect(oracle('jdbc:oracle:thin:@//ora:1521/ORCLPDB1')).toEqual(['oracle://ora:1521', 'ORCLPDB1.APP.ORDERS']);
    expect(oracle('jdbc:oracle:thin:@ora:1521:XE')).toEqual(['oracle://ora:1521', 'XE.APP.ORDERS']);
    expect(oracle('jdbc:oracle:thin:@//ora:1521')).toEqual(['oracle://ora:1521', 'APP.ORDERS']);
  });

  it('keeps tables behind different secrets apart, and says that the server is unknown', () => {
    const one = table('postgres', ["{{ secret('PG_ONE') }}", 'io.kestra.plugin.jdbc.postgresql.Query'], parts);
    const other = table('postgres', ['{{ secret("PG_TWO") }}', 'io.kestra.plugin.jdbc.postgresql.Query'], parts);
    expect(one).toEqual(['postgres://unknown/secret-PG_ONE', 'shop.public.orders']);
    expect(other[0]).toBe('postgres://unknown/secret-PG_TWO');
    expect(table('postgres', ['jdbc:postgresql://{{ vars.host }}:5432/shop'], parts)[0]).toBe(
      'postgres://unknown/jdbc-postgresql-vars.host-5432-shop',
    );
    expect(table('postgres', ['io.kestra.plugin.jdbc.postgresql.Query'], parts)[0]).toBe('postgres://unknown');
    expect(table('postgres', [], parts)[0]).toBe('postgres://unknown');
    expect(table('snowflake', ['db.internal:443'], parts)[0]).toBe('snowflake://unknown/db.internal-443');
  });

  it('never shows who signs in', () => {
    expect(table('postgres', ['postgresql://joe:hunter2@db:5432/shop'], parts)[0]).toBe('postgres://db:5432');
  });

  it.each(['__proto__', 'constructor', 'toString', ''])('knows no platform called %j', (platform) => {
    expect(table(platform, ['h:1'], parts)).toEqual([`${platform}://h:1`, 'shop.public.orders']);
  });
});

describe('the namespace and name of files, topics, indexes and entities', () => {
  const container = (platform: string, bucket: string, path: string, connections: string[] = []) =>
    nameOf({ kind: 'container', platform, connections, bucket, path });

  it('names files by their bucket', () => {
    expect(container('s3', 'lake', 'raw/orders')).toEqual(['s3://lake', 'raw/orders']);
    expect(container('gcs', 'lake', '')).toEqual(['gs://lake', '/']);
    expect(container('azure', 'lake', 'raw', ['https://acme.blob.core.windows.net'])).toEqual([
      'abfss://lake@acme.dfs.core.windows.net',
      'raw',
    ]);
    expect(container('azure', 'lake', 'raw', ["{{ secret('AZ') }}"])).toEqual([
      'abfss://lake@unknown/secret-AZ',
      'raw',
    ]);
    expect(container('file', '', 'data/orders.csv')).toEqual(['file', '/data/orders.csv']);
    expect(container('azure', 'lake', 'raw', ['abfss://lake', 'io.kestra.plugin.azure.storage.blob.Upload'])).toEqual([
      'abfss://lake@unknown',
      'raw',
    ]);
    expect(container('sftp', 'files.acme.com', 'out/orders.csv', ['sftp://files.acme.com:22'])).toEqual([
      'file://files.acme.com',
      '/out/orders.csv',
    ]);
  });

  it('names topics and indexes by their server', () => {
    expect(nameOf({ kind: 'topic', platform: 'kafka', connections: ['k1:9092,k2:9092'], name: 'orders' })).toEqual([
      'kafka://k1:9092',
      'orders',
    ]);
    expect(nameOf({ kind: 'topic', platform: 'pubsub', connections: [], name: 'projects/acme/topics/orders' })).toEqual(
      ['pubsub', 'topic:acme:orders'],
    );
    expect(
      nameOf({ kind: 'searchIndex', platform: 'elasticsearch', connections: ['https://es:9200'], name: 'orders' }),
    ).toEqual(['elasticsearch://es:9200', 'orders']);
  });

  it('keeps queues of different accounts apart', () => {
    const queue = (platform: string, connection: string) =>
      nameOf({
        kind: 'topic',
        platform,
        connections: [connection, 'io.kestra.plugin.aws.sqs.Publish'],
        name: 'orders',
      });
    const arn = ['arn:aws:sqs:us-east-1:123', 'orders'];
    expect(queue('sqs', 'https://sqs.us-east-1.amazonaws.com/123/orders')).toEqual(arn);
    expect(queue('sqs', 'arn:aws:sqs:us-east-1:123:orders')).toEqual(arn);
    expect(queue('sns', 'arn:aws:sns:us-east-1:123:orders')[0]).toBe('arn:aws:sns:us-east-1:123');
    expect(queue('sqs', 'http://localhost:4566/000/orders')[0]).toBe('sqs://localhost:4566');
  });

  it('names an entity of the catalog by its FQN', () => {
    expect(datasetIdentifier({ kind: 'entity', fqn: 'pg.shop.public.orders' })).toEqual({
      namespace: 'openmetadata',
      name: 'pg.shop.public.orders',
    });
  });
});
