import type { Cursor } from '../cursor.js';
import type { WrittenName } from '../dialects.js';
import { fromItems } from '../from-items.js';
import { takeAlias, takeName } from '../names.js';
import { plainText, queryText } from '../query-text.js';
import { lookUp } from '../relation.js';
import type { Target } from '../resolve-expression.js';
import type { TableRef } from '../types.js';
import { relationOf, type Work, write } from '../work.js';
import { assign, lastKey } from './assign.js';
import { type Assignment, assignments } from './assignments.js';
import { fromItem, plainName } from './from-item.js';
import { outputInto } from './output-into.js';

/** UPDATE, with FROM, with joins before SET, or of an alias of its FROM clause. */
export function update(work: Work, cursor: Cursor): void {
  work.kind = 'update';
  const { findings } = work;
  const { rules } = findings;
  cursor.next();
  while (cursor.takeAny('ONLY', 'LOW_PRIORITY', 'IGNORE'));
  if (cursor.take('OR')) cursor.next();
  if (cursor.take('TOP')) {
    if (!cursor.group()) cursor.next();
    cursor.take('PERCENT');
  }
  const head = cursor.upTo(cursor.find('SET'));
  cursor.take('SET');
  const set = assignments(
    cursor.upTo(cursor.find('FROM', 'WHERE', 'OUTPUT', 'RETURNING', 'ORDER', 'LIMIT', 'OPTION')),
    findings,
  );
  const outputEnd = cursor.is('OUTPUT') ? cursor.find('FROM', 'WHERE', 'OPTION') : cursor.at;
  const output = cursor.upTo(outputEnd);
  const from = cursor.take('FROM')
    ? cursor.upTo(cursor.find('WHERE', 'RETURNING', 'OPTION', 'ORDER', 'LIMIT'))
    : undefined;
  const where = cursor.take('WHERE')
    ? ` WHERE ${queryText(cursor.upTo(cursor.find('RETURNING', 'OPTION', 'ORDER', 'LIMIT')), findings)}`
    : '';
  const items = fromItems(head, rules);
  if (items.length > 1 || (items.length === 1 && head.find('JOIN') < head.end)) {
    updateJoin(work, head, { set, where });
    return;
  }
  const name = takeName(head, rules);
  if (!name) return;
  if (head.is('WITH', '(')) head.take('WITH') && head.group();
  const alias = takeAlias(head);
  const own = fromItem(work, name, alias);
  const key = lastKey(work, alias ? [alias] : name);
  const target: Target = { alias: key, table: undefined };
  const inFrom = from !== undefined && rules.parser === 'tsql' && namesTarget(work, from, { name, key });
  const texts = from ? queryText(from, findings) : undefined;
  const parts = inFrom ? [texts] : [own, texts];
  const cte = name.length === 1 && work.with !== '' && !inFrom ? commonTable(work, name, set) : undefined;
  const table = () => (cte ? cte : inFrom ? target.table : findings.table(name));
  assign(work, set, {
    from: `${parts.filter(Boolean).join(', ')}${where}`,
    targets: [target],
    tableFor: table,
  });
  const written = table();
  if (written) write(work, written);
  if (output.is('OUTPUT')) outputInto(work, output, { table: written, end: output.end });
}

/** The table behind a CTE that is updated. */
function commonTable(work: Work, name: readonly WrittenName[], set: readonly Assignment[]): TableRef | undefined {
  const pattern = new RegExp(
    `\\b${name[0]?.text.replace(/[^\w]/g, '\\$&')}\\b["\\]\`]?\\s*(?:\\([^)]*\\)\\s*)?AS\\b`,
    'i',
  );
  if (!pattern.test(work.with)) return undefined;
  const relation = relationOf(work, `SELECT * FROM ${plainName(work, name)}`);
  const column = set[0]?.columns[0];
  const found =
    column === undefined ? undefined : lookUp(relation, column, work.findings.rules)?.flow.sources[0]?.table;
  return found ?? [...work.findings.reads.values()][0];
}

/** Whether a T-SQL FROM clause holds the table that is updated. */
function namesTarget(work: Work, from: Cursor, { name, key }: { name: readonly WrittenName[]; key: string }): boolean {
  return fromItems(from, work.findings.rules).some((item) => {
    if (item.alias && lastKey(work, [item.alias]) === key && name.length === 1) return true;
    if (item.alias && name.length > 1) return false;
    return item.name.length === name.length && lastKey(work, item.name) === key;
  });
}

/** MySQL's UPDATE of one or several tables of a join. */
function updateJoin(work: Work, head: Cursor, { set, where }: { set: readonly Assignment[]; where: string }): void {
  const { findings } = work;
  const items = fromItems(head, findings.rules);
  const keyOf = (assignment: Assignment) => (assignment.qualifier ? lastKey(work, assignment.qualifier) : undefined);
  const named = new Map(items.map((item) => [lastKey(work, item.alias ? [item.alias] : item.name), item]));
  const [only] = named.keys();
  const targets: Target[] = [...new Set(set.map((assignment) => keyOf(assignment) ?? only ?? ''))].map((alias) => ({
    alias,
    table: undefined,
  }));
  const tableFor = (assignment: Assignment) =>
    targets.find(({ alias }) => alias === (keyOf(assignment) ?? only))?.table;
  assign(work, set, { from: `${plainText(head)}${where}`, targets, tableFor });
  for (const { table } of targets) if (table) write(work, table);
}
