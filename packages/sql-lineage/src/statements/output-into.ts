import type { Cursor } from '../cursor.js';
import { nameList, takeName } from '../names.js';
import { queryText } from '../query-text.js';
import { ofTable } from '../relation.js';
import type { TableRef } from '../types.js';
import { columnNames, fill, relationOf, type Work } from '../work.js';

/** T-SQL's OUTPUT … INTO: what was inserted or deleted goes to another table. */
export function outputInto(
  work: Work,
  cursor: Cursor,
  { table, end }: { table: TableRef | undefined; end: number },
): void {
  const { findings } = work;
  const clause = cursor.upTo(end);
  clause.next();
  const list = clause.upTo(clause.find('INTO'));
  if (!clause.take('INTO')) return;
  const name = takeName(clause, findings.rules);
  const goal = name && findings.table(name);
  const names = clause.group();
  if (!goal || !table) return;
  for (const row of ['inserted', 'deleted']) findings.relations.set(row, ofTable(table));
  const relation = relationOf(work, `SELECT ${queryText(list, findings)}`);
  const columns = names && nameList(names, findings.rules);
  fill(work, goal, relation, { columns: columns && columnNames(columns, findings) });
}
