import type { Pipeline, PipelineInput, Task } from '@flowmeta/connector';
import type { KestraFlow, KestraServer } from '@flowmeta/kestra-client';
import type { Redactor } from '@flowmeta/redact';
import type { KestraConfig } from './config.js';
import { chosenLabels } from './labels.js';
import { flowUrl } from './links.js';
import { ownersOf } from './owners.js';
import { pipelineName } from './pipeline-name.js';
import { schedulesOf } from './schedules.js';
import type { GraphTask, TaskGraph } from './task-graph.js';

export interface PipelineContext {
  server: Pick<KestraServer, 'uiUrl' | 'tenant' | 'hiddenLabelPrefixes'>;
  config: Pick<KestraConfig, 'labelIncludes' | 'labelExcludes' | 'ownerLabel' | 'ownerMapping'>;
  redactor: Pick<Redactor, 'text'>;
  /** Whether a trigger of this flow is switched off in the UI. */
  isSwitchedOff?: (triggerId: string) => boolean;
  /** Why the graph or the definition is less than the whole truth. */
  degraded?: string;
}

/** A flow and its task graph as a pipeline. */
export function toPipeline(flow: KestraFlow, graph: TaskGraph, context: PipelineContext): Pipeline {
  const { server, config, redactor, isSwitchedOff = () => false, degraded } = context;
  const sourceUrl = flowUrl(server, flow);
  const limit = flow.concurrency?.limit;
  return {
    name: pipelineName(flow.namespace, flow.id),
    displayName: flow.id,
    ...descriptionOf(flow.description, redactor),
    namespace: flow.namespace,
    sourceUrl,
    enabled: !flow.disabled,
    ...(flow.revision !== undefined && { revision: String(flow.revision) }),
    tasks: graph.tasks.map((task) => toTask(task, { sourceUrl, redactor })),
    edges: graph.edges,
    schedules: schedulesOf(flow.triggers, isSwitchedOff),
    labels: chosenLabels(flow.labels, config, server.hiddenLabelPrefixes)
      // A tag is named by its label's key: one that holds a secret has no name.
      .filter(({ key }) => redactor.text(key) === key)
      .map(({ key, value }) => ({ key, value: redactor.text(value) })),
    owners: ownersOf(flow, config),
    inputs: inputsOf(flow, redactor),
    ...(limit !== undefined && Number.isInteger(limit) && limit > 0 && { concurrency: limit }),
    ...(degraded !== undefined && { degraded }),
  };
}

/** Kestra's UI has no page of a single task in a flow, so its address is the flow's. */
function toTask(
  { task, branch }: GraphTask,
  { sourceUrl, redactor }: { sourceUrl: string; redactor: Pick<Redactor, 'text'> },
): Task {
  const sql = task.type === 'io.kestra.plugin.aws.athena.Query' ? task.query : task.sql;
  return {
    name: task.id,
    ...descriptionOf(task.description, redactor),
    type: redactor.text(task.type),
    sourceUrl,
    ...(typeof sql === 'string' && sql.trim() !== '' && { sql: redactor.text(sql) }),
    enabled: task.disabled !== true,
    ...(branch && { branch }),
  };
}

function inputsOf(flow: KestraFlow, redactor: Pick<Redactor, 'text'>): PipelineInput[] {
  const inputs = new Map<string, PipelineInput>();
  for (const { id, type, required = true, description } of flow.inputs) {
    inputs.set(id, {
      name: id,
      ...(type !== undefined && { type }),
      required,
      ...descriptionOf(description, redactor),
    });
  }
  return [...inputs.values()];
}

function descriptionOf(description: string | undefined, redactor: Pick<Redactor, 'text'>): { description?: string } {
  return description === undefined || description.trim() === '' ? {} : { description: redactor.text(description) };
}
