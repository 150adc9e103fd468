import { type Content, formatAmount, formatCount, formatDuration, html, type Markup } from '@flowmeta/report/rendering';
import { countChange, p95Change, rateChange } from '../columns.js';
import { formatRate } from '../format.js';
import { activePlugins, shortName } from '../summary.js';
import type { GroupHealth, Health, HealthReport, HealthStatistics, TypeHealth } from '../types.js';
import { breakable } from './breakable.js';
import { activityChart, outcomeBar } from './charts.js';

const tones: Readonly<Record<Health, string>> = { HEALTHY: 'good', WARNING: 'warn', CRITICAL: 'bad', IDLE: 'calm' };
const headings = ['Health', 'Task runs', 'Outcome', 'Failed', 'p50', 'p95', 'Mean', 'Retries', 'Against before'];

function badge(health: Health): Markup {
  return html`<span class="badge ${tones[health]}">${health}</span>`;
}

export const toneOf = (health: Health): string => tones[health];

/** What ran: the plugins, each with its types under it. */
export function statisticsTable(report: HealthReport): Markup {
  const plugins = activePlugins(report);
  if (plugins.length === 0) return html`<p class="table empty">Nothing ran.</p>`;
  return html`<div class="table"><table><thead><tr><th scope="col">Plugin</th>${headings.map(
    (heading) => html`<th scope="col">${heading}</th>`,
  )}</tr></thead>
${plugins.map(
  ({ group, types, isSingle }) => html`<tbody>
${isSingle ? types.map(singleRow) : [groupRow(group), types.map(typeRow)]}
</tbody>
`,
)}</table></div>`;
}

function groupRow(group: GroupHealth): Markup {
  return html`<tr class="group"><th scope="rowgroup">${breakable(group.group)}<span class="sub">${usedBy(group)}</span></th>${cells(group)}</tr>`;
}

function typeRow(type: TypeHealth): Markup {
  return html`<tr><th scope="row">${breakable(shortName(type))}${flowControl(type)}<span class="sub">${usedBy(type)}</span></th>${cells(type)}</tr>`;
}

function singleRow(type: TypeHealth): Markup {
  return html`<tr class="group"><th scope="row">${breakable(type.type)}${flowControl(type)}<span class="sub">${usedBy(type)}</span></th>${cells(type)}</tr>`;
}

function flowControl({ isContainer }: TypeHealth): Content {
  return isContainer ? html` <span class="badge faint">flow control</span>` : undefined;
}

/** How many pipelines name a type, or types of a plugin. */
export function usedBy({ pipelines }: { pipelines: number }): string {
  return pipelines === 0 ? 'no enabled pipeline names it' : `in ${formatAmount(pipelines, 'pipeline')}`;
}

function cells(statistics: HealthStatistics): Content {
  const { count, failures, failureRate, open, duration, retries, health } = statistics;
  const rate = failureRate === undefined ? undefined : html`<span class="sub">${formatRate(failureRate)}</span>`;
  const duringOpen = open > 0 ? html`<span class="sub">${formatCount(open)} open</span>` : undefined;
  const time = (milliseconds: number | undefined): Content =>
    html`<td class="number">${milliseconds === undefined ? '-' : formatDuration(milliseconds)}</td>`;
  return [
    html`<td>${badge(health)}</td>`,
    html`<td class="number runs">${formatCount(count)}${duringOpen}${activityChart(statistics)}</td>`,
    html`<td class="outcome">${outcomeBar(statistics)}</td>`,
    html`<td class="number${failures > 0 ? ' failed' : ''}">${formatCount(failures)}${rate}</td>`,
    time(duration?.p50),
    time(duration?.p95),
    time(duration?.mean),
    html`<td class="number">${formatCount(retries)}</td>`,
    html`<td class="trend">${trend(statistics)}</td>`,
  ];
}

function trend(statistics: HealthStatistics): Content {
  const { kind } = statistics.trend;
  if (kind !== 'compared') return kind === 'new' ? html`<span class="badge info">new</span>` : '-';
  return [
    { what: 'runs', change: countChange(statistics) },
    { what: 'rate', change: rateChange(statistics) },
    { what: 'p95', change: p95Change(statistics) },
  ]
    .filter(({ change }) => change !== '-')
    .map(({ what, change }) => html`<span>${what} ${change}</span>`);
}
