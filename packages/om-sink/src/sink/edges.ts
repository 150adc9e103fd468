import { completeEdge, type EdgeDraft, isOwnEdge } from '@flowmeta/om-mapper';
import type { OmClient } from '../client/client-types.js';
import type { OmEdge } from '../client/entities.js';
import { OpenMetadataError, verdictOf } from '../client/error.js';
import type { Sink, SinkFinding, WriteOutcome } from '../types.js';
import type { CatalogIndex, KnownPipeline } from './catalog-index.js';
import { findingOf } from './findings.js';
import { createKeyedQueue } from './keyed-queue.js';
import { remember } from './remember.js';

export interface EdgeWriter {
  write(edge: EdgeDraft): Promise<{ outcome: WriteOutcome; findings: SinkFinding[] }>;
  remove: Sink['removeEdges'];
  /** Whether the catalog has a pipeline of this FQN, in whichever service. */
  hasPipeline(fqn: string): Promise<boolean>;
}

/** Whether an earlier run may have drawn an edge at this pipeline. */
export const isEarlier = ({ hash, deleted, created }: KnownPipeline): boolean =>
  hash !== undefined && !deleted && !created;

/** How findings name an edge. */
export const edgeRef = (edge: EdgeDraft): string => `${edge.from.fqn} → ${edge.to.fqn}`;

/** Writes lineage. OpenMetadata keeps one edge per pair, and a PUT replaces all of it (OM fact 20). */
export function createEdgeWriter(context: {
  client: OmClient;
  index: CatalogIndex;
  overrideMetadata: boolean;
}): EdgeWriter {
  const { client, index, overrideMetadata } = context;
  const ids = new Map<string, Promise<string | undefined>>();
  const edgesFrom = new Map<string, Promise<Map<string, OmEdge>>>();
  const inTurn = createKeyedQueue();

  const idOf = ({ type, fqn }: EdgeDraft['from']): Promise<string | undefined> => {
    const known = type === 'pipeline' ? index.findByFqn(fqn) : undefined;
    if (known !== undefined) return Promise.resolve(known.id);
    return remember(ids, `${type} ${fqn}`, () => client.findEntity(type, fqn));
  };

  /** Edges that start at an entity, by the id of their end; read once. */
  const edgesOf = (from: EdgeDraft['from'], id: string): Promise<Map<string, OmEdge>> =>
    remember(edgesFrom, id, async () => {
      const all = await client.downstreamEdges(from.type, from.fqn);
      return new Map(all.filter((edge) => edge.from === id && !isShadow(edge)).map((edge) => [edge.to, edge]));
    });

  const put = async (draft: EdgeDraft, ends: { from: string; to: string; pipeline?: string }, existing?: OmEdge) => {
    const { from, to, pipeline } = ends;
    const body = completeEdge(draft, {
      from: { id: from, type: draft.from.type },
      to: { id: to, type: draft.to.type },
      ...(pipeline === undefined ? {} : { pipeline: { id: pipeline, type: 'pipeline' } }),
    });
    const { sqlQuery, columnsLineage } = existing?.details ?? {};
    // What another tool found out about the columns is no less true when the pipeline is known.
    const keep = { ...(sqlQuery ? { sqlQuery } : {}), ...(columnsLineage ? { columnsLineage } : {}) };
    const lineageDetails = { ...keep, ...body.edge.lineageDetails };
    try {
      await client.putLineage({ edge: { ...body.edge, lineageDetails } });
    } catch (error) {
      // With the search engine away a 1.6 server answers 500, yet the edge is stored (OM fact 5).
      if (!(error instanceof OpenMetadataError) || (error.status ?? 0) < 500) throw error;
      const after = await client.downstreamEdges(draft.from.type, draft.from.fqn);
      const edge = after.find((candidate) => candidate.from === from && candidate.to === to && !isShadow(candidate));
      if (edge === undefined || !isSame(edge, draft, pipeline)) throw error;
    }
    const { description, source } = draft.details;
    return { from, to, details: { ...keep, description, source, ...(pipeline === undefined ? {} : { pipeline }) } };
  };

  return {
    async write(draft) {
      const ref = edgeRef(draft);
      const failed = (message: string, hint?: string) => ({
        outcome: 'failed' as const,
        findings: [{ ref, message, ...(hint === undefined ? {} : { hint }) }],
      });
      const deleted = [draft.from, draft.to].some(
        ({ type, fqn }) => type === 'pipeline' && index.findByFqn(fqn)?.deleted,
      );
      if (deleted) return { outcome: 'kept', findings: [] };

      const [from, to] = await Promise.all([idOf(draft.from), idOf(draft.to)]);
      const missing = from === undefined ? draft.from : to === undefined ? draft.to : undefined;
      if (from === undefined || to === undefined) {
        return failed(`OpenMetadata has no ${missing?.type} ${missing?.fqn}`, 'Ingest it first, then run again.');
      }
      const mover = draft.details.pipeline;
      const pipeline = mover === undefined ? undefined : await idOf({ type: 'pipeline', fqn: mover });
      if (mover !== undefined && pipeline === undefined) return failed(`OpenMetadata has no pipeline ${mover}`);

      return inTurn(from, async () => {
        const edges = await edgesOf(draft.from, from);
        const existing = edges.get(to);
        if (existing !== undefined && isSame(existing, draft, pipeline)) return { outcome: 'unchanged', findings: [] };
        if (existing !== undefined && !overrideMetadata && belongsToOthers(existing, { draft, pipeline })) {
          const message = isOwnEdge(existing.details.description)
            ? 'This edge already names another pipeline that moves the data; OpenMetadata keeps one per edge'
            : 'Somebody else drew this edge in OpenMetadata, so it stays as it is';
          return { outcome: 'kept', findings: [{ ref, message }] };
        }
        const ends = { from, to, ...(pipeline === undefined ? {} : { pipeline }) };
        edges.set(to, await put(draft, ends, existing));
        return { outcome: existing === undefined ? 'created' : 'updated', findings: [] };
      });
    },

    async remove(fqn, isStale) {
      const result = { removed: 0, failed: 0, findings: [] as SinkFinding[] };
      const start = index.findByFqn(fqn);
      if (start === undefined || !isEarlier(start)) return result;
      return inTurn(start.id, async () => {
        const edges = await edgesOf({ type: 'pipeline', fqn }, start.id);
        for (const [id, { details }] of edges) {
          const end = index.findById(id);
          // An edge with another source, or one that names a pipeline in between, was never one of ours.
          const isOurs =
            isOwnEdge(details.description) && details.source === 'PipelineLineage' && details.pipeline === undefined;
          if (end === undefined || !isEarlier(end) || !isOurs || !isStale(end.fqn)) continue;
          try {
            await client.deleteLineage({ id: start.id, type: 'pipeline' }, { id, type: 'pipeline' });
            edges.delete(id);
            result.removed += 1;
          } catch (error) {
            if (verdictOf(error) === 'fatal') throw error;
            result.failed += 1;
            result.findings.push(findingOf(`${fqn} → ${end.fqn}`, error));
          }
        }
        return result;
      });
    },

    hasPipeline: async (fqn) => (await idOf({ type: 'pipeline', fqn })) !== undefined,
  };
}

/** Table → table through a pipeline also shows as table → pipeline → table (OM fact 20); those are no edges of their own. */
function isShadow({ from, to, details }: OmEdge): boolean {
  return details.pipeline !== undefined && (details.pipeline === from || details.pipeline === to);
}

function isSame(edge: OmEdge, draft: EdgeDraft, pipeline: string | undefined): boolean {
  const { details } = edge;
  return (
    details.description === draft.details.description &&
    details.source === draft.details.source &&
    details.pipeline === pipeline
  );
}

/**
 * Ours are marked. The earlier Python connector's are not: they name no other pipeline, and say nothing or what we would
 * say. A person who changed the text of one of ours has made it theirs.
 */
function belongsToOthers({ details }: OmEdge, ours: { draft: EdgeDraft; pipeline: string | undefined }): boolean {
  const { description, source, pipeline } = details;
  if (pipeline !== undefined && pipeline !== ours.pipeline) return true;
  if (isOwnEdge(description)) return false;
  return source !== 'PipelineLineage' || !ours.draft.details.description.startsWith(description ?? '');
}
