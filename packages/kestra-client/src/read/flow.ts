import { canonicaliseTypes, canonicalType } from '../canonical-type.js';
import { unreadable } from '../kestra-error.js';
import type { KestraFlow, KestraTask, KestraTrigger } from '../types.js';
import { asArray, asNumber, asString, isObject, present, readLabels } from './values.js';

function readTasks(value: unknown, where: string): KestraTask[] {
  return asArray(value).map((task) => {
    if (!isObject(task) || typeof task.id !== 'string' || typeof task.type !== 'string') {
      throw unreadable(`${where} has a task without id or type`);
    }
    return task as KestraTask;
  });
}

/** Reads one flow as searches and `GET flows/{namespace}/{id}` return it. Takes over the parsed JSON. */
export function readFlow(value: unknown): KestraFlow {
  if (!isObject(value) || typeof value.id !== 'string' || typeof value.namespace !== 'string') {
    throw unreadable('a flow without id or namespace');
  }
  const where = `${value.namespace}.${value.id}`;
  for (const key of ['tasks', 'errors', 'finally', 'afterExecution', 'triggers']) canonicaliseTypes(value[key]);
  const pluginDefaults = [...asArray(value.pluginDefaults), ...asArray(value.taskDefaults)].flatMap(readPluginDefault);
  const outputs = asArray(value.outputs).flatMap(readOutput);
  const limit = isObject(value.concurrency) ? asNumber(value.concurrency.limit) : undefined;
  return present<KestraFlow>({
    namespace: value.namespace,
    id: value.id,
    revision: asNumber(value.revision),
    description: asString(value.description),
    disabled: value.disabled === true,
    deleted: value.deleted === true,
    labels: readLabels(value.labels),
    inputs: asArray(value.inputs).flatMap(readInput),
    outputs: outputs.length > 0 ? outputs : undefined,
    variables: isObject(value.variables) ? value.variables : undefined,
    pluginDefaults: pluginDefaults.length > 0 ? pluginDefaults : undefined,
    tasks: readTasks(value.tasks, where),
    errors: readTasks(value.errors, where),
    finally: readTasks(value.finally, where),
    afterExecution: readTasks(value.afterExecution, where),
    triggers: readTasks(value.triggers, where) as KestraTrigger[],
    concurrency: isObject(value.concurrency) ? (limit === undefined ? {} : { limit }) : undefined,
    updated: asString(value.updated),
    source: asString(value.source),
    exception: asString(value.exception),
  });
}

function readInput(value: unknown): KestraFlow['inputs'] {
  if (!isObject(value)) return [];
  // Inputs were called by `name` before `id`.
  const id = asString(value.id) ?? asString(value.name);
  if (id === undefined) return [];
  return [
    present<KestraFlow['inputs'][number]>({
      id,
      type: asString(value.type),
      required: typeof value.required === 'boolean' ? value.required : undefined,
      description: asString(value.description),
      defaults: value.defaults ?? undefined,
    }),
  ];
}

function readOutput(value: unknown): NonNullable<KestraFlow['outputs']> {
  if (!isObject(value) || typeof value.id !== 'string') return [];
  return [
    present<NonNullable<KestraFlow['outputs']>[number]>({
      id: value.id,
      type: asString(value.type),
      value: value.value ?? undefined,
    }),
  ];
}

function readPluginDefault(value: unknown): NonNullable<KestraFlow['pluginDefaults']> {
  if (!isObject(value) || typeof value.type !== 'string' || !isObject(value.values)) return [];
  canonicaliseTypes(value.values);
  return [{ type: canonicalType(value.type), values: value.values, forced: value.forced === true }];
}
