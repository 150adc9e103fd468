import { path as pathOf } from '@flowmeta/http';
import { buildFqn, type Reference } from '@flowmeta/om-mapper';
import type { z } from 'zod';
import type { OmClientOptions } from '../types.js';
import type { OmClient, PipelinePage, PutResult } from './client-types.js';
import {
  dataServicePageSchema,
  datasetPageSchema,
  datasetSchema,
  toDataService,
  toDataset,
} from './dataset-entities.js';
import {
  classificationSchema,
  domainSchema,
  lineageSchema,
  permissionsSchema,
  pipelinePageSchema,
  pipelineSchema,
  serviceSchema,
  tagPageSchema,
  tagSchema,
  teamSchema,
  toLineage,
  userSchema,
  userSearchSchema,
  versionSchema,
} from './entities.js';
import { OpenMetadataError } from './error.js';
import { isUnknownPath, missingInstance } from './error-message.js';
import { ingestionPipelineSchema } from './ingestion-entities.js';
import { listAll, listOf } from './list-all.js';
import { readStatusWindow } from './status-window.js';
import { notOpenMetadata } from './translate-error.js';
import { createTransport } from './transport.js';

/** PUT-creates of one name at the same time: all but one may get 409, and the next try finds it (OM fact 2). */
const whileRacing = { retryOn: [409] } as const;
const tagPageSize = 1000;
/** What there is only below a service of this kind. */
const heldBy = {
  database: '/databases',
  storage: '/containers',
  messaging: '/topics',
  search: '/searchIndexes',
} as const;

/** Path of a kind of entity: `table` → `tables`. */
function collectionOf(type: string): string {
  return type === 'searchIndex' ? 'searchIndexes' : `${type}s`;
}

/**
 * A client for one OpenMetadata server, 1.2 and later. Nothing is requested before the first call.
 *
 * @throws TypeError when `hostPort` is no url.
 */
export function createOmClient(options: OmClientOptions): OmClient {
  const transport = createTransport(options);
  const { read, find, send } = transport;

  return {
    baseUrl: transport.baseUrl,
    expectToExist: transport.expectToExist,
    close: transport.close,

    async version() {
      const { body } = await send({ path: '/system/version' });
      const answer = versionSchema.safeParse(body);
      if (answer.success) return answer.data.version;
      throw notOpenMetadata(`What answers at ${transport.baseUrl} is not OpenMetadata: it tells no version`);
    },
    async loggedInUser() {
      const user = await read({ path: '/users/loggedInUser' }, userSchema);
      transport.signedIn();
      transport.expectToExist('user', user.name);
      return user;
    },
    async permissions(resource) {
      const { permissions } = await read({ path: pathOf`/permissions/${resource}` }, permissionsSchema);
      return Object.fromEntries((permissions ?? []).map(({ operation, access }) => [operation, access]));
    },

    getService: (name) =>
      find(
        { path: pathOf`/services/pipelineServices/name/${buildFqn([name])}`, query: { include: 'all' } },
        serviceSchema,
      ),
    async createService(body) {
      // Not PUT: while a database comes back, an existing service looks absent (OM fact 4), and a PUT would replace its
      // connection.
      const request = { method: 'POST', path: '/services/pipelineServices', body } as const;
      try {
        return await read(request, serviceSchema);
      } catch (error) {
        if (error instanceof OpenMetadataError && error.status === 409) return undefined;
        throw error;
      }
    },
    async restoreService(id) {
      await send({ method: 'PUT', path: '/services/pipelineServices/restore', body: { id } });
    },

    async listPipelines(query): Promise<PipelinePage> {
      const page = await read({ path: '/pipelines', query: { ...query, include: 'all' } }, pipelinePageSchema);
      return {
        items: page.data,
        ...(page.paging?.after ? { after: page.paging.after } : {}),
        ...(page.paging?.total == null ? {} : { total: page.paging.total }),
      };
    },
    getPipeline: (fqn, query) =>
      find({ path: pathOf`/pipelines/name/${fqn}`, query: { ...query, include: 'all' } }, pipelineSchema),
    async putPipeline(body): Promise<PutResult> {
      const response = await send({ method: 'PUT', path: '/pipelines', body, ...whileRacing });
      const change = response.headers['x-openmetadata-change'];
      const pipeline = pipelineSchema.safeParse(response.body);
      if (!pipeline.success) {
        throw new OpenMetadataError('OpenMetadata took the pipeline, but did not answer with it', {
          kind: 'wrong-answer',
          verdict: 'skip',
          request: 'PUT /pipelines',
        });
      }
      return {
        created: response.status === 201,
        pipeline: pipeline.data,
        ...(change === undefined ? {} : { change }),
      };
    },
    async patchPipeline(id, operations) {
      const path = pathOf`/pipelines/${id}`;
      await send({ method: 'PATCH', path, body: operations, contentType: 'application/json-patch+json' });
    },
    async deletePipeline(id) {
      try {
        const query = { hardDelete: false, recursive: true };
        await send({ method: 'DELETE', path: pathOf`/pipelines/${id}`, query });
        return true;
      } catch (error) {
        if (error instanceof OpenMetadataError && error.status === 404 && missingInstance(error.message)) return false;
        throw error;
      }
    },
    async restorePipeline(id) {
      await send({ method: 'PUT', path: '/pipelines/restore', body: { id } });
    },

    async putStatus(fqn, status) {
      await send({ method: 'PUT', path: pathOf`/pipelines/${fqn}/status`, body: status, ...whileRacing });
    },
    async putStatuses(fqn, statuses) {
      await send({ method: 'PUT', path: pathOf`/pipelines/${fqn}/status/bulk`, body: statuses, ...whileRacing });
    },
    getStatuses: (fqn, window) => readStatusWindow(transport, fqn, window),

    getClassification: (name) =>
      find({ path: pathOf`/classifications/name/${buildFqn([name])}` }, classificationSchema),
    async putClassification(body) {
      await send({ method: 'PUT', path: '/classifications', body, ...whileRacing });
    },
    async listTags(classification) {
      const tags: z.output<typeof tagSchema>[] = [];
      let after: string | undefined;
      do {
        const query = { parent: buildFqn([classification]), limit: tagPageSize, after };
        const page: z.output<typeof tagPageSchema> = await read({ path: '/tags', query }, tagPageSchema);
        tags.push(...page.data);
        after = page.data.length === 0 ? undefined : (page.paging?.after ?? undefined);
      } while (after !== undefined);
      return tags;
    },
    async putTag(body) {
      const response = await send({ method: 'PUT', path: '/tags', body, ...whileRacing });
      return { created: response.status === 201, tag: tagSchema.parse(response.body) };
    },

    findTag: (fqn) => find({ path: pathOf`/tags/name/${fqn}` }, tagSchema),
    findDomain: (fqn) => find({ path: pathOf`/domains/name/${fqn}` }, domainSchema),

    findUser: (name) => find({ path: pathOf`/users/name/${name}` }, userSchema),
    async findUserByEmail(email) {
      const byName = await find({ path: pathOf`/users/name/${email.split('@')[0]!}` }, userSchema);
      const matches = (user: { email?: string | null | undefined }) =>
        user.email?.toLowerCase() === email.toLowerCase();
      if (byName !== undefined && matches(byName)) return byName;
      const query = { q: `email.keyword:"${email.replace(/["\\]/g, '')}"`, index: 'user_search_index', size: 5 };
      const { hits } = await read({ path: '/search/query', query }, userSearchSchema);
      return hits.hits.map((hit) => hit._source).find(matches);
    },
    findTeam: (name) => find({ path: pathOf`/teams/name/${name}` }, teamSchema),

    async listServices(kind) {
      try {
        const path = `/services/${kind}Services`;
        const services = await listAll(transport, { path, schema: dataServicePageSchema });
        if (services.length > 0) return services.map(toDataService);
        const held = await read({ path: heldBy[kind], query: { limit: 1 } }, datasetPageSchema);
        const [first] = held.data;
        if (first === undefined) return [];
        throw new OpenMetadataError(`OpenMetadata listed no ${kind} service, yet it has ${first.fullyQualifiedName}`, {
          kind: 'wrong-answer',
          verdict: 'skip',
          request: `GET ${path}`,
        });
      } catch (error) {
        if (error instanceof OpenMetadataError && isUnknownPath(error.message)) return [];
        throw error;
      }
    },
    async listBelow(holder, atMost) {
      const { path, query, above } = listOf(holder);
      const list = await listAll(transport, { path, query, schema: datasetPageSchema, atMost }).catch(
        (error: unknown) => {
          if (error instanceof OpenMetadataError && error.status === 404 && missingInstance(error.message)) return [];
          throw error;
        },
      );
      const stray = list?.find(({ fullyQualifiedName }) => !fullyQualifiedName.startsWith(`${above}.`));
      if (stray !== undefined) {
        throw new OpenMetadataError(
          `OpenMetadata was asked for what ${above} holds and answered ${stray.fullyQualifiedName}`,
          { kind: 'wrong-answer', verdict: 'skip', request: `GET ${path}` },
        );
      }
      return list?.map(toDataset);
    },
    async getEntity(type, fqn) {
      const query = type === 'table' ? { fields: 'columns' } : {};
      const found = await find({ path: pathOf`/${collectionOf(type)}/name/${fqn}`, query }, datasetSchema);
      return found === undefined || found.deleted === true ? undefined : toDataset(found);
    },
    async getLineage(type, fqn, { upstream = false } = {}) {
      const query = { upstreamDepth: upstream ? 1 : 0, downstreamDepth: 1 };
      return toLineage(await find({ path: pathOf`/lineage/${type}/name/${fqn}`, query }, lineageSchema));
    },
    async putLineage(body) {
      await send({ method: 'PUT', path: '/lineage', body, expect: 'nothing', ...whileRacing });
    },
    async deleteLineage(from: Reference, to: Reference) {
      const path = pathOf`/lineage/${from.type}/${from.id}/${to.type}/${to.id}`;
      try {
        await send({ method: 'DELETE', path, expect: 'nothing' });
        return true;
      } catch (error) {
        if (error instanceof OpenMetadataError && error.status === 404) return false;
        throw error;
      }
    },

    getIngestionPipeline: (fqn) =>
      find(
        { path: pathOf`/services/ingestionPipelines/name/${fqn}`, query: { include: 'all' } },
        ingestionPipelineSchema,
      ),
    putIngestionPipeline: (body) =>
      read({ method: 'PUT', path: '/services/ingestionPipelines', body, ...whileRacing }, ingestionPipelineSchema),
    async putIngestionRun(fqn, run) {
      const path = pathOf`/services/ingestionPipelines/${fqn}/pipelineStatus`;
      await send({ method: 'PUT', path, body: run, expect: 'nothing' });
    },
  };
}
