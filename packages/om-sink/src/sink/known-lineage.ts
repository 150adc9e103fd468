import type { EdgeDraft } from '@flowmeta/om-mapper';
import type { OmClient } from '../client/client-types.js';
import type { OmEdge, OmLineage } from '../client/entities.js';
import { isShadow } from './edge-details.js';
import { remember } from './remember.js';

type End = EdgeDraft['from'];

/** The edges next to an entity as the catalog has them, kept up to date with what is written. */
export interface KnownLineage {
  /** Those that start here, by the id of their end. */
  downstream: Map<string, OmEdge>;
  /** Those that end here, by the id of their start; read for pipelines only. */
  upstream: Map<string, OmEdge>;
  /** The halves of edges that name this pipeline in between: there are no edges of their own (OM fact 20). */
  halves: { upstream: OmEdge[]; downstream: OmEdge[] };
  nodes: OmLineage['nodes'];
}

export interface LineageCache {
  /** Read once per entity. */
  of(end: End, id: string): Promise<KnownLineage>;
  /** As the catalog has it now. */
  read(end: End, id: string): Promise<KnownLineage>;
}

export function createLineageCache(client: OmClient): LineageCache {
  const known = new Map<string, Promise<KnownLineage>>();
  const read = async ({ type, fqn }: End, id: string): Promise<KnownLineage> => {
    const { upstream, downstream, nodes } = await client.getLineage(type, fqn, { upstream: type === 'pipeline' });
    // A walk through a cycle shows further edges; only those next to the entity are asked for.
    const into = upstream.filter(({ to }) => to === id);
    const outOf = downstream.filter(({ from }) => from === id);
    return {
      upstream: new Map(into.filter((edge) => !isShadow(edge)).map((edge) => [edge.from, edge])),
      downstream: new Map(outOf.filter((edge) => !isShadow(edge)).map((edge) => [edge.to, edge])),
      halves: { upstream: into.filter(isShadow), downstream: outOf.filter(isShadow) },
      nodes,
    };
  };
  return { read, of: (end, id) => remember(known, id, () => read(end, id)) };
}
