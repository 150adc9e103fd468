import type { Scope, SourceEvent } from '@flowmeta/connector';
import type { KestraClient, KestraFlow, KestraServer, UnreadableItem } from '@flowmeta/kestra-client';
import { FailureStreak } from './failure-streak.js';
import { mapInOrder } from './in-order.js';
import { isWithin, namespaceAbove } from './namespaces.js';
import { toPipeline } from './pipeline.js';
import { pipelineName } from './pipeline-name.js';
import type { FlowIndex, ReadContext } from './read-context.js';
import { readFlow } from './read-flow.js';

export interface PipelineReading extends ReadContext {
  server: KestraServer;
  index: FlowIndex;
  /** False when only the index is wanted. */
  isYielded: boolean;
}

/** The pipelines in the order of the listing, `listed` if there was no error, and the lineage between them. Fills the index. */
export async function* readPipelines(reading: PipelineReading): AsyncGenerator<SourceEvent> {
  const { client, selection, signal, config, index, isYielded, lineage, redactor } = reading;
  const namespace = namespaceAbove(selection.namespaces);
  const unreadable: UnreadableItem[] = [];
  const search = { signal, ...(namespace !== undefined && { namespace }) };
  const switchedOff = new Set<string>();
  if (isYielded) yield* readSwitches(client, search, switchedOff);
  const flows = client.flows({ ...search, onUnreadable: (item) => unreadable.push(item) });
  const failures = { requests: new FailureStreak(), flows: new FailureStreak() };
  let isComplete = true;
  const flush = function* (): Generator<SourceEvent> {
    for (const { ref, error } of unreadable.splice(0)) {
      isComplete = false;
      index.set(ref, { leftOut: unreadableFlow });
      yield { kind: 'skipped', ref, error };
    }
  };
  for await (const event of mapInOrder(
    flows,
    (flow) => pipelineEvent(flow, { ...reading, failures, switchedOff }),
    config.concurrency,
  )) {
    yield* flush();
    if (event.kind === 'skipped') isComplete = false;
    if (event.kind === 'pipeline') {
      const { name, tasks, revision } = event.pipeline;
      index.set(name, { tasks: new Set(tasks.map((task) => task.name)), ...(revision !== undefined && { revision }) });
    }
    if (isYielded || event.kind === 'skipped') yield event;
  }
  yield* flush();
  const scope: Scope = selection.namespaces === undefined ? {} : { namespaces: selection.namespaces };
  if (isYielded && isComplete) yield { kind: 'listed', scope };
  const covers = (name: string) => namespace === undefined || isWithin(name, namespace);
  for (const event of lineage?.resolve({ scope, isComplete, covers }) ?? []) {
    yield event.kind === 'warning' ? { ...event, message: redactor.text(event.message) } : event;
  }
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

const unreadableFlow = 'its flow could not be read';

type PipelineEvent = Extract<SourceEvent, { kind: 'pipeline' | 'filtered' | 'skipped' }>;

async function pipelineEvent(
  listed: KestraFlow,
  context: PipelineReading & {
    failures: { requests: FailureStreak; flows: FailureStreak };
    switchedOff: ReadonlySet<string>;
  },
): Promise<PipelineEvent> {
  const { client, selection, index, failures, switchedOff, isYielded, lineage, datasets, signal } = context;
  const { namespace, id } = listed;
  const ref = pipelineName(namespace, id);
  const reason = selection.reasonAgainst(listed);
  if (!listed.deleted) lineage?.see(listed);
  if (reason !== undefined) {
    index.set(ref, { leftOut: `its pipeline is left out: ${reason}` });
    return { kind: 'filtered', item: 'pipeline', ref, reason };
  }
  const read = readFlow(listed, { client, requests: failures.requests, withGraph: isYielded, signal }).then(
    async ({ flow, graph, degraded }): Promise<PipelineEvent> => {
      lineage?.define(flow);
      await datasets?.define(flow, graph);
      return {
        kind: 'pipeline',
        pipeline: toPipeline(flow, graph, {
          ...context,
          isSwitchedOff: (triggerId) => switchedOff.has(triggerKey(namespace, id, triggerId)),
          ...(degraded !== undefined && { degraded: context.redactor.text(degraded) }),
        }),
      };
    },
  );
  return failures.flows.guard(read, (error) => {
    index.set(ref, { leftOut: unreadableFlow });
    return { kind: 'skipped', ref, error };
  });
}
