import { expect, test } from 'vitest';
import { analyseSql } from '../src/index.js';

test('the whole result of one statement', async () => {
  const sql =
    "INSERT INTO mart.sales (id, net) SELECT o.id, round(o.gross / 1.2, 2) FROM raw.orders o WHERE o.day = '2024-01-01'";
  expect(await analyseSql(sql, { dialect: 'postgres', defaultDatabase: 'shop', defaultSchema: 'public' })).toEqual({
    statements: [
      {
        kind: 'insert',
        reads: [{ database: 'shop', schema: 'raw', name: 'orders' }],
        writes: [{ database: 'shop', schema: 'mart', name: 'sales' }],
        columns: [
          {
            from: [{ table: { database: 'shop', schema: 'raw', name: 'orders' }, column: 'id' }],
            to: { table: { database: 'shop', schema: 'mart', name: 'sales' }, column: 'id' },
          },
          {
            from: [{ table: { database: 'shop', schema: 'raw', name: 'orders' }, column: 'gross' }],
            to: { table: { database: 'shop', schema: 'mart', name: 'sales' }, column: 'net' },
            expression: 'round(o.gross / 1.2, 2)',
          },
        ],
        confidence: 'exact',
      },
    ],
  });
});

test('a file has its path and a name', async () => {
  const { statements } = await analyseSql("COPY raw.events FROM 's3://acme/landing/events/' IAM_ROLE 'arn'", {
    dialect: 'redshift',
  });
  expect(statements[0]?.reads).toEqual([{ name: 'events', file: 's3://acme/landing/events/' }]);
});

test('no text, and nothing but comments, has no statements', async () => {
  for (const sql of ['', '  \n', ';;', '-- nothing', '/* nothing */ ;'])
    expect(await analyseSql(sql, { dialect: 'mysql' })).toEqual({ statements: [] });
});

test('no text of a statement, no password and no signature comes out', async () => {
  const secret = 'hunter2';
  const texts = {
    redshift: `COPY raw.t FROM 's3://b/x' CREDENTIALS 'aws_secret_access_key=${secret}'`,
    postgres: `INSERT INTO a (b) SELECT crypt(c, '${secret}') FROM d; CALL p('${secret}'); FROBNICATE '${secret}'`,
    duckdb: `CREATE TABLE t AS SELECT id, '${secret}' || x AS y FROM read_csv('https://u:${secret}@acme.io/x.csv?sig=${secret}')`,
    clickhouse: `INSERT INTO t (a) SELECT b || '${secret}' FROM s3('https://b/x', 'k', '${secret}')`,
    snowflake: `COPY INTO t FROM 's3://b/x' CREDENTIALS = (AWS_SECRET_KEY = '${secret}'); EXECUTE IMMEDIATE '${secret}'`,
    sqlserver: `SELECT * FROM OPENROWSET('SQLNCLI', 'Server=x;Pwd=${secret}', 'SELECT 1') r; EXEC sp_x @p = '${secret}'`,
    oracle: `BEGIN EXECUTE IMMEDIATE '${secret}'; p('${secret}'); END;`,
  } as const;
  for (const [dialect, sql] of Object.entries(texts))
    expect(JSON.stringify(await analyseSql(sql, { dialect: dialect as keyof typeof texts }))).not.toContain(secret);
  const templates = `INSERT INTO {{ render('${secret}') }}.t (a) SELECT b || {{ x('${secret}') }} FROM s`;
  expect(JSON.stringify(await analyseSql(templates, { dialect: 'postgres', templates: {} }))).not.toContain(secret);
});

test('braces are plain SQL unless templates are given', async () => {
  const sql = `INSERT INTO a (b) SELECT '{{1,2},{3,4}}'::int[] || c FROM d`;
  const { statements } = await analyseSql(sql, { dialect: 'postgres' });
  expect(statements).toMatchObject([{ confidence: 'exact', reads: [{ name: 'd' }] }]);
});

test('loading the parser leaves the global fetch alone', async () => {
  const before = globalThis.fetch;
  await analyseSql('SELECT 1', { dialect: 'trino' });
  expect(globalThis.fetch).toBe(before);
  expect(String(globalThis.fetch)).not.toContain('file:');
});
