import type { z } from 'zod';
import type { TableHolder } from './client-types.js';
import { OpenMetadataError } from './error.js';
import type { Transport } from './transport.js';

const pageSize = 500;

interface Page<T> {
  data: T[];
  paging?: { after?: string | null | undefined; total?: number | null | undefined } | null | undefined;
}

interface ListOptions<T> {
  path: string;
  query?: Record<string, string>;
  schema: z.ZodType<Page<T>>;
}

/** All pages of a list; `undefined` if there are more than `atMost` rows. Fewer than the server counts is an error. */
export async function listAll<T>(transport: Transport, options: ListOptions<T>): Promise<T[]>;
export async function listAll<T>(
  transport: Transport,
  options: ListOptions<T> & { atMost: number },
): Promise<T[] | undefined>;
export async function listAll<T>(
  transport: Transport,
  options: ListOptions<T> & { atMost?: number },
): Promise<T[] | undefined> {
  const { path, query, schema, atMost = Number.POSITIVE_INFINITY } = options;
  const rows: T[] = [];
  let after: string | undefined;
  do {
    const page: Page<T> = await transport.read({ path, query: { ...query, limit: pageSize, after } }, schema);
    const { total } = page.paging ?? {};
    rows.push(...page.data);
    if (rows.length > atMost || (total ?? 0) > atMost) return undefined;
    after = page.data.length === 0 ? undefined : (page.paging?.after ?? undefined);
    if (after === undefined && rows.length < (total ?? 0)) {
      throw new OpenMetadataError(`OpenMetadata listed ${rows.length} of ${total} entities at ${path}`, {
        kind: 'wrong-answer',
        verdict: 'skip',
        request: `GET ${path}`,
      });
    }
  } while (after !== undefined);
  return rows;
}

/** The list of what a holder has. */
export function listOf(holder: TableHolder): { path: string; query: Record<string, string>; above: string } {
  if ('service' in holder) {
    const { service } = holder;
    return { path: '/databases', query: { service }, above: service };
  }
  if ('database' in holder) {
    const { database } = holder;
    return { path: '/databaseSchemas', query: { database }, above: database };
  }
  const { schema } = holder;
  return { path: '/tables', query: { databaseSchema: schema, fields: 'columns' }, above: schema };
}
