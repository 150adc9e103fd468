import { decodeProperty, type KestraTask } from '@flowmeta/kestra-client';
import type { TemplateValues } from '@flowmeta/sql-lineage';
import type { TaskNode } from '../../constructs.js';
import { type LoopValue, loopSource } from './loop-values.js';

/** One run through a loop whose values are known. */
export interface Iteration {
  loop: TaskNode;
  value: LoopValue;
  index: number;
  /** The values of all iterations of this loop at this place. */
  siblings: ReadonlySet<string>;
  /** The iteration around it. */
  outer?: Iteration;
}

/** The values of an iteration and of those around it, from the outermost inwards. */
export function valuesOf(iteration: Iteration | undefined): string[] {
  return iteration === undefined ? [] : [...valuesOf(iteration.outer), iteration.value.value];
}

/** What templates know in an iteration: `taskrun.value` of the innermost loop, and `item` of 2.0. */
export function iterationNames({ value, index }: Iteration): Pick<TemplateValues, 'taskrun' | 'item'> {
  return { taskrun: { value: value.value, iteration: index }, item: { ...value, index } };
}

/** The loop whose value `parents[index].taskrun.value` is: that around the flowable so far up. */
export function loopOfParent(node: TaskNode, index: number): TaskNode | undefined {
  let parent = node.parent;
  for (let up = 0; up < index; up++) parent = parent?.parent;
  const around = parent?.parent;
  return around !== undefined && loopSource(around.task) !== undefined ? around : undefined;
}

/** The nearest loop around a task. */
export function loopAround(node: TaskNode): TaskNode | undefined {
  for (let around = node.parent; around !== undefined; around = around.parent) {
    if (loopSource(around.task) !== undefined) return around;
  }
  return undefined;
}

const ofParent = /\bparent(?:s\s*\[\s*(\d+)\s*\])?\s*\.\s*taskrun\s*\.\s*value\b/g;

/** The task with the values of outer loops, which templates call `parent.taskrun.value` and `parents[1].taskrun.value`, filled in. */
export function withParentValues(
  task: KestraTask,
  { node, iteration }: { node: TaskNode; iteration: Iteration },
): KestraTask {
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') {
      if (!value.includes('parent')) return value;
      const decoded = decodeProperty(value);
      return decoded === value ? value.replace(ofParent, replace) : fill(decoded);
    }
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fill(member)]));
  };
  const replace = (template: string, index = '0'): string => {
    const loop = loopOfParent(node, Number(index));
    for (let around: Iteration | undefined = iteration; around !== undefined; around = around.outer) {
      if (around.loop === loop) return `'${around.value.value.replace(/[\\']/g, '\\$&')}'`;
    }
    return template;
  };
  return fill(task) as KestraTask;
}

/** Properties that hold other tasks. */
const ofChildren: ReadonlySet<string> = new Set([
  'tasks',
  'then',
  'else',
  'cases',
  'defaults',
  'errors',
  'finally',
  'onPause',
]);

/** A task without the tasks in it. */
export function ownProperties(task: KestraTask): Record<string, unknown> {
  return Object.fromEntries(Object.entries(task).filter(([name]) => !ofChildren.has(name)));
}

/** Whether a value mentions the iteration that it stands in, so that it differs from one to the next. */
export function mentionsIteration(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('{') && /\b(?:taskrun|item|parents?)\b/.test(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(mentionsIteration);
}
