import { isDeepStrictEqual } from 'node:util';
import type { ServerAnswer } from '../http-server.js';
import { type Catalog, findById, findByName } from './catalog.js';
import { type Entity, isEntityType, type Json, type Reference } from './entities.js';
import { readColumnsLineage } from './lineage-columns.js';
import { deleteEdge, edgesOf, keyOf, type LineageEdge, putEdge } from './lineage-edges.js';
import { authorize, type Caller } from './principals.js';
import { referenceTo, resolveReference } from './references.js';
import { notFound, refuse } from './refusals.js';
import { readBody } from './request-body.js';
import type { BodyShape } from './request-shapes.js';

const done: ServerAnswer = { status: 200 };

/** What a newer server adds to the details of every edge, whoever writes it and whatever was there (simulated). */
function stampOf(catalog: Catalog, caller: Caller): Json {
  if (!catalog.rules.has('edgesStamped')) return {};
  const at = catalog.now();
  return { createdAt: at, createdBy: caller.name, updatedAt: at, updatedBy: caller.name };
}

/** An edge without what a repeated write changes anyway. */
function lastingPart(edge: LineageEdge | undefined): unknown {
  const { createdAt: _at, createdBy: _by, updatedAt: _later, updatedBy: _who, ...details } = edge?.details ?? {};
  return [edge?.from, edge?.to, edge?.pipelineId, details];
}

function storeEdge(
  catalog: Catalog,
  ends: { from: Entity; to: Entity },
  { details: body, caller }: { details: Json | undefined; caller: Caller },
): ServerAnswer {
  const { from, to } = ends;
  const edge: LineageEdge = { from: { type: from.type, id: from.id }, to: { type: to.type, id: to.id } };
  const given = body ?? (catalog.rules.has('edgesStamped') ? {} : undefined);
  if (given) {
    const details: Json = { ...given, columnsLineage: readColumnsLineage(catalog, given, ends) };
    details.source ??= 'Manual';
    if (given.pipeline !== undefined) {
      const { href: _href, ...pipeline } = referenceTo(catalog, resolveReference(catalog, given.pipeline as Reference));
      details.pipeline = pipeline;
      edge.pipelineId = String(pipeline.id);
    }
    edge.details = { ...details, ...stampOf(catalog, caller) };
  }
  const known = catalog.lineage.byKey.get(keyOf(from.id, to.id));
  if (!known || !isDeepStrictEqual(lastingPart(known), lastingPart(edge))) catalog.changes += 1;
  putEdge(catalog, edge);
  return done;
}

/** `PUT /lineage`: one edge per pair, the last details stay (OM fact 20). Ends may be soft-deleted (recorded). */
export function putLineage(catalog: Catalog, options: { body: unknown; caller: Caller }): ServerAnswer {
  const body = readBody(catalog.shapes.addLineage as BodyShape, options.body);
  authorize(options.caller, 'EditLineage');
  const edge = body.edge as { fromEntity: Reference; toEntity: Reference; lineageDetails?: Json };
  const from = resolveReference(catalog, edge.fromEntity);
  const to = resolveReference(catalog, edge.toEntity);
  return storeEdge(catalog, { from, to }, { details: edge.lineageDetails, caller: options.caller });
}

/** An end of an edge by its name. */
function endByName(catalog: Catalog, { type, name }: { type: string; name: string }): Entity {
  const entity = isEntityType(type) ? findByName(catalog, type, name) : undefined;
  if (!entity) throw notFound(type, name);
  return entity;
}

/** `PUT /lineage/{type}/name/{name}/{type}/name/{name}` from 2.0 on: the body is the details (simulated). */
export function putLineageByName(
  catalog: Catalog,
  ends: { from: { type: string; name: string }; to: { type: string; name: string } },
  options: { body: unknown; caller: Caller },
): ServerAnswer {
  const details = readBody(catalog.shapes.lineageDetails as BodyShape, options.body);
  authorize(options.caller, 'EditLineage');
  const pair = { from: endByName(catalog, ends.from), to: endByName(catalog, ends.to) };
  return storeEdge(catalog, pair, { details, caller: options.caller });
}

function removeEdge(catalog: Catalog, from: Entity, to: Entity): ServerAnswer {
  if (!deleteEdge(catalog, keyOf(from.id, to.id))) throw refuse(404, 'Lineage edge not found');
  catalog.changes += 1;
  return done;
}

/** `DELETE /lineage/{type}/{id}/{type}/{id}`. */
export function deleteLineage(
  catalog: Catalog,
  ends: { from: Reference; to: Reference },
  caller: Caller,
): ServerAnswer {
  authorize(caller, 'EditLineage');
  return removeEdge(catalog, resolveReference(catalog, ends.from), resolveReference(catalog, ends.to));
}

/** `DELETE /lineage/{type}/name/{name}/{type}/name/{name}`. */
export function deleteLineageByName(
  catalog: Catalog,
  ends: { from: { type: string; name: string }; to: { type: string; name: string } },
  caller: Caller,
): ServerAnswer {
  authorize(caller, 'EditLineage');
  return removeEdge(catalog, endByName(catalog, ends.from), endByName(catalog, ends.to));
}

/**
 * `DELETE /lineage/{type}/{id}/type/{source}` from 1.5 on: for PipelineLineage the id is the pipeline's and all edges that name it go,
 * otherwise the edges into the entity with that source (simulated).
 */
export function deleteLineageBySource(
  catalog: Catalog,
  target: Reference,
  options: { source: string; caller: Caller },
): ServerAnswer {
  authorize(options.caller, 'EditLineage');
  const entity = resolveReference(catalog, target);
  const edges = edgesOf(catalog, options.source === 'PipelineLineage' ? 'through' : 'entering', entity.id);
  for (const edge of edges) {
    if (edge.details?.source !== options.source) continue;
    deleteEdge(catalog, keyOf(edge.from.id, edge.to.id));
    catalog.changes += 1;
  }
  return done;
}

/** `GET /lineage/getLineageEdge/{fromId}/{toId}`: the details alone, as `edge`. */
export function getLineageEdge(catalog: Catalog, fromId: string, toId: string): ServerAnswer {
  const edge = catalog.lineage.byKey.get(keyOf(fromId, toId));
  if (!edge) throw refuse(404, `Lineage edge not found between ${fromId} and  ${toId}`);
  return { status: 200, json: { edge: edge.details ?? {} } };
}

interface Step {
  fromEntity: string;
  toEntity: string;
  lineageDetails?: Json;
}

/** The edges next to an entity on one side; a pipeline stands also between the ends of the edges that name it (OM fact 20). */
function neighbours(catalog: Catalog, entity: Entity, side: 'upstream' | 'downstream'): { step: Step; end: Entity }[] {
  const upstream = side === 'upstream';
  const found: { step: Step; end: Entity }[] = [];
  const add = (edge: LineageEdge): void => {
    const other = upstream ? edge.from : edge.to;
    const end = isEntityType(other.type) ? findById(catalog, other.type, other.id) : undefined;
    if (!end) return;
    const step: Step = upstream
      ? { fromEntity: end.id, toEntity: entity.id }
      : { fromEntity: entity.id, toEntity: end.id };
    if (edge.details) step.lineageDetails = edge.details;
    found.push({ step, end });
  };
  if (entity.type === 'pipeline') edgesOf(catalog, 'through', entity.id).forEach(add);
  edgesOf(catalog, upstream ? 'entering' : 'leaving', entity.id).forEach(add);
  return found;
}

function readDepths(query: URLSearchParams): { upstream: number; downstream: number } {
  const upstream = Number(query.get('upstreamDepth') ?? 1);
  const downstream = Number(query.get('downstreamDepth') ?? 1);
  const tooDeep = Object.entries({ upstreamDepth: upstream, downstreamDepth: downstream }).filter(
    ([, depth]) => depth > 3,
  );
  if (tooDeep.length > 0) {
    const messages = tooDeep.map(([name]) => `query param ${name} must be less than or equal to 3`);
    throw refuse(400, `[${messages.join(', ')}]`);
  }
  return { upstream, downstream };
}

/** `GET /lineage/{type}/…`: the graph around an entity, walked as the server does, edges met twice included (recorded). */
export function getLineage(catalog: Catalog, entity: Entity, query: URLSearchParams): ServerAnswer {
  const { upstream, downstream } = readDepths(query);
  const nodes = new Map<string, Entity>();
  const walk = (from: Entity, side: 'upstream' | 'downstream', options: { depth: number; edges: Step[] }): Step[] => {
    const { depth, edges } = options;
    if (depth === 0) return edges;
    const next = neighbours(catalog, from, side);
    for (const { step, end } of next) {
      edges.push(step);
      nodes.set(end.id, end);
    }
    for (const { end } of next) walk(end, side, { depth: depth - 1, edges });
    return edges;
  };
  const upstreamEdges = walk(entity, 'upstream', { depth: upstream, edges: [] });
  const downstreamEdges = walk(entity, 'downstream', { depth: downstream, edges: [] });
  return {
    status: 200,
    json: {
      entity: referenceTo(catalog, entity),
      nodes: [...nodes.values()].map((node) => referenceTo(catalog, node)),
      upstreamEdges,
      downstreamEdges,
    },
  };
}

/** The entity whose lineage is asked for; the soft-deleted have none (recorded). */
export function lineageTarget(catalog: Catalog, type: string, by: { id: string } | { name: string }): Entity {
  if (!isEntityType(type)) {
    throw refuse(404, `Entity repository for ${type} not found. Is the ENTITY_TYPE_MAP initialized?`);
  }
  if ('id' in by && !/^[0-9a-f-]{36}$/i.test(by.id)) throw refuse(400, `Invalid UUID string: ${by.id}`);
  const entity = 'id' in by ? findById(catalog, type, by.id) : findByName(catalog, type, by.name);
  if (!entity || entity.deleted) throw notFound(type, 'id' in by ? by.id : by.name);
  return entity;
}
