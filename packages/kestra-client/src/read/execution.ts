import { canonicalType } from '../canonical-type.js';
import { unreadable } from '../kestra-error.js';
import type { KestraExecution, KestraState, KestraTaskRun } from '../types.js';
import { asArray, asNumber, asString, isObject, type JsonObject, readLabels } from './values.js';

/*
 * Written by hand, not with a schema: a night's sync reads thousands of executions of dozens of task runs each, and these
 * readers take less than half of the time that a schema takes.
 */

function readState(value: unknown, where: string): KestraState {
  if (!isObject(value) || typeof value.current !== 'string') throw unreadable(`${where} has no state`);
  const histories: KestraState['histories'] = [];
  for (const item of asArray(value.histories)) {
    if (isObject(item) && typeof item.state === 'string' && typeof item.date === 'string') {
      histories.push({ state: item.state, date: item.date });
    }
  }
  const state: KestraState = { current: value.current, histories };
  if (typeof value.startDate === 'string') state.startDate = value.startDate;
  if (typeof value.endDate === 'string') state.endDate = value.endDate;
  return state;
}

function readTaskRun(value: unknown, where: string): KestraTaskRun {
  if (!isObject(value) || typeof value.id !== 'string' || typeof value.taskId !== 'string') {
    throw unreadable(`${where} has a task run without id or taskId`);
  }
  const attempts: KestraTaskRun['attempts'] = [];
  for (const attempt of asArray(value.attempts)) {
    if (isObject(attempt)) attempts.push({ state: readState(attempt.state, where) });
  }
  const run: KestraTaskRun = { id: value.id, taskId: value.taskId, attempts, state: readState(value.state, where) };
  if (typeof value.parentTaskRunId === 'string') run.parentTaskRunId = value.parentTaskRunId;
  if (value.value !== undefined && value.value !== null) run.value = String(value.value);
  if (typeof value.iteration === 'number') run.iteration = value.iteration;
  if (value.dynamic === true) run.dynamic = true;
  if (isObject(value.outputs)) run.outputs = value.outputs;
  if (value.assets !== undefined && value.assets !== null) run.assets = value.assets;
  if (value.assetEmits !== undefined && value.assetEmits !== null) run.assetEmits = value.assetEmits;
  return run;
}

function readTrigger(value: JsonObject): NonNullable<KestraExecution['trigger']> {
  const trigger: NonNullable<KestraExecution['trigger']> = {};
  if (typeof value.id === 'string') trigger.id = value.id;
  if (typeof value.type === 'string') trigger.type = canonicalType(value.type);
  if (isObject(value.variables)) trigger.variables = value.variables;
  return trigger;
}

/** Reads one execution as searches and `GET executions/{id}` return it. */
export function readExecution(value: unknown): KestraExecution {
  if (!isObject(value)) throw unreadable('an execution that is no object');
  const { id, namespace, flowId } = value;
  if (typeof id !== 'string' || typeof namespace !== 'string' || typeof flowId !== 'string') {
    throw unreadable('an execution without id, namespace or flowId');
  }
  const where = `execution ${id}`;
  const execution: KestraExecution = {
    id,
    namespace,
    flowId,
    state: readState(value.state, where),
    labels: readLabels(value.labels),
  };
  const revision = asNumber(value.flowRevision);
  if (revision !== undefined) execution.flowRevision = revision;
  if (Array.isArray(value.taskRunList)) execution.taskRuns = value.taskRunList.map((run) => readTaskRun(run, where));
  if (isObject(value.trigger)) execution.trigger = readTrigger(value.trigger);
  for (const key of ['parentId', 'originalId', 'kind'] as const) {
    const text = asString(value[key]);
    if (text !== undefined) execution[key] = text;
  }
  if (isObject(value.inputs)) execution.inputs = value.inputs;
  return execution;
}
