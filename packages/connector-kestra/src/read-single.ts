import type { IncrementalOptions, SourceEvent } from '@flowmeta/connector';
import { VerdictError } from '@flowmeta/connector';
import { FailureStreak, withNeighbours } from '@flowmeta/connector/reading';
import type { KestraClient, KestraExecution, KestraFlow, UnreadableItem } from '@flowmeta/kestra-client';
import { pipelineName } from './pipeline-name.js';
import { type PipelineReading, pipelineEvent } from './read-pipelines.js';
import { type ReadRun, readRun } from './read-runs.js';
import { chooseRuns, isWithinWindow, type Window } from './run-choice.js';
import { readState } from './states.js';
import { noSwitches, readSwitches } from './switches.js';

export interface SingleReading extends PipelineReading {
  since: number;
  until: number;
}

/**
 * Single flows with their runs of the window, and single executions with their flows. What is not there is `skipped`; nothing is said
 * about the rest of the source.
 */
export async function* readSingle(
  { pipelines = [], runs = [] }: NonNullable<IncrementalOptions['only']>,
  reading: SingleReading,
): AsyncGenerator<SourceEvent> {
  const { client, signal, since, until } = reading;
  const flows = new Map<string, KestraFlow>();
  const executions = new Map<string, KestraExecution>();
  /** Those that are wanted, of which `executions` has the neighbours as well. */
  const wanted = new Set<string>();
  const unreadable: UnreadableItem[] = [];
  const named: KestraFlow[] = [];
  const around = (flow: { namespace: string; flowId: string }, window: Window) => {
    const onUnreadable = (item: UnreadableItem) => void unreadable.push(item);
    return client.executions({ ...flow, ...withNeighbours(window), signal, onUnreadable });
  };
  for (const name of new Set(pipelines)) {
    const flow = await flowOf(name, { client, signal });
    if (flow === undefined) yield missing(name, `Kestra has no flow ${name}`);
    else named.push(flow);
  }
  for (const flow of named) {
    const { namespace, id: flowId } = flow;
    flows.set(pipelineName(namespace, flowId), flow);
    for await (const execution of around({ namespace, flowId }, { since, until })) {
      executions.set(execution.id, execution);
      if (isWithinWindow(execution, { since, until })) wanted.add(execution.id);
    }
  }
  for (const id of new Set(runs)) {
    if (wanted.has(id)) continue;
    const execution = await client.execution(id, { signal });
    const flow = execution && (await knownFlow(execution, { flows, client, signal }));
    if (execution === undefined) yield missing(id, `Kestra has no execution ${id}`);
    else if (flow === undefined) yield missing(id, 'its flow no longer exists');
    else {
      const { namespace, flowId, state } = execution;
      const { startedAt } = readState(state);
      if (startedAt !== undefined) {
        for await (const each of around({ namespace, flowId }, { since: startedAt, until: startedAt })) {
          if (!executions.has(each.id)) executions.set(each.id, each);
        }
      }
      executions.set(id, execution);
      wanted.add(id);
    }
  }
  yield* readPipelinesOf(flows, reading);
  const context = {
    ...reading,
    incremental: {},
    failures: new FailureStreak('Kestra'),
    unknownStates: new Set<string>(),
  };
  const sorted = [...executions.values()].sort((one, other) => startOf(one) - startOf(other));
  for await (const choice of chooseRuns(sorted, reading.index, ({ id }) => wanted.has(id))) {
    const { events }: ReadRun =
      'leftOut' in choice ? { events: [choice.leftOut] } : await readRun(choice.wanted, context);
    yield* events;
  }
  for (const { ref, error } of unreadable) yield { kind: 'skipped', ref, error };
}

async function* readPipelinesOf(
  flows: ReadonlyMap<string, KestraFlow>,
  reading: PipelineReading,
): AsyncGenerator<SourceEvent> {
  const switches = noSwitches();
  for (const namespace of new Set([...flows.values()].map((flow) => flow.namespace))) {
    yield* readSwitches(reading.client, { namespace, signal: reading.signal }, switches);
  }
  const failures = { requests: new FailureStreak('Kestra'), flows: new FailureStreak('Kestra') };
  for (const flow of flows.values()) yield await pipelineEvent(flow, { ...reading, failures, switches });
}

const startOf = ({ state }: KestraExecution): number => readState(state).startedAt ?? 0;

type Lookup = { client: KestraClient; signal: AbortSignal };

/** Ids may hold dots as namespaces do: the longest namespace that has such a flow is meant. */
async function flowOf(name: string, { client, signal }: Lookup): Promise<KestraFlow | undefined> {
  for (let end = name.lastIndexOf('.'); end > 0; end = name.lastIndexOf('.', end - 1)) {
    const flow = await client.flow(name.slice(0, end), name.slice(end + 1), { signal });
    if (flow !== undefined) return flow;
  }
  return undefined;
}

async function knownFlow(
  { namespace, flowId }: KestraExecution,
  { flows, client, signal }: Lookup & { flows: Map<string, KestraFlow> },
): Promise<KestraFlow | undefined> {
  const name = pipelineName(namespace, flowId);
  const flow = flows.get(name) ?? (await client.flow(namespace, flowId, { signal }));
  if (flow !== undefined) flows.set(name, flow);
  return flow;
}

function missing(ref: string, message: string): SourceEvent {
  return { kind: 'skipped', ref, error: new VerdictError(message, { verdict: 'skip' }) };
}
