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
  ['duckdb', { namespace: databaseFile }],
  ['elasticsearch', { port: '9200' }],
  ['hive', { port: '10000', flat: true }],
  ['kafka', { port: '9092' }],
  ['mariadb', { port: '3306', flat: true }],
  ['mongodb', { port: '27017', flat: true }],
  ['mssql', { port: '1433' }],
  ['mysql', { port: '3306', flat: true }],
  ['oracle', { port: '1521' }],
  ['postgres', { port: '5432' }],
  ['postgresql', { scheme: 'postgres', port: '5432' }],
  ['pubsub', { namespace: () => 'pubsub' }],
  ['redshift', { port: '5439', namespace: redshiftCluster }],
  ['snowflake', { namespace: snowflakeAccount, hostless: true }],
  ['sqlite', { namespace: databaseFile }],
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
  if (dataset.platform === 'pubsub') return { namespace, name: pubsubName(dataset.name) };
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

function tableName({ platform, database, schema, name }: Table): string {
  const flat = namings.get(platform)?.flat === true;
  return (flat ? [schema || database, name] : [database, schema, name]).filter(Boolean).join('.');
}

/** `topic:project:name` of `projects/project/topics/name`. */
function pubsubName(topic: string): string {
  const [, project, name] = /^projects\/([^/]+)\/topics\/([^/]+)$/.exec(topic) ?? [];
  return project === undefined ? `topic:${topic}` : `topic:${project}:${name}`;
}

/** `snowflake://organisation-account`; the older locators get region and cloud, as OpenLineage's own clients do it. */
function snowflakeAccount(_connections: readonly string[], server: Server | undefined): string | undefined {
  const [, account] = /^(.+?)(?:\.privatelink)?\.snowflakecomputing\.com$/.exec(server?.host ?? '') ?? [];
  if (account === undefined) return undefined;
  const [locator, region, cloud] = account.split('.');
  if (locator!.includes('-')) return `snowflake://${locator}`;
  return `snowflake://${locator}.${region ?? 'us-west-1'}.${cloud ?? 'aws'}`;
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

/** `sqlite:///data/shop.db`: a database that is a file. */
function databaseFile(connections: readonly string[]): string | undefined {
  for (const connection of connections) {
    const [, scheme, path] = /^(?:jdbc:)?(sqlite|duckdb):(?:\/\/)?([\w./-]*[\w-])$/i.exec(connection) ?? [];
    if (scheme !== undefined) return `${scheme.toLowerCase()}://${path}`;
  }
  return undefined;
}

const schemes = new Map([
  ['gcs', 'gs'],
  ['s3a', 's3'],
  ['adls', 'abfss'],
  ['azure', 'abfss'],
  ['wasbs', 'abfss'],
]);

function containerIdentifier({ platform, connections, bucket, path }: Container): Identifier {
  const scheme = schemes.get(platform) ?? platform;
  const name = path || '/';
  if (scheme === 'file') return { namespace: bucket === '' ? 'file' : `file://${bucket}`, name: `/${path}` };
  if (scheme === 'abfss') return { namespace: `abfss://${bucket}@${storageAccount(connections)}`, name };
  const server = serverOf(connections);
  return { namespace: `${scheme}://${bucket || (server ? withPort(server) : unknownServer(connections))}`, name };
}

function storageAccount(connections: readonly string[]): string {
  for (const connection of connections) {
    const [, account] = /\b([a-z0-9]+)\.(?:blob|dfs)\.core\.windows\.net\b/i.exec(connection) ?? [];
    if (account !== undefined) return `${account.toLowerCase()}.dfs.core.windows.net`;
  }
  return unknownServer(connections);
}
