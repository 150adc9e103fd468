import type { Findings } from './context.js';
import type { Cursor } from './cursor.js';
import { nothing, ofFlow, ofTable } from './relation.js';
import type { Token } from './tokens.js';

/** The texts of some tokens as one, without comments. */
export function plainText(cursor: Cursor): string {
  let text = '';
  let end = -1;
  for (let index = cursor.at; index < cursor.end; index++) {
    const token = cursor.tokens[index];
    if (!token) break;
    text += `${end >= 0 && token.start !== end ? ' ' : ''}${token.raw}`;
    end = token.end;
  }
  return text;
}

/** A query's text as the parser understands it: what it would not is replaced by names that the findings explain. */
export function queryText(cursor: Cursor, findings: Findings): string {
  const { parser } = findings.rules;
  let text = '';
  let end = -1;
  let before = '';
  for (let index = cursor.at; index < cursor.end; index++) {
    const token = cursor.tokens[index];
    if (!token) break;
    let { raw } = token;
    let skip = 0;
    const ahead = (offset: number) => (index + offset < cursor.end ? (cursor.tokens[index + offset]?.key ?? '') : '');
    const marker = token.type === 'word' ? findings.session.markers.get(raw.toLowerCase()) : undefined;
    if (marker) {
      if (/^(?:LIMIT|OFFSET|TOP|FIRST|NEXT|ROWS)$/.test(before)) raw = '1';
      else if (isClause(cursor.tokens, index, before)) {
        findings.problem(`what {{ ${marker.expression} }} stands for is not known`);
        if (!/^(?:WHERE|AND|OR|ON|HAVING|NOT)$/.test(before)) raw = '';
      }
    } else if (token.type === 'stage') {
      const name = `flowmeta_stage_${findings.relations.size}`;
      const file = findings.file(raw.replace(/^@"?([^"]*)"?$/, '@$1'));
      if (file) findings.read(file);
      findings.relations.set(name, file ? ofTable(file) : ofFlow(nothing));
      raw = name;
      if (ahead(1) === '(') skip = groupLength(cursor, index + 1);
    } else if (token.key === 'PARTITION' && ahead(1) === '(' && (parser === 'oracle' || parser === 'mysql')) {
      raw = '';
      skip = groupLength(cursor, index + 1);
    } else if (parser === 'oracle' && token.key === '(' && ahead(1) === '+' && ahead(2) === ')') {
      raw = '';
      skip = 2;
    } else if (parser === 'databricks' && token.key === 'STREAM' && /^(?:FROM|JOIN)$/.test(before)) raw = '';
    else if (parser === 'redshift' && raw.startsWith('#')) raw = `"${raw}"`;
    else if (parser === 'tsql' && raw.startsWith('@') && /^(?:FROM|JOIN|APPLY)$/.test(before)) raw = `[${raw}]`;
    else if (token.key === 'TABLE' && /^(?:|\(|ALL|UNION|EXCEPT|INTERSECT)$/.test(before) && ahead(1) !== '(')
      raw = 'SELECT * FROM';
    else if (parser === 'tsql' && token.key === 'OPENROWSET' && ahead(1) === '(' && ahead(2) === 'BULK') {
      const path = cursor.tokens[index + 3];
      raw = `OPENROWSET(${path?.raw ?? ''})`;
      skip = groupLength(cursor, index + 1);
    }
    text += `${(end >= 0 && token.start !== end) || raw !== token.raw ? ' ' : ''}${raw}`;
    if (raw !== token.raw) text += ' ';
    before = token.key || token.type;
    index += skip;
    end = cursor.tokens[index]?.end ?? token.end;
  }
  return text.trim();
}

/** How many tokens the parenthesis has that opens at an index. */
function groupLength(cursor: Cursor, from: number): number {
  const walk = cursor.between(from, cursor.end);
  walk.group();
  return walk.at - from;
}

const introducing =
  /^(?:FROM|JOIN|INTO|UPDATE|TABLE|AS|SELECT|IN|LIKE|ILIKE|BETWEEN|BY|SET|VALUES|THEN|ELSE|WHEN|CASE|DISTINCT|ALL|INTERVAL|DATE|TIMESTAMP|IS|USING|COPY|VIEW|EXISTS|ANY|LATERAL|WITH|RETURNING|OVER|PARTITION|LIMIT|OFFSET)$/;

/** Whether a template stands where a clause or a condition would: it may then say anything. */
function isClause(tokens: readonly Token[], index: number, before: string): boolean {
  const previous = tokens[index - 1];
  const following = tokens[index + 1];
  if (/^(?:WHERE|AND|OR|ON|HAVING|NOT)$/.test(before)) {
    const bounds = tokens
      .slice(Math.max(0, index - 10), index - 1)
      .findLast(({ key }) => key === 'BETWEEN' || key === 'AND');
    if (before === 'AND' && bounds?.key === 'BETWEEN') return false;
    const next = following?.key ?? '';
    return !/^(?:=|<|>|<=|>=|<>|!=|\+|-|\*|\/|\|\||::|\.|IN|LIKE|ILIKE|BETWEEN|IS|NOT)$/.test(next);
  }
  if (!previous || previous.key === ',' || previous.key === '.') return false;
  if (previous.type === 'symbol') return previous.key === ')' || previous.key === ';';
  return !introducing.test(before);
}

/** Tokens as the expression of an edge: no texts, no placeholders, not too long. */
export function expressionText(cursor: Cursor, findings: Findings): string {
  let text = '';
  let end = -1;
  for (let index = cursor.at; index < cursor.end && text.length < 400; index++) {
    const token = cursor.tokens[index];
    if (!token) break;
    const marker = findings.session.markers.get(token.raw.toLowerCase());
    const raw = token.type === 'text' ? "'…'" : marker ? `{{ ${marker.expression} }}` : token.raw;
    text += `${end >= 0 && token.start !== end ? ' ' : ''}${raw}`;
    end = token.end;
  }
  return text.length > 300 ? `${text.slice(0, 299)}…` : text;
}
