import { type Branch, branchesOf, type DrawnTask, type TaskGraph } from '../task-graph.js';
import { sizeOfBox } from './labels.js';
import { arrange, type Cell } from './layers.js';
import { type Link, layersOf, linksOf } from './links.js';

/** The way that a drawing flows. Positions are `along` it and `across` it until they become x and y. */
export type Direction = 'right' | 'down';

export interface Span {
  from: number;
  to: number;
}

export interface Plan {
  /** Along. */
  layers: Span[];
  tasks: Map<string, { task: DrawnTask; cell: Cell; size: { width: number; height: number } }>;
  /** The cells from a link's first task to its last. */
  chains: { link: Link; cells: Cell[] }[];
  /** One per branch; `across` includes its frame. */
  lanes: { branch: Branch; across: Span; layers: Span }[];
  undrawn: number;
}

export const margin = 14;
export const framePadding = 14;
export const frameTitle = 20;
const narrowestFrame = 130;
const laneGap = 28;
const layerGap: Readonly<Record<Direction, number>> = { right: 52, down: 36 };
/** A long edge takes a place in each layer that it passes. Beyond this many places, further ones are drawn straight. */
const mostBends = 4_000;
const bendSize = 6;

/** Decides where everything goes. */
export function planDrawing(pipeline: TaskGraph, direction: Direction): Plan {
  const named = new Map(pipeline.tasks.map((task) => [task.name, task]));
  const names = [...named.keys()];
  const { links, undrawn } = linksOf(names, pipeline.edges);
  const layerOf = layersOf(names, links);
  const tasks: Plan['tasks'] = new Map();
  [...named.values()].forEach((task, index) => {
    const size = sizeOfBox(task);
    const across = direction === 'right' ? size.height : size.width;
    tasks.set(task.name, { task, size, cell: newCell(layerOf.get(task.name)!, across, index) });
  });
  const branches = branchesOf(named.values());
  const laneOf = new Map(branches.flatMap(({ tasks }, lane) => tasks.map(({ name }) => [name, lane] as const)));
  const { chains, bends } = chainCells(links, { tasks, laneOf });
  const lanes: Plan['lanes'] = [];
  branches.forEach((branch, lane) => {
    const own = branch.tasks.map(({ name }) => tasks.get(name)!.cell);
    const start = lane === 0 ? margin : lanes[lane - 1]!.across.to + laneGap;
    const across = placeLane([...own, ...(bends.get(lane) ?? [])], { start, framed: branch.name !== '', direction });
    const inLayers = own.map(({ layer }) => layer);
    lanes.push({ branch, across, layers: { from: Math.min(...inLayers), to: Math.max(...inLayers) } });
  });
  const framed = branches.some(({ name }) => name !== '');
  return { tasks, chains, lanes, undrawn, layers: placeLayers([...tasks.values()], { direction, framed }) };
}

function newCell(layer: number, size: number, middle: number): Cell {
  return { layer, size, middle, before: [], after: [] };
}

/** An edge within a branch gets a cell in each layer that it passes, so that boxes make room for it. */
function chainCells(
  links: readonly Link[],
  { tasks, laneOf }: { tasks: Plan['tasks']; laneOf: ReadonlyMap<string, number> },
): { chains: Plan['chains']; bends: Map<number, Cell[]> } {
  const bends = new Map<number, Cell[]>();
  let bendCount = 0;
  const chains = links.map((link) => {
    const [first, last] = [tasks.get(link.first)!.cell, tasks.get(link.last)!.cell];
    const lane = laneOf.get(link.first)!;
    if (lane !== laneOf.get(link.last)) return { link, cells: [first, last] };
    const passed: Cell[] = [];
    for (let layer = first.layer + 1; layer < last.layer && bendCount < mostBends; layer += 1) {
      passed.push(newCell(layer, bendSize, (first.middle + last.middle) / 2));
      bendCount += 1;
    }
    bends.set(lane, [...(bends.get(lane) ?? []), ...passed]);
    const cells = [first, ...passed, last];
    for (let index = 1; index < cells.length; index += 1) {
      cells[index]!.before.push(cells[index - 1]!);
      cells[index - 1]!.after.push(cells[index]!);
    }
    return { link, cells };
  });
  return { chains, bends };
}

/** Places the cells of one branch beside each other from `start` on; returns what the branch takes, frame included. */
function placeLane(
  cells: readonly Cell[],
  { start, framed, direction }: { start: number; framed: boolean; direction: Direction },
): Span {
  const extent = arrange(cells);
  const inner = framed && direction === 'down' ? Math.max(extent, narrowestFrame) : extent;
  const before = framed ? framePadding + (direction === 'right' ? frameTitle : 0) : 0;
  for (const cell of cells) cell.middle += start + before + (inner - extent) / 2;
  return { from: start, to: start + before + inner + (framed ? framePadding : 0) };
}

function placeLayers(
  tasks: readonly { cell: Cell; size: { width: number; height: number } }[],
  { direction, framed }: { direction: Direction; framed: boolean },
): Span[] {
  const thickness: number[] = [];
  for (const { cell, size } of tasks) {
    const along = direction === 'right' ? size.width : size.height;
    thickness[cell.layer] = Math.max(thickness[cell.layer] ?? 0, along);
  }
  let position = margin + (framed ? framePadding + (direction === 'down' ? frameTitle : 0) : 0);
  return thickness.map((along) => {
    const span = { from: position, to: position + along };
    position = span.to + layerGap[direction];
    return span;
  });
}
