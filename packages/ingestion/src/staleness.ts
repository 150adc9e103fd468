import type { LineageEdge, Scope, SourceEvent } from '@flowmeta/connector';
import type { StoredEdge } from '@flowmeta/om-sink';
import { type EdgeEnds, type End, endKey } from './edge-ends.js';
import type { PlannedEdge } from './edge-plan.js';

type Linked = Extract<SourceEvent, { kind: 'linked' }>;

/**
 * Tells which edges of the catalog the source no longer has. It must be sure: an edge between pipelines is stale only if the
 * connector has told all edges of a scope that holds both of its ends, if at least one of its pipelines was read in this run (two
 * that were not may belong to somebody else), and if neither was left out: then the source still has it. The same holds for an edge
 * of datasets and the one pipeline that it names, of which also no dataset may be in doubt.
 */
export interface Staleness {
  leaveOut(pipeline: string): void;
  linked(event: Linked): void;
  /** Whether anything can be stale at all. */
  mayJudge(): boolean;
  /** The test of an edge that Flowmeta drew from a definition. */
  judge(known: {
    /** What the source has, written or not, and what the catalog has for its ends. */
    edges: readonly LineageEdge[];
    ends: EdgeEnds;
    planned: readonly PlannedEdge[];
    /** Names of the pipelines that were read. */
    read: Iterable<string>;
    catalog: Iterable<{ fqn: string; namespace?: string }>;
  }): (edge: StoredEdge) => boolean;
}

export function createStaleness(fqnOf: (pipeline: string) => string): Staleness {
  const leftOut = new Set<string>();
  const scopes: Scope[] = [];
  const except = { from: new Set<string>(), into: new Set<string>(), datasets: new Set<string>() };

  return {
    leaveOut: (pipeline) => void leftOut.add(fqnOf(pipeline)),

    linked(event) {
      scopes.push(event.scope);
      for (const name of event.except?.from ?? []) except.from.add(fqnOf(name));
      for (const name of event.except?.into ?? []) except.into.add(fqnOf(name));
      for (const name of event.except?.datasets ?? []) except.datasets.add(fqnOf(name));
    },

    mayJudge: () => scopes.length > 0,

    judge({ edges, ends, planned, read, catalog }) {
      const wasRead = new Set([...read].map(fqnOf));
      const inScope = new Set<string>();
      for (const { fqn, namespace } of catalog) {
        if (!leftOut.has(fqn) && scopes.some((scope) => covers(scope, namespace))) inScope.add(fqn);
      }
      const { current, inDoubt } = whatTheSourceHas({ edges, ends, planned, fqnOf });
      const isLinkStale = (from: string, to: string): boolean =>
        inScope.has(from) &&
        inScope.has(to) &&
        (wasRead.has(from) || wasRead.has(to)) &&
        !except.from.has(from) &&
        !except.into.has(to);
      const isMoveStale = (pipeline: string): boolean =>
        inScope.has(pipeline) && wasRead.has(pipeline) && !except.datasets.has(pipeline) && !inDoubt.has(pipeline);

      return (edge) => {
        const { from, to } = edge;
        if (current.has(edgeKey(edge))) return false;
        if (from.type === 'pipeline' && to.type === 'pipeline') return isLinkStale(from.fqn, to.fqn);
        const pipeline =
          edge.pipeline ?? (from.type === 'pipeline' ? from.fqn : to.type === 'pipeline' ? to.fqn : undefined);
        return pipeline !== undefined && isMoveStale(pipeline);
      };
    },
  };
}

/** Edges of the source by the names of the catalog, and pipelines of which not all could be placed there. */
function whatTheSourceHas({
  edges,
  ends,
  planned,
  fqnOf,
}: {
  edges: readonly LineageEdge[];
  ends: EdgeEnds;
  planned: readonly PlannedEdge[];
  fqnOf: (pipeline: string) => string;
}): { current: Set<string>; inDoubt: Set<string> } {
  const current = new Set<string>();
  const inDoubt = new Set<string>();
  for (const { from, to, movers } of planned) {
    if (movers.length === 0) current.add(edgeKey({ from, to }));
    for (const mover of movers) current.add(edgeKey({ from, to, pipeline: fqnOf(mover) }));
  }
  /** All that an end may be; none for what the source or the catalog doesn't have. */
  const mayBe = (reference: LineageEdge['from']): End[] => {
    if (reference.kind === 'pipeline') {
      // One of the same name in our service is what an earlier run has left.
      return reference.external === true ? [] : [{ type: 'pipeline', fqn: fqnOf(reference.name) }];
    }
    const match = ends.get(endKey(reference));
    if (match?.kind === 'found') return [match.end];
    if (match?.kind !== 'ambiguous' || reference.kind !== 'dataset') return [];
    return match.candidates.map((fqn) => ({ type: reference.dataset.kind, fqn }));
  };
  for (const edge of edges) {
    const pipeline = edge.pipeline === undefined ? undefined : fqnOf(edge.pipeline);
    for (const from of mayBe(edge.from)) {
      for (const to of mayBe(edge.to)) {
        current.add(edgeKey({ from, to, ...(pipeline === undefined ? {} : { pipeline }) }));
      }
    }
    for (const reference of [edge.from, edge.to]) {
      if (reference.kind === 'pipeline') continue;
      const match = ends.get(endKey(reference));
      if (match !== undefined && match.kind !== 'failed' && !(match.kind === 'missing' && match.isUnsure)) continue;
      const other = [edge.from, edge.to].find((end) => end.kind === 'pipeline');
      const mover = pipeline ?? (other === undefined ? undefined : fqnOf(other.name));
      if (mover !== undefined) inDoubt.add(mover);
    }
  }
  return { current, inDoubt };
}

/** A pipeline at an end is not named in between as well. */
function edgeKey({ from, to, pipeline }: StoredEdge): string {
  const isEnd = [from, to].some(({ type, fqn }) => type === 'pipeline' && fqn === pipeline);
  return JSON.stringify([from.type, from.fqn, to.type, to.fqn, isEnd ? '' : (pipeline ?? '')]);
}

/** Whether a pipeline of this namespace is in the scope. */
export function covers({ namespaces }: Scope, namespace: string | undefined): boolean {
  if (namespaces === undefined) return true;
  return namespaces.some((root) => namespace === root || namespace?.startsWith(`${root}.`) === true);
}
