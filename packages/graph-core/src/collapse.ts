import { type Adjacency, adjacencyOf } from './adjacency.js';
import { componentsOf, cyclesOf, hasLoop } from './components.js';
import { connect, type EdgeList } from './connect.js';
import { edgesOf, indexGraph } from './indexed-graph.js';
import type { Cycle, Edge, Graph } from './types.js';

export interface Collapsed<Id extends string | number = string> {
  /** The kept nodes, ordered by id. */
  nodes: Id[];
  /** Ordered by id, without repeats and without loops of a node to itself. */
  edges: Edge<Id>[];
  /**
   * The cycles of the result, ordered by first id: each node that led back to itself through dropped nodes alone, as a
   * cycle of one, and one cycle per strongly connected component of `edges`. A cycle of dropped nodes alone is none.
   */
  cycles: Cycle<Id>[];
}

/**
 * Leaves the nodes out for which `isKept` is false and keeps what leads to what: there is an edge from one kept node to
 * another exactly when a path leads from the first to the second that meets no other kept node.
 *
 * Each cycle of dropped nodes counts as one dropped node; dropped nodes with one way in or one way out, which is nearly
 * all of them in task graphs, then vanish into their neighbour in two linear passes. What remains (many ways in and
 * out) is crossed for 32 kept nodes at a time. So: O(V + E + result) after sorting the ids when nothing remains or the
 * remaining parts are small, and O(V + E · min(S, T) / 32 + result) at worst, where E are the edges of the remaining
 * part, S the kept nodes that lead into it and T those that it leads to. The result itself has S · T edges where S nodes
 * and T nodes met at one dropped node.
 *
 * `isKept` is called once per node.
 *
 * @throws RangeError when an edge's end is not a node, and when the result has more than ten million edges.
 */
export function collapse<Id extends string | number>(graph: Graph<Id>, isKept: (id: Id) => boolean): Collapsed<Id> {
  const { ids, outgoing } = indexGraph(graph);
  const nodes: Id[] = [];
  const dropped = new Uint8Array(ids.length);
  const vertexOf = new Int32Array(ids.length);
  ids.forEach((id, index) => {
    if (isKept(id)) vertexOf[index] = nodes.push(id) - 1;
    else dropped[index] = 1;
  });
  const components = componentsOf(outgoing, dropped);
  components.componentOf.forEach((component, index) => {
    if (component >= 0) vertexOf[index] = nodes.length + components.count - 1 - component;
  });
  const pairs = connect({
    kept: nodes.length,
    dropped: components.count,
    edges: renumberedEdges(outgoing, vertexOf, nodes.length),
  });
  const direct = adjacencyOf(nodes.length, pairs);
  const loops = nodes.flatMap((id, vertex) => (hasLoop(direct, vertex) ? [{ first: vertex, cycle: [id] }] : []));
  const loopless = withoutLoops(direct);
  const cycles = cyclesOf(loopless).map((cycle) => ({
    first: cycle[0]!,
    cycle: cycle.map((vertex) => nodes[vertex]!),
  }));
  return {
    nodes,
    edges: edgesOf(nodes, loopless),
    cycles: [...loops, ...cycles].sort((left, right) => left.first - right.first).map(({ cycle }) => cycle),
  };
}

/** Edges inside one component of dropped nodes vanish; a loop of a kept node stays. */
function renumberedEdges({ offsets, targets }: Adjacency, vertexOf: Int32Array, kept: number): EdgeList {
  const edges: EdgeList = { from: [], to: [] };
  vertexOf.forEach((from, index) => {
    for (let position = offsets[index]!; position < offsets[index + 1]!; position += 1) {
      const to = vertexOf[targets[position]!]!;
      if (from === to && from >= kept) continue;
      edges.from.push(from);
      edges.to.push(to);
    }
  });
  return edges;
}

function withoutLoops({ offsets, targets }: Adjacency): Adjacency {
  const edges: EdgeList = { from: [], to: [] };
  for (let vertex = 0; vertex + 1 < offsets.length; vertex += 1) {
    for (let index = offsets[vertex]!; index < offsets[vertex + 1]!; index += 1) {
      if (targets[index] === vertex) continue;
      edges.from.push(vertex);
      edges.to.push(targets[index]!);
    }
  }
  return adjacencyOf(offsets.length - 1, edges);
}
