import { Cursor } from '../cursor.js';
import { tableName } from '../dialects.js';
import { scannedTables } from '../from-items.js';
import { takeName } from '../names.js';
import { queryText } from '../query-text.js';
import { nothing, ofTable, type Relation } from '../relation.js';
import { isBlock, split } from '../split.js';
import { type Token, tokenize } from '../tokens.js';
import { newWork, query, readThrough, relationOf, type Work } from '../work.js';
import { copy, exportData, loadData, unload } from './copy.js';
import { create } from './create.js';
import { alter, drop, refresh, truncate, use } from './definition.js';
import { remove } from './delete.js';
import { insert } from './insert.js';
import { mergeInto } from './merge.js';
import { select, subqueries } from './select.js';
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
  if (findings.rules.parser === 'tsql') {
    batch(work, whole);
    return;
  }
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
    if (within(work, whole.between(index, end))) found++;
    index = end;
  }
  if (found === 0) work.failed = true;
}

/** Looks at a statement inside another one; false if it is not understood. */
function within(work: Work, cursor: Cursor): boolean {
  const inner = newWork(work.findings);
  analyseStatement(inner, cursor);
  for (const [id, edge] of inner.edges) work.edges.set(id, edge);
  for (const table of inner.filled) work.filled.add(table);
  return !inner.failed;
}

/** A block of T-SQL, whose statements need no semicolons: BEGIN and END part them as well. */
function batch(work: Work, whole: Cursor): void {
  const { rules } = work.findings;
  let cases = 0;
  const tokens = whole.tokens.slice(whole.at, whole.end).map((token, place, all): Token => {
    if (token.key === 'CASE') cases++;
    const following = all[place + 1]?.key ?? '';
    const isEnd = token.key === 'END' && cases === 0;
    if (token.key === 'END' && cases > 0) cases--;
    const isTry = /^(?:TRY|CATCH)$/.test(token.key) && /^(?:BEGIN|END)$/.test(all[place - 1]?.key ?? '');
    const isBegin = token.key === 'BEGIN' && !/^TRAN/.test(following);
    return isBegin || isEnd || isTry ? { ...token, key: ';' } : token;
  });
  let found = 0;
  for (const cursor of split(whole.sql, tokens, rules)) {
    if (['IF', 'WHILE', 'ELSE'].includes(cursor.peek()?.key ?? '')) {
      const verb = cursor.find(...verbs);
      subqueries(work, cursor.between(cursor.at, verb));
      cursor.at = verb;
    }
    if (!cursor.done && within(work, cursor)) found++;
  }
  if (found === 0) work.failed = true;
}
