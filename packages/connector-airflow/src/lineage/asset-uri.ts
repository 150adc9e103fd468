import type { Dataset } from '@flowmeta/connector';
import { type Database, databaseOfScheme } from './databases.js';

interface Address {
  scheme: string;
  /** `host:port`, without user. */
  authority: string;
  /** Of the path, decoded. */
  parts: string[];
}

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
  const place = databaseAt(address);
  if (place) {
    const { platform, connections, database, schema, below } = place;
    const [name, ...more] = below;
    if (name === undefined || more.length > 0) return undefined;
    return { kind: 'table', platform, connections, ...(database !== undefined && { database }), schema: schema!, name };
  }
  const bucket = Object.hasOwn(buckets, scheme) ? buckets[scheme] : undefined;
  if (bucket) {
    if (authority === '') return undefined;
    const connections = [`${bucket.scheme}://${authority}`];
    return { kind: 'container', platform: bucket.platform, connections, bucket: authority, path: parts.join('/') };
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

/** Where the tables of a database are; what names a table may lack. */
export interface DatabasePlace extends Pick<Database, 'platform' | 'dialect'> {
  /** As in `Dataset`. */
  connections: readonly string[];
  database?: string;
  schema?: string;
}

/** The database, or a schema of it, that a uri names: `postgres://host:port/database/schema`. Undefined for any other uri. */
export function databasePlaceOf(uri: string): DatabasePlace | undefined {
  const address = addressOf(uri);
  const place = address && databaseAt(address);
  if (place === undefined || place.below.length > 0) return undefined;
  const { below: _none, ...rest } = place;
  return rest;
}

function databaseAt({ scheme, authority, parts }: Address): (DatabasePlace & { below: string[] }) | undefined {
  const system = databaseOfScheme(scheme);
  if (system === undefined || authority === '') return undefined;
  const { platform, dialect, levels } = system;
  const server = `${scheme}://${authority}`;
  // A project of BigQuery stands where others have their server.
  const names = platform === 'bigquery' ? [authority, ...parts] : parts;
  const values = Object.fromEntries(levels.flatMap((level, index) => (names[index] ? [[level, names[index]]] : [])));
  const inDatabase = levels[0] === 'database' && parts[0] !== undefined ? [`${server}/${parts[0]}`] : [];
  const connections = platform === 'bigquery' ? [server] : [...inDatabase, server, authority];
  return { platform, dialect, connections, ...values, below: names.slice(levels.length) };
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
