import { type Content, formatAmount, formatCount, html, type Markup, printable } from '@flowmeta/report/rendering';
import { formatRate } from '../format.js';
import { type TopList, topLists, totalText, unusedText, windowText } from '../summary.js';
import type { HealthReport } from '../types.js';
import { breakable } from './breakable.js';
import { activityChart, outcomeBar, outcomeLegend, shareBar } from './charts.js';
import { toneOf, usedBy } from './statistics-table.js';

const healthSigns = { HEALTHY: '✓', WARNING: '!', CRITICAL: '✕', IDLE: '–' } as const;

/** The title, and the totals as tiles. */
export function header(report: HealthReport): Markup {
  const { total, types, groups, health } = report;
  const count = (level: string): number => types.filter((type) => type.health === level).length;
  const levels = (['CRITICAL', 'WARNING', 'HEALTHY', 'IDLE'] as const).filter((level) => count(level) > 0);
  return html`<header class="top">
<p class="eyebrow">Flowmeta plugin health</p>
<h1><span class="sign ${toneOf(health)}" aria-hidden="true">${healthSigns[health]}</span>${health}</h1>
<p class="when">${windowText(report)}</p>
<p class="when">${totalText(report)}</p>
</header>
<section class="tiles" aria-label="Totals">
<div class="tile"><p class="what">Task runs</p><p class="big">${formatCount(total.count)}</p>${outcomeBar(total)}${outcomeLegend(total)}</div>
<div class="tile"><p class="what">Failure rate</p><p class="big">${total.failureRate === undefined ? '-' : formatRate(total.failureRate)}</p>${activityChart(total)}</div>
<div class="tile"><p class="what">Task types</p><p class="big">${formatCount(types.length)}<span class="unit">of ${formatAmount(groups.length, 'plugin')}</span></p>
<ul class="legend">${levels.map((level) => html`<li><i class="dot ${toneOf(level)}"></i>${formatCount(count(level))} ${level.toLowerCase()}</li>`)}</ul></div>
${installedTile(report)}
</section>`;
}

function installedTile({ installed }: HealthReport): Markup {
  if (!installed)
    return html`<div class="tile"><p class="what">Installed types</p><p class="big">?</p><p class="sub">not asked</p></div>`;
  const unused = installed.unused.reduce((sum, { types }) => sum + types.length, 0);
  return html`<div class="tile"><p class="what">Installed types</p><p class="big">${formatCount(installed.count)}</p>
<ul class="legend"><li><i class="dot bad"></i>${formatCount(installed.missing.length)} missing</li>${installed.isPartial ? [] : html`<li><i class="dot faint"></i>${formatCount(unused)} unused</li>`}</ul></div>`;
}

/** The lists of the first ten, side by side. */
export function tops(report: HealthReport): Content {
  const lists = topLists(report);
  return lists.length === 0
    ? undefined
    : html`<section class="columns" aria-label="Top lists">${lists.map(top)}</section>`;
}

function top({ title, entries }: TopList): Markup {
  const largest = Math.max(...entries.map(({ measure }) => measure));
  return html`<div class="tile top-list"><h2>${title}</h2><ol>${entries.map(
    ({ type, value, measure }) =>
      html`<li><p><span class="name">${breakable(type.type)}</span> <span class="value">${value}</span></p>${shareBar(measure, largest)}</li>`,
  )}</ol></div>`;
}

/** What is missing or of unknown type; nothing of what is empty. */
export function problems({ installed, unknown }: HealthReport): Content {
  const { missing = [] } = installed ?? {};
  return [
    group(
      { title: 'Used but not installed', tone: 'bad', isOpen: true },
      missing.map(
        ({ type, pipelines }) =>
          html`<li><b>${breakable(type)}</b> breaks ${formatAmount(pipelines.length, 'pipeline')}<p class="sub">${names(pipelines)}</p></li>`,
      ),
    ),
    group(
      { title: 'Tasks of unknown type', tone: 'warn', isOpen: unknown.failures > 0 },
      unknown.tasks.map(
        ({ pipeline, revision, task, count, failures }) =>
          html`<li><b>${breakable(pipeline)}</b> ${revision === undefined ? undefined : `revision ${printable(revision)}, `}task ${breakable(task)}: ${formatAmount(count, 'task run')}, ${formatCount(failures)} failed</li>`,
      ),
    ),
  ];
}

/** What did not run, and what is not used; nothing of what is empty. */
export function idle({ types, installed }: HealthReport): Content {
  const { unused = [] } = installed ?? {};
  return [
    group(
      { title: 'Task types that did not run', tone: 'calm', isOpen: false },
      types
        .filter(({ count }) => count === 0)
        .map(
          (type) =>
            html`<li><b>${breakable(type.type)}</b> ${usedBy(type)}${
              type.trend.kind === 'compared'
                ? `; ${formatAmount(type.trend.before.count, 'task run')} in the window before`
                : undefined
            }</li>`,
        ),
    ),
    group(
      { title: 'Plugins with installed but unused types', tone: 'faint', isOpen: false },
      unused.map(
        (plugin) =>
          html`<li><b>${breakable(plugin.group)}</b> ${unusedText(plugin)}<p class="sub">${names(plugin.types)}</p>${
            plugin.namedByDisabled.length > 0
              ? html`<p class="sub">Disabled pipelines name ${names(plugin.namedByDisabled)}.</p>`
              : undefined
          }</li>`,
      ),
    ),
  ];
}

const names = (all: readonly string[]): string => all.map(printable).join(', ');

function group(
  { title, tone, isOpen }: { title: string; tone: string; isOpen: boolean },
  items: readonly Markup[],
): Content {
  if (items.length === 0) return undefined;
  return html`<details class="group"${isOpen ? html` open` : undefined}><summary><i class="dot ${tone}"></i><b>${title}</b> <span class="count">${formatCount(items.length)}</span></summary><ul>${items}</ul></details>`;
}
