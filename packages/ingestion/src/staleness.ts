import type { EntityReference, LineageEdge, Scope, SourceEvent } from '@flowmeta/connector';

type Linked = Extract<SourceEvent, { kind: 'linked' }>;

/**
 * Tells which edges of the catalog the source no longer has. It must be sure: an edge is stale only if the connector has
 * told all edges of a scope that holds both of its ends, if at least one of its pipelines was read in this run (two that were
 * not may belong to somebody else), and if neither was left out: then the source still has it.
 */
export interface Staleness {
  leaveOut(pipeline: string): void;
  linked(event: Linked): void;
  /** Whether anything can be stale at all. */
  mayJudge(): boolean;
  /** The test of an edge by the FQNs of its ends. */
  judge(known: {
    /** What the source has, written or not. */
    edges: readonly LineageEdge[];
    /** Names of the pipelines that were read. */
    read: Iterable<string>;
    catalog: Iterable<{ fqn: string; namespace?: string }>;
  }): (from: string, to: string) => boolean;
}

export function createStaleness(fqnOf: (pipeline: string) => string): Staleness {
  const leftOut = new Set<string>();
  const scopes: Scope[] = [];
  const except = { from: new Set<string>(), into: new Set<string>() };

  return {
    leaveOut: (pipeline) => void leftOut.add(fqnOf(pipeline)),

    linked(event) {
      scopes.push(event.scope);
      for (const name of event.except?.from ?? []) except.from.add(fqnOf(name));
      for (const name of event.except?.into ?? []) except.into.add(fqnOf(name));
    },

    mayJudge: () => scopes.length > 0,

    judge({ edges, read, catalog }) {
      const wasRead = new Set([...read].map(fqnOf));
      const inScope = new Set<string>();
      for (const { fqn, namespace } of catalog) {
        if (!leftOut.has(fqn) && scopes.some((scope) => covers(scope, namespace))) inScope.add(fqn);
      }
      const current = new Set(
        edges.flatMap(({ from, to }) => (isHere(from) && isHere(to) ? [pairOf(fqnOf(from.name), fqnOf(to.name))] : [])),
      );
      return (from, to) =>
        inScope.has(from) &&
        inScope.has(to) &&
        (wasRead.has(from) || wasRead.has(to)) &&
        !except.from.has(from) &&
        !except.into.has(to) &&
        !current.has(pairOf(from, to));
    },
  };
}

/** A pipeline of the source; an external one of the same name in our service is what an earlier run has left. */
function isHere(end: EntityReference): end is Extract<EntityReference, { kind: 'pipeline' }> {
  return end.kind === 'pipeline' && end.external !== true;
}

function covers({ namespaces }: Scope, namespace: string | undefined): boolean {
  if (namespaces === undefined) return true;
  return namespaces.some((root) => namespace === root || namespace?.startsWith(`${root}.`) === true);
}

const pairOf = (from: string, to: string): string => `${from}\n${to}`;
