import type { TaskRun } from '@flowmeta/connector';
import type { KestraTaskRun } from '@flowmeta/kestra-client';
import { type ReadState, readState, severity, supersededStates } from './states.js';

export interface TaskRunContext {
  /** The names of the pipeline's tasks, in their order. */
  tasks: ReadonlySet<string>;
  /** Whether task runs that ran in none of `tasks` are kept, by the name of the outermost; default false. */
  keepsOthers?: boolean;
  /** Where the run's log is. */
  url: string;
  onState?: (state: ReadState) => void;
}

interface Share {
  state: ReadState;
  /** 0 for a task run that only adds to that of its parent. */
  attempts: number;
  isSuperseded: boolean;
}

/**
 * One task run per task of the pipeline: attempts, iterations and retries are taken together. The worst state speaks for
 * all, the first start and the last end frame them, and there is no end while one is open. Task runs of what is no task
 * of the pipeline (dynamic ones such as dbt models, steps that ForEachItem adds) count for the task they ran in.
 */
export function aggregateTaskRuns(
  taskRuns: readonly KestraTaskRun[],
  { tasks, keepsOthers = false, url, onState }: TaskRunContext,
): TaskRun[] {
  let byId: ReadonlyMap<string, KestraTaskRun> | undefined;
  const enclosingTask = (taskRun: KestraTaskRun) => {
    byId ??= new Map(taskRuns.map((each) => [each.id, each]));
    return taskOf(taskRun, byId, { tasks, keepsOthers });
  };
  const shares = new Map<string, Share[]>();
  for (const taskRun of taskRuns) {
    const task = tasks.has(taskRun.taskId) ? taskRun.taskId : enclosingTask(taskRun);
    if (task === undefined) continue;
    const state = readState(taskRun.state);
    onState?.(state);
    const attempts = task === taskRun.taskId ? Math.max(1, taskRun.attempts.length) : 0;
    const known = shares.get(task);
    const share = { state, attempts, isSuperseded: supersededStates.has(state.sourceState) };
    if (known === undefined) shares.set(task, [share]);
    else known.push(share);
  }
  const aggregated: TaskRun[] = [];
  for (const task of keepsOthers ? new Set([...tasks, ...shares.keys()]) : tasks) {
    const all = shares.get(task);
    if (all !== undefined) aggregated.push(together(task, all, url));
  }
  return aggregated;
}

/**
 * The task of the pipeline that a task run counts for: its own, or the nearest one that it ran in. Where there is none, the
 * outermost that it ran in, if others are kept.
 */
function taskOf(
  taskRun: KestraTaskRun,
  byId: ReadonlyMap<string, KestraTaskRun>,
  { tasks, keepsOthers }: { tasks: ReadonlySet<string>; keepsOthers: boolean },
): string | undefined {
  const visited = new Set<string>();
  let current: KestraTaskRun | undefined = taskRun;
  let outermost = taskRun;
  while (current !== undefined && !visited.has(current.id)) {
    if (tasks.has(current.taskId)) return current.taskId;
    visited.add(current.id);
    outermost = current;
    current = current.parentTaskRunId === undefined ? undefined : byId.get(current.parentTaskRunId);
  }
  return keepsOthers ? outermost.taskId : undefined;
}

function together(task: string, shares: readonly Share[], url: string): TaskRun {
  const states = shares.map(({ state }) => state);
  const lasting = shares.length === 1 ? shares : shares.filter(({ isSuperseded }) => !isSuperseded);
  const counted = (lasting.length > 0 ? lasting : shares).map(({ state }) => state);
  const worst = counted.reduce((one, other) => (rank(other) < rank(one) ? other : one));
  const attempts = Math.max(
    1,
    shares.reduce((sum, share) => sum + share.attempts, 0),
  );
  // What took the place of a task run is a further try of its iteration.
  const iterations = lasting.filter((share) => share.attempts > 0).length;
  const taskRun: TaskRun = {
    task,
    state: worst.state,
    sourceState: worst.sourceState,
    attempts,
    retries: attempts - Math.max(1, iterations),
    url,
  };
  const startedAt = extreme(states, 'startedAt', Math.min);
  if (startedAt !== undefined) taskRun.startedAt = startedAt;
  const isOpen = counted.some(({ endedAt }) => endedAt === undefined);
  const endedAt = isOpen ? undefined : extreme(states, 'endedAt', Math.max);
  if (endedAt !== undefined) taskRun.endedAt = endedAt;
  return taskRun;
}

const rank = ({ state }: ReadState): number => severity.indexOf(state);

/** The first or last of those instants that are known. */
function extreme(
  states: readonly ReadState[],
  instant: 'startedAt' | 'endedAt',
  choose: (one: number, other: number) => number,
): number | undefined {
  let found: number | undefined;
  for (const { [instant]: ms } of states) {
    if (ms !== undefined) found = found === undefined ? ms : choose(found, ms);
  }
  return found;
}
