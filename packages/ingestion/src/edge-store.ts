import { type LineageEdge, referenceKey } from '@flowmeta/connector';

/** Keeps edges until all pipelines are written. */
export interface EdgeStore {
  add(edge: LineageEdge): void;
  list(): LineageEdge[];
}

/**
 * The catalog holds one edge per pair of ends and each write replaces it (OM fact 20), so edges between the same ends
 * become one that names every way in which it came about. Otherwise two of them would overwrite each other in every run.
 */
export function createEdgeStore(): EdgeStore {
  const edges = new Map<string, { edge: LineageEdge; descriptions: Set<string> }>();
  return {
    add(edge) {
      const key = `${referenceKey(edge.from)}\n${referenceKey(edge.to)}`;
      const known = edges.get(key);
      if (known) known.descriptions.add(edge.description);
      else edges.set(key, { edge, descriptions: new Set([edge.description]) });
    },
    list() {
      return [...edges.values()].map(({ edge, descriptions }) => {
        return { ...edge, description: [...descriptions].sort().join('; ') };
      });
    },
  };
}
