import type { SqlDialect } from './types.js';

/** What differs between dialects before a parser comes into play. */
export interface DialectRules {
  /** The dialect's name for the parser. */
  parser: string;
  /** What becomes of an unquoted name. */
  fold: 'upper' | 'lower' | 'none';
  /** A quoted table name is folded as well. */
  foldsQuoted?: boolean;
  /** Columns stay as written though tables are folded. */
  keepsColumns?: boolean;
  /** Two spellings of a name, quoted or not, are two names. */
  caseSensitive?: boolean;
  /** Characters that open a quoted name, with what closes it. */
  nameQuotes: Readonly<Record<string, string>>;
  /** Characters around a text. */
  textQuotes: string;
  /** A backslash escapes in a text. */
  backslash?: boolean;
  dollarQuotes?: boolean;
  tripleQuotes?: boolean;
  /** What starts a comment up to the end of the line, besides `--`. */
  lineComment?: '#' | '//';
  /** A column of the SELECT may name an earlier one of the same list. */
  lateralAliases?: boolean;
  /** `a.b` may be the field b of the column a. */
  structs?: boolean;
  /** A column without an alias is called after its function or its cast column. */
  namesFunctions?: boolean;
  /** The schema meant by `database..table`. */
  emptySchema?: string;
  /** Names may start with `@` (variables) and `#` (temporary tables). */
  variables?: boolean;
}

const double = { '"': '"' };
const backtick = { '`': '`' };
const mysql: DialectRules = {
  parser: 'mysql',
  fold: 'none',
  nameQuotes: backtick,
  textQuotes: `'"`,
  backslash: true,
  lineComment: '#',
};

export const dialects: Readonly<Record<SqlDialect, DialectRules>> = {
  postgres: {
    parser: 'postgresql',
    fold: 'lower',
    caseSensitive: true,
    nameQuotes: double,
    textQuotes: `'`,
    dollarQuotes: true,
    namesFunctions: true,
  },
  redshift: {
    parser: 'redshift',
    fold: 'lower',
    foldsQuoted: true,
    nameQuotes: double,
    textQuotes: `'`,
    backslash: true,
    dollarQuotes: true,
    lateralAliases: true,
    namesFunctions: true,
    structs: true,
  },
  mysql,
  mariadb: mysql,
  sqlserver: {
    parser: 'tsql',
    fold: 'none',
    nameQuotes: { '"': '"', '[': ']' },
    textQuotes: `'`,
    emptySchema: 'dbo',
    variables: true,
  },
  oracle: { parser: 'oracle', fold: 'upper', caseSensitive: true, nameQuotes: double, textQuotes: `'` },
  snowflake: {
    parser: 'snowflake',
    fold: 'upper',
    caseSensitive: true,
    nameQuotes: double,
    textQuotes: `'`,
    backslash: true,
    dollarQuotes: true,
    lineComment: '//',
    lateralAliases: true,
  },
  bigquery: {
    parser: 'bigquery',
    fold: 'none',
    nameQuotes: backtick,
    textQuotes: `'"`,
    backslash: true,
    tripleQuotes: true,
    lineComment: '#',
    structs: true,
  },
  clickhouse: {
    parser: 'clickhouse',
    fold: 'none',
    caseSensitive: true,
    nameQuotes: { '"': '"', '`': '`' },
    textQuotes: `'`,
    backslash: true,
    lateralAliases: true,
    structs: true,
  },
  duckdb: {
    parser: 'duckdb',
    fold: 'none',
    nameQuotes: double,
    textQuotes: `'`,
    dollarQuotes: true,
    lateralAliases: true,
    structs: true,
  },
  sqlite: { parser: 'sqlite', fold: 'none', nameQuotes: { '"': '"', '`': '`', '[': ']' }, textQuotes: `'` },
  trino: { parser: 'trino', fold: 'lower', foldsQuoted: true, nameQuotes: double, textQuotes: `'`, structs: true },
  databricks: {
    parser: 'databricks',
    fold: 'lower',
    foldsQuoted: true,
    keepsColumns: true,
    nameQuotes: backtick,
    textQuotes: `'"`,
    backslash: true,
    lateralAliases: true,
    structs: true,
  },
};

/** A name as it is written in a statement. */
export interface WrittenName {
  text: string;
  quoted: boolean;
}

function fold(name: WrittenName, how: DialectRules['fold'], foldsQuoted: boolean): string {
  if (how === 'none' || (name.quoted && !foldsQuoted)) return name.text;
  return how === 'upper' ? name.text.toUpperCase() : name.text.toLowerCase();
}

/** A table's, schema's or database's name as the catalog has it. */
export const tableName = (name: WrittenName, rules: DialectRules): string =>
  fold(name, rules.fold, rules.foldsQuoted === true);

/** A column's name as the catalog has it. */
export const columnName = (name: WrittenName, rules: DialectRules): string =>
  rules.keepsColumns ? name.text : tableName(name, rules);

/** What two spellings of the same name have in common, for names already in the catalog's form. */
export const nameKey = (name: string, rules: DialectRules): string => (rules.caseSensitive ? name : name.toLowerCase());
