import { datasetLabel, referenceKey } from '../lineage-graph.js';
import type { EntityReference, LineageEdge, Pipeline, Run, RunState, TaskRun } from '../model.js';
import { duplicates, isPlausibleInstant, isWebAddress } from './value-rules.js';

const openStates: ReadonlySet<RunState> = new Set(['queued', 'running', 'paused']);

/** What a run is checked against. */
export interface RunFrame {
  /** The run's pipeline, as it was yielded before. */
  pipeline?: Pipeline;
  /** The window that was read, ms. */
  since?: number;
  until?: number;
}

/** What is wrong with a run, one sentence each; empty when nothing is. */
export function runViolations(run: Run, { pipeline, since = -Infinity, until = Infinity }: RunFrame = {}): string[] {
  const of = `run "${run.id}" of "${run.pipeline}"`;
  const found: string[] = [];
  if (run.id.trim() === '') found.push(`a run of "${run.pipeline}" has an empty id`);
  if (run.sourceState === '') found.push(`${of}: sourceState is empty`);
  if (run.url !== undefined && !isWebAddress(run.url)) {
    found.push(`${of}: url "${run.url}" is no absolute http(s) address without credentials`);
  }
  if (!isPlausibleInstant(run.startedAt)) {
    found.push(`${of}: startedAt ${run.startedAt} is no instant in ms`);
  } else if (run.startedAt < since || run.startedAt >= until) {
    found.push(`${of}: startedAt ${run.startedAt} lies outside the window that was asked for`);
  }
  found.push(...endViolations(run, of));
  const tasks = pipeline === undefined ? undefined : new Set(pipeline.tasks.map((task) => task.name));
  for (const name of duplicates(run.taskRuns.map((taskRun) => taskRun.task))) {
    found.push(`${of}: task "${name}" has two task runs; they belong folded into one`);
  }
  for (const taskRun of run.taskRuns) {
    if (tasks?.has(taskRun.task) === false)
      found.push(`${of}: a task run names "${taskRun.task}", which its pipeline lacks`);
    found.push(...taskRunViolations(taskRun, `${of}, task "${taskRun.task}"`));
  }
  return found;
}

function taskRunViolations(taskRun: TaskRun, of: string): string[] {
  const found: string[] = [];
  if (taskRun.startedAt !== undefined && !isPlausibleInstant(taskRun.startedAt)) {
    found.push(`${of}: startedAt ${taskRun.startedAt} is no instant in ms`);
  }
  if (!Number.isInteger(taskRun.attempts) || taskRun.attempts < 1) {
    found.push(`${of}: attempts ${taskRun.attempts} is no whole number from 1`);
  }
  const { retries = 0 } = taskRun;
  if (!Number.isInteger(retries) || retries < 0 || retries >= Math.max(1, taskRun.attempts)) {
    found.push(`${of}: retries ${retries} is no whole number from 0 and below the attempts`);
  }
  if (taskRun.url !== undefined && !isWebAddress(taskRun.url)) {
    found.push(`${of}: url "${taskRun.url}" is no absolute http(s) address without credentials`);
  }
  return [...found, ...endViolations(taskRun, of)];
}

function endViolations({ state, startedAt, endedAt }: Pick<TaskRun, 'state' | 'startedAt' | 'endedAt'>, of: string) {
  if (endedAt === undefined) return [];
  if (!isPlausibleInstant(endedAt)) return [`${of}: endedAt ${endedAt} is no instant in ms`];
  const found: string[] = [];
  if (openStates.has(state)) found.push(`${of}: it is ${state} and yet has an end`);
  if (startedAt !== undefined && endedAt < startedAt) found.push(`${of}: it ended before it started`);
  return found;
}

/** What is wrong with an edge of lineage, one sentence each; empty when nothing is. */
export function lineageViolations({ from, to, description }: LineageEdge): string[] {
  const names = [from, to].map(nameOf);
  const of = `lineage ${names.join(' → ')}`;
  const found: string[] = [];
  if (names.some((name) => name.trim() === '')) found.push(`${of}: an end has no name`);
  if (referenceKey(from) === referenceKey(to)) found.push(`${of}: it leads to itself`);
  if (description.trim() === '') found.push(`${of}: its description is empty`);
  return found;
}

function nameOf(end: EntityReference): string {
  switch (end.kind) {
    case 'pipeline':
      return end.name;
    case 'entity':
      return end.fqn;
    case 'dataset':
      return datasetLabel(end.dataset);
  }
}
