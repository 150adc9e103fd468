import { buildFqn, splitFqn } from '@flowmeta/om-mapper';
import type { OmClient } from './client/client-types.js';
import { simulatedPipeline, simulatedService } from './client/dry-run.js';
import { assembleSink } from './sink/sink.js';
import type { Sink, SinkOptions } from './types.js';

export interface FileSinkOptions extends SinkOptions {
  /** Takes one line of JSON at a time, without its newline. */
  write: (line: string) => void | Promise<void>;
  /** The version of OpenMetadata that the requests are shaped for, e.g. `1.6`. */
  version: string;
  /** How the file is named in reports, e.g. `out.jsonl`. */
  description?: string;
}

/** Ids are the server's to give; until then the request says whose id belongs there. */
const placeholder = (type: string, name: string): string => `<id of ${type} ${name}>`;

/**
 * A sink without a server: each request that would be sent becomes a line `{"method","path","body"}`, for people to
 * review where the catalog can't be reached. It assumes an empty catalog in which owners, datasets, domains and the tags of rules
 * exist, and names them by placeholders such as `<id of user ana>`.
 */
export function createFileSink(options: FileSinkOptions): Sink {
  const { write, version, description = 'file', ...rest } = options;
  return assembleSink(createLineClient(write, version), { ...rest, description, isFile: true });
}

function createLineClient(write: FileSinkOptions['write'], version: string): OmClient {
  const line = async (method: string, path: string, body: unknown): Promise<void> => {
    await write(JSON.stringify({ method, path: `/v1${path}`, body }));
  };
  const nobody = async () => undefined;
  const user = async (name: string) => ({ id: placeholder('user', name), name });

  return {
    baseUrl: 'file',
    version: async () => version,
    loggedInUser: async () => ({ id: 'file', name: 'file', isBot: true }),
    permissions: async () => ({}),
    getService: nobody,
    async createService(body) {
      await line('POST', '/services/pipelineServices', body);
      return simulatedService(body, placeholder('pipelineService', body.name));
    },
    restoreService: (id) => line('PUT', '/services/pipelineServices/restore', { id }),
    listPipelines: async () => ({ items: [], total: 0 }),
    getPipeline: nobody,
    async putPipeline(body) {
      await line('PUT', '/pipelines', body);
      const id = placeholder('pipeline', buildFqn([body.service, body.name]));
      return { created: true, pipeline: simulatedPipeline(body, id) };
    },
    patchPipeline: (id, operations) => line('PATCH', `/pipelines/${encodeURIComponent(id)}`, operations),
    async deletePipeline(id) {
      await line('DELETE', `/pipelines/${encodeURIComponent(id)}`, undefined);
      return true;
    },
    restorePipeline: (id) => line('PUT', '/pipelines/restore', { id }),
    putStatus: (fqn, status) => line('PUT', `/pipelines/${encodeURIComponent(fqn)}/status`, status),
    putStatuses: (fqn, statuses) => line('PUT', `/pipelines/${encodeURIComponent(fqn)}/status/bulk`, statuses),
    getStatuses: async () => [],
    getClassification: nobody,
    putClassification: (body) => line('PUT', '/classifications', body),
    listTags: async () => [],
    async putTag(body) {
      await line('PUT', '/tags', body);
      return {
        created: true,
        tag: { name: body.name, fullyQualifiedName: buildFqn([body.classification, body.name]) },
      };
    },
    findTag: async (fqn) => ({ name: splitFqn(fqn).at(-1) ?? fqn, fullyQualifiedName: fqn }),
    findDomain: async (fqn) => ({ id: placeholder('domain', fqn), fullyQualifiedName: fqn }),
    findUser: user,
    findUserByEmail: user,
    findTeam: nobody,
    listServices: async () => [],
    listBelow: async () => [],
    async getEntity(type, fqn) {
      const names = splitFqn(fqn);
      // Which folders of a bucket the catalog knows can't be told; that it knows the bucket is assumed.
      if (type === 'container' && names.length > 2) return undefined;
      return { id: placeholder(type, fqn), name: names.at(-1) ?? fqn, fqn, columns: [] };
    },
    getLineage: async () => ({ upstream: [], downstream: [], nodes: new Map() }),
    putLineage: (body) => line('PUT', '/lineage', body),
    async deleteLineage(from, to) {
      await line('DELETE', `/lineage/${from.type}/${from.id}/${to.type}/${to.id}`, undefined);
      return true;
    },
    getIngestionPipeline: nobody,
    async putIngestionPipeline(body) {
      await line('PUT', '/services/ingestionPipelines', body);
      const id = placeholder('ingestionPipeline', body.name);
      return { id, fullyQualifiedName: body.name };
    },
    putIngestionRun: (fqn, run) =>
      line('PUT', `/services/ingestionPipelines/${encodeURIComponent(fqn)}/pipelineStatus`, run),
    expectToExist() {},
    close: async () => {},
  };
}
