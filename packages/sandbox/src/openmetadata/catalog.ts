import { randomUUID } from 'node:crypto';
import type { Entity, EntityType, Json } from './entities.js';
import { entityKinds } from './entities.js';
import { normalizeName } from './fully-qualified-name.js';
import type { LineageEdge } from './lineage-edges.js';
import { createNameIndex, type NameIndex } from './name-index.js';
import type { RequestShapes } from './request-shapes.js';
import type { VersionRules } from './versions.js';

/** All rows of one type. */
interface Table {
  byId: Map<string, Entity>;
  idByName: Map<string, string>;
  /** Sorted by name, for lists. */
  index: NameIndex;
  /** The same per parent. */
  indexByParent: Map<string, NameIndex>;
}

/** The edges of the graph, by the ids of both ends. */
interface LineageStore {
  byKey: Map<string, LineageEdge>;
  /** Keys of the edges that leave, that enter and that name an entity as their pipeline. */
  leaving: Map<string, Set<string>>;
  entering: Map<string, Set<string>>;
  through: Map<string, Set<string>>;
}

/** Everything that one stand-in holds. */
export interface Catalog {
  rules: VersionRules;
  shapes: RequestShapes;
  /** ms. */
  now: () => number;
  /** e.g. `http://127.0.0.1:8585`, for the links in answers. */
  origin: string;
  tables: Record<EntityType, Table>;
  /** Runs by fully qualified name and timestamp: they outlive their pipeline (OM fact 19). */
  statuses: Map<string, Map<number, Json>>;
  /** Runs of ingestion pipelines, by fully qualified name and run id. */
  ingestionRuns: Map<string, Map<string, Json>>;
  lineage: LineageStore;
  /** Number of writes that changed something. */
  changes: number;
}

/** An empty catalog. */
export function createCatalog(options: { rules: VersionRules; shapes: RequestShapes; now: () => number }): Catalog {
  const tables = Object.fromEntries(
    Object.keys(entityKinds).map((type) => [
      type,
      { byId: new Map(), idByName: new Map(), index: createNameIndex(), indexByParent: new Map() } satisfies Table,
    ]),
  ) as unknown as Record<EntityType, Table>;
  return {
    ...options,
    origin: '',
    tables,
    statuses: new Map(),
    ingestionRuns: new Map(),
    lineage: { byKey: new Map(), leaving: new Map(), entering: new Map(), through: new Map() },
    changes: 0,
  };
}

export const newId = (): string => randomUUID();

/** Ids of what holds an entity: its service, schema … and, of a nested container, the one around it. */
const holdersOf = ({ parentId, withinId }: Entity): string[] => [parentId, withinId].filter((id) => id !== undefined);

/** Adds a row. */
export function insert(catalog: Catalog, entity: Entity): Entity {
  const table = catalog.tables[entity.type];
  table.byId.set(entity.id, entity);
  table.idByName.set(entity.fullyQualifiedName, entity.id);
  table.index.add(entity.name, entity.id);
  for (const holderId of holdersOf(entity)) {
    let index = table.indexByParent.get(holderId);
    if (!index) {
      index = createNameIndex();
      table.indexByParent.set(holderId, index);
    }
    index.add(entity.name, entity.id);
  }
  return entity;
}

/** Puts a new row in the place of the one with its id; names never change. */
export function replace(catalog: Catalog, entity: Entity): Entity {
  catalog.tables[entity.type].byId.set(entity.id, entity);
  return entity;
}

/** Takes a row out. */
export function remove(catalog: Catalog, entity: Entity): void {
  const table = catalog.tables[entity.type];
  table.byId.delete(entity.id);
  table.idByName.delete(entity.fullyQualifiedName);
  table.index.remove(entity.name, entity.id);
  for (const holderId of holdersOf(entity)) table.indexByParent.get(holderId)?.remove(entity.name, entity.id);
}

export const findById = (catalog: Catalog, type: EntityType, id: string): Entity | undefined =>
  catalog.tables[type].byId.get(id.toLowerCase());

/** By fully qualified name; the names of services may leave out their quotes (recorded). */
export function findByName(catalog: Catalog, type: EntityType, name: string): Entity | undefined {
  const { idByName, byId } = catalog.tables[type];
  const alone = entityKinds[type].parent === undefined && name.includes('.') && !name.includes('"');
  const id = idByName.get(alone ? `"${name}"` : normalizeName(name));
  return id === undefined ? undefined : byId.get(id);
}

/** The rows below a service, schema, container or classification, of all types. */
export function childrenOf(catalog: Catalog, parent: Entity): Entity[] {
  const children: Entity[] = [];
  for (const type of Object.keys(entityKinds) as EntityType[]) {
    const isNested = type === 'container' && parent.type === 'container';
    if (!isNested && entityKinds[type].parent?.type !== parent.type) continue;
    const table = catalog.tables[type];
    for (const id of table.indexByParent.get(parent.id)?.ids() ?? []) {
      const child = table.byId.get(id);
      if (child) children.push(child);
    }
  }
  return children;
}
