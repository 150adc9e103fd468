import type { ReadOptions, Scope, SourceEvent } from '@flowmeta/connector';
import type { KestraClient, KestraExecution, KestraFlow, KestraServer, UnreadableItem } from '@flowmeta/kestra-client';
import type { Redactor } from '@flowmeta/redact';
import type { KestraConfig } from './config.js';
import { FailureStreak } from './failure-streak.js';
import { mapInOrder } from './in-order.js';
import { namespaceAbove } from './namespaces.js';
import { toPipeline } from './pipeline.js';
import { pipelineName } from './pipeline-name.js';
import { readFlow } from './read-flow.js';
import { toRun } from './run.js';
import type { Selection } from './selection.js';

export interface ReadContext {
  client: KestraClient;
  config: KestraConfig;
  redactor: Pick<Redactor, 'text'>;
  selection: Selection;
  signal: AbortSignal;
}

/** All that is remembered of the flows while runs are read: task names, or why there are none. */
type FlowIndex = Map<string, { tasks: ReadonlySet<string> } | { leftOut: string }>;

/** One read: the pipelines in the order of the listing, `listed`, the runs, and a checkpoint. */
export async function* readEvents(options: ReadOptions, context: ReadContext): AsyncGenerator<SourceEvent> {
  const { client, selection, signal } = context;
  if (selection.namespaces?.length === 0) {
    yield {
      kind: 'warning',
      message: 'The namespaces that were asked for are none of those in the config: nothing is read.',
    };
    return;
  }
  const server = await client.server({ signal });
  for (const message of server.warnings) yield { kind: 'warning', message };
  const index: FlowIndex = new Map();
  yield* readPipelines({ ...context, server, index, isYielded: options.pipelines !== false });
  if (options.runs === false) return;
  yield* readRuns({ ...context, server, index, since: options.since, until: options.until });
}

interface PipelineReading extends ReadContext {
  server: KestraServer;
  index: FlowIndex;
  /** False when only the index is wanted. */
  isYielded: boolean;
}

async function* readPipelines(reading: PipelineReading): AsyncGenerator<SourceEvent> {
  const { client, selection, signal, config, index, isYielded } = reading;
  const namespace = namespaceAbove(selection.namespaces);
  const unreadable: UnreadableItem[] = [];
  const search = { signal, ...(namespace !== undefined && { namespace }) };
  const switchedOff = new Set<string>();
  if (isYielded) yield* readSwitches(client, search, switchedOff);
  const flows = client.flows({ ...search, onUnreadable: (item) => unreadable.push(item) });
  const streak = new FailureStreak();
  let isComplete = true;
  const flush = function* (): Generator<SourceEvent> {
    for (const { ref, error } of unreadable.splice(0)) {
      isComplete = false;
      yield { kind: 'skipped', ref, error };
    }
  };
  for await (const event of mapInOrder(
    flows,
    (flow) => pipelineEvent(flow, { ...reading, streak, switchedOff }),
    config.concurrency,
  )) {
    yield* flush();
    if (event.kind === 'skipped') isComplete = false;
    if (event.kind === 'pipeline') {
      index.set(event.pipeline.name, { tasks: new Set(event.pipeline.tasks.map((task) => task.name)) });
      if (!isYielded) continue;
    }
    yield event;
  }
  yield* flush();
  const scope: Scope = selection.namespaces === undefined ? {} : { namespaces: selection.namespaces };
  if (isYielded && isComplete) yield { kind: 'listed', scope };
}

/** Fills `switchedOff` with the triggers that somebody switched off in the UI, which the definition doesn't show. */
async function* readSwitches(
  client: KestraClient,
  search: { namespace?: string; signal: AbortSignal },
  switchedOff: Set<string>,
): AsyncGenerator<SourceEvent> {
  try {
    for await (const { namespace, flowId, triggerId, disabled } of client.triggers(search)) {
      if (disabled) switchedOff.add(triggerKey(namespace, flowId, triggerId));
    }
  } catch (error) {
    search.signal.throwIfAborted();
    yield {
      kind: 'warning',
      message: `Triggers that were switched off in the UI are not known, so their schedules are shown: ${(error as Error).message}`,
    };
  }
}

const triggerKey = (namespace: string, flowId: string, triggerId: string): string =>
  JSON.stringify([namespace, flowId, triggerId]);

type PipelineEvent = Extract<SourceEvent, { kind: 'pipeline' | 'filtered' | 'skipped' }>;

async function pipelineEvent(
  listed: KestraFlow,
  context: PipelineReading & { streak: FailureStreak; switchedOff: ReadonlySet<string> },
): Promise<PipelineEvent> {
  const { client, selection, index, streak, switchedOff, isYielded, signal } = context;
  const { namespace, id } = listed;
  const ref = pipelineName(namespace, id);
  const reason = selection.reasonAgainst(listed);
  if (reason !== undefined) {
    index.set(ref, { leftOut: `its pipeline is left out: ${reason}` });
    return { kind: 'filtered', item: 'pipeline', ref, reason };
  }
  const read = readFlow(listed, { client, streak, withGraph: isYielded, signal }).then(
    ({ flow, graph, degraded }): PipelineEvent => ({
      kind: 'pipeline',
      pipeline: toPipeline(flow, graph, {
        ...context,
        isSwitchedOff: (triggerId) => switchedOff.has(triggerKey(namespace, id, triggerId)),
        ...(degraded !== undefined && { degraded: context.redactor.text(degraded) }),
      }),
    }),
  );
  return streak.guard(read, (error) => {
    index.set(ref, { leftOut: 'its flow could not be read' });
    return { kind: 'skipped', ref, error };
  });
}

interface RunReading extends ReadContext {
  server: KestraServer;
  index: FlowIndex;
  since: number;
  until: number;
}

async function* readRuns(reading: RunReading): AsyncGenerator<SourceEvent> {
  const { client, selection, signal, config, since, until } = reading;
  const namespace = namespaceAbove(selection.namespaces);
  const unreadable: UnreadableItem[] = [];
  const executions = client.executions({
    since,
    until,
    signal,
    ...(namespace !== undefined && { namespace }),
    onUnreadable: (item) => unreadable.push(item),
  });
  const streak = new FailureStreak();
  const counts = new Map<string, number>();
  const unknownStates = new Set<string>();
  let isComplete = true;
  for await (const events of mapInOrder(
    executions,
    (execution) => runEvents(execution, { ...reading, streak, counts, unknownStates }),
    config.concurrency,
  )) {
    for (const event of events) {
      if (event.kind === 'skipped') isComplete = false;
      yield event;
    }
  }
  for (const { ref, error } of unreadable) {
    isComplete = false;
    yield { kind: 'skipped', ref, error };
  }
  // After a checkpoint nothing before it is read again: a run that was skipped would be lost for good.
  if (isComplete) yield { kind: 'checkpoint', cursor: { until } };
}

interface RunCounters {
  streak: FailureStreak;
  /** Runs per pipeline so far; the newest come first. */
  counts: Map<string, number>;
  /** Those that a warning was given for. */
  unknownStates: Set<string>;
}

async function runEvents(listed: KestraExecution, context: RunReading & RunCounters): Promise<SourceEvent[]> {
  const { client, index, server, config, streak, counts, unknownStates, signal } = context;
  const { id } = listed;
  const name = pipelineName(listed.namespace, listed.flowId);
  const flow = index.get(name);
  if (flow === undefined) return [leftOut(id, 'its pipeline no longer exists')];
  if ('leftOut' in flow) return [leftOut(id, flow.leftOut)];
  const count = (counts.get(name) ?? 0) + 1;
  counts.set(name, count);
  if (count > (config.numberOfStatus ?? Infinity)) return [leftOut(id, 'numberOfStatus')];
  const events: SourceEvent[] = [];
  const read = async (): Promise<SourceEvent> => {
    const execution = server.dialect.searchHasTaskRuns ? listed : ((await client.execution(id, { signal })) ?? listed);
    const run = toRun(execution, {
      server,
      tasks: flow.tasks,
      onState: ({ state, sourceState }) => {
        if (state !== 'unknown' || unknownStates.has(sourceState)) return;
        unknownStates.add(sourceState);
        events.push({
          kind: 'warning',
          ref: name,
          message: `Kestra has a state that is not known here: ${sourceState}`,
        });
      },
    });
    return { kind: 'run', run };
  };
  const event = await streak.guard(read(), (error): SourceEvent => ({ kind: 'skipped', ref: `${name}/${id}`, error }));
  return [...events, event];
}

const leftOut = (ref: string, reason: string): SourceEvent => ({ kind: 'filtered', item: 'run', ref, reason });
