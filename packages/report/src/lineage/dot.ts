import type { LineageGraph } from '@flowmeta/connector';
import { quote } from '../dot.js';
import { printable } from '../rendering/printable.js';
import { edgeLabel, pipelineGroups } from './edge-label.js';
import { kindNouns, kindOf, type LineageKind } from './kinds.js';

const looks: Readonly<Record<LineageKind, string>> = {
  pipeline: 'shape=box, style="rounded,filled", fillcolor="#e8eefc"',
  table: 'shape=cylinder, style=filled, fillcolor="#e7f5ed"',
  file: 'shape=folder, style=filled, fillcolor="#fdf3e1"',
  topic: 'shape=cds, style=filled, fillcolor="#f1eafb"',
  searchIndex: 'shape=hexagon, style=filled, fillcolor="#e6f4f6"',
  dashboard: 'shape=tab, style=filled, fillcolor="#fbeaf0"',
  data: 'shape=box, style=filled, fillcolor="#f2f3f5"',
};

/**
 * The lineage in the DOT language of Graphviz. Each kind of node has a shape of its own, which a legend explains; an edge
 * says which pipeline moves the data or how it came about, and is dashed where only runs show it.
 */
export function renderLineageDot(graph: LineageGraph): string {
  const ids = new Map(graph.nodes.map(({ id }, index) => [id, `n${index}`]));
  const groups = pipelineGroups(graph);
  const edges = graph.edges.flatMap((link) => {
    const [from, to] = [ids.get(link.from), ids.get(link.to)];
    if (from === undefined || to === undefined) return [];
    const label = edgeLabel(link, groups);
    const attributes = [
      ...(label === '' ? [] : [`label=${quote(label)}`]),
      ...(link.evidence === 'run' ? ['style=dashed'] : []),
    ];
    return [`  ${from} -> ${to}${attributes.length === 0 ? '' : ` [${attributes.join(', ')}]`};`];
  });
  const lines = [
    'digraph lineage {',
    '  rankdir=LR;',
    '  node [fontname="Helvetica", fontsize=11];',
    '  edge [fontname="Helvetica", fontsize=9, color="#8b96a6", fontcolor="#5a6675"];',
    ...graph.nodes.map(({ id, label, reference }) => {
      return `  ${ids.get(id)} [label=${quote(printable(label))}, ${looks[kindOf(reference)]}];`;
    }),
    ...edges,
    ...legend(new Set(graph.nodes.map(({ reference }) => kindOf(reference)))),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function legend(kinds: ReadonlySet<LineageKind>): string[] {
  const shown = (Object.keys(kindNouns) as LineageKind[]).filter((kind) => kinds.has(kind));
  if (shown.length < 2) return [];
  return [
    '  subgraph cluster_legend {',
    '    label="Legend"; fontname="Helvetica"; fontsize=10; color="#c3cad4";',
    ...shown.map((kind, index) => `    k${index} [label="${kindNouns[kind]}", ${looks[kind]}];`),
    '  }',
  ];
}
