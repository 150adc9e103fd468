import { KestraRefusal } from './answers.js';
import { readDuration, readFilterDate, readLegacyDate } from './dates.js';
import type { KestraDialect } from './dialect.js';
import type { ExecutionEntry } from './execution-index.js';
import { systemNamespace } from './flow-search.js';
import { readSort, type SortField } from './paging.js';
import {
  type Filter,
  hasLabels,
  isOrBelow,
  matchesText,
  matchesWords,
  readFilters,
  readLabels,
  readScope,
} from './search-query.js';

type Test = (entry: ExecutionEntry) => boolean;

const inScope = (entry: ExecutionEntry, scope: string): boolean =>
  (scope === 'SYSTEM') === (entry.namespace === systemNamespace);
const isChild = (entry: ExecutionEntry): boolean => entry.triggerExecutionId !== undefined;
const wordsOf = (entry: ExecutionEntry): string => `${entry.namespace} ${entry.flowId} ${entry.id}`;

function readLegacyStates(query: URLSearchParams, dialect: KestraDialect): string[] {
  return query
    .getAll('state')
    .flatMap((value) => value.split(','))
    .map((value) => {
      const state = value.toUpperCase();
      if (!dialect.states.includes(state))
        throw new KestraRefusal(
          422,
          `Internal server error: Failed to convert argument [state] for value [${value}] due to: No enum constant io.kestra.core.models.flows.State.Type.${value}`,
        );
      if (dialect.statesFailing.includes(state))
        throw new KestraRefusal(500, 'Internal server error: SQL [select *, count(*) over () "total_count" …]');
      return state;
    });
}

function legacyTests(query: URLSearchParams, options: { dialect: KestraDialect; now: number }): Test[] {
  const { dialect, now } = options;
  const tests: Test[] = [];
  const date = (name: string): number | undefined => {
    const value = query.get(name);
    return value ? readLegacyDate(name, value) : undefined;
  };
  const startMs = date('startDate');
  const endMs = date('endDate');
  const timeRange = query.get('timeRange');
  if (timeRange && (startMs !== undefined || (endMs !== undefined && dialect.tenants)))
    throw new KestraRefusal(
      422,
      `Illegal argument: Parameters ${dialect.tenants ? "'startDate'/'endDate'" : "'startDate'"} and 'timeRange' are mutually exclusive`,
    );
  if (startMs !== undefined && endMs !== undefined && startMs > endMs)
    throw new KestraRefusal(422, 'Illegal argument: Start date must be before End Date');

  const from = timeRange ? now - readDuration(timeRange) : startMs;
  if (from !== undefined)
    tests.push(dialect.tenants ? ({ startMs: at }) => at > from : ({ startMs: at }) => at >= from);
  if (endMs !== undefined)
    tests.push(
      dialect.endDateMeans === 'endDateUpTo'
        ? (entry) => entry.endMs !== undefined && entry.endMs <= endMs
        : (entry) => entry.startMs < endMs,
    );

  const flowId = query.get('flowId');
  const namespace = query.get('namespace');
  if (flowId) tests.push((entry) => entry.flowId === flowId);
  if (namespace)
    tests.push(
      flowId && dialect.namespaceExactBesideFlowId
        ? (entry) => entry.namespace === namespace
        : (entry) => isOrBelow(entry.namespace, namespace),
    );
  const states = readLegacyStates(query, dialect);
  if (states.length > 0) tests.push((entry) => states.includes(entry.state));
  const labels = readLabels(query, dialect);
  if (labels.length > 0) tests.push((entry) => hasLabels(entry.labels, labels));
  const text = query.get('q');
  if (text) tests.push((entry) => matchesWords(wordsOf(entry), text));
  const scope = readScope(query, dialect);
  if (scope) tests.push((entry) => inScope(entry, scope));
  const child = query.get('childFilter');
  if (child) tests.push((entry) => isChild(entry) === (child === 'CHILD'));
  const triggeredBy = query.get('triggerExecutionId');
  if (triggeredBy) tests.push((entry) => entry.triggerExecutionId === triggeredBy);
  return tests;
}

function compareDates(actual: number | undefined, operator: string, wanted: number): boolean {
  if (actual === undefined) return false;
  switch (operator) {
    case 'GREATER_THAN':
      return actual > wanted;
    case 'GREATER_THAN_OR_EQUAL_TO':
      return actual >= wanted;
    case 'LESS_THAN':
      return actual < wanted;
    case 'LESS_THAN_OR_EQUAL_TO':
      return actual <= wanted;
    case 'NOT_EQUALS':
      return actual !== wanted;
    default:
      return actual === wanted;
  }
}

function dateTest(filter: Filter, dateFilter: string | null): Test {
  const { operator } = filter;
  const wanted = readFilterDate(filter.values[0] ?? '');
  if (dateFilter === 'END_DATE') return (entry) => compareDates(entry.endMs, operator, wanted);
  if (dateFilter === 'START_OR_END_DATE')
    return (entry) => compareDates(entry.startMs, operator, wanted) || compareDates(entry.endMs, operator, wanted);
  return (entry) => compareDates(entry.startMs, operator, wanted);
}

function filterTest(filter: Filter, options: { dialect: KestraDialect; now: number; dateFilter: string | null }): Test {
  const { dialect, now, dateFilter } = options;
  const [value = ''] = filter.values;
  const wanted = filter.operator !== 'NOT_EQUALS';
  switch (filter.field) {
    case 'namespace':
      return (entry) => matchesText(entry.namespace, filter);
    case 'flowId':
      return (entry) => matchesText(entry.flowId, filter);
    case 'triggerExecutionId':
      return (entry) => matchesText(entry.triggerExecutionId ?? '', filter);
    case 'state': {
      const unknown = filter.values.find((state) => !dialect.states.includes(state));
      if (unknown !== undefined)
        throw new KestraRefusal(
          422,
          `Illegal argument: No enum constant io.kestra.core.models.flows.State.Type.${unknown}`,
        );
      return (entry) => matchesText(entry.state, filter);
    }
    case 'labels':
      return (entry) => hasLabels(entry.labels, [[filter.key ?? '', value]]) === wanted;
    case 'q':
      return (entry) => matchesWords(wordsOf(entry), value) === wanted;
    case 'scope':
      return (entry) => inScope(entry, value) === wanted;
    case 'childFilter':
      return (entry) => (isChild(entry) === (value === 'CHILD')) === wanted;
    case 'startDate':
    case 'endDate':
      return dateTest(filter, dialect.line === '2.0' ? dateFilter : null);
    case 'timeRange': {
      const from = now - readDuration(value);
      return (entry) => entry.startMs >= from;
    }
    case 'kind':
      // An ordinary execution has no kind at all, so that `NORMAL` finds nothing.
      return (entry) => entry.kind !== undefined && matchesText(entry.kind, filter);
    case 'parentId':
      return (entry) => (entry.loopParentId === value) === wanted;
    default:
      return () => true;
  }
}

/** The executions that a search with this query finds, unsorted. `now` in ms. */
export function findExecutions(
  entries: readonly ExecutionEntry[],
  query: URLSearchParams,
  options: { dialect: KestraDialect; now: number },
): ExecutionEntry[] {
  const { dialect, now } = options;
  const filters = readFilters(query, { dialect, table: dialect.executionFilters, resource: 'EXECUTION' });
  const dateFilter = query.get('dateFilter');
  const filtered = filters.length > 0;
  const tests = filtered
    ? filters.map((filter) => filterTest(filter, { dialect, now, dateFilter }))
    : dialect.legacyParameters
      ? legacyTests(query, { dialect, now })
      : [];
  const named = new Set(filtered ? filters.map(({ field }) => field) : []);
  if (!named.has('kind')) tests.push((entry) => entry.kind === undefined);
  const hasStart = filtered
    ? named.has('startDate') || named.has('timeRange')
    : dialect.legacyParameters && (query.has('startDate') || query.has('timeRange'));
  if (dialect.implicitWindowMs !== undefined && !hasStart) {
    const from = now - dialect.implicitWindowMs;
    tests.push((entry) => entry.startMs >= from);
  }
  return entries.filter((entry) => tests.every((test) => test(entry)));
}

const sortKeys: Readonly<Record<string, (entry: ExecutionEntry) => string | number>> = {
  id: (entry) => entry.id,
  namespace: (entry) => entry.namespace,
  flowId: (entry) => entry.flowId,
  'state.current': (entry) => entry.state,
  'state.startDate': (entry) => entry.startMs,
  'state.endDate': (entry) => entry.endMs ?? Number.NEGATIVE_INFINITY,
  'state.duration': (entry) => entry.durationMs,
};

/** The `sort` parameters of an execution search, checked. */
export function readExecutionSort(query: URLSearchParams, dialect: KestraDialect): SortField[] {
  const sorts = readSort(query, dialect);
  for (const { field } of sorts)
    if (!sortKeys[field])
      throw dialect.unknownExecutionSortStatus === 500
        ? new KestraRefusal(500, 'Internal server error: Argument [property] cannot be null')
        : new KestraRefusal(422, `Unprocessable Entity: Invalid sort field: ${field}`);
  return sorts;
}

/** Sorts in place; ties keep the order of the data. */
export function sortExecutions(entries: ExecutionEntry[], sorts: readonly SortField[]): ExecutionEntry[] {
  const keys = sorts.map(({ field, ascending }) => ({ key: sortKeys[field] ?? (() => 0), ascending }));
  return entries.sort((a, b) => {
    for (const { key, ascending } of keys) {
      const [left, right] = [key(a), key(b)];
      if (left !== right) return left < right === ascending ? -1 : 1;
    }
    return 0;
  });
}
