import { Cursor } from '../cursor.js';
import { nameList, takeName } from '../names.js';
import { queryText } from '../query-text.js';
import { nothing, ofTable, type Relation } from '../relation.js';
import { tokenize } from '../tokens.js';
import type { TableRef } from '../types.js';
import { columnNames, fill, query, readThrough, relationOf, type Work, write } from '../work.js';

/** COPY, in the senses of Postgres, Redshift, DuckDB, Snowflake, Databricks and Azure Synapse. */
export function copy(work: Work, cursor: Cursor): void {
  work.kind = 'copy';
  cursor.next();
  if (cursor.take('INTO')) {
    copyInto(work, cursor);
    return;
  }
  if (cursor.is('(')) {
    const inner = cursor.group();
    if (inner) toFile(work, cursor, query(work, inner));
    return;
  }
  const { findings } = work;
  const name = takeName(cursor, findings.rules);
  const group = cursor.group();
  const columns = group && nameList(group, findings.rules);
  const table = name && findings.table(name);
  if (cursor.take('TO')) {
    cursor.at--;
    const relation = table ? tableRelation(work, table) : { outputs: [] };
    findings.relations.set('flowmeta_copied', relation);
    const chosen = columns ? relationOf(work, `SELECT ${queryText(group, findings)} FROM flowmeta_copied`) : relation;
    toFile(work, cursor, chosen);
    return;
  }
  cursor.take('FROM');
  const file = fileOf(work, cursor);
  if (file) findings.read(file);
  if (table) load(work, table, { file, byName: false });
}

/** A table's relation; noted as read. */
export function tableRelation(work: Work, table: TableRef): Relation {
  readThrough(work, table);
  return work.findings.temporary(table)?.relation ?? ofTable(table);
}

function toFile(work: Work, cursor: Cursor, relation: Relation): void {
  cursor.take('TO');
  const file = fileOf(work, cursor);
  if (file) fill(work, file, relation, { byName: true });
}

/** The file that comes next; none for STDIN, STDOUT, PROGRAM and what is not written as a text. */
function fileOf(work: Work, cursor: Cursor): TableRef | undefined {
  const token = cursor.next();
  if (token?.type === 'text') return work.findings.file(token.value);
  if (token?.type === 'stage') return work.findings.file(token.raw.replace(/^@"?([^"]*)"?$/, '@$1'));
  if (token && work.findings.hasTemplate(token.raw)) return undefined;
  if (token?.type === 'name') return work.findings.file(token.value);
  if (!token || !/^(?:STDIN|STDOUT|PROGRAM)$/.test(token.key))
    work.findings.problem('which file is copied is not written here');
  return undefined;
}

function load(work: Work, table: TableRef, { file, byName }: { file: TableRef | undefined; byName: boolean }): void {
  if (file && byName) {
    fill(work, table, ofTable(file), { byName: true });
    return;
  }
  write(work, table);
  const temporary = work.findings.temporary(table);
  if (temporary && temporary.relation.outputs.length === 0)
    temporary.relation = {
      outputs: [{ type: 'rest', flow: { sources: [], problems: ['the columns of a file are matched by position'] } }],
    };
}

/** COPY INTO a table or a place: what comes after INTO says which. */
function copyInto(work: Work, cursor: Cursor): void {
  const { findings } = work;
  const token = cursor.peek();
  if (token?.type === 'text' || token?.type === 'stage') {
    const file = fileOf(work, cursor);
    cursor.take('FROM');
    const group = cursor.group();
    const name = group ? undefined : takeName(cursor, findings.rules);
    const table = name && findings.table(name);
    const relation = group ? query(work, group) : table ? tableRelation(work, table) : { outputs: [] };
    if (file) fill(work, file, relation, { byName: true });
    return;
  }
  const name = takeName(cursor, findings.rules);
  const table = name && findings.table(name);
  const group = cursor.group();
  const columns = group && nameList(group, findings.rules);
  cursor.take('BY POSITION');
  cursor.take('FROM');
  const rest = cursor.tokens.slice(cursor.at, cursor.end);
  const byName =
    findings.rules.parser === 'databricks' ||
    rest.some(({ key }, place) => key === 'MATCH_BY_COLUMN_NAME' && !/^NONE$/i.test(rest[place + 2]?.value ?? 'none'));
  if (cursor.is('(')) {
    const relation = query(work, withFiles(work, cursor.group() ?? cursor));
    if (table) fill(work, table, relation, { columns: columns && columnNames(columns, findings), byName });
    return;
  }
  const file = fileOf(work, cursor);
  if (file) findings.read(file);
  if (table) load(work, table, { file, byName });
}

/** Databricks selects from a path in quotes; the parser wants a name there. */
function withFiles(work: Work, cursor: Cursor): Cursor {
  const { findings } = work;
  const tokens = cursor.tokens.slice(cursor.at, cursor.end).map((token, place, all) => {
    if (token.type !== 'text' || all[place - 1]?.key !== 'FROM') return token;
    const file = findings.file(token.value);
    if (file) findings.read(file);
    const name = `flowmeta_file_${findings.relations.size}`;
    findings.relations.set(name, file ? ofTable(file) : { outputs: [{ type: 'rest', flow: nothing }] });
    return { ...token, type: 'word' as const, raw: name, value: name, key: name.toUpperCase() };
  });
  return new Cursor(cursor.sql, tokens);
}

/** Redshift's UNLOAD ('query') TO 'path'. */
export function unload(work: Work, cursor: Cursor): void {
  work.kind = 'unload';
  cursor.next();
  const inner = cursor.group();
  const text = inner?.peek();
  let relation: Relation = { outputs: [] };
  if (inner && text?.type === 'text') {
    const sql = text.value;
    relation = query(work, new Cursor(sql, tokenize(sql, work.findings.rules)));
  } else if (inner) relation = query(work, inner);
  toFile(work, cursor, relation);
}

/** LOAD DATA of MySQL and BigQuery, and BULK INSERT. */
export function loadData(work: Work, cursor: Cursor): void {
  work.kind = 'copy';
  const { findings } = work;
  if (cursor.take('BULK INSERT')) {
    const name = takeName(cursor, findings.rules);
    const table = name && findings.table(name);
    cursor.take('FROM');
    const file = fileOf(work, cursor);
    if (file) findings.read(file);
    if (table) load(work, table, { file, byName: false });
    return;
  }
  cursor.take('LOAD DATA');
  const infile = cursor.find('INFILE', 'INPATH');
  if (infile < cursor.end) {
    cursor.at = infile + 1;
    const file = fileOf(work, cursor);
    if (file) findings.read(file);
  }
  const into = cursor.find('INTO', 'OVERWRITE');
  cursor.at = into + 1;
  cursor.take('INTO');
  cursor.take('TABLE');
  const name = takeName(cursor, findings.rules);
  const table = name && findings.table(name);
  cursor.at = cursor.find('FILES');
  if (cursor.take('FILES')) for (const file of urisOf(work, cursor.group() ?? cursor)) findings.read(file);
  if (table) load(work, table, { file: undefined, byName: false });
}

/** BigQuery's EXPORT DATA OPTIONS (uri = …) AS query. */
export function exportData(work: Work, cursor: Cursor): void {
  work.kind = 'unload';
  cursor.at = cursor.find('OPTIONS');
  cursor.take('OPTIONS');
  const [file] = urisOf(work, cursor.group() ?? cursor);
  cursor.take('AS');
  const relation = query(work, cursor);
  if (file) fill(work, file, relation, { byName: true });
}

function urisOf(work: Work, options: Cursor): TableRef[] {
  return options.list().flatMap((option) => {
    if (!/^URIS?$/.test(option.peek()?.key ?? '')) return [];
    const tokens = option.tokens.slice(option.at, option.end);
    return tokens.flatMap(({ type, value }) => (type === 'text' ? (work.findings.file(value) ?? []) : []));
  });
}
