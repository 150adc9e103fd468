import { Cursor } from '../cursor.js';
import { takeName } from '../names.js';
import { tableId } from '../relation.js';
import { fill, query, type Work } from '../work.js';
import { insert } from './insert.js';

/** A query that writes nothing, or SELECT … INTO. */
export function select(work: Work, cursor: Cursor): void {
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
  if (temporary || /^[#@]/.test(table.name) || findings.session.passing.has(tableId(table).toLowerCase()))
    findings.addTemporary(table);
  fill(work, table, relation, { byName: true });
  return true;
}

/** Reads the queries in parentheses of a statement that does nothing else with tables. */
export function subqueries(work: Work, cursor: Cursor): void {
  while (!cursor.done) {
    const isOne = cursor.is('(', 'SELECT') || cursor.is('(', 'WITH');
    const group = cursor.group();
    if (group && isOne) query(work, group);
    if (!group) cursor.next();
  }
}
