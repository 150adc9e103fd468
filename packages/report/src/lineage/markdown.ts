import type { LineageGraph, LineageNode } from '@flowmeta/connector';
import { formatCount } from '../rendering/format.js';
import { escapeText, table } from '../rendering/markdown-text.js';
import { printable } from '../rendering/printable.js';
import { lineageSummary } from './counts.js';
import { gapGroups } from './gaps.js';
import { renderLineageMermaid } from './mermaid.js';

/** A picture with more edges is hard to read in a pull request. */
const mostDrawn = 60;
/** A chat or a pull request takes no endless text; the rest is counted. */
const mostRows = 500;
const mostGaps = 50;

/** Blocks for a report: the numbers, the edges as a diagram or as a table, and the gaps with what to do. */
export function lineageSection(graph: LineageGraph): string[] {
  if (graph.edges.length === 0 && graph.gaps.length === 0) return [];
  const summary = lineageSummary(graph).map((line) => `- ${line}`);
  return ['## Lineage', summary.join('\n'), edges(graph), ...gapGroups(graph.gaps).map(gapBlock)];
}

function edges(graph: LineageGraph): string {
  if (graph.edges.length === 0) return '';
  if (graph.edges.length <= mostDrawn) return `\`\`\`mermaid\n${renderLineageMermaid(graph)}\`\`\``;
  const nodes = new Map<string, LineageNode>(graph.nodes.map((node) => [node.id, node]));
  const labelOf = (id: string): string => escapeText(printable(nodes.get(id)?.label ?? id));
  const rows = graph.edges
    .slice(0, mostRows)
    .map(({ from, to, pipeline, description, evidence }) => [
      labelOf(from),
      labelOf(to),
      escapeText(printable(pipeline ?? '')),
      `${escapeText(printable(description))}${evidence === 'run' ? ', seen in runs only' : ''}`,
    ]);
  const hidden = graph.edges.length - rows.length;
  return [
    ...table(['from', 'to', 'by', 'how'], rows),
    ...(hidden > 0 ? ['', `And ${formatCount(hidden)} more edges.`] : []),
  ].join('\n');
}

function gapBlock({ title, parts, count }: ReturnType<typeof gapGroups>[number]): string {
  const lines = parts.flatMap(({ hint, gaps }) => [
    ...(hint === '' ? [] : [`_${escapeText(printable(hint))}_`, '']),
    ...gaps.slice(0, mostGaps).map(({ pipeline, task, message, candidates = [] }) => {
      const place = `**${escapeText(printable(pipeline))}**${task === undefined ? '' : `, task ${escapeText(printable(task))}`}`;
      const may = candidates.length === 0 ? '' : ` (may be ${escapeText(candidates.map(printable).join(', '))})`;
      return `- ${place}: ${escapeText(printable(message))}${may}`;
    }),
    ...(gaps.length > mostGaps ? [`- and ${formatCount(gaps.length - mostGaps)} more`] : []),
    '',
  ]);
  return [`### ${title} (${formatCount(count)})`, '', ...lines].join('\n').trimEnd();
}
