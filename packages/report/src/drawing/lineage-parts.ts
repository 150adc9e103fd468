import type { LineageGraph } from '@flowmeta/connector';

/** Something that gets a box: a node of the graph, or a step in which a pipeline moves data. */
export type LineagePart =
  | { id: string; kind: 'node'; node: number }
  /** `pipeline` is its name. */
  | { id: string; kind: 'step'; pipeline: string };

/** An arrow between two parts, with the numbers of the edges of the graph that run through it. */
export interface PartArrow {
  from: string;
  to: string;
  links: number[];
  /** None of its edges is known from a definition. */
  isRun: boolean;
}

export interface LineageParts {
  parts: LineagePart[];
  arrows: PartArrow[];
  /** The nodes that a pipeline fills from themselves, by number. */
  loops: Set<number>;
}

/**
 * What is drawn of a lineage graph. An edge of a pipeline runs through a step. Edges share a step where one pipeline takes the
 * same data to the same or other places, so that no way through a step leads where no edge does.
 */
export function partsOf(graph: LineageGraph): LineageParts {
  const numberOf = new Map(graph.nodes.map(({ id }, index) => [id, index]));
  const parts: LineagePart[] = graph.nodes.map((_, node) => ({ id: `n${node}`, kind: 'node', node }));
  const arrows = new Map<string, PartArrow>();
  const loops = new Set<number>();
  const lead = (from: string, to: string, link: number): void => {
    const isRun = graph.edges[link]!.evidence === 'run';
    const known = arrows.get(`${from} ${to}`);
    if (known === undefined) arrows.set(`${from} ${to}`, { from, to, links: [link], isRun });
    else {
      known.links.push(link);
      known.isRun &&= isRun;
    }
  };

  const filled = new Map<string, { pipeline: string; to: number; links: number[]; sources: Set<number> }>();
  graph.edges.forEach((edge, link) => {
    const [from, to] = [numberOf.get(edge.from), numberOf.get(edge.to)];
    if (from === undefined || to === undefined) return;
    if (from === to) loops.add(to);
    if (edge.pipeline === undefined) {
      if (from !== to) lead(`n${from}`, `n${to}`, link);
      return;
    }
    const key = JSON.stringify([edge.pipeline, to]);
    const known = filled.get(key) ?? { pipeline: edge.pipeline, to, links: [], sources: new Set<number>() };
    known.links.push(link);
    if (from !== to) known.sources.add(from);
    filled.set(key, known);
  });

  const steps = new Map<string, string>();
  for (const { pipeline, to, links, sources } of filled.values()) {
    if (sources.size === 0) continue;
    const key = JSON.stringify([pipeline, [...sources].sort((left, right) => left - right)]);
    const step = steps.get(key) ?? `s${steps.size}`;
    if (!steps.has(key)) parts.push({ id: step, kind: 'step', pipeline });
    steps.set(key, step);
    for (const link of links) {
      const from = numberOf.get(graph.edges[link]!.from)!;
      if (from === to) continue;
      lead(`n${from}`, step, link);
      lead(step, `n${to}`, link);
    }
  }
  return { parts, arrows: [...arrows.values()], loops };
}
