import type { Cursor } from './cursor.js';
import type { DialectRules, WrittenName } from './dialects.js';

/** Words that end a table's name where an alias could stand. */
const notAliases = new Set(
  'ON USING SET WHERE FROM JOIN INNER LEFT RIGHT FULL CROSS NATURAL OUTER SELECT VALUES WITH WHEN ORDER GROUP HAVING LIMIT UNION EXCEPT INTERSECT MINUS RETURNING OUTPUT PARTITION USE FORCE IGNORE DEFAULT OVERRIDING STRAIGHT_JOIN APPLY LATERAL QUALIFY WINDOW FETCH OFFSET FOR TABLESAMPLE PIVOT UNPIVOT SETTINGS FORMAT FINAL PREWHERE ANY ALL ASOF SEMI ANTI GLOBAL ARRAY OPTION BY REPLACE OVERWRITE SAMPLE PIVOT MATCH_RECOGNIZE CONNECT START AT BEFORE'.split(
    ' ',
  ),
);

/** The name that comes next, in its parts; undefined if none comes. An empty part is that of `database..table`. */
export function takeName(cursor: Cursor, rules: DialectRules): WrittenName[] | undefined {
  const parts: WrittenName[] = [];
  for (;;) {
    const token = cursor.peek();
    if (token?.type === 'name') {
      cursor.next();
      if (rules.parser === 'bigquery' && token.value.includes('.'))
        parts.push(...token.value.split('.').map((text) => ({ text, quoted: true })));
      else parts.push({ text: token.value, quoted: true });
    } else if (token?.type === 'word' || (parts.length > 0 && token?.type === 'symbol' && token.raw === '*')) {
      cursor.next();
      let { raw: text } = token;
      let { end } = token;
      while (
        rules.parser === 'bigquery' &&
        cursor.is('-') &&
        cursor.peek()?.start === end &&
        cursor.peek(1)?.start === end + 1
      ) {
        text += `-${cursor.peek(1)?.raw}`;
        end = cursor.peek(1)?.end ?? end;
        cursor.at += 2;
      }
      if (rules.parser === 'oracle' && cursor.is('@')) {
        cursor.next();
        text += `@${cursor.next()?.raw ?? ''}`;
      }
      parts.push({ text, quoted: false });
    } else if (parts.length > 0 && cursor.is('.')) parts.push({ text: '', quoted: false });
    else return parts.length > 0 ? parts : undefined;
    if (!cursor.take('.')) return parts;
  }
}

/** The alias that comes next, with or without AS. */
export function takeAlias(cursor: Cursor): WrittenName | undefined {
  const explicit = cursor.take('AS');
  const token = cursor.peek();
  if (token?.type === 'name' || (token?.type === 'word' && (explicit || !notAliases.has(token.key)))) {
    cursor.next();
    return { text: token.value, quoted: token.type === 'name' };
  }
  return undefined;
}

/** The names in a parenthesis such as a column list; undefined if it holds something else. */
export function nameList(group: Cursor, rules: DialectRules): WrittenName[] | undefined {
  const found: WrittenName[] = [];
  for (const piece of group.between(group.at, group.end).list()) {
    const name = takeName(piece, rules)?.at(-1);
    if (!name || !piece.done) return undefined;
    found.push(name);
  }
  return found;
}
