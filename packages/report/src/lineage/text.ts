import type { LineageGap, LineageGraph, LineageLink } from '@flowmeta/connector';
import { columnsOf, shortenEnd, shortenStart } from '../columns.js';
import { plain, type TextColours } from '../rendering/colours.js';
import { formatCount } from '../rendering/format.js';
import { printable } from '../rendering/printable.js';
import { lineageSummary } from './counts.js';
import { gapGroups } from './gaps.js';

export interface LineageTextOptions {
  /** Columns of the terminal: long names are shortened to it. Absent: nothing is shortened. */
  width?: number;
  /** Absent: no colours. */
  colours?: TextColours;
}

interface Row {
  from: string;
  to: string;
  how: string;
}

const narrowest = 12;

/**
 * The lineage for a terminal: each edge in a line, those that move data under the pipeline that moves it, then those between
 * pipelines, then what could not be resolved and what to do about it. Control characters in names are replaced.
 */
export function renderLineageText(graph: LineageGraph, options: LineageTextOptions = {}): string {
  const colours = options.colours ?? plain;
  const labels = new Map(graph.nodes.map(({ id, label }) => [id, printable(label)]));
  const groups = rowGroups(graph, labels);
  const widths = columnWidths(
    groups.flatMap(({ rows }) => rows),
    options.width,
  );
  const lines = [
    ...groups.flatMap(({ title, rows }) => [
      colours.bold(fitEnd(title, options.width)),
      ...rows.map(({ from, to, how }) => {
        const ends = `${pad(shortenStart(from, widths.from), widths.from)} ${colours.dim('→')} ${pad(shortenStart(to, widths.to), widths.to)}`;
        return `  ${ends}  ${colours.dim(shortenEnd(how, widths.how))}`.trimEnd();
      }),
      '',
    ]),
    ...lineageSummary(graph).map((line, index) => (index === 0 ? line : colours.yellow(line))),
    ...gapGroups(graph.gaps).flatMap(({ title, count, parts }) => [
      '',
      colours.yellow(`${title} (${formatCount(count)})`),
      ...parts.flatMap(({ hint, gaps }) => [
        ...gaps.flatMap((gap) => gapLines(gap, colours)),
        ...(hint === '' ? [] : [`    ${colours.dim(`→ ${printable(hint)}`)}`]),
      ]),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

interface RowGroup {
  title: string;
  rows: Row[];
}

/** The pipelines that move data by name, then the edges that none moves: those between pipelines last. */
function rowGroups(graph: LineageGraph, labels: ReadonlyMap<string, string>): RowGroup[] {
  const pipelines = new Set(graph.nodes.flatMap(({ id, reference }) => (reference.kind === 'pipeline' ? [id] : [])));
  const moved = new Map<string, LineageLink[]>();
  const declared: LineageLink[] = [];
  const between: LineageLink[] = [];
  for (const link of graph.edges) {
    if (link.pipeline !== undefined) {
      const known = moved.get(link.pipeline);
      if (known === undefined) moved.set(link.pipeline, [link]);
      else known.push(link);
    } else (pipelines.has(link.from) && pipelines.has(link.to) ? between : declared).push(link);
  }
  const byName = [...moved].sort(([left], [right]) => compare(left, right));
  const groups: [string, LineageLink[]][] = [
    ...byName,
    ['Into and out of pipelines', declared],
    ['Between pipelines', between],
  ];
  return groups.flatMap(([title, links]) => {
    return links.length === 0 ? [] : [{ title: printable(title), rows: rowsOf(links, labels) }];
  });
}

function rowsOf(links: readonly LineageLink[], labels: ReadonlyMap<string, string>): Row[] {
  const rows = links.map((link) => ({
    from: labels.get(link.from) ?? printable(link.from),
    to: labels.get(link.to) ?? printable(link.to),
    how: [
      printable(link.description),
      ...(link.evidence === 'run' ? ['seen in runs only'] : []),
      ...(link.outcome === undefined ? [] : [link.outcome]),
    ].join(', '),
  }));
  return rows.sort((left, right) => compare(left.to, right.to) || compare(left.from, right.from));
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** As wide as the widest; where the terminal is narrower, first how the edge came about gives way, then the names. */
function columnWidths(rows: readonly Row[], width: number | undefined): Record<keyof Row, number> {
  const widest = (key: keyof Row): number => rows.reduce((most, row) => Math.max(most, columnsOf(row[key])), 0);
  const wanted = { from: widest('from'), to: widest('to'), how: widest('how') };
  if (width === undefined) return wanted;
  const room = Math.max(width - 7, 3 * narrowest);
  const how = Math.max(
    Math.min(wanted.how, room - wanted.from - wanted.to),
    Math.min(wanted.how, Math.floor(room / 4)),
  );
  const names = room - how;
  const from = Math.min(wanted.from, Math.max(Math.floor(names / 2), names - wanted.to));
  return { from, to: Math.min(wanted.to, names - from), how };
}

function gapLines({ pipeline, task, message, candidates }: LineageGap, colours: TextColours): string[] {
  const subject = `${colours.bold(printable(pipeline))}${task === undefined ? '' : `, task ${printable(task)}`}`;
  const may = candidates === undefined || candidates.length === 0 ? [] : [candidates.map(printable).join(', ')];
  return [`  ${subject}: ${printable(message)}`, ...may.map((names) => `    may be: ${names}`)];
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columnsOf(text)));
}

function fitEnd(text: string, width: number | undefined): string {
  return width === undefined ? text : shortenEnd(text, Math.max(width, narrowest));
}
