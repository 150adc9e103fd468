import { type Adjacency, adjacencyOf, transpose } from './adjacency.js';
import { componentsOf } from './components.js';
import { indexGraph } from './indexed-graph.js';
import { levelsOf } from './order.js';
import type { Edge, Graph } from './types.js';

/**
 * The fewest edges that keep what leads to what: an edge goes when a longer path says the same. Without cycles the result
 * is unique. With cycles, the edges inside a strongly connected component all stay, and of several edges between the
 * same two components the first by id stays. Ordered by id. O(V · E) in the worst case; close to linear where the edges
 * that may be redundant span few levels.
 *
 * @throws RangeError when an edge's end is not a node.
 */
export function transitiveReduction<Id extends string | number>(graph: Graph<Id>): Graph<Id> {
  const { ids, outgoing } = indexGraph(graph);
  const { componentOf, count } = componentsOf(outgoing);
  const redundant = redundantEdges(condense(outgoing, { componentOf, count }));
  const edges: Edge<Id>[] = [];
  const seen = new Set<number>();
  for (let vertex = 0; vertex < ids.length; vertex += 1) {
    for (let index = outgoing.offsets[vertex]!; index < outgoing.offsets[vertex + 1]!; index += 1) {
      const target = outgoing.targets[index]!;
      const pair = componentOf[vertex]! * count + componentOf[target]!;
      if (componentOf[vertex] !== componentOf[target]) {
        if (seen.has(pair) || redundant.has(pair)) continue;
        seen.add(pair);
      }
      edges.push({ from: ids[vertex]!, to: ids[target]! });
    }
  }
  return { nodes: ids, edges };
}

function condense({ offsets, targets }: Adjacency, components: { componentOf: Int32Array; count: number }): Adjacency {
  const from: number[] = [];
  const to: number[] = [];
  components.componentOf.forEach((component, vertex) => {
    for (let index = offsets[vertex]!; index < offsets[vertex + 1]!; index += 1) {
      const reached = components.componentOf[targets[index]!]!;
      if (reached === component) continue;
      from.push(component);
      to.push(reached);
    }
  });
  return adjacencyOf(components.count, { from, to });
}

/**
 * The redundant edges of a graph without cycles, each as `from * vertices + to`. An edge u -> v can only be redundant when
 * u has another way out and v another way in; then v is looked for from u's nearer targets, no deeper than v's level.
 */
function redundantEdges(outgoing: Adjacency): Set<number> {
  const { offsets, targets } = outgoing;
  const size = offsets.length - 1;
  const incoming = transpose(outgoing);
  const level = levelsOf(outgoing);
  const visitedFor = new Int32Array(size).fill(-1);
  const redundant = new Set<number>();
  for (let vertex = 0; vertex < size; vertex += 1) {
    const near = Array.from(targets.subarray(offsets[vertex]!, offsets[vertex + 1]!));
    if (near.length < 2) continue;
    near.sort((left, right) => level[left]! - level[right]!);
    const hasOtherWayIn = (target: number): boolean => incoming.offsets[target + 1]! - incoming.offsets[target]! > 1;
    const deepest = near.reduce((most, target) => (hasOtherWayIn(target) ? Math.max(most, level[target]!) : most), -1);
    for (const target of near) {
      if (visitedFor[target] === vertex) {
        redundant.add(vertex * size + target);
        continue;
      }
      visitedFor[target] = vertex;
      if (level[target]! >= deepest) continue;
      const stack = [target];
      for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
        for (let index = offsets[next]!; index < offsets[next + 1]!; index += 1) {
          const reached = targets[index]!;
          if (visitedFor[reached] === vertex || level[reached]! > deepest) continue;
          visitedFor[reached] = vertex;
          stack.push(reached);
        }
      }
    }
  }
  return redundant;
}
