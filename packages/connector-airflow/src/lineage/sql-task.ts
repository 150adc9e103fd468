import { type ColumnMapping, type Dataset, datasetKey } from '@flowmeta/connector';
import { analyseSql, columnsBetween, isSystemTable, type TableRef } from '@flowmeta/sql-lineage';
import { type DatabasePlace, datasetOf } from './asset-uri.js';
import { databaseOfOperator } from './databases.js';

/** The SQL of a task as a run has sent it, and where to. */
export interface TaskSql {
  text: string;
  /** Absent where nobody says to which system the connection leads. */
  place?: DatabasePlace;
  /** Name of the connection, if the API shows it. */
  connection?: string;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * What an operator's rendered fields say of SQL; undefined where they say nothing. `places`: what connections lead to, by their names.
 */
export function taskSqlOf(
  operator: string,
  fields: Fields,
  places: ReadonlyMap<string, DatabasePlace>,
): TaskSql | undefined {
  const system = databaseOfOperator(operator);
  const text = textOf(fields.sql) ?? (system && (textOf(fields.query) ?? textOf(queryOfJob(fields.configuration))));
  if (text === undefined) return undefined;
  const names = ['conn_id', ...Object.keys(fields).filter((key) => key.endsWith('_conn_id'))].flatMap((key) =>
    wordOf(fields[key]),
  );
  const connection = names.find((name) => places.has(name)) ?? names[0];
  const named = { ...(connection !== undefined && { connection }) };
  const configured = connection === undefined ? undefined : places.get(connection);
  const base = configured ?? (system && { ...system, connections: [] });
  if (base === undefined) return { text, ...named };
  const connections = [...base.connections, ...(connection === undefined ? [] : [connection]), operator];
  return { text, ...named, place: { ...namesIn(fields, base), connections } };
}

/** What the task says itself of its database and schema goes before what its connection says. */
function namesIn(fields: Fields, base: Omit<DatabasePlace, 'connections'>): Omit<DatabasePlace, 'connections'> {
  const { platform, dialect } = base;
  const hook =
    typeof fields.hook_params === 'object' && fields.hook_params !== null ? (fields.hook_params as Fields) : {};
  const [database] = [fields.catalog, fields.database, hook.database].flatMap(wordOf);
  const [schema] = [fields.schema, hook.schema].flatMap(wordOf);
  const isOneLevel =
    platform === 'mysql' || platform === 'mariadb' || platform === 'clickhouse' || platform === 'athena';
  const said = isOneLevel ? { schema: schema ?? database } : { database, schema };
  const all = { database: said.database ?? base.database, schema: said.schema ?? base.schema };
  return {
    platform,
    dialect,
    ...(all.database !== undefined && { database: all.database }),
    ...(all.schema !== undefined && { schema: all.schema }),
  };
}

/** One statement, or a list of them. */
function textOf(value: unknown): string | undefined {
  const parts = (Array.isArray(value) ? value : [value]).filter((part) => typeof part === 'string');
  const text = parts.join(';\n').trim();
  return text === '' ? undefined : text;
}

/** `{ query: { query: 'SELECT …' } }`, as BigQuery's API has it. */
const queryOfJob = (job: unknown): unknown => (job as { query?: { query?: unknown } } | null | undefined)?.query?.query;

const wordOf = (value: unknown): string[] => (typeof value === 'string' && value.trim() !== '' ? [value.trim()] : []);

/** Data that one statement moves. */
export interface Move {
  from: Dataset;
  to: Dataset;
  columns: ColumnMapping[];
}

export interface SqlIo {
  moves: Move[];
  /** Of what takes part in no move. */
  reads: Dataset[];
  writes: Dataset[];
  problem?: string;
}

/** As Airflow and its logs write what they hide. */
const hidden = '***';
const cut = /^Truncated\. You can change this behaviour/;

/** What SQL does; by `problem` also where it can't be told. Never rejects because of the text. */
export async function sqlIo(text: string, place: DatabasePlace): Promise<SqlIo> {
  const nothing = { moves: [], reads: [], writes: [] };
  if (cut.test(text)) {
    const problem = 'Airflow has cut the SQL: it keeps no more of it than `[core] max_templated_field_length`.';
    return { ...nothing, problem };
  }
  const spoken = text.replace(/'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\//g, '');
  if (spoken.includes(hidden)) return { ...nothing, problem: 'Airflow hides a part of the SQL that may be a name.' };
  const { dialect, database, schema } = place;
  const { statements } = await analyseSql(text, {
    dialect,
    ...(database !== undefined && { defaultDatabase: database }),
    ...(schema !== undefined && { defaultSchema: schema }),
  });
  const moves = new Map<string, Move>();
  const reads = new Map<string, Dataset>();
  const writes = new Map<string, Dataset>();
  for (const statement of statements) {
    const sources = datasetsOf(statement.reads, place);
    const targets = datasetsOf(statement.writes, place);
    for (const [key, { dataset }] of sources) reads.set(key, dataset);
    for (const [key, { dataset }] of targets) writes.set(key, dataset);
    // Rows that are deleted flow nowhere.
    if (statement.kind === 'delete' || statement.kind === 'truncate') continue;
    for (const [from, source] of sources) {
      for (const [to, target] of targets) {
        if (from === to) continue;
        const columns = columnsBetween(statement, source.ref, target.ref);
        // Of several statements in one block, only columns tell which reads fill which table.
        if (statement.kind === 'block' && targets.size > 1 && columns.length === 0) continue;
        const key = JSON.stringify([from, to]);
        const known = moves.get(key)?.columns ?? [];
        moves.set(key, { from: source.dataset, to: target.dataset, columns: [...known, ...columns] });
      }
    }
  }
  for (const { from, to } of moves.values()) {
    reads.delete(datasetKey(from));
    writes.delete(datasetKey(to));
  }
  const problems = statements.flatMap(({ reason = '' }) => reason.split('; ').filter(isProblem));
  return {
    moves: [...moves.values()],
    reads: [...reads.values()],
    writes: [...writes.values()],
    ...(problems.length > 0 && { problem: `Of its SQL: ${[...new Set(problems)].slice(0, 5).join('; ')}.` }),
  };
}

/** What is missing otherwise is columns, or which branch runs: the tables are all there. */
const isProblem = (reason: string): boolean => reason !== '' && !/column|^a block of statements/.test(reason);

function datasetsOf(refs: readonly TableRef[], place: DatabasePlace): Map<string, { dataset: Dataset; ref: TableRef }> {
  return new Map(
    refs.flatMap((ref) => {
      const dataset = tableOrFile(ref, place);
      return dataset === undefined ? [] : [[datasetKey(dataset), { dataset, ref }]];
    }),
  );
}

function tableOrFile(ref: TableRef, { platform, connections }: DatabasePlace): Dataset | undefined {
  const { database, schema, name, file } = ref;
  if (file !== undefined) return datasetOf(file);
  if (isSystemTable(ref)) return undefined;
  const project = platform === 'bigquery' && database !== undefined ? [`bigquery://${database}`] : [];
  return {
    kind: 'table',
    platform,
    connections: [...new Set([...project, ...connections])],
    ...(database !== undefined && { database }),
    ...(schema !== undefined && { schema }),
    name,
  };
}
