import type { Dataset } from '@flowmeta/connector';
import type { DatasetLookup, DatasetServices } from './types.js';

/**
 * How OpenMetadata's own connectors fill `service.database.schema.table`:
 * `three`: as the platform has them. `schema`: a database of the platform is the schema; OpenMetadata's database is `default`, or
 * what the service's `databaseName` says. `owner`: the same, where the platform's database (a SID, a file) is no part of a name.
 * `flat`: the platform has tables only.
 */
export type Levels = 'three' | 'schema' | 'owner' | 'flat';

interface TablePlatform {
  /** Service types of OpenMetadata, the most likely first. */
  types: readonly string[];
  levels?: Levels;
  /** Default `exact`. */
  spelling?: DatasetLookup['spelling'];
}

const mysql: TablePlatform = { types: ['Mysql', 'MariaDB'], levels: 'schema', spelling: 'insensitive' };
const postgres: TablePlatform = { types: ['Postgres', 'Timescale', 'Greenplum', 'Cockroach'], spelling: 'lower' };
const mssql: TablePlatform = { types: ['Mssql', 'AzureSQL', 'Synapse', 'MicrosoftFabric'], spelling: 'insensitive' };
const hive: TablePlatform = { types: ['Hive', 'Glue', 'Impala'], levels: 'schema', spelling: 'insensitive' };
const databricks: TablePlatform = { types: ['UnityCatalog', 'Databricks', 'DeltaLake'], spelling: 'insensitive' };

/** Where tables are. A platform without a row is looked for in services of the type CustomDatabase only. */
const tablePlatforms: Readonly<Record<string, TablePlatform>> = {
  postgres,
  postgresql: postgres,
  timescale: { types: ['Timescale', 'Postgres'], spelling: 'lower' },
  greenplum: { types: ['Greenplum', 'Postgres'], spelling: 'lower' },
  cockroach: { types: ['Cockroach', 'Postgres'], spelling: 'lower' },
  redshift: { types: ['Redshift'], spelling: 'lower' },
  mysql,
  mariadb: { ...mysql, types: ['MariaDB', 'Mysql'] },
  singlestore: { types: ['SingleStore', 'Mysql'], levels: 'schema', spelling: 'insensitive' },
  doris: { types: ['Doris'], levels: 'schema', spelling: 'insensitive' },
  starrocks: { types: ['StarRocks'], levels: 'schema', spelling: 'insensitive' },
  mssql,
  sqlserver: mssql,
  synapse: { types: ['Synapse', 'Mssql', 'AzureSQL'], spelling: 'insensitive' },
  // OpenMetadata reads it by SQLAlchemy, which writes ordinary names in small letters.
  oracle: { types: ['Oracle'], levels: 'owner', spelling: 'upper' },
  snowflake: { types: ['Snowflake'], spelling: 'upper' },
  bigquery: { types: ['BigQuery'] },
  clickhouse: { types: ['Clickhouse'], levels: 'schema' },
  trino: { types: ['Trino', 'Presto'], spelling: 'insensitive' },
  presto: { types: ['Presto', 'Trino'], spelling: 'insensitive' },
  dremio: { types: ['Dremio'], spelling: 'insensitive' },
  athena: { types: ['Athena', 'Glue'], levels: 'schema', spelling: 'insensitive' },
  glue: { types: ['Glue', 'Athena'], levels: 'schema', spelling: 'insensitive' },
  hive,
  impala: { ...hive, types: ['Impala', 'Hive', 'Glue'] },
  spark: { ...databricks, types: [...databricks.types, 'Hive', 'Glue'] },
  databricks,
  unitycatalog: databricks,
  deltalake: { types: ['DeltaLake', 'Databricks', 'UnityCatalog'], spelling: 'insensitive' },
  db2: { types: ['Db2'], spelling: 'upper' },
  vertica: { types: ['Vertica'], spelling: 'insensitive' },
  teradata: { types: ['Teradata'], levels: 'schema', spelling: 'insensitive' },
  saphana: { types: ['SapHana'], levels: 'owner', spelling: 'upper' },
  exasol: { types: ['Exasol'], levels: 'owner', spelling: 'upper' },
  sqlite: { types: ['SQLite'], levels: 'owner', spelling: 'insensitive' },
  dynamodb: { types: ['DynamoDB'], levels: 'flat' },
  mongodb: { types: ['MongoDB'], levels: 'schema' },
  cassandra: { types: ['Cassandra'], levels: 'schema', spelling: 'lower' },
  couchbase: { types: ['Couchbase'] },
  druid: { types: ['Druid'], levels: 'flat' },
  pinot: { types: ['PinotDB'], levels: 'flat' },
};

const storagePlatforms: Readonly<Record<string, { types: readonly string[]; schemes: readonly string[] }>> = {
  s3: { types: ['S3'], schemes: ['s3', 's3a', 's3n'] },
  minio: { types: ['S3', 'CustomStorage'], schemes: ['s3', 'minio'] },
  gcs: { types: ['GCS'], schemes: ['gs', 'gcs'] },
  azure: { types: ['ADLS'], schemes: ['abfss', 'abfs', 'azure', 'wasbs', 'wasb'] },
  adls: { types: ['ADLS'], schemes: ['abfss', 'abfs', 'adls', 'wasbs', 'wasb'] },
};

const messagingPlatforms: Readonly<Record<string, readonly string[]>> = {
  kafka: ['Kafka', 'Redpanda'],
  redpanda: ['Redpanda', 'Kafka'],
  kinesis: ['Kinesis'],
  pubsub: ['PubSub'],
  nats: ['Nats', 'CustomMessaging'],
  eventhubs: ['Kafka', 'CustomMessaging'],
};

const searchPlatforms: Readonly<Record<string, readonly string[]>> = {
  elasticsearch: ['ElasticSearch', 'OpenSearch'],
  opensearch: ['OpenSearch', 'ElasticSearch'],
};

/** The row of a platform: own keys only, since its name comes from the source. */
function rowOf<T>(rows: Readonly<Record<string, T>>, platform: string): T | undefined {
  const key = platform.toLowerCase().replace(/[^a-z0-9]/g, '');
  return Object.hasOwn(rows, key) ? rows[key] : undefined;
}

export interface PlatformPlace {
  /** The kind of service, as `DatasetServices` and the endpoints name it. */
  kind: DatasetLookup['serviceKind'];
  types: readonly string[];
  levels: Levels;
  spelling: DatasetLookup['spelling'];
  /** How urls of the platform may begin, the usual one first. */
  schemes: readonly string[];
  /** The names that the user gave for services of this kind. */
  namesOf: (services: DatasetServices) => readonly string[] | undefined;
}

/** Where in OpenMetadata a dataset of this kind and platform is. */
export function placeOf({ kind, platform }: Pick<Dataset, 'kind' | 'platform'>): PlatformPlace {
  const base = { levels: 'three', spelling: 'exact', schemes: [] } as const;
  switch (kind) {
    case 'table': {
      const row = rowOf(tablePlatforms, platform);
      const namesOf = ({ database }: DatasetServices) => database;
      return { ...base, kind: 'database', types: ['CustomDatabase'], ...row, namesOf };
    }
    case 'container': {
      const row = rowOf(storagePlatforms, platform) ?? { types: ['CustomStorage'], schemes: [platform] };
      return { ...base, kind: 'storage', ...row, namesOf: ({ storage }) => storage };
    }
    case 'topic': {
      const types = rowOf(messagingPlatforms, platform) ?? ['CustomMessaging'];
      return { ...base, kind: 'messaging', types, namesOf: ({ messaging }) => messaging };
    }
    case 'searchIndex': {
      const types = rowOf(searchPlatforms, platform) ?? ['CustomSearch'];
      return { ...base, kind: 'search', types, namesOf: () => undefined };
    }
  }
}
