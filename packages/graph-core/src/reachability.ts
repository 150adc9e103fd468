import { type Adjacency, transpose } from './adjacency.js';
import { indexGraph, indicesOf } from './indexed-graph.js';
import { checkResultSize } from './result-limit.js';
import type { Edge, Graph } from './types.js';

export interface ReachabilityOptions {
  /** `downstream` follows the edges, `upstream` goes against them; default `downstream`. */
  direction?: 'downstream' | 'upstream';
}

/**
 * The nodes that a path of at least one edge leads to from any of `ids`, ordered by id. A start is among them only when
 * another start or a cycle leads to it. O(V + E) after sorting the ids.
 *
 * @throws RangeError when an edge's end or one of `ids` is not a node.
 */
export function reachableFrom<Id extends string | number>(
  graph: Graph<Id>,
  ids: Iterable<Id>,
  options: ReachabilityOptions = {},
): Id[] {
  const indexed = indexGraph(graph);
  const adjacency = options.direction === 'upstream' ? transpose(indexed.outgoing) : indexed.outgoing;
  const reached = new Uint8Array(indexed.ids.length);
  walk(adjacency, indicesOf(indexed, ids), reached, 1);
  return indexed.ids.filter((_, vertex) => reached[vertex] === 1);
}

/** Marks all that a path of at least one edge leads to; returns it in the order of discovery. */
function walk(
  { offsets, targets }: Adjacency,
  starts: readonly number[],
  marks: Uint8Array | Int32Array,
  mark: number,
): number[] {
  const found: number[] = [];
  const visitTargets = (vertex: number): void => {
    for (let index = offsets[vertex]!; index < offsets[vertex + 1]!; index += 1) {
      const target = targets[index]!;
      if (marks[target] === mark) continue;
      marks[target] = mark;
      found.push(target);
    }
  };
  for (const start of starts) visitTargets(start);
  for (const vertex of found) visitTargets(vertex);
  return found;
}

/**
 * An edge for each pair of nodes of which the first leads to the second; a node on a cycle leads to itself. Ordered by id.
 * O(V · (V + E)) in the worst case and never less than the size of the result, which may have V² edges.
 *
 * @throws RangeError when an edge's end is not a node, and when the result has more than ten million edges.
 */
export function transitiveClosure<Id extends string | number>(graph: Graph<Id>): Graph<Id> {
  const { ids, outgoing } = indexGraph(graph);
  const marks = new Int32Array(ids.length).fill(-1);
  const edges: Edge<Id>[] = [];
  ids.forEach((from, vertex) => {
    const reached = Int32Array.from(walk(outgoing, [vertex], marks, vertex)).sort();
    checkResultSize(edges.length + reached.length);
    for (const target of reached) edges.push({ from, to: ids[target]! });
  });
  return { nodes: ids, edges };
}
