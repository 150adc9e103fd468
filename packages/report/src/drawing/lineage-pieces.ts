import { arrange, type Cell } from './layers.js';
import type { Draft } from './lineage-boxes.js';
import type { LineagePart } from './lineage-parts.js';
import type { Link } from './links.js';
import type { Span } from './plan.js';

const layerGap = 50;
/** As in the drawing of tasks: further long edges are drawn straight. */
const mostBends = 6_000;
const bendSize = 6;

/** The cells from a link's first end to its last. */
export interface Chain {
  link: Link;
  cells: Cell[];
}

/** A long edge gets a cell in each layer that it passes, so that boxes make room for it. Keyed by the link's first end. */
export function chainCells(links: readonly Link[], drafts: ReadonlyMap<string, Draft>): Map<string, Chain[]> {
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
export function connectedPieces(parts: readonly LineagePart[], links: readonly Link[]): string[][] {
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

/** Parts that edges connect, placed beside each other. */
export interface PlacedPiece {
  ids: string[];
  own: Chain[];
  /** Along the flow, from 0. */
  layers: Map<number, Span>;
  width: number;
  height: number;
}

export function placePiece(
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
export function spansIn({
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
    const width = draftOf.get(cell)?.width ?? to - from;
    const start = corner.x + from + Math.round((to - from - width) / 2);
    return { from: start, to: start + width };
  };
}
