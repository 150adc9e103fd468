import type { ServerAnswer } from '../http-server.js';
import type { Catalog } from './catalog.js';
import { readColumnsOf } from './columns.js';
import { type Entity, type Json, listOf, type Reference, type Task } from './entities.js';
import { type Draft, updateEntity } from './entity-update.js';
import { viewWhole } from './entity-views.js';
import { brokenEntity } from './entity-writes.js';
import { normalizeName, quoteName } from './fully-qualified-name.js';
import { applyJsonPatch, PatchFailure } from './json-patch.js';
import { readTasks } from './pipelines.js';
import { authorize, type Caller } from './principals.js';
import { readDomains, readOwners } from './references.js';
import { crash } from './refusals.js';
import { readBody } from './request-body.js';
import { readLabels } from './tag-labels.js';

/** Parts of an entity's view that are not among its own properties. */
const notOwn = new Set([
  ...['id', 'name', 'fullyQualifiedName', 'version', 'updatedAt', 'updatedBy', 'href', 'deleted', 'changeDescription'],
  ...[
    'service',
    'serviceType',
    'database',
    'databaseSchema',
    'classification',
    'parent',
    'owner',
    'owners',
    'domain',
    'domains',
  ],
  ...['tags', 'followers', 'votes', 'dataProducts', 'pipelineStatus'],
]);

function patched(catalog: Catalog, entity: Entity, patch: unknown[]): Json {
  const document = viewWhole(catalog, entity);
  // Links are made for the answer and no part of what is patched.
  delete document.href;
  try {
    return applyJsonPatch(document, patch);
  } catch (error) {
    if (error instanceof PatchFailure) throw crash(catalog.rules, error.message);
    throw error;
  }
}

/** `PATCH`: a bot may overwrite texts here, and tags and owners can be taken off (OM fact 13). Names never change. */
export function patchEntity(
  catalog: Catalog,
  entity: Entity,
  options: { patch: unknown; caller: Caller },
): ServerAnswer {
  const { caller } = options;
  if (entity.broken) throw brokenEntity(entity);
  const shape = entity.type === 'pipeline' ? catalog.shapes.pipeline : undefined;
  const result = patched(catalog, entity, listOf(options.patch));
  const document = shape ? readBody(shape, result) : result;
  authorize(caller, 'EditAll');
  // The server builds the names of tasks from the patched name, although it then drops that (recorded).
  const holder = entity.fullyQualifiedName.slice(0, entity.fullyQualifiedName.length - quoteName(entity.name).length);
  const { tasks, taskTags } = readTasks(catalog, {
    tasks: document.tasks,
    pipelineName: normalizeName(`${holder}${quoteName(String(document.name))}`),
  });
  const own: Json = {};
  for (const [name, value] of Object.entries(document)) if (!notOwn.has(name)) own[name] = value;
  if (tasks !== undefined) own.tasks = tasks satisfies Task[];
  const named = readColumnsOf(entity.type, own, entity.fullyQualifiedName);
  const draft: Draft = {
    own: named,
    tags: readLabels(document.tags) ?? [],
    taskTags,
    owners: readOwners(catalog, ownersOf(document)),
    domains: readDomains(catalog, document),
  };
  const { entity: written, changed } = updateEntity(catalog, entity, draft, { caller, operation: 'patch' });
  return {
    status: 200,
    headers: { 'x-openmetadata-change': changed ? 'entityUpdated' : 'entityNoChange' },
    json: viewWhole(catalog, written),
  };
}

const ownersOf = ({ owner, owners }: Json): Json => ({
  ...(owner === undefined ? {} : { owner }),
  owners: listOf<Reference>(owners),
});
