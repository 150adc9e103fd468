import type { TaskEdge } from '@flowmeta/connector';

/** What is drawn of a pipeline: a `Pipeline` of the model and a `PipelineReport` both fit. */
export interface TaskGraph {
  name: string;
  displayName?: string;
  tasks: readonly { name: string; type?: string; branch?: string; enabled: boolean }[];
  edges: readonly TaskEdge[];
}

export type DrawnTask = TaskGraph['tasks'][number];

/** The tasks of one branch in the order of the definition; the main branch has neither name nor title. */
export interface Branch {
  name: string;
  title: string;
  tasks: DrawnTask[];
}

const titles: Readonly<Record<string, string>> = {
  error: 'On error',
  finally: 'Finally',
  afterExecution: 'After execution',
};

/** The main branch first, then the others in the order in which they run. */
export function branchesOf(tasks: Iterable<DrawnTask>): Branch[] {
  const branches = new Map<string, Branch>();
  for (const name of ['', ...Object.keys(titles)]) branches.set(name, { name, title: titles[name] ?? '', tasks: [] });
  for (const task of tasks) {
    const name = task.branch ?? '';
    const branch = branches.get(name) ?? { name, title: name, tasks: [] };
    branch.tasks.push(task);
    branches.set(name, branch);
  }
  return [...branches.values()].filter((branch) => branch.tasks.length > 0);
}

/** The last two parts of a type's name, e.g. `log.Log` of `io.kestra.plugin.core.log.Log`. */
export function shortType(type: string): string {
  return type.split('.').slice(-2).join('.');
}
