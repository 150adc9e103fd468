import type { ServerAnswer } from '../http-server.js';
import { type Catalog, findById, findByName, newId } from './catalog.js';
import { readColumnsOf } from './columns.js';
import { withConnectionDefaults } from './connection-defaults.js';
import { type EntityType, entityKinds, type Json } from './entities.js';
import { viewEntity } from './entity-views.js';
import { resolveContainer, resolveParent, writeEntity } from './entity-writes.js';
import { childName } from './fully-qualified-name.js';
import type { Caller } from './principals.js';
import { referenceTo } from './references.js';
import { notFound } from './refusals.js';
import { readBody } from './request-body.js';
import type { BodyName } from './request-shapes.js';
import { checkStoredConnection, draftOf, isService, requireProperties } from './services.js';

const shapeNames: Partial<Record<EntityType, BodyName>> = {
  classification: 'createClassification',
  tag: 'createTag',
  ingestionPipeline: 'createIngestionPipeline',
};

/** What an entity has although its body does not say so. */
function defaultsOf(catalog: Catalog, type: EntityType): Json {
  const { rules } = catalog;
  const organization = findByName(catalog, 'team', 'Organization');
  const home = organization ? [referenceTo(catalog, organization)] : [];
  switch (type) {
    case 'classification':
    case 'tag':
      return { provider: 'user', mutuallyExclusive: false, ...(type === 'tag' ? { deprecated: false } : {}) };
    case 'user':
      return rules.has('peopleInFull')
        ? { isBot: false, isAdmin: false, teams: home }
        : { isAdmin: false, teams: home };
    case 'database':
      return { default: false };
    case 'topic':
      return { cleanupPolicies: [], retentionSize: -1 };
    case 'dashboard':
      return { dashboardType: 'Dashboard', charts: [], dataModels: [] };
    case 'ingestionPipeline':
      return { loggerLevel: 'INFO', deployed: false, enabled: true, provider: 'user' };
    default:
      return {};
  }
}

/** Airflow's settings with the defaults that the server fills in. */
const airflowDefaults: Json = {
  pausePipeline: false,
  concurrency: 1,
  pipelineTimezone: 'UTC',
  retries: 0,
  retryDelay: 300,
  pipelineCatchup: false,
  maxActiveRuns: 1,
  workflowDefaultView: 'tree',
  workflowDefaultViewOrientation: 'LR',
};

/** PUT and POST of everything but pipelines and their services. */
export function writeOther(
  catalog: Catalog,
  type: EntityType,
  options: { body: unknown; caller: Caller; method: 'PUT' | 'POST' },
): ServerAnswer {
  const { caller, method } = options;
  const shape = catalog.shapes[shapeNames[type] ?? 'pipeline'];
  const kind = entityKinds[type];
  const body =
    shapeNames[type] && shape ? readBody(shape, options.body) : requireProperties(type, kind.required, options.body);
  const parent = resolveParent(catalog, type, body);
  const within = resolveContainer(catalog, type, body);
  const draft = draftOf(catalog, body, [...(kind.parent ? [kind.parent.property] : []), ...(within ? ['parent'] : [])]);
  draft.own = { ...defaultsOf(catalog, type), ...draft.own };
  const holder = within ?? parent;
  if (holder) {
    draft.own = readColumnsOf(type, draft.own, childName(holder.fullyQualifiedName, String(body.name)));
  }
  if (isService(type)) {
    if (method === 'PUT') checkStoredConnection(catalog, type, { body, caller });
    draft.own = withConnectionDefaults(catalog, draft.own);
  }
  if (type === 'ingestionPipeline') draft.own.airflowConfig = { ...airflowDefaults, ...(body.airflowConfig as Json) };
  if (type === 'user') delete draft.own.password;
  return writeEntity(catalog, { type, body, draft, caller, method });
}

/** `PUT /services/ingestionPipelines/{name}/pipelineStatus`: by run id, 201 (recorded). */
export function putIngestionRun(
  catalog: Catalog,
  name: string,
  options: { body: unknown; caller: Caller },
): ServerAnswer {
  const { caller } = options;
  const shape = catalog.shapes.ingestionPipelineStatus;
  const read = shape ? readBody(shape, options.body) : {};
  const pipeline = findByName(catalog, 'ingestionPipeline', name);
  if (!pipeline || pipeline.deleted) throw notFound('ingestionPipeline', name);
  const hasSteps = shape?.IngestionPipelineStatus?.properties.status !== undefined;
  const run: Json = hasSteps && read.status === undefined ? { ...read, status: [] } : read;
  const runs = catalog.ingestionRuns.get(pipeline.fullyQualifiedName) ?? new Map<string, Json>();
  catalog.ingestionRuns.set(pipeline.fullyQualifiedName, runs);
  const key = String(run.runId ?? '');
  const old = runs.get(key);
  runs.set(key, run);
  catalog.changes += 1;
  const inFull = catalog.rules.has('ingestionEventInFull');
  const { service, ...view } = viewEntity(catalog, pipeline, new Set());
  const entity: Json = inFull ? { ...view, service } : view;
  const field: Json = { name: 'pipelineStatus', ...(old ? { oldValue: old } : {}), newValue: run };
  return {
    status: 201,
    headers: { 'x-openmetadata-change': 'entityFieldsChanged' },
    json: {
      ...(inFull ? { id: newId() } : {}),
      eventType: 'entityUpdated',
      entityType: 'ingestionPipeline',
      entityId: pipeline.id,
      entityFullyQualifiedName: pipeline.fullyQualifiedName,
      previousVersion: pipeline.version,
      currentVersion: pipeline.version,
      userName: caller.name,
      timestamp: catalog.now(),
      changeDescription: {
        fieldsAdded: [],
        fieldsUpdated: [field],
        fieldsDeleted: [],
        previousVersion: pipeline.version,
      },
      entity: inFull ? { ...entity, pipelineStatuses: run } : entity,
    },
  };
}

/** The runs of an ingestion pipeline, newest first. */
export function ingestionRunsOf(catalog: Catalog, name: string): Json[] {
  const runs = [...(catalog.ingestionRuns.get(name)?.values() ?? [])];
  return runs.sort((a, b) => Number(b.timestamp) - Number(a.timestamp));
}

/** The user that asks, as `GET /users/loggedInUser` shows it. */
export function findUser(catalog: Catalog, caller: Caller) {
  const user = findByName(catalog, 'user', caller.name);
  if (!user) throw notFound('user', caller.name);
  return findById(catalog, 'user', user.id) ?? user;
}
