import { escapeText, formatAmount, formatCount, table } from '@flowmeta/report/rendering';
import { columns } from './columns.js';
import { idleText, notesOf, topLists, totalText, unusedText, windowText } from './summary.js';
import type { HealthReport, HealthStatistics } from './types.js';

/** How many names one cell or item lists, the rest is counted. */
const mostNames = 20;

/**
 * The report as GitHub-flavoured Markdown, for a pull request, an issue or a wiki: the same sections as the text. All names are
 * escaped.
 */
export function renderHealthMarkdown(report: HealthReport): string {
  const { groups, types, installed, unknown } = report;
  const blocks = [
    `# Plugin health: ${report.health}`,
    `${windowText(report)}  \n${totalText(report)}`,
    section(
      'Plugins',
      statisticsTable(
        'plugin',
        groups.filter(({ count }) => count > 0).map((group) => [group.group, group] as const),
      ),
    ),
    section(
      'Task types',
      statisticsTable(
        'type',
        types.filter(({ count }) => count > 0).map((type) => [type.type, type] as const),
      ),
    ),
    idleText(report) ?? '',
    ...topLists(report).map(({ title, entries }) =>
      section(
        title,
        entries.map(({ type, value }, index) => `${index + 1}. ${escapeText(type.type)}: ${value}`),
      ),
    ),
    ...(installed
      ? [
          section(
            'Used but not installed',
            installed.missing.map(
              ({ type, pipelines }) =>
                `- **${escapeText(type)}** breaks ${formatAmount(pipelines.length, 'pipeline')}: ${names(pipelines)}`,
            ),
          ),
          section(
            'Installed but unused',
            installed.unused.map((unused) => {
              const { group, types: ofGroup, namedByDisabled } = unused;
              const disabled = namedByDisabled.length > 0 ? `; disabled pipelines name ${names(namedByDisabled)}` : '';
              return `- **${escapeText(group)}**, ${unusedText(unused)}: ${names(ofGroup)}${disabled}`;
            }),
          ),
        ]
      : []),
    section('Task runs of unknown type', [
      ...(unknown.tasks.length > 0
        ? table(
            ['pipeline', 'revision', 'task', 'runs', 'failed'],
            unknown.tasks.map(({ pipeline, revision = '', task, count, failures }) => [
              escapeText(pipeline),
              escapeText(revision),
              escapeText(task),
              formatCount(count),
              formatCount(failures),
            ]),
          )
        : []),
    ]),
    notesOf(report)
      .map((note) => `> ${note}`)
      .join('\n>\n'),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [`## ${title}`, '', ...lines].join('\n');
}

function statisticsTable(first: string, rows: readonly (readonly [string, HealthStatistics])[]): string[] {
  if (rows.length === 0) return [];
  return table(
    [first, ...columns.map(({ title }) => title)],
    rows.map(([name, statistics]) => [escapeText(name), ...columns.map(({ text }) => text(statistics))]),
  );
}

function names(all: readonly string[]): string {
  const hidden = all.length - mostNames;
  return `${all.slice(0, mostNames).map(escapeText).join(', ')}${hidden > 0 ? ` and ${formatCount(hidden)} more` : ''}`;
}
