import type { EntityTotals, RequestTotals, RunReport } from '@flowmeta/connector';
import { formatCount, formatDuration, formatInstant } from '../rendering/format.js';
import { html, type Markup } from '../rendering/markup.js';
import { findingGroups, notesOf, otherChanges, outcomeTitle } from '../summary.js';
import { findingTones } from './states.js';

/** What became of the items of one kind, in the order of the bar; `tone` is a colour of the styles. */
const shares = [
  { key: 'created', tone: 'good' },
  { key: 'updated', tone: 'info' },
  { key: 'unchanged', tone: 'calm' },
  { key: 'filtered', tone: 'faint' },
  { key: 'skipped', tone: 'warn' },
  { key: 'failed', tone: 'bad' },
] as const satisfies readonly { key: keyof EntityTotals; tone: string }[];

const outcomeTone = { done: 'good', partial: 'warn', failed: 'bad', interrupted: 'warn' } as const;
const outcomeSign = { done: '✓', partial: '!', failed: '✕', interrupted: '!' } as const;

/** The title, what went where, and the totals as tiles. */
export function header(report: RunReport): Markup {
  const { source, target, window } = report;
  return html`<header class="top">
<p class="eyebrow">Flowmeta run report</p>
<h1>${target.service}</h1>
<p class="route"><span>${source.description}</span><span class="arrow" aria-label="to">→</span><span>${target.description}</span></p>
<p class="when">Started ${formatInstant(report.startedAt)} · runs from ${formatInstant(window.since)} to ${formatInstant(window.until)} · run ${report.runId}</p>
${notesOf(report).map((note) => html`<p class="note">${note}</p>`)}
</header>
<section class="tiles" aria-label="Totals">
<div class="tile outcome ${outcomeTone[report.outcome]}"><p class="what">Outcome</p><p class="big"><span class="sign" aria-hidden="true">${outcomeSign[report.outcome]}</span>${outcomeTitle(report)}</p><p class="small">in ${formatDuration(report.endedAt - report.startedAt)}</p>
<ul class="legend">${findingGroups(report).map(
    ({ title, kind, findings }) =>
      html`<li><i class="dot ${findingTones[kind]}"></i>${formatCount(findings.length)} ${nounFor(title, findings.length)}</li>`,
  )}</ul></div>
${entityTile('Pipelines', report.totals.pipelines)}
${entityTile('Runs', report.totals.runs)}
${entityTile('Lineage edges', report.totals.edges, gapLink(report))}
${requestTile(report)}
</section>`;
}

/** Leads to what the lineage lacks. */
function gapLink({ lineage }: RunReport): Markup | undefined {
  const count = lineage?.gaps.length ?? 0;
  if (count === 0) return undefined;
  return html`<li><i class="dot warn"></i><a href="#lineage-gaps">${formatCount(count)} not resolved</a></li>`;
}

function entityTile(title: string, totals: EntityTotals, more?: Markup): Markup {
  const present = shares.map((share) => ({ ...share, count: totals[share.key] })).filter(({ count }) => count > 0);
  const whole = present.reduce((sum, { count }) => sum + count, 0);
  let start = 0;
  const segments = present.map(({ tone, count }) => {
    const width = (count / whole) * 100;
    const segment = html`<rect class="${tone}" x="${start.toFixed(2)}" width="${width.toFixed(2)}" height="6"/>`;
    start += width;
    return segment;
  });
  return html`<div class="tile"><p class="what">${title}</p><p class="big">${formatCount(totals.read)}<span class="unit">read</span></p>
<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">${segments}</svg>
<ul class="legend">${present.map(({ key, tone, count }) => html`<li><i class="dot ${tone}"></i>${formatCount(count)} ${key}</li>`)}${more}</ul></div>`;
}

function requestTile(report: RunReport): Markup {
  const { requests } = report;
  const retried = requests.source.retried + requests.target.retried;
  const facts = [
    `${formatCount(requests.source.total)} to the source`,
    `${formatCount(requests.target.total)} to the catalog`,
    ...(retried > 0 ? [`${formatCount(retried)} retried`] : []),
    ...otherChanges(report),
  ];
  return html`<div class="tile"><p class="what">Requests</p><p class="big">${formatCount(requests.source.total + requests.target.total)}</p>
<ul class="legend plain">${facts.map((fact) => html`<li>${fact}</li>`)}</ul></div>`;
}

/** How often which endpoint was called, at the end of the page. */
export function requestTables({ requests }: RunReport): Markup {
  return html`<details class="requests"><summary>Requests by endpoint</summary><div class="columns">
${requestTable('Source', requests.source)}${requestTable('Catalog', requests.target)}</div></details>`;
}

function requestTable(title: string, { byEndpoint }: RequestTotals): Markup {
  const rows = Object.entries(byEndpoint).sort(([, left], [, right]) => right - left);
  return html`<table class="plain"><caption>${title}</caption><tbody>${rows.map(
    ([endpoint, count]) =>
      html`<tr><td><code>${endpoint}</code></td><td class="number">${formatCount(count)}</td></tr>`,
  )}</tbody></table>`;
}

/** `1 warning`, `2 warnings`, `1 failed`. */
function nounFor(title: string, count: number): string {
  const noun = title.toLowerCase();
  return count === 1 ? noun.replace(/s$/, '') : noun;
}
