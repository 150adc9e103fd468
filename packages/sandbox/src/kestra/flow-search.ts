import type { KestraDataset } from '../types.js';
import { KestraRefusal } from './answers.js';
import type { KestraDialect } from './dialect.js';
import { readSort } from './paging.js';
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

export type FlowEntry = KestraDataset['flows'][number];

export const systemNamespace = 'system';

const inScope = (namespace: string, scope: string): boolean => (scope === 'SYSTEM') === (namespace === systemNamespace);

const wordsOf = ({ flow }: FlowEntry): string => `${flow.namespace} ${flow.id}`;

function matchesFilter(entry: FlowEntry, filter: Filter): boolean {
  const { flow } = entry;
  const [value = ''] = filter.values;
  const wanted = filter.operator !== 'NOT_EQUALS';
  switch (filter.field) {
    case 'namespace':
      return matchesText(flow.namespace, filter);
    case 'flowId':
      return matchesText(flow.id, filter);
    case 'q':
      return matchesWords(wordsOf(entry), value) === wanted;
    case 'labels':
      return hasLabels(flow.labels, [[filter.key ?? '', value]]) === wanted;
    case 'scope':
      return inScope(flow.namespace, value) === wanted;
    default:
      return true;
  }
}

/** The flows that a search or an export with this query finds, unsorted. */
export function findFlows(flows: readonly FlowEntry[], query: URLSearchParams, dialect: KestraDialect): FlowEntry[] {
  const filters = readFilters(query, { dialect, table: dialect.flowFilters, resource: 'FLOW' });
  if (filters.length > 0) return flows.filter((entry) => filters.every((filter) => matchesFilter(entry, filter)));
  if (!dialect.legacyParameters) return [...flows];
  const namespace = query.get('namespace');
  const text = query.get('q');
  const labels = readLabels(query, dialect);
  const scope = readScope(query, dialect);
  return flows.filter(
    (entry) =>
      (!namespace || isOrBelow(entry.flow.namespace, namespace)) &&
      (!text || matchesWords(wordsOf(entry), text)) &&
      (!scope || inScope(entry.flow.namespace, scope)) &&
      hasLabels(entry.flow.labels, labels),
  );
}

/** Sorts by the `sort` parameters; without one the order is that of the data. */
export function sortFlows(flows: FlowEntry[], query: URLSearchParams, dialect: KestraDialect): FlowEntry[] {
  const sorts = readSort(query, dialect);
  for (const { field } of sorts)
    if (!dialect.flowSortFields.includes(field))
      throw new KestraRefusal(500, `Internal server error: SQL […]; Column "${field}" not found`);
  return flows.sort((a, b) => {
    for (const { field, ascending } of sorts) {
      const [left, right] = [String(a.flow[field] ?? ''), String(b.flow[field] ?? '')];
      if (left !== right) return left < right === ascending ? -1 : 1;
    }
    return 0;
  });
}
