import { edgesOf, indexGraph, indicesOf, sortedIds } from './indexed-graph.js';
import type { Graph } from './types.js';

/**
 * The nodes `ids` and the edges between them, ordered by id, without repeats. O(V + E) after sorting the ids.
 *
 * @throws RangeError when an edge's end or one of `ids` is not a node.
 */
export function subgraph<Id extends string | number>(graph: Graph<Id>, ids: Iterable<Id>): Graph<Id> {
  const indexed = indexGraph(graph);
  const kept = sortedIds(ids);
  indicesOf(indexed, kept);
  const isKept = new Set(kept);
  const edges = edgesOf(indexed.ids, indexed.outgoing).filter(({ from, to }) => isKept.has(from) && isKept.has(to));
  return { nodes: kept, edges };
}
