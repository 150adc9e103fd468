import { extname } from 'node:path';
import type { LineageGraph } from '@flowmeta/connector';
import {
  renderLineageDot,
  renderLineageHtml,
  renderLineageJson,
  renderLineageMermaid,
  renderLineageText,
} from '@flowmeta/report';
import type { Host } from '../host.js';
import { colorsFor } from '../terminal/colors.js';
import { UsageError } from '../usage-error.js';
import type { LineageFormat } from './lineage.js';

const formatsByEnding: Readonly<Record<string, LineageFormat>> = {
  '.txt': 'table',
  '.json': 'json',
  '.mmd': 'mermaid',
  '.mermaid': 'mermaid',
  '.md': 'mermaid',
  '.dot': 'dot',
  '.gv': 'dot',
  '.html': 'html',
  '.htm': 'html',
};

const endingOf = (file: string): string => extname(file).toLowerCase();

/** The format that the options ask for. Throws a `UsageError` where they contradict each other or say too little. */
export function lineageFormat({
  format,
  json,
  output,
  postTo,
}: {
  format?: LineageFormat;
  json?: boolean;
  output?: string;
  postTo?: string;
}): LineageFormat {
  if (json && format !== undefined && format !== 'json') {
    throw new UsageError(`--json and --format ${format} contradict each other`, 'Leave one of them away.');
  }
  const asked = json ? 'json' : format;
  if (postTo !== undefined) {
    if (asked !== undefined && asked !== 'openlineage') {
      throw new UsageError(`--post-to takes OpenLineage events, not ${asked}`, 'Write --format openlineage.');
    }
    return 'openlineage';
  }
  if (asked !== undefined) return asked;
  if (output === undefined) return 'table';
  const meant = formatsByEnding[endingOf(output)];
  if (meant === undefined) {
    const known = Object.keys(formatsByEnding).join(', ');
    throw new UsageError(`--output ${output}: its name tells no format`, `Let it end in ${known}, or add --format.`);
  }
  return meant;
}

/** The graph as text of a format; `source` names where it comes from. A file gets neither colours nor the width of a terminal. */
export function renderLineage(
  graph: LineageGraph,
  {
    format,
    output,
    source,
    host,
  }: { format: Exclude<LineageFormat, 'openlineage'>; output?: string; source: string; host: Host },
): string {
  switch (format) {
    case 'table': {
      if (output !== undefined) return renderLineageText(graph);
      const { isTTY, columns } = host.stdout;
      return renderLineageText(graph, {
        colours: colorsFor(host.stdout, host),
        ...(isTTY && columns ? { width: columns } : {}),
      });
    }
    case 'json':
      return renderLineageJson(graph);
    case 'mermaid': {
      const drawing = renderLineageMermaid(graph);
      return output !== undefined && endingOf(output) === '.md'
        ? `\`\`\`mermaid\n${drawing.trimEnd()}\n\`\`\`\n`
        : drawing;
    }
    case 'dot':
      return renderLineageDot(graph);
    case 'html':
      return renderLineageHtml(graph, { title: `Lineage of ${source}` });
  }
}
