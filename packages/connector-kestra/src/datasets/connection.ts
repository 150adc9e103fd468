import { connectionsOfType, type Place } from './place.js';
import { hasOneLevel, type Platform, platformNamed, storedName } from './platforms.js';
import type { RenderedText } from './rendering.js';

/** What a JDBC url says, without anything that may be a credential. */
interface UrlParts {
  /** The url again, made of the parts that are understood. */
  url?: string;
  /** `host:port` of each server. */
  hosts: string[];
  database?: string;
  schema?: string;
  isTransient?: boolean;
}

/** The name in a JDBC url → the name of Kestra's plugin, where they differ. */
const plugins: Readonly<Record<string, string>> = {
  ch: 'clickhouse',
  presto: 'trino',
  jtds: 'sqlserver',
  sap: 'hana',
  avatica: 'druid',
  'arrow-flight-sql': 'arrowflight',
  ingres: 'actianvector',
  actian: 'actianvector',
  ucanaccess: 'access',
  spark: 'databricks',
  hive2: 'databricks',
  md: 'duckdb',
  motherduck: 'duckdb',
};

/**
 * Where a JDBC task's tables are, by its url and, where that isn't known, by its type. The url may be a template: then that is the
 * connection. Whatever is no host, port, database or schema does not come out.
 *
 * @param type The task's type, e.g. `io.kestra.plugin.jdbc.postgresql.Query`.
 */
export function jdbcConnection(url: RenderedText | undefined, type: string): Place {
  const ofType = platformNamed(type.split('.').at(-2) ?? '') ?? { platform: 'jdbc', dialect: 'postgres' as const };
  if (url === undefined || url.shown.trim() === '') {
    // DuckDB and SQLite then work in memory.
    const inMemory = ofType.platform === 'duckdb' || ofType.platform === 'sqlite';
    return { ...ofType, connections: connectionsOfType(type), ...(inMemory && { isTransient: true }) };
  }
  const { text, restore } = withoutTemplates(url);
  const isWhole = /^\s*\uE000\d+\uE001\s*$/.test(text);
  if (isWhole) return { ...ofType, connections: [restore(text).trim(), type] };

  const parts = parse(text);
  const platform = parts?.platform ?? ofType;
  const connections = parts === undefined ? [] : [...(parts.url === undefined ? [] : [parts.url]), ...parts.hosts];
  // A name that is partly a template isn't known.
  const name = (part: string | undefined) =>
    part === undefined || part === '' || part.includes('\uE000') ? undefined : storedName(part, platform.platform);
  let [database, schema] = [name(parts?.database), name(parts?.schema)];
  if (hasOneLevel(platform.platform)) [database, schema] = [undefined, schema ?? database];
  return {
    ...platform,
    connections: [...new Set(connections.length > 0 ? [...connections.map(restore), type] : connectionsOfType(type))],
    ...(database !== undefined && { database }),
    ...(schema !== undefined && { schema }),
    ...(parts?.isTransient === true && { isTransient: true }),
  };
}

/**
 * The servers that a property names: `kafka:9092`, a list of them, or a url, of which user, password, path and parameters don't come out.
 * The whole of it comes first, then each server. Templates stay.
 */
export function serverConnections(texts: readonly RenderedText[]): string[] {
  const found = texts.flatMap((rendered) => {
    const { text, restore } = withoutTemplates(rendered);
    return text.split(',').flatMap((part) => {
      const [, scheme = '', rest = ''] = /^\s*([a-z][a-z0-9+.-]{0,20}:\/\/)?(.*?)\s*$/is.exec(part) ?? [];
      const address = withoutUser(rest).split(/[/?;#]/)[0] ?? '';
      if (!server.test(address)) return [];
      return [{ whole: restore(`${scheme.toLowerCase()}${address}`), host: restore(address) }];
    });
  });
  if (found.length === 0) return [];
  const wholes = found.map(({ whole }) => whole);
  return [...new Set([wholes.join(','), ...wholes, ...found.map(({ host }) => host)])];
}

/** A text with private characters in the place of its templates, so that it can be taken apart. */
function withoutTemplates({ known, text, shown }: RenderedText): { text: string; restore(part: string): string } {
  if (known) return { text: text.replace(/[\uE000\uE001]/g, ''), restore: (part) => part };
  const templates: string[] = [];
  return {
    text: shown.replace(/\{[{%#][^{}]*[}%#]\}/g, (found) => `\uE000${templates.push(found) - 1}\uE001`),
    restore: (part) => part.replace(/\uE000(\d+)\uE001/g, (_all, index) => templates[Number(index)] ?? ''),
  };
}

function parse(text: string): (UrlParts & { platform?: Platform }) | undefined {
  const [, scheme = '', rest = ''] = /^\s*(?:jdbc:)?([a-z][a-z0-9-]{0,30}):(.*?)\s*$/is.exec(text) ?? [];
  const name = scheme.toLowerCase();
  if (name === '') return undefined;
  const plugin = Object.hasOwn(plugins, name) ? (plugins[name] as string) : name;
  const platform = platformNamed(plugin);
  const parts = partsOf(plugin, { name, rest });
  return { ...parts, ...(platform && { platform }) };
}

function partsOf(plugin: string, { name, rest }: { name: string; rest: string }): UrlParts {
  switch (plugin) {
    case 'oracle':
      return oracleParts(rest);
    case 'duckdb':
      return duckdbParts(name === 'duckdb' ? rest : `${name}:${rest}`);
    case 'sqlite':
      return fileParts('sqlite', rest);
    case 'access':
      return fileParts('ucanaccess', rest);
    case 'druid':
      return serverParts(name, /(?:^|[:;?&])url=(?:https?:)?(\/\/[^;?&]+)/i.exec(rest)?.[1] ?? '');
    case 'dremio':
      return serverParts(name, rest.replace(/^(?:direct|zk)=/i, '//'));
    case 'sybase':
      return serverParts(name, rest.replace(/^Tds:/i, '//'));
    default:
      return serverParts(name, rest);
  }
}

const host = String.raw`(?:[\p{L}\p{N}_\uE000\uE001](?:[\p{L}\p{N}._\uE000\uE001-]*)(?:\\[\p{L}\p{N}_$-]+)?|\[[0-9a-fA-F:.]+\])`;
const port = String.raw`(?::(?:\d{1,5}|[A-Z]{2}\d?|\uE000\d+\uE001))?`;
const server = new RegExp(`^${host}${port}$`, 'u');
const plainName = /^[\p{L}\p{N}_$#.\uE000\uE001 -]{1,255}$/u;

/** Parameters that name where data is; any other may be a credential. */
const databaseKeys = ['databasename', 'database', 'db', 'conncatalog', 'catalog'];
const schemaKeys = ['currentschema', 'schema', 'connschema'];

/** `…//user:password@host:port,host:port/database/schema?key=value`, or with `;` before parameters. */
function serverParts(name: string, rest: string): UrlParts {
  const start = rest.indexOf('//');
  if (start < 0) return { hosts: [] };
  const body = withoutUser(rest.slice(start + 2));
  const [, authority = '', path = '', parameters = ''] = /^([^/?;#]*)([^?;#]*)(.*)$/s.exec(body) ?? [];
  const hosts = authority.split(',').filter((part) => server.test(part));
  if (hosts.length === 0) return { hosts };
  const values = parametersOf(parameters);
  const names = path
    .split('/')
    // Db2 has its parameters after a colon.
    .map((part) => decoded(part.replace(/:.*$/s, '')))
    .filter((part) => plainName.test(part));
  const said = (keys: string[]) => keys.map((key) => values.get(key)).find((value) => value !== undefined);
  const url = `jdbc:${name}://${hosts.join(',')}`;
  const [first, second] = names;
  switch (name) {
    case 'snowflake':
      return { url, hosts, ...defined({ database: said(databaseKeys), schema: said(schemaKeys) }) };
    case 'sqlserver':
    case 'sap': {
      const database = said(databaseKeys);
      const suffix =
        database === undefined ? '' : name === 'sap' ? `/?databaseName=${database}` : `;databaseName=${database}`;
      return { url: url + suffix, hosts, ...defined({ database, schema: said(schemaKeys) }) };
    }
    case 'trino':
    case 'presto':
      return { url: [url, ...names.slice(0, 2)].join('/'), hosts, ...defined({ database: first, schema: second }) };
    case 'databricks':
    case 'spark':
    case 'hive2':
      return { url, hosts, ...defined({ database: said(databaseKeys), schema: said(schemaKeys) ?? first }) };
    case 'avatica':
    case 'pinot':
      return { url, hosts };
    default: {
      const schema = said(schemaKeys)?.split(',')[0];
      const database = first ?? said(databaseKeys);
      return { url: database === undefined ? url : `${url}/${database}`, hosts, ...defined({ database, schema }) };
    }
  }
}

/**
 * What follows user and password. People write passwords with slashes and question marks in them, so that the last `@` counts, unless it
 * is in the value of a parameter: then nothing but servers may stand before that.
 */
function withoutUser(body: string): string {
  const parameters = body.search(parametersStart);
  const head = parameters < 0 ? body : body.slice(0, parameters);
  const isServers = () => (head.split('/')[0] ?? '').split(',').every((part) => server.test(part));
  const from = head.includes('@') ? head.lastIndexOf('@') : isServers() ? -1 : body.lastIndexOf('@');
  return body.slice(from + 1);
}

const parametersStart = /[?;]\s*[\p{L}_][\p{L}\p{N}_.-]*=/u;

function parametersOf(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const pair of text.split(/[?&;#]/)) {
    const equals = pair.indexOf('=');
    const key = pair.slice(0, Math.max(0, equals)).trim().toLowerCase();
    const value = decoded(
      pair
        .slice(equals + 1)
        .trim()
        .replace(/^"(.*)"$/s, '$1'),
    );
    if (key !== '' && plainName.test(value.replace(/,/g, '')) && !values.has(key)) values.set(key, value);
  }
  return values;
}

/** `jdbc:oracle:thin:user/password@…`: a descriptor, `//host:port/service`, `host:port:sid`, or a name of tnsnames.ora. */
function oracleParts(rest: string): UrlParts {
  const parameters = rest.search(parametersStart);
  const inHead = (parameters < 0 ? rest : rest.slice(0, parameters)).lastIndexOf('@');
  const at = inHead < 0 ? rest.lastIndexOf('@') : inHead;
  if (at < 0) return { hosts: [] };
  const target = rest.slice(at + 1).trim();
  if (target.startsWith('(')) {
    const find = (key: string) =>
      new RegExp(String.raw`\(\s*${key}\s*=\s*([^()\s]{1,255})\s*\)`, 'i').exec(target)?.[1];
    const [address, number = '1521', service] = [find('HOST'), find('PORT'), find('SERVICE_NAME') ?? find('SID')];
    const hosts = address !== undefined && server.test(`${address}:${number}`) ? [`${address}:${number}`] : [];
    if (hosts.length === 0) return { hosts };
    const name = service !== undefined && plainName.test(service) ? `/${service}` : '';
    return { url: `jdbc:oracle:thin:@//${hosts[0]}${name}`, hosts };
  }
  const bare = target.replace(/^(?:tcps?:)?\/\//i, '').replace(/\?.*$/s, '');
  const [, address = '', separator = '', service = ''] =
    /^((?:\[[^\]]*\]|[^:/]*)(?::(?:\d{1,5}|\uE000\d+\uE001))?)([:/]?)([^:/]*)/.exec(bare) ?? [];
  if (!server.test(address)) return { hosts: [] };
  const isName = separator === '' && !address.includes(':') && !target.startsWith('/');
  if (isName) return { url: `jdbc:oracle:thin:@${address}`, hosts: [] };
  const named = plainName.test(service) ? service : '';
  const url =
    separator === ':' && named !== ''
      ? `jdbc:oracle:thin:@${address}:${named}`
      : `jdbc:oracle:thin:@//${address}${named && `/${named}`}`;
  // The catalog has one database for a server of Oracle, whatever the service is called.
  return { url, hosts: [address] };
}

/** A file, memory, or MotherDuck: `jdbc:duckdb:md:my_db?motherduck_token=…`. */
function duckdbParts(rest: string): UrlParts {
  const cloud = /^(?:md|motherduck):([^?;]*)/i.exec(rest)?.[1];
  if (cloud === undefined) return fileParts('duckdb', rest);
  if (cloud === '') return { url: 'md:', hosts: [] };
  return plainName.test(cloud) ? { url: `md:${cloud}`, hosts: [], database: cloud } : { hosts: [] };
}

/** A database that is one file. One without a folder is in the working directory of the task, and gone with it. */
function fileParts(name: string, rest: string): UrlParts {
  const path = withoutUserInfo(
    rest
      .replace(/[?;].*$/s, '')
      .replace(/^file:/i, '')
      .trim(),
  );
  if (path === '' || path.includes(':memory:')) return { hosts: [], isTransient: true };
  if (!/^(?:[a-z0-9]{2,8}:\/)?\/|^[A-Za-z]:[\\/]/.test(path) || path.length > 1000)
    return { hosts: [], isTransient: true };
  const database = /([^/\\]{1,255}?)(?:\.[A-Za-z0-9]{1,8})?$/.exec(path)?.[1];
  return { url: `jdbc:${name}:${path}`, hosts: [], ...defined({ database: name === 'duckdb' ? database : undefined }) };
}

const withoutUserInfo = (path: string): string => path.replace(/^([a-z0-9]{2,8}:\/\/)[^/]*@/i, '$1');

function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The object without what is undefined. */
function defined<T extends object>(value: { [Key in keyof T]: T[Key] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Partial<T>;
}
