import type { LineageGraph, LineageLink } from '@flowmeta/connector';
import { shortenEnd } from '../columns.js';
import { printable } from '../rendering/printable.js';
import { nameOfPipeline } from './names.js';

const longest = 40;

/** The folder of each pipeline that the graph has a node for, by the pipeline's name. */
export function pipelineGroups(graph: LineageGraph): Map<string, string | undefined> {
  return new Map(
    graph.nodes.flatMap(({ reference, group }) =>
      reference.kind === 'pipeline' ? [[reference.name, group] as const] : [],
    ),
  );
}

/** What stands at an edge: the pipeline that moves the data, else how the edge came about; in short, one line. */
export function edgeLabel(
  { pipeline, description }: Pick<LineageLink, 'pipeline' | 'description'>,
  groups: ReadonlyMap<string, string | undefined>,
): string {
  const text = pipeline === undefined ? printable(description) : nameOfPipeline(pipeline, groups.get(pipeline)).title;
  return shortenEnd(text, longest);
}
