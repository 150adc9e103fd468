import { formatAmount, formatCount, formatDuration, printable, safeUrl } from '@flowmeta/report/rendering';
import { countChange, p95Change } from './columns.js';
import { shorten } from './shorten.js';
import { notesOf, someNames, topLists, totalText, windowText } from './summary.js';
import type { Health, HealthReport, TypeHealth } from './types.js';

/** The body of a POST to an incoming webhook of Slack, or of what understands the same. */
export interface SlackPayload {
  /** What notifications show, and receivers that know no blocks. */
  text: string;
  blocks: SlackBlock[];
}

export type SlackBlock =
  | { type: 'header'; text: { type: 'plain_text'; text: string } }
  | { type: 'section'; text: SlackText }
  | { type: 'context'; elements: SlackText[] };

/** `verbatim`: no address or name in it becomes a link or a mention by itself. */
export interface SlackText {
  type: 'mrkdwn';
  text: string;
  verbatim: true;
}

export interface SlackOptions {
  /** Where the whole report is; only http and https addresses without credentials become a link. */
  link?: string;
}

/** What Slack takes in one text. */
const longestText = 3_000;
const longestName = 120;
/** The lines of one list; more are counted. */
const mostLines = 10;

const signs: Readonly<Record<Health, string>> = {
  HEALTHY: ':large_green_circle:',
  WARNING: ':large_yellow_circle:',
  CRITICAL: ':red_circle:',
  IDLE: ':white_circle:',
};

/**
 * The report in short as a Slack message: health, totals, what is missing, the top lists. Fewer than 50 blocks of at most
 * 3,000 characters. Names can't become markup, links or mentions.
 */
export function slackPayload(report: HealthReport, { link }: SlackOptions = {}): SlackPayload {
  const title = `Plugin health: ${report.health}`;
  const { installed, unknown } = report;
  const url = safeUrl(link);
  const target = url && `<${escapeText(url.replaceAll('|', '%7C'))}|Full report>`;
  const blocks: SlackBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: title } },
    section([`${signs[report.health]} ${totalText(report)}`, windowText(report)]),
    ...(installed && installed.missing.length > 0
      ? [
          list(
            `Used but not installed (${formatAmount(installed.missing.length, 'type')})`,
            installed.missing.map(({ type, pipelines }) => `${code(type)} breaks ${someNames(pipelines.map(code))}`),
          ),
        ]
      : []),
    ...topLists(report).map(({ title: heading, entries }) =>
      list(
        heading,
        entries.map(({ type, value }) => `${signs[type.health]} ${code(type.type)} ${value}${trendText(type)}`),
      ),
    ),
    ...(unknown.count > 0
      ? [
          section([
            `*Of unknown type:* ${formatAmount(unknown.count, 'task run')}, ${formatCount(unknown.failures)} failed`,
          ]),
        ]
      : []),
    ...(installed && installed.unused.length > 0
      ? [section([`*Installed but unused:* ${someNames(installed.unused.map(({ group }) => code(group)))}`])]
      : []),
    ...contexts([...notesOf(report).map(escapeText), ...(target && target.length <= longestText ? [target] : [])]),
  ];
  return { text: `${title}. ${totalText(report)}`, blocks };
}

function trendText(type: TypeHealth): string {
  const { trend, duration } = type;
  if (trend.kind === 'new') return ', new';
  const p95 = duration ? `, p95 ${formatDuration(duration.p95)} (${p95Change(type)})` : '';
  return `, runs ${countChange(type)}${p95}`;
}

function list(title: string, lines: readonly string[]): SlackBlock {
  const hidden = lines.length - mostLines;
  return section([
    `*${title}*`,
    ...lines.slice(0, mostLines).map((line) => `• ${line}`),
    ...(hidden > 0 ? [`and ${formatCount(hidden)} more`] : []),
  ]);
}

/** As many of the lines as Slack takes, whole ones: half of a name or of an entity would say something else. */
function section(lines: readonly string[]): SlackBlock {
  let text = lines[0]!;
  for (const line of lines.slice(1)) {
    if (text.length + 3 + line.length > longestText) {
      text += '\n…';
      break;
    }
    text += `\n${line}`;
  }
  return { type: 'section', text: { type: 'mrkdwn', text, verbatim: true } };
}

function contexts(texts: readonly string[]): SlackBlock[] {
  if (texts.length === 0) return [];
  return [{ type: 'context', elements: texts.map((text) => ({ type: 'mrkdwn', text, verbatim: true })) }];
}

/** A name as code, where Slack knows no other markup; there is no way to write a backtick in it. */
function code(name: string): string {
  return `\`${escapeText(shorten(printable(name).replaceAll('`', "'"), longestName))}\``;
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
