import type { OpenMetadataSandbox } from '../types.js';
import { type Catalog, findByName, insert, newId } from './catalog.js';
import { type Entity, type EntityType, entityKinds, type Json } from './entities.js';
import { quoteName } from './fully-qualified-name.js';
import { readColumns } from './other-entities.js';

/** Puts a row there as if it had always been, without counting it as a change. */
function place(
  catalog: Catalog,
  options: { type: EntityType; name: string; parent?: Entity; own?: Json; by?: string },
): Entity {
  const { type, name, parent, own = {}, by = 'admin' } = options;
  const fullyQualifiedName = parent ? `${parent.fullyQualifiedName}.${quoteName(name)}` : quoteName(name);
  const existing = findByName(catalog, type, fullyQualifiedName);
  if (existing) return existing;
  return insert(catalog, {
    type,
    id: newId(),
    name,
    fullyQualifiedName,
    ...(parent ? { parentId: parent.id } : {}),
    deleted: false,
    version: 0.1,
    updatedAt: catalog.now(),
    updatedBy: by,
    own,
    tags: [],
    taskTags: {},
    owners: [],
    domains: [],
  });
}

/** What every server has from the start: its bots, the administrator, the organization, the tags that exclude each other. */
export function furnish(catalog: Catalog): void {
  const host = catalog.rules.version === '1.2' ? 'openmetadata.org' : 'open-metadata.org';
  const description = 'Organization under which all the other team hierarchy is created';
  place(catalog, {
    type: 'team',
    name: 'Organization',
    own: { displayName: 'Organization', description, teamType: 'Organization' },
  });
  place(catalog, {
    type: 'user',
    name: 'admin',
    own: { email: 'admin@open-metadata.org', isAdmin: true, isBot: false },
  });
  for (const name of ['ingestion-bot', 'profiler-bot', 'lineage-bot']) {
    place(catalog, { type: 'user', name, own: { email: `${name}@${host}`, isBot: true, isAdmin: false }, by: name });
  }
  const tagsByClassification = {
    Tier: ['Tier1', 'Tier2', 'Tier3', 'Tier4', 'Tier5'],
    PII: ['None', 'NonSensitive', 'Sensitive'],
  };
  for (const [name, tags] of Object.entries(tagsByClassification)) {
    const own = { description: name, provider: 'system', mutuallyExclusive: true };
    const parent = place(catalog, { type: 'classification', name, own });
    for (const tag of tags) {
      place(catalog, {
        type: 'tag',
        name: tag,
        parent,
        own: { description: tag, provider: 'system', mutuallyExclusive: false },
      });
    }
  }
}

/** The types of the holders of a seeded entity, from the outermost, and the service's kind. */
const holders: Record<'table' | 'topic' | 'container', { types: EntityType[]; serviceType: string }> = {
  table: { types: ['databaseService', 'database', 'databaseSchema'], serviceType: 'CustomDatabase' },
  topic: { types: ['messagingService'], serviceType: 'CustomMessaging' },
  container: { types: ['storageService'], serviceType: 'CustomStorage' },
};

/** The parts of a fully qualified name, without their quotes. */
const partsOf = (name: string): string[] =>
  (name.match(/"[^"]*"|[^."]+/g) ?? []).map((part) => part.replaceAll('"', ''));

/**
 * Puts a user, team, table, topic or container there. Tables, topics and containers are named by `fullyQualifiedName`
 * (`service.database.schema.table`, `service.topic`) and bring what holds them; a table has `columns`. Answers the id.
 */
export function seedEntity(catalog: Catalog, type: Parameters<OpenMetadataSandbox['seed']>[0], entity: Json): string {
  const { name: _name, fullyQualifiedName: _fullName, id: _id, ...own } = entity;
  const fullName = String(entity.fullyQualifiedName ?? entity.name ?? '');
  const parts = partsOf(fullName);
  const name = parts.pop();
  if (name === undefined) throw new Error(`a seeded ${type} needs a name or a fullyQualifiedName`);
  if (type === 'user' || type === 'team') {
    const fill: Json =
      type === 'user' ? { isBot: false, isAdmin: false, email: `${name}@example.com` } : { teamType: 'Group' };
    return place(catalog, { type, name: String(entity.name ?? name), own: { ...fill, ...own } }).id;
  }
  const { types, serviceType } = holders[type];
  if (parts.length < types.length) {
    throw new Error(`a seeded ${type} needs a fullyQualifiedName of ${types.length + 1} parts, not ${fullName}`);
  }
  let parent: Entity | undefined;
  for (const [position, holder] of types.entries()) {
    const holderName = parts[position] ?? '';
    const isService = entityKinds[holder].parent === undefined;
    parent = place(catalog, {
      type: holder,
      name: holderName,
      ...(parent ? { parent } : {}),
      own: isService ? { serviceType } : {},
    });
  }
  if (!parent) throw new Error(`a ${type} without a holder`);
  if (type === 'table') own.columns = readColumns(own.columns, `${parent.fullyQualifiedName}.${quoteName(name)}`);
  return place(catalog, { type, name, parent, own }).id;
}
