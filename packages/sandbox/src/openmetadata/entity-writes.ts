import type { ServerAnswer } from '../http-server.js';
import { type Catalog, findById, findByName, insert, newId } from './catalog.js';
import { type Entity, type EntityType, entityKinds, type Json } from './entities.js';
import { checkNewLabels, type Draft, type UpdateOptions, updateEntity } from './entity-update.js';
import { viewWritten } from './entity-views.js';
import { childName, quoteName } from './fully-qualified-name.js';
import { authorize, type Caller } from './principals.js';
import { crash, notFound, Refusal, refuse } from './refusals.js';
import { restoreChildren } from './removals.js';
import { sortLabels } from './tag-labels.js';

/** The 500 of a half-created entity, for ever (OM fact 14). */
export function brokenEntity(entity: Entity): Refusal {
  const message = `Entity type ${entity.type} ${entity.id} does not have expected relationship contains to/from entity type null`;
  return new Refusal({
    status: 500,
    json: { code: 500, message: `An exception with message [${message}] was thrown while processing request.` },
  });
}

/** The live parent that a body names, or 404. */
export function resolveParent(catalog: Catalog, type: EntityType, body: Json): Entity | undefined {
  const { parent } = entityKinds[type];
  if (!parent) return undefined;
  const given = body[parent.property];
  // Ingestion pipelines refer to their service by id, all others by name.
  const id = typeof given === 'object' && given !== null ? String((given as Json).id) : undefined;
  const holder =
    id === undefined ? findByName(catalog, parent.type, String(given)) : findById(catalog, parent.type, id);
  if (!holder || holder.deleted) throw notFound(parent.type, id ?? String(given));
  return holder;
}

/** The container around a nested one, which a body names as `parent`; it may be soft-deleted. */
export function resolveContainer(catalog: Catalog, type: EntityType, body: Json): Entity | undefined {
  if (type !== 'container' || body.parent === undefined) return undefined;
  const { id } = body.parent as Json;
  if (id === undefined) throw refuse(400, '[id must not be null]');
  const container = findById(catalog, 'container', String(id));
  if (!container) throw notFound('container', String(id));
  return container;
}

export interface Write {
  type: EntityType;
  /** As read: its constraints hold. */
  body: Json;
  draft: Draft;
  caller: Caller;
  method: 'PUT' | 'POST';
}

function nul(value: unknown): boolean {
  return JSON.stringify(value).includes('\\u0000');
}

interface Place {
  parent?: Entity | undefined;
  /** The container around a nested one. */
  within?: Entity | undefined;
  fullyQualifiedName: string;
}

function createEntity(catalog: Catalog, write: Write, place: Place): Entity {
  const { type, body, draft, caller } = write;
  const { rules } = catalog;
  const entity: Entity = {
    type,
    id: newId(),
    name: String(body.name),
    fullyQualifiedName: place.fullyQualifiedName,
    ...(place.parent ? { parentId: place.parent.id } : {}),
    ...(place.within ? { withinId: place.within.id } : {}),
    deleted: false,
    version: 0.1,
    updatedAt: catalog.now(),
    updatedBy: caller.name,
    own: draft.own,
    tags: sortLabels(draft.tags ?? []),
    taskTags: draft.taskTags,
    owners: draft.owners,
    domains: draft.domains,
  };
  if (nul([entity.name, entity.own])) {
    throw crash(rules, 'org.postgresql.util.PSQLException: ERROR: unsupported Unicode escape sequence');
  }
  try {
    checkNewLabels(catalog, draft);
  } catch (error) {
    // 1.2 looks for the tags only after it has stored the row; a tag of another's classification it refuses before.
    const tooLate = error instanceof Refusal && error.answer.status === 404 && !rules.has('tagsResolvedFirst');
    if (tooLate && type === 'pipeline') insert(catalog, { ...entity, tags: [], broken: true });
    throw error;
  }
  catalog.changes += 1;
  return insert(catalog, entity);
}

/** Creates or updates by name, and answers as the server does: 201 or 200 and what happened in a header (OM fact 1). */
export function writeEntity(catalog: Catalog, write: Write): ServerAnswer {
  const { type, body, draft, caller, method } = write;
  const parent = resolveParent(catalog, type, body);
  const name = String(body.name);
  const within = resolveContainer(catalog, type, body);
  const holder = within ?? parent;
  const fullyQualifiedName = holder ? childName(holder.fullyQualifiedName, name) : quoteName(name);
  const existing = findByName(catalog, type, fullyQualifiedName);
  if (existing && method === 'POST') throw refuse(409, 'Entity already exists');
  authorize(caller, existing ? 'EditAll' : 'Create');
  if (!existing) {
    const created = createEntity(catalog, write, { parent, within, fullyQualifiedName });
    return {
      status: 201,
      headers: method === 'PUT' ? { 'x-openmetadata-change': 'entityCreated' } : {},
      json: viewWritten(catalog, created, { body, isNew: true }),
    };
  }
  if (existing.broken) throw brokenEntity(existing);
  const options: UpdateOptions = { caller, operation: 'put' };
  const { entity, changed } = updateEntity(catalog, existing, draft, options);
  if (existing.deleted) restoreChildren(catalog, entity, caller);
  return {
    status: 200,
    headers: { 'x-openmetadata-change': changed ? 'entityUpdated' : 'entityNoChange' },
    json: viewWritten(catalog, entity, { body, isNew: false }),
  };
}
