import type { Cursor } from '../cursor.js';
import { fromItems } from '../from-items.js';
import { takeAlias, takeName } from '../names.js';
import { queryText } from '../query-text.js';
import type { Target } from '../resolve-expression.js';
import { relationOf, type Work, write } from '../work.js';
import { lastKey } from './assign.js';
import { fromItem } from './from-item.js';
import { outputInto } from './output-into.js';

const ends = ['WHERE', 'RETURNING', 'OPTION', 'ORDER', 'LIMIT', 'SETTINGS'];

/** DELETE, with USING, with a join, or of an alias of its FROM clause. */
export function remove(work: Work, cursor: Cursor): void {
  work.kind = 'delete';
  const { findings } = work;
  const { rules } = findings;
  cursor.next();
  while (cursor.takeAny('LOW_PRIORITY', 'QUICK', 'IGNORE'));
  if (cursor.take('TOP')) {
    if (!cursor.group()) cursor.next();
    cursor.take('PERCENT');
  }
  cursor.take('FROM');
  cursor.take('ONLY');
  const names = [];
  do {
    const name = takeName(cursor, rules);
    if (!name) break;
    if (name.at(-1)?.text === '*') name.pop();
    names.push(name);
  } while (cursor.take(','));
  const [name] = names;
  if (!name) return;
  if (cursor.is('WITH', '(') && cursor.take('WITH')) cursor.group();
  const alias = takeAlias(cursor);
  const output = cursor.is('OUTPUT') ? cursor.upTo(cursor.find('FROM', 'WHERE', 'OPTION')) : undefined;
  cursor.takeAny('ON CLUSTER') && cursor.next();
  const more = cursor.takeAny('USING', 'FROM') ? cursor.upTo(cursor.find(...ends)) : undefined;
  const where = cursor.take('WHERE')
    ? ` WHERE ${queryText(cursor.upTo(cursor.find('RETURNING', 'OPTION', 'ORDER', 'LIMIT', 'SETTINGS')), findings)}`
    : '';
  const keys = names.map((each) => lastKey(work, alias ? [alias] : each));
  const named = new Set(
    more ? fromItems(more, rules).map((item) => lastKey(work, item.alias ? [item.alias] : item.name)) : [],
  );
  const inFrom = keys.every((key) => named.has(key)) && (name.length === 1 || names.length > 1) && alias === undefined;
  const targets: Target[] = keys.map((key) => ({ alias: key, table: undefined }));
  const own = fromItem(work, name, alias);
  const from = [inFrom ? undefined : own, more && queryText(more, findings)].filter(Boolean).join(', ');
  relationOf(work, `SELECT 1 FROM ${from}${where}`, targets);
  const cte = name.length === 1 && work.with !== '' && !inFrom && targets.every(({ table }) => table === undefined);
  const tables = targets.flatMap(({ table }) => table ?? []);
  if (cte) tables.push(...findings.reads.values());
  else if (tables.length === 0) tables.push(...names.flatMap((each) => findings.table(each) ?? []));
  for (const table of tables) write(work, table);
  if (output) outputInto(work, output, { table: tables[0], end: output.end });
}
