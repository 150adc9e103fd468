import {
  type LineageGap,
  type LineageGraph,
  type LineageLink,
  type LineageNode,
  mergeColumns,
} from '@flowmeta/connector';

/** What says most about an edge that several runs have seen. */
const weights: Record<NonNullable<LineageLink['outcome']>, number> = {
  unchanged: 1,
  planned: 2,
  filtered: 3,
  kept: 4,
  updated: 5,
  created: 6,
  failed: 7,
};
const weightOf = (outcome: LineageLink['outcome']): number => (outcome === undefined ? 0 : weights[outcome]);

/** All nodes, edges and gaps, each once. Of what they say about the same thing, nothing is lost. */
export function mergeLineage(graphs: readonly LineageGraph[]): LineageGraph {
  const nodes = new Map<string, LineageNode>();
  const edges = new Map<string, LineageLink>();
  const gaps = new Map<string, LineageGap>();
  for (const graph of graphs) {
    for (const node of graph.nodes) nodes.set(node.id, mergeNode(nodes.get(node.id), node));
    for (const edge of graph.edges) {
      const key = JSON.stringify([edge.from, edge.to, edge.pipeline ?? '']);
      const before = edges.get(key);
      edges.set(key, before === undefined ? edge : mergeEdge(before, edge));
    }
    for (const gap of graph.gaps) {
      gaps.set(JSON.stringify([gap.pipeline, gap.task ?? '', gap.reason, gap.message]), gap);
    }
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()], gaps: [...gaps.values()] };
}

function mergeNode(before: LineageNode | undefined, after: LineageNode): LineageNode {
  if (before === undefined) return after;
  const isForeign = after.reference.kind === 'pipeline' && after.reference.external;
  // What is another service's for one run may be what the other run has read.
  return { ...before, ...after, reference: isForeign ? before.reference : after.reference };
}

function mergeEdge(before: LineageLink, after: LineageLink): LineageLink {
  const { evidence: _evidence, ...rest } = { ...before, ...after };
  const outcome = weightOf(after.outcome) > weightOf(before.outcome) ? after.outcome : before.outcome;
  const columns = after.columns === undefined ? before.columns : mergeColumns(before.columns, after.columns);
  const descriptions = [before, after].flatMap(({ description }) => description.split('; '));
  return {
    ...rest,
    description: [...new Set(descriptions)].sort().join('; '),
    ...(columns === undefined ? {} : { columns }),
    // Only runs have shown it if no definition has.
    ...(before.evidence === 'run' && after.evidence === 'run' ? { evidence: 'run' } : {}),
    ...(outcome === undefined ? {} : { outcome }),
  };
}
