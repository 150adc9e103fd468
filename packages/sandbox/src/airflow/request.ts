import { detail, invalid, problem } from './answers.js';
import type { Item, Wanted } from './lists.js';
import { isLike, within } from './lists.js';
import type { Manner } from './manner.js';
import type { ListShape } from './shapes.js';
import { hasZone, microseconds } from './times.js';

/** Parameters of a list, from the query or from the body of a POST. */
export interface Parameters {
  where: 'query' | 'body';
  names: readonly string[];
  /** The last value, as text. */
  one(name: string): string | undefined;
  /** All values; nothing where the parameter is absent. */
  all(name: string): (string | null)[] | undefined;
}

export const ofQuery = (query: URLSearchParams): Parameters => ({
  where: 'query',
  names: [...query.keys()],
  one: (name) => query.getAll(name).at(-1),
  all: (name) => (query.has(name) ? query.getAll(name) : undefined),
});

export function ofBody(body: Item): Parameters {
  const all = (name: string): (string | null)[] | undefined => {
    const value = body[name];
    if (value === undefined || value === null) return undefined;
    return (Array.isArray(value) ? value : [value]).map((each) => (each === null ? null : String(each)));
  };
  return { where: 'body', names: Object.keys(body), one: (name) => all(name)?.at(-1) ?? undefined, all };
}

function readNumber(parameters: Parameters, name: string, options: { manner: Manner; fallback: number }): number {
  const { manner, fallback } = options;
  const text = parameters.one(name);
  if (text === undefined) return fallback;
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value)) {
    if (!manner.three) throw problem(400, `Wrong type, expected 'integer' for query parameter '${name}'`);
    throw invalid({
      type: 'int_parsing',
      loc: [parameters.where, name],
      msg: 'Input should be a valid integer, unable to parse string as an integer',
      input: text,
    });
  }
  if (value < 0 && manner.three)
    throw invalid({
      type: 'greater_than_equal',
      loc: [parameters.where, name],
      msg: 'Input should be greater than or equal to 0',
      input: parameters.where === 'body' ? value : text,
      ctx: { ge: 0 },
    });
  return value;
}

/** The page that is asked for. Both versions cut a page that is too large without a word. */
function readPage(parameters: Parameters, manner: Manner): { limit: number; offset: number } {
  const [limitName, offsetName] = parameters.where === 'body' ? ['page_limit', 'page_offset'] : ['limit', 'offset'];
  const asked = readNumber(parameters, limitName, { manner, fallback: manner.defaultLimit });
  const offset = readNumber(parameters, offsetName, { manner, fallback: 0 });
  if (!manner.three && offset < 0) throw problem(400, `${offset} is less than the minimum of 0 - 'offset'`);
  if (!manner.three && asked < 1 && parameters.where === 'body')
    throw problem(400, `${asked} is less than the minimum of 1 - 'page_limit'`);
  if (!manner.three && asked < 0) throw problem(400, null, 'Page limit must be a positive integer');
  const limit = !manner.three && asked === 0 ? manner.defaultLimit : asked;
  return { limit: Math.min(limit, manner.maximumLimit ?? limit), offset };
}

function readTime(parameters: Parameters, name: string, manner: Manner): number | undefined {
  const text = parameters.one(name);
  if (text === undefined) return undefined;
  const value = microseconds(text);
  if (!manner.three && (value === undefined || !hasZone(text))) throw problem(400, `'${text}' is not a 'date-time'`);
  if (value !== undefined) {
    // Airflow 3 means to take it and fails in its database.
    if (manner.three && parameters.where === 'query' && !hasZone(text)) throw manner.failure();
    if (manner.three && parameters.where === 'body' && !hasZone(text))
      throw invalid({
        type: 'timezone_aware',
        loc: ['body', name],
        msg: 'Input should have timezone info',
        input: text,
      });
    return value;
  }
  throw invalid({
    type: 'datetime_from_date_parsing',
    loc: [parameters.where, name],
    msg: 'Input should be a valid datetime or date',
    input: text,
    ctx: { error: 'input is too short' },
  });
}

const truths = new Map([
  ...['true', '1', 'yes', 'on', 't', 'y'].map((text) => [text, true] as const),
  ...['false', '0', 'no', 'off', 'f', 'n'].map((text) => [text, false] as const),
]);

export function readFlag(parameters: Parameters, name: string, manner: Manner): boolean | undefined {
  const text = parameters.one(name);
  if (text === undefined) return undefined;
  const value = truths.get(text.toLowerCase());
  if (value !== undefined) return value;
  if (!manner.three) throw problem(400, `Wrong type, expected 'boolean' for query parameter '${name}'`);
  throw invalid({
    type: 'bool_parsing',
    loc: [parameters.where, name],
    msg: 'Input should be a valid boolean, unable to interpret input',
    input: text,
  });
}

export interface ReadOptions {
  manner: Manner;
  /** Values that a choice may have; others are refused. */
  known?: Readonly<Record<string, readonly string[]>>;
  /** The current time, µs. */
  now: number;
}

const endings = ['gte', 'gt', 'lte', 'lt'] as const;

/** Airflow 2 refuses what it doesn't know. `more` are names that the list knows besides those of its shape. */
export function checkNamesOfTwo(shape: ListShape, { where, names }: Parameters, more: readonly string[]): void {
  const ranges = [...Object.keys(shape.times), ...Object.keys(shape.numbers ?? {})];
  const known = new Set([
    ...more,
    ...(where === 'query' ? ['limit', 'offset'] : ['page_limit', 'page_offset']),
    ...ranges.flatMap((name) => [`${name}_gte`, `${name}_lte`]),
    ...Object.keys(shape.choices ?? {}),
    ...Object.keys(shape.patterns ?? {}),
    ...(Object.keys(shape.orders).length > 0 ? ['order_by'] : []),
  ]);
  const strange = names.find((name) => !known.has(name));
  if (strange === undefined) return;
  if (where === 'body') throw problem(400, `{'${strange}': ['Unknown field.']}`);
  throw problem(400, `Extra query parameter(s) ${strange} not in spec`, null);
}

/** Reads filters, order and page of a request as the version does. */
export function readWanted(shape: ListShape, parameters: Parameters, options: ReadOptions): Wanted {
  const { manner, known = {}, now } = options;
  const page = readPage(parameters, manner);
  const filters: Wanted['filters'] = [];
  const ends = manner.three ? endings : (['gte', 'lte'] as const);
  for (const [name, read] of Object.entries(shape.times)) {
    // Airflow 3 takes what has not started or ended for something that will, but only in a query.
    const open = manner.three && parameters.where === 'query' && (name === 'start_date' || name === 'end_date');
    const later = (end: string): number => (manner.open === 'never' && end.startsWith('g') ? Number.MAX_VALUE : now);
    for (const end of ends) {
      const bound = readTime(parameters, `${name}_${end}`, manner);
      if (bound !== undefined) filters.push(within(open ? (item) => read(item) ?? later(end) : read, end, bound));
    }
  }
  for (const [name, read] of Object.entries(shape.numbers ?? {}))
    for (const end of ends) {
      const text = parameters.one(`${name}_${end}`);
      if (text !== undefined) filters.push(within(read, end, Number(text)));
    }
  for (const [name, read] of Object.entries(shape.choices ?? {})) {
    const inBody = parameters.where === 'body' ? parameters.all(`${name}s`) : undefined;
    const values = parameters.all(name) ?? inBody;
    if (values === undefined || (values.length === 0 && manner.three === false)) continue;
    const allowed = known[name];
    const nothing = ['none', 'no_status'];
    const strange = values.find(
      (value) =>
        value !== null &&
        allowed &&
        !allowed.includes(value) &&
        !(nothing.includes(value) && shape.nullable === name && (parameters.where === 'query' || !manner.three)),
    );
    if (strange !== undefined)
      throw refusedChoice({
        name: inBody ? `${name}s` : name,
        value: strange,
        allowed: allowed ?? [],
        parameters,
        manner,
      });
    const wanted = new Set(values.map((value) => (value === 'none' || value === null ? null : value)));
    if (wanted.size > 0)
      filters.push((item) => wanted.has(read(item) === null || read(item) === undefined ? null : String(read(item))));
  }
  for (const [name, read] of Object.entries(shape.patterns ?? {})) {
    const pattern = parameters.one(name);
    if (pattern) filters.push((item) => isLike(read(item), pattern === '~' ? '%' : pattern));
  }
  return { filters, order: readOrder(shape, parameters, manner), ...page };
}

function refusedChoice(of: {
  name: string;
  value: string | null;
  allowed: readonly string[];
  parameters: Parameters;
  manner: Manner;
}): Error {
  const { name, value, allowed, parameters, manner } = of;
  if (!manner.three) return problem(400, `'${value}' is not one of [${allowed.map((each) => `'${each}'`).join(', ')}]`);
  if (parameters.where === 'query')
    return detail(422, `Invalid value for ${name.replaceAll('_', ' ')}. Valid values are ${allowed.join(', ')}`);
  return invalid({
    type: 'enum',
    loc: ['body', name, 0],
    msg: `Input should be ${allowed.map((each) => `'${each}'`).join(', ')}`,
    input: value,
    ctx: { expected: allowed.join(', ') },
  });
}

function readOrder(shape: ListShape, parameters: Parameters, manner: Manner): Wanted['order'] {
  if (!shape.defaultOrder) return [];
  const usual = parameters.where === 'body' && manner.three ? 'id' : shape.defaultOrder;
  const asked = parameters.all('order_by')?.filter((each) => each !== null) ?? [usual];
  const names = manner.three ? asked : asked.slice(-1);
  const order = names.map((text) => {
    const name = text.replace(/^-+/, '');
    const read = shape.orders[name];
    if (!read) {
      const reason = `Ordering with '${name}' is disallowed or the attribute does not exist on the model`;
      throw manner.three ? detail(400, reason) : problem(400, reason);
    }
    return { read, descending: text.startsWith('-') };
  });
  if (shape.tieBreaker) order.push({ read: shape.tieBreaker, descending: order[0]?.descending ?? false });
  return order;
}
