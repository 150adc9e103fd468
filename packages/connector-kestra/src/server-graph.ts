import type { TaskEdge } from '@flowmeta/connector';
import { collapse } from '@flowmeta/graph-core';
import type { KestraGraph, KestraGraphNode } from '@flowmeta/kestra-client';
import type { TaskTree } from './constructs.js';
import { definitionGraph } from './definition-graph.js';
import { type GraphTask, orderedEdges, type TaskGraph, tasksOf } from './task-graph.js';

type DrawnTask = KestraGraphNode & { task: NonNullable<KestraGraphNode['task']> };

/** Steps that Kestra adds by itself, e.g. `ForEachItem$ForEachItemSplit`: nobody wrote them (Kestra fact 5). */
const isAddedStep = (node: DrawnTask): boolean => node.task.type.includes('$');

/**
 * The task graph as the server draws it, without what is no task (roots and ends of clusters, triggers) and without the
 * false edges that this drawing has: an error handler hangs off the root of its cluster and leads to its end (Kestra
 * fact 5), so that everything after the flowable would seem to follow from the handler.
 *
 * Names, order and branches of the tasks come from the definition. Tasks that only the drawing has, those of a Template,
 * follow the task they are drawn in; tasks that only the definition has, error handlers of a Pause, stay as they are.
 */
export function serverGraph(graph: KestraGraph, tree: TaskTree): TaskGraph {
  const drawing = new Drawing(graph, tree);
  const nodes = graph.nodes.map((node) => node.uid);
  const known = new Set(nodes);
  const edges = graph.edges
    .filter(({ source, target }) => known.has(source) && known.has(target))
    .filter(({ source, target }) => drawing.errorListOf(source) === drawing.errorListOf(target))
    .map(({ source, target }) => ({ from: source, to: target }));
  edges.push(...drawing.missingEnds(edges));
  const kept = collapse({ nodes: [...known], edges }, (uid) => drawing.isKept(uid));
  const connections: TaskEdge[] = [...kept.edges, ...drawing.missingStarts(kept.nodes, kept.edges)];
  const tasks = drawing.tasks();
  const drawn = connections.map(({ from, to }) => ({ from: drawing.idOf(from), to: drawing.idOf(to) }));
  return {
    tasks,
    edges: orderedEdges(tasks, [...drawn, ...drawing.undrawnEdges()]),
    drawn: (taskId) => drawing.taskOf(taskId),
  };
}

/** A graph of the server with the definition at hand. */
class Drawing {
  readonly #nodes: Map<string, KestraGraphNode>;
  readonly #drawn = new Map<string, DrawnTask>();
  readonly #drawnIds = new Set<string>();
  readonly #tree: TaskTree;
  #tasks: Map<string, DrawnTask['task']> | undefined;

  constructor(graph: KestraGraph, tree: TaskTree) {
    this.#tree = tree;
    this.#nodes = new Map(graph.nodes.map((node) => [node.uid, node]));
    for (const node of graph.nodes) {
      if (node.task === undefined || !node.type.includes('GraphTask')) continue;
      this.#drawn.set(node.uid, node as DrawnTask);
      this.#drawnIds.add(node.task.id);
    }
  }

  isKept(uid: string): boolean {
    const drawn = this.#drawn.get(uid);
    return drawn !== undefined && !isAddedStep(drawn);
  }

  taskOf(id: string): DrawnTask['task'] | undefined {
    this.#tasks ??= new Map([...this.#drawn.values()].map(({ task }) => [task.id, task]));
    return this.#tasks.get(id);
  }

  idOf(uid: string): string {
    return this.#drawn.get(uid)?.task.id ?? uid;
  }

  /** The flowable that a node is drawn in: its uid begins with that of the flowable. */
  #ownerOf(uid: string): DrawnTask | undefined {
    for (let end = uid.lastIndexOf('.'); end > 0; end = uid.lastIndexOf('.', end - 1)) {
      const owner = this.#drawn.get(uid.slice(0, end));
      if (owner !== undefined) return owner;
    }
    return undefined;
  }

  /** Names the list of error handlers that a node belongs to; empty on the ordinary way. */
  errorListOf(uid: string): string {
    const node = this.#nodes.get(uid);
    const defined = node?.task && this.#tree.all.get(node.task.id);
    if (defined !== undefined) return defined.errorList;
    const owner = this.#ownerOf(uid);
    const outer = owner === undefined ? '' : this.errorListOf(owner.uid);
    if (node?.task === undefined || node.branch !== 'ERROR' || owner?.branch === 'ERROR') return outer;
    return `of ${owner?.task.id ?? 'the flow'}`;
  }

  /** The end of a flowable in which nothing runs but error handlers is reached from the flowable itself. */
  missingEnds(edges: readonly TaskEdge[]): TaskEdge[] {
    const reached = new Set(edges.map(({ to }) => to));
    return [...this.#nodes.values()]
      .filter(({ uid, type }) => (type === 'GraphClusterEnd' || type === 'GraphClusterFinally') && !reached.has(uid))
      .flatMap(({ uid }) => {
        const owner = this.#ownerOf(uid);
        return owner === undefined ? [] : [{ from: owner.uid, to: uid }];
      });
  }

  /** What is inside a flowable starts after it: error handlers, and Dag tasks whose list of dependencies is empty. */
  missingStarts(uids: readonly string[], edges: readonly TaskEdge[]): TaskEdge[] {
    const reached = new Set(edges.map(({ to }) => to));
    return uids
      .filter((uid) => !reached.has(uid))
      .flatMap((uid) => {
        const owner = this.#ownerOf(uid);
        return owner === undefined ? [] : [{ from: owner.uid, to: uid }];
      });
  }

  /** What the definition says about tasks that aren't drawn. */
  undrawnEdges(): TaskEdge[] {
    const undrawn = new Set([...this.#tree.all.keys()].filter((id) => !this.#drawnIds.has(id)));
    if (undrawn.size === 0) return [];
    return definitionGraph(this.#tree).edges.filter(({ from, to }) => undrawn.has(from) || undrawn.has(to));
  }

  /** The tasks of the definition, each followed by those that only the drawing has inside it. */
  tasks(): GraphTask[] {
    const ordered = tasksOf(this.#tree).filter(
      ({ task }) => this.#drawnIds.has(task.id) || this.#tree.all.get(task.id)?.isCertain,
    );
    const extra = [...this.#drawn.values()].filter((node) => !isAddedStep(node) && !this.#tree.all.has(node.task.id));
    const placed = new Set<string>();
    for (const node of extra.sort((one, other) => (one.uid < other.uid ? 1 : -1))) {
      if (placed.has(node.task.id)) continue;
      placed.add(node.task.id);
      const owner = this.#ownerOf(node.uid);
      const after = ordered.findIndex(({ task }) => task.id === owner?.task.id);
      const task: GraphTask = { task: node.task, ...(node.branch === 'ERROR' && { branch: 'error' }) };
      ordered.splice(after < 0 ? ordered.length : after + 1, 0, task);
    }
    return ordered;
  }
}
