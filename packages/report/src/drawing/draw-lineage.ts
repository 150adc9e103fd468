import type { LineageGraph } from '@flowmeta/connector';
import { shortenEnd, shortenStart } from '../columns.js';
import { pipelineGroups } from '../lineage/edge-label.js';
import { kindOf, type LineageKind } from '../lineage/kinds.js';
import { nameOf, nameOfPipeline } from '../lineage/names.js';
import { flowOrder } from './flow-order.js';
import { fitLines, widthOfLines } from './labels.js';
import { arrange, type Cell } from './layers.js';
import { type LineagePart, type PartArrow, partsOf } from './lineage-parts.js';
import { type Link, layersOf, linksOf } from './links.js';
import { pack } from './pack.js';
import { pathThrough } from './path.js';
import type { Span } from './plan.js';

/** A lineage graph with coordinates, in CSS pixels from the top left corner. */
export interface LineageDrawing {
  width: number;
  height: number;
  boxes: LineageBox[];
  arrows: LineageArrow[];
}

export interface LineageBox {
  x: number;
  y: number;
  width: number;
  height: number;
  /** Number of the node in the graph; absent for a step of a pipeline on an edge. */
  node?: number;
  /** Name of the pipeline whose step it is. */
  pipeline?: string;
  kind: LineageKind | 'step';
  /** Shortened to what fits. */
  title: string;
  /** Where it belongs, shortened to what fits; may be empty. */
  context: string;
  /** A pipeline fills it from itself too. */
  loop: boolean;
  /** How many boxes at least stand left of it. */
  layer: number;
}

export interface LineageArrow {
  /** Numbers of boxes. */
  from: number;
  to: number;
  /** The `d` of an SVG path. */
  path: string;
  /** It goes back in a cycle: against the direction of the flow. */
  back: boolean;
  /** None of its edges is known from a definition. */
  isRun: boolean;
  /** Numbers of the edges of the graph that run through it. */
  links: number[];
}

const margin = 16;
const layerGap = 50;
const nodeHeight = 42;
const stepHeight = 24;
const widestStep = 18;
const longestFolder = 30;
/** Beside the two lines: the sign of the kind. */
const signWidth = 22;
/** As in the drawing of tasks: further long edges are drawn straight. */
const mostBends = 6_000;
const bendSize = 6;

interface Draft extends Omit<LineageBox, 'x' | 'y'> {
  cell: Cell;
}

/**
 * Draws a lineage graph in layers from left to right: what data comes from stands left of it. A pipeline that moves data is a step on
 * the edge; parts that nothing connects are drawn apart. Pure: the same graph gives the same picture. No two boxes overlap.
 */
export function drawLineage(graph: LineageGraph): LineageDrawing {
  const { parts, arrows, loops } = partsOf(graph);
  const groups = pipelineGroups(graph);
  const order = flowOrder(
    parts.map(({ id }) => id),
    arrows,
  );
  const { links } = linksOf(order, arrows);
  const layerOf = pullRight(order, links, layersOf(order, links));
  const drafts = new Map(
    parts.map((part, index) => [part.id, draftOf(graph, part, { layer: layerOf.get(part.id)!, index, loops, groups })]),
  );
  const chains = chainCells(links, drafts);
  const pieces = connectedPieces(parts, links).map((ids) => placePiece(ids, { drafts, chains }));
  const corners = pack(pieces);
  const boxes: LineageBox[] = [];
  const numberOf = new Map<string, number>();
  const drawn: LineageArrow[] = [];
  const arrowOf = new Map(arrows.map((arrow) => [`${arrow.from} ${arrow.to}`, arrow]));
  pieces.forEach(({ ids, layers, own }, index) => {
    const corner = { x: corners[index]!.x + margin, y: corners[index]!.y + margin };
    const spanOf = spansIn({ layers, drafts, ids, corner });
    for (const id of ids) {
      const { cell, ...box } = drafts.get(id)!;
      cell.middle += corner.y;
      const x = Math.round(spanOf(cell).from);
      const y = Math.round(cell.middle - box.height / 2);
      cell.middle = y + box.height / 2;
      numberOf.set(id, boxes.push({ ...box, x, y }) - 1);
    }
    for (const { link, cells } of own) {
      for (const cell of cells.slice(1, -1)) cell.middle += corner.y;
      const ends = link.back ? { from: link.last, to: link.first } : { from: link.first, to: link.last };
      drawn.push(toArrow(arrowOf.get(`${ends.from} ${ends.to}`)!, { link, cells, spanOf, numberOf }));
    }
  });
  const width = boxes.reduce((most, box) => Math.max(most, box.x + box.width), 0) + margin;
  const height = boxes.reduce((most, box) => Math.max(most, box.y + box.height), 0) + margin;
  return { width, height, boxes, arrows: drawn };
}

function draftOf(
  graph: LineageGraph,
  part: LineagePart,
  {
    layer,
    index,
    loops,
    groups,
  }: { layer: number; index: number; loops: ReadonlySet<number>; groups: ReadonlyMap<string, string | undefined> },
): Draft {
  const cell = (size: number): Cell => ({ layer, size, middle: index, before: [], after: [] });
  if (part.kind === 'step') {
    const title = shortenEnd(nameOfPipeline(part.pipeline, groups.get(part.pipeline)).title, widestStep);
    const width = Math.max(54, widthOfLines({ label: '', type: title }) - 6);
    const box = { pipeline: part.pipeline, kind: 'step' as const, title, context: '', loop: false, layer };
    return { ...box, width, height: stepHeight, cell: cell(stepHeight) };
  }
  const node = graph.nodes[part.node]!;
  const { title, context } = nameOf(node);
  const kind = kindOf(node.reference);
  // Of a folder the end says more.
  const lines = fitLines(title, kind === 'file' ? shortenStart(context, longestFolder) : context, signWidth);
  return {
    node: part.node,
    kind,
    title: lines.label,
    context: lines.type,
    loop: loops.has(part.node),
    layer,
    width: widthOfLines(lines, signWidth),
    height: nodeHeight,
    cell: cell(nodeHeight),
  };
}

/** What nothing leads to stands right before the first that it leads to, not at the far left. */
function pullRight(
  order: readonly string[],
  links: readonly Link[],
  layerOf: Map<string, number>,
): Map<string, number> {
  const entered = new Set(links.map(({ last }) => last));
  const nearest = new Map<string, number>();
  for (const { first, last } of links) {
    nearest.set(first, Math.min(nearest.get(first) ?? Number.POSITIVE_INFINITY, layerOf.get(last)!));
  }
  return new Map(
    order.map((id) => [id, entered.has(id) || !nearest.has(id) ? layerOf.get(id)! : nearest.get(id)! - 1] as const),
  );
}

interface Chain {
  link: Link;
  cells: Cell[];
}

/** A long edge gets a cell in each layer that it passes, so that boxes make room for it. Keyed by the link's first end. */
function chainCells(links: readonly Link[], drafts: ReadonlyMap<string, Draft>): Map<string, Chain[]> {
  const chains = new Map<string, Chain[]>();
  let bends = 0;
  for (const link of links) {
    const [first, last] = [drafts.get(link.first)!.cell, drafts.get(link.last)!.cell];
    const cells = [first];
    for (let layer = first.layer + 1; layer < last.layer && bends < mostBends; layer += 1) {
      cells.push({ layer, size: bendSize, middle: (first.middle + last.middle) / 2, before: [], after: [] });
      bends += 1;
    }
    cells.push(last);
    for (let index = 1; index < cells.length; index += 1) {
      cells[index]!.before.push(cells[index - 1]!);
      cells[index - 1]!.after.push(cells[index]!);
    }
    const known = chains.get(link.first);
    if (known === undefined) chains.set(link.first, [{ link, cells }]);
    else known.push({ link, cells });
  }
  return chains;
}

/** The parts that edges connect, whatever their direction; in the order of the graph. */
function connectedPieces(parts: readonly LineagePart[], links: readonly Link[]): string[][] {
  const neighbours = new Map<string, string[]>(parts.map(({ id }) => [id, []]));
  for (const { first, last } of links) {
    neighbours.get(first)!.push(last);
    neighbours.get(last)!.push(first);
  }
  const seen = new Set<string>();
  return parts.flatMap(({ id }) => {
    if (seen.has(id)) return [];
    seen.add(id);
    const piece = [id];
    for (const member of piece) {
      for (const neighbour of neighbours.get(member)!) {
        if (seen.has(neighbour)) continue;
        seen.add(neighbour);
        piece.push(neighbour);
      }
    }
    return [piece];
  });
}

interface PlacedPiece {
  ids: string[];
  own: Chain[];
  /** Along the flow, from 0. */
  layers: Map<number, Span>;
  width: number;
  height: number;
}

function placePiece(
  ids: string[],
  { drafts, chains }: { drafts: ReadonlyMap<string, Draft>; chains: ReadonlyMap<string, Chain[]> },
): PlacedPiece {
  const own = ids.flatMap((id) => chains.get(id) ?? []);
  const cells = [...ids.map((id) => drafts.get(id)!.cell), ...own.flatMap(({ cells }) => cells.slice(1, -1))];
  const first = cells.reduce((least, { layer }) => Math.min(least, layer), Number.POSITIVE_INFINITY);
  const height = arrange(cells.map((cell) => shifted(cell, first)));
  const thickness = new Map<number, number>();
  for (const id of ids) {
    const { cell, width } = drafts.get(id)!;
    thickness.set(cell.layer, Math.max(thickness.get(cell.layer) ?? 0, width));
  }
  const layers = new Map<number, Span>();
  let position = 0;
  for (const layer of [...thickness.keys()].sort((left, right) => left - right)) {
    const span = { from: position, to: position + thickness.get(layer)! };
    layers.set(layer, span);
    position = span.to + layerGap;
  }
  return { ids, own, layers, width: position - layerGap, height };
}

/** Layers are counted from the first of the piece. */
function shifted(cell: Cell, first: number): Cell {
  cell.layer -= first;
  return cell;
}

/** Where a cell begins and ends along the flow: a node fills its layer, a step stands in its middle. */
function spansIn({
  layers,
  drafts,
  ids,
  corner,
}: {
  layers: ReadonlyMap<number, Span>;
  drafts: ReadonlyMap<string, Draft>;
  ids: readonly string[];
  corner: { x: number };
}): (cell: Cell) => Span {
  const draftOf = new Map(ids.map((id) => [drafts.get(id)!.cell, drafts.get(id)!]));
  for (const { kind, cell } of draftOf.values()) {
    const { from, to } = layers.get(cell.layer)!;
    if (kind !== 'step') draftOf.get(cell)!.width = to - from;
  }
  return (cell) => {
    const { from, to } = layers.get(cell.layer)!;
    const draft = draftOf.get(cell);
    const spare = draft === undefined ? 0 : Math.round((to - from - draft.width) / 2);
    return { from: corner.x + from + spare, to: corner.x + to - spare };
  };
}

function toArrow(
  { from, to, links, isRun }: PartArrow,
  {
    link,
    cells,
    spanOf,
    numberOf,
  }: { link: Link; cells: readonly Cell[]; spanOf: (cell: Cell) => Span; numberOf: ReadonlyMap<string, number> },
): LineageArrow {
  return {
    from: numberOf.get(from)!,
    to: numberOf.get(to)!,
    path: pathThrough(cells, { spanOf, direction: 'right', back: link.back }),
    back: link.back,
    isRun,
    links,
  };
}
