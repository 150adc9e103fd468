import type { Dataset } from '@flowmeta/connector';

interface Address {
  scheme: string;
  /** `host:port`, without user. */
  authority: string;
  /** Of the path, decoded. */
  parts: string[];
}

/** Databases by the scheme of an asset's uri: what they are called, and which levels the path has before the table's name. */
const databases: Readonly<Record<string, { platform: string; levels: ('database' | 'schema')[] }>> = {
  postgres: { platform: 'postgres', levels: ['database', 'schema'] },
  postgresql: { platform: 'postgres', levels: ['database', 'schema'] },
  redshift: { platform: 'redshift', levels: ['database', 'schema'] },
  mssql: { platform: 'sqlserver', levels: ['database', 'schema'] },
  sqlserver: { platform: 'sqlserver', levels: ['database', 'schema'] },
  snowflake: { platform: 'snowflake', levels: ['database', 'schema'] },
  trino: { platform: 'trino', levels: ['database', 'schema'] },
  oracle: { platform: 'oracle', levels: ['database', 'schema'] },
  mysql: { platform: 'mysql', levels: ['schema'] },
  mariadb: { platform: 'mariadb', levels: ['schema'] },
  clickhouse: { platform: 'clickhouse', levels: ['schema'] },
};

const buckets: Readonly<Record<string, { platform: string; scheme: string }>> = {
  s3: { platform: 's3', scheme: 's3' },
  s3a: { platform: 's3', scheme: 's3' },
  gs: { platform: 'gcs', scheme: 'gs' },
  gcs: { platform: 'gcs', scheme: 'gs' },
};

const azure = /^(abfss?|wasbs?):$/;

/**
 * The table, file or topic that an asset's uri names, as Airflow's providers write them: `postgres://host:port/database/schema/table`,
 * `bigquery://project/dataset/table`, `s3://bucket/path`, `kafka://host:port/topic`. Without user, password and parameters. Undefined
 * for what is none of these, e.g. a mere name or a file on the worker.
 */
export function datasetOf(uri: string): Dataset | undefined {
  const address = addressOf(uri);
  if (address === undefined) return undefined;
  const { scheme, authority, parts } = address;
  const server = `${scheme}://${authority}`;
  const database = Object.hasOwn(databases, scheme) ? databases[scheme] : undefined;
  if (database) {
    const { platform, levels } = database;
    const name = parts.at(-1);
    if (authority === '' || name === undefined || parts.length !== levels.length + 1) return undefined;
    const values = Object.fromEntries(levels.map((level, index) => [level, parts[index]!]));
    const connections = [...(levels[0] === 'database' ? [`${server}/${parts[0]}`] : []), server, authority];
    return { kind: 'table', platform, connections, ...values, name };
  }
  const bucket = Object.hasOwn(buckets, scheme) ? buckets[scheme] : undefined;
  if (bucket) {
    if (authority === '') return undefined;
    const connections = [`${bucket.scheme}://${authority}`];
    return { kind: 'container', platform: bucket.platform, connections, bucket: authority, path: parts.join('/') };
  }
  if (scheme === 'bigquery') {
    const [schema, name] = parts;
    if (authority === '' || schema === undefined || name === undefined || parts.length !== 2) return undefined;
    return { kind: 'table', platform: 'bigquery', connections: [server], database: authority, schema, name };
  }
  if (scheme === 'kafka') {
    const [name] = parts;
    return name === undefined || parts.length !== 1
      ? undefined
      : { kind: 'topic', platform: 'kafka', connections: [authority], name };
  }
  if (azure.test(`${scheme}:`)) return azureFiles(uri, parts);
  return undefined;
}

/** `abfss://container@account.dfs.core.windows.net/path`. */
function azureFiles(uri: string, parts: readonly string[]): Dataset | undefined {
  const [, bucket, account] =
    /^[a-z]+:\/\/([a-z0-9$-]+)@([a-z0-9-]+)\.(?:blob|dfs)\.core\.[a-z.]+(?:\/|$)/.exec(uri) ?? [];
  if (bucket === undefined || account === undefined) return undefined;
  const connections = [`https://${account}.blob.core.windows.net`];
  return { kind: 'container', platform: 'azure', connections, bucket, path: parts.join('/') };
}

function addressOf(uri: string): Address | undefined {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):\/\/([^?#]*)/i.exec(uri) ?? [];
  if (scheme === undefined || rest === undefined) return undefined;
  const [authority = '', ...path] = rest.split('/');
  try {
    return {
      // `postgresql+psycopg2` is the same system by another driver.
      scheme: scheme.toLowerCase().replace(/\+.*$/, ''),
      authority: authority.slice(authority.lastIndexOf('@') + 1),
      parts: path.filter((part) => part !== '').map(decodeURIComponent),
    };
  } catch {
    return undefined;
  }
}
