import type { Finding, RequestTotals, RunReport } from '@flowmeta/connector';
import { lineageSummary } from './lineage/counts.js';
import { plain, type TextColours } from './rendering/colours.js';
import { formatCount, formatDuration, formatInstant } from './rendering/format.js';
import { printable } from './rendering/printable.js';
import {
  type FindingGroup,
  findingGroups,
  notesOf,
  otherChanges,
  outcomeTitle,
  totalColumns,
  totalRows,
} from './summary.js';

export interface TextOptions {
  /** Absent: no colours. */
  colours?: TextColours;
  /** How many findings of each kind are listed, the rest is counted; default 20. */
  findings?: number;
}

const colourOfOutcome = { done: 'green', partial: 'yellow', failed: 'red', interrupted: 'yellow' } as const;
const colourOfGroup = {
  error: 'red',
  failed: 'red',
  skipped: 'yellow',
  degraded: 'yellow',
  warning: 'yellow',
} as const;

/**
 * The summary for a terminal: outcome, totals, and what was skipped or failed with reasons. Plain lines that end with a
 * line end. Control characters in names and messages are replaced, so that they can't drive the terminal.
 */
export function renderText(report: RunReport, options: TextOptions = {}): string {
  const colours = options.colours ?? plain;
  const outcome = colours[colourOfOutcome[report.outcome]](colours.bold(outcomeTitle(report)));
  const lines = [
    `${outcome} in ${formatDuration(report.endedAt - report.startedAt)}`,
    `${printable(report.source.description)} -> ${printable(report.target.description)}, service ${printable(report.target.service)}`,
    colours.dim(`Runs from ${formatInstant(report.window.since)} to ${formatInstant(report.window.until)}`),
    ...notesOf(report).map((note) => colours.yellow(note)),
    '',
    ...(endedEmpty(report) ? [] : [...totalsTable(report, colours), '']),
    ...otherChanges(report),
    ...(report.lineage === undefined ? [] : lineageSummary(report.lineage)),
    `Requests: source ${requests(report.requests.source)}, catalog ${requests(report.requests.target)}`,
    ...findingGroups(report).flatMap((group) => ['', ...groupLines(group, colours, options.findings ?? 20)]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Whether the run ended before there was anything to count: zeros would look like a source or a catalog that is empty. */
function endedEmpty(report: RunReport): boolean {
  const hasEnded = report.outcome === 'failed' || report.outcome === 'interrupted';
  return hasEnded && totalRows(report).every(({ totals }) => totalColumns.every((column) => totals[column] === 0));
}

function totalsTable(report: RunReport, colours: TextColours): string[] {
  const rows = totalRows(report).map(({ title, totals }) => ({
    title,
    cells: totalColumns.map((column) => ({ column, count: totals[column] })),
  }));
  const titleWidth = Math.max(...rows.map(({ title }) => title.length));
  const widths = totalColumns.map((column, index) =>
    Math.max(column.length, ...rows.map(({ cells }) => formatCount(cells[index]!.count).length)),
  );
  const header = totalColumns.map((column, index) => column.padStart(widths[index]!)).join('  ');
  return [
    colours.dim(`${' '.repeat(titleWidth)}  ${header}`),
    ...rows.map(({ title, cells }) => {
      const texts = cells.map(({ column, count }, index) => {
        const text = formatCount(count).padStart(widths[index]!);
        if (count === 0) return colours.dim(text);
        return column === 'failed' ? colours.red(text) : column === 'skipped' ? colours.yellow(text) : text;
      });
      return `${title.padEnd(titleWidth)}  ${texts.join('  ')}`;
    }),
  ];
}

function requests({ total, retried }: RequestTotals): string {
  return retried === 0 ? formatCount(total) : `${formatCount(total)} (${formatCount(retried)} retried)`;
}

function groupLines(group: FindingGroup, colours: TextColours, most: number): string[] {
  const hidden = group.findings.length - most;
  const count = group.kind === 'error' ? '' : ` (${formatCount(group.findings.length)})`;
  return [
    colours[colourOfGroup[group.kind]](`${group.title}${count}`),
    ...group.findings.slice(0, most).flatMap((finding) => findingLines(finding, colours)),
    ...(hidden > 0 ? [colours.dim(`  and ${formatCount(hidden)} more`)] : []),
  ];
}

function findingLines({ ref, message, hint, count }: Finding, colours: TextColours): string[] {
  const times = count > 1 ? ` (${formatCount(count)} times)` : '';
  const subject = ref === '' ? '' : `${colours.bold(printable(ref))}: `;
  const first = `  ${subject}${printable(message)}${times}`;
  return hint === undefined ? [first] : [first, `    ${colours.dim(printable(hint))}`];
}
