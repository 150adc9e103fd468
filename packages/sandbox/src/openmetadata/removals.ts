import type { ServerAnswer } from '../http-server.js';
import { type Catalog, childrenOf, findById, remove, replace } from './catalog.js';
import type { Entity, EntityType } from './entities.js';
import { createChanges, nextVersion, noChange } from './entity-changes.js';
import { viewWhole } from './entity-views.js';
import { deleteEdgesOf } from './lineage-edges.js';
import { authorize, type Caller } from './principals.js';
import { crash, notFound, refuse } from './refusals.js';

function markDeleted(catalog: Catalog, entity: Entity, options: { caller: Caller; deleted: boolean }): Entity {
  const { caller, deleted } = options;
  const changes = createChanges();
  changes.record('deleted', !deleted, deleted);
  const { previous: _previous, ...before } = entity;
  catalog.changes += 1;
  return replace(catalog, {
    ...entity,
    deleted,
    version: nextVersion(entity.version),
    updatedAt: catalog.now(),
    updatedBy: caller.name,
    change: changes.describe(entity.version),
    previous: before,
  });
}

/** Brings back everything below an entity that came back. */
export function restoreChildren(catalog: Catalog, entity: Entity, caller: Caller): void {
  for (const child of childrenOf(catalog, entity)) {
    // A nested container is met below its service and below the container around it.
    const current = findById(catalog, child.type, child.id);
    if (current?.deleted) markDeleted(catalog, current, { caller, deleted: false });
    restoreChildren(catalog, child, caller);
  }
}

function removeForGood(catalog: Catalog, entity: Entity): void {
  if (!findById(catalog, entity.type, entity.id)) return;
  for (const child of childrenOf(catalog, entity)) removeForGood(catalog, child);
  // Runs stay and are there again when the pipeline is created anew (OM fact 19); edges go (fact 20).
  deleteEdgesOf(catalog, entity.id);
  remove(catalog, entity);
  catalog.changes += 1;
}

/** DELETE, soft unless told otherwise. A second soft delete changes nothing (recorded). */
export function deleteEntity(
  catalog: Catalog,
  entity: Entity,
  options: { caller: Caller; hard: boolean; recursive: boolean },
): ServerAnswer {
  const { caller, hard, recursive } = options;
  authorize(caller, 'Delete');
  const children = childrenOf(catalog, entity).filter((child) => hard || !child.deleted);
  if (children.length > 0 && !recursive) throw refuse(400, `${entity.type} is not empty`);
  if (hard) {
    const view = viewWhole(catalog, entity);
    delete view.href;
    removeForGood(catalog, entity);
    return { status: 200, headers: { 'x-openmetadata-change': 'entityDeleted' }, json: view };
  }
  for (const child of children) {
    const current = findById(catalog, child.type, child.id);
    if (current && !current.deleted) deleteEntity(catalog, current, { caller, hard: false, recursive: true });
  }
  const deleted = entity.deleted ? entity : markDeleted(catalog, entity, { caller, deleted: true });
  const view = viewWhole(catalog, deleted);
  delete view.href;
  if (entity.deleted && !catalog.rules.has('lastChangeShown')) view.changeDescription = noChange(entity.version);
  return { status: 200, headers: { 'x-openmetadata-change': 'entitySoftDeleted' }, json: view };
}

/** `PUT …/restore`. For one that is not deleted 1.2 answers 404 and 1.6 500 (recorded). */
export function restoreEntity(
  catalog: Catalog,
  type: EntityType,
  options: { id: string; caller: Caller },
): ServerAnswer {
  const { id, caller } = options;
  const entity = findById(catalog, type, id);
  if (!entity?.deleted) {
    if (catalog.rules.version === '1.2') throw notFound(type, id);
    throw crash(
      catalog.rules,
      'Cannot invoke "org.openmetadata.service.util.RestUtil$PutResponse.getEntity()" because "response" is null',
    );
  }
  authorize(caller, 'EditAll');
  const restored = markDeleted(catalog, entity, { caller, deleted: false });
  restoreChildren(catalog, restored, caller);
  const view = viewWhole(catalog, restored);
  delete view.href;
  return { status: 200, headers: { 'x-openmetadata-change': 'entityRestored' }, json: view };
}
