import { type Catalog, findByName, insert, newId } from './catalog.js';
import type { Entity, EntityType, Json } from './entities.js';
import { childName, quoteName } from './fully-qualified-name.js';

/** Puts a row there as if it had always been, without counting it as a change. */
export function place(
  catalog: Catalog,
  options: { type: EntityType; name: string; parent?: Entity; within?: Entity; own?: Json; by?: string },
): Entity {
  const { type, name, parent, within, own = {}, by = 'admin' } = options;
  const holder = within ?? parent;
  const fullyQualifiedName = holder ? childName(holder.fullyQualifiedName, name) : quoteName(name);
  const existing = findByName(catalog, type, fullyQualifiedName);
  if (existing) return existing;
  return insert(catalog, {
    type,
    id: newId(),
    name,
    fullyQualifiedName,
    ...(parent ? { parentId: parent.id } : {}),
    ...(within ? { withinId: within.id } : {}),
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

/** Puts a user or team there. Answers the id. */
export function seedPerson(catalog: Catalog, type: 'user' | 'team', entity: Json): string {
  const { fullyQualifiedName, name = fullyQualifiedName, id: _id, ...own } = entity;
  if (name === undefined) throw new Error(`a seeded ${type} needs a name`);
  const fill: Json =
    type === 'user' ? { isBot: false, isAdmin: false, email: `${name}@example.com` } : { teamType: 'Group' };
  return place(catalog, { type, name: String(name), own: { ...fill, ...own } }).id;
}
