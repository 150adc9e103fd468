import type { ServerAnswer } from '../http-server.js';
import { type Catalog, findByName } from './catalog.js';
import type { EntityType, Json } from './entities.js';
import { writeEntity } from './entity-writes.js';
import { quoteName } from './fully-qualified-name.js';
import type { Caller } from './principals.js';
import { readDomains, readOwners } from './references.js';
import { crash, refuse } from './refusals.js';
import { restoreChildren } from './removals.js';
import { readBody } from './request-body.js';
import type { BodyShape } from './request-shapes.js';
import { readLabels } from './tag-labels.js';

/** What may stand in the connection of a custom pipeline service (by the schemas of all versions). */
const connectionProperties = new Set([
  'type',
  'sourcePythonClass',
  'connectionOptions',
  'pipelineFilterPattern',
  'supportsMetadataExtraction',
]);

/** Refuses a connection that does not fit a custom pipeline service (recorded texts). */
function checkConnection(catalog: Catalog, body: Json): void {
  if (body.serviceType !== 'CustomPipeline') return;
  const config = ((body.connection as Json | undefined)?.config ?? {}) as Json;
  const unknown = Object.keys(config).find((name) => !connectionProperties.has(name));
  const fits = unknown === undefined && (config.type === undefined || config.type === 'CustomPipeline');
  if (fits) return;
  if (catalog.rules.version !== '1.2') {
    throw refuse(400, `Failed to convert [${String(body.name)}] to type [CustomPipeline]. Review the connection.`);
  }
  throw refuse(
    400,
    unknown === undefined
      ? 'InvalidServiceConnectionException for service [CustomPipeline] due to [Failed to encrypt connection instance of CustomPipeline].'
      : `Failed to encrypt 'CustomPipeline' connection stored in DB due to an unrecognized field: '${unknown}'`,
  );
}

export const isService = (type: EntityType): boolean => type.endsWith('Service');

/**
 * The traps around a missing connection (OM fact 8). Recorded of pipeline services; the server has one piece of code for services of
 * all kinds.
 */
export function checkStoredConnection(
  catalog: Catalog,
  type: EntityType,
  { body, caller }: { body: Json; caller: Caller },
): void {
  const { rules } = catalog;
  const stored = findByName(catalog, type, quoteName(String(body.name)));
  if (!stored) return;
  const getConfig = 'Cannot invoke "org.openmetadata.schema.ServiceConnectionEntityInterface.getConfig()" because';
  if (stored.own.connection === undefined) {
    if (rules.has('connectionMayBeMissing')) return;
    // Its pipelines come back before the write fails, the service does not (recorded).
    if (stored.deleted) restoreChildren(catalog, stored, caller);
    throw crash(rules, `${getConfig} "decryptedOrigConn" is null`);
  }
  if (body.connection !== undefined) return;
  throw refuse(
    400,
    rules.version === '1.2'
      ? `InvalidServiceConnectionException for service [${String(body.serviceType)}] due to [Failed to unmask connection instance of ${String(body.serviceType)}].`
      : `${getConfig} the return value of "org.openmetadata.schema.ServiceEntityInterface.getConnection()" is null`,
  );
}

/** PUT and POST of a pipeline service. */
export function writePipelineService(
  catalog: Catalog,
  options: { body: unknown; caller: Caller; method: 'PUT' | 'POST' },
): ServerAnswer {
  const { caller, method } = options;
  const body = readBody(catalog.shapes.createPipelineService as BodyShape, options.body);
  checkConnection(catalog, body);
  if (method === 'PUT') checkStoredConnection(catalog, 'pipelineService', { body, caller });
  return writeEntity(catalog, { type: 'pipelineService', body, draft: draftOf(catalog, body, []), caller, method });
}

/** A body as a draft: everything is the entity's own but names, people, domains, tags and `apart`. */
export function draftOf(catalog: Catalog, body: Json, apart: string[]) {
  const {
    name: _name,
    owner: _owner,
    owners: _owners,
    domain: _domain,
    domains: _domains,
    tags,
    dataProducts: _products,
    ...own
  } = body;
  for (const property of apart) delete own[property];
  return {
    own,
    tags: readLabels(tags),
    taskTags: {},
    owners: readOwners(catalog, body),
    domains: readDomains(catalog, body),
  };
}

/** Types whose bodies no schema of the stand-in covers: only what is required is checked. */
export function requireProperties(type: EntityType, required: string[], value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refuse(400, `Cannot deserialize value of type \`org.openmetadata.schema.api.Create${type}\``);
  }
  const body = Object.fromEntries(Object.entries(value).filter(([, child]) => child !== null)) as Json;
  const missing = required.filter((property) => body[property] === undefined);
  if (missing.length > 0) throw refuse(400, `[${missing.map((name) => `${name} must not be null`).join(', ')}]`);
  return body;
}
