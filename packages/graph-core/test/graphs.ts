import fc from 'fast-check';
import type { Edge, Graph } from '../src/index.js';

/** Graphs of up to 14 nodes with any edges: cycles, loops and repeats included. */
export const graphs: fc.Arbitrary<Graph> = graphsWith((from, to) => ({ from, to }));

/** Graphs whose edges go from a smaller number to a larger one; the names are shuffled so that they don't tell. */
export const graphsWithoutCycles: fc.Arbitrary<Graph> = graphsWith((from, to) =>
  from < to ? { from, to } : { from: to, to: from },
).map((graph) => ({ nodes: graph.nodes, edges: graph.edges.filter(({ from, to }) => from !== to) }));

function graphsWith(orient: (from: number, to: number) => Edge<number>): fc.Arbitrary<Graph> {
  const names = [...'hcnaxgbmkdzfqe'];
  return fc.integer({ min: 0, max: names.length }).chain((size) => {
    const end = fc.nat({ max: Math.max(0, size - 1) });
    const edge = fc.tuple(end, end).map(([from, to]) => {
      const edge = orient(from, to);
      return { from: names[edge.from]!, to: names[edge.to]! };
    });
    return fc.record({
      nodes: fc.constant(names.slice(0, size)),
      edges: fc.array(edge, { maxLength: size === 0 ? 0 : size * 3 }),
    });
  });
}

/** The same graph with its nodes and edges in another order and some of them twice. */
export function disordered(graph: Graph): fc.Arbitrary<Graph> {
  const shuffled = <Item>(items: readonly Item[]) =>
    fc.shuffledSubarray([...items], { minLength: items.length }).map((all) => [...all, ...all.slice(0, 2)]);
  return fc.record({ nodes: shuffled(graph.nodes), edges: shuffled(graph.edges) });
}

/** `a>b`, sorted: graphs as sets of texts, for comparing. */
export function pairsOf(edges: readonly Edge[]): string[] {
  return [...new Set(edges.map(({ from, to }) => `${from}>${to}`))].sort();
}

/** What can be reached over at least one edge, by adding edges until nothing changes. */
export function naiveClosure(graph: Graph): string[] {
  const pairs = new Set(pairsOf(graph.edges));
  for (let before = -1; before !== pairs.size; ) {
    before = pairs.size;
    for (const first of [...pairs]) {
      for (const { from, to } of graph.edges) if (first.endsWith(`>${from}`)) pairs.add(`${first[0]}>${to}`);
    }
  }
  return [...pairs].sort();
}

/** From each kept node, step by step through nodes that are not kept. */
export function naiveCollapse(graph: Graph, isKept: (id: string) => boolean): string[] {
  const pairs = new Set<string>();
  for (const source of graph.nodes.filter(isKept)) {
    const seen = new Set<string>();
    const visit = (node: string): void => {
      for (const { from, to } of graph.edges) {
        if (from !== node || seen.has(to)) continue;
        seen.add(to);
        if (isKept(to)) pairs.add(`${source}>${to}`);
        else visit(to);
      }
    };
    visit(source);
  }
  return [...pairs].sort();
}
