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
  const learn = (pipeline: OmPipeline): OmPipeline => {
    ids.set(pipeline.fullyQualifiedName, pipeline.id);
    return pipeline;
  };
  const nothing = async (): Promise<void> => {};

  return {
    ...client,
    async listPipelines(query) {
      const page = await client.listPipelines(query);
      page.items.forEach(learn);
      return page;
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
    patchPipeline: nothing,
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
