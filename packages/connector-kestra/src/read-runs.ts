import { type IncrementalOptions, type Run, type SourceEvent, VerdictError } from '@flowmeta/connector';
import { FailureStreak, mapInOrder } from '@flowmeta/connector/reading';
import type { KestraExecution, KestraServer, UnreadableItem } from '@flowmeta/kestra-client';
import type { EarlierRevisions } from './earlier-revisions.js';
import type { FlowIndex, IndexedFlow, ReadContext } from './read-context.js';
import { toRun } from './run.js';
import { newestRuns, type RunChoice, type WantedRun } from './run-choice.js';
import { earlierOpenRuns, windowedRuns } from './run-sources.js';
import { type ReadState, readState } from './states.js';

export interface RunReading extends ReadContext {
  server: KestraServer;
  index: FlowIndex;
  since: number;
  until: number;
  incremental: Pick<IncrementalOptions, 'refresh' | 'openRuns' | 'runsSince'>;
  /** Absent when runs are told with the tasks of now. */
  earlier?: EarlierRevisions;
}

/** The runs of the window, and a checkpoint if all of them could be read. */
export async function* readRuns(reading: RunReading): AsyncGenerator<SourceEvent> {
  const { config, until, lineage, datasets } = reading;
  const unreadable: UnreadableItem[] = [];
  const seen = new Set<string>();
  const sources = { ...reading, seen, onUnreadable: (item: UnreadableItem) => void unreadable.push(item) };
  const all = windowedRuns(sources);
  const windowed = config.numberOfStatus === undefined ? all : newestRuns(all, config.numberOfStatus);
  const choices = oneAfterTheOther(earlierOpenRuns(sources), windowed);
  const context = { ...reading, failures: new FailureStreak('Kestra'), unknownStates: new Set<string>() };
  let isComplete = true;
  const results = mapInOrder(
    choices,
    async (choice): Promise<ReadRun> =>
      'leftOut' in choice ? { events: [choice.leftOut] } : readRun(choice.wanted, context),
    config.concurrency,
  );
  for await (const { events, execution } of results) {
    if (execution) datasets?.evidence(execution);
    for (const event of events) {
      if (event.kind === 'skipped') isComplete = false;
      yield event;
      if (event.kind === 'run' && lineage) yield* lineage.evidence(event.run);
    }
  }
  for (const { ref, error } of unreadable) {
    isComplete = false;
    yield { kind: 'skipped', ref, error };
  }
  // After a checkpoint nothing before it is read again: a run that was skipped would be lost for good.
  if (isComplete) yield { kind: 'checkpoint', cursor: { until } };
}

async function* oneAfterTheOther(...parts: AsyncIterable<RunChoice>[]): AsyncGenerator<RunChoice> {
  for (const part of parts) yield* part;
}

export interface RunProgress {
  failures: FailureStreak;
  /** Those that a warning was given for. */
  unknownStates: Set<string>;
}

export interface ReadRun {
  events: SourceEvent[];
  /** With its task runs. */
  execution?: KestraExecution;
}

export async function readRun(wanted: WantedRun, context: RunReading & RunProgress): Promise<ReadRun> {
  const { client, server, failures, unknownStates, signal } = context;
  const { execution: listed, pipeline, flow } = wanted;
  const warnings: SourceEvent[] = [];
  const onState = ({ state, sourceState }: { state: string; sourceState: string }) => {
    if (state !== 'unknown' || unknownStates.has(sourceState)) return;
    unknownStates.add(sourceState);
    const message = `Kestra has a state that is not known here: ${sourceState}`;
    warnings.push({ kind: 'warning', ref: pipeline, message });
  };
  const read = async (): Promise<ReadRun> => {
    const execution = server.dialect.searchHasTaskRuns ? listed : await client.execution(listed.id, { signal });
    if (execution === undefined) return { events: [await purged(listed, context)] };
    const run = await toRunOfRevision(execution, { ...context, flow, onState });
    return { events: [...warnings, { kind: 'run', run }], execution };
  };
  const ref = `${pipeline}/${listed.id}`;
  return failures.guard(read(), (error): ReadRun => ({ events: [...warnings, { kind: 'skipped', ref, error }] }));
}

/**
 * An execution that the search lists and that is not there by its id: purged since then, unless the search goes on to list it.
 *
 * @throws VerdictError when it does: what the search has lacks the tasks.
 */
async function purged(
  { id, namespace, flowId, state }: KestraExecution,
  { client, incremental, signal }: Pick<RunReading, 'client' | 'incremental' | 'signal'>,
): Promise<SourceEvent> {
  const { startedAt } = readState(state);
  if (startedAt !== undefined) {
    const search = { namespace, flowId, since: startedAt - 1000, until: startedAt + 1000, signal };
    let isListed = false;
    for await (const execution of client.executions(search)) isListed ||= execution.id === id;
    if (!isListed) {
      if (incremental.refresh?.some(({ run }) => run === id)) return { kind: 'gone', run: id };
      return { kind: 'filtered', item: 'run', ref: id, reason: 'it was purged since it was listed' };
    }
  }
  throw new VerdictError('Kestra lists this execution and does not find it by its id', { verdict: 'skip' });
}

/** The run with the tasks of the revision that ran, where that is an earlier one and is asked for. */
async function toRunOfRevision(
  execution: KestraExecution,
  {
    server,
    earlier,
    flow: { tasks, revision },
    onState,
  }: Pick<RunReading, 'server' | 'earlier'> & { flow: IndexedFlow; onState: (state: ReadState) => void },
): Promise<Run> {
  const { namespace, flowId: id, flowRevision } = execution;
  if (!earlier || flowRevision === undefined || revision === undefined || String(flowRevision) === revision) {
    return toRun(execution, { server, tasks, onState });
  }
  const types = await earlier.tasksOf({ namespace, id, revision: flowRevision });
  if (types === undefined) return toRun(execution, { server, tasks, onState, keepsOthers: true });
  const run = toRun(execution, { server, tasks: new Set(types.keys()), onState });
  for (const taskRun of run.taskRuns) taskRun.type = types.get(taskRun.task)!;
  return run;
}
