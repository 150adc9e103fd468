import type { SourceEvent } from '@flowmeta/connector';
import type { KestraExecution } from '@flowmeta/kestra-client';
import { pipelineName } from './pipeline-name.js';
import type { FlowIndex, IndexedFlow } from './read-context.js';
import { readState } from './states.js';

/** An execution that is read, with its pipeline's name and what is remembered of that. */
export interface WantedRun {
  execution: KestraExecution;
  pipeline: string;
  flow: IndexedFlow;
}

/** A run that is wanted, or the event that says why one isn't. */
export type RunChoice = { wanted: WantedRun } | { leftOut: SourceEvent };

export interface Window {
  since: number;
  until: number;
}

export const isWithinWindow = ({ state }: KestraExecution, { since, until }: Window): boolean => {
  const { startedAt = since } = readState(state);
  return startedAt >= since && startedAt < until;
};

/** Sorts out runs whose pipeline was left out, or no longer exists: both are normal. Those that are not wanted are neighbours. */
export async function* chooseRuns(
  executions: AsyncIterable<KestraExecution> | Iterable<KestraExecution>,
  index: FlowIndex,
  isWanted: (execution: KestraExecution) => boolean = () => true,
): AsyncGenerator<RunChoice> {
  for await (const execution of executions) {
    const pipeline = pipelineName(execution.namespace, execution.flowId);
    const flow = index.get(pipeline);
    if (!isWanted(execution)) {
      if (flow !== undefined && !('leftOut' in flow)) yield* neighbour({ execution, pipeline, flow });
    } else if (flow === undefined) yield leftOut(execution, 'its pipeline no longer exists');
    else if ('leftOut' in flow) yield leftOut(execution, flow.leftOut);
    else yield { wanted: { execution, pipeline, flow } };
  }
}

/**
 * Only so many of the newest runs of each pipeline, in the order in which they came. They are known only at the end, so
 * that `limit` runs per pipeline are held in memory.
 */
export async function* newestRuns(choices: AsyncIterable<RunChoice>, limit: number): AsyncGenerator<RunChoice> {
  const newest = new Map<string, Set<WantedRun>>();
  const kept = new Set<WantedRun>();
  for await (const choice of choices) {
    if ('leftOut' in choice) {
      yield choice;
      continue;
    }
    const { wanted } = choice;
    const runs = newest.get(wanted.pipeline) ?? new Set();
    newest.set(wanted.pipeline, runs.add(wanted));
    kept.add(wanted);
    if (runs.size <= limit) continue;
    const oldest = [...runs].reduce((one, other) => (startOf(other) < startOf(one) ? other : one));
    runs.delete(oldest);
    kept.delete(oldest);
    yield leftOut(oldest.execution, 'numberOfStatus');
    yield* neighbour(oldest);
  }
  for (const wanted of kept) yield { wanted };
}

const startOf = ({ execution }: WantedRun): number => readState(execution.state).startedAt ?? Number.NEGATIVE_INFINITY;

function* neighbour({ execution, pipeline }: WantedRun): Generator<RunChoice> {
  const { startedAt } = readState(execution.state);
  if (startedAt === undefined) return;
  yield { leftOut: { kind: 'neighbour', run: { id: execution.id, pipeline, startedAt } } };
}

function leftOut({ id }: KestraExecution, reason: string): RunChoice {
  return { leftOut: { kind: 'filtered', item: 'run', ref: id, reason } };
}
