import type { Fault, FaultAnswer, KestraDataset } from '@flowmeta/sandbox';
import { type Mutation, mutate } from './mutation.js';

/** A mutation of one item of the source. `target` chooses it: any number, taken modulo the number of items. */
export interface SourceMutation extends Mutation {
  target: number;
  of: 'flow' | 'graph' | 'execution' | 'trigger';
}

/** What a Kestra sends instead of what it holds. */
export interface MutatedSource {
  fault: Fault;
  /** Pipelines that are not what they were. */
  pipelines: ReadonlySet<string>;
}

type Json = Record<string, unknown>;

const flowKey = ({ namespace, id }: { namespace: string; id: string }): string => `${namespace}.${id}`;
const nameOf = (flow: unknown): unknown[] => {
  const { namespace, id } = (flow ?? {}) as Json;
  return [namespace, id];
};
const triggerKey = (row: unknown): { key: string; pipeline: string } => {
  const { triggerContext, state } = row as Record<string, { namespace: string; flowId: string; triggerId: string }>;
  const { namespace, flowId, triggerId } = triggerContext ?? state ?? { namespace: '', flowId: '', triggerId: '' };
  return { key: `${namespace}.${flowId}.${triggerId}`, pipeline: `${namespace}.${flowId}` };
};

/** Applies the mutations to the items of a dataset; the server still searches in what it really holds. */
export function mutatedSource(dataset: KestraDataset, mutations: readonly SourceMutation[]): MutatedSource {
  const changed = { flow: new Map(), graph: new Map(), execution: new Map(), trigger: new Map() } satisfies Record<
    SourceMutation['of'],
    Map<string, unknown>
  >;
  const pipelines = new Set<string>();
  const apply = (of: SourceMutation['of'], key: string, item: unknown, change: Mutation): void => {
    const mutated = mutate(changed[of].has(key) ? changed[of].get(key) : item, change);
    if (of === 'flow' && isTwin(mutated, key)) return;
    changed[of].set(key, mutated);
  };
  /** A list that names a flow twice is one that changes while it is read: that ends a run, and rightly so. */
  const isTwin = (mutated: unknown, key: string): boolean => {
    const name = JSON.stringify(nameOf(mutated));
    return dataset.flows.some(({ flow }) => {
      const other = flowKey(flow);
      const shown = changed.flow.has(other) ? changed.flow.get(other) : flow;
      return other !== key && JSON.stringify(nameOf(shown)) === name;
    });
  };
  for (const { target, of, ...change } of mutations) {
    if (of === 'execution') {
      const execution = dataset.executions[target % dataset.executions.length];
      if (execution === undefined) continue;
      apply(of, execution.id, execution, change);
      pipelines.add(`${execution.namespace}.${execution.flowId}`);
    } else if (of === 'trigger') {
      const row = dataset.triggers[target % dataset.triggers.length];
      const { key, pipeline } = triggerKey(row);
      apply(of, key, row, change);
      pipelines.add(pipeline);
    } else {
      const entry = dataset.flows[target % dataset.flows.length];
      if (entry === undefined) continue;
      apply(of, flowKey(entry.flow), of === 'flow' ? entry.flow : entry.graph.body, change);
      pipelines.add(flowKey(entry.flow));
    }
  }

  const rewrite = (answer: FaultAnswer, { path }: { path: string }): FaultAnswer => {
    const body = answer.json;
    if (typeof body !== 'object' || body === null) return answer;
    const instead = (
      results: unknown[],
      keyOf: (item: unknown) => string,
      from: Map<string, unknown>,
    ): FaultAnswer => ({
      ...answer,
      json: { ...body, results: results.map((item) => (from.has(keyOf(item)) ? from.get(keyOf(item)) : item)) },
    });
    const { results } = body as { results?: unknown[] };
    if (Array.isArray(results)) {
      if (path.endsWith('/flows/search')) return instead(results, (item) => flowKey(item as never), changed.flow);
      if (path.endsWith('/triggers/search')) return instead(results, (item) => triggerKey(item).key, changed.trigger);
      if (path.endsWith('/executions/search'))
        return instead(results, (item) => (item as { id: string }).id, changed.execution);
    }
    const [, namespace = '', id = '', rest = ''] = /\/flows\/([^/]+)\/([^/]+)(\/graph)?$/.exec(path) ?? [];
    const from = rest === '' ? changed.flow : changed.graph;
    const key = flowKey({ namespace: decodeURIComponent(namespace), id: decodeURIComponent(id) });
    const execution = /\/executions\/([^/]+)$/.exec(path)?.[1];
    if (execution !== undefined && changed.execution.has(execution))
      return { ...answer, json: changed.execution.get(execution) };
    return id !== '' && from.has(key) ? { ...answer, json: from.get(key) as Json } : answer;
  };
  return { fault: { effect: { kind: 'rewrite', rewrite } }, pipelines };
}
