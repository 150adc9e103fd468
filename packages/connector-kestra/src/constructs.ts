import type { KestraFlow, KestraTask } from '@flowmeta/kestra-client';

/**
 * How a construct runs its children, between its own start and its end:
 * `sequence` one after the other; `parallel` each from the start; `choice` one of several sequences; `dag` by `dependsOn`.
 */
type Arrangement = 'sequence' | 'parallel' | 'choice' | 'dag';

interface Construct {
  arrangement: Arrangement;
  /** The properties that hold its children, in the order in which the UI lists them; `cases` holds lists by name. */
  children: readonly string[];
}

/**
 * Every flow-control task of Kestra 0.17 … 2.0 that holds other tasks, by its name without the package. Whatever is done
 * with the structure of a flow is read off this table. ForEachItem, Subflow and Template hold no tasks of the flow.
 * All of them may have `errors` and `finally` besides.
 */
const constructs: Readonly<Record<string, Construct>> = {
  Sequential: { arrangement: 'sequence', children: ['tasks'] },
  WorkingDirectory: { arrangement: 'sequence', children: ['tasks'] },
  AllowFailure: { arrangement: 'sequence', children: ['tasks'] },
  LoopUntil: { arrangement: 'sequence', children: ['tasks'] },
  EachSequential: { arrangement: 'sequence', children: ['tasks'] },
  ForEach: { arrangement: 'sequence', children: ['tasks'] },
  Loop: { arrangement: 'sequence', children: ['tasks'] },
  Pause: { arrangement: 'sequence', children: ['onPause', 'tasks'] },
  Parallel: { arrangement: 'parallel', children: ['tasks'] },
  EachParallel: { arrangement: 'parallel', children: ['tasks'] },
  If: { arrangement: 'choice', children: ['then', 'else'] },
  Switch: { arrangement: 'choice', children: ['cases', 'defaults'] },
  Dag: { arrangement: 'dag', children: ['tasks'] },
  ForEachItem: { arrangement: 'sequence', children: [] },
  Subflow: { arrangement: 'sequence', children: [] },
  Template: { arrangement: 'sequence', children: [] },
};

/** Flowables of other plugins: those known at all keep their children where Sequential does. */
const unknownConstruct: Construct = { arrangement: 'sequence', children: ['tasks'] };

export type Branch = 'error' | 'finally' | 'afterExecution';

/** A task at its place in the definition. */
export interface TaskNode {
  task: KestraTask;
  arrangement: Arrangement;
  /** The flowable around it; absent at the top. */
  parent?: TaskNode;
  branch?: Branch;
  /** Names the list of error handlers that it belongs to, directly or further up; empty on the ordinary way. */
  errorList: string;
  /** Sequences of children; more than one only where one of them is chosen. For `parallel` and `dag` there is one list. */
  groups: TaskNode[][];
  errors: TaskNode[];
  finally: TaskNode[];
  /** For the children of a Dag. */
  dependsOn: string[];
  /** False inside a task of a type that isn't in the table: it may be mere settings that look like a task. */
  isCertain: boolean;
}

/** The tasks of a definition as they nest. */
export interface TaskTree {
  tasks: TaskNode[];
  errors: TaskNode[];
  finally: TaskNode[];
  afterExecution: TaskNode[];
  /** All of them in the order of the definition, each id once. */
  all: Map<string, TaskNode>;
}

type Place = Pick<TaskNode, 'parent' | 'branch' | 'errorList' | 'isCertain'>;

export function taskTree(flow: Pick<KestraFlow, 'tasks' | 'errors' | 'finally' | 'afterExecution'>): TaskTree {
  const all = new Map<string, TaskNode>();
  const top = { errorList: '', isCertain: true };
  return {
    tasks: nodesOf(flow.tasks, top, all),
    errors: nodesOf(flow.errors, { ...top, branch: 'error', errorList: 'of the flow' }, all),
    finally: nodesOf(flow.finally, { ...top, branch: 'finally' }, all),
    afterExecution: nodesOf(flow.afterExecution, { ...top, branch: 'afterExecution' }, all),
    all,
  };
}

function nodesOf(list: unknown, place: Place, all: Map<string, TaskNode>): TaskNode[] {
  const nodes: TaskNode[] = [];
  for (const item of asList(list)) {
    const { task, dependsOn } = unwrap(item);
    // Ids are unique within a flow: Kestra refuses any other. A second one would be ambiguous in each edge.
    if (task === undefined || all.has(task.id)) continue;
    const known = knownConstruct(task);
    const construct = known ?? unknownConstruct;
    // Assigned, not spread: a spread of a place costs more than all the rest of a node.
    const node: TaskNode = {
      task,
      arrangement: construct.arrangement,
      groups: [],
      errors: [],
      finally: [],
      dependsOn,
      errorList: place.errorList,
      isCertain: place.isCertain,
    };
    if (place.parent) node.parent = place.parent;
    if (place.branch) node.branch = place.branch;
    all.set(task.id, node);
    // The outermost branch wins, as in Kestra's own graph.
    const inside: Place = {
      parent: node,
      errorList: place.errorList,
      isCertain: place.isCertain && known !== undefined,
      ...(place.branch && { branch: place.branch }),
    };
    node.groups = construct.children
      .flatMap((property) => (property === 'cases' ? Object.values(asRecord(task[property])) : [task[property]]))
      .map((group) => nodesOf(group, inside, all))
      .filter((group) => group.length > 0);
    if (construct.arrangement !== 'choice' && node.groups.length > 1) node.groups = [node.groups.flat()];
    if (task.errors) {
      node.errors = nodesOf(
        task.errors,
        { ...inside, branch: place.branch ?? 'error', errorList: `of ${task.id}` },
        all,
      );
    }
    if (task.finally) node.finally = nodesOf(task.finally, { ...inside, branch: place.branch ?? 'finally' }, all);
    nodes.push(node);
  }
  return nodes;
}

const flowTasks = 'io.kestra.plugin.core.flow.';

/** Types are canonical: the client resolves aliases. */
function knownConstruct({ type }: KestraTask): Construct | undefined {
  const name = type.startsWith(flowTasks) ? type.slice(flowTasks.length) : '';
  return Object.hasOwn(constructs, name) ? constructs[name] : undefined;
}

/** A Dag wraps its tasks: `{task, dependsOn}`. */
function unwrap(item: unknown): { task?: KestraTask; dependsOn: string[] } {
  const wrapper = asRecord(item);
  const wrapped = isTask(wrapper.task) ? wrapper.task : undefined;
  if (wrapped === undefined) return isTask(item) ? { task: item, dependsOn: [] } : { dependsOn: [] };
  return { task: wrapped, dependsOn: asList(wrapper.dependsOn).filter((id) => typeof id === 'string') };
}

function isTask(value: unknown): value is KestraTask {
  const { id, type } = asRecord(value);
  return typeof id === 'string' && id !== '' && typeof type === 'string';
}

/** A single task (`onPause`) counts as a list of one. */
function asList(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return isTask(value) ? [value] : [];
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
