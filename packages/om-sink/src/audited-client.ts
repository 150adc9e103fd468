import { buildFqn } from '@flowmeta/om-mapper';
import type { Audited, Subject } from './audit.js';
import type { AuditMemory } from './audit-memory.js';
import type { AddLineage, OmClient } from './client/client-types.js';
import type { OmEdge } from './client/entities.js';
import { digest } from './digest.js';
import { isShadow } from './sink/edge-details.js';

/** By these names, so that a new write without an audit does not compile. */
type WriteMethod = Extract<keyof OmClient, `${'put' | 'patch' | 'create' | 'restore' | 'delete'}${string}`>;

/** The same client; its writes go through `audited`, with what its reads have told about them. */
export function auditedClient(
  client: OmClient,
  { audited, signedIn, known }: { audited: Audited; signedIn?: (name: string) => void; known: AuditMemory },
): OmClient {
  const statusOf = (fqn: string, status: Parameters<OmClient['putStatus']>[1]): Subject => {
    const stored = known.status(fqn, status.timestamp);
    const before = stored && only(stored, Object.keys(status));
    return {
      method: 'PUT',
      entityType: 'pipelineStatus',
      fqn,
      key: String(status.timestamp),
      ...(before === undefined ? {} : { before, hashBefore: digest(before) }),
      after: status,
      hashAfter: digest(status),
    };
  };

  const reads: Partial<OmClient> = {
    async version() {
      const version = await client.version();
      known.version(version);
      return version;
    },
    async loggedInUser() {
      const user = await client.loggedInUser();
      signedIn?.(user.name);
      return user;
    },
    async getService(name) {
      const service = await client.getService(name);
      if (service) known.name(service.id, service.fullyQualifiedName);
      return service;
    },
    async listPipelines(query) {
      const page = await client.listPipelines(query);
      page.items.forEach(known.pipeline);
      return page;
    },
    async getPipeline(fqn, query) {
      const pipeline = await client.getPipeline(fqn, query);
      if (pipeline) known.pipeline(pipeline);
      return pipeline;
    },
    async getStatuses(fqn, window) {
      const statuses = await client.getStatuses(fqn, window);
      known.statuses(fqn, statuses);
      return statuses;
    },
    async findUser(name) {
      const user = await client.findUser(name);
      if (user) known.name(user.id, user.name);
      return user;
    },
    async findUserByEmail(email) {
      const user = await client.findUserByEmail(email);
      if (user) known.name(user.id, user.name);
      return user;
    },
    async findTeam(name) {
      const team = await client.findTeam(name);
      if (team) known.name(team.id, team.name);
      return team;
    },
    async listBelow(holder, atMost) {
      const list = await client.listBelow(holder, atMost);
      for (const { id, fqn } of list ?? []) known.name(id, fqn);
      return list;
    },
    async getEntity(type, fqn) {
      const entity = await client.getEntity(type, fqn);
      if (entity) known.name(entity.id, entity.fqn);
      return entity;
    },
    async getLineage(type, fqn, options) {
      const lineage = await client.getLineage(type, fqn, options);
      for (const [id, node] of lineage.nodes) known.name(id, node.fqn);
      for (const edge of [...lineage.upstream, ...lineage.downstream]) if (!isShadow(edge)) known.edge(edge);
      return lineage;
    },
  };

  const writes: Pick<OmClient, WriteMethod> = {
    createService: (body) =>
      audited(
        {
          method: 'POST',
          entityType: 'pipelineService',
          fqn: buildFqn([body.name]),
          after: body,
          hashAfter: digest(body),
        },
        () => client.createService(body),
        (service) => (service === undefined ? 'unchanged' : 'created'),
      ),
    restoreService: (id) =>
      audited(
        { method: 'PUT', entityType: 'pipelineService', fqn: known.nameOf('pipelineService', id) },
        () => client.restoreService(id),
        () => 'restored',
      ),
    async putPipeline(body) {
      const fqn = buildFqn([body.service, body.name]);
      const result = await audited(
        {
          method: 'PUT',
          entityType: 'pipeline',
          fqn,
          ...known.hashBefore(fqn),
          after: body,
          hashAfter: known.hashOf(body) ?? digest(body),
        },
        () => client.putPipeline(body),
        ({ created, change }) => (created ? 'created' : change === 'entityNoChange' ? 'unchanged' : 'updated'),
      );
      known.pipeline(result.pipeline);
      return result;
    },
    deletePipeline(id) {
      const fqn = known.nameOf('pipeline', id);
      return audited(
        { method: 'DELETE', entityType: 'pipeline', fqn, ...known.hashBefore(fqn) },
        () => client.deletePipeline(id),
        (wasThere) => (wasThere ? 'deleted' : 'absent'),
      );
    },
    restorePipeline: (id) =>
      audited(
        { method: 'PUT', entityType: 'pipeline', fqn: known.nameOf('pipeline', id) },
        () => client.restorePipeline(id),
        () => 'restored',
      ),
    patchPipeline(id, operations) {
      const fqn = known.nameOf('pipeline', id);
      return audited(
        {
          method: 'PATCH',
          entityType: 'pipeline',
          fqn,
          ...known.hashBefore(fqn),
          after: operations,
          hashAfter: digest(operations),
        },
        () => client.patchPipeline(id, operations),
        () => 'updated',
      );
    },
    putStatus: (fqn, status) =>
      audited(
        statusOf(fqn, status),
        () => client.putStatus(fqn, status),
        () => 'written',
      ),
    putStatuses: (fqn, statuses) =>
      audited(
        statuses.map((status) => statusOf(fqn, status)),
        () => client.putStatuses(fqn, statuses),
        () => 'written',
      ),
    putClassification: (body) =>
      audited(
        {
          method: 'PUT',
          entityType: 'classification',
          fqn: buildFqn([body.name]),
          after: body,
          hashAfter: digest(body),
        },
        () => client.putClassification(body),
        () => 'written',
      ),
    putTag: (body) =>
      audited(
        {
          method: 'PUT',
          entityType: 'tag',
          fqn: buildFqn([body.classification, body.name]),
          after: body,
          hashAfter: digest(body),
        },
        () => client.putTag(body),
        ({ created }) => (created ? 'created' : 'updated'),
      ),
    async putLineage(body) {
      const { fromEntity, toEntity } = body.edge;
      const before = known.edgeBetween(fromEntity.id, toEntity.id);
      await audited(
        {
          method: 'PUT',
          entityType: 'lineage',
          fqn: known.edgeName(fromEntity, toEntity),
          ...(before === undefined ? {} : { before, hashBefore: digest(before) }),
          after: detailsOf(body),
          hashAfter: digest(detailsOf(body)),
        },
        () => client.putLineage(body),
        () => (before === undefined ? 'created' : 'updated'),
      );
      known.edge({ from: fromEntity.id, to: toEntity.id, details: detailsOf(body) });
    },
    async deleteLineage(from, to) {
      const before = known.edgeBetween(from.id, to.id);
      const existed = await audited(
        {
          method: 'DELETE',
          entityType: 'lineage',
          fqn: known.edgeName(from, to),
          ...(before === undefined ? {} : { before, hashBefore: digest(before) }),
        },
        () => client.deleteLineage(from, to),
        (wasThere) => (wasThere ? 'deleted' : 'absent'),
      );
      known.forgetEdge(from.id, to.id);
      return existed;
    },
    putIngestionPipeline: (body) =>
      audited(
        {
          method: 'PUT',
          entityType: 'ingestionPipeline',
          fqn: `${known.nameOf('pipelineService', body.service.id)}.${buildFqn([body.name])}`,
          after: body,
          hashAfter: digest(body),
        },
        () => client.putIngestionPipeline(body),
        () => 'written',
      ),
    putIngestionRun: (fqn, run) =>
      audited(
        {
          method: 'PUT',
          entityType: 'ingestionPipelineStatus',
          fqn,
          key: run.runId,
          after: run,
          hashAfter: digest(run),
        },
        () => client.putIngestionRun(fqn, run),
        () => 'written',
      ),
  };
  return { ...client, ...reads, ...writes };
}

/** The details of a body in the shape in which they are read. */
function detailsOf({ edge: { lineageDetails } }: AddLineage): OmEdge['details'] {
  const { pipeline, ...details } = lineageDetails;
  return { ...details, ...(pipeline === undefined ? {} : { pipeline: pipeline.id }) };
}

function only(value: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.map((key) => [key, value[key]]));
}
