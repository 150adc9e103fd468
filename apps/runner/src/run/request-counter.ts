import type { RequestTotals, SourceRequest } from '@flowmeta/connector';
import type { Terminal } from '../terminal/terminal.js';

/** Words that are part of a path's pattern; whatever else stands in a path is a name or an id. */
const words = new Set(
  `api v1 main
  pipelines services pipelineServices name status bulk restore lineage users loggedInUser teams tags classifications
  system version permissions search query
  databaseServices storageServices messagingServices searchServices databases databaseSchemas
  tables containers topics searchIndexes dashboards table container topic searchIndex dashboard
  flows executions triggers namespaces plugins configs graph dependencies latest export by-query logs outputs revisions
  distinct-namespaces ingestionPipelines pipelineStatus`.split(/\s+/),
);

/** Counts requests by method and path pattern, e.g. `GET /api/v1/main/flows/{}/{}/graph`. */
export function createRequestCounter() {
  const totals: RequestTotals = { total: 0, retried: 0, byEndpoint: {} };
  return {
    totals,
    count({ method, path, willRetry }: { method: string; path: string; willRetry: boolean }): void {
      totals.total += 1;
      if (willRetry) totals.retried += 1;
      const endpoint = `${method} ${patternOf(path)}`;
      totals.byEndpoint[endpoint] = (totals.byEndpoint[endpoint] ?? 0) + 1;
    },
  };
}

/** A path without names and ids, e.g. `/api/v1/main/flows/{}/{}/graph`. */
export function patternOf(path: string): string {
  const withoutQuery = path.split('?', 1)[0] ?? path;
  return withoutQuery
    .split('/')
    .map((segment) => (segment === '' || words.has(segment) ? segment : '{}'))
    .join('/');
}

/** Counts a request, and shows it to whoever wants to see them all. */
export function logged(server: string, count: (request: SourceRequest) => void, terminal: Terminal) {
  return (request: SourceRequest): void => {
    count(request);
    const { method, path, status, attempt, ms, willRetry } = request;
    const tries = attempt > 1 ? `, try ${attempt}` : '';
    const next = willRetry ? '; it will be tried again' : '';
    terminal.log(
      'DEBUG',
      `${server}: ${method} ${path} ${status ?? 'no answer'} in ${Math.round(ms)} ms${tries}${next}`,
    );
  };
}
