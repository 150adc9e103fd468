import type { Cursor } from './cursor.js';
import type { DialectRules, WrittenName } from './dialects.js';
import { takeAlias, takeName } from './names.js';

/** A table as a FROM clause names it. */
export interface FromItem {
  name: WrittenName[];
  alias?: WrittenName;
}

const starts = new Set(['FROM', 'JOIN', 'STRAIGHT_JOIN', 'APPLY']);

/** The tables directly in the text of a FROM clause, without its subqueries. */
export function fromItems(cursor: Cursor, rules: DialectRules): FromItem[] {
  const items: FromItem[] = [];
  let expected = true;
  const walk = cursor.between(cursor.at, cursor.end);
  while (!walk.done) {
    if (expected) {
      expected = false;
      while (walk.takeAny('ONLY', 'LATERAL'));
      const name = walk.is('(') ? undefined : takeName(walk, rules);
      if (name) {
        const alias = walk.is('(') ? undefined : takeAlias(walk);
        items.push({ name, ...(alias ? { alias } : {}) });
        continue;
      }
    }
    if (walk.group()) continue;
    const key = walk.next()?.key ?? '';
    if (key === ',' || key === 'JOIN' || key === 'STRAIGHT_JOIN' || key === 'APPLY') expected = true;
    if (key === 'WHERE' || key === 'SET') break;
  }
  return items;
}

/**
 * The tables that a text names after FROM and JOIN, at any depth: for what the parser does not understand. Names of CTEs,
 * functions and what follows FROM in EXTRACT or TRIM are left out.
 */
export function scannedTables(cursor: Cursor, rules: DialectRules): FromItem[] {
  const ctes = new Set<string>();
  const items: FromItem[] = [];
  const functions: string[] = [];
  for (let index = cursor.at; index < cursor.end; index++) {
    const token = cursor.tokens[index];
    const following = cursor.tokens[index + 1];
    if (!token) break;
    if (
      (token.type === 'word' || token.type === 'name') &&
      following?.key === 'AS' &&
      cursor.tokens[index + 2]?.key === '('
    )
      ctes.add(token.value.toLowerCase());
    if (token.key === '(') functions.push(cursor.tokens[index - 1]?.key ?? '');
    else if (token.key === ')') functions.pop();
    const inFunction = /^(?:EXTRACT|TRIM|SUBSTRING|OVERLAY|POSITION)$/.test(functions.at(-1) ?? '');
    if (!starts.has(token.key) || inFunction) continue;
    if (token.key === 'FROM' && cursor.tokens[index - 1]?.key === 'DISTINCT') continue;
    let first = true;
    const walk = cursor.between(index + 1, cursor.end);
    while (first || (token.key === 'FROM' && walk.take(','))) {
      first = false;
      if (walk.is('(') || walk.is('SELECT')) break;
      while (walk.takeAny('ONLY', 'LATERAL', 'IF', 'EXISTS', 'NOT'));
      const name = takeName(walk, rules);
      if (!name || walk.is('(')) break;
      const alias = takeAlias(walk);
      if (walk.is('.') || name.some(({ text }) => text === '')) break;
      items.push({ name, ...(alias ? { alias } : {}) });
    }
  }
  return items.filter(({ name }) => name.length > 1 || !ctes.has(name[0]?.text.toLowerCase() ?? ''));
}
