import type { Catalog } from './catalog.js';
import {
  deleteLineage,
  deleteLineageByName,
  deleteLineageBySource,
  getLineage,
  getLineageEdge,
  lineageTarget,
  putLineage,
  putLineageByName,
} from './lineage.js';
import type { Route, RouteRequest } from './router.js';

const ends = ({ parts }: RouteRequest) => ({
  from: { type: parts[0] ?? '', name: parts[1] ?? '' },
  to: { type: parts[2] ?? '', name: parts[3] ?? '' },
});

/** The paths below `lineage` that the version has; those of 1.4 and later but for 1.6 are simulated. */
export function lineageRoutes(catalog: Catalog): Route[] {
  const { rules } = catalog;
  const byName = 'lineage/{type}/name/{name}/{type}/name/{name}';
  const routes: Route[] = [
    { method: 'PUT', path: 'lineage', handle: (request) => putLineage(catalog, request) },
    {
      method: 'DELETE',
      path: 'lineage/{type}/{id}/{type}/{id}',
      handle: (request) => {
        const [fromType = '', fromId = '', toType = '', toId = ''] = request.parts;
        const pair = { from: { type: fromType, id: fromId }, to: { type: toType, id: toId } };
        return deleteLineage(catalog, pair, request.caller);
      },
    },
  ];
  if (rules.has('lineageEdgeRead')) {
    routes.push({
      method: 'GET',
      path: 'lineage/getLineageEdge/{id}/{id}',
      handle: ({ parts }) => getLineageEdge(catalog, parts[0] ?? '', parts[1] ?? ''),
    });
  }
  if (rules.has('lineageDeletedBySource')) {
    routes.push({
      method: 'DELETE',
      path: 'lineage/{type}/{id}/type/{source}',
      handle: (request) => {
        const [type = '', id = '', source = ''] = request.parts;
        return deleteLineageBySource(catalog, { type, id }, { source, caller: request.caller });
      },
    });
  }
  if (rules.has('lineageByName')) {
    routes.push({
      method: 'DELETE',
      path: byName,
      handle: (request) => deleteLineageByName(catalog, ends(request), request.caller),
    });
  }
  if (rules.has('lineageWrittenByName')) {
    routes.push({
      method: 'PUT',
      path: byName,
      handle: (request) => putLineageByName(catalog, ends(request), request),
    });
  }
  routes.push(
    {
      method: 'GET',
      path: 'lineage/{type}/name/{name}',
      handle: ({ parts, search }) =>
        getLineage(catalog, lineageTarget(catalog, parts[0] ?? '', { name: parts[1] ?? '' }), search),
    },
    {
      method: 'GET',
      path: 'lineage/{type}/{any}',
      handle: ({ parts, search }) =>
        getLineage(catalog, lineageTarget(catalog, parts[0] ?? '', { id: parts[1] ?? '' }), search),
    },
  );
  return routes;
}
