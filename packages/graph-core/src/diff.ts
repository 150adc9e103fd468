import { type Adjacency, adjacencyOf } from './adjacency.js';
import { type IndexedGraph, indexGraph, sortedIds } from './indexed-graph.js';
import type { Edge, Graph } from './types.js';

/** What leads from one graph to another. All lists are ordered by id and without repeats. */
export interface GraphDiff<Id extends string | number = string> {
  addedNodes: Id[];
  removedNodes: Id[];
  addedEdges: Edge<Id>[];
  /** The edges of removed nodes are among them. */
  removedEdges: Edge<Id>[];
}

/**
 * What `after` has and `before` lacks, and the other way round. Nodes and edges are sets here: the order of the input and
 * repeated edges make no difference. O(V + E) after sorting the ids.
 *
 * @throws RangeError when an edge's end is not a node of its own graph.
 */
export function diff<Id extends string | number>(before: Graph<Id>, after: Graph<Id>): GraphDiff<Id> {
  const old = indexGraph(before);
  const young = indexGraph(after);
  const ids = sortedIds([...old.ids, ...young.ids]);
  const indexOf = new Map(ids.map((id, index) => [id, index]));
  const oldEdges = renumber(old, indexOf);
  const youngEdges = renumber(young, indexOf);
  return {
    addedNodes: young.ids.filter((id) => !old.indexOf.has(id)),
    removedNodes: old.ids.filter((id) => !young.indexOf.has(id)),
    addedEdges: edgesOnlyIn(youngEdges, oldEdges, ids),
    removedEdges: edgesOnlyIn(oldEdges, youngEdges, ids),
  };
}

function renumber<Id extends string | number>(
  { ids, outgoing }: IndexedGraph<Id>,
  indexOf: ReadonlyMap<Id, number>,
): Adjacency {
  const numbers = Int32Array.from(ids, (id) => indexOf.get(id)!);
  const from = new Int32Array(outgoing.targets.length);
  ids.forEach((_, vertex) => {
    from.fill(numbers[vertex]!, outgoing.offsets[vertex]!, outgoing.offsets[vertex + 1]!);
  });
  return adjacencyOf(indexOf.size, { from, to: outgoing.targets.map((target) => numbers[target]!) });
}

/** Both rows are ascending, so one walk along the two finds what only the first has. */
function edgesOnlyIn<Id extends string | number>(mine: Adjacency, other: Adjacency, ids: readonly Id[]): Edge<Id>[] {
  const edges: Edge<Id>[] = [];
  ids.forEach((from, vertex) => {
    let otherIndex = other.offsets[vertex]!;
    for (let index = mine.offsets[vertex]!; index < mine.offsets[vertex + 1]!; index += 1) {
      const target = mine.targets[index]!;
      while (otherIndex < other.offsets[vertex + 1]! && other.targets[otherIndex]! < target) otherIndex += 1;
      const shared = otherIndex < other.offsets[vertex + 1]! && other.targets[otherIndex] === target;
      if (!shared) edges.push({ from, to: ids[target]! });
    }
  });
  return edges;
}
