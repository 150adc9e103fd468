import type { Pipeline, Schedule } from '../model.js';
import { duplicates, isWebAddress } from './value-rules.js';

const of = (pipeline: Pipeline): string => `pipeline "${pipeline.name}"`;

/** What each rule about single pipelines finds wrong with one. */
export const pipelineRules = {
  'pipelines-unique': nameViolations,
  'tasks-unique': taskViolations,
  'edges-closed': edgeViolations,
  'schedules-valid': scheduleViolations,
  'addresses-open': addressViolations,
  'details-whole': detailViolations,
} satisfies Record<string, (pipeline: Pipeline) => string[]>;

/** What is wrong with a pipeline, one sentence each; empty when nothing is. */
export function pipelineViolations(pipeline: Pipeline): string[] {
  return Object.values(pipelineRules).flatMap((violations) => violations(pipeline));
}

function nameViolations(pipeline: Pipeline): string[] {
  return pipeline.name.trim() === '' ? ['a pipeline has an empty name'] : [];
}

function taskViolations(pipeline: Pipeline): string[] {
  const names = pipeline.tasks.map((task) => task.name);
  const found = duplicates(names).map((name) => `${of(pipeline)}: two tasks are called "${name}"`);
  if (names.some((name) => name.trim() === '')) found.push(`${of(pipeline)}: a task has an empty name`);
  return found;
}

function edgeViolations(pipeline: Pipeline): string[] {
  const names = new Set(pipeline.tasks.map((task) => task.name));
  const arrows = pipeline.edges.map(({ from, to }) => `${from} → ${to}`);
  const found = duplicates(arrows).map((arrow) => `${of(pipeline)}: the edge ${arrow} is there twice`);
  for (const { from, to } of pipeline.edges) {
    if (from === to) found.push(`${of(pipeline)}: task "${from}" has an edge to itself`);
    for (const end of new Set([from, to])) {
      if (!names.has(end)) found.push(`${of(pipeline)}: the edge ${from} → ${to} names "${end}", which is no task`);
    }
  }
  return found;
}

function scheduleViolations(pipeline: Pipeline): string[] {
  const found = duplicates(pipeline.schedules.map((schedule) => schedule.id)).map(
    (id) => `${of(pipeline)}: two schedules are called "${id}"`,
  );
  for (const schedule of pipeline.schedules) {
    found.push(...timeViolations(schedule).map((violation) => `${of(pipeline)}: ${violation}`));
  }
  return found;
}

function timeViolations({ id, cron, timezone }: Schedule): string[] {
  const found: string[] = [];
  if (id.trim() === '') found.push('a schedule has an empty id');
  const fields = cron.trim().split(/\s+/).length;
  if (!/^@[a-z]+$/.test(cron) && fields !== 5 && fields !== 6) {
    found.push(`schedule "${id}": "${cron}" is no cron of five or six fields and no nickname`);
  }
  if (timezone !== undefined && !isTimeZone(timezone))
    found.push(`schedule "${id}": "${timezone}" is no IANA time zone`);
  return found;
}

function addressViolations(pipeline: Pipeline): string[] {
  const places: [string, string | undefined][] = [
    ['sourceUrl', pipeline.sourceUrl],
    ...pipeline.tasks.map((task): [string, string | undefined] => [
      `the sourceUrl of task "${task.name}"`,
      task.sourceUrl,
    ]),
  ];
  return places.flatMap(([place, url]) =>
    url === undefined || isWebAddress(url)
      ? []
      : [`${of(pipeline)}: ${place} is no absolute http(s) address without credentials`],
  );
}

function detailViolations(pipeline: Pipeline): string[] {
  const found: string[] = [];
  const { degraded, concurrency, labels, inputs, owners } = pipeline;
  if (degraded?.trim() === '') found.push(`${of(pipeline)}: degraded gives no reason`);
  if (concurrency !== undefined && !(Number.isInteger(concurrency) && concurrency > 0)) {
    found.push(`${of(pipeline)}: concurrency ${concurrency} is no whole number above 0`);
  }
  if (labels.some((label) => label.key.trim() === '')) found.push(`${of(pipeline)}: a label has an empty key`);
  for (const name of duplicates(inputs.map((input) => input.name))) {
    found.push(`${of(pipeline)}: two inputs are called "${name}"`);
  }
  if (owners.some(({ name, origin }) => name.trim() === '' || origin.trim() === '')) {
    found.push(`${of(pipeline)}: an owner lacks its name or its origin`);
  }
  return found;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
