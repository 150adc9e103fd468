import type { Pipeline, Schedule } from '../model.js';
import { duplicates, isWebAddress } from './value-rules.js';

/** What is wrong with a pipeline, one sentence each; empty when nothing is. */
export function pipelineViolations(pipeline: Pipeline): string[] {
  const of = `pipeline "${pipeline.name}"`;
  const found: string[] = [];
  if (pipeline.name.trim() === '') found.push('a pipeline has an empty name');
  if (pipeline.sourceUrl !== undefined && !isWebAddress(pipeline.sourceUrl)) {
    found.push(`${of}: sourceUrl "${pipeline.sourceUrl}" is no absolute http(s) address without credentials`);
  }
  if (pipeline.degraded?.trim() === '') found.push(`${of}: degraded gives no reason`);
  if (pipeline.concurrency !== undefined && !(Number.isInteger(pipeline.concurrency) && pipeline.concurrency > 0)) {
    found.push(`${of}: concurrency ${pipeline.concurrency} is no whole number above 0`);
  }
  found.push(...taskViolations(pipeline, of), ...edgeViolations(pipeline, of));
  for (const id of duplicates(pipeline.schedules.map((schedule) => schedule.id))) {
    found.push(`${of}: two schedules are called "${id}"`);
  }
  for (const schedule of pipeline.schedules) {
    found.push(...scheduleViolations(schedule).map((violation) => `${of}: ${violation}`));
  }
  for (const label of pipeline.labels) {
    if (label.key.trim() === '') found.push(`${of}: a label has an empty key`);
  }
  for (const name of duplicates(pipeline.inputs.map((input) => input.name))) {
    found.push(`${of}: two inputs are called "${name}"`);
  }
  for (const owner of pipeline.owners) {
    if (owner.name.trim() === '' || owner.origin.trim() === '')
      found.push(`${of}: an owner lacks its name or its origin`);
  }
  return found;
}

function taskViolations(pipeline: Pipeline, of: string): string[] {
  const found = duplicates(pipeline.tasks.map((task) => task.name)).map(
    (name) => `${of}: two tasks are called "${name}"`,
  );
  for (const task of pipeline.tasks) {
    if (task.name.trim() === '') found.push(`${of}: a task has an empty name`);
    if (task.sourceUrl !== undefined && !isWebAddress(task.sourceUrl)) {
      found.push(`${of}: the sourceUrl of task "${task.name}" is no absolute http(s) address without credentials`);
    }
  }
  return found;
}

function edgeViolations(pipeline: Pipeline, of: string): string[] {
  const names = new Set(pipeline.tasks.map((task) => task.name));
  const arrows = pipeline.edges.map(({ from, to }) => `${from} → ${to}`);
  const found = duplicates(arrows).map((arrow) => `${of}: the edge ${arrow} is there twice`);
  for (const { from, to } of pipeline.edges) {
    if (from === to) found.push(`${of}: task "${from}" has an edge to itself`);
    for (const end of new Set([from, to])) {
      if (!names.has(end)) found.push(`${of}: the edge ${from} → ${to} names "${end}", which is no task`);
    }
  }
  return found;
}

function scheduleViolations({ id, cron, timezone }: Schedule): string[] {
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

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
