import { adjacencyOf } from './adjacency.js';
import { checkResultSize } from './result-limit.js';

export interface EdgeList {
  from: number[];
  to: number[];
}

/**
 * Vertices below `kept` are kept; the `dropped` ones above them form no cycle and are numbered so that an edge between two
 * of them ascends.
 */
export interface ContractedGraph {
  kept: number;
  dropped: number;
  edges: EdgeList;
}

/** Marks a dropped vertex that no path between kept ones can use. */
const nowhere = -1;

/**
 * The pairs of kept vertices between which a path leads that meets no other kept vertex. A pair may repeat, and may be
 * twice the same vertex.
 */
export function connect(graph: ContractedGraph): EdgeList {
  const merged = mergeSingleExits(mergeSingleEntries(graph));
  const pairs: EdgeList = { from: [], to: [] };
  const remaining: EdgeList = { from: [], to: [] };
  merged.edges.from.forEach((from, index) => {
    const to = merged.edges.to[index]!;
    const list = from < graph.kept && to < graph.kept ? pairs : remaining;
    list.from.push(from);
    list.to.push(to);
  });
  const sources = new Set(remaining.from.filter((from) => from < graph.kept));
  const ends = new Set(remaining.to.filter((to) => to < graph.kept));
  if (sources.size <= ends.size) cross({ ...graph, edges: remaining }, sources, pairs);
  else cross(reverse({ ...graph, edges: remaining }), ends, { from: pairs.to, to: pairs.from });
  return pairs;
}

/** A dropped vertex that can be entered from one place only becomes part of that place. */
function mergeSingleEntries(graph: ContractedGraph): ContractedGraph {
  const { kept, dropped, edges } = graph;
  const size = kept + dropped;
  const { offsets, targets } = adjacencyOf(size, { from: edges.to, to: edges.from });
  const place = Int32Array.from({ length: size }, (_, vertex) => vertex);
  for (let vertex = kept; vertex < size; vertex += 1) {
    let only = nowhere;
    let several = false;
    for (let index = offsets[vertex]!; index < offsets[vertex + 1]! && !several; index += 1) {
      const entry = place[targets[index]!]!;
      if (entry === nowhere || entry === only) continue;
      several = only !== nowhere;
      only = entry;
    }
    if (!several) place[vertex] = only;
  }
  const moved: EdgeList = { from: [], to: [] };
  edges.from.forEach((from, index) => {
    const to = edges.to[index]!;
    if (place[from] === nowhere || place[to] !== to) return;
    moved.from.push(place[from]!);
    moved.to.push(to);
  });
  return { kept, dropped, edges: moved };
}

/** A dropped vertex that can be left to one place only becomes part of that place. */
function mergeSingleExits(graph: ContractedGraph): ContractedGraph {
  return reverse(mergeSingleEntries(reverse(graph)));
}

/** Turns all edges round, and the numbers of the dropped vertices with them, so that they ascend again. */
function reverse({ kept, dropped, edges }: ContractedGraph): ContractedGraph {
  const mirror = (vertex: number): number => (vertex < kept ? vertex : 2 * kept + dropped - 1 - vertex);
  return { kept, dropped, edges: { from: edges.to.map(mirror), to: edges.from.map(mirror) } };
}

/**
 * Finds what `sources` lead to, 32 of them at a time: each bit of a vertex's mask says that one of the 32 leads to it.
 * Sources that enter at nearby vertices share a round, so a round walks only the part between their first entry and the
 * last vertex reached.
 */
function cross(graph: ContractedGraph, sources: ReadonlySet<number>, pairs: EdgeList): void {
  const { kept, dropped, edges } = graph;
  const size = kept + dropped;
  const adjacency = adjacencyOf(size, edges);
  const { offsets, targets } = adjacency;
  const masks = new Int32Array(size);
  const inOrder = [...sources].sort(
    (left, right) => targets[offsets[left]!]! - targets[offsets[right]!]! || left - right,
  );
  for (let start = 0; start < inOrder.length; start += 32) {
    const round = inOrder.slice(start, start + 32);
    const reachedKept: number[] = [];
    let first = size;
    let last = -1;
    const spread = (vertex: number, mask: number): void => {
      for (let index = offsets[vertex]!; index < offsets[vertex + 1]!; index += 1) {
        const target = targets[index]!;
        if (target < kept && masks[target] === 0) reachedKept.push(target);
        if (target >= kept) {
          first = Math.min(first, target);
          last = Math.max(last, target);
        }
        masks[target]! |= mask;
      }
    };
    round.forEach((source, bit) => {
      spread(source, 1 << bit);
    });
    for (let vertex = first; vertex <= last; vertex += 1) {
      const mask = masks[vertex]!;
      if (mask === 0) continue;
      spread(vertex, mask);
      masks[vertex] = 0;
    }
    for (const target of reachedKept) {
      for (let mask = masks[target]!; mask !== 0; mask &= mask - 1) {
        pairs.from.push(round[31 - Math.clz32(mask & -mask)]!);
        pairs.to.push(target);
      }
      masks[target] = 0;
    }
    checkResultSize(pairs.from.length);
  }
}
