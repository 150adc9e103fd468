import { isDeepStrictEqual } from 'node:util';
import type { ServerAnswer } from '../http-server.js';
import { type Catalog, findByName } from './catalog.js';
import { type Entity, type Json, listOf, type Task } from './entities.js';
import { type Fields, viewBase, viewEntity } from './entity-views.js';
import { normalizeName } from './fully-qualified-name.js';
import { authorize, type Caller } from './principals.js';
import { crash, notFound, refuse } from './refusals.js';
import { readBody } from './request-body.js';
import type { BodyShape } from './request-shapes.js';
import { latestStatus, statusesOf } from './status-store.js';

const encode = (value: number | string): string => Buffer.from(String(value)).toString('base64');

function livePipeline(catalog: Catalog, name: string): Entity {
  const pipeline = findByName(catalog, 'pipeline', name);
  // Also for soft-deleted ones (OM fact 19) and for dotted names without their quotes (fact 10).
  if (!pipeline || pipeline.deleted) throw notFound('pipeline', name);
  return pipeline;
}

/** Refuses what the server refuses of a run; single writes fail on a missing `taskStatus`, bulk ones don't (OM fact 17). */
function checkTaskStatuses(catalog: Catalog, pipeline: Entity, options: { status: Json; single: boolean }): void {
  const { status, single } = options;
  const because = 'because the return value of "org.openmetadata.schema.entity.data';
  if (status.taskStatus === undefined) {
    if (!single) return;
    throw crash(
      catalog.rules,
      `Cannot invoke "java.util.List.iterator()" ${because}.PipelineStatus.getTaskStatus()" is null`,
    );
  }
  const tasks = pipeline.own.tasks;
  for (const { name } of listOf<Json>(status.taskStatus)) {
    if (tasks === undefined) {
      throw crash(catalog.rules, `Cannot invoke "java.util.List.stream()" ${because}.Pipeline.getTasks()" is null`);
    }
    if (!listOf<Task>(tasks).some((task) => task.name === name)) throw refuse(400, `Invalid task name ${String(name)}`);
  }
}

function store(catalog: Catalog, pipeline: Entity, status: Json): void {
  const key = pipeline.fullyQualifiedName;
  const stored = catalog.statuses.get(key) ?? new Map<number, Json>();
  catalog.statuses.set(key, stored);
  const timestamp = Number(status.timestamp);
  if (!isDeepStrictEqual(stored.get(timestamp), status)) catalog.changes += 1;
  stored.set(timestamp, status);
}

function answerWith(catalog: Catalog, pipeline: Entity, status: Json | undefined): ServerAnswer {
  const view = viewBase(catalog, pipeline);
  delete view.href;
  view.updatedAt = catalog.now();
  if (pipeline.own.tasks !== undefined) view.tasks = pipeline.own.tasks;
  if (status) view.pipelineStatus = status;
  if (!catalog.rules.has('statusesHaveChangeHeader')) return { status: 200, json: view };
  view.changeDescription = {
    fieldsAdded: [],
    fieldsUpdated: [{ name: 'pipelineStatus', newValue: status }],
    fieldsDeleted: [],
    previousVersion: pipeline.version,
  };
  return { status: 200, headers: { 'x-openmetadata-change': 'entityUpdated' }, json: view };
}

/** `PUT /pipelines/{name}/status`: one run, by its timestamp; the same again takes its place (OM facts 16 to 18). */
export function putStatus(catalog: Catalog, name: string, options: { body: unknown; caller: Caller }): ServerAnswer {
  const status = readBody(catalog.shapes.pipelineStatus as BodyShape, options.body);
  authorize(options.caller, 'EditStatus');
  const pipeline = livePipeline(catalog, name);
  checkTaskStatuses(catalog, pipeline, { status, single: true });
  store(catalog, pipeline, status);
  return answerWith(catalog, pipeline, status);
}

/** `PUT /pipelines/{name}/status/bulk` from 1.11.9 on (simulated): up to 1000 runs, all or none. */
export function putStatuses(catalog: Catalog, name: string, options: { body: unknown; caller: Caller }): ServerAnswer {
  if (!Array.isArray(options.body)) throw refuse(400, 'Cannot deserialize value of type `java.util.ArrayList`');
  if (options.body.length > 1000) throw refuse(400, '[statuses size must be between 0 and 1000]');
  const statuses = options.body.map((body) => readBody(catalog.shapes.pipelineStatus as BodyShape, body));
  authorize(options.caller, 'EditStatus');
  const pipeline = livePipeline(catalog, name);
  for (const status of statuses) checkTaskStatuses(catalog, pipeline, { status, single: false });
  if (new Set(statuses.map((status) => status.timestamp)).size < statuses.length) {
    throw crash(catalog.rules, 'ERROR: ON CONFLICT DO UPDATE command cannot affect row a second time');
  }
  for (const status of statuses) store(catalog, pipeline, status);
  return answerWith(catalog, pipeline, latestStatus(catalog, pipeline.fullyQualifiedName));
}

/** `GET /pipelines/{name}/status`: both ends are needed and belong to it, newest first; an unknown name is empty (OM fact 19). */
export function getStatuses(catalog: Catalog, name: string, query: URLSearchParams): ServerAnswer {
  const missing = ['endTs', 'startTs'].filter((key) => !query.has(key));
  if (missing.length > 0) {
    throw refuse(400, `[${missing.map((key) => `query param ${key} must not be null`).join(', ')}]`);
  }
  const [start, end] = [Number(query.get('startTs')), Number(query.get('endTs'))];
  const data = statusesOf(catalog, name).filter(
    ({ timestamp }) => Number(timestamp) >= start && Number(timestamp) <= end,
  );
  const limit = catalog.rules.has('statusPaging') ? Number(query.get('limit') ?? Number.NaN) : Number.NaN;
  if (!Number.isInteger(limit)) {
    return { status: 200, json: { data, paging: { before: encode(start), after: encode(end), total: data.length } } };
  }
  // simulated: the cursor is opaque; here it is the position.
  const from = Number(Buffer.from(query.get('after') ?? '', 'base64').toString() || 0);
  const page = data.slice(from, from + limit);
  const paging: Json = { total: data.length };
  if (from + limit < data.length) paging.after = encode(from + limit);
  return { status: 200, json: { data: page, paging } };
}

const shownWithDeleted = ({ rules }: Catalog): Fields =>
  rules.has('statusDeletionInFull') ? new Set(['tasks', 'tags', 'owner', 'owners']) : new Set(['tasks']);

/** `DELETE /pipelines/{name}/status/{timestamp}`. */
export function deleteStatus(
  catalog: Catalog,
  name: string,
  options: { timestamp: number; caller: Caller },
): ServerAnswer {
  const { timestamp, caller } = options;
  authorize(caller, 'EditStatus');
  const pipeline = livePipeline(catalog, name);
  const stored = catalog.statuses.get(normalizeName(name));
  const status = stored?.get(timestamp);
  if (!stored || !status) throw refuse(404, `Failed to find pipeline status for ${pipeline.name} at ${timestamp}`);
  stored.delete(timestamp);
  catalog.changes += 1;
  const view = viewEntity(catalog, pipeline, shownWithDeleted(catalog));
  delete view.href;
  return { status: 200, json: { ...view, pipelineStatus: status } };
}
