import { type ColumnLineage, type EdgeDraft, isOwnEdge } from '@flowmeta/om-mapper';
import type { OmEdge } from '../client/entities.js';

export type EdgeDetails = OmEdge['details'];

/** What an edge is to say, by ids and full names. */
export interface WantedDetails {
  source: string;
  description: string;
  pipeline?: string;
  sqlQuery?: string;
  columnsLineage?: ColumnLineage[];
}

/** Table → table through a pipeline also shows as table → pipeline → table (OM fact 20); those are no edges of their own. */
export function isShadow({ from, to, details }: OmEdge): boolean {
  return details.pipeline !== undefined && (details.pipeline === from || details.pipeline === to);
}

/**
 * The details to write: what is wanted, with what another tool found out about the statement and its columns, which is no
 * less true when the pipeline is known. What we wrote ourselves goes once the statement is another one.
 */
export function mergeDetails(wanted: WantedDetails, existing: EdgeDetails | undefined): WantedDetails {
  if (existing === undefined || isOutdated(existing, wanted)) return wanted;
  const sqlQuery = wanted.sqlQuery ?? existing.sqlQuery;
  const columns = wanted.columnsLineage ?? [];
  const named = new Set(columns.map(({ toColumn }) => toColumn));
  const kept = (existing.columnsLineage ?? []).filter(({ toColumn }) => !named.has(toColumn));
  const columnsLineage = [...columns, ...kept];
  return {
    ...wanted,
    ...(sqlQuery === undefined ? {} : { sqlQuery }),
    ...(columnsLineage.length === 0 ? {} : { columnsLineage }),
  };
}

function isOutdated(existing: EdgeDetails, wanted: WantedDetails): boolean {
  if (!isOwnEdge(existing.description)) return false;
  return wanted.sqlQuery === undefined
    ? existing.description !== wanted.description
    : existing.sqlQuery !== undefined && existing.sqlQuery !== wanted.sqlQuery;
}

/** Whether the catalog has these details already, in whichever order of columns. */
export function sameDetails(existing: EdgeDetails, wanted: WantedDetails): boolean {
  return (
    existing.description === wanted.description &&
    existing.source === wanted.source &&
    existing.pipeline === wanted.pipeline &&
    existing.sqlQuery === wanted.sqlQuery &&
    columnsKey(existing.columnsLineage) === columnsKey(wanted.columnsLineage)
  );
}

function columnsKey(columns: readonly ColumnLineage[] = []): string {
  const keys = columns.map(({ fromColumns, toColumn, function: computed }) =>
    JSON.stringify([toColumn, [...new Set(fromColumns)].sort(), computed ?? '']),
  );
  return [...new Set(keys)].sort().join('\n');
}

/**
 * Ours are marked. The earlier Python connector's are not: they name no other pipeline, and say nothing or what we would
 * say. A person who changed the text of one of ours has made it theirs.
 */
export function belongsToOthers(
  { description, source, pipeline }: EdgeDetails,
  { draft, isOurs }: { draft: EdgeDraft; isOurs: (pipeline: string) => boolean },
): boolean {
  if (pipeline !== undefined && !isOurs(pipeline)) return true;
  if (isOwnEdge(description)) return false;
  return source !== 'PipelineLineage' || !draft.details.description.startsWith(description ?? '');
}
