import type { ServerAnswer } from '../http-server.js';
import { detail, invalid, ok, problem } from './answers.js';
import { type Item, select } from './lists.js';
import { checkNamesOfTwo, type Parameters, readWanted } from './request.js';
import type { AirflowRequest } from './route.js';
import type { ListShape } from './shapes.js';
import type { AirflowState } from './state.js';

export interface Listing {
  shape: ListShape;
  items: readonly Item[];
  parameters: Parameters;
  known?: Record<string, readonly string[]>;
  /** More that an item has to be. */
  also?: ((item: Item) => boolean)[];
  show?: (item: Item) => unknown;
  /** What Airflow 2 knows besides what the shape has. */
  names?: readonly string[];
  /** On Airflow 2, which has none for this list. */
  largestPage?: false;
}

export function list(state: AirflowState, listing: Listing): ServerAnswer {
  const { shape, items, parameters, known = {}, also = [], show, names = [], largestPage } = listing;
  const { three } = state.manner;
  if (!three) checkNamesOfTwo(shape, parameters, names);
  const isBounded = parameters.where === 'query' && (three || largestPage !== false);
  const { maximumLimit: _, ...unbounded } = state.manner;
  const manner = isBounded
    ? state.manner
    : { ...unbounded, defaultLimit: parameters.where === 'body' ? 100 : unbounded.defaultLimit };
  const wanted = readWanted(shape, parameters, { manner, known, now: state.now() * 1000 });
  const { rows, total } = select(items, { ...wanted, filters: [...also, ...wanted.filters] });
  return ok({ [shape.field]: show ? rows.map(show) : rows, total_entries: total });
}

export function bodyOf(request: AirflowRequest, three: boolean): Item {
  const { body } = request;
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Item;
  throw three
    ? detail(422, [{ type: 'json_invalid', loc: ['body', 1], msg: 'JSON decode error', input: {} }])
    : problem(400, 'Request body is not valid JSON');
}

/** Airflow 3 refuses what it doesn't know in a body, also what it knows in a query. */
export function checkNames(body: Item, shape: ListShape, more: readonly string[]): void {
  const ranges = [...Object.keys(shape.times), ...Object.keys(shape.numbers ?? {})].filter(
    (name) => name !== 'updated_at',
  );
  const known = new Set([
    ...['order_by', 'page_limit', 'page_offset', 'dag_ids', ...more],
    ...ranges.flatMap((name) => ['gte', 'gt', 'lte', 'lt'].map((end) => `${name}_${end}`)),
  ]);
  const strange = Object.keys(body).find((name) => !known.has(name));
  if (strange !== undefined)
    throw invalid({
      type: 'extra_forbidden',
      loc: ['body', strange],
      msg: 'Extra inputs are not permitted',
      input: body[strange],
    });
}

const ids = (body: Item, name: string): string[] | undefined => {
  const value = body[name];
  return Array.isArray(value) && value.length > 0 ? value.map(String) : undefined;
};

export function among(body: Item, pairs: readonly (readonly [parameter: string, field: string])[]): Listing['also'] {
  return pairs.flatMap(([parameter, field]) => {
    const wanted = ids(body, parameter);
    return wanted ? [(item: Item) => wanted.includes(String(item[field]))] : [];
  });
}
