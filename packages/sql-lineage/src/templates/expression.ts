/** A value that is only known during a run. */
export const unknown: unique symbol = Symbol('unknown');

/** Maps that hold all there will be: what they lack is null, not unknown. */
export const complete = new WeakSet<object>();

/** What names mean in an expression; undefined for a name that means nothing. */
export type Names = ReadonlyMap<string, unknown>;

interface Piece {
  type: 'text' | 'number' | 'name' | 'symbol';
  value: string;
}

const symbols = ['==', '!=', '<=', '>=', '??', '&&', '||'];

function pieces(source: string): Piece[] | undefined {
  const found: Piece[] = [];
  let at = 0;
  while (at < source.length) {
    const rest = source.slice(at, at + 200);
    const gap = /^\s+/.exec(rest)?.[0];
    if (gap) {
      at += gap.length;
      continue;
    }
    const character = source[at] ?? '';
    if (character === '"' || character === "'") {
      let end = at + 1;
      let value = '';
      while (end < source.length && source[end] !== character) {
        if (source[end] === '\\') end++;
        value += source[end] ?? '';
        end++;
      }
      if (end >= source.length) return undefined;
      found.push({ type: 'text', value });
      at = end + 1;
      continue;
    }
    const number = /^\d+(?:\.\d+)?/.exec(rest)?.[0];
    const name = /^[\p{L}_][\p{L}\p{N}_]*/u.exec(rest)?.[0];
    const value = number ?? name ?? symbols.find((symbol) => rest.startsWith(symbol)) ?? character;
    found.push({ type: number ? 'number' : name ? 'name' : 'symbol', value });
    at += value.length;
  }
  return found;
}

/** The value of a Pebble expression; `unknown` where a run is needed to tell, or where it is not understood. */
export function evaluate(source: string, names: Names): unknown {
  if (source.length > 10_000) return unknown;
  const list = pieces(source);
  if (!list || list.length === 0) return unknown;
  const reader = new Reader(list, names);
  try {
    const value = reader.ternary();
    return reader.done ? value : unknown;
  } catch {
    return unknown;
  }
}

const known = (...values: unknown[]): boolean => values.every((value) => value !== unknown);

/** The text that a value is rendered as. */
export const textOf = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);

const filters: Readonly<Record<string, (value: unknown, args: unknown[]) => unknown>> = {
  upper: (value) => textOf(value).toUpperCase(),
  lower: (value) => textOf(value).toLowerCase(),
  trim: (value) => textOf(value).trim(),
  capitalize: (value) => textOf(value).replace(/^./u, (first) => first.toUpperCase()),
  string: textOf,
  toString: textOf,
  raw: (value) => value,
  abbreviate: () => unknown,
  length: (value) => (typeof value === 'string' || Array.isArray(value) ? value.length : unknown),
  first: (value) => (typeof value === 'string' || Array.isArray(value) ? (value[0] ?? null) : unknown),
  last: (value) => (typeof value === 'string' || Array.isArray(value) ? (value.at(-1) ?? null) : unknown),
  join: (value, [separator = '']) =>
    Array.isArray(value) && known(...value) ? value.map(textOf).join(textOf(separator)) : unknown,
  split: (value, [separator]) => (typeof separator === 'string' ? textOf(value).split(separator) : unknown),
  replace(value, [changes]) {
    if (typeof changes !== 'object' || changes === null) return unknown;
    let text = textOf(value);
    for (const [from, to] of Object.entries(changes)) {
      if (!known(to)) return unknown;
      if (from !== '') text = text.replaceAll(from, textOf(to));
    }
    return text.length > 100_000 ? unknown : text;
  },
};

/** The value of a JSON text. */
function fromJson([text]: unknown[]): unknown {
  if (typeof text !== 'string') return unknown;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return unknown;
  }
}

/** `json` is the older name, gone in Kestra 2.0. */
const functions: Readonly<Record<string, (args: unknown[]) => unknown>> = { fromJson, json: fromJson };

class Reader {
  #at = 0;
  #depth = 0;
  readonly #pieces: readonly Piece[];
  readonly #names: Names;

  constructor(list: readonly Piece[], names: Names) {
    this.#pieces = list;
    this.#names = names;
  }

  get done(): boolean {
    return this.#at >= this.#pieces.length;
  }

  #peek(offset = 0): string | undefined {
    const piece = this.#pieces[this.#at + offset];
    return piece && piece.type !== 'text' ? piece.value : undefined;
  }

  #take(...values: string[]): string | undefined {
    const next = this.#peek();
    if (next === undefined || !values.includes(next)) return undefined;
    this.#at++;
    return next;
  }

  #need(value: string): void {
    if (!this.#take(value)) throw new SyntaxError(value);
  }

  ternary(): unknown {
    if (++this.#depth > 60) throw new RangeError('too deep');
    const condition = this.#coalesce();
    let value = condition;
    if (this.#take('?')) {
      const yes = this.ternary();
      this.#need(':');
      const no = this.ternary();
      value = condition === unknown ? unknown : isTrue(condition) ? yes : no;
    }
    this.#depth--;
    return value;
  }

  #coalesce(): unknown {
    let value = this.#or();
    while (this.#take('??')) {
      const other = this.#or();
      if (value !== unknown) value = value ?? other;
    }
    return value;
  }

  #or(): unknown {
    let value = this.#and();
    while (this.#take('or', '||')) {
      const other = this.#and();
      if (value === unknown) value = other !== unknown && isTrue(other) ? true : unknown;
      else if (!isTrue(value)) value = other === unknown ? unknown : isTrue(other);
    }
    return value;
  }

  #and(): unknown {
    let value = this.#comparison();
    while (this.#take('and', '&&')) {
      const other = this.#comparison();
      if (value === unknown) value = other !== unknown && !isTrue(other) ? false : unknown;
      else if (isTrue(value)) value = other === unknown ? unknown : isTrue(other);
    }
    return value;
  }

  #comparison(): unknown {
    if (this.#take('not')) {
      if (++this.#depth > 60) throw new RangeError('too deep');
      const value = this.#comparison();
      this.#depth--;
      return value === unknown ? unknown : !isTrue(value);
    }
    const left = this.#sum();
    if (this.#take('is')) {
      const negated = this.#take('not') !== undefined;
      const test = this.#pieces[this.#at++]?.value;
      if (left === unknown) return unknown;
      const result =
        test === 'defined'
          ? left != null
          : test === 'null'
            ? left == null
            : test === 'empty'
              ? textOf(left) === '' || (Array.isArray(left) && left.length === 0)
              : unknown;
      return result === unknown ? unknown : result !== negated;
    }
    const operator = this.#take('==', '!=', '<', '>', '<=', '>=', 'equals', 'contains', 'in');
    if (operator === undefined) return left;
    const right = this.#sum();
    if (!known(left, right)) return unknown;
    if (operator === '==' || operator === 'equals') return textOf(left) === textOf(right);
    if (operator === '!=') return textOf(left) !== textOf(right);
    if (operator === 'contains' || operator === 'in') {
      const [all, one] = operator === 'in' ? [right, left] : [left, right];
      return Array.isArray(all) ? all.includes(one) : textOf(all).includes(textOf(one));
    }
    if (typeof left !== 'number' || typeof right !== 'number') return unknown;
    return operator === '<'
      ? left < right
      : operator === '>'
        ? left > right
        : operator === '<='
          ? left <= right
          : left >= right;
  }

  #sum(): unknown {
    let value = this.#product();
    for (;;) {
      const operator = this.#take('+', '-', '~');
      if (operator === undefined) return value;
      const other = this.#product();
      if (!known(value, other)) value = unknown;
      else if (operator === '~') value = textOf(value) + textOf(other);
      else if (typeof value === 'number' && typeof other === 'number')
        value = operator === '+' ? value + other : value - other;
      else value = operator === '+' && typeof value === 'string' ? value + textOf(other) : unknown;
    }
  }

  #product(): unknown {
    let value = this.#filtered();
    for (;;) {
      const operator = this.#take('*', '/', '%');
      if (operator === undefined) return value;
      const other = this.#filtered();
      if (typeof value !== 'number' || typeof other !== 'number') value = unknown;
      else value = operator === '*' ? value * other : operator === '/' ? value / other : value % other;
    }
  }

  #filtered(): unknown {
    let value = this.#path();
    while (this.#take('|')) {
      const name = this.#pieces[this.#at++]?.value ?? '';
      const args = this.#take('(') ? this.#list(')') : [];
      if (name === 'default') value = value === unknown ? unknown : textOf(value) === '' ? (args[0] ?? unknown) : value;
      else if (!known(value, ...args)) value = unknown;
      else value = Object.hasOwn(filters, name) ? filters[name]?.(value, args) : unknown;
    }
    return value;
  }

  #list(close: string): unknown[] {
    const found: unknown[] = [];
    while (!this.#take(close)) {
      if (this.#peek(1) === '=' && this.#pieces[this.#at]?.type === 'name') this.#at += 2;
      found.push(this.ternary());
      if (!this.#take(',') && this.#peek() !== close) throw new SyntaxError(close);
    }
    return found;
  }

  #path(): unknown {
    let value = this.#primary();
    for (;;) {
      if (this.#take('.')) value = member(value, this.#pieces[this.#at++]?.value);
      else if (this.#take('[')) {
        const key = this.ternary();
        this.#need(']');
        value = key === unknown ? unknown : member(value, key);
      } else if (this.#take('(')) {
        this.#list(')');
        value = unknown;
      } else return value;
    }
  }

  #primary(): unknown {
    const piece = this.#pieces[this.#at++];
    if (!piece) throw new SyntaxError('end');
    if (piece.type === 'text') return piece.value;
    if (piece.type === 'number') return Number(piece.value);
    if (piece.value === '(') {
      const value = this.ternary();
      this.#need(')');
      return value;
    }
    if (piece.value === '[') return this.#list(']');
    if (piece.value === '{') return this.#map();
    if (piece.value === '-') {
      const value = this.#primary();
      return typeof value === 'number' ? -value : unknown;
    }
    if (piece.type !== 'name') throw new SyntaxError(piece.value);
    if (piece.value === 'true' || piece.value === 'false') return piece.value === 'true';
    if (piece.value === 'null' || piece.value === 'none') return null;
    if (Object.hasOwn(functions, piece.value) && this.#take('(')) return functions[piece.value]?.(this.#list(')'));
    return this.#names.has(piece.value) ? this.#names.get(piece.value) : unknown;
  }

  #map(): unknown {
    const entries: [string, unknown][] = [];
    while (!this.#take('}')) {
      const key = this.ternary();
      this.#need(':');
      entries.push([textOf(key === unknown ? '' : key), this.ternary()]);
      if (!this.#take(',') && this.#peek() !== '}') throw new SyntaxError('}');
    }
    return Object.fromEntries(entries);
  }
}

export const isTrue = (value: unknown): boolean =>
  value !== null && value !== undefined && value !== false && value !== '' && value !== 0 && value !== 'false';

/** A map's value by its key; what a map of known values lacks may still be set during a run. */
function member(value: unknown, key: unknown): unknown {
  if (value === unknown || key === undefined) return unknown;
  if (Array.isArray(value) && typeof key === 'number') return value[key] ?? unknown;
  if (typeof value !== 'object' || value === null || typeof key !== 'string') return unknown;
  if (Object.hasOwn(value, key)) return (value as Record<string, unknown>)[key];
  return complete.has(value) ? null : unknown;
}
