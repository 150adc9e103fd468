import type { SqlDialect } from '@flowmeta/sql-lineage';

export interface Database {
  /** As in `Dataset`. */
  platform: string;
  /** The SQL that is spoken there. */
  dialect: SqlDialect;
  /** Which levels a table's name has above it. */
  levels: readonly ('database' | 'schema')[];
}

const two = (platform: string, dialect: SqlDialect): Database => ({
  platform,
  dialect,
  levels: ['database', 'schema'],
});
/** A table's schema is its database. */
const one = (platform: string, dialect: SqlDialect): Database => ({ platform, dialect, levels: ['schema'] });

const postgres = two('postgres', 'postgres');
const sqlserver = two('sqlserver', 'sqlserver');
const bigquery = two('bigquery', 'bigquery');

/** By the scheme of a uri, as assets and connections have it. */
const bySchemes: Readonly<Record<string, Database>> = {
  postgres,
  postgresql: postgres,
  redshift: two('redshift', 'redshift'),
  mssql: sqlserver,
  sqlserver,
  snowflake: two('snowflake', 'snowflake'),
  trino: two('trino', 'trino'),
  oracle: two('oracle', 'oracle'),
  databricks: two('databricks', 'databricks'),
  bigquery,
  mysql: one('mysql', 'mysql'),
  mariadb: one('mariadb', 'mariadb'),
  clickhouse: one('clickhouse', 'clickhouse'),
  athena: one('athena', 'trino'),
};

/** By the class of an operator that speaks to one system only, as Airflow's providers have them. */
const byOperators: Readonly<Record<string, Database>> = {
  PostgresOperator: postgres,
  RedshiftSQLOperator: two('redshift', 'redshift'),
  RedshiftDataOperator: two('redshift', 'redshift'),
  MsSqlOperator: sqlserver,
  OracleOperator: two('oracle', 'oracle'),
  SnowflakeOperator: two('snowflake', 'snowflake'),
  SnowflakeSqlApiOperator: two('snowflake', 'snowflake'),
  TrinoOperator: two('trino', 'trino'),
  DatabricksSqlOperator: two('databricks', 'databricks'),
  BigQueryInsertJobOperator: bigquery,
  BigQueryExecuteQueryOperator: bigquery,
  MySqlOperator: one('mysql', 'mysql'),
  ClickHouseOperator: one('clickhouse', 'clickhouse'),
  AthenaOperator: one('athena', 'trino'),
};

const own = <T>(rows: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(rows, key) ? rows[key] : undefined;

export const databaseOfScheme = (scheme: string): Database | undefined => own(bySchemes, scheme);
export const databaseOfOperator = (operator: string): Database | undefined => own(byOperators, operator);
export const databaseSchemes: readonly string[] = Object.keys(bySchemes);
