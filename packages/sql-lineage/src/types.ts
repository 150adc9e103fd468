/** A dialect that `analyseSql` knows. */
export type SqlDialect =
  | 'postgres'
  | 'mysql'
  | 'mariadb'
  | 'sqlserver'
  | 'oracle'
  | 'snowflake'
  | 'bigquery'
  | 'redshift'
  | 'clickhouse'
  | 'duckdb'
  | 'sqlite'
  | 'trino'
  | 'databricks';

/**
 * A table, a view or a file.
 *
 * Names are without quotes and as the catalog of that dialect stores them: unquoted names in upper case for Snowflake and Oracle, in
 * lower case for Postgres; all names in lower case for Redshift, Trino and Databricks; as written for the others.
 */
export interface TableRef {
  /** Database, project or catalog; absent where the name has none and no default was given. */
  database?: string;
  /** Schema or dataset; for MySQL, MariaDB and ClickHouse, which have one level only, their database. */
  schema?: string;
  /** The table's name; of a file the last part of its path. */
  name: string;
  /**
   * Set when this is no table but a file: its path, URL or Snowflake stage as written, wildcards included, without user, password
   * and query string.
   */
  file?: string;
}

/** A column of a table; `*` stands for every column of it. */
export interface ColumnRef {
  table: TableRef;
  column: string;
}

/** The columns whose values flow into one column that is written. */
export interface ColumnEdge {
  from: ColumnRef[];
  to: ColumnRef;
  /** How the value is computed, where it is not a plain column; texts in it are replaced by `'…'`, because they may be secrets. */
  expression?: string;
  /** For `*` to `*`: columns that do not pass, though they belong to the source. */
  except?: string[];
  /**
   * The statement does not name the target column: INSERT without a column list, or a later branch of a UNION of `*`. It is taken to be
   * called as in the SELECT.
   */
  assumed?: true;
}

/** What a statement does. */
export type StatementKind =
  | 'select'
  | 'select-into'
  | 'insert'
  | 'update'
  | 'delete'
  | 'merge'
  | 'copy'
  | 'unload'
  | 'create-table-as'
  | 'create-table'
  | 'create-view'
  | 'create-materialized-view'
  | 'refresh'
  | 'truncate'
  | 'alter'
  | 'drop'
  | 'call'
  | 'block'
  | 'other';

/** How much of a statement's meaning was found: all of it, a part, or nothing. */
export type Confidence = 'exact' | 'partial' | 'failed';

/** One statement of a script. */
export interface SqlStatement {
  kind: StatementKind;
  /** Tables and files whose rows it reads, in filters and subqueries too. */
  reads: TableRef[];
  /** Tables and files whose rows it changes, and views it defines. */
  writes: TableRef[];
  /** At most two edges for one target column: one as written, one assumed. */
  columns: ColumnEdge[];
  confidence: Confidence;
  /** Why the confidence is not `exact`; names tables, columns and templates, never values. */
  reason?: string;
}

/** What a SQL text does, statement by statement, in its order. */
export interface SqlAnalysis {
  statements: SqlStatement[];
}

/** Values of Pebble templates that are known before a run. */
export interface TemplateValues {
  vars?: Readonly<Record<string, unknown>>;
  inputs?: Readonly<Record<string, unknown>>;
  labels?: Readonly<Record<string, unknown>>;
  flow?: Readonly<Record<string, unknown>>;
  /** Of one iteration, e.g. `{ value: 'orders' }`. Kestra gives objects as JSON text, which `fromJson(taskrun.value).table` reads. */
  taskrun?: Readonly<Record<string, unknown>>;
  /** Of one iteration of a loop of Kestra 2.0, e.g. `{ value: { table: 'orders' } }`. */
  item?: Readonly<Record<string, unknown>>;
}

/** Options of `analyseSql`. */
export interface AnalyseOptions {
  dialect: SqlDialect;
  /** Database of names that carry none; taken as it is, never folded. */
  defaultDatabase?: string;
  /** Schema of names that carry none; taken as it is, never folded. */
  defaultSchema?: string;
  /** Given: the text is a Pebble template and rendered with these values first (see `renderTemplates`). Absent: it is plain SQL. */
  templates?: TemplateValues;
}
