import { branchesOf, type DrawnTask, shortType, type TaskGraph } from './task-graph.js';

/**
 * The task graph as a Mermaid flowchart. Branches are subgraphs, disabled tasks are dashed. Edges to unknown tasks
 * are left out.
 */
export function renderMermaid(pipeline: TaskGraph): string {
  const ids = new Map<string, string>();
  for (const { name } of pipeline.tasks) if (!ids.has(name)) ids.set(name, `t${ids.size}`);
  const node = (task: DrawnTask): string => {
    const type = task.type === undefined ? '' : `<br/><small>${escapeMermaid(shortType(task.type))}</small>`;
    return `${ids.get(task.name)}["${escapeMermaid(task.name)}${type}"]${task.enabled ? '' : ':::disabled'}`;
  };
  const lines = branchesOf(pipeline.tasks).flatMap(({ name, title, tasks }, index) =>
    name === ''
      ? tasks.map((task) => `  ${node(task)}`)
      : [`  subgraph b${index}["${escapeMermaid(title)}"]`, ...tasks.map((task) => `    ${node(task)}`), '  end'],
  );
  const edges = pipeline.edges.flatMap(({ from, to }) =>
    ids.has(from) && ids.has(to) ? [`  ${ids.get(from)} --> ${ids.get(to)}`] : [],
  );
  const dashed = pipeline.tasks.some(({ enabled }) => !enabled) ? ['  classDef disabled stroke-dasharray: 4 3'] : [];
  return `${['flowchart LR', ...lines, ...edges, ...dashed].join('\n')}\n`;
}

/** Mermaid reads `#name;` and `#code;` as characters; a backtick would start Markdown. */
export function escapeMermaid(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[^\p{L}\p{N} ._/:()-]/gu, (mark) => `#${mark.codePointAt(0)};`);
}
