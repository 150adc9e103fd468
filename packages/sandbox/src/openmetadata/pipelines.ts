import type { ServerAnswer } from '../http-server.js';
import { type Catalog, findByName } from './catalog.js';
import { type Entity, type Json, listOf, type Reference, type TagLabel, type Task } from './entities.js';
import type { Draft } from './entity-update.js';
import { writeEntity } from './entity-writes.js';
import { childName, quoteName } from './fully-qualified-name.js';
import type { Caller } from './principals.js';
import { expandReferences, readDomains, readOwners } from './references.js';
import { Refusal, refuse } from './refusals.js';
import { readBody } from './request-body.js';
import type { BodyShape } from './request-shapes.js';
import { readLabels } from './tag-labels.js';

/** Properties of a body that are kept elsewhere than among the entity's own. */
const elsewhere = new Set(['name', 'service', 'tags', 'owner', 'owners', 'domain', 'domains', 'dataProducts']);

/** The tasks of a body with their names in full, and their tags apart. */
export function readTasks(
  catalog: Catalog,
  options: { tasks: unknown; pipelineName: string },
): { tasks: Task[] | undefined; taskTags: Record<string, TagLabel[]> } {
  const { tasks, pipelineName } = options;
  // Without a prototype: a task may be called `constructor`.
  const taskTags = Object.create(null) as Record<string, TagLabel[]>;
  if (tasks === undefined) return { tasks: undefined, taskTags };
  const read = listOf<Task>(tasks).map(({ tags, owners, ...task }) => {
    const labels = readLabels(tags);
    if (labels && labels.length > 0) taskTags[task.name] = labels;
    const result: Task = { ...task, name: task.name, fullyQualifiedName: childName(pipelineName, task.name) };
    if (owners !== undefined) {
      result.owners = expandReferences(catalog, listOf<Reference>(owners)).map(({ href: _href, ...owner }) => owner);
    }
    return result;
  });
  return { tasks: read, taskTags };
}

/** A create body as a draft. `pipelineName` is fully qualified. */
function draftOfPipeline(catalog: Catalog, body: Json, pipelineName: string): Draft {
  const own: Json = {};
  for (const [name, value] of Object.entries(body)) if (!elsewhere.has(name)) own[name] = value;
  for (const name of Object.keys((own.extension as Json | undefined) ?? {})) {
    throw refuse(400, `Unknown custom field ${name}`);
  }
  const { tasks, taskTags } = readTasks(catalog, { tasks: body.tasks, pipelineName });
  if (tasks !== undefined) own.tasks = tasks;
  return {
    own,
    tags: readLabels(body.tags),
    taskTags,
    owners: readOwners(catalog, body),
    domains: readDomains(catalog, body),
  };
}

/** PUT and POST of a pipeline. */
export function writePipeline(
  catalog: Catalog,
  options: { body: unknown; caller: Caller; method: 'PUT' | 'POST' },
): ServerAnswer {
  const { caller, method } = options;
  const body = readBody(catalog.shapes.createPipeline as BodyShape, options.body);
  const service = findByName(catalog, 'pipelineService', String(body.service));
  const name = quoteName(String(body.name));
  const pipelineName = `${service?.fullyQualifiedName ?? quoteName(String(body.service))}.${name}`;
  if (!service || service.deleted) throw refuse(404, `pipelineService instance for ${String(body.service)} not found`);
  return writeEntity(catalog, {
    type: 'pipeline',
    body,
    draft: draftOfPipeline(catalog, body, pipelineName),
    caller,
    method,
  });
}

/** `PUT /pipelines/bulk` (simulated): one result for all, 200 also where rows failed. */
export function writePipelines(catalog: Catalog, options: { body: unknown; caller: Caller }): ServerAnswer {
  if (!Array.isArray(options.body)) throw refuse(400, 'Cannot deserialize value of type `java.util.ArrayList`');
  const successRequest: Json[] = [];
  const failedRequest: Json[] = [];
  for (const body of options.body as unknown[]) {
    const request = nameInBulk(catalog, body);
    try {
      const answer = writePipeline(catalog, { body, caller: options.caller, method: 'PUT' });
      successRequest.push({ request, status: answer.status });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, json } = error.answer;
      failedRequest.push({ request, status, message: (json as Json).message ?? (json as Json).responseMessage });
    }
  }
  return { status: 200, json: bulkResult(successRequest, failedRequest) };
}

function nameInBulk(catalog: Catalog, body: unknown): string {
  const { name, service } = (body ?? {}) as Json;
  const holder: Entity | undefined = findByName(catalog, 'pipelineService', String(service));
  return `${holder?.fullyQualifiedName ?? String(service)}.${String(name)}`;
}

/** The shape of every bulk answer (`type/bulkOperationResult`). */
export function bulkResult(successRequest: Json[], failedRequest: Json[], dryRun = false): Json {
  return {
    dryRun,
    status: failedRequest.length === 0 ? 'success' : successRequest.length === 0 ? 'failure' : 'partialSuccess',
    numberOfRowsProcessed: successRequest.length + failedRequest.length,
    numberOfRowsPassed: successRequest.length,
    numberOfRowsFailed: failedRequest.length,
    successRequest,
    failedRequest,
  };
}
