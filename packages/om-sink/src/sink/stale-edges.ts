import { type EdgeDraft, evidenceOf } from '@flowmeta/om-mapper';
import type { OmClient } from '../client/client-types.js';
import type { OmEdge } from '../client/entities.js';
import { verdictOf } from '../client/error.js';
import type { Sink, SinkFinding, StoredEdge } from '../types.js';
import type { CatalogIndex } from './catalog-index.js';
import { edgeRef, isEarlier } from './edges.js';
import { findingOf } from './findings.js';
import type { createKeyedQueue } from './keyed-queue.js';
import type { KnownLineage, LineageCache } from './known-lineage.js';

/** An edge with another source, with words of somebody else, or that only runs show, is not for us to take away. */
const isFromDefinition = ({ details }: OmEdge): boolean =>
  details.source === 'PipelineLineage' && evidenceOf(details.description) === 'definition';

/** Finds the edges of a pipeline that Flowmeta drew, and takes away those that are called stale. */
export function createEdgeRemover(context: {
  client: OmClient;
  index: CatalogIndex;
  lineage: LineageCache;
  inTurn: ReturnType<typeof createKeyedQueue>;
}): Sink['removeEdges'] {
  const { client, index, lineage, inTurn } = context;

  return async (fqn, isStale, { datasets = false } = {}) => {
    const result = { removed: 0, failed: 0, findings: [] as SinkFinding[] };
    const start = index.findByFqn(fqn);
    if (start === undefined || !isEarlier(start)) return result;
    const pipeline = { type: 'pipeline', fqn };
    const known = await lineage.of(pipeline, start.id);

    const remove = async (edge: OmEdge, stored: StoredEdge, forget: () => void): Promise<void> => {
      if (!isStale(stored)) return;
      try {
        const { from, to } = stored;
        await client.deleteLineage({ id: edge.from, type: from.type }, { id: edge.to, type: to.type });
        forget();
        result.removed += 1;
      } catch (error) {
        if (verdictOf(error) === 'fatal') throw error;
        result.failed += 1;
        result.findings.push(findingOf(edgeRef(stored), error));
      }
    };

    await inTurn(start.id, async () => {
      for (const [id, edge] of known.downstream) {
        if (!isFromDefinition(edge) || edge.details.pipeline !== undefined) continue;
        const end = index.findById(id);
        const to =
          end === undefined ? datasetAt(known, id) : isEarlier(end) ? { type: 'pipeline', fqn: end.fqn } : undefined;
        if (to === undefined || (to.type !== 'pipeline' && !datasets)) continue;
        await remove(edge, { from: pipeline, to }, () => known.downstream.delete(id));
      }
    });
    if (!datasets) return result;

    for (const [id, edge] of known.upstream) {
      const from = datasetAt(known, id);
      if (from === undefined || !isFromDefinition(edge) || edge.details.pipeline !== undefined) continue;
      await inTurn(id, () => remove(edge, { from, to: pipeline }, () => known.upstream.delete(id)));
    }
    for (const [id, from] of suspects(known, { pipeline: fqn, isStale })) {
      const moved = await lineage.of(from, id);
      await inTurn(id, async () => {
        for (const [target, edge] of moved.downstream) {
          const to = datasetAt(moved, target);
          if (to === undefined || edge.details.pipeline !== start.id || !isFromDefinition(edge)) continue;
          await remove(edge, { from, to, pipeline: fqn }, () => moved.downstream.delete(target));
        }
      });
    }
    return result;
  };
}

/**
 * Datasets, by id, that may start a stale edge by way of the pipeline. Its halves don't say which belong together, yet both carry
 * the words of the whole: if no such pair is stale, nothing is, and the datasets need not be read.
 */
function suspects(
  { halves, nodes }: KnownLineage,
  { pipeline, isStale }: { pipeline: string; isStale: (edge: StoredEdge) => boolean },
): Map<string, EdgeDraft['from']> {
  const found = new Map<string, EdgeDraft['from']>();
  const ends = new Map<string, EdgeDraft['to'][]>();
  for (const { to, details } of halves.downstream) {
    const end = nodes.get(to);
    const key = details.description ?? '';
    if (end !== undefined) ends.set(key, [...(ends.get(key) ?? []), end]);
  }
  for (const half of halves.upstream) {
    const from = nodes.get(half.from);
    if (from === undefined || !isFromDefinition(half) || found.has(half.from)) continue;
    const candidates = ends.get(half.details.description ?? '') ?? [];
    if (candidates.some((to) => isStale({ from, to, pipeline }))) found.set(half.from, from);
  }
  return found;
}

function datasetAt({ nodes }: KnownLineage, id: string): EdgeDraft['from'] | undefined {
  const node = nodes.get(id);
  return node === undefined || node.type === 'pipeline' ? undefined : node;
}
