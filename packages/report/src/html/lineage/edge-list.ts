import type { ColumnMapping, LineageGraph, LineageLink } from '@flowmeta/connector';
import { formatAmount, formatCount } from '../../rendering/format.js';
import { html, type Markup } from '../../rendering/markup.js';
import { printable } from '../../rendering/printable.js';
import { outcomeTones } from '../states.js';
import { linkToSubject, type Subject, type Subjects } from './subjects.js';

/** What keeps the page small; the rest is counted, and is in the JSON. */
const mostEntries = 4_000;
const longestStatement = 4_000;
const allStatements = 1_500_000;
const mostColumns = 60;
const allColumns = 20_000;

/** Edges into one place that say the same but for where they come from. */
interface Entry {
  links: { link: LineageLink; number: number }[];
}

/** All edges with what shows them, statement and columns. The page's script shows those of what is selected. */
export function edgeList(graph: LineageGraph, subjects: Subjects): Markup {
  const entries = entriesOf(graph);
  const shown = entries.slice(0, mostEntries);
  const room = { statements: allStatements, columns: allColumns };
  const hidden = entries.slice(mostEntries).reduce((sum, { links }) => sum + links.length, 0);
  return html`<ul id="lineage-edges">
${shown.map((entry) => entryItem(entry, { subjects, room }))}
</ul>${hidden > 0 ? html`<p class="note">${formatAmount(hidden, 'further edge')} are drawn but not listed; the report as JSON has them.</p>` : undefined}`;
}

function entriesOf(graph: LineageGraph): Entry[] {
  const entries = new Map<string, Entry>();
  const statements = new Map<string, number>();
  graph.edges.forEach((link, number) => {
    const { to, pipeline = '', description, sql = '', evidence = '', outcome = '' } = link;
    // A long statement is a key of its own, so that it is not copied for each edge.
    const statement = statements.get(sql) ?? statements.size;
    statements.set(sql, statement);
    const key = JSON.stringify([to, pipeline, description, statement, evidence, outcome]);
    const known = entries.get(key);
    if (known === undefined) entries.set(key, { links: [{ link, number }] });
    else known.links.push({ link, number });
  });
  return [...entries.values()];
}

interface Room {
  statements: number;
  columns: number;
}

function entryItem({ links }: Entry, { subjects, room }: { subjects: Subjects; room: Room }): Markup {
  const { to, pipeline, description, sql, evidence, outcome } = links[0]!.link;
  const subject = (id: string): Subject | undefined => subjects.all[subjects.ofNode.get(id) ?? -1];
  const by = subjects.all[subjects.ofPipeline.get(pipeline ?? '') ?? -1];
  return html`<li data-links="${links.map(({ number }) => number).join(' ')}"><p class="ends">${links.map(
    ({ link }, index) => html`${index === 0 ? undefined : ', '}${name(subject(link.from), link.from)}`,
  )} <span class="arrow" aria-label="to">→</span> ${name(subject(to), to)}</p>
<p class="sub">${by === undefined ? undefined : html`by ${name(by, pipeline!)} · `}<bdi>${printable(description)}</bdi>${
    evidence === 'run' ? html` <span class="badge pause">seen in runs only</span>` : undefined
  }${outcome === undefined ? undefined : html` <span class="badge ${tones[outcome]}">${outcome}</span>`}</p>${statement(sql, room)}${columns(
    links.map(({ link }) => ({ from: subject(link.from)?.title ?? link.from, columns: link.columns ?? [] })),
    room,
  )}</li>`;
}

const tones: Readonly<Record<NonNullable<LineageLink['outcome']>, string>> = { ...outcomeTones, filtered: 'faint' };

function name(subject: Subject | undefined, id: string): Markup {
  if (subject === undefined) return html`<bdi>${printable(id)}</bdi>`;
  return html`<a href="${linkToSubject(subject)}"><bdi>${breakable(subject.label)}</bdi></a>`;
}

/** Lets a long name go on in the next line after a dot, a slash, a dash or an underscore. */
function breakable(text: string): Markup[] {
  return text
    .split(/(?<=[._/-])(?=[^._/-])/)
    .map((part, index) => html`${index === 0 ? undefined : html`<wbr>`}${part}`);
}

function statement(sql: string | undefined, room: Room): Markup | undefined {
  if (sql === undefined || sql === '') return undefined;
  const text = sql.length > longestStatement ? cut(sql) : sql;
  if (text.length > room.statements) {
    return html`<p class="sub">The statement is left out to keep the page small; the report as JSON has it.</p>`;
  }
  room.statements -= text.length;
  const rest = sql.length - text.length;
  return html`<details><summary>SQL</summary><pre dir="ltr"><code>${harmless(text)}</code></pre>${
    rest > 0 ? html`<p class="sub">${formatAmount(rest, 'character')} more</p>` : undefined
  }</details>`;
}

/** Without half of a character at the end. */
function cut(text: string): string {
  return text.slice(0, longestStatement).replace(/[\ud800-\udbff]$/, '');
}

/** Keeps the lines, but no sign that turns the writing direction: it would show another statement. */
function harmless(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]|[\p{Surrogate}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}

function columns(
  sources: readonly { from: string; columns: readonly ColumnMapping[] }[],
  room: Room,
): Markup | undefined {
  const all = sources.flatMap(({ from, columns }) => columns.map((mapping) => ({ from, mapping })));
  if (all.length === 0) return undefined;
  const shown = all.slice(0, Math.min(mostColumns, room.columns));
  room.columns -= shown.length;
  const several = sources.length > 1;
  const rows = shown.map(({ from, mapping }) => columnRow(mapping, several ? from : undefined));
  const rest = all.length - shown.length;
  return html`<details><summary>${formatAmount(all.length, 'column mapping')}</summary><table class="plain"><tbody>${rows}</tbody></table>${
    rest > 0 ? html`<p class="sub">and ${formatCount(rest)} more</p>` : undefined
  }</details>`;
}

function columnRow({ from, to, expression, except = [] }: ColumnMapping, source: string | undefined): Markup {
  const names = from.map((column) => printable(source === undefined ? column : `${source}.${column}`)).join(', ');
  return html`<tr><td><bdi>${names === '' ? '–' : names}</bdi>${
    except.length === 0 ? undefined : html` <span class="sub">but ${printable(except.join(', '))}</span>`
  }</td><td>→</td><td><bdi>${printable(to)}</bdi>${
    expression === undefined ? undefined : html` <code>${printable(expression)}</code>`
  }</td></tr>`;
}
