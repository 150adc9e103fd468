import type { PipelineReport, RunReport } from '@flowmeta/connector';
import { drawTaskGraph } from '../drawing/draw-task-graph.js';
import { formatAge, formatCount, formatDuration, formatInstant } from '../rendering/format.js';
import { safeUrl } from '../rendering/safe-url.js';
import { linkToSubject, type Subjects, subjectsOf } from './lineage/subjects.js';
import { outcomeTones, stateLooks } from './states.js';

/**
 * What the page's script shows of a pipeline when it is opened. Everything is worded, checked and laid out here, so that the
 * script only puts texts and coordinates into elements.
 */
export function pipelineDetails(report: RunReport) {
  const lineage = report.lineage === undefined ? undefined : subjectsOf(report.lineage);
  return report.pipelines.map((pipeline) => ({
    name: pipeline.name,
    title: pipeline.displayName ?? pipeline.name,
    badges: [
      { text: pipeline.outcome, tone: outcomeTones[pipeline.outcome] },
      ...(pipeline.enabled ? [] : [{ text: 'disabled', tone: 'faint' }]),
      ...(pipeline.degraded === undefined ? [] : [{ text: 'degraded', tone: 'warn' }]),
    ],
    url: safeUrl(pipeline.sourceUrl),
    lineage: lineageLink(lineage, pipeline.name),
    degraded: pipeline.degraded,
    description: pipeline.description,
    facts: factsOf(pipeline),
    labels: pipeline.labels.map(({ key, value }) => `${key}: ${value}`),
    runs: runsOf(pipeline, report.endedAt),
    tasks: pipeline.tasks.map(({ name, type, branch, enabled }) => [
      name,
      type ?? '',
      branch ?? '',
      enabled ? '' : 'off',
    ]),
    graph: graphOf(pipeline),
  }));
}

function lineageLink(subjects: Subjects | undefined, name: string): string | undefined {
  const subject = subjects?.all[subjects.ofPipeline.get(name) ?? -1];
  return subject === undefined ? undefined : linkToSubject(subject);
}

function factsOf({ name, namespace, fqn, schedules, owners, runs }: PipelineReport): [string, string][] {
  const states = Object.entries(runs.byState).map(([state, count]) => `${formatCount(count)} ${state}`);
  const written = [`${formatCount(runs.read)} read`, `${formatCount(runs.written)} written`];
  if (runs.unchanged > 0) written.push(`${formatCount(runs.unchanged)} unchanged`);
  if (runs.failed > 0) written.push(`${formatCount(runs.failed)} failed to be written`);
  const facts: [string, string][] = [
    ['Name', name],
    ['Namespace', namespace ?? ''],
    ['In the catalog', fqn ?? ''],
    [
      schedules.length === 1 ? 'Schedule' : 'Schedules',
      schedules.map(({ id, cron, timezone }) => `${cron}${timezone ? ` (${timezone})` : ''}, trigger ${id}`).join('\n'),
    ],
    [owners.length === 1 ? 'Owner' : 'Owners', owners.join('\n')],
    ['Runs', written.join(', ')],
    ['States', states.join(', ')],
  ];
  return facts.filter(([, value]) => value !== '');
}

function runsOf({ runs }: PipelineReport, now: number) {
  const longest = runs.latest.reduce(
    (most, { startedAt, endedAt }) => Math.max(most, (endedAt ?? startedAt) - startedAt),
    0,
  );
  return runs.latest.map(({ id, state, startedAt, endedAt, url }) => ({
    id,
    state,
    ...(stateLooks[state] ?? stateLooks.unknown),
    started: formatInstant(startedAt),
    age: formatAge(startedAt, now),
    took: endedAt === undefined ? 'open' : formatDuration(endedAt - startedAt),
    /** Of the longest run shown, percent. */
    share: endedAt === undefined || longest === 0 ? 0 : Math.round(((endedAt - startedAt) / longest) * 100),
    url: safeUrl(url),
  }));
}

/** Short keys and arrays: a report may hold a thousand graphs. */
function graphOf(pipeline: PipelineReport) {
  const { width, height, boxes, arrows, frames, undrawn } = drawTaskGraph(pipeline);
  const numberOf = new Map(boxes.map(({ task }, index) => [task, index]));
  return {
    size: [width, height],
    boxes: boxes.map(({ x, y, width, height, label, type, branch, enabled }) => [
      x,
      y,
      width,
      height,
      label,
      type,
      branch,
      enabled ? 1 : 0,
    ]),
    names: boxes.map(({ task, label }) => (task === label ? '' : task)),
    arrows: arrows.map(({ from, to, path, back }) => [numberOf.get(from)!, numberOf.get(to)!, path, back ? 1 : 0]),
    frames: frames.map(({ x, y, width, height, title, branch }) => [x, y, width, height, title, branch]),
    undrawn,
  };
}
