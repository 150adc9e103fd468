import type { Catalog } from './catalog.js';
import type { Json, Reference } from './entities.js';

export interface LineageEdge {
  from: Reference;
  to: Reference;
  /** Absent where the last PUT had none. */
  details?: Json;
  /** The pipeline that the details name. */
  pipelineId?: string;
}

export const keyOf = (fromId: string, toId: string): string => `${fromId}>${toId}`;

function link(index: Map<string, Set<string>>, id: string, key: string): void {
  const keys = index.get(id);
  if (keys) keys.add(key);
  else index.set(id, new Set([key]));
}

/** Puts an edge in the place of the one between the same ends, if any (OM fact 20). */
export function putEdge(catalog: Catalog, edge: LineageEdge): void {
  const { lineage } = catalog;
  const key = keyOf(edge.from.id, edge.to.id);
  deleteEdge(catalog, key);
  lineage.byKey.set(key, edge);
  link(lineage.leaving, edge.from.id, key);
  link(lineage.entering, edge.to.id, key);
  if (edge.pipelineId !== undefined) link(lineage.through, edge.pipelineId, key);
}

/** Takes an edge out; false if there was none. */
export function deleteEdge(catalog: Catalog, key: string): boolean {
  const { lineage } = catalog;
  const edge = lineage.byKey.get(key);
  if (!edge) return false;
  lineage.byKey.delete(key);
  lineage.leaving.get(edge.from.id)?.delete(key);
  lineage.entering.get(edge.to.id)?.delete(key);
  if (edge.pipelineId !== undefined) lineage.through.get(edge.pipelineId)?.delete(key);
  return true;
}

/** The edges of one index, in the order in which they came. */
export function edgesOf(catalog: Catalog, index: 'leaving' | 'entering' | 'through', id: string): LineageEdge[] {
  const edges: LineageEdge[] = [];
  for (const key of catalog.lineage[index].get(id) ?? []) {
    const edge = catalog.lineage.byKey.get(key);
    if (edge) edges.push(edge);
  }
  return edges;
}

/** Takes out all edges that begin or end at an entity; those that only name it as their pipeline stay (recorded). */
export function deleteEdgesOf(catalog: Catalog, id: string): void {
  for (const edge of [...edgesOf(catalog, 'leaving', id), ...edgesOf(catalog, 'entering', id)]) {
    deleteEdge(catalog, keyOf(edge.from.id, edge.to.id));
  }
}
