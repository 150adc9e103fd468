import type { Run, RunTrigger } from '@flowmeta/connector';
import type { KestraExecution } from '@flowmeta/kestra-client';
import { executionUrl, type LinkBase, logsUrl } from './links.js';
import { pipelineName } from './pipeline-name.js';
import { type ReadState, readState } from './states.js';
import { aggregateTaskRuns } from './task-runs.js';

export interface RunContext {
  server: LinkBase;
  /** The names of the pipeline's tasks, in their order. */
  tasks: ReadonlySet<string>;
  /** Whether task runs that ran in none of `tasks` are kept, by the name of the outermost. */
  keepsOthers?: boolean;
  /** Called with each state that is read, of the run and its task runs. */
  onState?: (state: ReadState) => void;
}

const correlationLabel = 'system.correlationId';

/**
 * An execution as a run of its pipeline.
 *
 * @throws Error when it has no start: it can't be placed in time.
 */
export function toRun(execution: KestraExecution, { server, tasks, keepsOthers = false, onState }: RunContext): Run {
  const { startedAt, endedAt, ...state } = readState(execution.state);
  if (startedAt === undefined) throw new Error(`Execution ${execution.id} has no start date.`);
  onState?.(state);
  const url = logsUrl(server, execution);
  const trigger = triggerOf(execution);
  const correlationId = execution.labels.find(({ key }) => key === correlationLabel)?.value;
  return {
    id: execution.id,
    pipeline: pipelineName(execution.namespace, execution.flowId),
    ...state,
    startedAt,
    ...(endedAt !== undefined && { endedAt }),
    ...(execution.flowRevision !== undefined && { revision: String(execution.flowRevision) }),
    url: executionUrl(server, execution),
    ...(trigger && { trigger }),
    ...(correlationId !== undefined && { correlationId }),
    taskRuns: aggregateTaskRuns(execution.taskRuns ?? [], { tasks, keepsOthers, url, ...(onState && { onState }) }),
  };
}

function triggerOf({ trigger }: KestraExecution): RunTrigger | undefined {
  if (trigger === undefined) return undefined;
  const upstream = upstreamOf(trigger.type, trigger.variables);
  return {
    ...(trigger.id !== undefined && { id: trigger.id }),
    ...(trigger.type !== undefined && { type: trigger.type }),
    ...(upstream && { upstream }),
  };
}

const flowTrigger = 'io.kestra.plugin.core.trigger.Flow';
/** Subflow, ForEachItem and Loop. */
const flowTasks = 'io.kestra.plugin.core.flow.';

/** Other triggers fill `variables` with whatever they found, which may happen to be called `namespace`. */
function upstreamOf(type = '', variables: Record<string, unknown> = {}): RunTrigger['upstream'] {
  if (type !== flowTrigger && !type.startsWith(flowTasks)) return undefined;
  const { namespace, flowId, executionId } = variables;
  if (typeof namespace !== 'string' || typeof flowId !== 'string') return undefined;
  return { pipeline: pipelineName(namespace, flowId), ...(typeof executionId === 'string' && { run: executionId }) };
}
