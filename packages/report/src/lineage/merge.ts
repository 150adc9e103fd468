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

/**
 * All nodes, edges and gaps, each once. Of what they say about the same thing, nothing is lost. Nodes that were found to be the same
 * entity of the catalog are one, whatever each run calls its server.
 */
export function mergeLineage(graphs: readonly LineageGraph[]): LineageGraph {
  const nodes = new Map<string, LineageNode>();
  const edges = new Map<string, LineageLink>();
  const gaps = new Map<string, LineageGap>();
  const ids = sharedIds(graphs);
  const idOf = (id: string): string => ids.get(id) ?? id;
  for (const graph of graphs) {
    // The node that gives its id to others comes before them.
    for (const node of graph.nodes)
      if (idOf(node.id) === node.id) nodes.set(node.id, mergeNode(nodes.get(node.id), node));
    for (const link of graph.edges) {
      const edge = { ...link, from: idOf(link.from), to: idOf(link.to) };
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

/** For ids of nodes that are the same entity of the catalog: the first id of that entity. */
function sharedIds(graphs: readonly LineageGraph[]): Map<string, string> {
  const first = new Map<string, string>();
  const ids = new Map<string, string>();
  for (const { id, fqn } of graphs.flatMap(({ nodes }) => nodes)) {
    if (fqn === undefined) continue;
    if (!first.has(fqn)) first.set(fqn, id);
    ids.set(id, first.get(fqn)!);
  }
  return ids;
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
