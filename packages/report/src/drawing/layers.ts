import { placeInOrder } from './place-in-order.js';

/** A task, or a point where a long edge passes through a layer. */
export interface Cell {
  layer: number;
  /** Its extent across the direction of the flow. */
  size: number;
  /** Its middle across the direction of the flow; the first wish decides the order at the start. */
  middle: number;
  before: Cell[];
  after: Cell[];
}

const gap = 18;
const orderingRounds = 4;
const placingRounds = 6;

/**
 * Orders the cells within their layers so that edges cross little (each moves to the mean of its neighbours), then places
 * them so that edges run straight where they can. Sets `middle`; the smallest extent starts at 0. Returns the largest.
 */
export function arrange(cells: readonly Cell[]): number {
  const layers: Cell[][] = [];
  for (const cell of [...cells].sort((left, right) => left.middle - right.middle)) {
    while (layers.length <= cell.layer) layers.push([]);
    layers[cell.layer]!.push(cell);
  }
  orderLayers(layers);
  for (const layer of layers) settle(layer, () => 0);
  for (let round = 0; round < placingRounds; round += 1) {
    for (const layer of layers) settle(layer, ({ before }) => meanOf(before));
    for (const layer of layers.toReversed()) settle(layer, ({ after }) => meanOf(after));
  }
  for (const layer of layers) settle(layer, ({ before, after }) => meanOf([...before, ...after]));
  const start = cells.reduce((least, { middle, size }) => Math.min(least, middle - size / 2), Number.POSITIVE_INFINITY);
  for (const cell of cells) cell.middle -= start;
  return cells.reduce((end, { middle, size }) => Math.max(end, middle + size / 2), 0);
}

function orderLayers(layers: Cell[][]): void {
  const number = (layer: readonly Cell[]): void => {
    layer.forEach((cell, index) => {
      cell.middle = index - (layer.length - 1) / 2;
    });
  };
  const sort = (layer: Cell[], neighbours: (cell: Cell) => Cell[]): void => {
    const wishes = new Map(layer.map((cell) => [cell, meanOf(neighbours(cell)) ?? cell.middle]));
    layer.sort((left, right) => wishes.get(left)! - wishes.get(right)!);
    number(layer);
  };
  layers.forEach(number);
  let best = { crossings: crossingsOf(layers), layers: layers.map((layer) => [...layer]) };
  for (let round = 0; round < orderingRounds && best.crossings > 0; round += 1) {
    for (const layer of layers) sort(layer, ({ before }) => before);
    for (const layer of layers.toReversed()) sort(layer, ({ after }) => after);
    for (const layer of layers) sort(layer, ({ before }) => before);
    const crossings = crossingsOf(layers);
    if (crossings < best.crossings) best = { crossings, layers: layers.map((layer) => [...layer]) };
  }
  best.layers.forEach((layer, index) => {
    layers[index] = layer;
  });
}

/** Between each two layers, the pairs of edges that start in one order and end in the other. */
function crossingsOf(layers: readonly (readonly Cell[])[]): number {
  let crossings = 0;
  for (const layer of layers) {
    const rank = new Map(layer.map((cell, index) => [cell, index]));
    const starts = new Set(layer.flatMap(({ before }) => before));
    const inOrder = [...starts].sort((left, right) => left.middle - right.middle);
    const ends: number[] = [];
    for (const start of inOrder) {
      const reached = start.after.flatMap((cell) => rank.get(cell) ?? []).sort((left, right) => left - right);
      for (const end of reached) crossings += ends.length - firstAbove(ends, end);
      for (const end of reached) ends.splice(firstAbove(ends, end), 0, end);
    }
  }
  return crossings;
}

function firstAbove(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

function settle(layer: readonly Cell[], wish: (cell: Cell) => number | undefined): void {
  const items = layer.map((cell) => ({ wanted: wish(cell) ?? cell.middle, size: cell.size }));
  placeInOrder(items, gap).forEach((middle, index) => {
    layer[index]!.middle = middle;
  });
}

function meanOf(cells: readonly Cell[]): number | undefined {
  if (cells.length === 0) return undefined;
  return cells.reduce((sum, { middle }) => sum + middle, 0) / cells.length;
}
