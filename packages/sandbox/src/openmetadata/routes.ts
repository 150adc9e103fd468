import { type Catalog, findByName } from './catalog.js';
import { type EntityType, entityKinds } from './entities.js';
import { patchEntity } from './entity-patch.js';
import { findEntity, getEntity, listEntities } from './entity-reads.js';
import { viewEntity } from './entity-views.js';
import { lineageRoutes } from './lineage-routes.js';
import { findUser, ingestionRunsOf, putIngestionRun, writeOther } from './other-entities.js';
import { writePipeline, writePipelines } from './pipelines.js';
import { crash, notFound } from './refusals.js';
import { deleteEntity, restoreEntity } from './removals.js';
import type { Route, RouteRequest } from './router.js';
import { writePipelineService } from './services.js';
import { deleteStale } from './stale-pipelines.js';
import { deleteStatus, getStatuses, putStatus, putStatuses } from './statuses.js';

const part = (request: RouteRequest, position = 0): string => request.parts[position] ?? '';

function writer(catalog: Catalog, type: EntityType): Route['handle'] {
  return ({ body, caller, method }) => {
    const options = { body, caller, method: method === 'POST' ? 'POST' : 'PUT' } as const;
    if (type === 'pipeline') return writePipeline(catalog, options);
    if (type === 'pipelineService') return writePipelineService(catalog, options);
    return writeOther(catalog, type, options);
  };
}

function deletion(catalog: Catalog, type: EntityType, by: 'id' | 'name'): Route['handle'] {
  return (request) => {
    const key = part(request);
    const entity = findEntity(catalog, type, { by: by === 'id' ? { id: key } : { name: key }, include: 'all' });
    return deleteEntity(catalog, entity, {
      caller: request.caller,
      hard: request.search.get('hardDelete') === 'true',
      recursive: request.search.get('recursive') === 'true',
    });
  };
}

/** What every collection offers. */
function collectionRoutes(catalog: Catalog, type: EntityType): Route[] {
  const { collection } = entityKinds[type];
  const patchType = 'application/json-patch+json';
  const routes: Route[] = [
    { method: 'GET', path: collection, handle: ({ search }) => listEntities(catalog, type, search) },
    { method: 'PUT', path: collection, handle: writer(catalog, type) },
    { method: 'POST', path: collection, handle: writer(catalog, type) },
    {
      method: 'GET',
      path: `${collection}/{id}`,
      handle: (request) => getEntity(catalog, type, { by: { id: part(request) }, query: request.search }),
    },
    {
      method: 'GET',
      path: `${collection}/name/{name}`,
      handle: (request) => getEntity(catalog, type, { by: { name: part(request) }, query: request.search }),
    },
    {
      method: 'PATCH',
      path: `${collection}/{id}`,
      consumes: patchType,
      handle: (request) =>
        patchEntity(catalog, findEntity(catalog, type, { by: { id: part(request) } }), {
          patch: request.body,
          caller: request.caller,
        }),
    },
    {
      method: 'PUT',
      path: `${collection}/restore`,
      handle: ({ body, caller }) =>
        restoreEntity(catalog, type, { id: String((body as { id?: unknown } | null)?.id), caller }),
    },
    { method: 'DELETE', path: `${collection}/{id}`, handle: deletion(catalog, type, 'id') },
    { method: 'DELETE', path: `${collection}/name/{name}`, handle: deletion(catalog, type, 'name') },
  ];
  if (catalog.rules.has('patchByName')) {
    routes.push({
      method: 'PATCH',
      path: `${collection}/name/{name}`,
      consumes: patchType,
      handle: (request) =>
        patchEntity(catalog, findEntity(catalog, type, { by: { name: part(request) } }), {
          patch: request.body,
          caller: request.caller,
        }),
    });
  }
  return routes;
}

function pipelineRoutes(catalog: Catalog): Route[] {
  const { rules } = catalog;
  const routes: Route[] = [
    { method: 'PUT', path: 'pipelines/{name}/status', handle: (request) => putStatus(catalog, part(request), request) },
    {
      method: 'GET',
      path: 'pipelines/{name}/status',
      handle: (request) => getStatuses(catalog, part(request), request.search),
    },
    {
      method: 'DELETE',
      path: 'pipelines/{name}/status/{number}',
      handle: (request) =>
        deleteStatus(catalog, part(request), { timestamp: Number(part(request, 1)), caller: request.caller }),
    },
  ];
  if (rules.has('statusBulk')) {
    routes.push({
      method: 'PUT',
      path: 'pipelines/{name}/status/bulk',
      handle: (request) => putStatuses(catalog, part(request), request),
    });
  }
  if (rules.has('pipelineBulk')) {
    routes.push({ method: 'PUT', path: 'pipelines/bulk', handle: (request) => writePipelines(catalog, request) });
  }
  if (rules.has('deleteStale')) {
    routes.push({
      method: 'DELETE',
      path: 'pipelines/deleteStale',
      consumes: 'application/json',
      handle: (request) => deleteStale(catalog, request),
    });
  }
  return routes;
}

const encode = (text: string): string => Buffer.from(text).toString('base64');

function ingestionRoutes(catalog: Catalog): Route[] {
  const path = 'services/ingestionPipelines/{name}/pipelineStatus';
  const known = (name: string): string => findByName(catalog, 'ingestionPipeline', name)?.fullyQualifiedName ?? name;
  return [
    { method: 'PUT', path, handle: (request) => putIngestionRun(catalog, part(request), request) },
    {
      method: 'GET',
      path,
      handle: (request) => {
        const [start, end] = [request.search.get('startTs'), request.search.get('endTs')];
        if (start === null || end === null) {
          throw crash(catalog.rules, `${start === null ? 'startTs' : 'endTs'} is marked non-null but is null`);
        }
        const data = ingestionRunsOf(catalog, known(part(request))).filter(
          ({ timestamp }) => Number(timestamp) >= Number(start) && Number(timestamp) <= Number(end),
        );
        return {
          status: 200,
          json: { data, paging: { before: encode(start), after: encode(end), total: data.length } },
        };
      },
    },
    {
      method: 'GET',
      path: `${path}/{run}`,
      handle: (request) => {
        const run = catalog.ingestionRuns.get(known(part(request)))?.get(part(request, 1));
        if (!run) throw notFound('pipelineStatus', part(request, 1));
        return { status: 200, json: run };
      },
    },
  ];
}

/** The operations of a caller, as `GET /permissions/{resource}` lists them. */
function permissionsOf(resource: string, mayWrite: boolean) {
  const operations = ['Create', 'ViewAll', 'EditAll', 'Delete'];
  return {
    resource,
    permissions: operations.map((operation) => ({
      operation,
      access: mayWrite || operation === 'ViewAll' ? 'allow' : 'notAllow',
    })),
  };
}

function systemRoutes(catalog: Catalog): Route[] {
  const { rules } = catalog;
  const routes: Route[] = [
    {
      method: 'GET',
      path: 'system/version',
      signedIn: false,
      handle: () => ({
        status: 200,
        json: { version: rules.reportedVersion, revision: '0'.repeat(40), timestamp: catalog.now() },
      }),
    },
    {
      method: 'GET',
      path: 'users/loggedInUser',
      handle: ({ caller }) => ({ status: 200, json: viewEntity(catalog, findUser(catalog, caller), new Set()) }),
    },
    {
      method: 'GET',
      path: 'permissions/{resource}',
      handle: (request) => ({
        status: 200,
        json: permissionsOf(part(request), request.caller.isAdmin || request.caller.isBot),
      }),
    },
  ];
  if (rules.has('systemStatus')) {
    const passed = { passed: true, message: 'sandbox' };
    routes.push({
      method: 'GET',
      path: 'system/status',
      handle: () => ({ status: 200, json: { database: passed, searchInstance: passed } }),
    });
  }
  return routes;
}

/** Every path that the version has. Literal paths come before those with variable parts. */
export function createRoutes(catalog: Catalog): Route[] {
  const types = Object.keys(entityKinds) as EntityType[];
  return [
    ...systemRoutes(catalog),
    ...pipelineRoutes(catalog),
    ...ingestionRoutes(catalog),
    ...lineageRoutes(catalog),
    ...types.flatMap((type) => collectionRoutes(catalog, type)),
  ];
}
