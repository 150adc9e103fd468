import type { Dataset } from '@flowmeta/connector';
import type { RenderedText } from './rendering.js';

export type Container = Extract<Dataset, { kind: 'container' }>;

const schemes: Readonly<Record<string, string>> = {
  s3: 's3',
  s3a: 's3',
  s3n: 's3',
  gs: 'gcs',
  gcs: 'gcs',
  hdfs: 'hdfs',
  sftp: 'sftp',
  ftp: 'ftp',
  ftps: 'ftps',
  smb: 'smb',
  http: 'http',
  https: 'http',
  r2: 'r2',
};

const azureSchemes = new Set(['abfs', 'abfss', 'wasb', 'wasbs', 'az', 'azure', 'adl']);
const azureHost = /^([a-z0-9-]+)\.(?:blob|dfs)\.core\.[a-z.]+$/;

/** The connection that Azure's storage accounts are known by, however they were written. */
export const azureConnection = (account: string): string => `https://${account}.blob.core.windows.net`;

/**
 * The files that a url names, without user, password and query string. Undefined for what is no such url: a path on the worker,
 * `kestra://…`, `file://…`. Past the first template nothing is known: the path ends at the last folder before it.
 *
 * @param type The task's type, the last of the connections.
 */
export function containerOfUrl(
  { text, known }: Pick<RenderedText, 'text' | 'known'>,
  type: string,
): Container | undefined {
  const [, scheme = '', rest = ''] = /^\s*([a-z][a-z0-9]{0,9}):\/\/(.*?)\s*$/is.exec(text) ?? [];
  const name = scheme.toLowerCase();
  const isAzure = azureSchemes.has(name);
  if (rest === '' || (!isAzure && !Object.hasOwn(schemes, name))) return undefined;
  const isWeb = name === 'http' || name === 'https';
  const bare = isWeb || isAzure ? rest.replace(/[?#].*$/s, '') : rest.replace(/\?[\w.-]+=.*$/s, '');
  const slash = bare.indexOf('/');
  // The name of the bucket must be whole.
  if (slash < 0 && !known) return undefined;
  let authority = slash < 0 ? bare : bare.slice(0, slash);
  const path = folderPath({ text: slash < 0 ? '' : bare.slice(slash + 1), known });
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? '' : authority.slice(0, at);
  authority = authority.slice(at + 1);
  if (!/^[\w.$~:[\]-]{1,260}$/.test(authority)) return undefined;

  if (isAzure) return azureContainer({ user, authority, path }, type);
  const host = authority.toLowerCase().replace(/:\d+$/, '');
  if (isWeb) return webContainer({ scheme: name, authority, host, path }, type);
  const platform = schemes[name] as string;
  const isServer = platform !== 's3' && platform !== 'gcs' && platform !== 'r2';
  const connection = `${platform === 'gcs' ? 'gs' : platform}://${authority}`;
  return {
    kind: 'container',
    platform,
    connections: [connection, ...(isServer && host !== authority ? [host] : []), type],
    bucket: authority,
    path,
  };
}

function azureContainer(
  { user, authority, path }: { user: string; authority: string; path: string },
  type: string,
): Container | undefined {
  const account = azureHost.exec(authority.toLowerCase())?.[1];
  // `azure://account.blob.core.windows.net/container/path`, `abfss://container@account.dfs.core.windows.net/path`.
  const [first = '', ...others] = path.split('/');
  const isInUser = /^[a-z0-9$-]{1,63}$/.test(user);
  const [bucket, inside] =
    account !== undefined && !isInUser ? [first, others.join('/')] : [isInUser ? user : authority, path];
  if (bucket === '') return undefined;
  const connections = account === undefined ? [`abfss://${bucket}`, type] : [azureConnection(account), type];
  return { kind: 'container', platform: 'azure', connections, bucket, path: inside };
}

/** Storage services have web addresses too. */
function webContainer(
  { scheme, authority, host, path }: { scheme: string; authority: string; host: string; path: string },
  type: string,
): Container | undefined {
  const [first = '', ...others] = path.split('/');
  const inside = others.join('/');
  if (azureHost.test(host)) return azureContainer({ user: '', authority: host, path }, type);
  const s3Bucket = /^(.{3,63})\.s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com(?:\.cn)?$/.exec(host)?.[1];
  if (s3Bucket !== undefined) return bucketAt('s3', { bucket: s3Bucket, path }, type);
  const gcsBucket = /^(.{3,63})\.storage\.googleapis\.com$/.exec(host)?.[1];
  if (gcsBucket !== undefined) return bucketAt('gcs', { bucket: gcsBucket, path }, type);
  if (first !== '' && /^s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com(?:\.cn)?$/.test(host))
    return bucketAt('s3', { bucket: first, path: inside }, type);
  if (first !== '' && host === 'storage.googleapis.com') return bucketAt('gcs', { bucket: first, path: inside }, type);
  return {
    kind: 'container',
    platform: 'http',
    connections: [`${scheme}://${authority}`, host, type],
    bucket: authority,
    path,
  };
}

/** Files in a bucket of S3 or Google Cloud Storage, which is the same whichever task speaks of it. */
export function bucketAt(
  platform: string,
  { bucket, path }: { bucket: string; path: string },
  type: string,
): Container {
  const scheme = platform === 'gcs' ? 'gs' : platform;
  return { kind: 'container', platform, connections: [`${scheme}://${bucket}`, type], bucket, path };
}

/** A path without slashes around it; where the rest of it is only known to a run, up to the last folder. */
export function folderPath({ text, known }: Pick<RenderedText, 'text' | 'known'>): string {
  const path = known ? text : text.slice(0, Math.max(0, text.lastIndexOf('/')));
  return path
    .trim()
    .replace(/^(?:\.?\/)+/, '')
    .replace(/\/{2,}/g, '/')
    .replace(/\/$/, '');
}
