import { type ColumnMapping, datasetKey } from '@flowmeta/connector';
import {
  analyseSql,
  columnsBetween,
  isSystemTable,
  type SqlStatement,
  type TableRef,
  type TemplateValues,
  tableRefKey,
} from '@flowmeta/sql-lineage';
import { containerOfUrl } from './file-url.js';
import type { Place } from './place.js';
import { renderSql, renderText } from './rendering.js';
import { tableAt } from './table-name.js';
import type { DatasetUse, DirectMove } from './types.js';

/** What the SQL of a task does. */
export interface SqlIo {
  reads: DatasetUse[];
  writes: DatasetUse[];
  moves: DirectMove[];
  /** What its SELECTs show, statement by statement. */
  selected: DatasetUse[];
  hasSelect: boolean;
  /** Columns of what the one SELECT shows, by the dataset's key; only where `into` was given. */
  selectedColumns: Map<string, ColumnMapping[]>;
  /** Files of the worker that it reads, as written. */
  files: string[];
  problems: { reason: 'sql' | 'template' | 'missing'; message: string }[];
  /** Rendered, not redacted. */
  sql: string;
}

export interface SqlTask {
  /** The property that holds it. */
  property: string;
  place: Place;
  /** The task's type. */
  type: string;
  values: TemplateValues;
  /** BigQuery's own SQL before the standard: `[project:dataset.table]`. */
  isLegacy?: boolean;
  /** A SELECT's rows go into a table: its columns are wanted. */
  into?: boolean;
}

const mostMoves = 10_000;
const longestSql = 100_000;

/** Reads SQL. The first call loads the parser. Never rejects because of the text. */
export async function sqlIo(text: string, task: SqlTask): Promise<SqlIo> {
  const { place, values, into } = task;
  const sql = withoutFileTemplates(withoutReferences(task.isLegacy ? withoutBrackets(text) : text, values), values);
  const options = {
    dialect: place.dialect ?? 'postgres',
    ...(place.database !== undefined && { defaultDatabase: place.database }),
    ...(place.schema !== undefined && { defaultSchema: place.schema }),
    templates: values,
  };
  const { statements } = await analyseSql(sql, options);
  const collector = new Collector(task);
  for (const statement of statements) collector.add(statement);
  const io = collector.result(shortened(renderSql(text, values)));
  const [only, ...others] = statements;
  if (into && only?.kind === 'select' && others.length === 0) {
    const filling = await analyseSql(`CREATE TABLE ${resultName} AS ${sql.trim().replace(/;\s*$/, '')}`, options);
    for (const statement of filling.statements) collector.columnsInto(statement, io.selectedColumns);
  }
  return io;
}

const resultName = 'flowmeta_result';

class Collector {
  readonly #task: SqlTask;
  readonly #reads = new Map<string, DatasetUse>();
  readonly #writes = new Map<string, DatasetUse>();
  readonly #moves = new Map<string, DirectMove>();
  readonly #selected = new Map<string, DatasetUse>();
  /** Tables and files that are gone with the task → what they were filled from. */
  readonly #passing = new Map<string, Map<string, DatasetUse>>();
  readonly #uses = new Map<string, DatasetUse | undefined>();
  readonly #files = new Set<string>();
  readonly #problems = new Map<string, 'sql' | 'template'>();
  #stages = 0;
  #left = 0;
  #hasSelect = false;

  constructor(task: SqlTask) {
    this.#task = task;
  }

  add(statement: SqlStatement): void {
    const { kind, reads, writes } = statement;
    const sources = new Map<string, DatasetUse>();
    for (const ref of reads)
      for (const [key, use] of this.#sourcesOf(ref)) {
        sources.set(key, use);
        this.#reads.set(key, use);
      }
    if (kind === 'select') {
      this.#hasSelect = true;
      for (const [key, use] of sources) this.#selected.set(key, use);
    }
    for (const ref of writes) this.#write(ref, sources, statement);
    if (statement.confidence !== 'exact') this.#tell(statement);
  }

  #write(ref: TableRef, sources: ReadonlyMap<string, DatasetUse>, statement: SqlStatement): void {
    const use = this.#useOf(ref);
    // Rows that are deleted flow nowhere.
    const isMoving = statement.kind !== 'delete' && statement.kind !== 'truncate';
    if (use === undefined) {
      const filled = this.#passing.get(tableRefKey(ref)) ?? new Map<string, DatasetUse>();
      if (isMoving) for (const [key, source] of sources) filled.set(key, source);
      this.#passing.set(tableRefKey(ref), filled);
      return;
    }
    const key = datasetKey(use.dataset);
    this.#writes.set(key, use);
    if (!isMoving) return;
    const known = new Map<string, ColumnMapping[]>();
    for (const read of statement.reads) {
      const columns = columnsBetween(statement, read, ref);
      const source = columns.length > 0 ? this.#useOf(read) : undefined;
      if (source !== undefined) known.set(datasetKey(source.dataset), columns);
    }
    // Of several statements in one block, only columns tell which reads fill which table.
    const isMixed = statement.kind === 'block' && statement.writes.length > 1;
    for (const [from, source] of sources) {
      if (from === key || (isMixed && !known.has(from))) continue;
      this.#move({ from: source, to: use }, known.get(from));
    }
  }

  #move(move: DirectMove, columns: ColumnMapping[] | undefined): void {
    const key = `${datasetKey(move.from.dataset)} ${datasetKey(move.to.dataset)}`;
    const known = this.#moves.get(key);
    if (known === undefined && this.#moves.size >= mostMoves) {
      this.#left++;
      return;
    }
    const all = [...(known?.columns ?? []), ...(columns ?? [])];
    this.#moves.set(key, { ...move, ...(all.length > 0 && { columns: distinct(all) }) });
  }

  /** What a name stands for: a dataset, or all that a passing table was filled from. */
  #sourcesOf(ref: TableRef): ReadonlyMap<string, DatasetUse> {
    const passing = this.#passing.get(tableRefKey(ref));
    if (passing !== undefined) return passing;
    const use = this.#useOf(ref);
    if (use !== undefined) return new Map([[datasetKey(use.dataset), use]]);
    if (ref.file !== undefined && !ref.file.startsWith('@') && ref.file !== givenFile) this.#files.add(ref.file);
    return new Map();
  }

  #useOf(ref: TableRef): DatasetUse | undefined {
    const key = tableRefKey(ref);
    if (!this.#uses.has(key)) this.#uses.set(key, this.#newUse(ref));
    return this.#uses.get(key);
  }

  #newUse(ref: TableRef): DatasetUse | undefined {
    const { place, property, type } = this.#task;
    const { file, ...names } = ref;
    if (file !== undefined) {
      if (file.startsWith('@')) this.#stages++;
      const dataset = containerOfUrl({ text: file, known: true }, type);
      return dataset && { dataset, property, trust: 'sql' };
    }
    if (place.isTransient || isSystemTable(ref)) return undefined;
    return { dataset: tableAt(place, names), property, trust: 'sql' };
  }

  #tell({ reason = '' }: SqlStatement): void {
    for (const problem of reason.split('; ')) {
      if (problem === '' || isHarmless(problem)) continue;
      const isTemplate = /^a name holds the template|^whether \{\{/.test(problem);
      this.#problems.set(problem, isTemplate ? 'template' : 'sql');
    }
  }

  columnsInto(statement: SqlStatement, columns: Map<string, ColumnMapping[]>): void {
    const target = statement.writes.find(({ name }) => name.toLowerCase() === resultName);
    if (target === undefined) return;
    for (const read of statement.reads) {
      const use = this.#useOf(read);
      const found = columnsBetween(statement, read, target);
      if (use !== undefined && found.length > 0) columns.set(datasetKey(use.dataset), found);
    }
  }

  result(sql: string): SqlIo {
    const problems: SqlIo['problems'] = [...this.#problems]
      .slice(0, 20)
      .map(([message, reason]) => ({ reason, message }));
    const isEmpty = this.#reads.size === 0 && this.#writes.size === 0;
    if (isEmpty && this.#stages > 0)
      problems.push({ reason: 'missing', message: 'a stage is no entity of the catalog' });
    if (this.#left > 0)
      problems.push({ reason: 'sql', message: `more than ${mostMoves} pairs of tables; ${this.#left} were left out` });
    return {
      reads: [...this.#reads.values()],
      writes: [...this.#writes.values()],
      moves: [...this.#moves.values()].map((move) => ({ ...move, sql })),
      selected: [...this.#selected.values()],
      hasSelect: this.#hasSelect,
      selectedColumns: new Map(),
      files: [...this.#files],
      problems,
      sql,
    };
  }
}

function distinct(columns: readonly ColumnMapping[]): ColumnMapping[] {
  return [...new Map(columns.map((mapping) => [JSON.stringify(mapping), mapping])).values()];
}

/** What is missing then is columns, or which branch runs: the tables are all there. */
const isHarmless = (problem: string): boolean =>
  /column|^a block of statements|^… *$/.test(problem) && !problem.startsWith('a name holds');

/** A path in SQL that holds a template ends at the last folder before it, as in any other property. */
function withoutFileTemplates(sql: string, values: TemplateValues): string {
  if (!sql.includes('{{') || !sql.includes('://')) return sql;
  return sql.replace(
    /'([a-z][a-z0-9]{1,9}:\/\/(?:\{\{[^{}]{0,1000}\}\}|[^'{}\n]){1,2000})'/gi,
    (literal: string, address: string) => {
      const { known, text } = renderText(address, values);
      const slash = text.lastIndexOf('/');
      return known || slash <= text.indexOf('://') + 2 ? literal : `'${text.slice(0, slash + 1)}'`;
    },
  );
}

/** What stands for a file of another task. */
const givenFile = 'given-by-another-task';

/** Files of the working directory by their bare names, and files of other tasks by none: how tasks join tells what is in them. */
function withoutReferences(sql: string, values: TemplateValues): string {
  if (!sql.includes('{{')) return sql;
  return sql
    .replace(/\{\{\s{0,20}workingDir\s{0,20}\}\}\/?/g, '')
    .replace(/'\s{0,20}\{\{\s{0,20}(?:outputs|trigger|inputs)\b[^{}]{0,1000}\}\}\s{0,20}'/g, (literal) =>
      renderText(literal, values).known ? literal : `'${givenFile}'`,
    );
}

const withoutBrackets = (sql: string): string =>
  sql.replace(/\[([\w-]{1,100}):([\w-]{1,1000})\.([\w$-]{1,1000})\]/g, '`$1.$2.$3`');

const shortened = (sql: string): string => (sql.length > longestSql ? `${sql.slice(0, longestSql)}…` : sql);
