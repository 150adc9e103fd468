import type { RunCount, RunWindow } from '@flowmeta/connector';
import type { AirflowClient } from './client/airflow-client.js';
import { batchSize } from './read-runs.js';

/** Runs of a page of the list. */
const pageSize = 100;

/** Counts runs by window. Airflow has no namespaces: of some there is nothing. */
export async function countRuns(
  windows: readonly RunWindow[],
  { client, namespaces, signal }: { client: AirflowClient; namespaces: string[] | undefined; signal: AbortSignal },
): Promise<RunCount[]> {
  const counts: RunCount[] = [];
  // One after the other: each of them makes the database count.
  for (const window of windows) {
    const runs = namespaces === undefined ? await client.countRuns(window, { signal }) : 0;
    counts.push({ runs, requests: Math.max(1, Math.ceil(runs / pageSize)) + Math.ceil(runs / batchSize) });
  }
  return counts;
}
