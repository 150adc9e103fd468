import type { Properties } from '../lineage/values.js';

/** Values that a flow sets for all tasks of a type. */
export interface PluginDefault {
  /** A task type, or the beginning of one. */
  type: string;
  values: Properties;
  /** They win over what the task says. */
  forced: boolean;
}

const maximalDepth = 20;

/**
 * The properties that a task has once the defaults of its flow are applied: what the task says wins, and of two defaults the one with the
 * longer type, then the first; forced ones win over the task. Mappings are merged, lists are not. Defaults of the server and of the
 * namespace are not in a flow.
 */
export function effectiveProperties<T extends Properties & { type: string }>(
  task: T,
  defaults: readonly PluginDefault[],
): T {
  const matching = defaults.filter(({ type }) => type !== '' && task.type.startsWith(type));
  if (matching.length === 0) return task;
  // Sorting is stable: the least important comes last.
  matching.sort((one, other) => other.type.length - one.type.length);
  let properties: Properties = task;
  for (const { values, forced } of matching) if (!forced) properties = merged(values, properties);
  for (const { values, forced } of matching.reverse()) if (forced) properties = merged(properties, values);
  return { ...properties, id: task.id, type: task.type } as unknown as T;
}

/** Both mappings in one; where both say something, the second wins. */
function merged(first: Properties, second: Properties, depth = 0): Properties {
  const members = new Map(Object.entries(first));
  for (const [key, value] of Object.entries(second)) {
    const before = members.get(key);
    members.set(
      key,
      isMapping(before) && isMapping(value) && depth < maximalDepth ? merged(before, value, depth + 1) : value,
    );
  }
  return Object.fromEntries(members);
}

const isMapping = (value: unknown): value is Properties =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
