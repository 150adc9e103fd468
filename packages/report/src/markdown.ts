import type { PipelineReport, RunReport } from '@flowmeta/connector';
import { lineageSection } from './lineage/markdown.js';
import { formatCount, formatDuration, formatInstant } from './rendering/format.js';
import { escapeText, table } from './rendering/markdown-text.js';
import { safeUrl } from './rendering/safe-url.js';
import { findingGroups, notesOf, otherChanges, outcomeTitle, totalColumns, totalRows } from './summary.js';

/**
 * The report as GitHub-flavoured Markdown, for a pull request, an issue or a chat: outcome, totals, findings, and a table
 * of the pipelines. All text of the source is escaped.
 */
export function renderMarkdown(report: RunReport): string {
  const blocks = [
    `# Flowmeta: ${outcomeTitle(report)}`,
    [
      `- **Source:** ${escapeText(report.source.description)}`,
      `- **Catalog:** ${escapeText(report.target.description)}, service ${escapeText(report.target.service)}`,
      `- **Started:** ${formatInstant(report.startedAt)}, took ${formatDuration(report.endedAt - report.startedAt)}`,
      `- **Runs:** from ${formatInstant(report.window.since)} to ${formatInstant(report.window.until)}`,
    ].join('\n'),
    ...notesOf(report).map((note) => `> ${note}`),
    totals(report),
    ...findingGroups(report).map(({ title, explanation, findings }) =>
      [
        `## ${title}`,
        '',
        explanation,
        '',
        ...findings.map(({ ref, message, hint, count }) => {
          const times = count > 1 ? ` (${formatCount(count)} times)` : '';
          return `- ${ref === '' ? '' : `**${escapeText(ref)}**: `}${escapeText(message)}${times}${hint === undefined ? '' : ` _${escapeText(hint)}_`}`;
        }),
      ].join('\n'),
    ),
    ...(report.lineage === undefined ? [] : lineageSection(report.lineage)),
    pipelines(report),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function totals(report: RunReport): string {
  const rows = totalRows(report).map(({ title, totals }) => [
    title,
    ...totalColumns.map((column) => formatCount(totals[column])),
  ]);
  const { source, target } = report.requests;
  return [
    ...table(['', ...totalColumns], rows),
    '',
    `${otherChanges(report)
      .map((change) => `${change}. `)
      .join(
        '',
      )}Requests: ${formatCount(source.total)} to the source, ${formatCount(target.total)} to the catalog; ${formatCount(source.retried + target.retried)} retried.`,
  ].join('\n');
}

function pipelines(report: RunReport): string {
  if (report.pipelines.length === 0) return '';
  const rows = report.pipelines.map((pipeline) => [
    link(pipeline),
    `${pipeline.outcome}${pipeline.enabled ? '' : ', disabled'}`,
    pipeline.schedules.map(({ cron, timezone }) => escapeText(timezone ? `${cron} (${timezone})` : cron)).join(', '),
    formatCount(pipeline.tasks.length),
    formatCount(pipeline.runs.read),
    lastRun(pipeline),
  ]);
  return ['## Pipelines', '', ...table(['name', 'outcome', 'schedule', 'tasks', 'runs', 'last run'], rows)].join('\n');
}

function link({ name, sourceUrl }: PipelineReport): string {
  const url = safeUrl(sourceUrl);
  return url === undefined ? escapeText(name) : `[${escapeText(name)}](<${url}>)`;
}

function lastRun({ runs }: PipelineReport): string {
  const run = runs.latest[0];
  return run === undefined ? '' : `${run.state}, ${formatInstant(run.startedAt)}`;
}
