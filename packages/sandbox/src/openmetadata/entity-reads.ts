import type { ServerAnswer } from '../http-server.js';
import { type Catalog, findById, findByName } from './catalog.js';
import { type Entity, type EntityType, entityKinds, type Json } from './entities.js';
import { readFields, viewEntity } from './entity-views.js';
import { brokenEntity } from './entity-writes.js';
import { normalizeName } from './fully-qualified-name.js';
import { crash, notFound, Refusal, refuse } from './refusals.js';

type Include = 'all' | 'deleted' | 'non-deleted';

function readInclude(query: URLSearchParams): Include {
  const include = query.get('include') ?? 'non-deleted';
  if (include === 'all' || include === 'deleted' || include === 'non-deleted') return include;
  throw refuse(400, 'query param include must be one of [all, deleted, non-deleted]');
}

const isIncluded = (entity: Entity, include: Include): boolean =>
  include === 'all' || entity.deleted === (include === 'deleted');

/** An entity by id or name, or 404; soft-deleted ones only where `include` asks for them. Half-created ones are 500. */
export function findEntity(
  catalog: Catalog,
  type: EntityType,
  options: { by: { id: string } | { name: string }; include?: Include },
): Entity {
  const { by, include = 'non-deleted' } = options;
  const entity = 'id' in by ? findById(catalog, type, by.id) : findByName(catalog, type, by.name);
  if (entity?.broken) throw brokenEntity(entity);
  if (!entity || !isIncluded(entity, include)) throw notFound(type, 'id' in by ? by.id : by.name);
  return entity;
}

/** `GET …/{id}` and `GET …/name/{name}`. */
export function getEntity(
  catalog: Catalog,
  type: EntityType,
  options: { by: { id: string } | { name: string }; query: URLSearchParams },
): ServerAnswer {
  const { by, query } = options;
  const fields = readFields(catalog, type, query.get('fields') ?? undefined);
  const entity = findEntity(catalog, type, { by, include: readInclude(query) });
  return { status: 200, json: viewEntity(catalog, entity, fields) };
}

interface Cursor {
  name: string;
  id: string;
}

function writeCursor(catalog: Catalog, { name, id }: Cursor): string {
  const text = catalog.rules.has('cursorsHoldId') ? JSON.stringify({ id, name }) : name;
  return Buffer.from(text).toString('base64');
}

/** A cursor that is none is a 500 (OM fact 21). */
function readCursor(catalog: Catalog, text: string): Cursor {
  const decoded = Buffer.from(text, 'base64').toString('utf8');
  if (!catalog.rules.has('cursorsHoldId')) {
    if (Buffer.from(decoded).toString('base64') === text) return { name: decoded, id: '' };
    throw crash(catalog.rules, 'Index 0 out of bounds for length 0');
  }
  try {
    const { name, id } = JSON.parse(decoded) as Cursor;
    return { name: String(name), id: String(id) };
  } catch {
    throw new Refusal({
      status: 500,
      json: {
        code: 500,
        message: 'An exception with message [Failed to process JSON ] was thrown while processing request.',
      },
    });
  }
}

function readLimit(query: URLSearchParams): number {
  const limit = Number(query.get('limit') ?? 10);
  if (limit > 1_000_000) throw refuse(400, '[query param limit must be less than or equal to 1000000]');
  if (limit < 0) throw refuse(400, '[query param limit must be greater than or equal to 0]');
  return limit;
}

/** The parameter that narrows a list to one parent, where it is not called as in a body. */
const parentParameter: Partial<Record<EntityType, string>> = { tag: 'parent' };

/** Ids of the rows of one parent, in order. */
function idsBelow(catalog: Catalog, type: EntityType, holder: { type: EntityType; name: string }): readonly string[] {
  const found = findByName(catalog, holder.type, normalizeName(holder.name));
  return (found && catalog.tables[type].indexByParent.get(found.id)?.ids()) ?? [];
}

/** Ids of the tables of a database, which have its schemas between, in order. */
function tablesOfDatabase(catalog: Catalog, database: string): string[] {
  const { byId, indexByParent } = catalog.tables.table;
  const nameOf = (id: string): string => byId.get(id)?.name ?? '';
  return idsBelow(catalog, 'databaseSchema', { type: 'database', name: database })
    .flatMap((schemaId) => indexByParent.get(schemaId)?.ids() ?? [])
    .sort((a, b) => {
      const [left, right] = [nameOf(a), nameOf(b)];
      return left === right ? (a < b ? -1 : 1) : left < right ? -1 : 1;
    });
}

/** The rows that a list chooses from. Parameters that the collection does not know change nothing, as with the real server. */
function candidates(catalog: Catalog, type: EntityType, query: URLSearchParams): readonly string[] {
  const { parent } = entityKinds[type];
  const given = parent && query.get(parentParameter[type] ?? parent.property);
  if (parent && typeof given === 'string') return idsBelow(catalog, type, { type: parent.type, name: given });
  const database = type === 'table' ? query.get('database') : null;
  return database === null ? catalog.tables[type].index.ids() : tablesOfDatabase(catalog, database);
}

/** `GET` of a collection: by name, in pages with cursors (OM fact 21). */
export function listEntities(catalog: Catalog, type: EntityType, query: URLSearchParams): ServerAnswer {
  const fields = readFields(catalog, type, query.get('fields') ?? undefined);
  const include = readInclude(query);
  const limit = readLimit(query);
  const [after, before] = [query.get('after'), query.get('before')];
  if (after !== null && before !== null) throw refuse(400, 'Only one of before or after query parameter allowed');

  const onlyRoots = type === 'container' && query.get('root') === 'true';
  const rows: Entity[] = [];
  for (const id of candidates(catalog, type, query)) {
    const row = catalog.tables[type].byId.get(id);
    if (row && isIncluded(row, include) && !(onlyRoots && row.withinId !== undefined)) rows.push(row);
  }
  let start = 0;
  let end = limit;
  if (after !== null) {
    start = firstAfter(rows, readCursor(catalog, after));
    end = start + limit;
  } else if (before !== null) {
    end = firstAtOrAfter(rows, readCursor(catalog, before));
    start = Math.max(0, end - limit);
  }
  const page = rows.slice(start, end);
  const broken = page.find((row) => row.broken);
  if (broken) throw brokenEntity(broken);
  const paging: Json = { total: rows.length };
  const [first, last] = [page[0], page.at(-1)];
  if (first && start > 0) paging.before = writeCursor(catalog, first);
  if (last && end < rows.length) paging.after = writeCursor(catalog, last);
  return { status: 200, json: { data: page.map((row) => viewEntity(catalog, row, fields)), paging } };
}

function search(rows: Entity[], isBefore: (row: Entity) => boolean): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle];
    if (row && isBefore(row)) low = middle + 1;
    else high = middle;
  }
  return low;
}

const firstAfter = (rows: Entity[], { name, id }: Cursor): number =>
  search(rows, (row) => row.name < name || (row.name === name && (id === '' || row.id <= id)));

const firstAtOrAfter = (rows: Entity[], { name, id }: Cursor): number =>
  search(rows, (row) => row.name < name || (row.name === name && id !== '' && row.id < id));
