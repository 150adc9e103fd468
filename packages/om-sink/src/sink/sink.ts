import { createHash } from 'node:crypto';
import { buildFqn, type Capabilities, capabilitiesFor, type Hash, legalName } from '@flowmeta/om-mapper';
import type { OmClient } from '../client/client-types.js';
import { asFatal, verdictOf } from '../client/error.js';
import type { DatasetMatch, Sink, SinkFinding, SinkOptions, WriteOutcome } from '../types.js';
import { type CatalogIndex, readCatalogIndex } from './catalog-index.js';
import { createDatasetFinder, type DatasetFinder } from './dataset-finder.js';
import { createPipelineRemover } from './deletion.js';
import { createEdgeWriter, type EdgeWriter, edgeRef, isEarlier } from './edges.js';
import { distinctFindings, findingOf } from './findings.js';
import { createKeyedQueue } from './keyed-queue.js';
import { createOrganisationResolver, type OrganisationResolver } from './organisation.js';
import { createOwnerResolver, type OwnerResolver } from './owners.js';
import { type PipelineWriterContext, writePipeline } from './pipelines.js';
import { findOrCreateService } from './service.js';
import { createStatusWriter, type StatusWriter } from './statuses.js';
import { createTagResolver, type TagResolver } from './tags.js';

/** What `open` finds out and the writing methods need. */
interface OpenSink {
  index: CatalogIndex;
  pipelines: PipelineWriterContext;
  statuses: StatusWriter;
  removal: ReturnType<typeof createPipelineRemover>;
  edges: EdgeWriter;
  datasets: DatasetFinder;
  tags: TagResolver;
  owners: OwnerResolver;
  organisation: OrganisationResolver;
}

const md5: Hash = (text) => createHash('md5').update(text).digest('base64url');

/** A sink that writes to an OpenMetadata server. */
export function createOpenMetadataSink(client: OmClient, options: SinkOptions): Sink {
  return assembleSink(client, {
    ...options,
    description: `OpenMetadata at ${client.baseUrl.replace(/\/api\/v1$/, '')}`,
  });
}

/** A sink over any client, be it a server's or one that only writes lines. */
export function assembleSink(client: OmClient, options: SinkOptions & { description: string; isFile?: boolean }): Sink {
  const findings: SinkFinding[] = [];
  const inTurn = createKeyedQueue();
  /** By name in the model: the name in the catalog, and whether it has tasks. */
  const written = new Map<string, { name: string; hasTasks: boolean }>();
  let opened: OpenSink | undefined;

  const use = (): OpenSink => {
    options.signal?.throwIfAborted();
    if (opened === undefined) throw new Error('The sink is used before open() is done');
    return opened;
  };

  const nameOf = (pipeline: string): string =>
    written.get(pipeline)?.name ?? legalName(pipeline, { capabilities: use().pipelines.capabilities }).legal;

  /** What concerns one item becomes its result; what ends the run is thrown. */
  const orFinding = async <T>(ref: string, work: () => Promise<T>, otherwise: (finding: SinkFinding) => T) => {
    try {
      return await work();
    } catch (error) {
      if (options.signal?.aborted || verdictOf(error) === 'fatal') throw error;
      return otherwise(findingOf(ref, error));
    }
  };

  return {
    description: options.description,

    async open() {
      try {
        const version = await client.version();
        const { capabilities, warning } = capabilitiesFor(version);
        if (warning !== undefined) findings.push({ ref: 'OpenMetadata', message: warning });
        const user = await client.loggedInUser();
        if (user.isBot === false) findings.push(personFinding(user.name));
        const { service, isNew } = await findOrCreateService(client, options);
        client.expectToExist('pipelineService', service.name);
        const { index, findings: listing } = await readCatalogIndex(client, { service, isNew, capabilities });
        findings.push(...listing);
        opened = prepare(client, { options, capabilities, index, user: user.name });
        return {
          capabilities,
          service: service.fullyQualifiedName,
          knownPipelines: index.size,
          ...(options.isFile ? {} : { version }),
        };
      } catch (error) {
        throw asFatal(error);
      }
    },

    async stored(pipeline) {
      const { index } = use();
      const known = await index.find(nameOf(pipeline));
      if (known === undefined) return undefined;
      const { id, hash, deleted } = known;
      const isComparable = hash !== undefined && !options.overrideMetadata;
      return { id, deleted, ...(isComparable ? { hash: `${hash.version}.${hash.body}.${hash.text}` } : {}) };
    },

    writePipeline(draft) {
      const { pipelines } = use();
      return inTurn(draft.body.name, () =>
        orFinding<Awaited<ReturnType<Sink['writePipeline']>>>(
          draft.pipeline,
          async () => {
            const { outcome, known, findings: found, isPartial } = await writePipeline(draft, pipelines);
            written.set(draft.pipeline, { name: draft.body.name, hasTasks: draft.body.tasks.length > 0 });
            return { outcome, fqn: known.fqn, findings: found, ...(isPartial && { isPartial }) };
          },
          (finding) => ({ outcome: 'failed', findings: [finding] }),
        ),
      );
    },

    writeStatuses(pipeline, statuses) {
      const { index, statuses: writer } = use();
      const nothing = { created: 0, updated: 0, unchanged: 0, failed: 0, findings: [] };
      const { name, hasTasks } = written.get(pipeline) ?? { name: nameOf(pipeline), hasTasks: true };
      return inTurn(name, () =>
        orFinding(
          pipeline,
          async () => {
            const known = await index.find(name);
            if (known === undefined) {
              const message = 'Its runs were not written, since OpenMetadata has no such pipeline';
              return { ...nothing, failed: statuses.length, findings: [{ ref: pipeline, message }] };
            }
            if (known.deleted) return { ...nothing, unchanged: statuses.length };
            return writer.write({ name: pipeline, known, hasTasks }, statuses);
          },
          (finding) => ({ ...nothing, failed: statuses.length, findings: [finding] }),
        ),
      );
    },

    writeEdge(edge, options) {
      const { edges } = use();
      return orFinding<{ outcome: WriteOutcome; findings: SinkFinding[] }>(
        edgeRef(edge),
        () => edges.write(edge, options),
        (finding) => ({ outcome: 'failed', findings: [finding] }),
      );
    },

    findDataset(lookup) {
      const { datasets } = use();
      return orFinding<DatasetMatch>(
        lookup.label,
        () => datasets.find(lookup),
        (finding) => ({ kind: 'failed', finding }),
      );
    },

    findEntity(fqn, types) {
      const { datasets } = use();
      return orFinding<DatasetMatch>(
        fqn,
        () => datasets.findByFqn(fqn, types),
        (finding) => ({ kind: 'failed', finding }),
      );
    },

    async findPipeline(name, services) {
      const { edges, pipelines } = use();
      const { legal } = legalName(name, { capabilities: pipelines.capabilities });
      for (const service of services) {
        const fqn = buildFqn([service, legal]);
        if (await edges.hasPipeline(fqn)) return fqn;
      }
      return undefined;
    },

    *earlierPipelines() {
      for (const known of use().index.all()) {
        const { fqn, namespace } = known;
        if (isEarlier(known)) yield { fqn, ...(namespace === undefined ? {} : { namespace }) };
      }
    },

    removeEdges(pipeline, isStale, options) {
      const { edges } = use();
      return orFinding<{ removed: number; failed: number; findings: SinkFinding[] }>(
        pipeline,
        () => edges.remove(pipeline, isStale, options),
        (finding) => ({ removed: 0, failed: 1, findings: [finding] }),
      );
    },

    ownPipelines: () => use().removal.own(),

    removePipeline(fqn) {
      const { index, removal } = use();
      return inTurn(index.findByFqn(fqn)?.name ?? fqn, () =>
        orFinding<Awaited<ReturnType<Sink['removePipeline']>>>(
          fqn,
          () => removal.remove(fqn),
          (finding) => ({ outcome: 'failed', findings: [finding] }),
        ),
      );
    },

    summary: () => ({
      tagsCreated: opened?.tags.created ?? 0,
      findings: distinctFindings([
        ...findings,
        ...(opened?.tags.findings ?? []),
        ...(opened?.owners.findings() ?? []),
        ...(opened?.organisation.findings() ?? []),
        ...(opened?.datasets.findings ?? []),
      ]),
    }),

    close: () => client.close(),
  };
}

function prepare(
  client: OmClient,
  context: {
    options: SinkOptions & { isFile?: boolean };
    capabilities: Capabilities;
    index: CatalogIndex;
    user: string;
  },
): OpenSink {
  const { options, capabilities, index, user } = context;
  const { overrideMetadata = false, statusMode = 'auto', isFile = false } = options;
  const datasets = createDatasetFinder(client, { isFile });
  const tags = createTagResolver(client);
  const owners = createOwnerResolver(client);
  const organisation = createOrganisationResolver(client);
  return {
    index,
    tags,
    owners,
    organisation,
    pipelines: { client, index, capabilities, tags, owners, organisation, options, hash: md5, user },
    removal: createPipelineRemover({ client, index, capabilities, user }),
    statuses: createStatusWriter({ client, capabilities, statusMode }),
    datasets,
    edges: createEdgeWriter({ client, index, datasets, overrideMetadata }),
  };
}

function personFinding(name: string): SinkFinding {
  return {
    ref: `user ${name}`,
    message: `The token belongs to ${name}, who is no bot: task descriptions that people wrote in OpenMetadata may be replaced`,
    hint: "Use the token of a bot, such as ingestion-bot: OpenMetadata keeps people's texts from its writes.",
  };
}
