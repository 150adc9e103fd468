import type { TaskGraph } from '../task-graph.js';
import { linesOf } from './labels.js';
import { pathThrough } from './path.js';
import { type Direction, framePadding, frameTitle, margin, type Plan, planDrawing, type Span } from './plan.js';

/** A task graph with coordinates, in CSS pixels from the top left corner. */
export interface Drawing {
  width: number;
  height: number;
  boxes: Box[];
  arrows: Arrow[];
  frames: Frame[];
  /** How many edges name an unknown task, and so are not drawn. */
  undrawn: number;
}

interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Box extends Area {
  task: string;
  /** Shortened to what fits. */
  label: string;
  /** The short type, shortened to what fits; empty when there is none. */
  type: string;
  /** Empty for the main branch. */
  branch: string;
  enabled: boolean;
}

export interface Arrow {
  from: string;
  to: string;
  /** The `d` of an SVG path. */
  path: string;
  /** It goes back in a cycle: against the direction of the flow. */
  back: boolean;
}

/** Around the tasks of a branch other than the main one. */
export interface Frame extends Area {
  branch: string;
  title: string;
}

/** A flow wider than this runs from top to bottom where that is narrower. */
const comfortableWidth = 1_080;

/**
 * Draws a task graph in layers: every task right of, or below, all that it waits for; branches in frames of their own. Pure:
 * the same graph gives the same picture. In a cycle, the edges that go back in the order of the definition are marked.
 */
export function drawTaskGraph(pipeline: TaskGraph): Drawing {
  const right = toDrawing(planDrawing(pipeline, 'right'), 'right');
  if (right.width <= comfortableWidth) return right;
  const down = toDrawing(planDrawing(pipeline, 'down'), 'down');
  return down.width < right.width ? down : right;
}

function toDrawing(plan: Plan, direction: Direction): Drawing {
  const boxes = Array.from(plan.tasks.values(), ({ task, cell, size }) => {
    const layer = plan.layers[cell.layer]!;
    // In a flow to the right all boxes of a layer share its width: their edges line up.
    const width = direction === 'right' ? layer.to - layer.from : size.width;
    const area = areaOf(layer, middleSpan(cell.middle, direction === 'right' ? size.height : width), direction);
    return { task: task.name, ...linesOf(task), branch: task.branch ?? '', enabled: task.enabled, ...area };
  });
  const frames = plan.lanes.flatMap(({ branch, across, layers }) => {
    if (branch.name === '') return [];
    const title = direction === 'down' ? frameTitle : 0;
    const along = {
      from: plan.layers[layers.from]!.from - framePadding - title,
      to: plan.layers[layers.to]!.to + framePadding,
    };
    return [{ branch: branch.name, title: branch.title, ...areaOf(along, across, direction) }];
  });
  const arrows = plan.chains.map(({ link, cells }) => ({
    from: link.back ? link.last : link.first,
    to: link.back ? link.first : link.last,
    path: pathThrough(cells, { spanOf: ({ layer }) => plan.layers[layer]!, direction, back: link.back }),
    back: link.back,
  }));
  const areas = [...boxes, ...frames];
  const width = areas.reduce((most, area) => Math.max(most, area.x + area.width), 0) + margin;
  const height = areas.reduce((most, area) => Math.max(most, area.y + area.height), 0) + margin;
  return { width, height, boxes, arrows, frames, undrawn: plan.undrawn };
}

function middleSpan(middle: number, size: number): Span {
  return { from: Math.round(middle - size / 2), to: Math.round(middle - size / 2) + size };
}

function areaOf(along: Span, across: Span, direction: Direction): Area {
  const [horizontal, vertical] = direction === 'right' ? [along, across] : [across, along];
  return {
    x: Math.round(horizontal.from),
    y: Math.round(vertical.from),
    width: Math.round(horizontal.to - horizontal.from),
    height: Math.round(vertical.to - vertical.from),
  };
}
