import { type Catalog, findById, findByName } from './catalog.js';
import { type Entity, entityKinds, isEntityType, type Json, listOf, type Reference } from './entities.js';
import { notFound, refuse } from './refusals.js';

export const linkTo = (catalog: Catalog, entity: Entity): string =>
  `${catalog.origin}/api/v1/${entityKinds[entity.type].collection}/${entity.id}`;

/** An entity as others name it: id, type, names, link. */
export function referenceTo(catalog: Catalog, entity: Entity): Json {
  const { description, displayName } = entity.own;
  const reference: Json = {
    id: entity.id,
    type: entity.type,
    name: entity.name,
    fullyQualifiedName: entity.fullyQualifiedName,
  };
  if (description !== undefined) reference.description = description;
  if (displayName !== undefined) reference.displayName = displayName;
  else if (catalog.rules.has('referencesHaveDisplayName')) reference.displayName = entity.name;
  if (entity.type !== 'domain') reference.deleted = entity.deleted;
  reference.href = linkTo(catalog, entity);
  return reference;
}

/** The references of stored ids, without those whose entity is gone. */
export function expandReferences(catalog: Catalog, references: Reference[]): Json[] {
  const expanded: Json[] = [];
  for (const { type, id } of references) {
    const entity = isEntityType(type) ? findById(catalog, type, id) : undefined;
    if (entity) expanded.push(referenceTo(catalog, entity));
  }
  return expanded;
}

/** The live entity that a reference of a body names, or 404. */
export function resolveReference(catalog: Catalog, { type, id }: Reference): Entity {
  if (!isEntityType(type)) {
    throw refuse(404, `Entity repository for ${type} not found. Is the ENTITY_TYPE_MAP initialized?`);
  }
  const entity = findById(catalog, type, id);
  if (!entity) throw notFound(type, id);
  return entity;
}

/** The owners that a body names (`owner` or `owners`), checked (OM fact 15). */
export function readOwners(catalog: Catalog, body: Json): Reference[] {
  const given = body.owner === undefined ? listOf<Json>(body.owners) : [body.owner as Json];
  return given.map(({ id, type }) => {
    const reference = { id: String(id), type: String(type) };
    if (reference.type !== 'user' && reference.type !== 'team') {
      throw refuse(
        400,
        `Entity of type ${reference.type} can't be the owner. Only Team of type Group or a User can own entities.`,
      );
    }
    resolveReference(catalog, reference);
    return reference;
  });
}

/** The ids of the domains that a body names (`domain` or `domains`), or 404. */
export function readDomains(catalog: Catalog, body: Json): string[] {
  const given = body.domain === undefined ? listOf(body.domains) : [body.domain];
  return given.map((name) => {
    // A PATCH holds the whole reference, a PUT the name alone.
    const reference = typeof name === 'object' && name !== null ? (name as Json) : undefined;
    const domain = reference
      ? findById(catalog, 'domain', String(reference.id))
      : findByName(catalog, 'domain', String(name));
    if (!domain || domain.deleted) throw notFound('domain', String(reference?.id ?? name));
    return domain.id;
  });
}
