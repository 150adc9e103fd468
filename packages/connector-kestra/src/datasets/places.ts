import { jdbcConnection, serverConnections } from './connection.js';
import { azureConnection } from './file-url.js';
import { connectionsOfType, type Place } from './place.js';
import { type Platform, storedName } from './platforms.js';
import type { PropertyPath, TaskReader } from './task-reader.js';

/** Finds out where a task's datasets are. */
export type PlaceFinder = (task: TaskReader) => Place;

/** By the JDBC `url`; `database` and `schema` of the task win over those in it. */
export const jdbc: PlaceFinder = (task) => {
  const place = jdbcConnection(task.text('url'), task.type);
  // Only Snowflake's tasks have them; SQLite's file may come from another task.
  if (place.platform === 'sqlite' && task.value('sqliteFile') !== undefined) return { ...place, isTransient: true };
  if (place.platform === 'duckdb' && task.value('databaseUri') !== undefined) return { ...place, isTransient: true };
  return withDefaults(place, task, { database: 'database', schema: 'schema' });
};

function withDefaults(place: Place, task: TaskReader, paths: { database: string; schema: string }): Place {
  const [database, schema] = [task.text(paths.database), task.text(paths.schema)].map((text) =>
    text?.known ? storedName(text.text.trim().replace(/^"(.*)"$/, '$1'), place.platform) : undefined,
  );
  return { ...place, ...(database !== undefined && { database }), ...(schema !== undefined && { schema }) };
}

/** A system that needs no server to be named, e.g. a cloud's own. */
export const system =
  (platform: string): PlaceFinder =>
  (task) => ({ platform, connections: connectionsOfType(task.type) });

/** A server, by the first of the properties that names one. */
export const server =
  (platform: string, ...paths: readonly PropertyPath[]): PlaceFinder =>
  (task) => {
    const found = paths.map((path) => serverConnections(task.texts(path))).find((servers) => servers.length > 0);
    return { platform, connections: found === undefined ? connectionsOfType(task.type) : [...found, task.type] };
  };

/** A server by its host and, where there is one, its port. */
export const hostAndPort =
  (platform: string, { host, port }: { host: string; port: string }): PlaceFinder =>
  (task) => {
    const [address, number] = [task.text(host), task.text(port)];
    const servers = address === undefined ? [] : serverConnections([address]);
    const name = servers.at(-1);
    if (name === undefined) return { platform, connections: connectionsOfType(task.type) };
    const withPort = number?.known && /^\d{1,5}$/.test(number.text) ? `${name}:${number.text}` : name;
    return {
      platform,
      connections: [...new Set([`${platform}://${withPort}`, withPort, name, task.type])],
      host: name,
    };
  };

/** Files under paths of the worker, or of a share that it has mounted. */
export const fileSystem =
  (platform: string): PlaceFinder =>
  (task) => ({ platform, connections: connectionsOfType(task.type), host: '' });

/** A file server: SFTP, FTP, SMB. */
export const fileServer: PlaceFinder = (task) =>
  hostAndPort(task.type.split('.').at(-2) ?? 'sftp', { host: 'host', port: 'port' })(task);

/** BigQuery; names without a project or a dataset take those of the task. */
export const bigquery: PlaceFinder = (task) => {
  const [project, text] = [task.text('projectId'), task.text('defaultDataset')];
  const parts = text?.known ? text.text.split(/[.:]/) : [];
  const dataset =
    parts.at(-1) ?? knownText(task, 'defaultDataset.datasetId') ?? knownText(task, 'defaultDataset.dataset');
  const ofDataset = parts.length > 1 ? parts[0] : knownText(task, 'defaultDataset.projectId');
  const database = ofDataset ?? (project?.known ? project.text.trim() : undefined);
  return {
    platform: 'bigquery',
    dialect: 'bigquery',
    connections: connectionsOfType(task.type),
    ...(database !== undefined && { database }),
    ...(dataset !== undefined && { schema: dataset }),
  };
};

/** A project of Google's, which is the same one whichever task speaks of it. */
export const project =
  (platform: string): PlaceFinder =>
  (task) => {
    const text = task.text('projectId');
    const connections =
      text === undefined ? connectionsOfType(task.type) : [`${platform}://${text.shown.trim()}`, task.type];
    return { platform, connections };
  };

export const spanner: PlaceFinder = (task) => {
  const [projectId, instance, database] = [
    task.text('projectId'),
    task.text('instanceId'),
    knownText(task, 'databaseId'),
  ];
  const names = [projectId, instance].flatMap((text) => text?.shown.trim() ?? []);
  return {
    platform: 'spanner',
    dialect: 'bigquery',
    connections: names.length > 0 ? [`spanner://${names.join('/')}`, task.type] : connectionsOfType(task.type),
    ...(database !== undefined && { database }),
  };
};

/** Athena: its catalog is the database, its database the schema. */
export const athena: PlaceFinder = (task) =>
  withDefaults({ platform: 'athena', dialect: 'trino', connections: connectionsOfType(task.type) }, task, {
    database: 'catalog',
    schema: 'database',
  });

export const databricks: PlaceFinder = (task) => {
  const { connections } = server('databricks', 'host')(task);
  const platform: Platform = { platform: 'databricks', dialect: 'databricks' };
  return withDefaults({ ...platform, connections }, task, { database: 'catalog', schema: 'schema' });
};

/** A storage account of Azure, by its endpoint, its connection string or the template that stands for it. */
export const azure: PlaceFinder = (task) => {
  const endpoint = task.text('endpoint');
  const account =
    /^\s*https:\/\/([a-z0-9-]{1,60})\.(?:blob|dfs|table)\./i.exec(endpoint?.text ?? '')?.[1] ??
    /(?:^|;)\s*AccountName=([a-z0-9-]{1,60})\s*(?:;|$)/i.exec(task.text('connectionString')?.text ?? '')?.[1];
  if (account !== undefined)
    return { platform: 'azure', connections: [azureConnection(account.toLowerCase()), task.type] };
  const servers = serverConnections(endpoint === undefined ? [] : [endpoint]);
  const template = task.text('connectionString');
  const connections = servers.length > 0 ? servers : template?.known === false ? [template.shown.trim()] : undefined;
  return { platform: 'azure', connections: connections ? [...connections, task.type] : connectionsOfType(task.type) };
};

/** Event Hubs, by its namespace or the connection string. */
export const eventHubs: PlaceFinder = (task) => {
  const namespace = task.text('namespace');
  const template = task.text('connectionString');
  const host = /Endpoint=sb:\/\/([\w.-]{1,200})/i.exec(template?.text ?? '')?.[1];
  const connections = host
    ? [host]
    : namespace !== undefined
      ? serverConnections([namespace])
      : template?.known === false
        ? [template.shown.trim()]
        : [];
  return {
    platform: 'eventhubs',
    connections: connections.length > 0 ? [...connections, task.type] : connectionsOfType(task.type),
  };
};

/** A queue by its address: the address says all there is to say about the server. */
export const addressed =
  (platform: string, path: string): PlaceFinder =>
  (task) => {
    const address = task
      .text(path)
      ?.shown.trim()
      .replace(/[?#].*$/s, '')
      .replace(/\/\/[^/@]*@/, '//');
    return {
      platform,
      connections: address?.match(/^(?:arn:|https?:)/) ? [address, task.type] : connectionsOfType(task.type),
    };
  };

function knownText(task: TaskReader, path: string): string | undefined {
  const text = task.text(path);
  return text?.known ? text.text.trim() : undefined;
}
