import { decodeProperty, type KestraTask } from '@flowmeta/kestra-client';
import { renderTemplates, type TemplateValues } from '@flowmeta/sql-lineage';

/** One value of a loop, as `taskrun.value` and `item.value` have it: objects are JSON. */
export interface LoopValue {
  value: string;
  /** The value's key in a mapping that a Loop runs over. */
  key?: string;
}

const flowTasks = 'io.kestra.plugin.core.flow.';

/** The property that holds the values, by the type of the loop. */
const valueProperties: Readonly<Record<string, string>> = {
  [`${flowTasks}ForEach`]: 'values',
  [`${flowTasks}Loop`]: 'values',
  [`${flowTasks}EachSequential`]: 'value',
  [`${flowTasks}EachParallel`]: 'value',
};

/** What a loop runs over, as its author wrote it; `undefined` for a task that is no loop. */
export function loopSource(task: KestraTask): unknown {
  return Object.hasOwn(valueProperties, task.type) ? task[valueProperties[task.type]!] : undefined;
}

/** The values of a loop as far as they are known before a run; `undefined` where they aren't, or where the task is no loop. */
export function loopValues(task: KestraTask, known: TemplateValues): LoopValue[] | undefined {
  const source = decodeProperty(loopSource(task));
  if (typeof source !== 'string') return fromCollection(source, task.type, known);
  const { sql: text, unresolved } = renderTemplates(source, known);
  if (unresolved.length === 0) return fromCollection(decodeProperty(text), task.type, {});
  return listOfTemplate(source, known)?.map((value) => ({ value }));
}

function fromCollection(collection: unknown, type: string, known: TemplateValues): LoopValue[] | undefined {
  if (typeof collection !== 'object' || collection === null) return undefined;
  const isLoop = type === `${flowTasks}Loop`;
  const members: { value: unknown; key?: string }[] = Array.isArray(collection)
    ? collection.map((value: unknown) => ({ value }))
    : Object.entries(collection).map(([key, value]) => (isLoop ? { key, value } : { value: { key, value } }));
  const values: LoopValue[] = [];
  for (const { value, key } of members) {
    const { sql: text, unresolved } = renderTemplates(asText(value), known);
    if (unresolved.length > 0) return undefined;
    values.push({ value: text, ...(key !== undefined && { key }) });
  }
  return values;
}

const separator = '\u0001';
/** As many members of a list as a template shows; a list of so many may be longer. */
const mostShown = 1_000;

/** The members of a list that a template stands for, e.g. `{{ vars.tables }}`. */
function listOfTemplate(source: string, known: TemplateValues): string[] | undefined {
  const expression = /^\s*\{\{-?([^{}]*?)-?\}\}\s*$/.exec(source)?.[1];
  if (expression === undefined) return undefined;
  const loop = `{% for value in ${expression} %}{{ value | string }}${separator}{% endfor %}`;
  const { sql: text, unresolved } = renderTemplates(loop, known);
  const members = text.split(separator).slice(0, -1);
  return unresolved.length > 0 || members.length === 0 || members.length >= mostShown ? undefined : members;
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
