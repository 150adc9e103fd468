import type { CheckStep } from '../connector.js';
import type { SourceEvent } from '../events.js';
import type { Pipeline, Run, Scope } from '../model.js';
import { pipelineRules } from './pipeline-rules.js';
import { lineageViolations, type RunFrame, runRules } from './run-rules.js';
import { duplicates } from './value-rules.js';

/** The window that a stream was read for, ms. */
export interface StreamWindow {
  since: number;
  until: number;
}

/** What each rule about the events of one whole read finds wrong with them. */
export const streamRules = {
  'pipelines-unique': (events) => [
    ...duplicates(pipelinesOf(events).map(({ name }) => name)).map((name) => `pipeline "${name}" comes twice`),
    ...ofPipelines(events, pipelineRules['pipelines-unique']),
  ],
  'tasks-unique': (events) => ofPipelines(events, pipelineRules['tasks-unique']),
  'edges-closed': (events) => ofPipelines(events, pipelineRules['edges-closed']),
  'schedules-valid': (events) => ofPipelines(events, pipelineRules['schedules-valid']),
  'details-whole': (events) => ofPipelines(events, pipelineRules['details-whole']),
  'addresses-open': (events, window) => [
    ...ofPipelines(events, pipelineRules['addresses-open']),
    ...ofRuns(events, window, runRules['addresses-open']),
  ],
  'runs-unique': (events, window) => [
    ...duplicates(runsOf(events).map(({ id }) => id)).map((id) => `run "${id}" comes twice`),
    ...ofRuns(events, window, runRules['runs-unique']),
  ],
  'runs-after-pipelines': runOrderViolations,
  'runs-in-window': (events, window) => ofRuns(events, window, runRules['runs-in-window']),
  'times-in-ms': (events, window) => ofRuns(events, window, runRules['times-in-ms']),
  'states-told': (events, window) => ofRuns(events, window, runRules['states-told']),
  'task-runs-folded': (events, window) => ofRuns(events, window, runRules['task-runs-folded']),
  'lineage-whole': lineageEventViolations,
  'listed-last': listedViolations,
  'findings-explained': findingViolations,
  'events-plain': plainViolations,
} satisfies Record<string, (events: readonly SourceEvent[], window: StreamWindow) => string[]>;

/**
 * What is wrong with the events of one whole read, one sentence each; empty when nothing is: each event by itself, that a
 * pipeline comes once and before its runs, that no pipeline of a scope follows its `listed`, and that all of it is plain JSON.
 */
export function streamViolations(events: readonly SourceEvent[], window: StreamWindow): string[] {
  return Object.values(streamRules).flatMap((violations) => violations(events, window));
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

/** Whether a namespace or one of its parents is in the scope. */
export function isInScope(namespace: string | undefined, scope: Scope): boolean {
  if (scope.namespaces === undefined) return true;
  if (namespace === undefined) return false;
  return scope.namespaces.some((name) => namespace === name || namespace.startsWith(`${name}.`));
}

export const runsOf = (events: readonly SourceEvent[]): Run[] =>
  events.flatMap((event) => (event.kind === 'run' ? [event.run] : []));

/** Those that come whole, and those that are only said to be unchanged. */
export const pipelinesOf = (events: readonly SourceEvent[]): Pick<Pipeline, 'name' | 'namespace'>[] =>
  events.flatMap((event) => (event.kind === 'pipeline' || event.kind === 'unchanged' ? [event.pipeline] : []));

function ofPipelines(events: readonly SourceEvent[], violations: (pipeline: Pipeline) => string[]): string[] {
  return events.flatMap((event) => (event.kind === 'pipeline' ? violations(event.pipeline) : []));
}

function ofRuns(
  events: readonly SourceEvent[],
  { since, until }: StreamWindow,
  violations: (run: Run, frame: RunFrame) => string[],
): string[] {
  const pipelines = new Map<string, Pipeline>();
  for (const event of events) if (event.kind === 'pipeline') pipelines.set(event.pipeline.name, event.pipeline);
  return runsOf(events).flatMap((run) => {
    const pipeline = pipelines.get(run.pipeline);
    return violations(run, { since, until, ...(pipeline && { pipeline }) });
  });
}

function runOrderViolations(events: readonly SourceEvent[]): string[] {
  const seen = new Set<string>();
  const found: string[] = [];
  for (const event of events) {
    if (event.kind === 'pipeline' || event.kind === 'unchanged') seen.add(event.pipeline.name);
    if (event.kind !== 'run' || seen.has(event.run.pipeline)) continue;
    found.push(`run "${event.run.id}" comes before its pipeline "${event.run.pipeline}", or without it`);
  }
  return found;
}

function lineageEventViolations(events: readonly SourceEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.kind === 'lineage') return lineageViolations(event.edge);
    if (event.kind !== 'unresolved') return [];
    const isWhole = event.gap.pipeline !== '' && event.gap.message !== '';
    return isWhole ? [] : ['unresolved lineage lacks its pipeline or its reason'];
  });
}

function listedViolations(events: readonly SourceEvent[]): string[] {
  const found: string[] = [];
  const listed: Scope[] = [];
  const skipped = new Set<string>();
  for (const event of events) {
    if (event.kind === 'skipped') skipped.add(event.ref);
    if (event.kind === 'listed') {
      listed.push(event.scope);
      for (const name of event.except ?? []) {
        if (!skipped.has(name)) found.push(`\`listed\` excepts "${name}", which was not skipped before`);
      }
    }
    if (event.kind === 'linked' && listed.length === 0) found.push('the source is called linked before it is listed');
    if (event.kind !== 'pipeline' && event.kind !== 'unchanged') continue;
    const { name, namespace } = event.pipeline;
    if (listed.some((scope) => isInScope(namespace, scope))) {
      found.push(`pipeline "${name}" comes after its scope was called listed`);
    }
  }
  return found;
}

function findingViolations(events: readonly SourceEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.kind === 'skipped' && (event.ref === '' || event.error.message === '')) {
      return ['a skipped item lacks its name or its reason'];
    }
    if (event.kind === 'filtered' && (event.ref === '' || event.reason === '')) {
      return ['a filtered item lacks its name or its reason'];
    }
    return event.kind === 'warning' && event.message === '' ? ['a warning has no message'] : [];
  });
}

function plainViolations(events: readonly SourceEvent[]): string[] {
  return events.flatMap((event, index) => {
    if (event.kind === 'skipped' || isPlainJson(event)) return [];
    return [
      event.kind === 'checkpoint'
        ? 'a cursor does not survive JSON'
        : `event ${index} (${event.kind}) is not plain JSON`,
    ];
  });
}

function comparable(event: SourceEvent): string {
  return JSON.stringify(event.kind === 'skipped' ? { kind: event.kind, ref: event.ref } : event);
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
