import type { IncrementalOptions, RememberedRun } from '@flowmeta/connector';
import { withNeighbours } from '@flowmeta/connector/reading';
import type { KestraClient, KestraExecution, UnreadableItem } from '@flowmeta/kestra-client';
import { namespaceAbove } from './namespaces.js';
import { pipelineName } from './pipeline-name.js';
import type { FlowIndex, ReadContext } from './read-context.js';
import { chooseRuns, isWithinWindow, type RunChoice } from './run-choice.js';
import { readState } from './states.js';

/** Where runs come from: the window, and what is wanted of before it. */
export interface RunSources extends Pick<ReadContext, 'client' | 'selection' | 'signal'> {
  index: FlowIndex;
  since: number;
  until: number;
  incremental: Pick<IncrementalOptions, 'refresh' | 'openRuns' | 'runsSince'>;
  /** Ids of runs of before the window that were yielded already. */
  seen: Set<string>;
  onUnreadable: (item: UnreadableItem) => void;
}

/** The states of open executions that every version knows: a name that a server doesn't know makes it refuse the search. */
const openStates = ['CREATED', 'RUNNING', 'PAUSED', 'RESTARTED', 'KILLING'];
/** Up to so many pipelines are searched one by one. */
const mostSearches = 20;
/** The runs of the window with their neighbours, after those of before it that a pipeline wants. */
export async function* windowedRuns(sources: RunSources): AsyncGenerator<RunChoice> {
  const { client, index, selection, signal, since, until, seen, onUnreadable } = sources;
  const namespace = namespaceAbove(selection.namespaces);
  const search = { signal, onUnreadable, ...(namespace !== undefined && { namespace }) };
  const behind = await pipelinesBehind(sources);
  if (behind.size > mostSearches) {
    const earlier = { since: Math.min(...behind.values()), until: since };
    for await (const execution of client.executions({ ...search, ...withNeighbours(earlier) })) {
      if (!behind.has(nameOf(execution)) || seen.has(execution.id)) continue;
      yield* chooseRuns([execution], index, (each) => isWithinWindow(each, earlier));
    }
  } else {
    for (const [pipeline, from] of behind) {
      const flow = index.get(pipeline);
      if (flow === undefined || 'leftOut' in flow) continue;
      const { namespace: exact, id: flowId } = flow.flow;
      const earlier = { since: from, until: since };
      const search = { namespace: exact, flowId, ...withNeighbours(earlier), signal, onUnreadable };
      for await (const execution of client.executions(search)) {
        if (!seen.has(execution.id)) yield* chooseRuns([execution], index, (each) => isWithinWindow(each, earlier));
      }
    }
  }
  const window = { since, until };
  const all = client.executions({ ...search, ...withNeighbours(window) });
  yield* chooseRuns(all, index, (execution) => isWithinWindow(execution, window));
}

async function pipelinesBehind({ index, since, incremental }: RunSources): Promise<Map<string, number>> {
  const behind = new Map<string, number>();
  if (incremental.runsSince === undefined) return behind;
  for (const [pipeline, flow] of index) {
    if ('leftOut' in flow) continue;
    const from = await incremental.runsSince(pipeline);
    if (from < since) behind.set(pipeline, from);
  }
  return behind;
}

/** Runs of before the window that are open, or were when they were read last. To be read to its end before the others. */
export async function* earlierOpenRuns(sources: RunSources): AsyncGenerator<RunChoice> {
  const { client, index, selection, signal, since, incremental, seen, onUnreadable } = sources;
  const wanted = new Map<string, RememberedRun>();
  for (const remembered of incremental.refresh ?? []) {
    if (remembered.startedAt < since) wanted.set(remembered.run, remembered);
  }
  if (incremental.openRuns === true) {
    const namespace = namespaceAbove(selection.namespaces);
    const search = { signal, onUnreadable, ...(namespace !== undefined && { namespace }) };
    for await (const execution of client.executions({ ...search, since: 0, until: since, states: openStates })) {
      const { startedAt, state } = readState(execution.state);
      const pipeline = nameOf(execution);
      const flow = index.get(pipeline);
      // Those that nobody wants are not even counted: the window of an ordinary read doesn't show them either.
      if (startedAt === undefined || flow === undefined || 'leftOut' in flow) continue;
      // Approvals may wait for weeks, and be many.
      if (state === 'paused' && wanted.get(execution.id)?.state === state) wanted.delete(execution.id);
      else wanted.set(execution.id, { run: execution.id, pipeline, startedAt });
    }
  }
  for (const { run, pipeline, startedAt } of [...wanted.values()].sort((a, b) => a.startedAt - b.startedAt)) {
    if (seen.has(run)) continue;
    const flow = index.get(pipeline);
    if (flow === undefined) yield { leftOut: { kind: 'gone', run } };
    if (flow === undefined || 'leftOut' in flow) continue;
    const around = client.executions({
      namespace: flow.flow.namespace,
      flowId: flow.flow.id,
      ...withNeighbours({ since: startedAt, until: startedAt }),
      signal,
      onUnreadable,
    });
    for await (const choice of chooseRuns(around, index, ({ id }) => wanted.has(id))) {
      if ('wanted' in choice) {
        if (seen.has(choice.wanted.execution.id)) continue;
        seen.add(choice.wanted.execution.id);
      }
      yield choice;
    }
    if (!seen.has(run)) yield await singleRun(run, { client, index, signal });
  }
}

/** A run that the search doesn't show. */
async function singleRun(
  run: string,
  { client, index, signal }: { client: KestraClient; index: FlowIndex; signal: AbortSignal },
): Promise<RunChoice> {
  const execution = await client.execution(run, { signal });
  if (execution === undefined) return { leftOut: { kind: 'gone', run } };
  for await (const choice of chooseRuns([execution], index)) return choice;
  return { leftOut: { kind: 'gone', run } };
}

const nameOf = ({ namespace, flowId }: KestraExecution): string => pipelineName(namespace, flowId);
