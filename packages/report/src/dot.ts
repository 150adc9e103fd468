import { branchesOf, type DrawnTask, shortType, type TaskGraph } from './task-graph.js';

/**
 * The task graph in the DOT language of Graphviz. Branches are clusters, disabled tasks are dashed. Edges to unknown
 * tasks are left out.
 */
export function renderDot(pipeline: TaskGraph): string {
  const names = new Set(pipeline.tasks.map(({ name }) => name));
  const node = (task: DrawnTask): string => {
    const label = task.type === undefined ? quote(task.name) : quote(task.name, shortType(task.type));
    return `${quote(task.name)} [label=${label}${task.enabled ? '' : ', style="rounded,dashed"'}];`;
  };
  const lines = branchesOf(pipeline.tasks).flatMap(({ name, title, tasks }, index) =>
    name === ''
      ? tasks.map((task) => `  ${node(task)}`)
      : [
          `  subgraph cluster_${index} {`,
          `    label=${quote(title)};`,
          ...tasks.map((task) => `    ${node(task)}`),
          '  }',
        ],
  );
  const edges = pipeline.edges.flatMap(({ from, to }) =>
    names.has(from) && names.has(to) ? [`  ${quote(from)} -> ${quote(to)};`] : [],
  );
  const head = ['  rankdir=LR;', '  node [shape=box, style=rounded, fontname="Helvetica"];'];
  return `${[`digraph ${quote(pipeline.name)} {`, ...head, ...lines, ...edges, '}'].join('\n')}\n`;
}

/** A quoted text of one or more lines; a backslash would be an escape of DOT's own. */
export function quote(...lines: string[]): string {
  const escaped = lines.map((line) => line.replace(/\s+/g, ' ').replace(/[\\"]/g, (mark) => `\\${mark}`));
  return `"${escaped.join('\\n')}"`;
}
