import type { LineageGraph } from '@flowmeta/connector';
import { formatAmount, formatCount } from '../rendering/format.js';
import { gapGroups } from './gaps.js';

/** How many edges lead from a pipeline to a pipeline, and how many touch data. */
export function countEdges(graph: LineageGraph): { pipelines: number; datasets: number } {
  const pipelines = new Set(graph.nodes.flatMap(({ id, reference }) => (reference.kind === 'pipeline' ? [id] : [])));
  const between = graph.edges.filter(({ from, to }) => pipelines.has(from) && pipelines.has(to)).length;
  return { pipelines: between, datasets: graph.edges.length - between };
}

/** Two lines at most: the edges, and what could not be resolved by reason. */
export function lineageSummary(graph: LineageGraph): string[] {
  const { pipelines, datasets } = countEdges(graph);
  const gaps = gapGroups(graph.gaps).map(({ title, count }) => `${formatCount(count)} ${title.toLowerCase()}`);
  return [
    `Lineage: ${formatAmount(pipelines, 'edge')} between pipelines, ${formatCount(datasets)} between datasets`,
    ...(gaps.length > 0 ? [`Not resolved: ${gaps.join(', ')}`] : []),
  ];
}
