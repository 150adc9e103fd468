import type { IngestionOptions } from './types.js';

/** The parts of a run, in the order in which they are done. */
export const ingestionPhases = ['entities', 'runs', 'lineage', 'reconcile'] as const;

/**
 * `entities` writes pipelines, `runs` their runs, `lineage` the edges; `reconcile` takes away edges and pipelines that the source no
 * longer has. What an earlier phase leaves in the catalog may come from another process.
 */
export type IngestionPhase = (typeof ingestionPhases)[number];

/** Phases that go by one pipeline at a time. The others need to know all of the source. */
export const shardedPhases: readonly IngestionPhase[] = ['entities', 'runs'];

/** What a run does. Of a part of the source nothing is concluded, whatever was asked for. */
export function phasesOf({
  phases = ingestionPhases,
  shard,
  only,
  includeLineage,
}: IngestionOptions): ReadonlySet<IngestionPhase> {
  const isPart = shard !== undefined || only !== undefined;
  const possible = isPart ? shardedPhases : ingestionPhases;
  return new Set(
    possible.filter((phase) => phases.includes(phase) && !(phase === 'lineage' && includeLineage === false)),
  );
}
