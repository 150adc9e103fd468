import type { RunCount, RunWindow } from '@flowmeta/connector';
import type { KestraClient } from '@flowmeta/kestra-client';
import type { Selection } from './selection.js';

/** Runs of a search that come with one request. */
const pageSize = 100;

/**
 * Counts runs by window. Each is the difference of two totals, since an end can't be asked for on old servers; instants that windows
 * share are asked for once.
 */
export async function countRuns(
  windows: readonly RunWindow[],
  {
    client,
    selection,
    signal,
  }: { client: Pick<KestraClient, 'server' | 'countExecutions'>; selection: Selection; signal: AbortSignal },
): Promise<RunCount[]> {
  const { dialect } = await client.server({ signal });
  const namespaces = selection.namespaces ?? [undefined];
  const totals = new Map<number, number>();
  // One after the other: each of them makes the database count.
  for (const since of new Set(windows.flatMap((window) => [window.since, window.until]))) {
    let total = 0;
    for (const namespace of namespaces) {
      total += await client.countExecutions({ since, signal, ...(namespace !== undefined && { namespace }) });
    }
    totals.set(since, total);
  }
  return windows.map(({ since, until }) => {
    // Runs are purged and come in between two answers.
    const runs = Math.max(0, totals.get(since)! - totals.get(until)!);
    const pages = Math.max(1, Math.ceil(runs / pageSize));
    return { runs, requests: dialect.searchHasTaskRuns ? pages : pages + runs };
  });
}
