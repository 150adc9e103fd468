import { datasetLabel } from '@flowmeta/connector';
import { describe, expect, it } from 'vitest';
import { catalogueRow, spelledOut, taskCatalogue } from './task-catalogue.js';
import { taskIo } from './task-io.js';
import type { DatasetUse } from './types.js';

const context = { pipeline: 'company.team.daily', values: {}, defaults: [] };

const labels = (uses: readonly DatasetUse[]) => uses.map(({ dataset }) => datasetLabel(dataset)).join(', ');

/** What a task does, in one line: `a → b` it moves by itself. */
async function told(type: string, properties: Record<string, unknown>): Promise<string> {
  const io = await taskIo({ id: 'task', type: `io.kestra.plugin.${type}`, ...properties }, context);
  const moved = io.moves.map(({ from, to }) => `${datasetLabel(from.dataset)} → ${datasetLabel(to.dataset)}`);
  const parts = {
    reads: labels(io.reads),
    writes: labels(io.writes),
    moves: moved.join(', '),
    takes: io.takes.join(', '),
    gives: labels(io.gives) + (io.passesOn ? '+' : ''),
    runs: io.runs.map(({ pipeline }) => pipeline).join(', '),
    gaps: io.gaps.map(({ reason }) => reason).join(', '),
  };
  return Object.entries(parts)
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `${name} ${text}`)
    .join('; ');
}

const pg = { url: 'jdbc:postgresql://pg:5432/shop' };
const kafka = { properties: { 'bootstrap.servers': 'kafka:9092' } };
const given = { from: '{{ outputs.x.uri }}' };

type Case = [type: string, properties: Record<string, unknown>, told: string];

/** By the row's pattern: at least one case for each row. */
const cases: Record<string, Case[]> = {
  'jdbc.*.{Query,Queries}': [
    [
      'jdbc.postgresql.Query',
      { ...pg, sql: 'SELECT * FROM public.orders' },
      'reads shop.public.orders; gives shop.public.orders',
    ],
    [
      'jdbc.postgresql.Queries',
      { ...pg, sql: 'INSERT INTO b.t SELECT * FROM a.t; INSERT INTO d.t SELECT * FROM c.t' },
      'reads shop.a.t, shop.c.t; writes shop.b.t, shop.d.t; moves shop.a.t → shop.b.t, shop.c.t → shop.d.t; gives shop.b.t, shop.d.t',
    ],
    [
      'jdbc.postgresql.Query',
      { ...pg, sql: 'SELECT id FROM public.queue', afterSQL: 'UPDATE public.queue SET done = true' },
      'reads shop.public.queue; writes shop.public.queue; gives shop.public.queue',
    ],
    [
      'jdbc.snowflake.Query',
      {
        url: 'jdbc:snowflake://acme.snowflakecomputing.com',
        database: 'sales',
        schema: 'PUBLIC',
        sql: 'INSERT INTO t SELECT a FROM raw.s',
      },
      'reads SALES.RAW.S; writes SALES.PUBLIC.T; moves SALES.RAW.S → SALES.PUBLIC.T; gives SALES.PUBLIC.T',
    ],
    [
      'jdbc.duckdb.Query',
      {
        sql: "CREATE TABLE t AS SELECT * FROM read_parquet('s3://lake/in/*.parquet'); COPY t TO 's3://lake/out/t.parquet'",
      },
      'reads s3://lake/in/*.parquet; writes s3://lake/out/t.parquet; moves s3://lake/in/*.parquet → s3://lake/out/t.parquet; gives s3://lake/out/t.parquet+',
    ],
    [
      'jdbc.duckdb.Query',
      { inputFiles: { 'in.csv': '{{ outputs.x.uri }}' }, sql: "SELECT * FROM read_csv('in.csv')" },
      'takes {{ outputs.x.uri }}, in.csv; gives +',
    ],
    [
      'jdbc.sqlite.Query',
      { url: 'jdbc:sqlite:my.db', sqliteFile: '{{ outputs.x.uri }}', sql: 'SELECT * FROM t' },
      'takes {{ outputs.x.uri }}; gives +',
    ],
    ['jdbc.sqlite.Query', { url: 'jdbc:sqlite:/data/my.db', sql: 'SELECT * FROM t' }, 'reads t; gives t'],
    ['jdbc.mysql.Query', { sql: 'SELECT 1 FROM crm.leads' }, 'reads crm.leads; gives crm.leads'],
    [
      'jdbc.vertica.Query',
      { url: 'jdbc:vertica://v:5433/dwh', sql: 'INSERT INTO a.t SELECT * FROM b.t' },
      'reads dwh.b.t; writes dwh.a.t; moves dwh.b.t → dwh.a.t; gives dwh.a.t',
    ],
  ],
  'jdbc.*.Trigger': [
    [
      'jdbc.mysql.Trigger',
      { url: 'jdbc:mysql://m:3306/crm', sql: 'SELECT * FROM leads' },
      'reads crm.leads; gives crm.leads',
    ],
  ],
  'jdbc.*.{Batch,BulkInsert}': [
    [
      'jdbc.postgresql.Batch',
      { ...pg, ...given, table: 'public.items' },
      'writes shop.public.items; takes {{ outputs.x.uri }}',
    ],
    [
      'jdbc.clickhouse.BulkInsert',
      { url: 'jdbc:clickhouse://ch:8123/a', ...given, sql: 'INSERT INTO events (id) VALUES (?)' },
      'writes a.events; takes {{ outputs.x.uri }}',
    ],
    ['jdbc.oracle.Batch', { ...given, table: 'hr.staff' }, 'writes HR.STAFF; takes {{ outputs.x.uri }}'],
    [
      'jdbc.postgresql.Batch',
      { ...pg, ...given, table: '{{ inputs.table }}' },
      'takes {{ outputs.x.uri }}; gaps template',
    ],
  ],
  'jdbc.*.CopyIn': [
    [
      'jdbc.postgresql.CopyIn',
      { ...pg, ...given, table: '"Public"."Items"' },
      'writes shop.Public.Items; takes {{ outputs.x.uri }}',
    ],
  ],
  'jdbc.*.CopyOut': [
    ['jdbc.postgresql.CopyOut', { ...pg, table: 'public.items' }, 'reads shop.public.items; gives shop.public.items'],
    [
      'jdbc.postgresql.CopyOut',
      { ...pg, sql: 'SELECT * FROM public.items' },
      'reads shop.public.items; gives shop.public.items',
    ],
  ],
  'jdbc.snowflake.Upload': [
    [
      'jdbc.snowflake.Upload',
      { ...given, stageName: '@S', fileName: 'f' },
      'takes {{ outputs.x.uri }}; gives +; gaps missing',
    ],
  ],
  'jdbc.snowflake.Download': [['jdbc.snowflake.Download', { stageName: '@S', fileName: 'f' }, 'gaps missing']],
  'gcp.bigquery.Query': [
    [
      'gcp.bigquery.Query',
      {
        projectId: 'p',
        sql: 'SELECT a FROM raw.t',
        destinationTable: { projectId: 'p', datasetId: 'mart', tableId: 't' },
      },
      'reads p.raw.t; writes p.mart.t; moves p.raw.t → p.mart.t; gives p.raw.t',
    ],
    ['gcp.bigquery.Query', { sql: 'SELECT a FROM t', defaultDataset: 'p.raw' }, 'reads p.raw.t; gives p.raw.t'],
    ['gcp.bigquery.Query', { legacySql: true, sql: 'SELECT a FROM [p:raw.t]' }, 'reads p.raw.t; gives p.raw.t'],
  ],
  'gcp.bigquery.Trigger': [
    ['gcp.bigquery.Trigger', { sql: 'SELECT 1 FROM `p.raw.t`' }, 'reads p.raw.t; gives p.raw.t'],
  ],
  'gcp.bigquery.{Load,StorageWrite}': [
    [
      'gcp.bigquery.Load',
      { ...given, destinationTable: 'p.raw.t$20240101' },
      'writes p.raw.t; takes {{ outputs.x.uri }}; gives p.raw.t',
    ],
    [
      'gcp.bigquery.StorageWrite',
      { ...given, destinationTable: 'p:raw.t' },
      'writes p.raw.t; takes {{ outputs.x.uri }}; gives p.raw.t',
    ],
  ],
  'gcp.bigquery.LoadFromGcs': [
    [
      'gcp.bigquery.LoadFromGcs',
      { from: '["gs://b/x.csv","gs://b/y.csv"]', destinationTable: 'p.raw.t' },
      'reads gs://b/x.csv, gs://b/y.csv; writes p.raw.t; moves gs://b/x.csv → p.raw.t, gs://b/y.csv → p.raw.t; takes gs://b/x.csv, gs://b/y.csv; gives p.raw.t',
    ],
    [
      'gcp.bigquery.LoadFromGcs',
      { from: ['{{ outputs.up.uri }}'], destinationTable: 'p.raw.t' },
      'writes p.raw.t; takes {{ outputs.up.uri }}; gives p.raw.t',
    ],
  ],
  'gcp.bigquery.ExtractToGcs': [
    [
      'gcp.bigquery.ExtractToGcs',
      { sourceTable: 'p.raw.t', destinationUris: ['gs://b/t/*.csv'] },
      'reads p.raw.t; writes gs://b/t/*.csv; moves p.raw.t → gs://b/t/*.csv; gives gs://b/t/*.csv',
    ],
  ],
  'gcp.bigquery.Copy': [
    [
      'gcp.bigquery.Copy',
      { sourceTables: ['p.a.t', 'p.a.u'], destinationTable: 'p.b.t' },
      'reads p.a.t, p.a.u; writes p.b.t; moves p.a.t → p.b.t, p.a.u → p.b.t; gives p.b.t',
    ],
  ],
  'gcp.bigquery.CopyPartitions': [
    [
      'gcp.bigquery.CopyPartitions',
      { projectId: 'p', dataset: 'a', table: 't', from: '2024-01-01', to: '2024-02-01', destinationTable: 'p.b.t' },
      'reads p.a.t; writes p.b.t; moves p.a.t → p.b.t; takes 2024-01-01; gives p.b.t',
    ],
  ],
  'gcp.bigquery.DeletePartitions': [
    ['gcp.bigquery.DeletePartitions', { projectId: 'p', dataset: 'a', table: 't' }, 'writes p.a.t'],
  ],
  'gcp.bigquery.{CreateTable,UpdateTable,DeleteTable,TableMetadata}': [
    ['gcp.bigquery.CreateTable', { projectId: 'p', dataset: 'a', table: 't' }, ''],
  ],
  'gcp.bigquery.RunTransferConfig': [['gcp.bigquery.RunTransferConfig', { transferConfigName: 'x' }, 'gaps hidden']],
  'gcp.gcs.Upload': [
    [
      'gcp.gcs.Upload',
      { ...given, to: 'gs://b/dir/{{ inputs.day }}.csv' },
      'writes gs://b/dir; takes {{ outputs.x.uri }}; gives gs://b/dir',
    ],
    [
      'gcp.gcs.Upload',
      { ...given, bucket: 'b', name: 'dir/f.csv' },
      'writes gs://b/dir/f.csv; takes {{ outputs.x.uri }}; gives gs://b/dir/f.csv',
    ],
    ['gcp.gcs.Upload', { ...given, to: 'gs://{{ inputs.bucket }}/f.csv' }, 'takes {{ outputs.x.uri }}; gaps template'],
  ],
  'gcp.gcs.{Download,Downloads,List,Trigger}': [
    ['gcp.gcs.Download', { from: 'gs://b/f.csv' }, 'reads gs://b/f.csv; takes gs://b/f.csv; gives gs://b/f.csv'],
    ['gcp.gcs.Download', { from: '{{ outputs.list.blobs[0].uri }}' }, 'takes {{ outputs.list.blobs[0].uri }}; gives +'],
    [
      'gcp.gcs.Trigger',
      { from: 'gs://b/in/', action: 'MOVE', moveDirectory: 'gs://b/done/' },
      'reads gs://b/in; writes gs://b/done; moves gs://b/in → gs://b/done; takes gs://b/in/; gives gs://b/in',
    ],
  ],
  'gcp.gcs.{Copy,Compose}': [
    [
      'gcp.gcs.Copy',
      { from: 'gs://a/f', to: 'gs://b/f' },
      'reads gs://a/f; writes gs://b/f; moves gs://a/f → gs://b/f; takes gs://a/f; gives gs://b/f',
    ],
    [
      'gcp.gcs.Compose',
      { list: { from: 'gs://a/parts/' }, to: 'gs://a/whole' },
      'reads gs://a/parts; writes gs://a/whole; moves gs://a/parts → gs://a/whole; gives gs://a/whole',
    ],
  ],
  'gcp.pubsub.Publish': [
    ['gcp.pubsub.Publish', { ...given, projectId: 'p', topic: 't' }, 'writes t; takes {{ outputs.x.uri }}'],
  ],
  'gcp.pubsub.{Consume,Trigger,RealtimeTrigger}': [
    ['gcp.pubsub.Trigger', { topic: 'projects/p/topics/t' }, 'reads t; gives t'],
  ],
  'gcp.spanner.{Query,Execute,BatchDml,Trigger}': [
    [
      'gcp.spanner.Query',
      { projectId: 'p', instanceId: 'i', databaseId: 'db', sql: 'SELECT a FROM t' },
      'reads db.t; gives db.t',
    ],
  ],
  'aws.s3.Upload': [
    [
      'aws.s3.Upload',
      { ...given, bucket: 'b', key: 'raw/{{ now() }}/f.csv' },
      'writes s3://b/raw; takes {{ outputs.x.uri }}; gives s3://b/raw',
    ],
    ['aws.s3.Upload', { ...given, bucket: '{{ envs.bucket }}', key: 'f' }, 'takes {{ outputs.x.uri }}; gaps template'],
  ],
  'aws.s3.{Download,Downloads,List,Trigger}': [
    ['aws.s3.Downloads', { bucket: 'b', prefix: 'in/' }, 'reads s3://b/in; gives s3://b/in'],
    [
      'aws.s3.Download',
      { bucket: 'b', key: '{{ outputs.l.uris[0] }}' },
      'reads s3://b; takes {{ outputs.l.uris[0] }}; gives s3://b',
    ],
    [
      'aws.s3.Trigger',
      { bucket: 'b', prefix: 'in', moveTo: '{"bucket":"c","key":"done"}' },
      'reads s3://b/in; writes s3://c/done; moves s3://b/in → s3://c/done; gives s3://b/in',
    ],
  ],
  'aws.s3.Copy': [
    [
      'aws.s3.Copy',
      { from: { bucket: 'a', key: 'f' }, to: { bucket: 'b', key: 'g' } },
      'reads s3://a/f; writes s3://b/g; moves s3://a/f → s3://b/g; gives s3://b/g',
    ],
    [
      'aws.s3.Copy',
      { from: '{{ outputs.up.uri }}', to: 's3://b/g' },
      'writes s3://b/g; takes {{ outputs.up.uri }}; gives s3://b/g',
    ],
  ],
  'aws.athena.Query': [
    [
      'aws.athena.Query',
      { database: 'Lake', query: 'SELECT a FROM orders', outputLocation: 's3://r/' },
      'reads lake.orders; writes s3://r; moves lake.orders → s3://r; gives lake.orders',
    ],
    [
      'aws.athena.Query',
      { database: 'lake', query: 'INSERT INTO t SELECT a FROM s', outputLocation: 's3://r/' },
      'reads lake.s; writes lake.t; moves lake.s → lake.t; gives lake.t',
    ],
  ],
  'aws.dynamodb.{GetItem,Query,Scan}': [['aws.dynamodb.Scan', { tableName: 'Orders' }, 'reads Orders; gives Orders']],
  'aws.dynamodb.{PutItem,DeleteItem}': [
    [
      'aws.dynamodb.PutItem',
      { tableName: 'Orders', item: '{{ outputs.x.row }}' },
      'writes Orders; takes {{ outputs.x.row }}',
    ],
  ],
  'aws.kinesis.PutRecords': [
    [
      'aws.kinesis.PutRecords',
      { streamName: 's', records: '{{ outputs.x.uri }}' },
      'writes s; takes {{ outputs.x.uri }}',
    ],
  ],
  'aws.kinesis.{Consume,Trigger,RealtimeTrigger}': [
    ['aws.kinesis.RealtimeTrigger', { streamArn: 'arn:aws:kinesis:eu-west-1:1:stream/s' }, 'reads s; gives s'],
  ],
  'aws.sqs.{Publish,Send}': [
    [
      'aws.sqs.Publish',
      { ...given, queueUrl: 'https://sqs.us-east-1.amazonaws.com/1/q' },
      'writes q; takes {{ outputs.x.uri }}',
    ],
  ],
  'aws.sqs.{Consume,Trigger,RealtimeTrigger}': [
    ['aws.sqs.Trigger', { queueUrl: 'https://sqs.us-east-1.amazonaws.com/1/q' }, 'reads q; gives q'],
  ],
  'aws.sns.Publish': [
    ['aws.sns.Publish', { ...given, topicArn: 'arn:aws:sns:us-east-1:1:t' }, 'writes t; takes {{ outputs.x.uri }}'],
  ],
  '{azure.storage.blob,azure.blob}.Upload': [
    [
      'azure.storage.blob.Upload',
      { ...given, endpoint: 'https://acme.blob.core.windows.net', container: 'raw', name: 'x/y.csv' },
      'writes abfss://raw/x/y.csv; takes {{ outputs.x.uri }}; gives abfss://raw/x/y.csv',
    ],
    [
      'azure.blob.Upload',
      { ...given, container: 'raw', name: 'y.csv' },
      'writes abfss://raw/y.csv; takes {{ outputs.x.uri }}; gives abfss://raw/y.csv',
    ],
  ],
  '{azure.storage.blob,azure.blob}.{Download,Downloads,List,Trigger}': [
    ['azure.storage.blob.List', { container: 'raw', prefix: 'in/' }, 'reads abfss://raw/in; gives abfss://raw/in'],
  ],
  '{azure.storage.blob,azure.blob}.Copy': [
    [
      'azure.storage.blob.Copy',
      { from: { container: 'a', name: 'f' }, to: { container: 'b', name: 'g' } },
      'reads abfss://a/f; writes abfss://b/g; moves abfss://a/f → abfss://b/g; gives abfss://b/g',
    ],
    [
      'azure.blob.Copy',
      { from: '{{ outputs.up.uri }}', to: 'https://acme.blob.core.windows.net/b/g' },
      'writes abfss://b/g; takes {{ outputs.up.uri }}; gives abfss://b/g',
    ],
  ],
  '{azure.storage.adls,azure.adls}.Upload': [
    [
      'azure.storage.adls.Upload',
      { ...given, fileSystem: 'fs', filePath: 'a/b' },
      'writes abfss://fs/a/b; takes {{ outputs.x.uri }}; gives abfss://fs/a/b',
    ],
  ],
  '{azure.storage.adls,azure.adls}.{Read,Reads,List,Trigger}': [
    ['azure.storage.adls.Reads', { fileSystem: 'fs', directoryPath: 'a/' }, 'reads abfss://fs/a; gives abfss://fs/a'],
  ],
  'azure.storage.table.Bulk': [
    ['azure.storage.table.Bulk', { ...given, table: 'T' }, 'writes T; takes {{ outputs.x.uri }}'],
  ],
  'azure.storage.table.{Get,List}': [['azure.storage.table.List', { table: 'T' }, 'reads T; gives T']],
  'azure.storage.table.Delete': [['azure.storage.table.Delete', { table: 'T' }, 'writes T']],
  'azure.eventhubs.Produce': [
    [
      'azure.eventhubs.Produce',
      { ...given, namespace: 'ns', eventHubName: 'h' },
      'writes h; takes {{ outputs.x.uri }}',
    ],
  ],
  'azure.eventhubs.{Consume,Trigger,RealtimeTrigger}': [
    ['azure.eventhubs.Consume', { connectionString: "{{ secret('EH') }}", eventHubName: 'h' }, 'reads h; gives h'],
  ],
  'kafka.Produce': [['kafka.Produce', { ...kafka, ...given, topic: 't' }, 'writes t; takes {{ outputs.x.uri }}']],
  'kafka.{Consume,Trigger,RealtimeTrigger}': [
    ['kafka.Consume', { ...kafka, topic: ['a', 'b'] }, 'reads a, b; gives a, b'],
    ['kafka.Trigger', { ...kafka, topic: '{{ envs.topic }}' }, 'gives +; gaps template'],
  ],
  'amqp.{Publish,Write}': [
    ['amqp.Write', { ...given, uri: 'amqp://u:p@rabbit:5672', exchange: 'e' }, 'writes e; takes {{ outputs.x.uri }}'],
  ],
  'amqp.{Consume,Trigger,RealtimeTrigger}': [['amqp.Consume', { host: 'rabbit', queue: 'q' }, 'reads q; gives q']],
  'mqtt.Publish': [
    ['mqtt.Publish', { ...given, server: 'ssl://m:8883', topic: 'a/b' }, 'writes a/b; takes {{ outputs.x.uri }}'],
  ],
  'mqtt.{Subscribe,Trigger,RealtimeTrigger}': [
    ['mqtt.Subscribe', { server: 'ssl://m:8883', topic: 'a/b' }, 'reads a/b; gives a/b'],
  ],
  'debezium.postgres.{Capture,Trigger,RealtimeTrigger}': [
    [
      'debezium.postgres.Capture',
      {
        hostname: 'pg',
        port: '5432',
        database: 'shop',
        includedTables: ['public.orders', 'public\\.items', 'public.log_.*'],
      },
      'reads shop.public.orders, shop.public.items; gives shop.public.orders, shop.public.items',
    ],
  ],
  'debezium.{mysql,sqlserver,oracle,db2}.{Capture,Trigger,RealtimeTrigger}': [
    [
      'debezium.mysql.Trigger',
      { hostname: 'my', port: 3306, includedTables: 'crm.leads,crm.calls' },
      'reads crm.leads, crm.calls; gives crm.leads, crm.calls',
    ],
  ],
  'debezium.mongodb.{Capture,Trigger,RealtimeTrigger}': [
    [
      'debezium.mongodb.Capture',
      { connectionString: 'mongodb://u:p@m:27017', includedCollections: ['app.users'] },
      'reads app.users; gives app.users',
    ],
  ],
  'mongodb.{Find,Aggregate,Trigger}': [
    [
      'mongodb.Find',
      { connection: { uri: 'mongodb://u:p@m:27017/?x=y' }, database: 'app', collection: 'users' },
      'reads app.users; gives app.users',
    ],
  ],
  'mongodb.{InsertOne,Update,Delete,Bulk,Load}': [
    ['mongodb.Load', { ...given, database: 'app', collection: 'users' }, 'writes app.users; takes {{ outputs.x.uri }}'],
  ],
  'elasticsearch.{Search,Scroll}': [
    ['elasticsearch.Search', { connection: { hosts: ['http://es:9200'] }, indexes: ['a', 'b-*'] }, 'reads a; gives a'],
  ],
  'elasticsearch.Get': [['elasticsearch.Get', { index: 'a', key: '1' }, 'reads a; gives a']],
  'elasticsearch.{Load,Bulk,Put}': [
    ['elasticsearch.Load', { ...given, index: 'a' }, 'writes a; takes {{ outputs.x.uri }}'],
  ],
  'elasticsearch.Esql': [
    ['elasticsearch.Esql', { query: 'FROM a, b METADATA _id | LIMIT 1' }, 'reads a, b; gives a, b'],
  ],
  'databricks.sql.Query': [
    [
      'databricks.sql.Query',
      { host: 'adb.net', catalog: 'Main', schema: 's', sql: 'INSERT INTO t SELECT * FROM u' },
      'reads main.s.u; writes main.s.t; moves main.s.u → main.s.t; gives main.s.t',
    ],
  ],
  'databricks.dbfs.Upload': [
    [
      'databricks.dbfs.Upload',
      { ...given, host: 'adb.net', to: '/Shared/f' },
      'writes dbfs://adb.net/Shared/f; takes {{ outputs.x.uri }}; gives dbfs://adb.net/Shared/f',
    ],
  ],
  'databricks.dbfs.Download': [
    [
      'databricks.dbfs.Download',
      { host: 'adb.net', from: '/Shared/f' },
      'reads dbfs://adb.net/Shared/f; takes /Shared/f; gives dbfs://adb.net/Shared/f',
    ],
  ],
  'databricks.job.*': [['databricks.job.RunNow', { jobId: 42 }, 'runs 42']],
  'dbt.cli.*': [['dbt.cli.DbtCLI', { commands: ['dbt build'] }, 'gives +; gaps hidden']],
  'dbt.cloud.TriggerRun': [
    ['dbt.cloud.TriggerRun', { accountId: '1', jobId: '7' }, 'runs 7'],
    ['dbt.cloud.TriggerRun', { jobId: "{{ kv('JOB') }}" }, 'gaps template'],
  ],
  'airbyte.{Sync,connections.Sync,cloud.jobs.Sync,cloud.jobs.Reset}': [
    ['airbyte.connections.Sync', { connectionId: 'e3b1' }, 'runs e3b1'],
  ],
  'fivetran.connectors.{Sync,Status}': [['fivetran.connectors.Sync', { connectorIds: '["a","b"]' }, 'runs a, b']],
  'singer.*.*': [['singer.targets.Postgres', { ...given }, 'takes {{ outputs.x.uri }}; gives +']],
  'fs.{sftp,ftp,ftps,smb}.Upload': [
    [
      'fs.sftp.Upload',
      { ...given, host: 'h', port: '22', to: '/in/f.csv' },
      'writes sftp://h/in/f.csv; takes {{ outputs.x.uri }}; gives sftp://h/in/f.csv',
    ],
  ],
  'fs.{sftp,ftp,ftps,smb}.{Download,Downloads,List,Trigger}': [
    [
      'fs.ftp.Downloads',
      { host: 'h', from: '/out/', moveDirectory: '/done/' },
      'reads ftp://h/out; writes ftp://h/done; moves ftp://h/out → ftp://h/done; takes /out/; gives ftp://h/out',
    ],
  ],
  'fs.{sftp,ftp,ftps,smb}.Move': [
    [
      'fs.sftp.Move',
      { host: 'h', from: '/a', to: '/b' },
      'reads sftp://h/a; writes sftp://h/b; moves sftp://h/a → sftp://h/b; takes /a; gives sftp://h/b',
    ],
  ],
  'fs.{local,nfs}.Upload': [
    [
      'fs.local.Upload',
      { ...given, to: '/data/f' },
      'writes file:///data/f; takes {{ outputs.x.uri }}; gives file:///data/f',
    ],
  ],
  'fs.{local,nfs}.{Download,Downloads,List,Trigger}': [
    ['fs.local.Download', { from: '/data/f' }, 'reads file:///data/f; takes /data/f; gives file:///data/f'],
  ],
  'fs.{local,nfs}.{Copy,Move}': [
    [
      'fs.nfs.Copy',
      { from: '/a', to: '/b' },
      'reads file:///a; writes file:///b; moves file:///a → file:///b; takes /a; gives file:///b',
    ],
  ],
  'core.http.{Download,Trigger}': [
    [
      'core.http.Download',
      { uri: 'https://u:p@acme.example/data/x.csv?token=t#f' },
      'reads http://acme.example/data/x.csv; gives http://acme.example/data/x.csv',
    ],
  ],
  'core.http.Request': [
    [
      'core.http.Request',
      { uri: 'https://acme.example/data' },
      'reads http://acme.example/data; gives http://acme.example/data',
    ],
    [
      'core.http.Request',
      { uri: 'https://acme.example/data', method: 'POST', body: '{{ outputs.x.row }}' },
      'writes http://acme.example/data; takes {{ outputs.x.row }}; gives +',
    ],
    ['core.http.Request', { uri: 'https://acme.example/data', method: 'DELETE' }, 'gives +'],
  ],
};

describe('the task catalogue', () => {
  it('has a case here for each of its rows', () => {
    expect(Object.keys(cases).sort()).toEqual(taskCatalogue.map(({ type }) => type).sort());
    for (const [pattern, own] of Object.entries(cases))
      for (const [type] of own) expect(catalogueRow(`io.kestra.plugin.${type}`)?.type, type).toBe(pattern);
  });

  it('names no type twice', () => {
    const all = taskCatalogue.flatMap(({ type }) => spelledOut(type));
    expect(all.filter((type, index) => all.indexOf(type) !== index)).toEqual([]);
  });

  it.each(Object.values(cases).flat())('%s %o', async (type, properties, expected) => {
    expect(await told(type, properties)).toBe(expected);
  });

  it('knows no other types, whatever they are called', () => {
    for (const type of [
      'io.kestra.plugin.scripts.python.Script',
      'com.acme.aws.s3.Upload',
      'constructor',
      '__proto__',
      'io.kestra.plugin.__proto__',
      'io.kestra.plugin.constructor',
      '',
    ])
      expect(catalogueRow(type)).toBeUndefined();
  });
});
