import type { IncrementalOptions, SourceEvent } from '@flowmeta/connector';
import type { KestraFlow, KestraServer } from '@flowmeta/kestra-client';
import { taskTree } from './constructs.js';
import { touchesDatasets } from './datasets/task-io.js';
import { definitionGraph } from './definition-graph.js';
import { flowUrl } from './links.js';
import { pipelineName } from './pipeline-name.js';
import type { FlowReading } from './read-flow.js';
import { type ReadFlow, readFlow } from './read-flow.js';

/** A flow that is as the host remembers it, and as much of it as lineage needs. */
export interface RememberedFlow extends ReadFlow {
  event: Extract<SourceEvent, { kind: 'unchanged' }>;
}

export interface RememberedFlowReading extends FlowReading {
  known: IncrementalOptions['known'];
  server: Pick<KestraServer, 'version' | 'uiUrl' | 'tenant'>;
  /** Triggers of this flow that are switched off in the UI. */
  switchedOff: readonly string[];
  /** Whether its datasets are to be found out. */
  withDatasets: boolean;
}

/**
 * Asks the host whether it knows the flow as it is. One that the server can't parse is never known: its listing doesn't show what it
 * is. If tasks touch data, or the server's graph had other tasks than the definition, lineage needs that graph all the same.
 */
export async function rememberedFlow(
  listed: KestraFlow,
  { known, server, switchedOff, withDatasets, ...reading }: RememberedFlowReading,
): Promise<RememberedFlow | undefined> {
  if (known === undefined || listed.exception !== undefined) return undefined;
  const name = pipelineName(listed.namespace, listed.id);
  const fingerprint = JSON.stringify([server.version, server.uiUrl, listed, switchedOff]);
  const remembered = await known(name, fingerprint);
  if (remembered === undefined) return undefined;
  const graph = definitionGraph(taskTree(listed));
  const isDrawn = graph.tasks.map(({ task }) => task.id).join('\n') !== remembered.tasks.join('\n');
  const needsGraph = withDatasets && (isDrawn || graph.tasks.some(({ task }) => touchesDatasets(task)));
  return {
    ...(needsGraph ? await readFlow(listed, reading) : { flow: listed, graph }),
    event: {
      kind: 'unchanged',
      pipeline: {
        name,
        displayName: listed.id,
        namespace: listed.namespace,
        sourceUrl: flowUrl(server, listed),
        enabled: !listed.disabled,
        tasks: remembered.tasks,
      },
    },
  };
}
