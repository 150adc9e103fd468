import type { Run, RunState, TaskRun } from '@flowmeta/connector';
import type { Dialect } from './client/dialects.js';
import type { DagRun, TaskInstance } from './client/wire.js';
import { instantOf, isOpen, severity, stateOf } from './states.js';

/** Ids of runs are unique within their DAG only, whose id has no slash. */
export const runName = ({ dag_id, dag_run_id }: Pick<DagRun, 'dag_id' | 'dag_run_id'>): string =>
  `${dag_id}/${dag_run_id}`;

/** What `runName` was made of. */
export function partsOfRun(name: string): { dag: string; run: string } | undefined {
  const slash = name.indexOf('/');
  return slash <= 0 || slash === name.length - 1
    ? undefined
    : { dag: name.slice(0, slash), run: name.slice(slash + 1) };
}

export interface RunContext {
  /** Address of the UI. */
  address: string;
  dialect: Pick<Dialect, 'pages'>;
  /** The names of the pipeline's tasks, in their order. */
  tasks: ReadonlySet<string>;
  /** Starts of the tries of an instance that was tried again, ms. */
  tryStarts?: ReadonlyMap<TaskInstance, readonly number[]>;
  /** Called with each word for a state that is not known here. */
  onUnknownState?: (word: string) => void;
}

/**
 * A run that has started, with the tasks of the pipeline that the scheduler has looked at.
 *
 * @throws Error when it has no start: it can't be placed in time.
 */
export function toRun(run: DagRun, instances: readonly TaskInstance[], context: RunContext): Run {
  const { address, dialect, tasks, onUnknownState } = context;
  const startedAt = instantOf(run.start_date);
  if (startedAt === undefined) throw new Error(`Run ${runName(run)} has no start date.`);
  const state = stateOf(run.state);
  if (state === 'unknown') onUnknownState?.(run.state);
  const endedAt = isOpen(state) ? undefined : instantOf(run.end_date);
  const version = run.dag_versions?.at(-1)?.version_number;
  const trigger = { ...(run.triggered_by && { id: run.triggered_by }), ...(run.run_type && { type: run.run_type }) };
  const byTask = new Map<string, TaskInstance[]>();
  for (const instance of instances) byTask.set(instance.task_id, [...(byTask.get(instance.task_id) ?? []), instance]);
  return {
    id: runName(run),
    pipeline: run.dag_id,
    state,
    sourceState: run.state,
    startedAt,
    ...(endedAt !== undefined && { endedAt: Math.max(startedAt, endedAt) }),
    ...(typeof version === 'number' && { revision: String(version) }),
    url: address + dialect.pages.run(run.dag_id, run.dag_run_id),
    ...(Object.keys(trigger).length > 0 && { trigger }),
    taskRuns: [...tasks].flatMap((task) => {
      const taskRun = toTaskRun(task, byTask.get(task) ?? [], context);
      return taskRun === undefined
        ? []
        : [{ ...taskRun, url: address + dialect.pages.taskRun(run.dag_id, run.dag_run_id, task) }];
    }),
  };
}

/** All instances of one task as one; nothing where none was looked at yet. One that was removed says nothing of the task. */
function toTaskRun(
  task: string,
  instances: readonly TaskInstance[],
  { tryStarts, onUnknownState }: Pick<RunContext, 'tryStarts' | 'onUnknownState'>,
): TaskRun | undefined {
  const parts = instances.flatMap((instance) => {
    const { state: word } = instance;
    if (!word || word === 'removed' || word === 'none') return [];
    const state = stateOf(word);
    if (state === 'unknown') onUnknownState?.(word);
    return [{ instance, word, state }];
  });
  const [worst] = [...parts].sort((one, other) => rank(one.state) - rank(other.state));
  if (worst === undefined) return undefined;
  const starts = parts.flatMap(({ instance }) => [
    ...(tryStarts?.get(instance) ?? []),
    ...defined(instantOf(instance.start_date)),
  ]);
  const ends = parts.flatMap(({ instance }) => defined(instantOf(instance.end_date)));
  const tries = parts.map(({ instance }) => Math.max(1, instance.try_number ?? 1));
  const attempts = tries.reduce((sum, each) => sum + each, 0);
  const startedAt = starts.length > 0 ? Math.min(...starts) : undefined;
  const hasEnded = parts.every(({ state }) => !isOpen(state)) && ends.length > 0;
  return {
    task,
    state: worst.state,
    sourceState: worst.word,
    ...(startedAt !== undefined && { startedAt }),
    ...(hasEnded && !isOpen(worst.state) && { endedAt: Math.max(startedAt ?? 0, ...ends) }),
    attempts,
    retries: attempts - parts.length,
  };
}

const rank = (state: RunState): number => severity.indexOf(state);
const defined = (value: number | undefined): number[] => (value === undefined ? [] : [value]);
