import { type Adjacency, adjacencyOf } from './adjacency.js';
import type { Edge, Graph } from './types.js';

/** A graph whose nodes are numbered by the order of their ids, so that nothing depends on the order of the input. */
export interface IndexedGraph<Id extends string | number> {
  /** Ascending, without repeats. */
  ids: Id[];
  indexOf: ReadonlyMap<Id, number>;
  outgoing: Adjacency;
}

/** Numbers before texts; numbers by value, texts by their UTF-16 code units, which is the same on every machine. */
function compareIds(left: string | number, right: string | number): number {
  if (typeof left !== typeof right) return typeof left === 'number' ? -1 : 1;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The distinct ids, ascending. Throws a `RangeError` for `NaN`, which has no place in any order. */
export function sortedIds<Id extends string | number>(ids: Iterable<Id>): Id[] {
  const sorted = [...new Set(ids)].sort(compareIds);
  if (sorted.some((id) => Number.isNaN(id))) throw new RangeError('NaN cannot be the id of a node');
  return sorted;
}

/** Sorting the ids, then O(V + E). Throws a `RangeError` that names the edge when one of its ends is not a node. */
export function indexGraph<Id extends string | number>(graph: Graph<Id>): IndexedGraph<Id> {
  const ids = sortedIds(graph.nodes);
  const indexOf = new Map(ids.map((id, index) => [id, index]));
  return { ids, indexOf, outgoing: adjacencyOf(ids.length, indexEdges(graph.edges, indexOf)) };
}

function indexEdges<Id extends string | number>(edges: readonly Edge<Id>[], indexOf: ReadonlyMap<Id, number>) {
  const from = new Int32Array(edges.length);
  const to = new Int32Array(edges.length);
  edges.forEach((edge, index) => {
    from[index] = endOf(edge, edge.from, indexOf);
    to[index] = endOf(edge, edge.to, indexOf);
  });
  return { from, to };
}

function endOf<Id extends string | number>(edge: Edge<Id>, end: Id, indexOf: ReadonlyMap<Id, number>): number {
  const index = indexOf.get(end);
  if (index !== undefined) return index;
  throw new RangeError(
    `The edge ${JSON.stringify(edge.from)} -> ${JSON.stringify(edge.to)} has an end that is no node: ${JSON.stringify(end)}`,
  );
}

/** The numbers of `ids`; throws a `RangeError` that names the first one that is not a node of the graph. */
export function indicesOf<Id extends string | number>(graph: IndexedGraph<Id>, ids: Iterable<Id>): number[] {
  return Array.from(ids, (id) => {
    const index = graph.indexOf.get(id);
    if (index === undefined) throw new RangeError(`The graph has no node ${JSON.stringify(id)}`);
    return index;
  });
}

/** Ordered by `from`, then `to`. */
export function edgesOf<Id extends string | number>(ids: readonly Id[], { offsets, targets }: Adjacency): Edge<Id>[] {
  const edges: Edge<Id>[] = [];
  for (let node = 0; node < ids.length; node += 1) {
    for (let index = offsets[node]!; index < offsets[node + 1]!; index += 1) {
      edges.push({ from: ids[node]!, to: ids[targets[index]!]! });
    }
  }
  return edges;
}
