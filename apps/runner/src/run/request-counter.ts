import type { RequestTotals } from '@flowmeta/connector';

/** Words that are part of a path's pattern; whatever else stands in a path is a name or an id. */
const words = new Set(
  `api v1 main
  pipelines services pipelineServices name status bulk restore lineage users loggedInUser teams tags classifications
  system version permissions search query
  flows executions triggers namespaces plugins configs graph dependencies latest export by-query logs outputs revisions
  distinct-namespaces`.split(/\s+/),
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

function patternOf(path: string): string {
  const withoutQuery = path.split('?', 1)[0] ?? path;
  return withoutQuery
    .split('/')
    .map((segment) => (segment === '' || words.has(segment) ? segment : '{}'))
    .join('/');
}
