import type { TaskEdge } from '@flowmeta/connector';
import type { TaskNode, TaskTree } from './constructs.js';
import { orderedEdges, type TaskGraph, tasksOf } from './task-graph.js';

/**
 * The task graph as it follows from the definition alone:
 *
 * - a flowable is a task: what is inside starts after it, and what comes next starts after the last ones inside;
 * - of a choice, the last task of each branch leads on; an empty flowable leads on by itself;
 * - error handlers start after their flowable and lead nowhere; those of the flow itself start after no task in particular;
 * - `finally` starts after the last ones, and leads on; `afterExecution` comes last.
 */
export function definitionGraph(tree: TaskTree): TaskGraph {
  const edges: TaskEdge[] = [];
  sequence(tree.errors, [], edges);
  const main = sequence(tree.tasks, [], edges);
  sequence(tree.afterExecution, sequence(tree.finally, main, edges), edges);
  const tasks = tasksOf(tree);
  return { tasks, edges: orderedEdges(tasks, edges) };
}

/** Adds the edges of tasks that follow one another, after `from`; returns the tasks that lead on. */
function sequence(nodes: readonly TaskNode[], from: readonly string[], edges: TaskEdge[]): readonly string[] {
  return nodes.reduce((before, node) => arrange(node, before, edges), from);
}

/** Adds the edges of one task and of all inside it; returns the tasks that lead on from it. */
function arrange(node: TaskNode, from: readonly string[], edges: TaskEdge[]): readonly string[] {
  const self = node.task.id;
  for (const id of from) edges.push({ from: id, to: self });
  sequence(node.errors, [self], edges);
  const last = inside(node, edges);
  return sequence(node.finally, last.length > 0 ? last : [self], edges);
}

function inside(node: TaskNode, edges: TaskEdge[]): readonly string[] {
  const start = [node.task.id];
  switch (node.arrangement) {
    case 'sequence':
    case 'choice':
      return node.groups.flatMap((group) => sequence(group, start, edges));
    case 'parallel':
      return node.groups.flat().flatMap((child) => arrange(child, start, edges));
    case 'dag':
      return dag(node, edges);
  }
}

function dag(node: TaskNode, edges: TaskEdge[]): readonly string[] {
  const children = node.groups.flat();
  const ids = new Set(children.map((child) => child.task.id));
  const needed = new Set(children.flatMap((child) => child.dependsOn));
  const leadOn = new Map(children.map((child) => [child.task.id, arrange(child, [], edges)]));
  for (const { task, dependsOn } of children) {
    const known = dependsOn.filter((id) => ids.has(id) && id !== task.id);
    const before = known.length > 0 ? known.flatMap((id) => leadOn.get(id) ?? []) : [node.task.id];
    for (const id of before) edges.push({ from: id, to: task.id });
  }
  return children.filter((child) => !needed.has(child.task.id)).flatMap((child) => leadOn.get(child.task.id) ?? []);
}
