import type { ServerAnswer } from '../http-server.js';
import type { KestraDataset } from '../types.js';
import { notFound } from './answers.js';
import type { KestraDialect } from './dialect.js';
import type { ExecutionIndex } from './execution-index.js';
import type { FlowEntry } from './flow-search.js';

/** What a handler reads: the data, the version's behaviour and the clock. */
export interface KestraState {
  dataset: KestraDataset;
  dialect: KestraDialect;
  /** By `namespace/id`. */
  flows: ReadonlyMap<string, FlowEntry>;
  executions: ExecutionIndex;
  tenants: readonly string[];
  /** Current time, ms. */
  now: () => number;
}

export interface KestraRequest {
  query: URLSearchParams;
  /** What stood where the pattern has `{}`, decoded. */
  params: readonly string[];
  body: unknown;
}

export interface Route {
  method: 'GET' | 'POST';
  /** Below `/api/v1/` and the tenant, with `{}` for variable parts. Earlier routes win. */
  pattern: string;
  /** Never below a tenant. */
  global?: boolean;
  /** What it answers is not JSON: asking for JSON finds nothing. */
  binary?: boolean;
  handle: (state: KestraState, request: KestraRequest) => ServerAnswer;
}

/** Routes by the number of their segments, so that one request looks at few of them. */
export interface Router {
  find(segments: readonly string[]): Route[];
}

export function createRouter(routes: readonly Route[]): Router {
  const byLength = new Map<number, { route: Route; parts: string[] }[]>();
  for (const route of routes) {
    const parts = route.pattern.split('/');
    const list = byLength.get(parts.length) ?? [];
    list.push({ route, parts });
    byLength.set(parts.length, list);
  }
  return {
    find: (segments) =>
      (byLength.get(segments.length) ?? [])
        .filter(({ parts }) => parts.every((part, index) => part === '{}' || part === segments[index]))
        .map(({ route }) => route),
  };
}

/** The parts of a path that stand where the pattern has `{}`, decoded. */
export function paramsOf(route: Route, segments: readonly string[]): string[] {
  const parts = route.pattern.split('/');
  try {
    return segments.filter((_, index) => parts[index] === '{}').map((segment) => decodeURIComponent(segment));
  } catch {
    throw notFound();
  }
}
