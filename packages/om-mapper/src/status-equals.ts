import type { PipelineStatus, TaskStatus } from './types.js';

/** A status as a server returned it: anything may be absent or null, and there may be more. */
export type StoredStatus = {
  [Key in Exclude<keyof PipelineStatus, 'taskStatus'>]?: PipelineStatus[Key] | null;
} & { taskStatus?: readonly StoredTaskStatus[] | null };

type StoredTaskStatus = { [Key in keyof TaskStatus]?: TaskStatus[Key] | null };

const statusKeys = ['timestamp', 'executionStatus', 'executionId', 'endTime', 'version'] as const;
const taskKeys = ['name', 'executionStatus', 'startTime', 'endTime', 'logLink'] as const;

function sameFields<Key extends string>(
  keys: readonly Key[],
  a: { readonly [_ in Key]?: unknown },
  b: { readonly [_ in Key]?: unknown },
): boolean {
  return keys.every((key) => (a[key] ?? undefined) === (b[key] ?? undefined));
}

/**
 * Whether writing `sent` over what the server `stored` would change nothing that Flowmeta writes. The order of tasks,
 * nulls, and fields that Flowmeta never sends don't count.
 */
export function statusEquals(stored: StoredStatus, sent: PipelineStatus): boolean {
  if (!sameFields(statusKeys, stored, sent)) return false;
  const storedTasks = stored.taskStatus ?? [];
  if (storedTasks.length !== sent.taskStatus.length) return false;
  const byName = new Map(storedTasks.map((task) => [task.name, task]));
  return sent.taskStatus.every((task) => sameFields(taskKeys, byName.get(task.name) ?? {}, task));
}
