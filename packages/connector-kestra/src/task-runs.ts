import type { TaskRun } from '@flowmeta/connector';
import type { KestraTaskRun } from '@flowmeta/kestra-client';
import { type ReadState, readState, severity, supersededStates } from './states.js';

export interface TaskRunContext {
  /** The names of the pipeline's tasks, in their order. */
  tasks: ReadonlySet<string>;
  /** Where the run's log is. */
  url: string;
  onState?: (state: ReadState) => void;
}

interface Share extends ReadState {
  /** 0 for a task run that only adds to that of its parent. */
  attempts: number;
}

/**
 * One task run per task of the pipeline: attempts, iterations and retries are taken together. The worst state speaks for
 * all, the first start and the last end frame them, and there is no end while one is open. Task runs of what is no task
 * of the pipeline (dynamic ones such as dbt models, steps that ForEachItem adds) count for the task they ran in.
 */
export function aggregateTaskRuns(
  taskRuns: readonly KestraTaskRun[],
  { tasks, url, onState }: TaskRunContext,
): TaskRun[] {
  let byId: ReadonlyMap<string, KestraTaskRun> | undefined;
  const enclosingTask = (taskRun: KestraTaskRun) => {
    byId ??= new Map(taskRuns.map((each) => [each.id, each]));
    return taskOf(taskRun, byId, tasks);
  };
  const shares = new Map<string, Share[]>();
  for (const taskRun of taskRuns) {
    const task = tasks.has(taskRun.taskId) ? taskRun.taskId : enclosingTask(taskRun);
    if (task === undefined) continue;
    const state = readState(taskRun.state);
    onState?.(state);
    const attempts = task === taskRun.taskId ? Math.max(1, taskRun.attempts.length) : 0;
    const known = shares.get(task);
    if (known === undefined) shares.set(task, [{ ...state, attempts }]);
    else known.push({ ...state, attempts });
  }
  return [...tasks].flatMap((task) => {
    const all = shares.get(task);
    return all === undefined ? [] : [{ task, ...together(all), url }];
  });
}

/** The task of the pipeline that a task run counts for: its own, or the nearest one that it ran in. */
function taskOf(
  taskRun: KestraTaskRun,
  byId: ReadonlyMap<string, KestraTaskRun>,
  tasks: ReadonlySet<string>,
): string | undefined {
  const visited = new Set<string>();
  let current: KestraTaskRun | undefined = taskRun;
  while (current !== undefined && !visited.has(current.id)) {
    if (tasks.has(current.taskId)) return current.taskId;
    visited.add(current.id);
    current = current.parentTaskRunId === undefined ? undefined : byId.get(current.parentTaskRunId);
  }
  return undefined;
}

function together(shares: readonly Share[]): Omit<TaskRun, 'task' | 'url'> {
  // Nearly always there is one, and there are very many task runs.
  if (shares.length === 1) return { ...shares[0]!, attempts: Math.max(1, shares[0]!.attempts) };
  const lasting = shares.filter(({ sourceState }) => !supersededStates.has(sourceState));
  const counted = lasting.length > 0 ? lasting : shares;
  const worst = counted.reduce((one, other) => (rank(other) < rank(one) ? other : one));
  const starts = shares.flatMap(({ startedAt }) => startedAt ?? []);
  const ends = shares.flatMap(({ endedAt }) => endedAt ?? []);
  const isOpen = counted.some(({ endedAt }) => endedAt === undefined);
  return {
    state: worst.state,
    sourceState: worst.sourceState,
    ...(starts.length > 0 && { startedAt: earliest(starts) }),
    ...(!isOpen && ends.length > 0 && { endedAt: latest(ends) }),
    attempts: Math.max(
      1,
      shares.reduce((sum, { attempts }) => sum + attempts, 0),
    ),
  };
}

const rank = ({ state }: ReadState): number => severity.indexOf(state);

// Not by spreading into Math.min: a loop may have more iterations than a call may have arguments.
const earliest = (instants: readonly number[]): number => instants.reduce((one, other) => Math.min(one, other));
const latest = (instants: readonly number[]): number => instants.reduce((one, other) => Math.max(one, other));
