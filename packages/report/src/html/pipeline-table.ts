import type { PipelineReport, RunReport } from '@flowmeta/connector';
import { formatAge, formatAmount, formatCount, formatDuration, formatInstant } from '../rendering/format.js';
import { type Content, html, type Markup } from '../rendering/markup.js';
import { safeUrl } from '../rendering/safe-url.js';
import { linkToPipeline } from './link-to-pipeline.js';
import { outcomeTones, stateLooks } from './states.js';

const columns = [
  { key: 'name', title: 'Pipeline' },
  { key: 'namespace', title: 'Namespace' },
  { key: 'outcome', title: 'Outcome' },
  { key: 'schedule', title: 'Schedule' },
  { key: 'tasks', title: 'Tasks' },
  { key: 'runs', title: 'Runs' },
  { key: 'last', title: 'Last run' },
] as const;

/** All pipelines in a table that the page's script searches, filters and sorts; it is readable without the script too. */
export function pipelineTable(report: RunReport): Markup {
  const { pipelines } = report;
  const services = distinct(pipelines.map(serviceOf));
  return html`<section id="list" aria-labelledby="list-title"><h2 id="list-title">Pipelines</h2>
<form class="controls" role="search">
<input id="search" type="search" placeholder="Search name, namespace, label, owner, schedule" aria-label="Search pipelines" autocomplete="off" spellcheck="false">
${select('namespace', 'Namespace', distinct(pipelines.map(({ namespace }) => namespace ?? '')))}
${select('outcome', 'Outcome', distinct(pipelines.map(({ outcome }) => outcome)))}
${select('state', 'Last run', distinct(pipelines.map(({ runs }) => runs.latest[0]?.state ?? 'none')))}
<output id="shown" for="search">${formatAmount(pipelines.length, 'pipeline')}</output>
</form>
<div class="table"><table id="pipelines"><thead><tr>${columns.map(
    ({ key, title }) =>
      html`<th scope="col" class="${key}"><button type="button" data-sort="${key}">${title}</button></th>`,
  )}</tr></thead>
<tbody>
${pipelines.map((pipeline) => row(pipeline, { now: report.endedAt, showsService: services.length > 1 }))}
</tbody></table><p id="none" hidden>No pipeline matches.</p></div></section>`;
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value !== '').sort();
}

function select(name: string, title: string, values: readonly string[]): Markup {
  return html`<select id="${name}" aria-label="${title}"><option value="">${title}: all</option>${values.map(
    (value) => html`<option value="${value}">${value}</option>`,
  )}</select>`;
}

/** The pipeline service of the catalog; nothing for a pipeline that the catalog does not have. */
function serviceOf({ fqn = '' }: PipelineReport): string {
  const [, quoted, plain = ''] = /^(?:"((?:[^"]|"")*)"|([^."]*))/.exec(fqn) ?? [];
  return quoted?.replaceAll('""', '"') ?? plain;
}

function row(pipeline: PipelineReport, { now, showsService }: { now: number; showsService: boolean }): Markup {
  const { name, displayName, namespace = '', outcome, runs } = pipeline;
  const last = runs.latest[0];
  const schedules = pipeline.schedules.map(({ cron }) => cron);
  const words = [
    name,
    displayName ?? '',
    namespace,
    pipeline.fqn ?? '',
    ...pipeline.labels.map(({ key, value }) => `${key}:${value}`),
    ...pipeline.owners,
    ...schedules,
  ];
  return html`<tr data-pipeline="${name}" data-search="${words.join('\n').toLowerCase()}" data-name="${displayName ?? name}" data-namespace="${namespace}" data-outcome="${outcome}" data-state="${last?.state ?? 'none'}" data-schedule="${schedules.join(' ')}" data-tasks="${pipeline.tasks.length}" data-runs="${runs.read}" data-last="${last?.startedAt ?? 0}">
<td class="name"><a href="${linkToPipeline(name)}">${breakable(displayName ?? name)}</a>${fullName(pipeline)}</td>
<td class="namespace">${breakable(namespace)}${
    showsService ? html`<span class="sub">${breakable(serviceOf(pipeline))}</span>` : undefined
  }</td>
<td class="outcome">${badges(pipeline)}</td>
<td class="schedule">${pipeline.schedules.map(
    ({ cron, timezone }) =>
      html`<code>${cron}</code>${timezone === undefined ? undefined : html` <span class="sub">${timezone}</span>`}`,
  )}</td>
<td class="tasks">${formatCount(pipeline.tasks.length)}</td>
<td class="runs"><span class="strip">${runs.latest.toReversed().map(runSquare)}</span>${
    runs.read > runs.latest.length ? html`<span class="sub">of ${formatCount(runs.read)}</span>` : undefined
  }</td>
<td class="last">${
    last === undefined
      ? html`<span class="sub">none</span>`
      : html`${last.state} <span class="sub">${formatAge(last.startedAt, now)}</span>`
  }</td></tr>`;
}

/** The name in full; where the namespace's column already says the rest of it, only when that column is not shown. */
function fullName({ name, displayName, namespace }: PipelineReport): Markup | undefined {
  if (displayName === undefined || displayName === name) return undefined;
  const isImplied = name === `${namespace}.${displayName}`;
  return html`<span class="${isImplied ? 'sub implied' : 'sub'}">${breakable(name)}</span>`;
}

/** Lets a long name go on in the next line after a dot, a dash or an underscore. */
function breakable(text: string): Content {
  return text.split(/(?<=[._-])(?=[^._-])/).map((part, index) => (index === 0 ? part : html`<wbr>${part}`));
}

/** What became of the pipeline, and what is special about it. */
function badges({ outcome, enabled, degraded }: PipelineReport): Markup[] {
  return [
    html`<span class="badge ${outcomeTones[outcome]}">${outcome}</span>`,
    ...(enabled ? [] : [html` <span class="badge faint">disabled</span>`]),
    ...(degraded === undefined ? [] : [html` <span class="badge warn">degraded</span>`]),
  ];
}

function runSquare({ state, startedAt, endedAt, url }: PipelineReport['runs']['latest'][number]): Markup {
  const took = endedAt === undefined ? 'open' : formatDuration(endedAt - startedAt);
  const title = `${state}, ${formatInstant(startedAt)}, ${took}`;
  const { tone, sign } = stateLooks[state] ?? stateLooks.unknown;
  const target = safeUrl(url);
  return target === undefined
    ? html`<span class="run ${tone}" role="img" aria-label="${title}" title="${title}">${sign}</span>`
    : html`<a class="run ${tone}" href="${target}" target="_blank" rel="noopener noreferrer" aria-label="${title}" title="${title}">${sign}</a>`;
}
