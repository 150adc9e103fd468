import type { CheckStep } from '../connector.js';
import type { SourceEvent } from '../events.js';
import type { Pipeline, Scope } from '../model.js';
import { pipelineViolations } from './pipeline-rules.js';
import { lineageViolations, runViolations } from './run-rules.js';
import { duplicates } from './value-rules.js';

/** The window that a stream was read for, ms. */
export interface StreamWindow {
  since: number;
  until: number;
}

/**
 * What is wrong with the events of one whole read, one sentence each; empty when nothing is: each event by itself, that a
 * pipeline comes once and before its runs, that no pipeline of a scope follows its `listed`, and that all of it is plain JSON.
 */
export function streamViolations(events: readonly SourceEvent[], window: StreamWindow): string[] {
  const found: string[] = [];
  const pipelines = new Map<string, Pipeline>();
  const runs = new Set<string>();
  const listed: Scope[] = [];
  events.forEach((event, index) => {
    switch (event.kind) {
      case 'pipeline': {
        const { name, namespace } = event.pipeline;
        if (pipelines.has(name)) found.push(`pipeline "${name}" comes twice`);
        if (listed.some((scope) => isInScope(namespace, scope))) {
          found.push(`pipeline "${name}" comes after its scope was called listed`);
        }
        pipelines.set(name, event.pipeline);
        found.push(...pipelineViolations(event.pipeline));
        break;
      }
      case 'run': {
        const { id, pipeline } = event.run;
        if (runs.has(id)) found.push(`run "${id}" comes twice`);
        runs.add(id);
        const known = pipelines.get(pipeline);
        if (known === undefined) found.push(`run "${id}" comes before its pipeline "${pipeline}", or without it`);
        found.push(...runViolations(event.run, { ...window, ...(known === undefined ? {} : { pipeline: known }) }));
        break;
      }
      case 'lineage':
        found.push(...lineageViolations(event.edge));
        break;
      case 'listed':
        listed.push(event.scope);
        break;
      case 'skipped':
        if (event.ref === '' || event.error.message === '') found.push('a skipped item lacks its name or its reason');
        break;
      case 'filtered':
        if (event.ref === '' || event.reason === '') found.push('a filtered item lacks its name or its reason');
        break;
      case 'warning':
        if (event.message === '') found.push('a warning has no message');
        break;
      case 'checkpoint':
        if (!isPlainJson(event.cursor)) found.push('a cursor does not survive JSON');
        break;
    }
    if (event.kind !== 'skipped' && !isPlainJson(event)) found.push(`event ${index} (${event.kind}) is not plain JSON`);
  });
  return found;
}

/** What is wrong with the steps of one `check()`, one sentence each; empty when nothing is. */
export function checkViolations(steps: readonly CheckStep[]): string[] {
  const found = steps.length === 0 ? ['check() yields no step'] : [];
  for (const name of duplicates(steps.map((step) => step.name))) found.push(`two steps are called "${name}"`);
  for (const step of steps) {
    if (step.name.trim() === '') found.push('a step has no name');
    if (step.message.trim() === '') found.push(`step "${step.name}" says nothing`);
    if (step.status === 'failed' && (step.hint ?? '').trim() === '') {
      found.push(`step "${step.name}" failed and does not say what to do`);
    }
  }
  return found;
}

/** How the second answer differs from the first; empty when it doesn't. `skipped` is compared by what it names. */
export function differenceViolations(first: readonly SourceEvent[], second: readonly SourceEvent[]): string[] {
  if (first.length !== second.length)
    return [`the first read yields ${first.length} events, the second ${second.length}`];
  const found: string[] = [];
  first.forEach((event, index) => {
    const other = second[index]!;
    if (comparable(event) !== comparable(other))
      found.push(`event ${index} differs: ${comparable(event)} then ${comparable(other)}`);
  });
  return found.slice(0, 5);
}

function comparable(event: SourceEvent): string {
  return JSON.stringify(event.kind === 'skipped' ? { kind: event.kind, ref: event.ref } : event);
}

/** Whether a namespace or one of its parents is in the scope. */
export function isInScope(namespace: string | undefined, scope: Scope): boolean {
  if (scope.namespaces === undefined) return true;
  if (namespace === undefined) return false;
  return scope.namespaces.some((name) => namespace === name || namespace.startsWith(`${name}.`));
}

function isPlainJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isPlainJson);
  if (typeof value !== 'object') return false;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.values(value as object).every((member) => member === undefined || isPlainJson(member));
}
