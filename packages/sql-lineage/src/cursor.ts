import type { Token } from './tokens.js';

/** Walks over the tokens of one statement. */
export class Cursor {
  readonly tokens: readonly Token[];
  readonly sql: string;
  readonly end: number;
  at: number;

  constructor(
    sql: string,
    tokens: readonly Token[],
    { from = 0, to = tokens.length }: { from?: number; to?: number } = {},
  ) {
    this.sql = sql;
    this.tokens = tokens;
    this.at = from;
    this.end = Math.min(to, tokens.length);
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  /** The token `offset` ahead. */
  peek(offset = 0): Token | undefined {
    const index = this.at + offset;
    return index < this.end ? this.tokens[index] : undefined;
  }

  /** Whether the next words and symbols are these. */
  is(...keys: string[]): boolean {
    return keys.every((key, offset) => this.peek(offset)?.key === key);
  }

  /** Goes past these words and symbols if they come next; one text may hold several. */
  take(keys: string): boolean {
    const parts = keys.split(' ');
    if (!this.is(...parts)) return false;
    this.at += parts.length;
    return true;
  }

  /** Goes past the first of these that comes next, and says which. */
  takeAny(...choices: string[]): string | undefined {
    return choices.find((choice) => this.take(choice));
  }

  next(): Token | undefined {
    const token = this.peek();
    if (token) this.at++;
    return token;
  }

  /** The index of the first of these keys that is not inside parentheses, from here on; the end if there is none. */
  find(...keys: string[]): number {
    let depth = 0;
    for (let index = this.at; index < this.end; index++) {
      const key = this.tokens[index]?.key ?? '';
      if (depth === 0 && keys.includes(key)) return index;
      if (key === '(') depth++;
      else if (key === ')') depth = Math.max(0, depth - 1);
    }
    return this.end;
  }

  /** A cursor over the parenthesis that opens here, which this one then is behind; undefined if none opens. */
  group(): Cursor | undefined {
    if (!this.is('(')) return undefined;
    const from = this.at + 1;
    let depth = 0;
    for (let index = this.at; index < this.end; index++) {
      const key = this.tokens[index]?.key;
      if (key === '(') depth++;
      else if (key === ')' && --depth === 0) {
        this.at = index + 1;
        return this.between(from, index);
      }
    }
    this.at = this.end;
    return this.between(from, this.end);
  }

  /** The pieces between commas that are not inside parentheses, brackets or CASE. */
  list(): Cursor[] {
    const pieces: Cursor[] = [];
    let depth = 0;
    let from = this.at;
    for (let index = this.at; index < this.end; index++) {
      const key = this.tokens[index]?.key ?? '';
      if (key === '(' || key === '[' || key === '{') depth++;
      else if (key === ')' || key === ']' || key === '}') depth--;
      else if (key === ',' && depth <= 0) {
        pieces.push(this.between(from, index));
        from = index + 1;
      }
    }
    if (from < this.end) pieces.push(this.between(from, this.end));
    this.at = this.end;
    return pieces;
  }

  /** A cursor over a part of these tokens. */
  between(from: number, to: number): Cursor {
    return new Cursor(this.sql, this.tokens, { from, to });
  }

  /** A cursor over what is left up to `to`; this one goes there. */
  upTo(to: number): Cursor {
    const rest = this.between(this.at, to);
    this.at = Math.max(this.at, to);
    return rest;
  }

  /** A cursor over all that is left; this one is then done. */
  rest(): Cursor {
    return this.upTo(this.end);
  }
}
