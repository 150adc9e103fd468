import type { RunReport } from '@flowmeta/connector';

/** Percentage below which OpenMetadata calls a workflow failed, unless the config says otherwise. */
export const defaultThreshold = 90;

/** Percentage of items that arrived, of all that should have; as OpenMetadata counts, 100 when there was nothing to do. */
export function successOf({ totals }: RunReport): number {
  const counts = [totals.pipelines, totals.runs, totals.edges];
  const arrived = counts.reduce((sum, { created, updated, unchanged }) => sum + created + updated + unchanged, 0);
  const lost = counts.reduce((sum, { skipped, failed }) => sum + skipped + failed, 0);
  return arrived + lost === 0 ? 100 : (100 * arrived) / (arrived + lost);
}
