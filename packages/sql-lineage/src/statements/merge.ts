import type { Cursor } from '../cursor.js';
import { columnName } from '../dialects.js';
import { nameList, takeAlias, takeName } from '../names.js';
import { queryText } from '../query-text.js';
import type { Target } from '../resolve-expression.js';
import type { TableRef } from '../types.js';
import { fill, relationOf, type Work, withExpression, write } from '../work.js';
import { assign, lastKey } from './assign.js';
import { type Assignment, assignments } from './assignments.js';
import { fromItem, plainName } from './from-item.js';
import { outputInto } from './output-into.js';

interface Sides {
  table: TableRef;
  /** The target as an item of FROM, and its key there. */
  own: string;
  key: string;
  source: string;
  sourceAlias: string | undefined;
  on: string;
}

/** MERGE: updates are SELECTs from target and source, inserts from the source alone. */
export function mergeInto(work: Work, cursor: Cursor): void {
  work.kind = 'merge';
  const { findings } = work;
  const { rules } = findings;
  cursor.next();
  cursor.take('WITH SCHEMA EVOLUTION');
  if (cursor.take('TOP')) cursor.group();
  cursor.take('INTO');
  const name = takeName(cursor, rules);
  if (!name) return;
  if (cursor.is('WITH', '(') && cursor.take('WITH')) cursor.group();
  const alias = takeAlias(cursor);
  const table = findings.table(name);
  if (!cursor.take('USING')) cursor.at = cursor.find('USING') + 1;
  const source = cursor.upTo(cursor.find('ON'));
  cursor.take('ON');
  const clauses = whens(cursor);
  const on = queryText(cursor.between(cursor.at, clauses[0]?.from ?? cursor.end), findings);
  const sides: Sides = {
    table: table ?? { name: '' },
    own: fromItem(work, name, alias),
    key: lastKey(work, alias ? [alias] : name),
    source: queryText(source, findings),
    sourceAlias: aliasOf(work, source),
    on,
  };
  const target: Target = { alias: sides.key, table: undefined };
  relationOf(work, `SELECT 1 FROM ${sides.own}, ${sides.source} WHERE (${on || '1 = 1'})`, [target]);
  if (!table) return;
  write(work, table);
  for (const { from, to } of clauses) branch(work, cursor.between(from, to), sides);
  const output = cursor.between(clauses.at(-1)?.to ?? cursor.end, cursor.end);
  if (output.is('OUTPUT')) outputInto(work, output, { table, end: output.find('OPTION') });
}

/** Where each WHEN … clause begins and ends; a WHEN inside CASE is none. */
function whens(cursor: Cursor): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  let depth = 0;
  let end = cursor.end;
  for (let index = cursor.at; index < cursor.end; index++) {
    const key = cursor.tokens[index]?.key ?? '';
    if (key === '(' || key === 'CASE') depth++;
    else if ((key === ')' || key === 'END') && depth > 0) depth--;
    if (depth > 0) continue;
    if (key === 'WHEN') {
      const last = found.at(-1);
      if (last) last.to = index;
      found.push({ from: index, to: cursor.end });
    } else if ((key === 'OUTPUT' || key === 'OPTION' || key === 'RETURNING') && found.length > 0) {
      end = index;
      break;
    }
  }
  const last = found.at(-1);
  if (last) last.to = end;
  return found;
}

function aliasOf(work: Work, source: Cursor): string | undefined {
  const walk = source.between(source.at, source.end);
  const name = walk.group() ? undefined : takeName(walk, work.findings.rules);
  const alias = takeAlias(walk);
  const last = alias ?? name?.at(-1);
  return last && plainName(work, [last]);
}

function branch(work: Work, clause: Cursor, sides: Sides): void {
  const { findings } = work;
  const then = thenAt(clause);
  const condition = clause.upTo(then);
  clause.take('THEN');
  condition.at = condition.find('AND');
  const extra = condition.take('AND') ? ` AND (${queryText(condition, findings)})` : '';
  if (extra.includes('(SELECT') || /\bSELECT\b/i.test(extra))
    relationOf(work, `SELECT 1 FROM ${sides.own}, ${sides.source} WHERE 1 = 1${extra}`, [
      { alias: sides.key, table: undefined },
    ]);
  if (clause.take('UPDATE')) {
    clause.take('SET');
    if (clause.is('*') || clause.is('ALL')) {
      everything(work, sides);
      return;
    }
    const list = assignments(clause.upTo(clause.find('WHERE', 'DELETE')), findings);
    assign(work, list, {
      from: `${sides.own}, ${sides.source}`,
      targets: [{ alias: sides.key, table: undefined }],
      tableFor: () => sides.table,
    });
  } else if (clause.take('INSERT')) {
    if (clause.takeAny('*', 'ROW', 'ALL BY NAME', 'ALL', 'BY NAME')) {
      everything(work, sides);
      return;
    }
    const group = clause.group();
    const columns = group && nameList(group, findings.rules)?.map((column) => columnName(column, findings.rules));
    if (!clause.take('VALUES')) return;
    const pieces = clause.group()?.list() ?? [];
    if (columns) {
      const list = columns.flatMap((column, place): Assignment[] => {
        const expression = pieces[place];
        return expression ? [{ columns: [column], expression }] : [];
      });
      assign(work, list, { from: sides.source, targets: [], tableFor: () => sides.table });
    } else {
      const text = pieces.map((piece) => queryText(piece, findings)).join(', ');
      const { outputs } = relationOf(work, `SELECT ${text || '1'} FROM ${sides.source}`);
      const described = outputs.map((output, place) => {
        const piece = pieces[place];
        return output.type === 'column' && piece ? withExpression(output, piece, findings) : output;
      });
      fill(work, sides.table, { outputs: described });
    }
  }
}

function thenAt(clause: Cursor): number {
  let depth = 0;
  for (let index = clause.at; index < clause.end; index++) {
    const key = clause.tokens[index]?.key ?? '';
    if (key === '(' || key === 'CASE') depth++;
    else if (key === ')' || key === 'END') depth--;
    else if (key === 'THEN' && depth <= 0) return index;
  }
  return clause.end;
}

/** All columns of the source go to those of the same name. */
function everything(work: Work, sides: Sides): void {
  const stars = sides.sourceAlias === undefined ? '*' : `${sides.sourceAlias}.*`;
  const relation = relationOf(work, `SELECT ${stars} FROM ${sides.source}`);
  fill(work, sides.table, relation, { byName: true });
}
