import type { Adjacency } from './adjacency.js';
import { componentsOf, cyclesOf, membersOf } from './components.js';
import { indexGraph } from './indexed-graph.js';
import type { Cycle, Graph } from './types.js';

export interface TopologicalOrder<Id extends string | number = string> {
  /** All nodes, those on cycles too. */
  order: Id[];
  /** As `findCycles` returns them; empty when the order is true for every edge. */
  cycles: Cycle<Id>[];
}

export interface Levels<Id extends string | number = string> {
  /** Level 0 first; ordered by id within a level. */
  levels: Id[][];
  /** As `findCycles` returns them. */
  cycles: Cycle<Id>[];
}

/**
 * The layers of longest paths: a node's level is the number of edges on the longest path that leads to it. The nodes of
 * a cycle share one level. O(V + E) after sorting the ids.
 *
 * @throws RangeError when an edge's end is not a node.
 */
export function levels<Id extends string | number>(graph: Graph<Id>): Levels<Id> {
  const { ids, outgoing } = indexGraph(graph);
  const layers: Id[][] = [];
  levelsOf(outgoing).forEach((level, vertex) => {
    while (layers.length <= level) layers.push([]);
    layers[level]!.push(ids[vertex]!);
  });
  const cycles = cyclesOf(outgoing).map((cycle) => cycle.map((vertex) => ids[vertex]!));
  return { levels: layers, cycles };
}

/**
 * An order in which every edge goes forward, except edges between nodes of one strongly connected component. Among
 * several such orders: level by level as in `levels`, by id within a level. O(V + E) after sorting the ids.
 *
 * @throws RangeError when an edge's end is not a node.
 */
export function topologicalOrder<Id extends string | number>(graph: Graph<Id>): TopologicalOrder<Id> {
  const layers = levels(graph);
  return { order: layers.levels.flat(), cycles: layers.cycles };
}

/** The level of each vertex. Component numbers descend along edges, so one pass from the highest down is enough. */
export function levelsOf({ offsets, targets }: Adjacency): Int32Array {
  const components = componentsOf({ offsets, targets });
  const { componentOf, count } = components;
  const levelOf = new Int32Array(count);
  for (const members of membersOf(components).reverse()) {
    for (const vertex of members) {
      const component = componentOf[vertex]!;
      for (let index = offsets[vertex]!; index < offsets[vertex + 1]!; index += 1) {
        const reached = componentOf[targets[index]!]!;
        if (reached !== component) levelOf[reached] = Math.max(levelOf[reached]!, levelOf[component]! + 1);
      }
    }
  }
  return componentOf.map((component) => levelOf[component]!);
}
