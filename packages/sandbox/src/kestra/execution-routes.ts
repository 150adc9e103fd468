import type { KestraExecution } from '../types.js';
import { KestraRefusal, notFound, ok } from './answers.js';
import type { ExecutionEntry } from './execution-index.js';
import { findExecutions, readExecutionSort, sortExecutions } from './execution-search.js';
import { cut, readPage } from './paging.js';
import type { KestraState, Route } from './route.js';

const windowParameters = ['startDate', 'timeRange'];

function search(state: KestraState, query: URLSearchParams): readonly ExecutionEntry[] {
  const { dialect, executions } = state;
  const sorts = readExecutionSort(query, dialect);
  const now = state.now();
  const find = (): readonly ExecutionEntry[] =>
    sortExecutions(findExecutions(executions.entries, query, { dialect, now }), sorts);
  // Only what does not depend on the clock may be remembered from page to page.
  const text = query.toString();
  const fixed = text.includes('startDate') && !text.includes('timeRange');
  if (!fixed && (dialect.implicitWindowMs !== undefined || windowParameters.some((name) => text.includes(name))))
    return find();
  const key = new URLSearchParams([...query].filter(([name]) => name !== 'page' && name !== 'size'));
  return executions.remember(key.toString(), find);
}

function searchItem(state: KestraState, entry: ExecutionEntry): Record<string, unknown> {
  const execution = state.executions.at(entry.index);
  const { hiddenInExecutionSearch: hidden } = state.dialect;
  if (hidden.length === 0) return execution;
  return Object.fromEntries(Object.entries(execution).filter(([name]) => !hidden.includes(name)));
}

const flowKey = ({ namespace, flowId }: { namespace: string; flowId: string }): string => `${namespace}/${flowId}`;

/** The flows that a body names; `undefined` means all. */
function wantedFlows(body: unknown): Set<string> | undefined {
  if (Array.isArray(body) && body.length === 0) return undefined;
  const list = (Array.isArray(body) ? body : [body]) as { namespace?: unknown; id?: unknown }[];
  return new Set(list.map((each) => `${each?.namespace}/${each?.id}`));
}

/** The highest ranked execution of each wanted flow. */
function latestByFlow(
  state: KestraState,
  wanted: Set<string> | undefined,
  rank: (entry: ExecutionEntry) => number | undefined,
): ExecutionEntry[] {
  const best = new Map<string, { entry: ExecutionEntry; rank: number }>();
  for (const entry of state.executions.entries) {
    const key = flowKey(entry);
    const value = rank(entry);
    if (value === undefined || entry.kind !== undefined || (wanted && !wanted.has(key))) continue;
    const current = best.get(key);
    if (!current || value > current.rank) best.set(key, { entry, rank: value });
  }
  return [...best.values()].map(({ entry }) => entry);
}

const distinct = (values: readonly string[]): string[] => [...new Set(values)].sort();

function executionOf(state: KestraState, id: string | undefined): KestraExecution {
  const execution = state.executions.find(id ?? '');
  if (!execution) throw notFound();
  return execution;
}

export const executionRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: 'executions/search',
    handle: (state, { query }) => {
      const { dialect } = state;
      const page = readPage(query, { dialect, operation: dialect.operationOfExecutionSearch });
      const { rows, total } = cut(search(state, query), page);
      return ok({ results: rows.map((entry) => searchItem(state, entry)), total });
    },
  },
  {
    method: 'GET',
    pattern: 'executions',
    handle: (state, { query }) => {
      for (const name of ['namespace', 'flowId'])
        if (!query.get(name)) throw new KestraRefusal(400, `Bad Request: Required QueryValue [${name}] not specified`);
      const page = readPage(query, { dialect: state.dialect, operation: 'searchExecutionsByFlowId' });
      const found = state.executions.entries.filter(
        (entry) => entry.namespace === query.get('namespace') && entry.flowId === query.get('flowId'),
      );
      const { rows, total } = cut(found, page);
      return ok({ results: rows.map((entry) => state.executions.at(entry.index)), total });
    },
  },
  {
    method: 'GET',
    pattern: 'executions/namespaces',
    handle: (state) => ok(distinct(state.executions.entries.map(({ namespace }) => namespace))),
  },
  {
    method: 'GET',
    pattern: 'executions/namespaces/{}/flows',
    handle: (state, { params: [namespace] }) =>
      ok(
        distinct(state.executions.entries.filter((entry) => entry.namespace === namespace).map(({ flowId }) => flowId)),
      ),
  },
  {
    method: 'POST',
    pattern: 'executions/latest',
    handle: (state, { body }) => {
      const { latest } = state.dialect;
      const rank = ({ endMs, startMs }: ExecutionEntry): number | undefined =>
        latest === 'any' ? (endMs ?? startMs) : endMs;
      return ok(
        latestByFlow(state, wantedFlows(body), rank).map(({ id, flowId, namespace, startDate, state: status }) => ({
          id,
          flowId,
          namespace,
          startDate,
          status,
        })),
      );
    },
  },
  {
    method: 'POST',
    pattern: 'stats/executions/latest/group-by-flow',
    handle: (state, { body }) => {
      const { flows } = (body ?? {}) as { flows?: unknown };
      const found = latestByFlow(state, wantedFlows(flows ?? []), ({ endMs }) => endMs);
      return ok(found.map(({ index }) => state.executions.at(index)));
    },
  },
  {
    method: 'GET',
    pattern: 'executions/{}',
    handle: (state, { params: [id] }) => ok(executionOf(state, id)),
  },
  {
    method: 'GET',
    pattern: 'outputs/{}',
    handle: (state, { params: [id] }) => {
      executionOf(state, id);
      return ok(state.dataset.outputs?.[id ?? ''] ?? []);
    },
  },
  // Datasets hold no logs and no metrics: every execution is without.
  { method: 'GET', pattern: 'logs/{}', handle: () => ok([]) },
  { method: 'GET', pattern: 'metrics/{}', handle: () => ok({ results: [], total: 0 }) },
];
