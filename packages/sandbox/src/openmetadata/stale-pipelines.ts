import type { ServerAnswer } from '../http-server.js';
import { type Catalog, childrenOf, findByName } from './catalog.js';
import type { Json } from './entities.js';
import { normalizeName } from './fully-qualified-name.js';
import { bulkResult } from './pipelines.js';
import type { Caller } from './principals.js';
import { deleteEntity } from './removals.js';
import { readBody } from './request-body.js';
import type { BodyShape } from './request-shapes.js';

/**
 * `DELETE /pipelines/deleteStale` of 2.0 (simulated): deletes what the list of seen names does not hold. An empty list and an unknown
 * scope delete nothing.
 */
export function deleteStale(catalog: Catalog, options: { body: unknown; caller: Caller }): ServerAnswer {
  const request = readBody(catalog.shapes.bulkDeleteStaleRequest as BodyShape, options.body);
  const seen = new Set((request.seenFqns as string[]).map(normalizeName));
  const service = findByName(catalog, 'pipelineService', String(request.scopeFqn));
  const known = service && seen.size > 0 ? childrenOf(catalog, service) : [];
  const stale = known.filter(
    (child) => child.type === 'pipeline' && !child.deleted && !seen.has(child.fullyQualifiedName),
  );
  const dryRun = request.dryRun === true;
  if (!dryRun) {
    for (const pipeline of stale) {
      deleteEntity(catalog, pipeline, { caller: options.caller, hard: request.hardDelete === true, recursive: true });
    }
  }
  const deleted: Json[] = stale.map(({ fullyQualifiedName }) => ({ request: fullyQualifiedName, status: 200 }));
  return { status: 200, json: bulkResult(deleted, [], dryRun) };
}
