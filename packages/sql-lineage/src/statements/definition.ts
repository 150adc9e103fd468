import type { Cursor } from '../cursor.js';
import { tableName, type WrittenName } from '../dialects.js';
import { takeName } from '../names.js';
import { queryText } from '../query-text.js';
import type { TableRef } from '../types.js';
import { fill, relationOf, type Work, write } from '../work.js';
import { assign, lastKey } from './assign.js';
import { assignments } from './assignments.js';
import { tableRelation } from './copy.js';
import { plainName } from './from-item.js';

/** TRUNCATE of one or several tables. */
export function truncate(work: Work, cursor: Cursor): void {
  work.kind = 'truncate';
  cursor.next();
  cursor.take('TABLE');
  cursor.take('IF EXISTS');
  do {
    cursor.take('ONLY');
    const name = takeName(cursor, work.findings.rules);
    const table = name && work.findings.table(name);
    if (table) write(work, table);
    cursor.take('*');
  } while (cursor.take(','));
}

/** DROP: nothing flows; a temporary table is forgotten. */
export function drop(work: Work, cursor: Cursor): void {
  work.kind = 'drop';
  for (const name of droppedNames(cursor, work.findings.rules)) {
    const table = work.findings.table(name);
    if (table) work.findings.forget(table);
  }
}

/** The tables and views that a DROP names. */
export function droppedNames(cursor: Cursor, rules: Parameters<typeof takeName>[1]): WrittenName[][] {
  cursor.next();
  while (cursor.takeAny('TEMPORARY', 'EXTERNAL', 'MATERIALIZED', 'DYNAMIC', 'FOREIGN'));
  if (!cursor.takeAny('TABLE', 'VIEW')) return [];
  cursor.take('IF EXISTS');
  const names: WrittenName[][] = [];
  do {
    const name = takeName(cursor, rules);
    if (name) names.push(name);
  } while (cursor.take(','));
  return names;
}

/** What ALTER TABLE and its like move from one name to another. */
export interface Move {
  from: WrittenName[];
  to: WrittenName[];
  /** Both names stay: their rows change places. */
  swapped: boolean;
}

/** The moves of ALTER TABLE … RENAME TO, SWAP WITH, RENAME TABLE and EXCHANGE TABLES. */
export function moves(cursor: Cursor, rules: Parameters<typeof takeName>[1]): Move[] {
  const pairs = (word: string, swapped: boolean): Move[] => {
    const found: Move[] = [];
    do {
      const from = takeName(cursor, rules);
      if (!from || !cursor.take(word)) break;
      const to = takeName(cursor, rules);
      if (to) found.push({ from, to, swapped });
    } while (cursor.take(','));
    return found;
  };
  if (cursor.takeAny('RENAME TABLE', 'RENAME TABLES')) return pairs('TO', false);
  if (cursor.take('EXCHANGE TABLES')) return pairs('AND', true);
  if (!cursor.takeAny('ALTER TABLE', 'ALTER VIEW')) return [];
  cursor.take('IF EXISTS');
  cursor.take('ONLY');
  const from = takeName(cursor, rules);
  if (!from) return [];
  const swapped = cursor.take('SWAP WITH');
  if (!swapped && !cursor.takeAny('RENAME TO', 'RENAME AS')) return [];
  const to = takeName(cursor, rules);
  if (!to) return [];
  return [{ from, to: to.length === 1 ? [...from.slice(0, -1), ...to] : to, swapped }];
}

/** ALTER TABLE and its like: most change no rows. */
export function alter(work: Work, cursor: Cursor): void {
  work.kind = 'alter';
  const { findings } = work;
  const found = moves(cursor.between(cursor.at, cursor.end), findings.rules);
  if (found.length > 0) {
    move(work, found);
    return;
  }
  if (!cursor.take('ALTER TABLE')) {
    if (!cursor.is('ALTER', 'VIEW')) work.kind = 'other';
    return;
  }
  cursor.take('IF EXISTS');
  const name = takeName(cursor, findings.rules);
  if (cursor.take('ON CLUSTER')) cursor.next();
  const table = name && findings.table(name);
  if (!name || !table) return;
  if (cursor.take('APPEND FROM')) {
    const other = takeName(cursor, findings.rules);
    const source = other && findings.table(other);
    if (!source) return;
    fill(work, table, tableRelation(work, source), { byName: true });
    write(work, source);
  } else if (cursor.take('UPDATE')) {
    work.kind = 'update';
    const list = assignments(cursor.upTo(cursor.find('WHERE')), findings);
    const where = cursor.take('WHERE') ? ` WHERE ${queryText(cursor, findings)}` : '';
    assign(work, list, {
      from: `${plainName(work, name)}${where}`,
      targets: [{ alias: lastKey(work, name), table: undefined }],
      tableFor: () => table,
    });
    write(work, table);
  } else if (cursor.take('DELETE WHERE')) {
    work.kind = 'delete';
    relationOf(work, `SELECT 1 FROM ${plainName(work, name)} WHERE ${queryText(cursor, findings)}`, [
      { alias: lastKey(work, name), table: undefined },
    ]);
    write(work, table);
  } else if (cursor.take('TRUNCATE') || cursor.takeAny('DROP PARTITION', 'DELETE PARTITION')) write(work, table);
  else if (
    cursor.is('EXCHANGE') ||
    cursor.is('ATTACH') ||
    cursor.is('SWITCH') ||
    cursor.is('REPLACE', 'PARTITION') ||
    cursor.is('MOVE')
  )
    findings.problem('which rows are moved is not known');
}

function move(work: Work, found: readonly Move[]): void {
  const { findings } = work;
  const tables = found.flatMap(({ from, to, swapped }) => {
    const [one, other] = [findings.table(from), findings.table(to)];
    return one && other ? [{ one, other, swapped }] : [];
  });
  const relations = tables.map(({ one, other, swapped }) => ({
    one: tableRelation(work, one),
    other: swapped ? tableRelation(work, other) : undefined,
  }));
  tables.forEach(({ one, other, swapped }, place) => {
    const relation = relations[place];
    if (!relation) return;
    const isTemporary = findings.temporary(other) !== undefined;
    if (isTemporary) findings.addTemporary(other);
    fill(work, other, relation.one, { byName: true });
    if (swapped && relation.other) {
      if (findings.temporary(one)) findings.addTemporary(one);
      fill(work, one, relation.other, { byName: true });
    } else findings.forget(one);
  });
}

/** USE and SET SCHEMA change what bare names mean from here on. */
export function use(work: Work, cursor: Cursor): void {
  const { session, rules } = work.findings;
  const set = (key: 'defaultDatabase' | 'defaultSchema', name: WrittenName | undefined) => {
    if (name) session[key] = tableName(name, rules);
  };
  if (cursor.take('SET')) {
    if (cursor.takeAny('SEARCH_PATH =', 'SEARCH_PATH TO', 'SCHEMA')) {
      const names = cursor.list();
      if (names.length === 1 && names[0]) set('defaultSchema', nameOrText(names[0], work));
    }
    return;
  }
  cursor.next();
  if (cursor.takeAny('WAREHOUSE', 'ROLE', 'SECONDARY')) return;
  const scope = cursor.takeAny('DATABASE', 'CATALOG', 'SCHEMA');
  const name = takeName(cursor, rules);
  if (!name || work.findings.hasTemplate(name.map(({ text }) => text).join('.'))) return;
  const [first, second] = name;
  const databaseOnly = ['tsql', 'snowflake'].includes(rules.parser);
  const isDatabase =
    scope === 'CATALOG' ||
    (scope === 'DATABASE' && rules.parser !== 'databricks') ||
    (scope === undefined && databaseOnly);
  if (second) {
    set('defaultDatabase', first);
    set('defaultSchema', second);
  } else set(isDatabase ? 'defaultDatabase' : 'defaultSchema', first);
}

function nameOrText(cursor: Cursor, work: Work): WrittenName | undefined {
  const token = cursor.peek();
  if (token?.type === 'text') return { text: token.value, quoted: true };
  const name = takeName(cursor, work.findings.rules);
  return name?.length === 1 ? name[0] : undefined;
}

/** REFRESH MATERIALIZED VIEW. */
export function refresh(work: Work, cursor: Cursor): void {
  cursor.next();
  if (!cursor.take('MATERIALIZED VIEW') && !cursor.takeAny('TABLE', 'STREAMING TABLE')) return;
  work.kind = 'refresh';
  cursor.take('CONCURRENTLY');
  const name = takeName(cursor, work.findings.rules);
  const table: TableRef | undefined = name && work.findings.table(name);
  if (table) write(work, table);
}
