import type { LineageGraph, LineageLink } from '@flowmeta/connector';
import { escapeMermaid } from '../mermaid.js';
import { printable } from '../rendering/printable.js';
import { edgeLabel, pipelineGroups } from './edge-label.js';
import { kindNouns, kindOf, type LineageKind } from './kinds.js';

/** What stands before and after a label: Mermaid's own sign for each shape. */
const shapes: Readonly<Record<LineageKind, readonly [string, string]>> = {
  pipeline: ['([', '])'],
  table: ['[(', ')]'],
  file: ['[/', '/]'],
  topic: ['>', ']'],
  searchIndex: ['{{', '}}'],
  dashboard: ['[[', ']]'],
  data: ['[', ']'],
};

/** Above this, Mermaid draws nothing unless its own settings say so; a diagram can't raise it. */
const mostEdgesByDefault = 500;

/**
 * The lineage as a Mermaid flowchart. Each kind of node has a shape of its own, which a legend explains; an edge says which
 * pipeline moves the data or how it came about, and is dotted where only runs show it. Beyond 500 edges a comment names the
 * settings of Mermaid (`maxEdges`, `maxTextSize`) that it takes to draw them.
 */
export function renderLineageMermaid(graph: LineageGraph): string {
  const ids = new Map(graph.nodes.map(({ id }, index) => [id, `n${index}`]));
  const groups = pipelineGroups(graph);
  const edges = graph.edges.filter(({ from, to }) => ids.has(from) && ids.has(to));
  const line = (link: LineageLink): string => {
    const arrow = link.evidence === 'run' ? '-.->' : '-->';
    const label = edgeLabel(link, groups);
    return `  ${ids.get(link.from)} ${arrow}${label === '' ? '' : `|"${escapeMermaid(label)}"|`} ${ids.get(link.to)}`;
  };
  const kinds = new Set(graph.nodes.map(({ reference }) => kindOf(reference)));
  const lines = [
    ...(edges.length > mostEdgesByDefault
      ? [`%% ${edges.length} edges: to draw them, raise maxEdges and maxTextSize in the settings of Mermaid`]
      : []),
    'flowchart LR',
    ...graph.nodes.map(({ id, label, reference }) => `  ${node(ids.get(id)!, printable(label), kindOf(reference))}`),
    ...edges.map(line),
    ...legend(kinds),
  ];
  return `${lines.join('\n')}\n`;
}

function node(id: string, label: string, kind: LineageKind): string {
  const [open, close] = shapes[kind];
  return `${id}${open}"${escapeMermaid(label)}"${close}`;
}

function legend(kinds: ReadonlySet<LineageKind>): string[] {
  const shown = (Object.keys(kindNouns) as LineageKind[]).filter((kind) => kinds.has(kind));
  if (shown.length < 2) return [];
  return [
    '  subgraph legend["Legend"]',
    ...shown.map((kind, index) => `    k${index}${shapes[kind][0]}"${kindNouns[kind]}"${shapes[kind][1]}`),
    '  end',
  ];
}
