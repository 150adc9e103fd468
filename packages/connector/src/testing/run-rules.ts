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

const of = (run: Run): string => `run "${run.id}" of "${run.pipeline}"`;

/** What each rule about single runs finds wrong with one. */
export const runRules = {
  'runs-unique': idViolations,
  'times-in-ms': timeViolations,
  'runs-in-window': windowViolations,
  'task-runs-folded': taskRunViolations,
  'states-told': stateViolations,
  'addresses-open': addressViolations,
} satisfies Record<string, (run: Run, frame: RunFrame) => string[]>;

/** What is wrong with a run, one sentence each; empty when nothing is. */
export function runViolations(run: Run, frame: RunFrame = {}): string[] {
  return Object.values(runRules).flatMap((violations) => violations(run, frame));
}

function idViolations(run: Run): string[] {
  return run.id.trim() === '' ? [`a run of "${run.pipeline}" has an empty id`] : [];
}

function timeViolations(run: Run): string[] {
  const found: string[] = [];
  if (!isPlausibleInstant(run.startedAt)) found.push(`${of(run)}: startedAt ${run.startedAt} is no instant in ms`);
  found.push(...endViolations(run, of(run)));
  for (const taskRun of run.taskRuns) {
    const part = `${of(run)}, task "${taskRun.task}"`;
    if (taskRun.startedAt !== undefined && !isPlausibleInstant(taskRun.startedAt)) {
      found.push(`${part}: startedAt ${taskRun.startedAt} is no instant in ms`);
    }
    found.push(...endViolations(taskRun, part));
  }
  return found;
}

function endViolations({ startedAt, endedAt }: Pick<TaskRun, 'startedAt' | 'endedAt'>, what: string): string[] {
  if (endedAt === undefined) return [];
  if (!isPlausibleInstant(endedAt)) return [`${what}: endedAt ${endedAt} is no instant in ms`];
  return startedAt !== undefined && endedAt < startedAt ? [`${what}: it ended before it started`] : [];
}

function windowViolations(run: Run, { since = -Infinity, until = Infinity }: RunFrame): string[] {
  const isInside = run.startedAt >= since && run.startedAt < until;
  return isInside ? [] : [`${of(run)}: startedAt ${run.startedAt} lies outside the window that was asked for`];
}

function taskRunViolations(run: Run, { pipeline }: RunFrame): string[] {
  const tasks = pipeline && new Set(pipeline.tasks.map((task) => task.name));
  const found = duplicates(run.taskRuns.map((taskRun) => taskRun.task)).map(
    (name) => `${of(run)}: task "${name}" has two task runs; they belong folded into one`,
  );
  for (const { task, attempts, retries = 0 } of run.taskRuns) {
    const part = `${of(run)}, task "${task}"`;
    if (tasks?.has(task) === false) found.push(`${of(run)}: a task run names "${task}", which its pipeline lacks`);
    if (!Number.isInteger(attempts) || attempts < 1) {
      found.push(`${part}: attempts ${attempts} is no whole number from 1`);
    }
    if (!Number.isInteger(retries) || retries < 0 || retries >= Math.max(1, attempts)) {
      found.push(`${part}: retries ${retries} is no whole number from 0 and below the attempts`);
    }
  }
  return found;
}

function stateViolations(run: Run): string[] {
  const found: string[] = [];
  const parts: [string, Pick<TaskRun, 'state' | 'sourceState' | 'endedAt'>][] = [
    [of(run), run],
    ...run.taskRuns.map((taskRun): [string, TaskRun] => [`${of(run)}, task "${taskRun.task}"`, taskRun]),
  ];
  for (const [what, { state, sourceState, endedAt }] of parts) {
    if (sourceState === '') found.push(`${what}: sourceState is empty`);
    if (openStates.has(state) && endedAt !== undefined) found.push(`${what}: it is ${state} and yet has an end`);
  }
  return found;
}

function addressViolations(run: Run): string[] {
  const places: [string, string | undefined][] = [
    ['url', run.url],
    ...run.taskRuns.map(({ task, url }): [string, string | undefined] => [`the url of task "${task}"`, url]),
  ];
  return places.flatMap(([place, url]) =>
    url === undefined || isWebAddress(url)
      ? []
      : [`${of(run)}: ${place} is no absolute http(s) address without credentials`],
  );
}

/** What is wrong with an edge of lineage, one sentence each; empty when nothing is. */
export function lineageViolations({ from, to, description }: LineageEdge): string[] {
  const names = [from, to].map(nameOf);
  const edge = `lineage ${names.join(' → ')}`;
  const found: string[] = [];
  if (names.some((name) => name.trim() === '')) found.push(`${edge}: an end has no name`);
  if (referenceKey(from) === referenceKey(to)) found.push(`${edge}: it leads to itself`);
  if (description.trim() === '') found.push(`${edge}: its description is empty`);
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
