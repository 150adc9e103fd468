import { type IncrementalOptions, isInShard, type Scope, type Shard, type SourceEvent } from '@flowmeta/connector';
import { FailureStreak, mapInOrder } from '@flowmeta/connector/reading';
import type { KestraFlow, KestraServer, UnreadableItem } from '@flowmeta/kestra-client';
import { isWithin, namespaceAbove } from './namespaces.js';
import { toPipeline } from './pipeline.js';
import { pipelineName } from './pipeline-name.js';
import type { FlowIndex, ReadContext } from './read-context.js';
import { readFlow } from './read-flow.js';
import { memoOf, rememberedFlow } from './remembered-flow.js';
import { schedulesOf } from './schedules.js';
import { completeSwitches, noSwitches, readSwitches, type Switches, switchKey } from './switches.js';

export interface PipelineReading extends ReadContext {
  server: KestraServer;
  index: FlowIndex;
  /** False when only the index is wanted. */
  isYielded: boolean;
  /** Whether the task graphs that Kestra draws are wanted. */
  withGraph: boolean;
  known: IncrementalOptions['known'];
  /** Absent when all pipelines are wanted. */
  shard?: Shard;
}

/**
 * The pipelines in the order of the listing, `listed` if every flow of it has a name, and the lineage between them. Fills the index.
 */
export async function* readPipelines(reading: PipelineReading): AsyncGenerator<SourceEvent> {
  const { client, selection, signal, config, index, isYielded, lineage, redactor } = reading;
  const namespace = namespaceAbove(selection.namespaces);
  const unreadable: UnreadableItem[] = [];
  const search = { signal, ...(namespace !== undefined && { namespace }) };
  const switches = noSwitches();
  if (isYielded) yield* readSwitches(client, search, switches);
  let isStale = false;
  const flows = client.flows({ ...search, onUnreadable: (item) => unreadable.push(item) });
  const failures = { requests: new FailureStreak('Kestra'), flows: new FailureStreak('Kestra') };
  const unread: string[] = [];
  let isListed = isYielded;
  const flush = function* (): Generator<SourceEvent> {
    for (const { ref, isNamed, error } of unreadable.splice(0)) {
      if (!isNamed) isListed = false;
      unread.push(ref);
      index.set(ref, { leftOut: unreadableFlow });
      yield { kind: 'skipped', ref, error };
    }
  };
  for await (const event of mapInOrder(
    flows,
    (flow) => pipelineEvent(flow, { ...reading, failures, switches }),
    config.concurrency,
  )) {
    yield* flush();
    if (event.kind === 'skipped') unread.push(event.ref);
    if (event.kind === 'unchanged' && switches.failure) isStale = true;
    if (isYielded || event.kind === 'skipped') yield event;
  }
  yield* flush();
  const scope: Scope = selection.namespaces === undefined ? {} : { namespaces: selection.namespaces };
  if (isListed) yield { kind: 'listed', scope, ...(unread.length > 0 && { except: unread }) };
  // After `listed`, as no pipeline is missing: these are only perhaps not what they are now.
  if (isStale && switches.failure) yield { kind: 'skipped', ref: 'triggers', error: switches.failure };
  if (switches.unlisted > 0) {
    const message = `Kestra's list of triggers lacks ${switches.unlisted} that it has. What is switched off was asked for flow by flow.`;
    yield { kind: 'warning', message };
  }
  const isComplete = unread.every((ref) => switches.skipped.has(ref));
  const covers = (name: string) => namespace === undefined || isWithin(name, namespace);
  for (const event of lineage?.resolve({ scope, isComplete, covers }) ?? []) {
    yield event.kind === 'warning' ? { ...event, message: redactor.text(event.message) } : event;
  }
}

const unreadableFlow = 'its flow could not be read';

type PipelineEvent = Extract<SourceEvent, { kind: 'pipeline' | 'unchanged' | 'filtered' | 'skipped' }>;

export interface FlowEventContext extends PipelineReading {
  failures: { requests: FailureStreak; flows: FailureStreak };
  switches: Switches;
}

/** What becomes of one flow of the listing; it is in the index then. */
export async function pipelineEvent(listed: KestraFlow, context: FlowEventContext): Promise<PipelineEvent> {
  const { selection, index, failures, lineage, shard } = context;
  const { namespace, id } = listed;
  const ref = pipelineName(namespace, id);
  const isElsewhere = shard !== undefined && !isInShard(ref, shard);
  const reason = selection.reasonAgainst(listed) ?? (isElsewhere ? 'it is in another shard' : undefined);
  if (!listed.deleted) lineage?.see(listed);
  if (reason !== undefined) {
    index.set(ref, { leftOut: `its pipeline is left out: ${reason}` });
    return { kind: 'filtered', item: 'pipeline', ref, reason };
  }
  const read = readOrRemember(listed, context).then(({ event, tasks }): PipelineEvent => {
    const { revision } = listed;
    const flow = { namespace, id };
    index.set(ref, { flow, tasks: new Set(tasks), ...(revision !== undefined && { revision: String(revision) }) });
    return event;
  });
  return failures.flows.guard(read, (error) => {
    index.set(ref, { leftOut: unreadableFlow });
    return { kind: 'skipped', ref, error };
  });
}

async function readOrRemember(
  listed: KestraFlow,
  context: FlowEventContext,
): Promise<{ event: PipelineEvent; tasks: string[] }> {
  const { client, failures, switches, isYielded, withGraph, lineage, datasets, signal } = context;
  const { namespace, id } = listed;
  const isSwitchedOff = (triggerId: string): boolean =>
    switches.isOff.get(switchKey({ namespace, flowId: id, triggerId })) === true;
  const reading = { client, requests: failures.requests, withGraph, signal };
  const doubt = isYielded ? await completeSwitches(listed, { ...reading, switches }) : undefined;
  const remembered = await rememberedFlow(listed, {
    ...reading,
    known: isYielded && doubt === undefined ? context.known : undefined,
    server: context.server,
    switchedOff: listed.triggers.map((trigger) => trigger.id).filter(isSwitchedOff),
    context: { ...context, isSwitchedOff: switches.failure ? () => true : isSwitchedOff },
    withDatasets: datasets !== undefined,
  });
  const whole = remembered ?? (await readFlow(listed, reading));
  const { flow, graph, degraded } = whole;
  lineage?.define(flow);
  await datasets?.define(flow, graph, { isDegraded: degraded !== undefined });
  if (remembered !== undefined) return { event: remembered.event, tasks: remembered.event.pipeline.tasks };
  if (isYielded) {
    const isScheduled = schedulesOf(flow.triggers, () => false).length > 0;
    // The listing of one that Kestra can't parse has no triggers.
    const late = flow === listed ? undefined : await completeSwitches(flow, { ...reading, switches });
    const failure = doubt ?? late ?? (isScheduled ? switches.failure : undefined);
    if (failure !== undefined) {
      switches.skipped.add(pipelineName(namespace, id));
      throw failure;
    }
  }
  const pipeline = toPipeline(flow, graph, {
    ...context,
    isSwitchedOff,
    ...(degraded !== undefined && { degraded: context.redactor.text(degraded) }),
  });
  const memo = context.known === undefined ? {} : memoOf(whole);
  return { event: { kind: 'pipeline', pipeline, ...memo }, tasks: pipeline.tasks.map((task) => task.name) };
}
