import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  collapse,
  diff,
  type Edge,
  findCycles,
  levels,
  reachableFrom,
  stronglyConnectedComponents,
  subgraph,
  topologicalOrder,
  transitiveClosure,
  transitiveReduction,
} from '../src/index.js';
import { disordered, graphs, graphsWithoutCycles, naiveClosure, naiveCollapse, pairsOf } from './graphs.js';

const runs = { numRuns: 400 };
const isVowel = (id: string): boolean => 'aehxz'.includes(id);
const ids = fc.subarray([...'hcnaxgbmkdzfqe']);

function reachedThroughDropped(start: number, edges: Edge<number>[], isKept: (id: number) => boolean): string[] {
  const reached = new Set<number>();
  const visit = (id: number): void => {
    for (const { from, to } of edges) {
      if (from !== id || reached.has(to)) continue;
      reached.add(to);
      if (!isKept(to)) visit(to);
    }
  };
  visit(start);
  return [...reached].filter(isKept).map((id) => `${start}>${id}`);
}

describe('collapse', () => {
  it('has an edge exactly where a path through dropped nodes alone leads', () => {
    fc.assert(
      fc.property(graphs, ids, (graph, kept) => {
        const isKept = (id: string): boolean => kept.includes(id);
        const result = collapse(graph, isKept);
        const loops = result.cycles.filter((cycle) => cycle.length === 1).map(([id]) => ({ from: id!, to: id! }));
        expect(pairsOf([...result.edges, ...loops])).toEqual(naiveCollapse(graph, isKept));
        expect(result.edges.some(({ from, to }) => from === to)).toBe(false);
        expect(result.nodes).toEqual(graph.nodes.filter(isKept).sort());
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps what leads to what between kept nodes', () => {
    fc.assert(
      fc.property(graphsWithoutCycles, (graph) => {
        const before = naiveClosure(graph).filter((pair) => isVowel(pair[0]!) && isVowel(pair[2]!));
        expect(naiveClosure(collapse(graph, isVowel))).toEqual(before);
      }),
      runs,
    );
  });

  it('reports a cycle exactly when a kept node leads back to itself', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const onCycle = naiveClosure(graph).some((pair) => pair[0] === pair[2] && isVowel(pair[0]!));
        expect(collapse(graph, isVowel).cycles.length > 0).toBe(onCycle);
      }),
      runs,
    );
  });

  it('agrees with walking from each kept node where hundreds meet at tangled dropped nodes', () => {
    const edge = fc.tuple(fc.nat({ max: 299 }), fc.nat({ max: 299 }));
    fc.assert(
      fc.property(
        fc.array(edge, { minLength: 200, maxLength: 700 }),
        fc.integer({ min: 3, max: 30 }),
        (pairs, every) => {
          const nodes = Array.from({ length: 300 }, (_, id) => id);
          const edges = pairs.map(([from, to]) => ({ from, to }));
          const isKept = (id: number): boolean => (id % every !== 0) === id < 200;
          const expected = nodes.filter(isKept).flatMap((start) => reachedThroughDropped(start, edges, isKept));
          const { edges: direct, cycles } = collapse({ nodes, edges }, isKept);
          const loops = cycles.filter(({ length }) => length === 1).map(([id]) => `${id}>${id}`);
          expect(
            direct
              .map(({ from, to }) => `${from}>${to}`)
              .concat(loops)
              .sort(),
          ).toEqual(expected.sort());
        },
      ),
      { numRuns: 60 },
    );
  });

  it('asks once per node', () => {
    const asked: string[] = [];
    collapse({ nodes: ['a', 'b', 'a'], edges: [{ from: 'a', to: 'b' }] }, (id) => asked.push(id) > 0);
    expect(asked).toEqual(['a', 'b']);
  });
});

describe('topologicalOrder and levels', () => {
  it('put every edge of a graph without cycles forward', () => {
    fc.assert(
      fc.property(graphsWithoutCycles, (graph) => {
        const { order, cycles } = topologicalOrder(graph);
        const layers = levels(graph).levels;
        const levelOf = (id: string): number => layers.findIndex((layer) => layer.includes(id));
        expect(cycles).toEqual([]);
        expect([...order].sort()).toEqual([...graph.nodes].sort());
        for (const { from, to } of graph.edges) {
          expect(order.indexOf(from)).toBeLessThan(order.indexOf(to));
          expect(levelOf(from)).toBeLessThan(levelOf(to));
        }
      }),
      runs,
    );
  });

  it('put a node exactly one level below its deepest predecessor', () => {
    fc.assert(
      fc.property(graphsWithoutCycles, (graph) => {
        const layers = levels(graph).levels;
        const levelOf = (id: string): number => layers.findIndex((layer) => layer.includes(id));
        for (const node of graph.nodes) {
          const above = graph.edges.filter(({ to }) => to === node).map(({ from }) => levelOf(from));
          expect(levelOf(node)).toBe(Math.max(-1, ...above) + 1);
        }
      }),
      runs,
    );
  });

  it('with cycles still have every node once and put edges between components forward', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { order } = topologicalOrder(graph);
        const reach = new Set(naiveClosure(graph));
        expect([...order].sort()).toEqual([...graph.nodes].sort());
        for (const { from, to } of graph.edges) {
          if (!reach.has(`${to}>${from}`)) expect(order.indexOf(from)).toBeLessThan(order.indexOf(to));
        }
      }),
      runs,
    );
  });
});

describe('stronglyConnectedComponents and findCycles', () => {
  it('group exactly the nodes that reach each other, earlier groups first', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const components = stronglyConnectedComponents(graph);
        const reach = new Set(naiveClosure(graph));
        const indexOf = (id: string): number => components.findIndex((component) => component.includes(id));
        expect(components.flat().sort()).toEqual([...graph.nodes].sort());
        for (const one of graph.nodes) {
          for (const two of graph.nodes) {
            const together = one === two || (reach.has(`${one}>${two}`) && reach.has(`${two}>${one}`));
            expect(indexOf(one) === indexOf(two)).toBe(together);
            if (!together && reach.has(`${one}>${two}`)) expect(indexOf(one)).toBeLessThan(indexOf(two));
          }
        }
      }),
      runs,
    );
  });

  it('give one true cycle for each component that has one', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const pairs = new Set(pairsOf(graph.edges));
        const reach = naiveClosure(graph);
        const cycles = findCycles(graph);
        for (const cycle of cycles) {
          expect(cycle[0]).toBe([...cycle].sort()[0]);
          cycle.forEach((id, index) => {
            expect(pairs).toContain(`${id}>${cycle[(index + 1) % cycle.length]}`);
          });
        }
        const cyclic = stronglyConnectedComponents(graph).filter(([id]) => reach.includes(`${id}>${id}`));
        expect(cycles.map(([id]) => id).sort()).toEqual(cyclic.map(([id]) => id).sort());
      }),
      runs,
    );
  });
});

describe('transitiveReduction', () => {
  it('keeps what leads to what', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const reduced = transitiveReduction(graph);
        expect(naiveClosure(reduced)).toEqual(naiveClosure(graph));
        expect(pairsOf(graph.edges)).toEqual(expect.arrayContaining(pairsOf(reduced.edges)));
      }),
      runs,
    );
  });

  it('leaves no edge that could go, where there are no cycles', () => {
    fc.assert(
      fc.property(graphsWithoutCycles, (graph) => {
        const { nodes, edges } = transitiveReduction(graph);
        for (const edge of edges) {
          const others = edges.filter((other) => other !== edge);
          expect(naiveClosure({ nodes, edges: others })).not.toContain(`${edge.from}>${edge.to}`);
        }
      }),
      runs,
    );
  });
});

describe('transitiveClosure and reachableFrom', () => {
  it('agree with adding edges until nothing changes', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        expect(pairsOf(transitiveClosure(graph).edges)).toEqual(naiveClosure(graph));
      }),
      runs,
    );
  });

  it('agree with each other, downstream and upstream', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const closure = transitiveClosure(graph).edges;
        for (const id of graph.nodes) {
          const below = closure.filter(({ from }) => from === id).map(({ to }) => to);
          const above = closure.filter(({ to }) => to === id).map(({ from }) => from);
          expect(reachableFrom(graph, [id])).toEqual(below.sort());
          expect(reachableFrom(graph, [id], { direction: 'upstream' })).toEqual(above.sort());
        }
      }),
      runs,
    );
  });

  it('from several nodes is the union of what each reaches', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const starts = graph.nodes.slice(0, 3);
        const each = starts.flatMap((id) => reachableFrom(graph, [id]));
        expect(reachableFrom(graph, starts)).toEqual([...new Set(each)].sort());
      }),
      runs,
    );
  });
});

describe('subgraph', () => {
  it('has the given nodes and exactly the edges between them', () => {
    fc.assert(
      fc.property(graphs, ids, (graph, wanted) => {
        const kept = wanted.filter((id) => graph.nodes.includes(id));
        const result = subgraph(graph, kept);
        expect(result.nodes).toEqual([...kept].sort());
        expect(pairsOf(result.edges)).toEqual(
          pairsOf(graph.edges.filter(({ from, to }) => kept.includes(from) && kept.includes(to))),
        );
      }),
      runs,
    );
  });
});

describe('diff', () => {
  it('applied to the first graph gives the second', () => {
    fc.assert(
      fc.property(graphs, graphs, (before, after) => {
        const change = diff(before, after);
        const nodes = before.nodes.filter((id) => !change.removedNodes.includes(id)).concat(change.addedNodes);
        const removed = pairsOf(change.removedEdges);
        const edges = pairsOf(before.edges)
          .filter((pair) => !removed.includes(pair))
          .concat(pairsOf(change.addedEdges));
        expect(nodes.sort()).toEqual([...after.nodes].sort());
        expect(edges.sort()).toEqual(pairsOf(after.edges));
        expect(pairsOf(before.edges)).toEqual(expect.arrayContaining(removed));
      }),
      runs,
    );
  });

  it('the other way round swaps what is added and removed', () => {
    fc.assert(
      fc.property(graphs, graphs, (before, after) => {
        const there = diff(before, after);
        const back = diff(after, before);
        expect([back.addedNodes, back.addedEdges]).toEqual([there.removedNodes, there.removedEdges]);
      }),
      runs,
    );
  });
});

describe('every operation', () => {
  it('gives the same result whatever the order of the input, and for repeated nodes and edges', () => {
    const pair = graphs.chain((graph) => fc.tuple(fc.constant(graph), disordered(graph)));
    const some = { nodes: ['a', 'c'], edges: [{ from: 'c', to: 'a' }] };
    fc.assert(
      fc.property(pair, ([graph, other]) => {
        const start = graph.nodes.slice(0, 2);
        expect(collapse(other, isVowel)).toEqual(collapse(graph, isVowel));
        expect(topologicalOrder(other)).toEqual(topologicalOrder(graph));
        expect(levels(other)).toEqual(levels(graph));
        expect(stronglyConnectedComponents(other)).toEqual(stronglyConnectedComponents(graph));
        expect(findCycles(other)).toEqual(findCycles(graph));
        expect(transitiveReduction(other)).toEqual(transitiveReduction(graph));
        expect(transitiveClosure(other)).toEqual(transitiveClosure(graph));
        expect(reachableFrom(other, start)).toEqual(reachableFrom(graph, start));
        expect(subgraph(other, start)).toEqual(subgraph(graph, start));
        expect(diff(other, some)).toEqual(diff(graph, some));
      }),
      runs,
    );
  });

  it('names the edge that ends nowhere', () => {
    const graph = { nodes: ['a'], edges: [{ from: 'a', to: 'gone' }] };
    const message = 'The edge "a" -> "gone" has an end that is no node: "gone"';
    const operations = [collapse, levels, topologicalOrder, findCycles, stronglyConnectedComponents];
    for (const operation of [...operations, transitiveClosure, transitiveReduction]) {
      expect(() => operation(graph, () => true)).toThrow(message);
    }
    expect(() => reachableFrom(graph, ['a'])).toThrow(message);
    expect(() => subgraph(graph, ['a'])).toThrow(message);
    expect(() => diff({ nodes: [], edges: [] }, graph)).toThrow(message);
  });

  it('names the asked-for node that is none', () => {
    const graph = { nodes: ['a'], edges: [] };
    expect(() => reachableFrom(graph, ['b'])).toThrow('The graph has no node "b"');
    expect(() => subgraph(graph, ['b'])).toThrow('The graph has no node "b"');
  });

  it('orders numbers by value, before texts', () => {
    const graph = { nodes: ['1', 10, 9, 'a', 2] as (string | number)[], edges: [] };
    expect(topologicalOrder(graph).order).toEqual([2, 9, 10, '1', 'a']);
    expect(() => topologicalOrder({ nodes: [Number.NaN], edges: [] })).toThrow('NaN');
  });
});
