import type { SqlDialect } from '@flowmeta/sql-lineage';

/** A database system: what it is called, and in which SQL it is spoken to. */
export interface Platform {
  platform: string;
  dialect: SqlDialect;
}

const own = (dialect: SqlDialect): Platform => ({ platform: dialect, dialect });
/** For systems whose SQL has no dialect of its own here, the one that comes closest to the standard. */
const standard = (platform: string): Platform => ({ platform, dialect: 'postgres' });

/** By the name that Kestra's JDBC plugins give the system: `io.kestra.plugin.jdbc.<name>.Query`. */
const byPlugin: Readonly<Record<string, Platform>> = {
  postgresql: own('postgres'),
  mysql: own('mysql'),
  mariadb: own('mariadb'),
  sqlserver: own('sqlserver'),
  oracle: own('oracle'),
  snowflake: own('snowflake'),
  redshift: own('redshift'),
  clickhouse: own('clickhouse'),
  duckdb: own('duckdb'),
  sqlite: own('sqlite'),
  trino: own('trino'),
  vertica: standard('vertica'),
  db2: standard('db2'),
  as400: standard('as400'),
  hana: standard('saphana'),
  sybase: standard('sybase'),
  druid: standard('druid'),
  pinot: standard('pinot'),
  dremio: standard('dremio'),
  arrowflight: standard('arrowflight'),
  actianvector: standard('actianvector'),
  vectorwise: standard('actianvector'),
  access: standard('access'),
};

/** Other words for a system, as declared assets have them. */
const otherNames: Readonly<Record<string, string>> = {
  postgres: 'postgresql',
  pg: 'postgresql',
  mssql: 'sqlserver',
  motherduck: 'duckdb',
  saphana: 'hana',
};

const elsewhere: Readonly<Record<string, Platform>> = {
  bigquery: own('bigquery'),
  databricks: own('databricks'),
  athena: { platform: 'athena', dialect: 'trino' },
  spanner: { platform: 'spanner', dialect: 'bigquery' },
};

/** The system by its name, in any case: that of Kestra's plugin, or a usual other one. */
export function platformNamed(name: string): Platform | undefined {
  const lower = name.toLowerCase();
  const plugin = Object.hasOwn(otherNames, lower) ? (otherNames[lower] as string) : lower;
  if (Object.hasOwn(byPlugin, plugin)) return byPlugin[plugin];
  return Object.hasOwn(elsewhere, lower) ? elsewhere[lower] : undefined;
}

/** Systems in which a table's schema is its database: there is one level above tables. */
const oneLevel = new Set(['mysql', 'mariadb', 'clickhouse', 'mongodb']);
export const hasOneLevel = (platform: string): boolean => oneLevel.has(platform);

const upper = new Set(['snowflake', 'oracle', 'db2', 'as400', 'saphana']);
const lower = new Set(['postgres', 'redshift', 'trino', 'athena', 'databricks', 'vertica']);

/** A name without quotes, as the system stores it. */
export function storedName(name: string, platform: string): string {
  if (upper.has(platform)) return name.toUpperCase();
  return lower.has(platform) ? name.toLowerCase() : name;
}

const alwaysLower = new Set(['redshift', 'trino', 'athena', 'databricks']);
/** A name that stood in quotes. */
export const storedQuotedName = (name: string, platform: string): string =>
  alwaysLower.has(platform) ? name.toLowerCase() : name;
