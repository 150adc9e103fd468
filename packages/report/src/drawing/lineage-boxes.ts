import type { LineageGraph } from '@flowmeta/connector';
import { shortenEnd, shortenStart } from '../columns.js';
import { kindOf, type LineageKind } from '../lineage/kinds.js';
import { nameOf, nameOfPipeline } from '../lineage/names.js';
import { fitLines, widthOfLines } from './labels.js';
import type { Cell } from './layers.js';
import type { LineagePart } from './lineage-parts.js';

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

/** A box before it has a place. */
export interface Draft extends Omit<LineageBox, 'x' | 'y'> {
  cell: Cell;
}

const nodeHeight = 42;
const stepHeight = 24;
const widestStep = 18;
const longestFolder = 30;
/** Beside the two lines: the sign of the kind. */
const signWidth = 22;

/** The box of a part: what stands in it and how large it is. */
export function draftOf(
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
  // A pipeline's ends are round.
  const taken = kind === 'pipeline' ? signWidth + 12 : signWidth;
  // Of a folder the end says more.
  const lines = fitLines(title, kind === 'file' ? endOfFolder(context) : context, taken);
  return {
    node: part.node,
    kind,
    title: lines.label,
    context: lines.type,
    loop: loops.has(part.node),
    layer,
    width: widthOfLines(lines, taken),
    height: nodeHeight,
    cell: cell(nodeHeight),
  };
}

function endOfFolder(path: string): string {
  return shortenStart(path, longestFolder).replace(/^…[^/]*\/+(?=.)/, '…/');
}
