import { KestraRefusal } from './answers.js';
import type { KestraDialect } from './dialect.js';

/** A page as it was asked for; both from 1 on. */
export interface Page {
  page: number;
  size: number;
}

export interface SortField {
  field: string;
  ascending: boolean;
}

const defaultSize = 10;
const everything: Page = { page: 1, size: Number.MAX_SAFE_INTEGER };

function readInteger(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  if (!/^-?\d+$/.test(value))
    throw new KestraRefusal(
      422,
      `Internal server error: Failed to convert argument [${name}] for value [${value}] due to: For input string: "${value}"`,
    );
  return Number(value);
}

/** Reads `page` and `size`. There is no maximum; values below 1 are refused the way the version does it. */
export function readPage(query: URLSearchParams, options: { dialect: KestraDialect; operation: string }): Page {
  const { dialect, operation } = options;
  const page = readInteger(query, 'page') ?? 1;
  const size = readInteger(query, 'size') ?? defaultSize;
  if (!dialect.checksPaging) {
    if (size === 0) throw new KestraRefusal(422, 'Illegal argument: Size cannot be 0');
    if (size < 0) return everything;
    if (page < 1)
      throw new KestraRefusal(500, 'Internal server error: SQL [select *, count(*) over () "total_count" …]');
    return { page, size };
  }
  for (const [name, value] of Object.entries({ page, size })) {
    const path = `${operation}.${name}`;
    if (value < 1)
      throw new KestraRefusal(422, `Invalid entity: ${path}: must be greater than or equal to 1`, { path });
  }
  return { page, size };
}

/** Reads `sort=field:direction`. Anything but `asc` is descending. */
export function readSort(query: URLSearchParams, dialect: KestraDialect): SortField[] {
  return query.getAll('sort').map((value) => {
    const [field = '', direction] = value.split(':');
    if (direction === undefined)
      throw new KestraRefusal(
        dialect.badPairStatus,
        `${dialect.badPairStatus === 500 ? 'Internal server error' : 'Unprocessable Entity'}: Invalid sort parameter`,
      );
    return { field, ascending: direction.toLowerCase() === 'asc' };
  });
}

/** The part of the rows that a page shows. `total` is a window count over the returned rows: 0 past the end. */
export function cut<T>(rows: readonly T[], { page, size }: Page): { rows: T[]; total: number } {
  const start = (page - 1) * size;
  const slice = rows.slice(start, start + size);
  return { rows: slice, total: slice.length > 0 ? rows.length : 0 };
}
