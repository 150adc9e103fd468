import type { DatasetUse, Trust } from '../types.js';
import type { Step } from './types.js';

/** OpenMetadata and people read descriptions; longer ones are cut. */
const longest = 500;
/** Of a longer way, the first tasks and the last one are named. */
export const mostNamed = 6;

/** A task or trigger as a description names it. */
export interface StepName {
  isTrigger: boolean;
  name: string;
}

const branchWords = {
  error: 'error branch',
  finally: 'finally branch',
  afterExecution: 'after the execution',
} as const;

/** `pipeline` is given where the task is not of the flow that the edge belongs to. */
export function stepName(
  { taskId, isTrigger, branch }: Pick<Step, 'taskId' | 'isTrigger' | 'branch'>,
  pipeline?: string,
): StepName {
  const name = pipeline === undefined ? taskId : `${pipeline}/${taskId}`;
  return { isTrigger, name: branch === undefined ? name : `${name} (${branchWords[branch]})` };
}

/** How an edge came about, e.g. `Kestra tasks extract → load: sql (SQL), table (properties)`. */
export function describe(way: readonly StepName[], uses: readonly DatasetUse[]): string {
  const parts = [...new Set(uses.map(({ property, trust }) => `${property} (${trustWords[trust]})`))];
  return cut(`Kestra ${wayOf(way)}: ${parts.join(', ')}`);
}

/** Several ways in which one edge came about. */
export const together = (descriptions: Iterable<string>): string => cut([...descriptions].sort().join('; '));

const trustWords: Record<Trust, string> = { run: 'run', declared: 'declared', properties: 'properties', sql: 'SQL' };

function wayOf(way: readonly StepName[]): string {
  const [first, ...others] = way;
  if (first?.isTrigger)
    return others.length === 0 ? `trigger ${first.name}` : `trigger ${first.name} → ${wayOf(others)}`;
  const names = way.map(({ name }) => name);
  const shown = names.length > mostNamed ? [...names.slice(0, mostNamed - 2), '…', names.at(-1)] : names;
  return `${names.length > 1 ? 'tasks' : 'task'} ${shown.join(' → ')}`;
}

function cut(text: string): string {
  const characters = text.length > longest ? [...text] : [];
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : text;
}
