import { describe, expect, it } from 'vitest';
import {
  collapse,
  diff,
  type Edge,
  findCycles,
  type Graph,
  levels,
  reachableFrom,
  stronglyConnectedComponents,
  topologicalOrder,
  transitiveClosure,
  transitiveReduction,
} from '../src/index.js';

const size = 100_000;

function chain(length: number): Graph<number> {
  const nodes = Array.from({ length }, (_, index) => index);
  return { nodes, edges: nodes.slice(1).map((to) => ({ from: to - 1, to })) };
}

describe('graphs of 100,000 nodes', () => {
  it('as one chain overflow no stack', () => {
    const graph = chain(size);
    expect(levels(graph).levels).toHaveLength(size);
    expect(topologicalOrder(graph).order.at(-1)).toBe(size - 1);
    expect(stronglyConnectedComponents(graph)).toHaveLength(size);
    expect(transitiveReduction(graph).edges).toHaveLength(size - 1);
    expect(reachableFrom(graph, [0])).toHaveLength(size - 1);
    expect(diff(graph, { nodes: graph.nodes, edges: [] }).removedEdges).toHaveLength(size - 1);
  });

  it('as one ring are one cycle', () => {
    const { nodes, edges } = chain(size);
    const ring = { nodes, edges: [...edges, { from: size - 1, to: 0 }] };
    expect(stronglyConnectedComponents(ring)).toHaveLength(1);
    expect(findCycles(ring)[0]).toHaveLength(size);
    expect(collapse(ring, (id) => id === 7 || id === 70).edges).toEqual([
      { from: 7, to: 70 },
      { from: 70, to: 7 },
    ]);
  });

  it('as a long chain of dropped nodes collapse to one edge', () => {
    expect(collapse(chain(size), (id) => id === 0 || id === size - 1).edges).toEqual([{ from: 0, to: size - 1 }]);
  });

  it('whose kept nodes all enter a long dropped chain collapse to an edge each', () => {
    const half = size / 2;
    const { nodes, edges } = chain(size);
    const entries: Edge<number>[] = nodes.slice(1, half).map((from) => ({ from, to: half }));
    const graph = { nodes, edges: [...edges.filter(({ from }) => from >= half), ...entries] };
    const isKept = (id: number): boolean => id < half || id === size - 1;
    expect(collapse(graph, isKept).edges).toHaveLength(half - 1);
  });

  it('as a ladder collapse to one edge per rung, from either side', () => {
    const rungs = size / 2;
    const nodes = Array.from({ length: size }, (_, index) => index);
    const edges: Edge<number>[] = [];
    for (let rung = 1; rung < rungs; rung += 1) {
      edges.push({ from: rung - 1, to: rung }, { from: rung, to: rungs + rung });
    }
    const isKept = (id: number): boolean => id === 0 || id > rungs;
    const turned = edges.map(({ from, to }) => ({ from: to, to: from }));
    expect(collapse({ nodes, edges }, isKept).edges).toHaveLength(rungs - 1);
    expect(collapse({ nodes, edges: turned }, isKept).edges).toHaveLength(rungs - 1);
  });

  it('as many dropped hubs in a row connect each group with the next one', () => {
    const nodes: string[] = [];
    const edges: Edge[] = [];
    const groups = 10_000;
    const name = (group: number, part: string): string => `${String(group).padStart(6, '0')}${part}`;
    for (let group = 0; group < groups; group += 1) {
      const parts = ['a', 'b', 'c'].map((part) => name(group, part));
      nodes.push(...parts, name(group, 'hub'));
      for (const part of parts) {
        edges.push({ from: part, to: name(group, 'hub') });
        if (group > 0) edges.push({ from: name(group - 1, 'hub'), to: part });
      }
    }
    expect(collapse({ nodes, edges }, (id) => !id.endsWith('hub')).edges).toHaveLength((groups - 1) * 9);
  });

  it('whose result would not fit into memory are refused with a clear error', () => {
    const half = 20_000;
    const nodes = Array.from({ length: 2 * half + 1 }, (_, index) => index);
    const hub = 2 * half;
    const edges = nodes.slice(0, -1).map((id) => (id < half ? { from: id, to: hub } : { from: hub, to: id }));
    const message = 'The result would have more than 10,000,000 edges';
    expect(() => collapse({ nodes, edges }, (id) => id !== hub)).toThrow(message);
    expect(() => transitiveClosure({ nodes, edges })).toThrow(message);
  });
});
