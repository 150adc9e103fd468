import { datasetLabel, type EntityReference, type LineageEdge, VerdictError } from '@flowmeta/connector';
import type { AddLineage, EdgeDraft, Reference } from './types.js';

/** Ends the description of every edge that Flowmeta writes: an edge without it belongs to somebody else. */
const ownMark = ' · Flowmeta';

export interface MapEdgeOptions {
  /** The fully qualified name of a pipeline of the model, by `Pipeline.name`; `undefined` if the catalog has none. */
  fqnOf: (pipeline: string) => string | undefined;
}

/**
 * An edge by the names of its ends. An edge whose pipelines the catalog doesn't have is an error with the verdict `skip`.
 */
export function mapEdge(edge: LineageEdge, options: MapEdgeOptions): EdgeDraft {
  const fqnOf = (pipeline: string): string => {
    const fqn = options.fqnOf(pipeline);
    if (fqn === undefined) {
      throw new VerdictError(`The pipeline ${pipeline} of a lineage edge is not in the catalog`, { verdict: 'skip' });
    }
    return fqn;
  };
  const end = (entity: EntityReference): EdgeDraft['from'] => {
    if (entity.kind === 'pipeline') return { type: 'pipeline', fqn: fqnOf(entity.name) };
    if (entity.kind === 'entity') return { type: entity.type ?? 'table', fqn: entity.fqn };
    throw new VerdictError(`The catalog was not asked for ${datasetLabel(entity.dataset)}`, { verdict: 'skip' });
  };
  return {
    from: end(edge.from),
    to: end(edge.to),
    details: {
      source: 'PipelineLineage',
      description: edge.description.trimEnd() + ownMark,
      ...(edge.pipeline === undefined ? {} : { pipeline: fqnOf(edge.pipeline) }),
    },
  };
}

/** Whether Flowmeta wrote an edge, by the description in its details. */
export function isOwnEdge(description: string | null | undefined): boolean {
  return description?.endsWith(ownMark) ?? false;
}

/** The `PUT /v1/lineage` body of an edge whose ends, and pipeline if it names one, have been resolved. */
export function completeEdge(
  edge: EdgeDraft,
  references: { from: Reference; to: Reference; pipeline?: Reference },
): AddLineage {
  const { from, to, pipeline } = references;
  return {
    edge: {
      fromEntity: { id: from.id, type: from.type },
      toEntity: { id: to.id, type: to.type },
      lineageDetails: {
        source: edge.details.source,
        description: edge.details.description,
        ...(pipeline === undefined ? {} : { pipeline: { id: pipeline.id, type: pipeline.type } }),
      },
    },
  };
}
