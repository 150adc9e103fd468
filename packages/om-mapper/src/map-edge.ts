import { type EntityReference, type LineageEdge, referenceKey, VerdictError } from '@flowmeta/connector';
import { storable } from './storable.js';
import type { AddLineage, ColumnLineage, EdgeDraft, Reference } from './types.js';

/** Ends the description of every edge that Flowmeta writes: an edge without it belongs to somebody else. */
const ownMark = ' · Flowmeta';
/** The same for an edge that only runs show. */
const runMark = ' · Flowmeta (run)';

/** Longest SQL of an edge, UTF-16 units. */
const maxSql = 10_000;

type End = EdgeDraft['from'];

export interface MapEdgeOptions {
  /** The fully qualified name of a pipeline of the model, by `Pipeline.name`; `undefined` if the catalog has none. */
  fqnOf: (pipeline: string) => string | undefined;
  /** The entity of the catalog that a dataset or an entity of the model was found to be. Without it there are none. */
  find?: (reference: Exclude<EntityReference, { kind: 'pipeline' }>) => End | undefined;
  /** Names of further pipelines that move the same data. */
  otherPipelines?: readonly string[];
}

/** An edge by the names of its ends. An edge with an end that the catalog doesn't have is an error with the verdict `skip`. */
export function mapEdge(edge: LineageEdge, options: MapEdgeOptions): EdgeDraft {
  const { find, otherPipelines = [] } = options;
  const fqnOf = (pipeline: string): string => {
    const fqn = options.fqnOf(pipeline);
    if (fqn === undefined) {
      throw new VerdictError(`The pipeline ${pipeline} of a lineage edge is not in the catalog`, { verdict: 'skip' });
    }
    return fqn;
  };
  const end = (reference: EntityReference): End => {
    if (reference.kind === 'pipeline') return { type: 'pipeline', fqn: fqnOf(reference.name) };
    const found = find?.(reference);
    if (found === undefined) {
      throw new VerdictError(`An end of a lineage edge is not in the catalog: ${referenceKey(reference)}`, {
        verdict: 'skip',
      });
    }
    return found;
  };
  const [from, to] = [end(edge.from), end(edge.to)];
  const isEnd = (fqn: string): boolean => [from, to].some((one) => one.type === 'pipeline' && one.fqn === fqn);
  // Named as the pipeline in between, a pipeline at the end would make the edge look like a shadow of another (OM fact 20).
  const movers = [edge.pipeline, ...otherPipelines].filter((name) => name !== undefined).map(fqnOf);
  const [pipeline, ...others] = movers.filter((fqn) => !isEnd(fqn));
  const isBetweenTables = from.type === 'table' && to.type === 'table';
  return {
    from,
    to,
    details: {
      source: 'PipelineLineage',
      description: edge.description.trimEnd() + (edge.evidence === 'run' ? runMark : ownMark),
      ...(pipeline === undefined ? {} : { pipeline }),
      ...(others.length === 0 ? {} : { otherPipelines: others }),
      ...(edge.sql === undefined || edge.sql.trim() === '' ? {} : { sqlQuery: storable(cutSql(edge.sql)) }),
      ...(isBetweenTables && edge.columns !== undefined && edge.columns.length > 0 ? { columns: edge.columns } : {}),
    },
  };
}

function cutSql(sql: string): string {
  if (sql.length <= maxSql) return sql;
  const kept = sql.slice(0, maxSql - 1);
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}

/** Whether Flowmeta wrote an edge, by the description in its details. */
export function isOwnEdge(description: string | null | undefined): boolean {
  return evidenceOf(description) !== undefined;
}

/** What showed an edge that Flowmeta wrote, by the description in its details; `undefined` for an edge of somebody else. */
export function evidenceOf(description: string | null | undefined): 'definition' | 'run' | undefined {
  if (description?.endsWith(runMark)) return 'run';
  return description?.endsWith(ownMark) ? 'definition' : undefined;
}

/**
 * The `PUT /v1/lineage` body of an edge whose ends, and pipeline if it names one, have been resolved, and whose columns
 * `completeColumns` has named in full.
 */
export function completeEdge(
  edge: EdgeDraft,
  references: { from: Reference; to: Reference; pipeline?: Reference; columns?: readonly ColumnLineage[] },
): AddLineage {
  const { from, to, pipeline, columns = [] } = references;
  const { source, description, sqlQuery } = edge.details;
  return {
    edge: {
      fromEntity: { id: from.id, type: from.type },
      toEntity: { id: to.id, type: to.type },
      lineageDetails: {
        source,
        description,
        ...(pipeline === undefined ? {} : { pipeline: { id: pipeline.id, type: pipeline.type } }),
        ...(sqlQuery === undefined ? {} : { sqlQuery }),
        ...(columns.length === 0 ? {} : { columnsLineage: [...columns] }),
      },
    },
  };
}
