import { formatAmount, formatCount, plain, printable, type TextColours } from '@flowmeta/report/rendering';
import { type Column, columns } from './columns.js';
import { shorten } from './shorten.js';
import {
  type ActivePlugin,
  activePlugins,
  idleText,
  notesOf,
  shortName,
  someNames,
  topLists,
  totalText,
  unusedText,
  windowText,
} from './summary.js';
import type { Health, HealthReport, HealthStatistics } from './types.js';

export interface TextOptions {
  /** Absent: no colours. */
  colours?: TextColours;
  /** How many characters a line may have, 60 at least; columns that don't fit are left out. Default 120. */
  width?: number;
  /** How many pipelines, plugins or tasks each list names, the rest is counted; default 20. */
  items?: number;
}

const colourOfHealth = { HEALTHY: 'green', WARNING: 'yellow', CRITICAL: 'red', IDLE: 'dim' } as const satisfies Record<
  Health,
  keyof TextColours
>;
/** Columns go until the names have so much room. */
const roomForNames = 36;

/**
 * The report for a terminal: a table of plugins and their types, the top lists, what is missing, unused or of unknown
 * type, and notes. Plain lines that end with a line end. Control characters in names are replaced, so that they can't
 * drive the terminal.
 */
export function renderHealthText(report: HealthReport, options: TextOptions = {}): string {
  const { colours = plain, items = 20 } = options;
  const width = Math.max(60, options.width ?? 120);
  const title = `Plugin health: ${report.health}`;
  const sections = [
    [
      colours[colourOfHealth[report.health]](colours.bold(title)),
      shorten(windowText(report), width),
      shorten(totalText(report), width),
    ],
    table(report, { colours, width }),
    ...topLists(report).map((list) => [
      colours.bold(list.title),
      ...aligned(
        list.entries.map(({ type, value }) => [printable(type.type), value] as const),
        width,
      ),
    ]),
    ...listSections(report, { colours, width, items }),
    notesOf(report).flatMap((note) => wrapped(note, width).map(colours.dim)),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

interface Layout {
  colours: TextColours;
  width: number;
}

function table(report: HealthReport, { colours, width }: Layout): string[] {
  const idle = idleText(report);
  const more = idle === undefined ? [] : [colours.dim(idle)];
  const rows = activePlugins(report).flatMap(rowsOf);
  if (rows.length === 0) return more.length > 0 ? more : ['No task types.'];
  const all = columns.map((column) => {
    const texts = rows.map(({ statistics }) => column.text(statistics));
    return { column, texts, width: Math.max(column.title.length, ...texts.map(({ length }) => length)) };
  });
  const longest = Math.max(...rows.map(({ name }) => Array.from(name).length));
  const wanted = Math.min(longest, roomForNames);
  let shown = all;
  const used = (): number => shown.reduce((sum, each) => sum + each.width + 2, 0);
  while (shown.length > 2 && used() + wanted > width) {
    const last = Math.max(...shown.map(({ column }) => column.order));
    shown = shown.filter(({ column }) => column.order !== last);
  }
  const nameWidth = Math.max(1, Math.min(longest, width - used()));
  const line = (name: string, cells: readonly string[]): string => [name, ...cells].join('  ').trimEnd();
  return [
    colours.dim(
      line(
        ' '.repeat(nameWidth),
        shown.map(({ column, width: room }) => pad(column, column.title, room)),
      ),
    ),
    ...rows.map(({ name, statistics, isGroup }, row) => {
      const text = padEnd(shorten(name, nameWidth), nameWidth);
      return line(
        isGroup ? colours.bold(text) : text,
        shown.map(({ column, texts, width: room }) =>
          tinted(column, pad(column, texts[row]!, room), statistics, colours),
        ),
      );
    }),
    ...more,
  ];
}

interface Row {
  name: string;
  statistics: HealthStatistics;
  isGroup: boolean;
}

/** A plugin and under it its types, or one row where it has only one. */
function rowsOf({ group, types, isSingle }: ActivePlugin): Row[] {
  if (isSingle) return types.map((type) => ({ name: printable(type.type), statistics: type, isGroup: true }));
  return [
    { name: printable(group.group), statistics: group, isGroup: true },
    ...types.map((type) => ({ name: `  ${printable(shortName(type))}`, statistics: type, isGroup: false })),
  ];
}

const pad = ({ title }: Column, text: string, room: number): string =>
  title === 'health' ? text.padEnd(room) : text.padStart(room);

const padEnd = (text: string, room: number): string => text + ' '.repeat(Math.max(0, room - Array.from(text).length));

function tinted({ title }: Column, text: string, statistics: HealthStatistics, colours: TextColours): string {
  if (title === 'health') return colours[colourOfHealth[statistics.health]](text);
  if (title === 'failed' && statistics.failures > 0) return colours.red(text);
  return /^ *(0|-)$/.test(text) ? colours.dim(text) : text;
}

function listSections({ installed, unknown }: HealthReport, { colours, width, items }: Layout & { items: number }) {
  const sections: string[][] = [];
  const add = (title: string, lines: readonly string[]): void => {
    if (lines.length === 0) return;
    const hidden = lines.length - items;
    sections.push([
      title,
      ...lines.slice(0, items).map((line) => shorten(line, width)),
      ...(hidden > 0 ? [colours.dim(`  and ${formatCount(hidden)} more`)] : []),
    ]);
  };
  if (installed) {
    add(
      colours.red(`Used but not installed (${formatAmount(installed.missing.length, 'type')})`),
      installed.missing.map(
        ({ type, pipelines }) => `  ${printable(type)}: breaks ${someNames(pipelines.map(printable))}`,
      ),
    );
    add(
      `Installed but unused (${formatAmount(installed.unused.length, 'plugin')})`,
      installed.unused.map(
        ({ group, types, whole, namedByDisabled }) =>
          `  ${printable(group)}: ${unusedText({ types, whole })}${namedByDisabled.length > 0 ? `, ${formatCount(namedByDisabled.length)} named by disabled pipelines` : ''}`,
      ),
    );
  }
  add(
    colours.yellow(
      `Task runs of unknown type (${formatCount(unknown.count)}, ${formatCount(unknown.failures)} failed)`,
    ),
    unknown.tasks.map(
      ({ pipeline, revision, task, count }) =>
        `  ${formatCount(count)}  ${printable(pipeline)}${revision === undefined ? '' : ` revision ${printable(revision)}`}: ${printable(task)}`,
    ),
  );
  return sections;
}

function aligned(rows: readonly (readonly [name: string, value: string])[], width: number): string[] {
  const valueWidth = Math.max(...rows.map(([, value]) => value.length));
  const longest = Math.max(...rows.map(([name]) => Array.from(name).length));
  const nameWidth = Math.min(longest, width - valueWidth - 4);
  return rows.map(([name, value]) => `  ${padEnd(shorten(name, nameWidth), nameWidth)}  ${value.padStart(valueWidth)}`);
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
