import type { IncrementalOptions, SourceEvent } from '@flowmeta/connector';
import type { KestraFlow, KestraServer } from '@flowmeta/kestra-client';
import { taskTree } from './constructs.js';
import { touchesDatasets } from './datasets/task-io.js';
import { definitionGraph } from './definition-graph.js';
import { flowUrl } from './links.js';
import { type PipelineContext, toPipeline } from './pipeline.js';
import { pipelineName } from './pipeline-name.js';
import { type FlowReading, type ReadFlow, readFlow } from './read-flow.js';

/** The memo of a flow whose datasets follow from its definition alone: the server's graph adds nothing to it. */
const definitionIsWhole = 'definition';

/** What is worth knowing of a flow's graph when the flow is unchanged. */
export function memoOf({ flow, graph, degraded }: ReadFlow): { memo?: string } {
  if (degraded !== undefined) return {};
  const { tasks } = definitionGraph(taskTree(flow));
  const isSame =
    tasks.length === graph.tasks.length && tasks.every(({ task }, at) => task.id === graph.tasks[at]?.task.id);
  const isWhole = tasks.every(({ task }) => {
    const drawn = touchesDatasets(task) ? graph.drawn?.(task.id) : task;
    return drawn !== undefined && Object.keys(drawn).every((key) => Object.hasOwn(task, key));
  });
  return isSame && isWhole ? { memo: definitionIsWhole } : {};
}

/** A flow that is as the host remembers it, and as much of it as lineage needs. */
export interface RememberedFlow extends ReadFlow {
  event: Extract<SourceEvent, { kind: 'unchanged' }>;
}

export interface RememberedFlowReading extends FlowReading {
  known: IncrementalOptions['known'];
  server: Pick<KestraServer, 'version'> & PipelineContext['server'];
  /** Triggers of this flow that are switched off in the UI. */
  switchedOff: readonly string[];
  /** Makes a pipeline of what is known of it. */
  context: Omit<PipelineContext, 'server'>;
  /** Whether its datasets are to be found out. */
  withDatasets: boolean;
}

/**
 * Asks the host whether it knows the flow as it is. One that the server can't parse is never known: its listing doesn't show what it
 * is. If tasks touch data, or the server's graph had other tasks than the definition, lineage needs that graph all the same.
 */
export async function rememberedFlow(
  listed: KestraFlow,
  { known, server, switchedOff, context, withDatasets, ...reading }: RememberedFlowReading,
): Promise<RememberedFlow | undefined> {
  if (known === undefined || listed.exception !== undefined) return undefined;
  const name = pipelineName(listed.namespace, listed.id);
  const fingerprint = JSON.stringify([server.version, server.uiUrl, listed, switchedOff]);
  const remembered = await known(name, fingerprint);
  if (remembered === undefined) return undefined;
  const isWhole = remembered.memo === definitionIsWhole;
  const read =
    withDatasets && !isWhole
      ? await readFlow(listed, reading)
      : { flow: listed, graph: definitionGraph(taskTree(listed)) };
  const definition = toPipeline(read.flow, read.graph, { ...context, server });
  // Another graph than the one that was written is no picture of it.
  const isAsWritten =
    definition.tasks.length === remembered.tasks.length &&
    definition.tasks.every((task, at) => task.name === remembered.tasks[at]);
  return {
    ...read,
    event: {
      kind: 'unchanged',
      pipeline: {
        name,
        displayName: listed.id,
        namespace: listed.namespace,
        sourceUrl: flowUrl(server, listed),
        enabled: !listed.disabled,
        tasks: remembered.tasks,
        ...(isAsWritten && { definition }),
      },
    },
  };
}
