import type { TaskEdge } from '@flowmeta/connector';
import { levels, stronglyConnectedComponents } from '@flowmeta/graph-core';

/** An edge in the direction of the flow. `back`: the arrow points the other way, because the edge goes back in a cycle. */
export interface Link {
  first: string;
  last: string;
  back: boolean;
}

/**
 * The edges between known tasks, each once, turned so that together they form no cycle: inside a cycle, those that go
 * back in the order of `names`.
 */
export function linksOf(names: readonly string[], edges: readonly TaskEdge[]): { links: Link[]; undrawn: number } {
  const position = new Map(names.map((name, index) => [name, index]));
  const known = edges.filter(({ from, to }) => position.has(from) && position.has(to));
  const component = new Map<string, number>();
  stronglyConnectedComponents({ nodes: names, edges: known }).forEach((members, index) => {
    for (const name of members) component.set(name, index);
  });
  const seen = new Map<string, Set<string>>();
  const links = known.flatMap(({ from, to }) => {
    const targets = seen.get(from) ?? new Set();
    if (from === to || targets.has(to)) return [];
    seen.set(from, targets.add(to));
    const back = component.get(from) === component.get(to) && position.get(from)! > position.get(to)!;
    return [back ? { first: to, last: from, back } : { first: from, last: to, back }];
  });
  return { links, undrawn: edges.length - known.length };
}

/** The layer of each task: one further than the furthest that leads to it. */
export function layersOf(names: readonly string[], links: readonly Link[]): Map<string, number> {
  const edges = links.map(({ first, last }) => ({ from: first, to: last }));
  const layers = levels({ nodes: names, edges }).levels;
  return new Map(layers.flatMap((layer, index) => layer.map((name) => [name, index] as const)));
}
