import type { LineageGraph } from '@flowmeta/connector';
import { pipelineGroups } from '../lineage/edge-label.js';
import { flowOrder } from './flow-order.js';
import type { Cell } from './layers.js';
import { draftOf, type LineageBox } from './lineage-boxes.js';
import { type PartArrow, partsOf } from './lineage-parts.js';
import { chainCells, connectedPieces, placePiece, spansIn } from './lineage-pieces.js';
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
