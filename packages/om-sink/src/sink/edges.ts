import { completeColumns, completeEdge, type EdgeDraft, isOwnEdge } from '@flowmeta/om-mapper';
import type { OmClient } from '../client/client-types.js';
import type { OmEdge } from '../client/entities.js';
import { OpenMetadataError } from '../client/error.js';
import type { Sink, SinkFinding, WriteOutcome } from '../types.js';
import type { CatalogIndex, KnownPipeline } from './catalog-index.js';
import type { DatasetFinder } from './dataset-finder.js';
import { belongsToOthers, mergeDetails, sameDetails, type WantedDetails } from './edge-details.js';
import { createKeyedQueue } from './keyed-queue.js';
import { createLineageCache } from './known-lineage.js';
import { createEdgeRemover } from './stale-edges.js';

type Result = { outcome: WriteOutcome; findings: SinkFinding[] };

export interface EdgeWriter {
  write: Sink['writeEdge'];
  remove: Sink['removeEdges'];
  /** Whether the catalog has a pipeline of this FQN, in whichever service. */
  hasPipeline(fqn: string): Promise<boolean>;
}

/** Whether an earlier run may have drawn an edge at this pipeline. */
export const isEarlier = ({ hash, deleted, created }: KnownPipeline): boolean =>
  hash !== undefined && !deleted && !created;

/** How findings name an edge. */
export const edgeRef = ({ from, to }: { from: { fqn: string }; to: { fqn: string } }): string =>
  `${from.fqn} → ${to.fqn}`;

/** Writes lineage. OpenMetadata keeps one edge per pair, and a PUT replaces all of it (OM fact 20). */
export function createEdgeWriter(context: {
  client: OmClient;
  index: CatalogIndex;
  datasets: DatasetFinder;
  overrideMetadata: boolean;
}): EdgeWriter {
  const { client, index, datasets, overrideMetadata } = context;
  const lineage = createLineageCache(client);
  const inTurn = createKeyedQueue();

  const idOf = async ({ type, fqn }: EdgeDraft['from']): Promise<string | undefined> => {
    const known = type === 'pipeline' ? index.findByFqn(fqn) : undefined;
    return known?.id ?? (await datasets.get(type, fqn))?.id;
  };
  const isDeleted = (fqn: string): boolean => index.findByFqn(fqn)?.deleted === true;

  const columnsOf = async ({ from, to, details: { columns = [] } }: EdgeDraft) => {
    if (columns.length === 0) return [];
    const tables = await Promise.all([from, to].map(({ type, fqn }) => datasets.get(type, fqn)));
    return completeColumns(columns, { from: tables[0]?.columns ?? [], to: tables[1]?.columns ?? [] });
  };

  /** Writes the edge; with columns that the server refuses all the same, without them. */
  const put = async (draft: EdgeDraft, ids: { from: string; to: string }, wanted: WantedDetails): Promise<OmEdge> => {
    const { edge } = completeEdge(draft, {
      from: { id: ids.from, type: draft.from.type },
      to: { id: ids.to, type: draft.to.type },
      ...(wanted.pipeline === undefined ? {} : { pipeline: { id: wanted.pipeline, type: 'pipeline' } }),
    });
    const { sqlQuery, columnsLineage } = wanted;
    const lineageDetails = {
      ...edge.lineageDetails,
      ...(sqlQuery === undefined ? {} : { sqlQuery }),
      ...(columnsLineage === undefined ? {} : { columnsLineage }),
    };
    try {
      await client.putLineage({ edge: { ...edge, lineageDetails } });
    } catch (error) {
      if (!(error instanceof OpenMetadataError)) throw error;
      if (error.status === 400 && columnsLineage !== undefined) {
        const { columnsLineage: _refused, ...without } = wanted;
        return put(draft, ids, without);
      }
      // With the search engine away a 1.6 server answers 500, yet the edge is stored (OM fact 5).
      if ((error.status ?? 0) < 500) throw error;
      const stored = (await lineage.read(draft.from, ids.from)).downstream.get(ids.to);
      if (stored === undefined || !sameDetails(stored.details, wanted)) throw error;
    }
    return { ...ids, details: wanted };
  };

  /** Writes what differs from the edge that is there. */
  const settle = async (
    draft: EdgeDraft,
    ends: { from: string; to: string; movers: string[] },
    mayReplace: (pipeline: string) => boolean,
  ): Promise<Result> => {
    const { from, to, movers } = ends;
    const { downstream } = await lineage.of(draft.from, from);
    const existing = downstream.get(to);
    const present = existing?.details.pipeline;
    const pipeline = present !== undefined && movers.includes(present) ? present : movers[0];
    const isOurs = (id: string): boolean => {
      const fqn = index.findById(id)?.fqn;
      return movers.includes(id) || (fqn !== undefined && isOwnEdge(existing?.details.description) && mayReplace(fqn));
    };
    const { source, description, sqlQuery } = draft.details;
    const columnsLineage = await columnsOf(draft);
    const wanted = mergeDetails(
      {
        source,
        description,
        ...(pipeline === undefined ? {} : { pipeline }),
        ...(sqlQuery === undefined ? {} : { sqlQuery }),
        ...(columnsLineage.length === 0 ? {} : { columnsLineage }),
      },
      existing?.details,
    );
    if (existing !== undefined) {
      if (sameDetails(existing.details, wanted)) return { outcome: 'unchanged', findings: [] };
      if (!overrideMetadata && belongsToOthers(existing.details, { draft, isOurs })) {
        const message = isOwnEdge(existing.details.description)
          ? 'This edge already names another pipeline that moves the data; OpenMetadata keeps one per edge'
          : 'Somebody else drew this edge in OpenMetadata, so it stays as it is';
        return { outcome: 'kept', findings: [{ ref: edgeRef(draft), message }] };
      }
    }
    const written = await put(draft, { from, to }, wanted);
    downstream.set(to, written);
    const isWithoutColumns = wanted.columnsLineage !== undefined && written.details.columnsLineage === undefined;
    const message = 'OpenMetadata refused the columns of this edge, so it was written without them';
    const findings = isWithoutColumns ? [{ ref: edgeRef(draft), message }] : [];
    return { outcome: existing === undefined ? 'created' : 'updated', findings };
  };

  return {
    async write(draft, { mayReplace = () => false } = {}) {
      const failed = (message: string, hint?: string): Result => ({
        outcome: 'failed',
        findings: [{ ref: edgeRef(draft), message, ...(hint === undefined ? {} : { hint }) }],
      });
      const { pipeline, otherPipelines = [] } = draft.details;
      const named = pipeline === undefined ? [] : [pipeline, ...otherPipelines];
      const alive = named.filter((fqn) => !isDeleted(fqn));
      const ends = [draft.from, draft.to].filter(({ type }) => type === 'pipeline');
      if (ends.some(({ fqn }) => isDeleted(fqn)) || (named.length > 0 && alive.length === 0)) {
        return { outcome: 'kept', findings: [] };
      }
      const [from, to] = await Promise.all([idOf(draft.from), idOf(draft.to)]);
      const missing = from === undefined ? draft.from : to === undefined ? draft.to : undefined;
      if (from === undefined || to === undefined) {
        return failed(`OpenMetadata has no ${missing?.type} ${missing?.fqn}`, 'Ingest it first, then run again.');
      }
      const movers = await Promise.all(alive.map((fqn) => idOf({ type: 'pipeline', fqn })));
      const lost = alive.find((_, position) => movers[position] === undefined);
      if (lost !== undefined) return failed(`OpenMetadata has no pipeline ${lost}`);
      const ids = movers.filter((id) => id !== undefined);
      return inTurn(from, () => settle(draft, { from, to, movers: ids }, mayReplace));
    },

    remove: createEdgeRemover({ client, index, lineage, inTurn }),

    hasPipeline: async (fqn) => (await idOf({ type: 'pipeline', fqn })) !== undefined,
  };
}
