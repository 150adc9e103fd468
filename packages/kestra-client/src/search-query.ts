import { KestraError } from './kestra-error.js';
import type { Dialect, ExecutionSearch } from './types.js';

export type Query = Record<string, string | number | readonly string[] | undefined>;

/** How far a server's date filters may be off: it may round, or count a border in that we count out. */
const toleranceMs = 1000;

/** Whether the namespace is `prefix` or one of its children. */
export const isInNamespace = (namespace: string, prefix: string): boolean =>
  namespace === prefix || namespace.startsWith(`${prefix}.`);

/** Narrows a search of flows to a namespace and its children. */
export function namespaceQuery(dialect: Dialect, namespace: string | undefined): Query {
  if (namespace === undefined) return {};
  if (dialect.filters === 'legacy') return { namespace };
  return { [`filters[namespace][${dialect.namespacePrefixOperator}]`]: namespace };
}

/** The query of an execution search, without paging. A start is always sent: without it newer servers hide old runs. */
export function executionQuery(dialect: Dialect, search: ExecutionSearch): Query {
  // The id makes the order total, so that runs of one millisecond can't swap between pages.
  const sort = ['state.startDate:asc', 'id:asc'];
  const since = new Date(search.since).toISOString();
  if (dialect.filters === 'legacy') {
    // No `endDate`: it would compare with the end of a run, and hide those that are still running.
    return { sort, startDate: since, namespace: search.namespace, flowId: search.flowId, state: search.states };
  }
  const namespace =
    search.flowId === undefined
      ? namespaceQuery(dialect, search.namespace)
      : { 'filters[namespace][EQUALS]': search.namespace };
  return {
    sort,
    'filters[startDate][GREATER_THAN_OR_EQUAL_TO]': since,
    'filters[endDate][LESS_THAN_OR_EQUAL_TO]':
      search.until === undefined ? undefined : new Date(search.until).toISOString(),
    ...namespace,
    'filters[flowId][EQUALS]': search.flowId,
    'filters[state][IN]': search.states?.join(','),
  };
}

/**
 * Whether an item is what was asked for: `keep` or `drop` (the server casts its net a little wider). Throws when the server
 * ignored the filter: a listing of something else must not pass for the answer.
 */
export function checkNamespace(
  dialect: Dialect,
  item: { namespace: string },
  asked: { namespace?: string | undefined; exact?: boolean },
): 'keep' | 'drop' {
  if (asked.namespace === undefined) return 'keep';
  if (asked.exact ? item.namespace === asked.namespace : isInNamespace(item.namespace, asked.namespace)) return 'keep';
  const wider = dialect.namespacePrefixOperator === 'STARTS_WITH' && dialect.filters === 'filters';
  if (wider && item.namespace.startsWith(asked.namespace)) return 'drop';
  throw filterIgnored(`namespace "${asked.namespace}"`, `an item of "${item.namespace}"`);
}

/** The same for an execution, with all that its search asked for. */
export function checkExecution(
  dialect: Dialect,
  execution: { namespace: string; flowId: string; state: { current: string }; startedAt: number },
  search: ExecutionSearch,
): 'keep' | 'drop' {
  const { namespace, flowId, states, since, until } = search;
  const verdict = checkNamespace(dialect, execution, { namespace, exact: flowId !== undefined });
  if (flowId !== undefined && execution.flowId !== flowId) {
    throw filterIgnored(`flow "${flowId}"`, `a run of "${execution.flowId}"`);
  }
  if (states !== undefined && !states.includes(execution.state.current)) {
    throw filterIgnored(`states ${states.join(', ')}`, `a run in state ${execution.state.current}`);
  }
  const { startedAt } = execution;
  if (startedAt < since - toleranceMs) {
    throw filterIgnored(`start ${new Date(since).toISOString()}`, `a run of ${new Date(startedAt).toISOString()}`);
  }
  if (startedAt < since) return 'drop';
  if (until === undefined || startedAt < until) return verdict;
  if (dialect.filters === 'filters' && startedAt > until + toleranceMs) {
    throw filterIgnored(`end ${new Date(until).toISOString()}`, `a run of ${new Date(startedAt).toISOString()}`);
  }
  return 'drop';
}

function filterIgnored(asked: string, got: string): KestraError {
  return new KestraError(`Kestra ignored the filter by ${asked}: it returned ${got}`, {
    kind: 'filter-ignored',
    verdict: 'fatal',
    hint: 'This server speaks another dialect than its version says; please report it with the version.',
  });
}
