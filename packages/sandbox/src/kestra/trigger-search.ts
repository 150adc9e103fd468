import { KestraRefusal } from './answers.js';
import type { KestraDialect } from './dialect.js';
import { readSort } from './paging.js';
import { isOrBelow, matchesText, matchesWords, readFilters } from './search-query.js';

/** `{abstractTrigger, triggerContext}` before 2.0, `{trigger, state}` from there on. */
export type TriggerItem = Record<string, unknown>;

interface TriggerState {
  namespace?: string;
  flowId?: string;
  triggerId?: string;
  [field: string]: unknown;
}

export const stateOf = (item: TriggerItem): TriggerState => (item.state ?? item.triggerContext ?? {}) as TriggerState;

function matchesQuery(item: TriggerItem, query: URLSearchParams, dialect: KestraDialect): boolean {
  const { namespace = '', flowId = '', triggerId = '' } = stateOf(item);
  const wantedNamespace = query.get('namespace');
  // 0.17 has no flowId parameter.
  const wantedFlow = dialect.line === '0.17' ? null : query.get('flowId');
  const text = query.get('q');
  return (
    (!wantedNamespace || isOrBelow(namespace, wantedNamespace)) &&
    (!wantedFlow || flowId === wantedFlow) &&
    (!text || matchesWords(`${namespace} ${flowId} ${triggerId}`, text))
  );
}

/** The triggers that a search with this query finds, sorted as it asks. */
export function findTriggers(
  triggers: readonly TriggerItem[],
  query: URLSearchParams,
  dialect: KestraDialect,
): TriggerItem[] {
  const filters = readFilters(query, { dialect, table: dialect.triggerFilters, resource: 'TRIGGER' });
  const found =
    filters.length > 0
      ? triggers.filter((item) => {
          const { namespace = '', flowId = '', triggerId = '', workerId } = stateOf(item);
          const values: Record<string, string> = { namespace, flowId, triggerId, workerId: String(workerId ?? '') };
          return filters.every((filter) => {
            if (filter.field === 'q')
              return matchesWords(`${namespace} ${flowId} ${triggerId}`, filter.values[0] ?? '');
            const value = values[filter.field];
            return value === undefined || matchesText(value, filter);
          });
        })
      : triggers.filter((item) => !dialect.legacyParameters || matchesQuery(item, query, dialect));
  const sorts = readSort(query, dialect);
  for (const { field } of sorts)
    if (!dialect.triggerSortFields.includes(field))
      throw new KestraRefusal(500, `Internal server error: SQL […]; Column "${field}" not found`);
  return found.sort((a, b) => {
    for (const { field, ascending } of sorts) {
      const [left, right] = [String(stateOf(a)[field] ?? ''), String(stateOf(b)[field] ?? '')];
      if (left !== right) return left < right === ascending ? -1 : 1;
    }
    return 0;
  });
}
