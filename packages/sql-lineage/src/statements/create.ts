import type { Cursor } from '../cursor.js';
import { columnName, type WrittenName } from '../dialects.js';
import { takeName } from '../names.js';
import { tableId } from '../relation.js';
import type { TableRef } from '../types.js';
import { fill, query, type Work } from '../work.js';
import { tableRelation } from './copy.js';

/** What a CREATE makes, as far as the words before its name tell. */
export interface Created {
  what: 'table' | 'view' | 'materialized-view' | 'routine' | 'other';
  temporary: boolean;
  name: WrittenName[] | undefined;
}

/** Reads `CREATE … name`; the cursor is then behind the name. */
export function createdHead(cursor: Cursor, rules: Parameters<typeof takeName>[1]): Created {
  const words: string[] = [];
  cursor.next();
  for (;;) {
    const key = cursor.peek()?.key ?? '';
    if (['TABLE', 'VIEW'].includes(key)) break;
    if (['PROCEDURE', 'PROC', 'FUNCTION', 'TRIGGER', 'PACKAGE', 'EVENT', 'TASK'].includes(key))
      return { what: 'routine', temporary: false, name: undefined };
    if (cursor.done || words.length > 14 || ['AS', '(', 'INDEX', 'SCHEMA', 'DATABASE', 'USER', 'ROLE'].includes(key))
      return { what: 'other', temporary: false, name: undefined };
    words.push(key);
    cursor.next();
  }
  const view = cursor.next()?.key === 'VIEW';
  cursor.take('IF NOT EXISTS');
  const name = takeName(cursor, rules);
  const temporary =
    words.includes('TEMP') ||
    words.includes('TEMPORARY') ||
    words.includes('VOLATILE') ||
    /^[#@]/.test(name?.at(-1)?.text ?? '');
  const materialized = words.includes('MATERIALIZED') || words.includes('DYNAMIC') || (words.includes('LIVE') && !view);
  return {
    what: materialized ? 'materialized-view' : view ? 'view' : 'table',
    temporary: temporary && !(rules.parser === 'oracle' && words.includes('GLOBAL')),
    name,
  };
}

/** CREATE TABLE and CREATE VIEW; other things are made without touching rows. */
export function create(work: Work, cursor: Cursor): void {
  const { findings } = work;
  const { rules } = findings;
  const { what, temporary, name } = createdHead(cursor, rules);
  if (what === 'other' || what === 'routine' || !name) return;
  const table = findings.table(name);
  const id = table && tableId(table).toLowerCase();
  if (table && (temporary || (what === 'table' && findings.session.passing.has(id ?? ''))))
    findings.addTemporary(table);
  const clone = cloneSource(work, cursor);
  if (clone) {
    work.kind = 'create-table-as';
    const relation = tableRelation(work, clone);
    if (table) fill(work, table, relation, { byName: true });
    return;
  }
  const columns = cursor.is('(') && !isQueryAhead(cursor) ? declaredColumns(cursor, rules) : undefined;
  const to = what === 'materialized-view' && cursor.take('TO') ? takeName(cursor, rules) : undefined;
  const as = bodyAt(cursor);
  if (as === undefined) {
    work.kind = what === 'table' ? 'create-table' : what === 'view' ? 'create-view' : 'create-materialized-view';
    const defined = columns?.every(({ typed }) => typed) === true ? columns.map((column) => column.name) : undefined;
    if (!table || !defined || defined.length === 0) return;
    const holder = findings.temporary(table);
    if (holder)
      holder.relation = {
        outputs: defined.map((column) => ({ type: 'column', name: column, flow: { sources: [], problems: [] } })),
      };
    else findings.session.definitions.set(id ?? '', defined);
    return;
  }
  cursor.at = as;
  const end = endOfQuery(cursor);
  const body = cursor.between(as, end);
  const noData = cursor.between(end, cursor.end).is('WITH', 'NO', 'DATA');
  if (noData && what === 'table') {
    work.kind = 'create-table';
    return;
  }
  work.kind = what === 'table' ? 'create-table-as' : what === 'view' ? 'create-view' : 'create-materialized-view';
  const relation = query(work, body);
  // MySQL adds the query's columns to those in the list, by name.
  const options =
    columns && columns.length > 0 && rules.parser !== 'mysql'
      ? { columns: columns.map((column) => column.name) }
      : { byName: true };
  if (table) fill(work, table, relation, options);
  const goal = to && findings.table(to);
  if (goal) fill(work, goal, relation, { byName: true });
}

const isQueryAhead = (cursor: Cursor): boolean => ['SELECT', 'WITH', '('].includes(cursor.peek(1)?.key ?? '');

function cloneSource(work: Work, cursor: Cursor): TableRef | undefined {
  const at = cursor.at;
  cursor.takeAny('DEEP', 'SHALLOW');
  if (cursor.takeAny('CLONE', 'COPY')) {
    const name = takeName(cursor, work.findings.rules);
    if (name) return work.findings.table(name);
  }
  cursor.at = at;
  return undefined;
}

/** The names in a table's or view's column list, and whether types stand behind them. */
function declaredColumns(cursor: Cursor, rules: Parameters<typeof takeName>[1]): { name: string; typed: boolean }[] {
  const found: { name: string; typed: boolean }[] = [];
  for (const piece of cursor.group()?.list() ?? []) {
    if (
      /^(?:PRIMARY|FOREIGN|UNIQUE|CHECK|CONSTRAINT|INDEX|KEY|LIKE|PERIOD|PROJECTION|EXCLUDE|FULLTEXT|SPATIAL)$/.test(
        piece.peek()?.key ?? '',
      ) &&
      piece.peek()?.type === 'word' &&
      piece.end - piece.at > 1
    ) {
      if (piece.is('LIKE')) found.push({ name: '', typed: false });
      continue;
    }
    const column = takeName(piece, rules)?.at(-1);
    if (column) found.push({ name: columnName(column, rules), typed: !piece.done });
  }
  return found;
}

/** Where the query begins, if one follows. */
function bodyAt(cursor: Cursor): number | undefined {
  const walk = cursor.between(cursor.at, cursor.end);
  while (!walk.done) {
    if (walk.is('AS')) {
      const [after, second] = [walk.peek(1)?.key ?? '', walk.peek(2)?.key ?? ''];
      if (
        ['SELECT', 'WITH', 'FROM', 'TABLE', 'VALUES', 'PIVOT'].includes(after) &&
        !(after === 'TABLE' && second === '')
      )
        return walk.at + 1;
      if (after === '(') return walk.at + 1;
    }
    if (walk.is('SELECT') || walk.is('(', 'SELECT') || walk.is('(', 'WITH')) return walk.at;
    if (!walk.group()) walk.next();
  }
  return undefined;
}

/** Where the query ends and the options after it begin. */
function endOfQuery(cursor: Cursor): number {
  const walk = cursor.between(cursor.at, cursor.end);
  for (;;) {
    walk.at = walk.find('WITH');
    if (walk.done) return walk.end;
    if (
      walk.is('WITH', 'DATA') ||
      walk.is('WITH', 'NO') ||
      walk.is('WITH', 'CHECK') ||
      walk.is('WITH', 'LOCAL') ||
      walk.is('WITH', 'CASCADED') ||
      walk.is('WITH', 'READ')
    )
      return walk.at;
    walk.next();
  }
}
