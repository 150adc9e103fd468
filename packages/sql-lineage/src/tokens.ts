import type { DialectRules } from './dialects.js';

/** A piece of a statement. Comments are none. */
export interface Token {
  type: 'word' | 'name' | 'text' | 'number' | 'stage' | 'symbol';
  /** As written. */
  raw: string;
  /** Without quotes; of a word as written. */
  value: string;
  /** In upper case for words, as written for symbols, empty for all else, so that a keyword is found by comparing this. */
  key: string;
  start: number;
  end: number;
  /** First of its line. */
  first: boolean;
}

const wordStart = /[\p{L}_$]/u;
const word = /[\p{L}\p{N}_$#]*/uy;
const number = /(?:\d[\d_]*)?\.?\d+(?:[eE][+-]?\d+)?|\d+/y;
const space = /\s+/y;
const stage = /@[^\s,;()]*/y;
const dollarTag = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy;
const longSymbols = ['<=>', '->>', '::', '<>', '!=', '>=', '<=', '||', '->', '=>', ':=', '??', '&&', '<<', '>>'];

/** Where the quoted piece that starts at `from` ends, and what it says. */
function quoted(sql: string, from: number, { close, backslash }: { close: string; backslash: boolean }) {
  let value = '';
  let at = from;
  for (;;) {
    if (at >= sql.length) return { end: sql.length, value };
    if (sql.startsWith(close, at)) {
      if (close.length > 1 || sql[at + close.length] !== close) return { end: at + close.length, value };
      value += close;
      at += 2;
    } else if (backslash && sql[at] === '\\' && at + 1 < sql.length) {
      value += sql[at + 1];
      at += 2;
    } else {
      const next = at + 1;
      value += sql.slice(at, next);
      at = next;
    }
  }
}

function afterComment(sql: string, at: number, rules: DialectRules): number {
  const lineEnd = () => {
    const end = sql.indexOf('\n', at);
    return end < 0 ? sql.length : end;
  };
  if (sql.startsWith('--', at)) return lineEnd();
  // `PUT file://…` is no comment.
  if (rules.lineComment && sql.startsWith(rules.lineComment, at) && sql[at - 1] !== ':') return lineEnd();
  if (!sql.startsWith('/*', at)) return at;
  const end = sql.indexOf('*/', at + 2);
  return end < 0 ? sql.length : end + 2;
}

/** The tokens of a text, in time proportional to its length; whatever it holds, each character is in a token, a comment or a gap. */
export function tokenize(sql: string, rules: DialectRules): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let first = true;
  const push = (type: Token['type'], end: number, value: string) => {
    const raw = sql.slice(at, end);
    const key = type === 'word' ? raw.toUpperCase() : type === 'symbol' ? raw : '';
    tokens.push({ type, raw, value, key, start: at, end, first });
    first = false;
    at = end;
  };
  const match = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    return pattern.exec(sql)?.[0] ?? '';
  };
  while (at < sql.length) {
    const gap = match(space);
    if (gap) {
      if (gap.includes('\n')) first = true;
      at += gap.length;
      continue;
    }
    const after = afterComment(sql, at, rules);
    if (after > at) {
      at = after;
      continue;
    }
    const character = sql[at] ?? '';
    const prefix =
      /^(?:[eEnNbBrRxXfF]|[rR][bB]|[bB][rR]|[qQ]|[nN][qQ]|[uU]&)(?=['"])/.exec(sql.slice(at, at + 3))?.[0] ?? '';
    const opening = sql[at + prefix.length] ?? '';
    if (rules.textQuotes.includes(opening) && opening !== '') {
      const triple = rules.tripleQuotes && sql.startsWith(opening.repeat(3), at + prefix.length);
      const bracket = /q$/i.test(prefix) ? sql[at + prefix.length + 1] : undefined;
      const closing = bracket ? `${{ '[': ']', '{': '}', '(': ')', '<': '>' }[bracket] ?? bracket}${opening}` : opening;
      const open = prefix.length + (triple ? 3 : bracket ? 2 : 1);
      const raw = /r/i.test(prefix) && rules.backslash === true;
      const { end, value } = quoted(sql, at + open, {
        close: triple ? opening.repeat(3) : closing,
        backslash: (rules.backslash === true && !raw) || /^e$/i.test(prefix),
      });
      push('text', end, value);
      continue;
    }
    const close = rules.nameQuotes[character];
    if (close !== undefined) {
      const { end, value } = quoted(sql, at + 1, { close, backslash: false });
      push('name', end, value);
      continue;
    }
    if (character === '$' && rules.dollarQuotes) {
      const tag = match(dollarTag);
      if (tag) {
        const end = sql.indexOf(tag, at + tag.length);
        const stop = end < 0 ? sql.length : end + tag.length;
        push('text', stop, sql.slice(at + tag.length, end < 0 ? sql.length : end));
        continue;
      }
    }
    if (character === '@' && rules.parser === 'snowflake') {
      const path = match(stage);
      push('stage', at + path.length, path);
      continue;
    }
    const variable = rules.variables && /^(?:@@?|##?)(?=[\p{L}_$])/u.exec(sql.slice(at, at + 3))?.[0];
    if (
      variable ||
      wordStart.test(String.fromCodePoint(sql.codePointAt(at) ?? 0)) ||
      (character === '#' && isHashName(sql, at, rules))
    ) {
      word.lastIndex = at + (variable || (character === '#' ? '#' : '')).length;
      const end = word.lastIndex + (word.exec(sql)?.[0].length ?? 0);
      push('word', Math.max(end, at + 1), sql.slice(at, Math.max(end, at + 1)));
      continue;
    }
    const digits = match(number);
    if (digits) {
      push('number', at + digits.length, digits);
      continue;
    }
    const symbol = longSymbols.find((candidate) => sql.startsWith(candidate, at)) ?? character;
    push('symbol', at + symbol.length, symbol);
  }
  return tokens;
}

/** Redshift's temporary tables may start with a hash. */
const isHashName = (sql: string, at: number, rules: DialectRules): boolean =>
  rules.parser === 'redshift' && /^#[\p{L}_]/u.test(sql.slice(at, at + 2));
