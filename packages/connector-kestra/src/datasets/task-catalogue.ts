import {
  azureFile,
  bigqueryParts,
  bigqueryTable,
  bucketAndKey,
  captured,
  collection,
  type Extractor,
  esqlSources,
  searchIndex,
  serverFile,
  sourceUrl,
  table,
  topic,
  url,
} from './extractors.js';
import {
  addressed,
  athena,
  azure,
  bigquery,
  databricks,
  eventHubs,
  fileServer,
  fileSystem,
  hostAndPort,
  jdbc,
  type PlaceFinder,
  project,
  server,
  spanner,
  system,
} from './places.js';

/** What the properties of the tasks and triggers of a type mean for data. */
export interface TaskRow {
  /** After `io.kestra.plugin.`; `*` is any name, `{A,B}` one of several. */
  type: string;
  /** Where its datasets are. */
  place: PlaceFinder;
  /** What its properties name. */
  reads?: readonly Extractor[];
  writes?: readonly Extractor[];
  /** Properties that hold SQL, or a list of SQL. */
  sql?: readonly string[];
  /** What a SELECT of its SQL fills when no other place of the task or of its SQL is written to. */
  results?: readonly Extractor[];
  /** All that it reads flows into all that it writes. */
  moves?: true;
  /** Properties that carry data of other tasks, besides `from` and `inputFiles`. */
  takes?: readonly string[];
  /** What its outputs carry; of `reads`, for SQL, what it selects, or else what it wrote. */
  gives: readonly ('reads' | 'writes' | 'taken')[];
  /** Properties that name jobs of another system by their pipelines' names. */
  runs?: readonly string[];
  /** Why the definition doesn't tell what it reads and writes, and what the user may do. */
  hidden?: { reason: 'hidden' | 'missing'; message: string; hint: string };
}

const kafkaServers = ['properties', 'bootstrap.servers'] as const;
const polling = '{Consume,Trigger,RealtimeTrigger}';
const downloads = '{Download,Downloads,List,Trigger}';
const itsTable = bigqueryParts(['projectId', 'dataset', 'table']);

const dbtHidden = {
  reason: 'hidden',
  message: 'Which models dbt builds is written in its project, not in the flow.',
  hint: "Ingest dbt's manifest with OpenMetadata's dbt connector, or declare `assets` on the task.",
} as const;

const stageHidden = {
  reason: 'missing',
  message: 'Its stage is no entity of the catalog.',
  hint: 'Declare `assets` on the task, naming the location behind the stage.',
} as const;

/** Every type of task and trigger that is known to touch data. Any other passes on what it is given. */
export const taskCatalogue: readonly TaskRow[] = [
  // Databases by JDBC
  {
    type: 'jdbc.*.{Query,Queries}',
    place: jdbc,
    sql: ['sql', 'afterSQL'],
    takes: ['parameters', 'sqliteFile', 'databaseUri'],
    gives: ['reads'],
  },
  { type: 'jdbc.*.Trigger', place: jdbc, sql: ['sql', 'afterSQL'], gives: ['reads'] },
  { type: 'jdbc.*.{Batch,BulkInsert}', place: jdbc, writes: [table('table')], sql: ['sql'], gives: [] },
  { type: 'jdbc.*.CopyIn', place: jdbc, writes: [table('table')], sql: ['sql'], gives: [] },
  { type: 'jdbc.*.CopyOut', place: jdbc, reads: [table('table')], sql: ['sql'], gives: ['reads'] },
  {
    type: 'jdbc.snowflake.Upload',
    place: jdbc,
    gives: ['taken'],
    hidden: stageHidden,
  },
  {
    type: 'jdbc.snowflake.Download',
    place: jdbc,
    gives: [],
    hidden: stageHidden,
  },

  // Google Cloud
  {
    type: 'gcp.bigquery.Query',
    place: bigquery,
    writes: [bigqueryTable('destinationTable')],
    sql: ['sql'],
    gives: ['reads'],
  },
  { type: 'gcp.bigquery.Trigger', place: bigquery, sql: ['sql'], gives: ['reads'] },
  {
    type: 'gcp.bigquery.{Load,StorageWrite}',
    place: bigquery,
    writes: [bigqueryTable('destinationTable')],
    gives: ['writes'],
  },
  {
    type: 'gcp.bigquery.LoadFromGcs',
    place: bigquery,
    reads: [sourceUrl('from')],
    writes: [bigqueryTable('destinationTable')],
    moves: true,
    gives: ['writes'],
  },
  {
    type: 'gcp.bigquery.ExtractToGcs',
    place: bigquery,
    reads: [bigqueryTable('sourceTable')],
    writes: [url('destinationUris')],
    moves: true,
    gives: ['writes'],
  },
  {
    type: 'gcp.bigquery.Copy',
    place: bigquery,
    reads: [bigqueryTable('sourceTables')],
    writes: [bigqueryTable('destinationTable')],
    moves: true,
    gives: ['writes'],
  },
  // `from` and `to` of it are dates.
  {
    type: 'gcp.bigquery.CopyPartitions',
    place: bigquery,
    reads: [itsTable],
    writes: [bigqueryTable('destinationTable')],
    moves: true,
    gives: ['writes'],
  },
  { type: 'gcp.bigquery.DeletePartitions', place: bigquery, writes: [itsTable], gives: [] },
  { type: 'gcp.bigquery.{CreateTable,UpdateTable,DeleteTable,TableMetadata}', place: bigquery, gives: [] },
  {
    type: 'gcp.bigquery.RunTransferConfig',
    place: bigquery,
    gives: [],
    hidden: {
      reason: 'hidden',
      message: 'What a transfer moves is set up in BigQuery, not in the flow.',
      hint: 'Declare `assets` on the task.',
    },
  },
  {
    type: 'gcp.gcs.Upload',
    place: system('gcs'),
    writes: [url('to'), bucketAndKey('gcs', { bucket: 'bucket', keys: ['name', 'key'] })],
    gives: ['writes'],
  },
  {
    type: `gcp.gcs.${downloads}`,
    place: system('gcs'),
    reads: [sourceUrl('from')],
    writes: [url('moveDirectory')],
    moves: true,
    gives: ['reads'],
  },
  {
    type: 'gcp.gcs.{Copy,Compose}',
    place: system('gcs'),
    reads: [sourceUrl('from'), sourceUrl('list.from')],
    writes: [url('to')],
    moves: true,
    gives: ['writes'],
  },
  { type: 'gcp.pubsub.Publish', place: project('pubsub'), writes: [topic('topic')], gives: [] },
  { type: `gcp.pubsub.${polling}`, place: project('pubsub'), reads: [topic('topic')], gives: ['reads'] },
  {
    type: 'gcp.spanner.{Query,Execute,BatchDml,Trigger}',
    place: spanner,
    sql: ['sql', 'sqls', 'statements'],
    takes: ['parameters'],
    gives: ['reads'],
  },

  // Amazon Web Services
  {
    type: 'aws.s3.Upload',
    place: system('s3'),
    writes: [bucketAndKey('s3', { bucket: 'bucket', keys: ['key'] })],
    gives: ['writes'],
  },
  {
    type: `aws.s3.${downloads}`,
    place: system('s3'),
    reads: [bucketAndKey('s3', { bucket: 'bucket', keys: ['key', 'prefix'] })],
    writes: [bucketAndKey('s3', { bucket: 'moveTo.bucket', keys: ['moveTo.key', 'moveTo.prefix'] })],
    moves: true,
    takes: ['key'],
    gives: ['reads'],
  },
  {
    type: 'aws.s3.Copy',
    place: system('s3'),
    reads: [sourceUrl('from'), bucketAndKey('s3', { bucket: 'from.bucket', keys: ['from.key'] })],
    writes: [url('to'), bucketAndKey('s3', { bucket: 'to.bucket', keys: ['to.key'] })],
    moves: true,
    gives: ['writes'],
  },
  { type: 'aws.athena.Query', place: athena, sql: ['query'], results: [url('outputLocation')], gives: ['reads'] },
  {
    type: 'aws.dynamodb.{GetItem,Query,Scan}',
    place: system('dynamodb'),
    reads: [table('tableName')],
    gives: ['reads'],
  },
  {
    type: 'aws.dynamodb.{PutItem,DeleteItem}',
    place: system('dynamodb'),
    writes: [table('tableName')],
    takes: ['item'],
    gives: [],
  },
  {
    type: 'aws.kinesis.PutRecords',
    place: system('kinesis'),
    writes: [topic('streamName'), topic('streamArn')],
    takes: ['records'],
    gives: [],
  },
  {
    type: `aws.kinesis.${polling}`,
    place: system('kinesis'),
    reads: [topic('streamName'), topic('streamArn')],
    gives: ['reads'],
  },
  { type: 'aws.sqs.{Publish,Send}', place: addressed('sqs', 'queueUrl'), writes: [topic('queueUrl')], gives: [] },
  { type: `aws.sqs.${polling}`, place: addressed('sqs', 'queueUrl'), reads: [topic('queueUrl')], gives: ['reads'] },
  { type: 'aws.sns.Publish', place: addressed('sns', 'topicArn'), writes: [topic('topicArn')], gives: [] },

  // Azure; `azure.blob` is how some flows call it
  {
    type: '{azure.storage.blob,azure.blob}.Upload',
    place: azure,
    writes: [azureFile({ container: 'container', names: ['name'] })],
    gives: ['writes'],
  },
  {
    type: `{azure.storage.blob,azure.blob}.${downloads}`,
    place: azure,
    reads: [azureFile({ container: 'container', names: ['name', 'prefix'] })],
    writes: [azureFile({ container: 'moveTo.container', names: ['moveTo.name'] })],
    moves: true,
    takes: ['name'],
    gives: ['reads'],
  },
  {
    type: '{azure.storage.blob,azure.blob}.Copy',
    place: azure,
    reads: [sourceUrl('from'), azureFile({ container: 'from.container', names: ['from.name'] })],
    writes: [url('to'), azureFile({ container: 'to.container', names: ['to.name'] })],
    moves: true,
    gives: ['writes'],
  },
  {
    type: '{azure.storage.adls,azure.adls}.Upload',
    place: azure,
    writes: [azureFile({ container: 'fileSystem', names: ['filePath', 'fileName'] })],
    gives: ['writes'],
  },
  {
    type: '{azure.storage.adls,azure.adls}.{Read,Reads,List,Trigger}',
    place: azure,
    reads: [azureFile({ container: 'fileSystem', names: ['filePath', 'directoryPath', 'fileName'] })],
    takes: ['filePath'],
    gives: ['reads'],
  },
  { type: 'azure.storage.table.Bulk', place: azure, writes: [table('table')], gives: [] },
  { type: 'azure.storage.table.{Get,List}', place: azure, reads: [table('table')], gives: ['reads'] },
  { type: 'azure.storage.table.Delete', place: azure, writes: [table('table')], gives: [] },
  { type: 'azure.eventhubs.Produce', place: eventHubs, writes: [topic('eventHubName')], gives: [] },
  { type: `azure.eventhubs.${polling}`, place: eventHubs, reads: [topic('eventHubName')], gives: ['reads'] },

  // Messages
  {
    type: 'kafka.Produce',
    place: server('kafka', kafkaServers),
    writes: [topic('topic')],
    takes: ['value', 'key'],
    gives: [],
  },
  { type: `kafka.${polling}`, place: server('kafka', kafkaServers), reads: [topic('topic')], gives: ['reads'] },
  { type: 'amqp.{Publish,Write}', place: server('amqp', 'url', 'uri', 'host'), writes: [topic('exchange')], gives: [] },
  { type: `amqp.${polling}`, place: server('amqp', 'url', 'uri', 'host'), reads: [topic('queue')], gives: ['reads'] },
  { type: 'mqtt.Publish', place: server('mqtt', 'server'), writes: [topic('topic')], gives: [] },
  {
    type: 'mqtt.{Subscribe,Trigger,RealtimeTrigger}',
    place: server('mqtt', 'server'),
    reads: [topic('topic')],
    gives: ['reads'],
  },

  // Changes of databases
  {
    type: 'debezium.postgres.{Capture,Trigger,RealtimeTrigger}',
    place: (task) => debezium('postgres', task),
    reads: [captured('includedTables')],
    gives: ['reads'],
  },
  {
    type: 'debezium.{mysql,sqlserver,oracle,db2}.{Capture,Trigger,RealtimeTrigger}',
    place: (task) => debezium(task.type.split('.').at(-2) ?? '', task),
    reads: [captured('includedTables')],
    gives: ['reads'],
  },
  {
    type: 'debezium.mongodb.{Capture,Trigger,RealtimeTrigger}',
    place: server('mongodb', 'connectionString', 'hostname'),
    reads: [captured('includedCollections')],
    gives: ['reads'],
  },

  // Documents and search
  {
    type: 'mongodb.{Find,Aggregate,Trigger}',
    place: server('mongodb', 'connection.uri'),
    reads: [collection({ database: 'database', name: 'collection' })],
    gives: ['reads'],
  },
  {
    type: 'mongodb.{InsertOne,Update,Delete,Bulk,Load}',
    place: server('mongodb', 'connection.uri'),
    writes: [collection({ database: 'database', name: 'collection' })],
    takes: ['document', 'operation'],
    gives: [],
  },
  {
    type: 'elasticsearch.{Search,Scroll}',
    place: server('elasticsearch', 'connection.hosts'),
    reads: [searchIndex('indexes')],
    gives: ['reads'],
  },
  {
    type: 'elasticsearch.Get',
    place: server('elasticsearch', 'connection.hosts'),
    reads: [searchIndex('index')],
    gives: ['reads'],
  },
  {
    type: 'elasticsearch.{Load,Bulk,Put}',
    place: server('elasticsearch', 'connection.hosts'),
    writes: [searchIndex('index')],
    takes: ['value'],
    gives: [],
  },
  {
    type: 'elasticsearch.Esql',
    place: server('elasticsearch', 'connection.hosts'),
    reads: [esqlSources('query')],
    gives: ['reads'],
  },

  // Databricks
  { type: 'databricks.sql.Query', place: databricks, sql: ['sql'], takes: ['parameters'], gives: ['reads'] },
  {
    type: 'databricks.dbfs.Upload',
    place: hostAndPort('dbfs', { host: 'host', port: 'port' }),
    writes: [serverFile('to')],
    gives: ['writes'],
  },
  {
    type: 'databricks.dbfs.Download',
    place: hostAndPort('dbfs', { host: 'host', port: 'port' }),
    reads: [serverFile('from')],
    gives: ['reads'],
  },
  { type: 'databricks.job.*', place: databricks, runs: ['jobId'], gives: [] },

  // Other systems' jobs
  { type: 'dbt.cli.*', place: system('dbt'), gives: ['taken'], hidden: dbtHidden },
  { type: 'dbt.cloud.TriggerRun', place: system('dbt'), runs: ['jobId'], gives: [] },
  {
    type: 'airbyte.{Sync,connections.Sync,cloud.jobs.Sync,cloud.jobs.Reset}',
    place: system('airbyte'),
    runs: ['connectionId'],
    gives: [],
  },
  {
    type: 'fivetran.connectors.{Sync,Status}',
    place: system('fivetran'),
    runs: ['connectorId', 'connectorIds'],
    gives: [],
  },
  { type: 'singer.*.*', place: system('singer'), gives: ['taken'] },

  // Files and addresses
  { type: 'fs.{sftp,ftp,ftps,smb}.Upload', place: fileServer, writes: [serverFile('to')], gives: ['writes'] },
  {
    type: `fs.{sftp,ftp,ftps,smb}.${downloads}`,
    place: fileServer,
    reads: [serverFile('from')],
    writes: [serverFile('moveDirectory')],
    moves: true,
    gives: ['reads'],
  },
  {
    type: 'fs.{sftp,ftp,ftps,smb}.Move',
    place: fileServer,
    reads: [serverFile('from')],
    writes: [serverFile('to')],
    moves: true,
    gives: ['writes'],
  },
  { type: 'fs.{local,nfs}.Upload', place: fileSystem('file'), writes: [serverFile('to')], gives: ['writes'] },
  { type: `fs.{local,nfs}.${downloads}`, place: fileSystem('file'), reads: [serverFile('from')], gives: ['reads'] },
  {
    type: 'fs.{local,nfs}.{Copy,Move}',
    place: fileSystem('file'),
    reads: [serverFile('from')],
    writes: [serverFile('to')],
    moves: true,
    gives: ['writes'],
  },
  { type: 'core.http.{Download,Trigger}', place: system('http'), reads: [sourceUrl('uri')], gives: ['reads'] },
  {
    type: 'core.http.Request',
    place: system('http'),
    reads: [whenMethod('read', sourceUrl('uri'))],
    writes: [whenMethod('write', sourceUrl('uri'))],
    takes: ['body', 'formData'],
    gives: ['reads'],
  },
];

/** A request asks or tells, depending on its method. */
function whenMethod(kind: 'read' | 'write', extractor: Extractor): Extractor {
  return {
    property: extractor.property,
    find(task, place, found) {
      const method = task.text('method')?.text.toUpperCase() ?? 'GET';
      const isWrite = ['POST', 'PUT', 'PATCH'].includes(method);
      if (isWrite === (kind === 'write') && (isWrite || method === 'GET')) extractor.find(task, place, found);
    },
  };
}

function debezium(platform: string, task: Parameters<PlaceFinder>[0]): ReturnType<PlaceFinder> {
  const place = hostAndPort(platform, { host: 'hostname', port: 'port' })(task);
  const database =
    task.text('database') ??
    (task.texts('includedDatabases').length === 1 ? task.text('includedDatabases') : undefined);
  return { ...place, ...(database?.known && platform !== 'mysql' && { database: database.text.trim() }) };
}

const prefix = 'io.kestra.plugin.';
const exact = new Map<string, TaskRow>();
const patterns: { test: RegExp; row: TaskRow }[] = [];
for (const row of taskCatalogue)
  for (const type of spelledOut(row.type)) {
    if (type.includes('*'))
      patterns.push({ test: new RegExp(`^${type.replaceAll('.', '\\.').replaceAll('*', '[^.]+')}$`), row });
    else exact.set(type, row);
  }

/** The alternatives of a pattern, one by one. */
export function spelledOut(pattern: string): string[] {
  const [, before, choices, after] = /^(.*?)\{([^{}]*)\}(.*)$/.exec(pattern) ?? [];
  if (choices === undefined) return [pattern];
  return choices.split(',').flatMap((choice) => spelledOut(`${before}${choice}${after}`));
}

/** The row of a task's or a trigger's type, by its canonical name; none for a type that isn't known to touch data. */
export function catalogueRow(type: string): TaskRow | undefined {
  if (!type.startsWith(prefix) || type.length > 200) return undefined;
  const name = type.slice(prefix.length);
  return exact.get(name) ?? patterns.find(({ test }) => test.test(name))?.row;
}
