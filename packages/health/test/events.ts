import type { Pipeline, Run, RunState, TaskRun } from '@flowmeta/connector';

export const day = 86_400_000;
export const week = 7 * day;
/** The window of the tests. */
export const since = Date.UTC(2026, 10, 15);
export const until = since + week;

const jdbc = 'io.kestra.plugin.jdbc.postgresql';
export const types = {
  query: `${jdbc}.Query`,
  copy: `${jdbc}.CopyIn`,
  log: 'io.kestra.plugin.core.log.Log',
  parallel: 'io.kestra.plugin.core.flow.Parallel',
  forEach: 'io.kestra.plugin.core.flow.ForEach',
  http: 'io.kestra.plugin.core.http.Request',
} as const;

export function pipeline(
  name: string,
  tasks: Record<string, string | undefined>,
  over: Partial<Pipeline> = {},
): Pipeline {
  return {
    name,
    enabled: true,
    tasks: Object.entries(tasks).map(([task, type]) => ({ name: task, enabled: true, ...(type && { type }) })),
    edges: [],
    schedules: [],
    labels: [],
    owners: [],
    inputs: [],
    ...over,
  };
}

export function taskRun(task: string, state: RunState, over: Partial<TaskRun> = {}): TaskRun {
  return { task, state, sourceState: state.toUpperCase(), attempts: 1, ...over };
}

/** It took so many ms from `at` on. */
export function took(
  task: string,
  milliseconds: number,
  { at = since, state = 'succeeded' as RunState } = {},
): TaskRun {
  return taskRun(task, state, { startedAt: at, endedAt: at + milliseconds });
}

export function run(name: string, taskRuns: TaskRun[], over: Partial<Run> = {}): Run {
  return { id: 'r', pipeline: name, state: 'succeeded', sourceState: 'SUCCESS', startedAt: since, taskRuns, ...over };
}
