import type { EntityReference, LineageEdge } from '@flowmeta/connector';
import { type EdgeEnds, type End, type EndMatch, endKey } from './edge-ends.js';
import { mergeEdges } from './edge-store.js';

/** One edge of the catalog as it is to be: all edges of the source between these ends. */
export interface PlannedEdge {
  from: End;
  to: End;
  /** By description and pipeline. */
  edge: LineageEdge;
  /** Names of the pipelines that move the data, sorted. */
  movers: string[];
  /** The edges of the source in it. */
  parts: LineageEdge[];
}

export interface EdgePlan {
  planned: PlannedEdge[];
  /** Edges of which the catalog lacks an end, and why. */
  left: { edge: LineageEdge; because: Exclude<EndMatch, { kind: 'found' }>['kind'] }[];
  /** Both ends are the same entity. */
  loops: LineageEdge[];
}

/**
 * What to write. The catalog holds one edge per pair of ends and each write replaces it (OM fact 20), so edges between the same
 * ends become one that names every way in which it came about; otherwise two of them would overwrite each other in every run.
 * Where one of two datasets is not in the catalog, the other one is linked with the pipeline, so that it still shows there.
 */
export function planEdges(edges: readonly LineageEdge[], ends: EdgeEnds): EdgePlan {
  const pairs = new Map<string, { from: End; to: End; parts: LineageEdge[] }>();
  const left: EdgePlan['left'] = [];
  const loops: LineageEdge[] = [];
  const halves: { from: End; to: End; edge: LineageEdge }[] = [];
  /** Datasets that show a pipeline at one of their sides. */
  const shown = new Set<string>();
  const matchOf = (reference: EntityReference): EndMatch => ends.get(endKey(reference)) ?? { kind: 'failed' };
  const add = (from: End, to: End, edge: LineageEdge): void => {
    const key = JSON.stringify([from.type, from.fqn, to.type, to.fqn]);
    const pair = pairs.get(key);
    if (pair === undefined) pairs.set(key, { from, to, parts: [edge] });
    else pair.parts.push(edge);
  };

  for (const edge of edges) {
    const mover = edge.pipeline === undefined ? undefined : matchOf({ kind: 'pipeline', name: edge.pipeline });
    if (mover !== undefined && mover.kind !== 'found') {
      left.push({ edge, because: mover.kind });
      continue;
    }
    const [from, to] = [matchOf(edge.from), matchOf(edge.to)];
    if (from.kind === 'found' && to.kind === 'found') {
      if (from.end.type !== 'pipeline' && isSame(from.end, to.end)) {
        loops.push(edge);
        continue;
      }
      add(from.end, to.end, edge);
      const pipeline = mover?.end ?? [from.end, to.end].find(({ type }) => type === 'pipeline');
      if (pipeline !== undefined) {
        shown.add(sideKey('from', from.end, pipeline));
        shown.add(sideKey('to', to.end, pipeline));
      }
      continue;
    }
    left.push({ edge, because: worst(from, to) });
    if (mover === undefined || from.kind === 'failed' || to.kind === 'failed') continue;
    const { sql: _sql, columns: _columns, pipeline: _pipeline, ...rest } = edge;
    const pipeline: EntityReference = { kind: 'pipeline', name: edge.pipeline! };
    if (from.kind === 'found' && from.end.type !== 'pipeline')
      halves.push({ from: from.end, to: mover.end, edge: { ...rest, to: pipeline } });
    if (to.kind === 'found' && to.end.type !== 'pipeline')
      halves.push({ from: mover.end, to: to.end, edge: { ...rest, from: pipeline } });
  }
  for (const { from, to, edge } of halves) {
    const key = from.type === 'pipeline' ? sideKey('to', to, from) : sideKey('from', from, to);
    if (!shown.has(key)) add(from, to, edge);
  }
  return { planned: [...pairs.values()].map(joined), left, loops };
}

const isSame = (one: End, other: End): boolean => one.type === other.type && one.fqn === other.fqn;

const sideKey = (side: 'from' | 'to', { type, fqn }: End, pipeline: End): string =>
  JSON.stringify([side, type, fqn, pipeline.fqn]);

/** An error outweighs what is left out on purpose. */
function worst(...matches: EndMatch[]): EdgePlan['left'][number]['because'] {
  const kinds = matches.map(({ kind }) => kind);
  const order = ['failed', 'unwritten', 'nowhere', 'left out', 'ambiguous'] as const;
  return order.find((kind) => kinds.includes(kind)) ?? 'missing';
}

/** More pipelines than this are not spelled out in one description. */
const namedMovers = 20;

function joined({ from, to, parts }: { from: End; to: End; parts: LineageEdge[] }): PlannedEdge {
  const movers = [...new Set(parts.flatMap(({ pipeline }) => pipeline ?? []))].sort();
  const sorted = [...parts].sort((one, other) => compare(orderOf(one), orderOf(other)));
  const edge = sorted.reduce(mergeEdges);
  const [mover] = movers;
  const { pipeline: _pipeline, ...rest } = edge;
  return {
    from,
    to,
    parts,
    movers,
    edge: { ...rest, description: describe(sorted, movers), ...(mover === undefined ? {} : { pipeline: mover }) },
  };
}

const orderOf = ({ pipeline = '', description }: LineageEdge): string => `${pipeline}\n${description}`;

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

function describe(parts: readonly LineageEdge[], movers: readonly string[]): string {
  const of = (own: readonly LineageEdge[]) => [...new Set(own.map(({ description }) => description))].sort().join('; ');
  if (movers.length < 2) return of(parts);
  const byMover = new Map<string | undefined, LineageEdge[]>();
  for (const part of parts) {
    const own = byMover.get(part.pipeline);
    if (own === undefined) byMover.set(part.pipeline, [part]);
    else own.push(part);
  }
  const texts = [...byMover].map(([mover, own]) => (mover === undefined ? of(own) : `${mover}: ${of(own)}`));
  const more = texts.length - namedMovers;
  return texts.slice(0, namedMovers).join('; ') + (more > 0 ? `; and ${more} more` : '');
}
