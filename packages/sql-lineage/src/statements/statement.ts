import { Cursor } from '../cursor.js';
import { tableName } from '../dialects.js';
import { scannedTables } from '../from-items.js';
import { takeName } from '../names.js';
import { queryText } from '../query-text.js';
import { nothing, ofTable, type Relation } from '../relation.js';
import { isBlock } from '../split.js';
import { tokenize } from '../tokens.js';
import { fill, newWork, query, readThrough, relationOf, type Work } from '../work.js';
import { copy, exportData, loadData, unload } from './copy.js';
import { create } from './create.js';
import { alter, drop, refresh, truncate, use } from './definition.js';
import { remove } from './delete.js';
import { insert } from './insert.js';
import { mergeInto } from './merge.js';
import { update } from './update.js';

const changing = ['INSERT', 'REPLACE', 'UPDATE', 'DELETE', 'MERGE'];
const harmless = new Set(
  'SUMMARIZE BEGIN START COMMIT ROLLBACK END SAVEPOINT RELEASE SET RESET DECLARE GRANT REVOKE DENY COMMENT ANALYZE ANALYSE VACUUM OPTIMIZE REINDEX CLUSTER EXPLAIN DESCRIBE DESC SHOW LIST LS PRAGMA INSTALL LOAD ATTACH DETACH LOCK UNLOCK CHECKPOINT PRINT RAISERROR THROW WAITFOR USE GO HELP KILL SYSTEM CACHE UNCACHE MSCK REPAIR FLUSH PUT GET REMOVE RM DISCARD NOTIFY LISTEN UNLISTEN DEALLOCATE PREPARE EXPORT CALIBRATE PURGE LET RETURN FETCH OPEN CLOSE UNSET ABORT SUSPEND RESUME UNDROP WATCH EXISTS CHECK SECURITY REASSIGN IMPORT STOP UPDATE_STATISTICS UPDATEUSAGE DBCC BACKUP RESTORE'.split(
    ' ',
  ),
);

type Handler = (work: Work, cursor: Cursor) => void;

/** What looks at a statement, by its first words: two words go before one. */
const handlers: Readonly<Record<string, Handler>> = {
  WITH: withClause,
  SELECT: select,
  FROM: select,
  VALUES: select,
  '(': select,
  TABLE: select,
  PIVOT: select,
  UNPIVOT: select,
  INSERT: insert,
  'REPLACE INTO': insert,
  UPDATE: update,
  'UPDATE STATISTICS': ignore,
  DELETE: remove,
  MERGE: mergeInto,
  COPY: copy,
  UNLOAD: unload,
  'LOAD DATA': loadData,
  'BULK INSERT': loadData,
  'EXPORT DATA': exportData,
  CREATE: create,
  'REPLACE TABLE': create,
  'REPLACE VIEW': create,
  TRUNCATE: truncate,
  DROP: drop,
  ALTER: alter,
  RENAME: alter,
  EXCHANGE: alter,
  REFRESH: refresh,
  CALL: call,
  EXEC: call,
  EXECUTE: call,
  USE: use,
  SET: set,
  DECLARE: subqueries,
  LET: subqueries,
};

function ignore(): void {}

function set(work: Work, cursor: Cursor): void {
  use(work, cursor.between(cursor.at, cursor.end));
  subqueries(work, cursor);
}

/** Reads the queries in parentheses of a statement that does nothing else with tables. */
function subqueries(work: Work, cursor: Cursor): void {
  while (!cursor.done) {
    const isOne = cursor.is('(', 'SELECT') || cursor.is('(', 'WITH');
    const group = cursor.group();
    if (group && isOne) query(work, group);
    if (!group) cursor.next();
  }
}

/** Finds out what one statement does. */
export function analyseStatement(work: Work, cursor: Cursor): void {
  const { findings } = work;
  const { rules } = findings;
  const key = cursor.peek()?.key ?? '';
  const handler = isBlock(cursor, rules) ? block : (handlers[`${key} ${cursor.peek(1)?.key ?? ''}`] ?? handlers[key]);
  if (handler) {
    handler(work, cursor);
    return;
  }
  if (harmless.has(key)) return;
  work.failed = true;
  const [token] = cursor.tokens.slice(cursor.at, cursor.end);
  if (token && findings.hasTemplate(token.raw)) return;
  findings.problem('this statement is not understood');
  for (const { name } of scannedTables(cursor, rules)) {
    const table = findings.table(name);
    if (!table) continue;
    work.failed = false;
    readThrough(work, table);
  }
}

/** A query that writes nothing, or SELECT … INTO. */
function select(work: Work, cursor: Cursor): void {
  work.kind = 'select';
  if (cursor.is('FROM') && cursor.find('INSERT') < cursor.end) {
    insertsFrom(work, cursor);
    return;
  }
  if (!selectInto(work, cursor)) query(work, cursor);
}

/** Spark's `FROM a INSERT INTO b SELECT x INSERT INTO c SELECT y`. */
function insertsFrom(work: Work, cursor: Cursor): void {
  const from = cursor.upTo(cursor.find('INSERT'));
  const source = from.tokens.slice(from.at, from.end);
  while (cursor.is('INSERT')) {
    const start = cursor.at;
    cursor.next();
    const one = cursor.between(start, cursor.find('INSERT'));
    cursor.at = one.end;
    one.at = one.find('SELECT');
    const end = one.find('WHERE', 'GROUP', 'HAVING', 'ORDER', 'LIMIT', 'SORT', 'CLUSTER', 'DISTRIBUTE');
    const tokens = [...one.tokens.slice(start, end), ...source, ...one.tokens.slice(end, one.end)];
    insert(work, new Cursor(cursor.sql, tokens));
  }
}

/** SELECT … INTO a table or an OUTFILE; false where there is no INTO that writes. */
function selectInto(work: Work, cursor: Cursor): boolean {
  const { findings } = work;
  const { rules } = findings;
  if (!cursor.is('SELECT') && !cursor.is('WITH')) return false;
  const at = cursor.find('INTO');
  if (at >= cursor.end || cursor.tokens[at - 1]?.key === 'INSERT') return false;
  const walk = cursor.between(at + 1, cursor.end);
  const outfile = walk.takeAny('OUTFILE', 'DUMPFILE') !== undefined;
  const parser = rules.parser;
  if (!outfile && !['postgresql', 'redshift', 'tsql'].includes(parser)) return false;
  let temporary = false;
  while (walk.takeAny('TEMP', 'TEMPORARY')) temporary = true;
  while (walk.takeAny('UNLOGGED', 'TABLE'));
  const text = walk.peek();
  const name = outfile ? undefined : takeName(walk, rules);
  if (outfile) walk.next();
  const rest = outfile ? walk.end : walk.at;
  const tokens = [...cursor.tokens.slice(cursor.at, at), ...cursor.tokens.slice(rest, cursor.end)];
  work.kind = 'select-into';
  const relation = query(work, new Cursor(cursor.sql, tokens));
  const table = outfile
    ? text?.type === 'text'
      ? findings.file(text.value)
      : undefined
    : name && findings.table(name);
  if (!table) return true;
  if (temporary || /^[#@]/.test(table.name) || findings.session.passing.has(tableIdOf(table)))
    findings.addTemporary(table);
  fill(work, table, relation, { byName: true });
  return true;
}

const tableIdOf = (table: { database?: string; schema?: string; name: string }): string =>
  [table.database ?? '', table.schema ?? '', table.name].join('\u0000').toLowerCase();

/** A statement behind a WITH clause; CTEs that change tables are statements of their own. */
function withClause(work: Work, cursor: Cursor): void {
  const { findings } = work;
  const verb = cursor.find('SELECT', 'FROM', 'VALUES', ...changing);
  const head = cursor.between(cursor.at, verb);
  const key = cursor.tokens[verb]?.key ?? '';
  const clause = new Cursor(cursor.sql, changingCtes(work, head));
  if (!changing.includes(key)) {
    const tokens = [...clause.tokens, ...cursor.tokens.slice(verb, cursor.end)];
    select(work, new Cursor(cursor.sql, tokens));
    return;
  }
  work.with = queryText(clause, findings);
  relationOf({ ...work, with: '' }, `${work.with} SELECT 1`);
  analyseStatement(work, cursor.between(verb, cursor.end));
}

/** The tokens of a WITH clause in which `(DELETE … RETURNING a)` has become a SELECT. */
function changingCtes(work: Work, head: Cursor): Cursor['tokens'] {
  const { findings } = work;
  const tokens = head.tokens.slice(head.at, head.end);
  const result = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (!token) break;
    result.push(token);
    if (token.key !== '(' || !changing.includes(tokens[index + 1]?.key ?? '')) continue;
    const walk = new Cursor(head.sql, tokens, { from: index });
    const body = walk.group();
    if (!body) continue;
    const returning = body.find('RETURNING');
    const inner = newWork(findings);
    analyseStatement(inner, body.between(body.at, returning));
    for (const [id, edge] of inner.edges) work.edges.set(id, edge);
    for (const table of inner.filled) work.filled.add(table);
    const name = `flowmeta_changed_${findings.relations.size}`;
    const [written] = [...findings.writes.values()].slice(-1);
    const list = body.between(returning + 1, body.end);
    const target: Relation = written
      ? (findings.temporary(written)?.relation ?? ofTable(written))
      : { outputs: [{ type: 'rest', flow: nothing }] };
    findings.relations.set(name, target);
    const alias = /^(?:\w+\.)*(\w+)$/.exec(plainHead(body))?.[1] ?? name;
    const text = `SELECT ${list.done ? '1' : queryText(list, findings)} FROM ${name} ${alias} )`;
    result.push(...tokenize(text, findings.rules));
    index = walk.at - 1;
  }
  return result;
}

/** The name of the table that `DELETE FROM name` and the like change, if it is a plain one. */
function plainHead(body: Cursor): string {
  const walk = body.between(body.at, body.end);
  walk.next();
  while (walk.takeAny('FROM', 'INTO', 'ONLY'));
  const from = walk.at;
  let text = '';
  for (let index = from; index < walk.end; index++) {
    const token = walk.tokens[index];
    if (
      !token ||
      (token.type !== 'word' && token.key !== '.') ||
      (index > from && token.type === 'word' && walk.tokens[index - 1]?.key !== '.')
    )
      break;
    text += token.raw;
  }
  return text;
}

/** CALL and EXEC: what the procedure does is not written here. */
function call(work: Work, cursor: Cursor): void {
  work.kind = 'call';
  work.failed = true;
  cursor.next();
  if (cursor.takeAny('IMMEDIATE')) {
    work.findings.problem('its SQL is put together at run time');
    return;
  }
  cursor.takeAny('PROCEDURE', 'TASK');
  const variable = cursor.is(cursor.peek()?.key ?? '', '=') && cursor.peek()?.raw.startsWith('@');
  if (variable) cursor.at += 2;
  const name = takeName(cursor, work.findings.rules);
  const text = name?.map((part) => tableName(part, { ...work.findings.rules, fold: 'none' })).join('.') ?? '';
  if (!work.findings.hasTemplate(text))
    work.findings.problem(`what the procedure ${text || '…'} reads and writes is not written here`);
}

const verbs = new Set([
  'INSERT',
  'UPDATE',
  'DELETE',
  'MERGE',
  'TRUNCATE',
  'COPY',
  'SELECT',
  'WITH',
  'CREATE',
  'DROP',
  'ALTER',
  'CALL',
  'EXEC',
  'EXECUTE',
  'REPLACE',
]);
const before = new Set(['', ';', 'BEGIN', 'THEN', 'ELSE', 'LOOP', 'DO', 'AS', 'IS', 'TRY', 'CATCH', ')']);

/** A procedural block: the statements in it are looked at one by one, whether or not they would be reached. */
function block(work: Work, cursor: Cursor): void {
  const { findings } = work;
  work.kind = 'block';
  const text = cursor.is('DO')
    ? cursor.tokens.slice(cursor.at, cursor.end).find(({ type }) => type === 'text')
    : undefined;
  const tokens = text ? tokenize(text.value, findings.rules) : cursor.tokens.slice(cursor.at, cursor.end);
  const whole = new Cursor(text?.value ?? cursor.sql, tokens);
  findings.problem('a block of statements: which of them run is not known');
  let found = 0;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token?.key === '(') {
      const walk = whole.between(index, whole.end);
      const group = walk.group();
      if (group && (group.is('SELECT') || group.is('WITH'))) query(work, group);
      index = walk.at - 1;
      continue;
    }
    if (!token || !verbs.has(token.key) || !before.has(tokens[index - 1]?.key ?? '')) continue;
    if (token.key === 'CREATE' && /^(?:PROCEDURE|FUNCTION|TRIGGER)$/.test(tokens[index + 1]?.key ?? '')) continue;
    let end = index;
    let nested = 0;
    while (end < tokens.length && !(nested === 0 && tokens[end]?.key === ';')) {
      if (tokens[end]?.key === '(') nested++;
      else if (tokens[end]?.key === ')') nested--;
      end++;
    }
    const inner = newWork(findings);
    analyseStatement(inner, whole.between(index, end));
    for (const [id, edge] of inner.edges) work.edges.set(id, edge);
    for (const table of inner.filled) work.filled.add(table);
    if (!inner.failed) found++;
    index = end;
  }
  if (found === 0) work.failed = true;
}
