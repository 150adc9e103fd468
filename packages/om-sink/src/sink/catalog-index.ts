import { buildFqn, type Capabilities, isGoneMark, namespaceOf, ownHashOf, type SourceHash } from '@flowmeta/om-mapper';
import type { OmClient } from '../client/client-types.js';
import type { OmPipeline, OmService } from '../client/entities.js';
import { OpenMetadataError } from '../client/error.js';
import type { SinkFinding } from '../types.js';
import { remember } from './remember.js';

/** What is remembered of a pipeline in the catalog. */
export interface KnownPipeline {
  id: string;
  name: string;
  fqn: string;
  /** Absent when somebody else wrote it. */
  hash?: SourceHash;
  /** The source's folder or namespace, as it was last written. */
  namespace?: string;
  /** As it was last written. */
  sourceUrl?: string;
  /** Name of the user who changed it last; told only where Flowmeta's mark says that it takes the pipeline away. */
  updatedBy?: string;
  deleted: boolean;
  /** By this run. */
  created: boolean;
}

export interface CatalogIndex {
  /** By the name in the catalog. Asks the server only where the list could not be read, or was empty. */
  find(name: string): Promise<KnownPipeline | undefined>;
  findByFqn(fqn: string): KnownPipeline | undefined;
  findById(id: string): KnownPipeline | undefined;
  all(): Iterable<KnownPipeline>;
  set(name: string, pipeline: KnownPipeline): void;
  readonly size: number;
}

const pageSize = 500;
const attempts = 3;

/** What Flowmeta left in a pipeline as the server has it; `undefined` when somebody else wrote it. */
export function storedHash(pipeline: OmPipeline, capabilities: Capabilities): SourceHash | undefined {
  const { sourceHash = null, pipelineLocation = null } = pipeline;
  return ownHashOf({ sourceHash, pipelineLocation }, capabilities);
}

/** The compact form of a pipeline as the server has it. */
export function toKnown(pipeline: OmPipeline, capabilities: Capabilities): KnownPipeline {
  const hash = storedHash(pipeline, capabilities);
  const namespace = namespaceOf({ pipelineLocation: pipeline.pipelineLocation ?? null });
  return {
    id: pipeline.id,
    name: pipeline.name,
    fqn: pipeline.fullyQualifiedName,
    deleted: pipeline.deleted === true,
    created: false,
    ...(hash === undefined ? {} : { hash }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(pipeline.sourceUrl ? { sourceUrl: pipeline.sourceUrl } : {}),
    ...(hash && isGoneMark(hash) && pipeline.updatedBy ? { updatedBy: pipeline.updatedBy } : {}),
  };
}

/**
 * Reads which pipelines a service holds, soft-deleted ones too.
 *
 * One row that another tool left half-created makes every list of a 1.2 server fail (OM fact 14). Then pipelines are
 * looked up one by one, and a finding says so.
 *
 * An empty list of a service that was there before is not believed either, since a PUT of a pipeline that it left out would write over
 * what people did, and bring back what they deleted: pipelines are looked up before they are made, each once.
 */
export async function readCatalogIndex(
  client: OmClient,
  options: { service: OmService; isNew: boolean; capabilities: Capabilities },
): Promise<{ index: CatalogIndex; findings: SinkFinding[] }> {
  const { service, isNew, capabilities } = options;
  const byName = new Map<string, KnownPipeline>();
  const byFqn = new Map<string, KnownPipeline>();
  const byId = new Map<string, KnownPipeline>();
  const findings: SinkFinding[] = [];
  const lookups = new Map<string, Promise<void>>();
  let listed = true;

  const set = (name: string, pipeline: KnownPipeline): void => {
    byName.set(name, pipeline);
    byFqn.set(pipeline.fqn, pipeline);
    byId.set(pipeline.id, pipeline);
  };

  const lookUp = async (name: string): Promise<void> => {
    const pipeline = await client.getPipeline(buildFqn([service.name, name]));
    if (pipeline !== undefined) set(name, toKnown(pipeline, capabilities));
  };

  try {
    for (const pipeline of await listAll(client, service)) set(pipeline.name, toKnown(pipeline, capabilities));
    listed = isNew || byName.size > 0;
  } catch (error) {
    if (!(error instanceof OpenMetadataError) || !error.message.includes('does not have expected relationship')) {
      throw error;
    }
    listed = false;
    findings.push({
      ref: service.fullyQualifiedName,
      message: `OpenMetadata can't list pipelines because one of them is half-created: ${error.message}`,
      hint: 'Pipelines are looked up one by one, which is slower. Have the broken row removed from the pipeline_entity table.',
    });
  }

  return {
    findings,
    index: {
      async find(name) {
        const known = byName.get(name);
        if (known !== undefined || listed) return known;
        await remember(lookups, name, () => lookUp(name));
        return byName.get(name);
      },
      findByFqn: (fqn) => byFqn.get(fqn),
      findById: (id) => byId.get(id),
      all: () => byName.values(),
      set,
      get size() {
        return byName.size;
      },
    },
  };
}

async function listAll(client: OmClient, service: OmService): Promise<Iterable<OmPipeline>> {
  for (let attempt = 1; ; attempt += 1) {
    const { pipelines, total } = await listOnce(client, service);
    // Pipelines that come or go while the pages are read shift them: then the list is read again.
    if (pipelines.size >= total) return pipelines.values();
    if (attempt === attempts) {
      throw new OpenMetadataError(
        `OpenMetadata listed ${pipelines.size} of the ${total} pipelines of ${service.fullyQualifiedName}`,
        { kind: 'wrong-answer', verdict: 'fatal', hint: 'Run again when nobody else writes to this service.' },
      );
    }
  }
}

async function listOnce(
  client: OmClient,
  service: OmService,
): Promise<{ pipelines: Map<string, OmPipeline>; total: number }> {
  const pipelines = new Map<string, OmPipeline>();
  let total = 0;
  let after: string | undefined;
  do {
    const page = await client.listPipelines({
      service: service.name,
      limit: pageSize,
      ...(after === undefined ? {} : { after }),
    });
    for (const pipeline of page.items) {
      const owner = pipeline.service?.fullyQualifiedName;
      if (owner != null ? owner !== service.fullyQualifiedName : !isBelow(pipeline, service)) {
        throw new OpenMetadataError(
          `OpenMetadata was asked for the pipelines of ${service.fullyQualifiedName} and answered ${pipeline.fullyQualifiedName}`,
          { kind: 'wrong-answer', verdict: 'fatal' },
        );
      }
      pipelines.set(pipeline.fullyQualifiedName, pipeline);
    }
    total = page.total ?? 0;
    after = page.items.length === 0 ? undefined : page.after;
  } while (after !== undefined);
  return { pipelines, total };
}

const isBelow = (pipeline: OmPipeline, service: OmService): boolean =>
  pipeline.fullyQualifiedName.startsWith(`${service.fullyQualifiedName}.`);
