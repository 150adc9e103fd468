import { canonicaliseTypes } from '../canonical-type.js';
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
    }),
  ];
}
