import { KestraError } from './kestra-error.js';

export interface Page {
  results: unknown[];
  total: number;
}

export interface PagingOptions {
  /** What is listed, for errors, e.g. `flows`. */
  what: string;
  pageSize: number;
  fetchPage: (page: number) => Promise<Page>;
  /** What makes an item the same as one seen before; `undefined` for one that can't be read. */
  keyOf: (item: unknown) => string | undefined;
  /** False where `total` counts items that the server then leaves out, so that counting proves nothing. */
  countable: boolean;
}

/** How often a listing is read from the start because it changed while it was read. */
const passes = 3;

/**
 * Yields each item of a paged search once, while the next page is already on its way.
 *
 * The end is told by the largest `total` that was seen, since a page past the end says 0 (Kestra fact 1). When fewer items
 * than that came, something was deleted meanwhile and pushed others across a page border: the listing is read again, and
 * after three times it is an error rather than a loss.
 */
export async function* readPages(options: PagingOptions): AsyncGenerator<unknown> {
  const { fetchPage, pageSize, keyOf } = options;
  const yielded = new Set<string>();
  for (let pass = 1; pass <= passes; pass += 1) {
    const seen = pass === 1 ? yielded : new Set<string>();
    let largestTotal = 0;
    let pending = fetchPage(1);
    for (let page = 1; ; page += 1) {
      const { results, total } = await pending;
      largestTotal = Math.max(largestTotal, total);
      const more = results.length > 0 && page * pageSize < largestTotal;
      if (more) {
        pending = fetchPage(page + 1);
        // Whoever stops listening here leaves it unawaited.
        pending.catch(() => {});
      }
      for (const [index, item] of results.entries()) {
        const key = keyOf(item) ?? `unreadable ${pass} ${page} ${index}`;
        if (seen.has(key)) continue;
        seen.add(key);
        if (seen !== yielded) {
          if (yielded.has(key)) continue;
          yielded.add(key);
        }
        yield item;
      }
      if (!more) break;
    }
    if (!options.countable || seen.size >= largestTotal) return;
  }
  throw new KestraError(`the listing of ${options.what} kept changing while it was read: some were not seen`, {
    kind: 'incomplete',
    verdict: 'retry',
    hint: 'Try again when fewer changes are going on, e.g. after a purge.',
  });
}
