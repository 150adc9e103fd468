import { KestraRefusal } from './answers.js';
import type { FilterTable, KestraDialect } from './dialect.js';

/** One `filters[field][OPERATOR][key]=value`. */
export interface Filter {
  field: string;
  operator: string;
  /** For labels. */
  key?: string;
  values: string[];
}

const filterName = /^filters\[([^\]]*)\]\[([^\]]*)\](?:\[([^\]]*)\])?$/;
const operators = new Set([
  'EQUALS',
  'NOT_EQUALS',
  'GREATER_THAN',
  'LESS_THAN',
  'GREATER_THAN_OR_EQUAL_TO',
  'LESS_THAN_OR_EQUAL_TO',
  'IN',
  'NOT_IN',
  'STARTS_WITH',
  'ENDS_WITH',
  'CONTAINS',
  'REGEX',
  'PREFIX',
]);

/**
 * The filters of a query, checked as the server checks them: unknown field or operator 422, one that the resource does not take 400.
 * `filters[field]=value` without an operator is no filter at all: the server answers everything.
 */
export function readFilters(
  query: URLSearchParams,
  options: { dialect: KestraDialect; table: FilterTable; resource: string },
): Filter[] {
  const { dialect, table, resource } = options;
  if (!dialect.filters) return [];
  const filters: Filter[] = [];
  for (const [name, value] of query) {
    const match = filterName.exec(name);
    if (!match) continue;
    const [, field = '', operator = '', key] = match;
    if (!dialect.filterFields.includes(field))
      throw new KestraRefusal(
        422,
        `Illegal argument: Unsupported field '${field}'. Expected one of: [${dialect.filterFields.join(', ')}]`,
      );
    if (!operators.has(operator))
      throw new KestraRefusal(
        422,
        `Illegal argument: No enum constant io.kestra.core.models.QueryFilter.Op.${operator}`,
      );
    const known = table[field];
    if (!known) {
      const supported = Object.values(table).map((each) => each.name);
      throw new KestraRefusal(
        400,
        `Field ${constantCase(field)} is not supported for resource ${resource}. Supported fields are ${supported.sort().join(', ')}: Provided query filters are invalid`,
      );
    }
    if (!known.operators.includes(operator))
      throw new KestraRefusal(
        400,
        `Operation ${operator} is not supported for field ${known.name}. Supported operations are ${known.operators.join(', ')}: Provided query filters are invalid`,
      );
    const values = operator === 'IN' || operator === 'NOT_IN' ? value.split(',') : [value];
    filters.push({ field, operator, values, ...(key === undefined ? {} : { key }) });
  }
  return filters;
}

const constantCase = (name: string): string => name.replace(/[A-Z]/g, '_$&').toUpperCase();

/** Tests a text field against a filter. `PREFIX` is the value itself or anything below it. */
export function matchesText(actual: string, filter: Filter): boolean {
  const [value = ''] = filter.values;
  switch (filter.operator) {
    case 'EQUALS':
      return actual === value;
    case 'NOT_EQUALS':
      return actual !== value;
    case 'CONTAINS':
      return actual.includes(value);
    case 'STARTS_WITH':
      return actual.startsWith(value);
    case 'ENDS_WITH':
      return actual.endsWith(value);
    case 'REGEX':
      return new RegExp(`^(?:${value})$`).test(actual);
    case 'IN':
      return filter.values.includes(actual);
    case 'NOT_IN':
      return !filter.values.includes(actual);
    case 'PREFIX':
      return isOrBelow(actual, value);
    default:
      return true;
  }
}

/** `company.team` is or lies below `company`; `company2` does not. */
export const isOrBelow = (namespace: string, parent: string): boolean =>
  namespace === parent || namespace.startsWith(`${parent}.`);

/** Full-text search: every word of the query is a word, or the beginning of one, of the text. `*` finds everything. */
export function matchesWords(haystack: string, query: string): boolean {
  const words = (value: string): string[] => value.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const present = words(haystack);
  return words(query).every((word) => present.some((each) => each.startsWith(word)));
}

/** The `labels=key:value` of a query. One without a colon is refused. */
export function readLabels(query: URLSearchParams, dialect: KestraDialect): [key: string, value: string][] {
  return query.getAll('labels').map((pair) => {
    const colon = pair.indexOf(':');
    if (colon < 0)
      throw dialect.line === '0.17'
        ? new KestraRefusal(500, 'Internal server error: Invalid queryString parameter')
        : new KestraRefusal(
            422,
            dialect.line === '0.20'
              ? 'Unprocessable Entity: Invalid queryString parameter'
              : "Unprocessable Entity: Can't split the queryString parameter by ':'",
          );
    return [pair.slice(0, colon), pair.slice(colon + 1)];
  });
}

/** Whether `labels` (a list of `{key, value}`) holds all of the pairs. */
export function hasLabels(labels: unknown, pairs: readonly [key: string, value: string][]): boolean {
  if (pairs.length === 0) return true;
  const list = Array.isArray(labels) ? (labels as { key?: unknown; value?: unknown }[]) : [];
  return pairs.every(([key, value]) => list.some((label) => label.key === key && label.value === value));
}

/** The scope named by a query: `USER`, `SYSTEM`, both (`undefined`). */
export function readScope(query: URLSearchParams, dialect: KestraDialect): string | undefined {
  if (!dialect.scopeParameter) return undefined;
  const values = query.getAll('scope').flatMap((value) => value.split(','));
  for (const value of values)
    if (value !== 'USER' && value !== 'SYSTEM')
      throw new KestraRefusal(
        422,
        `Internal server error: Failed to convert argument [scope] for value [${value}] due to: No enum constant io.kestra.core.models.flows.FlowScope.${value}`,
      );
  return values.length === 1 ? values[0] : undefined;
}
