import type { TaskEdge } from '@flowmeta/connector';
import type { KestraTask } from '@flowmeta/kestra-client';
import type { Branch, TaskTree } from './constructs.js';

/** A task of the flow, as far as the pipeline shows it. */
export interface GraphTask {
  task: KestraTask;
  branch?: Branch;
}

/** The tasks of a flow and what follows what, however that was found out. */
export interface TaskGraph {
  /** In the order of the definition; ids are unique. */
  tasks: GraphTask[];
  /** Between ids of `tasks`, in their order, without repeats and loops. */
  edges: TaskEdge[];
  /**
   * A task as the server draws it: with the plugin defaults of the flow, the namespace and the server, which neither flow
   * nor listing shows. Absent for a graph that the server did not draw.
   */
  drawn?: (taskId: string) => KestraTask | undefined;
}

/** The tasks of the definition, in its order. */
export function tasksOf(tree: TaskTree): GraphTask[] {
  return [...tree.all.values()].map(({ task, branch }) => ({ task, ...(branch && { branch }) }));
}

/** Makes edges a set, in the order of the tasks; edges that name no task are left out. */
export function orderedEdges(tasks: readonly GraphTask[], edges: Iterable<TaskEdge>): TaskEdge[] {
  const position = new Map(tasks.map(({ task }, index) => [task.id, index]));
  const distinct = new Map<number, TaskEdge>();
  for (const { from, to } of edges) {
    const source = position.get(from);
    const target = position.get(to);
    if (source === undefined || target === undefined || source === target) continue;
    distinct.set(source * tasks.length + target, { from, to });
  }
  return [...distinct].sort(([one], [other]) => one - other).map(([, edge]) => edge);
}
