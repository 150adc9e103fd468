import { microseconds } from './times.js';

export type Item = Record<string, unknown>;
export type Read = (item: Item) => unknown;

/** What a request asks of a list, already checked. */
export interface Wanted {
  filters: ((item: Item) => boolean)[];
  /** First the most important one. */
  order: { read: Read; descending: boolean }[];
  limit: number;
  offset: number;
}

/** SQL's order: text by code points, nothing after everything. */
function compare(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return b === null || b === undefined ? 0 : 1;
  if (b === null || b === undefined) return -1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}

/** The page of `items` that is wanted, and how many there are on all pages. */
export function select<T extends Item>(items: readonly T[], wanted: Wanted): { rows: T[]; total: number } {
  const found = items.filter((item) => wanted.filters.every((filter) => filter(item)));
  const sorted = found
    .map((item, index) => ({ item, index, keys: wanted.order.map(({ read }) => read(item)) }))
    .sort((a, b) => {
      for (const [at, { descending }] of wanted.order.entries()) {
        const order = compare(a.keys[at], b.keys[at]);
        if (order !== 0) return descending ? -order : order;
      }
      return a.index - b.index;
    })
    .map(({ item }) => item);
  return { rows: sorted.slice(wanted.offset, wanted.offset + wanted.limit), total: found.length };
}

/** A time of an item as a number that sorts and compares. */
export const timeOf = (value: unknown): number | null =>
  typeof value === 'string' ? (microseconds(value) ?? null) : null;

/** Does the text contain the pattern, in any case, with SQL's `%` and `_`? */
export function isLike(text: unknown, pattern: string): boolean {
  if (typeof text !== 'string') return false;
  const source = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '[^]*')
    .replaceAll('_', '[^]');
  return new RegExp(source, 'iu').test(text);
}

/** `>=` and the like, false for an item without the value. */
export function within(read: Read, end: string, bound: number): (item: Item) => boolean {
  return (item) => {
    const value = read(item);
    if (typeof value !== 'number') return false;
    if (end === 'gte') return value >= bound;
    if (end === 'gt') return value > bound;
    return end === 'lte' ? value <= bound : value < bound;
  };
}
