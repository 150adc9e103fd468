import type { KestraFlow, KestraTask } from '@flowmeta/kestra-client';
import { type TaskNode, taskTree } from '../constructs.js';
import type { FlowName } from './selector.js';
import { asText, isTemplate } from './values.js';

/** A task that runs another flow. */
export interface SubflowCall {
  taskId: string;
  /** What the edge is called by, e.g. `Kestra subflow task: load`. */
  description: string;
  /** The flow that it runs, or the template that stands for it. */
  target: FlowName | { template: string };
}

const callers: Readonly<Record<string, string>> = {
  'io.kestra.plugin.core.flow.Subflow': 'Kestra subflow task',
  'io.kestra.plugin.core.flow.ForEachItem': 'Kestra ForEachItem task',
};

/** The tasks of a flow that run other flows, at any depth, without those that are switched off by themselves or around them. */
export function subflowCalls(flow: KestraFlow): SubflowCall[] {
  return [...taskTree(flow).all.values()].flatMap((node) => {
    const { task } = node;
    const target = isOff(node) ? undefined : subflowTarget(task, flow);
    return target === undefined ? [] : [{ taskId: task.id, description: `${callers[task.type]}: ${task.id}`, target }];
  });
}

function isOff(node: TaskNode): boolean {
  return node.task.disabled === true || (node.parent !== undefined && isOff(node.parent));
}

/** The flow that a task runs, or the template that stands for it; `undefined` for a task that runs none. */
export function subflowTarget(task: KestraTask, caller: FlowName): SubflowCall['target'] | undefined {
  if (!Object.hasOwn(callers, task.type)) return undefined;
  const names = [asText(task.namespace), asText(task.flowId)];
  const [namespace, id] = names.map((text) => text && ofCaller(text, caller));
  if (!namespace || !id) return undefined;
  return isTemplate(namespace) || isTemplate(id) ? { template: `${namespace}.${id}` } : { namespace, id };
}

/** Fills in the caller's own namespace and id: the two variables that the definition alone decides. */
function ofCaller(text: string, caller: FlowName): string {
  return text.replace(/\{\{-?\s*flow\.(namespace|id)\s*-?\}\}/g, (_, part: keyof FlowName) => caller[part]);
}
