import type { Dataset, EntityReference } from '@flowmeta/connector';
import { type Server, serverOf, unknownServer } from './server.js';
import type { Identifier } from './types.js';

type Table = Extract<Dataset, { kind: 'table' }>;
type Container = Extract<Dataset, { kind: 'container' }>;

/** How the specification names the datasets of a platform, where that is not `platform://host:port` and all parts of the name. */
interface Naming {
  /** What the namespace starts with. */
  scheme?: string;
  /** For connections that name none. */
  port?: string;
  /** The namespace, where host and port don't make it. */
  namespace?: (connections: readonly string[], server: Server | undefined) => string | undefined;
  /** Without one from `namespace` it is unknown: a host name is not what others call it by. */
  hostless?: boolean;
  /** Tables are in a database or a schema, which are the same thing. */
  flat?: boolean;
}

const namings = new Map<string, Naming>([
  ['athena', { scheme: 'awsathena', namespace: athenaRegion, hostless: true }],
  ['bigquery', { namespace: () => 'bigquery' }],
  ['cassandra', { port: '9042', flat: true }],
  ['clickhouse', { port: '8123', flat: true }],
  ['crate', { port: '5432' }],
  ['db2', { port: '50000' }],
  ['databricks', { namespace: (_connections, server) => server && `databricks://${server.host}` }],
  ['duckdb', { namespace: databaseFile }],
  ['elasticsearch', { port: '9200' }],
  ['hive', { port: '10000', flat: true }],
  ['kafka', { port: '9092' }],
  ['mariadb', { port: '3306', flat: true }],
  ['mongodb', { port: '27017', flat: true }],
  ['mssql', { port: '1433' }],
  ['mysql', { port: '3306', flat: true }],
  ['oceanbase', { port: '2881', flat: true }],
  ['oracle', { port: '1521' }],
  ['postgres', { port: '5432' }],
  ['postgresql', { scheme: 'postgres', port: '5432' }],
  ['pubsub', { namespace: () => 'pubsub' }],
  ['redshift', { port: '5439', namespace: redshiftCluster }],
  ['snowflake', { namespace: snowflakeAccount, hostless: true }],
  ['sns', { namespace: amazonAccount }],
  ['spanner', { namespace: spannerInstance, hostless: true }],
  ['sqlite', { namespace: databaseFile }],
  ['sqs', { namespace: amazonAccount }],
  ['sqlserver', { scheme: 'mssql', port: '1433' }],
  ['teradata', { port: '1025', flat: true }],
  ['trino', { port: '8080' }],
  ['vertica', { port: '5433' }],
]);

/**
 * What OpenLineage calls a dataset, by the naming rules of its specification, so that events of other producers about the same table meet
 * these. Where the server is only known by a template, the namespace says so: `postgres://unknown/secret-PG_URL`. An entity of the
 * catalog is `openmetadata` and its FQN.
 */
export function datasetIdentifier(reference: Exclude<EntityReference, { kind: 'pipeline' }>): Identifier {
  if (reference.kind === 'entity') return { namespace: 'openmetadata', name: reference.fqn };
  const { dataset } = reference;
  if (dataset.kind === 'container') return containerIdentifier(dataset);
  const namespace = namespaceOf(dataset);
  if (dataset.kind === 'table') return { namespace, name: tableName(dataset) };
  if (dataset.platform === 'pubsub') return { namespace, name: pubsubName(dataset) };
  return { namespace, name: dataset.name };
}

function namespaceOf({ platform, connections }: Dataset): string {
  const { scheme = platform, port, namespace, hostless } = namings.get(platform) ?? {};
  const server = serverOf(connections);
  const special = namespace?.(connections, server);
  if (special !== undefined) return special;
  const named = server !== undefined && hostless !== true;
  return `${scheme}://${named ? withPort(server, port) : unknownServer(connections)}`;
}

function withPort({ host, port }: Server, standard?: string): string {
  const chosen = port ?? standard;
  return chosen === undefined ? host : `${host}:${chosen}`;
}

function tableName({ platform, connections, database, schema, name }: Table): string {
  if (namings.get(platform)?.flat) return [schema || database, name].filter(Boolean).join('.');
  const known = platform === 'oracle' ? database || oracleService(connections) : database;
  return [known, schema, name].filter(Boolean).join('.');
}

/** The service or SID of `@//host:1521/service` and `@host:1521:sid`. */
function oracleService(connections: readonly string[]): string | undefined {
  for (const connection of connections) {
    const [, service] = /^jdbc:oracle:[a-z]+:@(?:\/\/)?[^/:@]+:\d+[:/]([\w.$#-]+)$/i.exec(connection) ?? [];
    if (service !== undefined) return service;
  }
  return undefined;
}

/** `topic:project:name`, the project by the topic's path or the connection `pubsub://project`. */
function pubsubName({ connections, name }: Extract<Dataset, { kind: 'topic' | 'searchIndex' }>): string {
  const [, project, topic] = /^projects\/([^/]+)\/topics\/([^/]+)$/.exec(name) ?? [];
  return `topic:${project ?? serverOf(connections)?.host ?? unknownServer(connections)}:${topic ?? name}`;
}

/** `arn:aws:sqs:region:account` of an ARN or an address of a queue: the pattern that the specification has for Glue. */
function amazonAccount(connections: readonly string[]): string | undefined {
  for (const connection of connections) {
    const [arn] = /^arn:aws[a-z-]*:(?:sqs|sns):[a-z0-9-]+:\d+(?=:)/.exec(connection) ?? [];
    if (arn !== undefined) return arn;
    const [, region, account] = /^https:\/\/sqs\.([a-z0-9-]+)\.amazonaws\.com\/(\d+)\//.exec(connection) ?? [];
    if (region !== undefined) return `arn:aws:sqs:${region}:${account}`;
  }
  return undefined;
}

/** `spanner://project:instance` of the connection `spanner://project/instance`. */
function spannerInstance(connections: readonly string[]): string | undefined {
  for (const connection of connections) {
    const [, project, instance] = /^spanner:\/\/([\w.-]+)\/([\w.-]+)$/.exec(connection) ?? [];
    if (project !== undefined) return `spanner://${project}:${instance}`;
  }
  return undefined;
}

/** `snowflake://organisation-account`; the older locators get region and cloud, as OpenLineage's own clients do it. */
function snowflakeAccount(_connections: readonly string[], server: Server | undefined): string | undefined {
  const [, account] = /^(.+?)(?:\.privatelink)?\.snowflakecomputing\.com$/.exec(server?.host ?? '') ?? [];
  if (account === undefined) return undefined;
  const [locator, region = 'us-west-1', cloud = 'aws', ...more] = account.split('.');
  return `snowflake://${locator!.includes('-') ? locator : [locator, region, cloud, ...more].join('.')}`;
}

/** `redshift://cluster.region:port` of an address at Amazon. */
function redshiftCluster(_connections: readonly string[], server: Server | undefined): string | undefined {
  const [, cluster, region] =
    /^([^.]+)\.[^.]+\.([^.]+)\.redshift(?:-serverless)?\.amazonaws\.com$/.exec(server?.host ?? '') ?? [];
  return cluster === undefined ? undefined : `redshift://${cluster}.${region}:${server?.port ?? '5439'}`;
}

function athenaRegion(connections: readonly string[]): string | undefined {
  for (const connection of connections) {
    const [, region] = /(?:athena\.|AwsRegion=|Region=)([a-z]{2}(?:-[a-z]+)+-\d)\b/i.exec(connection) ?? [];
    if (region !== undefined) return `awsathena://athena.${region.toLowerCase()}.amazonaws.com`;
  }
  return undefined;
}

/** `sqlite:///data/shop.db`: a database that is a file; `duckdb://md`: MotherDuck. */
function databaseFile(connections: readonly string[]): string | undefined {
  for (const connection of connections) {
    if (/^md:/i.test(connection)) return 'duckdb://md';
    const [, scheme, path] = /^(?:jdbc:)?(sqlite|duckdb):(?:\/\/)?([\w./-]*[\w-])$/i.exec(connection) ?? [];
    if (scheme !== undefined) return `${scheme.toLowerCase()}://${path}`;
  }
  return undefined;
}

const schemes = new Map([
  ['azure', 'abfss'],
  ['ftp', 'file'],
  ['ftps', 'file'],
  ['gcs', 'gs'],
  ['nfs', 'file'],
  ['sftp', 'file'],
  ['smb', 'file'],
]);

function containerIdentifier({ platform, connections, bucket, path }: Container): Identifier {
  const scheme = schemes.get(platform) ?? platform;
  const name = path || '/';
  if (scheme === 'abfss') return { namespace: `abfss://${bucket}@${storageAccount(connections)}`, name };
  if (platform === 'file') return { namespace: 'file', name: `/${path}` };
  const host = serverOf(connections)?.host ?? (bucket || unknownServer(connections));
  if (scheme === 'file') return { namespace: `file://${host}`, name: `/${path}` };
  return { namespace: `${scheme}://${bucket || host}`, name };
}

function storageAccount(connections: readonly string[]): string {
  for (const connection of connections) {
    const [, account] = /\b([a-z0-9]+)\.(?:blob|dfs)\.core\.windows\.net\b/i.exec(connection) ?? [];
    if (account !== undefined) return `${account.toLowerCase()}.dfs.core.windows.net`;
  }
  // The container in place of an account says nothing about it.
  return unknownServer(connections.filter((connection) => !connection.startsWith('abfss://')));
}
