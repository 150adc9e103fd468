import { buildFqn, type CreatePipeline } from '@flowmeta/om-mapper';
import type { CreateService, OmClient } from './client-types.js';
import type { OmPipeline, OmService } from './entities.js';

/** The pipeline that a server would answer to a PUT, as far as the sink reads it. */
export function simulatedPipeline(body: CreatePipeline, id: string): OmPipeline {
  return {
    id,
    name: body.name,
    fullyQualifiedName: buildFqn([body.service, body.name]),
    sourceHash: body.sourceHash,
    pipelineLocation: body.pipelineLocation,
  };
}

/** The service that a server would answer to a POST. */
export function simulatedService(body: CreateService, id: string): OmService {
  return { id, name: body.name, fullyQualifiedName: buildFqn([body.name]), serviceType: body.serviceType };
}

/**
 * The same client, except that nothing is written: reads go to the server, writes answer as if they had worked. With it
 * a sink tells what it would do.
 */
export function createDryRunClient(client: OmClient): OmClient {
  const ids = new Map<string, string>();
  /** By id: what a deletion reads again of its own writes. */
  const changed = new Map<string, Partial<OmPipeline>>();
  const learn = (pipeline: OmPipeline): OmPipeline => {
    ids.set(pipeline.fullyQualifiedName, pipeline.id);
    return { ...pipeline, ...changed.get(pipeline.id) };
  };
  const change = (id: string, fields: Partial<OmPipeline>): void => {
    changed.set(id, { ...changed.get(id), ...fields });
  };
  const nothing = async (): Promise<void> => {};

  return {
    ...client,
    async listPipelines(query) {
      const page = await client.listPipelines(query);
      return { ...page, items: page.items.map(learn) };
    },
    async getPipeline(fqn, query) {
      const pipeline = await client.getPipeline(fqn, query);
      return pipeline === undefined ? undefined : learn(pipeline);
    },
    createService: async (body) => simulatedService(body, `dry-run ${body.name}`),
    restoreService: nothing,
    async putPipeline(body) {
      const fqn = buildFqn([body.service, body.name]);
      const id = ids.get(fqn);
      return { created: id === undefined, pipeline: simulatedPipeline(body, id ?? `dry-run ${fqn}`) };
    },
    async patchPipeline(id, operations) {
      for (const { path, value } of operations) {
        if (path === '/sourceHash' || path === '/pipelineLocation') change(id, { [path.slice(1)]: value });
      }
    },
    async deletePipeline(id) {
      change(id, { deleted: true });
      return true;
    },
    async restorePipeline(id) {
      change(id, { deleted: false });
    },
    putStatus: nothing,
    putStatuses: nothing,
    putClassification: nothing,
    async putTag({ classification, name }) {
      return { created: true, tag: { name, fullyQualifiedName: buildFqn([classification, name]) } };
    },
    putLineage: nothing,
    putIngestionPipeline: async ({ name }) => ({ id: `dry-run ${name}`, fullyQualifiedName: name }),
    putIngestionRun: nothing,
    deleteLineage: async () => true,
  };
}
