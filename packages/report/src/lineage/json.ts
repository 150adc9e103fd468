import type { LineageGraph } from '@flowmeta/connector';

/** The graph as indented JSON with a line end. */
export function renderLineageJson(graph: LineageGraph): string {
  return `${JSON.stringify(graph, null, 2)}\n`;
}
