import type { DatasetSeed, SeedColumn } from '../types.js';
import { type Catalog, findByName } from './catalog.js';
import { readColumnsOf } from './columns.js';
import type { Entity, EntityType, Json } from './entities.js';
import { childName, quoteName } from './fully-qualified-name.js';
import { place } from './seeds.js';

type DatasetType = DatasetSeed['type'];

interface Holders {
  /** From the outermost, which is the service. */
  types: [EntityType, ...EntityType[]];
  customService: string;
  /** Says what a right name looks like. */
  form: string;
}

const holdersOf: Record<DatasetType, Holders> = {
  table: {
    types: ['databaseService', 'database', 'databaseSchema'],
    customService: 'CustomDatabase',
    form: 'service.database.schema.table',
  },
  topic: { types: ['messagingService'], customService: 'CustomMessaging', form: 'service.topic' },
  container: {
    types: ['storageService'],
    customService: 'CustomStorage',
    form: 'service.bucket or service.bucket.prefix',
  },
  searchIndex: { types: ['searchService'], customService: 'CustomSearch', form: 'service.index' },
};

/** What a seeded container is called in the words of its storage. */
const schemes: Record<string, string> = { S3: 's3', GCS: 'gs' };

/** The parts of a fully qualified name, without their quotes. */
const partsOf = (name: string): string[] =>
  (name.match(/"[^"]*"|[^."]+/g) ?? []).map((part) => part.replaceAll('"', ''));

const columnOf = (column: SeedColumn): Json =>
  typeof column === 'string' ? { name: column, dataType: 'STRING' } : column;

/** The properties that hold columns, as a create body has them. */
function columnProperties(type: DatasetType, columns: readonly SeedColumn[] | undefined): Json {
  const list = columns?.map(columnOf);
  if (type === 'table') return { columns: list ?? [] };
  if (type === 'searchIndex') return { fields: list ?? [] };
  if (list === undefined) return {};
  return type === 'container'
    ? { dataModel: { isPartitioned: false, columns: list } }
    : { messageSchema: { schemaType: 'JSON', schemaFields: list } };
}

function placeService(catalog: Catalog, type: DatasetType, options: { name: string; serviceType?: string }): Entity {
  const { types, customService } = holdersOf[type];
  const { name } = options;
  const { serviceType = String(findByName(catalog, types[0], quoteName(name))?.own.serviceType ?? customService) } =
    options;
  const service = place(catalog, {
    type: types[0],
    name,
    own: { serviceType, connection: { config: { type: serviceType } } },
  });
  if (service.own.serviceType !== serviceType) {
    throw new Error(`the service ${name} is of type ${service.own.serviceType}, not ${serviceType}`);
  }
  return service;
}

/** The container of a path and those around it, outermost first, as OpenMetadata's own connectors name and describe them. */
function placeContainers(catalog: Catalog, service: Entity, options: { path: string[]; own: Json }): Entity {
  const { path, own } = options;
  const scheme = schemes[String(service.own.serviceType)];
  let within: Entity | undefined;
  for (const [depth, name] of path.entries()) {
    const isLast = depth === path.length - 1;
    const holder = within ?? service;
    const where: Json = { prefix: `/${path.slice(1, depth + 1).join('/')}` };
    if (scheme) where.fullPath = `${scheme}://${path.slice(0, depth + 1).join('/')}`;
    const given = isLast ? readColumnsOf('container', own, childName(holder.fullyQualifiedName, name)) : {};
    within = place(catalog, {
      type: 'container',
      name,
      parent: service,
      ...(within ? { within } : {}),
      own: { ...where, ...given },
    });
  }
  return within as Entity;
}

/** Puts a dataset there with all that holds it. `own` is more of its own properties. Answers the id. */
export function seedDataset(
  catalog: Catalog,
  seed: Pick<DatasetSeed, 'type' | 'fqn' | 'columns'> & { serviceType?: string | undefined; own?: Json },
): string {
  const { type, fqn, columns, serviceType, own = {} } = seed;
  const { types, form } = holdersOf[type];
  const parts = partsOf(fqn);
  const fits = type === 'container' ? parts.length >= 2 : parts.length === types.length + 1;
  if (!fits) throw new Error(`a seeded ${type} is named ${form} with names that hold dots in quotes, not ${fqn}`);
  const [serviceName = '', ...rest] = parts;
  const service = placeService(catalog, type, {
    name: serviceName,
    ...(serviceType === undefined ? {} : { serviceType }),
  });
  const given: Json = { ...columnProperties(type, columns), ...own };
  if (type === 'container') return placeContainers(catalog, service, { path: rest, own: given }).id;
  const name = rest.pop() ?? '';
  let parent = service;
  for (const [position, holder] of types.slice(1).entries()) {
    const filled = holder === 'database' ? { default: false } : {};
    parent = place(catalog, { type: holder, name: rest[position] ?? '', parent, own: filled });
  }
  const extra = type === 'topic' ? { partitions: 1, cleanupPolicies: [], retentionSize: -1 } : {};
  const complete = readColumnsOf(type, { ...extra, ...given }, childName(parent.fullyQualifiedName, name));
  return place(catalog, { type, name, parent, own: complete }).id;
}

/** Seeds what `sandbox.seed` is given: a body with a `fullyQualifiedName`. */
export function seedDatasetBody(catalog: Catalog, type: DatasetType, entity: Json): string {
  const { name: _name, fullyQualifiedName, id: _id, service: _service, serviceType, ...own } = entity;
  return seedDataset(catalog, {
    type,
    fqn: String(fullyQualifiedName ?? entity.name ?? ''),
    serviceType: serviceType === undefined ? undefined : String(serviceType),
    own,
  });
}
