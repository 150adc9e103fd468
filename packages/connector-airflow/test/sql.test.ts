import type { LineageEdge, LineageGap, SourceEvent } from '@flowmeta/connector';
import type { AirflowDataset } from '@flowmeta/sandbox';
import { describe, expect, it } from 'vitest';
import { airflowConfigSchema } from '../src/config.js';
import { edgesOf, readAirflow } from './stand-in.js';

const config = { connections: { warehouse: 'postgres://db.example.com:5432/shop/mart' } };

const ofSql = (events: SourceEvent[]): LineageEdge[] =>
  events.flatMap((event) => (event.kind === 'lineage' && event.edge.description.endsWith(': SQL') ? [event.edge] : []));
const gapsOf = (events: SourceEvent[], dag: string): LineageGap[] =>
  events.flatMap((event) => (event.kind === 'unresolved' && event.gap.pipeline === dag ? [event.gap] : []));

/** Instances of one task that have succeeded. */
const succeeded = ({ taskInstances }: AirflowDataset, task: string) =>
  taskInstances.filter((instance) => instance.task_id === task && instance.state === 'success');

/** Says what the task `daily_sales` has sent, in all runs. */
const sends = (fields: object, operator?: string) => (dataset: AirflowDataset) => {
  for (const instance of succeeded(dataset, 'daily_sales')) {
    instance.rendered_fields = { conn_id: 'warehouse', database: null, parameters: null, hook_params: {}, ...fields };
    if (operator) instance.operator = operator;
  }
};

async function readSql(change: (dataset: AirflowDataset) => void, options: object = config) {
  const { events } = await readAirflow({ major: 3, change }, {}, { config: options });
  return { edges: edgesOf(ofSql(events).map((edge) => ({ kind: 'lineage', edge }))), events };
}

describe.each([2, 3] as const)('SQL of tasks of Airflow %s', (major) => {
  it('that a run shows is lineage, with columns, where the config says what the connection leads to', async () => {
    const { events } = await readAirflow({ major }, {}, { config });
    const [edge, ...others] = ofSql(events);
    expect(others).toEqual([]);
    expect(edge).toEqual({
      from: {
        kind: 'dataset',
        dataset: {
          kind: 'table',
          platform: 'postgres',
          connections: [
            'postgres://db.example.com:5432/shop',
            'postgres://db.example.com:5432',
            'db.example.com:5432',
            'warehouse',
            'SQLExecuteQueryOperator',
          ],
          database: 'shop',
          schema: 'mart',
          name: 'orders',
        },
      },
      to: {
        kind: 'dataset',
        dataset: expect.objectContaining({ database: 'shop', schema: 'mart', name: 'daily_sales' }),
      },
      pipeline: 'shop.orders.etl',
      description: 'Airflow task daily_sales: SQL',
      evidence: 'run',
      sql: expect.stringMatching(
        /^INSERT INTO daily_sales \(day, amount\)\nSELECT day, sum\(amount\) FROM orders WHERE day = /,
      ),
      columns: [
        { from: ['day'], to: 'day' },
        { from: ['amount'], to: 'amount', expression: 'sum(amount)' },
      ],
    });
    expect(gapsOf(events, 'shop.orders.etl')).toEqual([]);
  });

  it('is reported once per DAG where nobody says what the connection leads to', async () => {
    const { events } = await readAirflow({ major });
    expect(ofSql(events)).toEqual([]);
    expect(gapsOf(events, 'shop.orders.etl')).toEqual([
      expect.objectContaining({
        reason: 'connection',
        message: expect.stringContaining('where the connection warehouse leads to'),
        hint: expect.stringContaining('warehouse: postgres://'),
      }),
    ]);
  });
});

describe('SQL of a task', () => {
  it('is that of the latest run in which it has succeeded', async () => {
    const { edges } = await readSql((dataset) => {
      const [first, second, ...others] = succeeded(dataset, 'daily_sales');
      expect(others).toEqual([]);
      const sent = (table: string, hour: number) => ({
        start_date: `2026-11-22T${hour}:00:00.000000Z`,
        rendered_fields: { conn_id: 'warehouse', sql: `INSERT INTO t SELECT a FROM ${table}` },
      });
      // The run that began first was cleared, and its task ran later than that of the other.
      Object.assign(first!, sent('latest', 20));
      Object.assign(second!, sent('earlier', 19));
      const failed = dataset.taskInstances.find(
        ({ task_id, state }) => task_id === 'daily_sales' && state !== 'success',
      )!;
      Object.assign(failed, sent('failed', 21), { state: 'failed', operator: 'SQLExecuteQueryOperator' });
    });
    expect(edges).toEqual([expect.stringMatching(/^postgres:shop\.mart\.latest → postgres:shop\.mart\.t by/)]);
  });

  it('that only reads leads to the DAG, and what writes alone from it', async () => {
    const reading = await readSql(sends({ sql: 'SELECT count(*) FROM public.orders WHERE day = %(day)s' }));
    expect(reading.edges).toEqual([
      'postgres:shop.public.orders → shop.orders.etl (Airflow task daily_sales: SQL) run',
    ]);
    const writing = await readSql(sends({ sql: ['TRUNCATE TABLE staging', "INSERT INTO staging VALUES ('a')"] }));
    expect(writing.edges).toEqual(['shop.orders.etl → postgres:shop.mart.staging (Airflow task daily_sales: SQL) run']);
  });

  it('adds nothing to what inlets and outlets say: it would come and go with the runs in the window', async () => {
    const sql = 'INSERT INTO mart.daily_sales (day) SELECT day FROM public.orders';
    const { edges, events } = await readSql(sends({ sql }));
    expect(edges).toEqual([]);
    expect(edgesOf(events)).toContain(
      'postgres:shop.public.orders → postgres:shop.mart.daily_sales by shop.orders.etl (Airflow task daily_sales: inlet and outlet)',
    );
  });

  it('has the database of the task before that of its connection', async () => {
    const { edges } = await readSql(sends({ sql: 'INSERT INTO a.t SELECT * FROM s', database: 'archive' }));
    expect(edges).toEqual([
      'postgres:archive.mart.s → postgres:archive.a.t by shop.orders.etl (Airflow task daily_sales: SQL) run',
    ]);
  });

  it.each([
    [
      'SnowflakeSqlApiOperator',
      { sql: 'INSERT INTO mart.t SELECT a FROM raw.s', hook_params: { database: 'SHOP' } },
      'snowflake:SHOP.RAW.S → snowflake:SHOP.MART.T',
    ],
    [
      'BigQueryInsertJobOperator',
      { configuration: { query: { query: 'INSERT INTO `p.d.t` SELECT a FROM `p.d.s`', useLegacySql: false } } },
      'bigquery:p.d.s → bigquery:p.d.t',
    ],
    [
      'AthenaOperator',
      { query: 'INSERT INTO t SELECT a FROM s', database: 'lake' },
      'athena:undefined.lake.s → athena:undefined.lake.t',
    ],
    [
      'DatabricksSqlOperator',
      { sql: 'INSERT INTO t SELECT a FROM s', catalog: 'main', schema: 'sales' },
      'databricks:main.sales.s → databricks:main.sales.t',
    ],
    [
      'MySqlOperator',
      { sql: 'INSERT INTO t SELECT a FROM s', database: 'shop' },
      'mysql:undefined.shop.s → mysql:undefined.shop.t',
    ],
  ])('of %s is placed without a word in the config', async (operator, fields, edge) => {
    const { edges } = await readSql(sends(fields, operator), {});
    expect(edges).toEqual([expect.stringContaining(edge)]);
  });

  it('that Airflow has cut, that hides a name, or that is none is reported and not guessed', async () => {
    const of = async (sql: string) => {
      const { edges, events } = await readSql(sends({ sql }));
      return { edges, gaps: gapsOf(events, 'shop.orders.etl').map(({ reason, message }) => `${reason}: ${message}`) };
    };
    expect(
      await of("Truncated. You can change this behaviour in [core]max_templated_field_length. 'INSERT INTO t SELECT… "),
    ).toEqual({
      edges: [],
      gaps: [expect.stringMatching(/^sql: Airflow has cut the SQL/)],
    });
    expect(await of('INSERT INTO t SELECT a FROM s_***')).toEqual({
      edges: [],
      gaps: [expect.stringMatching(/^sql: Airflow hides a part/)],
    });
    expect(await of('CALL refresh()')).toEqual({ edges: [], gaps: [expect.stringMatching(/^sql: /)] });
    expect((await of("/*** nightly ***/ INSERT INTO t SELECT a FROM s WHERE token = '***'")).gaps).toEqual([]);
  });

  it('shows no secret', async () => {
    const secret = 'AKIAIOSFODNN7EXAMPLE';
    const { events } = await readSql(
      sends({
        sql: `COPY t FROM 's3://lake/x' CREDENTIALS 'aws_access_key_id=${secret};aws_secret_access_key=${secret}'`,
      }),
      { connections: { warehouse: 'redshift://db.example.com:5439/shop/mart' } },
    );
    expect(ofSql(events)).toHaveLength(1);
    expect(JSON.stringify(events)).not.toContain(secret);
  });
});

describe('the option connections', () => {
  const errorOf = (uri: string): string | undefined =>
    airflowConfigSchema.safeParse({ hostPort: 'https://airflow.example.com', connections: { warehouse: uri } }).error
      ?.issues[0]?.message;

  it.each([
    'postgres://db:5432/shop/public',
    'mysql://db/shop',
    'snowflake://account/SHOP',
    'bigquery://project',
    'mssql+pyodbc://db',
  ])('takes %s', (uri) => expect(errorOf(uri)).toBeUndefined());

  it.each(['warehouse', 's3://bucket', 'postgres:///shop', 'postgres://db/shop/public/orders', 'ftp://db/shop'])(
    'refuses %s',
    (uri) => expect(errorOf(uri)).toMatch(/^expected a database as in postgres:\/\//),
  );

  it('refuses credentials', () => {
    expect(errorOf('postgres://reader:secret@db:5432/shop')).toMatch(/holds credentials/);
  });
});
