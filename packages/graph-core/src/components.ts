import type { Adjacency } from './adjacency.js';
import { indexGraph } from './indexed-graph.js';
import type { Cycle, Graph } from './types.js';

/** The strongly connected component of each vertex. An edge between two components goes from the higher number to the lower. */
export interface Components {
  /** -1 for a vertex that was left out. */
  componentOf: Int32Array;
  count: number;
}

/**
 * Tarjan's algorithm with its own stack, so that the depth of the graph is not limited by the engine's. O(V + E).
 * With `included`, only those vertices and the edges between them count.
 */
export function componentsOf({ offsets, targets }: Adjacency, included?: Uint8Array): Components {
  const size = offsets.length - 1;
  const componentOf = new Int32Array(size).fill(-1);
  const discovered = new Int32Array(size);
  const lowest = new Int32Array(size);
  const cursor = offsets.slice(0, size);
  const path = new Int32Array(size);
  const open = new Int32Array(size);
  let pathLength = 0;
  let openLength = 0;
  let clock = 0;
  let count = 0;

  const enter = (vertex: number): void => {
    clock += 1;
    discovered[vertex] = clock;
    lowest[vertex] = clock;
    path[pathLength] = vertex;
    pathLength += 1;
    open[openLength] = vertex;
    openLength += 1;
  };

  for (let root = 0; root < size; root += 1) {
    if (discovered[root] !== 0 || included?.[root] === 0) continue;
    enter(root);
    while (pathLength > 0) {
      const vertex = path[pathLength - 1]!;
      if (cursor[vertex]! < offsets[vertex + 1]!) {
        const target = targets[cursor[vertex]!]!;
        cursor[vertex]! += 1;
        if (included?.[target] === 0) continue;
        if (discovered[target] === 0) enter(target);
        else if (componentOf[target] === -1) lowest[vertex] = Math.min(lowest[vertex]!, discovered[target]!);
        continue;
      }
      pathLength -= 1;
      if (pathLength > 0) {
        const parent = path[pathLength - 1]!;
        lowest[parent] = Math.min(lowest[parent]!, lowest[vertex]!);
      }
      if (lowest[vertex] !== discovered[vertex]) continue;
      let member: number;
      do {
        openLength -= 1;
        member = open[openLength]!;
        componentOf[member] = count;
      } while (member !== vertex);
      count += 1;
    }
  }
  return { componentOf, count };
}

/** The vertices of each component, ascending; indexed by the component's number. */
export function membersOf({ componentOf, count }: Components): number[][] {
  const members: number[][] = Array.from({ length: count }, () => []);
  componentOf.forEach((component, vertex) => {
    if (component >= 0) members[component]!.push(vertex);
  });
  return members;
}

/**
 * One cycle per component that has one, as vertices: the shortest through its smallest vertex. A loop of a vertex to
 * itself counts only where its component has no other vertex. Ordered by first vertex. O(V + E).
 */
export function cyclesOf(adjacency: Adjacency): number[][] {
  const components = componentsOf(adjacency);
  const cycles: number[][] = [];
  for (const members of membersOf(components)) {
    const cycle = members.length > 1 ? shortestCycle(adjacency, components, members[0]!) : members;
    if (members.length > 1 || hasLoop(adjacency, members[0]!)) cycles.push(cycle);
  }
  return cycles.sort((left, right) => left[0]! - right[0]!);
}

/** Whether the vertex has an edge to itself. */
export function hasLoop({ offsets, targets }: Adjacency, vertex: number): boolean {
  return targets.subarray(offsets[vertex]!, offsets[vertex + 1]!).includes(vertex);
}

function shortestCycle({ offsets, targets }: Adjacency, { componentOf }: Components, start: number): number[] {
  const cameFrom = new Map<number, number>();
  const queue = [start];
  for (const vertex of queue) {
    for (let index = offsets[vertex]!; index < offsets[vertex + 1]!; index += 1) {
      const target = targets[index]!;
      if (target === start && vertex !== start) return pathTo(vertex, start, cameFrom);
      if (target === start || componentOf[target] !== componentOf[start] || cameFrom.has(target)) continue;
      cameFrom.set(target, vertex);
      queue.push(target);
    }
  }
  throw new Error('A strongly connected component without a way back to its start');
}

function pathTo(end: number, start: number, cameFrom: ReadonlyMap<number, number>): number[] {
  const path = [end];
  while (path.at(-1) !== start) path.push(cameFrom.get(path.at(-1)!)!);
  return path.reverse();
}

/**
 * The strongly connected components: nodes that all reach each other. A node on no cycle is a component of its own.
 * Each is ordered by id, and an edge between two components goes from an earlier to a later one. O(V + E) after sorting the ids.
 *
 * @throws RangeError when an edge's end is not a node.
 */
export function stronglyConnectedComponents<Id extends string | number>(graph: Graph<Id>): Id[][] {
  const { ids, outgoing } = indexGraph(graph);
  const members = membersOf(componentsOf(outgoing));
  return members.reverse().map((component) => component.map((vertex) => ids[vertex]!));
}

/**
 * One cycle per strongly connected component that has any: the shortest through its smallest id; a loop of a node to
 * itself only where the component has no other node. Empty means that the graph has no cycle. Ordered by first id.
 * O(V + E) after sorting the ids.
 *
 * @throws RangeError when an edge's end is not a node.
 */
export function findCycles<Id extends string | number>(graph: Graph<Id>): Cycle<Id>[] {
  const { ids, outgoing } = indexGraph(graph);
  return cyclesOf(outgoing).map((cycle) => cycle.map((vertex) => ids[vertex]!));
}
