import type { LineageGraph, LineageLink } from '@flowmeta/connector';
import { nameMatcher, nearestNames } from './match-names.js';

export interface FocusOptions {
  /** Names of pipelines, whole or their end: `load_orders` for `company.sales.load_orders`. `*` stands for anything. */
  pipelines?: readonly string[];
  /** Tables, files, topics …: `orders` for `shop.public.orders`, also by the catalog's FQN. `*` stands for anything. */
  tables?: readonly string[];
  /** How many edges to go back, default all. */
  upstream?: number;
  /** How many edges to go on, default all. */
  downstream?: number;
}

/** A part of the graph, or the names that nothing in it has. */
export type LineageFocus = { found: true; graph: LineageGraph } | { found: false; unknown: UnknownName[] };

export interface UnknownName {
  kind: 'pipeline' | 'table';
  name: string;
  /** Names that are much like it, the nearest first; five at most. */
  candidates: string[];
}

/**
 * What leads to the named pipelines and data, and what follows from them: edges on those ways and their ends, with the gaps of the
 * pipelines on them. A pipeline is a step on the edges of the data that it moves: these are always shown, its data are one edge
 * away from it. That one pipeline starts another doesn't make the data of one the other's. Without a name, the whole graph.
 */
export function focusLineage(graph: LineageGraph, options: FocusOptions): LineageFocus {
  const { pipelines = [], tables = [] } = options;
  if (pipelines.length === 0 && tables.length === 0) return { found: true, graph };
  const named = namesIn(graph);
  const matched = {
    pipeline: matchAll(pipelines, named.pipelines),
    table: matchAll(tables, named.data),
  };
  const unknown = (['pipeline', 'table'] as const).flatMap((kind) =>
    matched[kind].unknown.map(({ name, candidates }) => ({ kind, name, candidates })),
  );
  if (unknown.length > 0) return { found: false, unknown };

  const nodes = new Set(matched.table.found);
  for (const { id, reference } of graph.nodes) {
    if (reference.kind === 'pipeline' && matched.pipeline.found.has(reference.name)) nodes.add(id);
  }
  const moved = graph.edges.filter(({ pipeline }) => pipeline !== undefined && matched.pipeline.found.has(pipeline));
  const kept = new Set(moved);
  for (const [direction, steps] of [
    ['upstream', options.upstream ?? Number.POSITIVE_INFINITY],
    ['downstream', options.downstream ?? Number.POSITIVE_INFINITY],
  ] as const) {
    walk(graph.edges, { starts: nodes, moved, direction, steps }, kept);
  }
  return { found: true, graph: partOf(graph, { kept, nodes, pipelines: matched.pipeline.found }) };
}

/** What may be asked for: each name with what it stands for. */
function namesIn(graph: LineageGraph): { pipelines: Map<string, string[]>; data: Map<string, string[]> } {
  const pipelines = new Map<string, string[]>();
  const data = new Map<string, string[]>();
  for (const { id, reference, label, fqn } of graph.nodes) {
    if (reference.kind === 'pipeline') pipelines.set(reference.name, [reference.name]);
    else for (const name of new Set([label, fqn ?? label])) data.set(name, [...(data.get(name) ?? []), id]);
  }
  for (const { pipeline } of [...graph.edges, ...graph.gaps]) {
    if (pipeline !== undefined) pipelines.set(pipeline, [pipeline]);
  }
  return { pipelines, data };
}

function matchAll(
  wanted: readonly string[],
  names: ReadonlyMap<string, string[]>,
): { found: Set<string>; unknown: { name: string; candidates: string[] }[] } {
  const found = new Set<string>();
  const unknown = wanted.flatMap((name) => {
    const matches = nameMatcher(name);
    const hits = [...names].filter(([candidate]) => matches(candidate)).flatMap(([, ids]) => ids);
    for (const id of hits) found.add(id);
    return hits.length === 0 ? [{ name, candidates: nearestNames(name, names.keys()) }] : [];
  });
  return { found, unknown };
}

/** Adds the edges that lie at most so many steps away in one direction. The edges that a pipeline moves are its first step. */
function walk(
  edges: readonly LineageLink[],
  {
    starts,
    moved,
    direction,
    steps,
  }: {
    starts: ReadonlySet<string>;
    moved: readonly LineageLink[];
    direction: 'upstream' | 'downstream';
    steps: number;
  },
  kept: Set<LineageLink>,
): void {
  const [near, far] = direction === 'downstream' ? (['from', 'to'] as const) : (['to', 'from'] as const);
  const leaving = new Map<string, LineageLink[]>();
  for (const edge of edges) {
    const known = leaving.get(edge[near]);
    if (known === undefined) leaving.set(edge[near], [edge]);
    else known.push(edge);
  }
  const seen = new Set(starts);
  let reached = [...starts];
  for (let step = 1; step <= steps && (step === 1 || reached.length > 0); step += 1) {
    const next: string[] = [];
    const visit = (edge: LineageLink): void => {
      kept.add(edge);
      if (seen.has(edge[far])) return;
      seen.add(edge[far]);
      next.push(edge[far]);
    };
    for (const id of reached) for (const edge of leaving.get(id) ?? []) visit(edge);
    if (step === 1) for (const edge of moved) visit(edge);
    reached = next;
  }
}

/** The kept edges with their ends, in the order of the graph, and the gaps of the pipelines among them. */
function partOf(
  graph: LineageGraph,
  {
    kept,
    nodes,
    pipelines,
  }: { kept: ReadonlySet<LineageLink>; nodes: ReadonlySet<string>; pipelines: ReadonlySet<string> },
): LineageGraph {
  const edges = graph.edges.filter((edge) => kept.has(edge));
  const ends = new Set([...nodes, ...edges.flatMap(({ from, to }) => [from, to])]);
  const shown = graph.nodes.filter(({ id }) => ends.has(id));
  const concerned = new Set(pipelines);
  for (const { reference } of shown) if (reference.kind === 'pipeline') concerned.add(reference.name);
  for (const { pipeline } of edges) if (pipeline !== undefined) concerned.add(pipeline);
  return { nodes: shown, edges, gaps: graph.gaps.filter(({ pipeline }) => concerned.has(pipeline)) };
}
