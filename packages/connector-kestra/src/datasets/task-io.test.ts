import { datasetLabel } from '@flowmeta/connector';
import { canonicalType, type KestraFlow, type KestraTask } from '@flowmeta/kestra-client';
import { type KestraVersion, kestraDataset, kestraVersions } from '@flowmeta/recordings';
import { describe, expect, it } from 'vitest';
import { taskTree } from '../constructs.js';
import { flowContext } from './flow-context.js';
import { assetContext, taskIo, touchesDatasets } from './task-io.js';
import type { DatasetUse, TaskContext, TaskIo } from './types.js';

const context: TaskContext = { pipeline: 'company.team.daily', values: {}, defaults: [] };
const task = (type: string, properties: object): KestraTask => ({
  id: 'task',
  type: `io.kestra.plugin.${type}`,
  ...properties,
});
const io = (type: string, properties: object, more: Partial<TaskContext> = {}) =>
  taskIo(task(type, properties), { ...context, ...more });

const labels = (uses: readonly DatasetUse[]) => uses.map(({ dataset }) => datasetLabel(dataset));
const pairs = ({ moves }: TaskIo) =>
  moves.map(({ from, to }) => `${datasetLabel(from.dataset)} → ${datasetLabel(to.dataset)}`);
const pg = { url: 'jdbc:postgresql://pg:5432/shop' };

/** A recorded flow as far as these tests need it. */
function recordedFlow(version: KestraVersion, name: string): KestraFlow | undefined {
  const found = kestraDataset(version, { plugins: true }).flows.find(
    ({ flow }) => `${flow.namespace}.${flow.id}` === name,
  );
  if (!found) return undefined;
  const lists = ['tasks', 'errors', 'finally', 'afterExecution', 'triggers', 'inputs', 'labels'];
  const json = JSON.parse(JSON.stringify(found.flow), (key, value) =>
    key === 'type' && typeof value === 'string' ? canonicalType(value) : value,
  ) as KestraFlow;
  return { ...(Object.fromEntries(lists.map((list) => [list, []])) as unknown as KestraFlow), ...json };
}

/** Tasks that have to do with data, each in one line, as a person who reads the YAML would tell it. */
const expectedTasks: Record<string, Record<string, string>> = {
  'demo.warehouse.pg_to_bq': {
    extract_orders: 'reads shop.public.orders',
    upload_gcs: 'writes gs://acme-landing/orders/2024-11-01.csv',
    load_bq: 'gs://acme-landing/orders/2024-11-01.csv → acme-dwh.raw.orders',
    build_daily: 'acme-dwh.raw.orders → acme-dwh.mart.daily_sales, acme-dwh.raw.customers → acme-dwh.mart.daily_sales',
  },
  'demo.warehouse.s3_to_redshift': {
    dl: 'reads s3://acme-landing/events',
    copy: 's3://acme-landing/events → prod.raw.events',
    agg: 'prod.raw.events → prod.mart.events_daily',
    export: 'writes s3://acme-export/daily/out.csv',
  },
  'demo.warehouse.kafka_clickhouse': {
    consume: 'reads clickstream',
    insert: 'writes analytics.events',
    check: 'reads analytics.events',
    out: 'writes click-done',
  },
  'demo.warehouse.multi_db': {
    my: 'crm.leads → crm.leads_clean',
    ms: 'ERP.dbo.items → ERP.dbo.items_copy',
    tr: 'postgresql.public.y → hive.default.x',
    az: 'writes abfss://raw/x/y.csv',
    fail_maybe: 'writes app.public.items',
  },
  'demo.warehouse.snowflake_elt': {
    stage: 'gap missing',
    merge: 'ANALYTICS.RAW.CUSTOMERS → ANALYTICS.PUBLIC.CUSTOMERS',
    dbt: 'gap hidden',
    airbyte: 'runs e3b1ce92-547c-436f-b1e8-23b6936c12cd',
    fivetran: 'runs my_connector',
  },
  'demo.plugins.cloud-storage-operations': {
    upload_to_s3: 'writes s3://my-data-lake/raw',
    list_s3_files: 'reads s3://my-data-lake/raw',
    sync_s3_to_local: 'reads s3://my-data-lake',
    gcs_operations: 'writes gs://my-gcp-bucket/processed',
    azure_operations: 'writes abfss://my-container/archive/data.parquet',
    sync_to_aws: 'writes s3://my-data-lake/gcs-mirror/x.parquet',
    sync_to_azure: 'writes abfss://mycontainer/gcs-mirror/data.parquet',
  },
  'demo.plugins.database-plugin-showcase': {
    postgres_example: 'reads mydb.users',
    snowflake_example: 'reads PRODUCTION.ANALYTICS.USERS',
    bigquery_example: 'project.dataset.sessions → my-project.results.daily_sessions',
    clickhouse_example: 'reads analytics.events',
  },
  'demo.plugins.messaging-patterns': {
    produce_to_kafka: 'writes user-events',
    consume_from_kafka: 'reads user-events',
    rabbitmq_example: 'writes events',
    sqs_example: 'writes my-queue',
    consume_stream: 'reads clickstream',
    produce_results: 'writes processed-events',
  },
  'demo.plugins.multi-language-scripts': {},
  'demo.community.community-plugin-showcase': { run_dbt_models: 'gap hidden', sync_with_airbyte: 'gap template' },
  'demo.ml.ml-training-pipeline': {},
  'quality.assurance.plugin-testing-pipeline': {
    setup_api_mock: 'reads http://localhost:1080/mockserver/expectation',
  },
};

function inOneLine(found: TaskIo): string {
  if (found.moves.length > 0) return pairs(found).join(', ');
  return [
    ['reads', labels(found.reads)],
    ['writes', labels(found.writes)],
    ['runs', found.runs.map(({ pipeline }) => pipeline)],
    ['gap', found.gaps.map(({ reason }) => reason)],
  ]
    .filter(([, list]) => list?.length)
    .map(([name, list]) => `${name} ${list}`)
    .join('; ');
}

describe('the recorded flows', () => {
  it.each(kestraVersions)('of Kestra %s are understood task by task', async (version) => {
    for (const [name, expected] of Object.entries(expectedTasks)) {
      const flow = recordedFlow(version, name);
      if (flow === undefined) continue;
      const known = flowContext(flow, name);
      const told: Record<string, string> = {};
      for (const { task: one } of taskTree(flow).all.values()) {
        const line = inOneLine(await taskIo(one, known));
        if (line !== '') told[one.id] = line;
      }
      expect(told, `${version} ${name}`).toEqual(expected);
    }
    expect(recordedFlow(version, 'demo.warehouse.pg_to_bq')).toBeDefined();
  });

  it('have columns and SQL for what SQL moves', async () => {
    const flow = recordedFlow('1.0.3', 'demo.warehouse.pg_to_bq') as KestraFlow;
    const build = flow.tasks.find(({ id }) => id === 'build_daily') as KestraTask;
    const { moves } = await taskIo(build, flowContext(flow, 'p'));
    expect(moves[0]).toMatchObject({
      from: { property: 'sql', trust: 'sql' },
      to: { property: 'destinationTable', trust: 'properties' },
      columns: [
        { from: ['day'], to: 'day' },
        { from: ['amount'], to: 'revenue', expression: 'SUM(o.amount)' },
      ],
    });
    expect(moves[0]?.sql).toContain('CREATE OR REPLACE TABLE');
  });
});

describe('taskIo', () => {
  it('never makes a cross product of statements', async () => {
    const sql =
      'INSERT INTO b1 SELECT * FROM a1; INSERT INTO b2 SELECT * FROM a2; DELETE FROM b3 WHERE id IN (SELECT id FROM a3)';
    const found = await io('jdbc.postgresql.Queries', { ...pg, sql });
    expect(pairs(found)).toEqual(['shop.a1 → shop.b1', 'shop.a2 → shop.b2']);
    expect(labels(found.writes)).toEqual(['shop.b1', 'shop.b2', 'shop.b3']);
  });

  it('lets declared assets decide, to which SQL adds its statement and its columns', async () => {
    const sql =
      'INSERT INTO mart.daily (id) SELECT order_id FROM raw.orders; INSERT INTO mart.log (x) SELECT y FROM raw.log';
    const assets = { inputs: [{ id: 'raw.orders' }], outputs: [{ id: 'shop.mart.DAILY' }] };
    const found = await io('jdbc.postgresql.Queries', { ...pg, sql, assets });
    expect(pairs(found)).toEqual(['shop.raw.orders → shop.mart.DAILY']);
    expect(found.moves[0]).toMatchObject({
      from: { trust: 'declared', property: 'assets.inputs' },
      columns: [{ from: ['order_id'], to: 'id' }],
      sql,
    });
  });

  it('joins what is declared on one side with what SQL says on the other', async () => {
    const sql = 'INSERT INTO t SELECT a FROM raw.orders';
    const found = await io('jdbc.postgresql.Query', { ...pg, sql, assets: { outputs: [{ id: 'mart.daily' }] } });
    expect(pairs(found)).toEqual(['shop.raw.orders → shop.mart.daily']);
    expect(labels(found.writes)).toEqual(['shop.mart.daily']);
  });

  it('gives datasets of scripts that declare them, and passes on what they are given', async () => {
    const assets = { inputs: [{ id: 's3://lake/in' }], outputs: [{ id: 's3://lake/out' }] };
    const found = await io('scripts.python.Script', { assets, script: "open('{{ outputs.x.uri }}')" });
    expect(pairs(found)).toEqual(['s3://lake/in → s3://lake/out']);
    expect(found).toMatchObject({ passesOn: true, takes: ["open('{{ outputs.x.uri }}')"] });
  });

  it('takes nothing of a flowable’s children for its own', async () => {
    const child = { id: 'child', type: 'io.kestra.plugin.core.log.Log', message: '{{ outputs.y.uri }}' };
    const found = await io('core.flow.ForEach', { values: '{{ outputs.x.list }}', tasks: [child], errors: [child] });
    expect(found.takes).toEqual(['{{ outputs.x.list }}']);
  });

  it('analyses each iteration with its own value', async () => {
    const sql = 'INSERT INTO dst.{{ taskrun.value }} SELECT * FROM src.{{ taskrun.value }}';
    for (const value of ['a', 'b']) {
      const found = await io('jdbc.postgresql.Query', { ...pg, sql }, { values: { taskrun: { value } } });
      expect(pairs(found)).toEqual([`shop.src.${value} → shop.dst.${value}`]);
      expect(found.moves[0]?.sql).toBe(`INSERT INTO dst.${value} SELECT * FROM src.${value}`);
    }
    const unknown = await io('jdbc.postgresql.Query', { ...pg, sql });
    expect(unknown).toMatchObject({ reads: [], writes: [], moves: [] });
    expect(unknown.gaps.map(({ reason }) => reason)).toEqual(['template']);
  });

  it('uses plugin defaults, for the place of assets too', async () => {
    const defaults = [{ type: 'io.kestra.plugin.jdbc', values: pg, forced: false }];
    const query = { sql: 'SELECT * FROM orders' };
    expect(labels((await io('jdbc.postgresql.Query', query, { defaults })).reads)).toEqual(['shop.orders']);
    expect(assetContext(task('jdbc.postgresql.Query', query), { ...context, defaults }).place?.database).toBe('shop');
    expect(assetContext(task('scripts.shell.Commands', {}), context)).not.toHaveProperty('place');
  });

  it('follows tables and files that are gone with the task to what they were made of', async () => {
    const sql = `CREATE TABLE o AS SELECT * FROM read_csv('s3://lake/orders.csv');
      CREATE TABLE j AS SELECT * FROM o JOIN read_json('{{ workingDir }}/local.json') USING (id);
      COPY j TO 'tmp.parquet';
      COPY (SELECT * FROM read_parquet('tmp.parquet')) TO 's3://lake/out.parquet';
      COPY (SELECT * FROM read_parquet('{{ outputs.other.uri }}')) TO 's3://lake/second.parquet'`;
    const found = await io('jdbc.duckdb.Queries', { sql });
    expect(pairs(found)).toEqual(['s3://lake/orders.csv → s3://lake/out.parquet']);
    expect(labels(found.writes)).toEqual(['s3://lake/out.parquet', 's3://lake/second.parquet']);
    expect(found.takes).toContain('local.json');
    expect(found.takes).not.toContain('tmp.parquet');
    expect(found.gaps).toEqual([]);
  });

  it('ends a path in SQL before its template', async () => {
    const sql = "COPY t FROM 's3://lake/day={{ execution.startDate | date('yyyy') }}/x.csv' IAM_ROLE 'r'";
    expect(labels((await io('jdbc.redshift.Query', { sql })).reads)).toEqual(['s3://lake']);
  });

  it('leaves the system’s own tables out', async () => {
    const sql = 'SELECT * FROM information_schema.tables JOIN pg_catalog.pg_class USING (x)';
    expect(await io('jdbc.postgresql.Query', { ...pg, sql })).toMatchObject({ reads: [], gaps: [] });
  });

  it('makes a gap of what it cannot read, without any of its SQL', async () => {
    const found = await io('jdbc.postgresql.Query', { ...pg, sql: "selec 'hunter2' frm orders" });
    expect(found.gaps).toEqual([
      {
        pipeline: 'company.team.daily',
        task: 'task',
        reason: 'sql',
        message: 'Its SQL: this statement is not understood.',
        hint: expect.stringContaining('assets'),
      },
    ]);
    const columns = await io('jdbc.postgresql.Query', { ...pg, sql: 'INSERT INTO b SELECT * FROM a' });
    expect(columns.gaps).toEqual([]);
  });

  it('keeps secrets of connections out of everything', async () => {
    const found = [
      await io('jdbc.postgresql.Query', {
        url: 'jdbc:postgresql://u:hunter2@pg/shop?password=hunter2',
        password: 'hunter2',
        sql: 'SELECT 1 FROM t',
      }),
      await io('kafka.Consume', { topic: 't', properties: { 'bootstrap.servers': 'SASL://u:hunter2@kafka:9092' } }),
      await io('mongodb.Find', {
        connection: { uri: 'mongodb+srv://u:hunter2@m.net/?authSource=hunter2' },
        database: 'a',
        collection: 'b',
      }),
      await io('azure.eventhubs.Consume', {
        eventHubName: 'h',
        connectionString: 'Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKey=hunter2',
      }),
      await io('azure.storage.blob.List', {
        container: 'c',
        connectionString: 'AccountName=acme;AccountKey=hunter2',
        sasToken: 'hunter2',
      }),
      await io('elasticsearch.Search', {
        indexes: ['i'],
        connection: { hosts: ['https://u:hunter2@es:9200'], basicAuth: { password: 'hunter2' } },
      }),
      await io('core.http.Download', { uri: 'https://u:hunter2@acme.example/x?token=hunter2' }),
      await io('aws.sqs.Publish', {
        queueUrl: 'https://u:hunter2@sqs.example/1/q?x=hunter2',
        from: '{{ outputs.x.uri }}',
      }),
      await io('airbyte.connections.Sync', { connectionId: "{{ secret('X') ?? 'hunter2' }}", token: 'hunter2' }),
      await io('fs.sftp.List', { host: "{{ kv('H') | default('hunter2') }}", from: '/x', password: 'hunter2' }),
    ];
    for (const one of found) {
      expect(JSON.stringify(one)).not.toContain('hunter2');
      expect(one.reads.length + one.writes.length + one.gaps.length).toBeGreaterThan(0);
    }
  });
});

describe('hostile definitions', () => {
  const types = [
    'jdbc.postgresql.Query',
    'gcp.bigquery.Query',
    'gcp.bigquery.Copy',
    'aws.s3.Copy',
    'kafka.Consume',
    'fs.sftp.Move',
    'core.http.Request',
    'dbt.cloud.TriggerRun',
    'debezium.mysql.Capture',
    'azure.storage.blob.Copy',
    'my.own.Task',
  ];
  const properties = [
    'sql',
    'url',
    'from',
    'to',
    'table',
    'topic',
    'bucket',
    'key',
    'container',
    'host',
    'uri',
    'method',
    'jobId',
    'destinationTable',
    'sourceTables',
    'defaultDataset',
    'properties',
    'inputFiles',
    'includedTables',
    'assets',
    'hostname',
    'queueUrl',
  ];
  const deep = (depth: number): unknown => (depth === 0 ? '{{ outputs.x }}' : { inner: [deep(depth - 1)] });
  const values: unknown[] = [
    0,
    -1,
    true,
    null,
    '',
    ' ',
    [],
    {},
    [[]],
    [null],
    { __proto__: null },
    JSON.parse('{"__proto__":{"x":1},"constructor":2}'),
    '__proto__',
    'constructor',
    '{',
    '[',
    '{{',
    '{{ }}',
    "{{ '",
    '\u0000',
    '\uE0000\uE001',
    deep(500),
    Array.from({ length: 20_000 }, (_, index) => `t${index}`),
    'x'.repeat(100_000),
  ];

  it('never make it reject, and what comes out is bounded', async () => {
    for (const type of types)
      for (const value of values) {
        const all = Object.fromEntries(properties.map((property) => [property, value]));
        const found = await io(type, all);
        expect(found.gaps.length).toBeLessThanOrEqual(20);
        expect(found.takes.length).toBeLessThanOrEqual(3_000);
        expect(found.moves.length).toBeLessThanOrEqual(10_000);
      }
    expect({}).not.toHaveProperty('x');
  });

  it('may hold a megabyte of SQL, and more', async () => {
    const row = "(1, 'some text', {{ outputs.x.y }}),\n";
    const sql = `INSERT INTO mart.t (a, b, c) VALUES ${row.repeat(20_000)}(1, '', 2)`;
    expect(labels((await io('jdbc.postgresql.Query', { ...pg, sql })).writes)).toEqual(['shop.mart.t']);
    const tooLong = await io('jdbc.postgresql.Query', { ...pg, sql: `${sql}${sql}` });
    expect(tooLong.gaps.map(({ reason }) => reason)).toEqual(['sql']);
    expect(JSON.stringify(tooLong).length).toBeLessThan(200_000);
  });

  it('may join thousands of tables', async () => {
    const names = Array.from({ length: 2_000 }, (_, index) => `raw.t${index}`);
    const sql = `INSERT INTO mart.all_of_them ${names.map((name) => `SELECT a FROM ${name}`).join(' UNION ALL ')}`;
    const found = await io('jdbc.postgresql.Query', { ...pg, sql });
    expect(found.moves).toHaveLength(2_000);
  });
});

describe('touchesDatasets', () => {
  it('is for known types and for whatever declares assets', () => {
    expect(touchesDatasets(task('aws.s3.Upload', {}))).toBe(true);
    expect(touchesDatasets(task('scripts.shell.Commands', { assets: {} }))).toBe(true);
    expect(touchesDatasets(task('scripts.shell.Commands', {}))).toBe(false);
  });
});
