import type { LineageGraph } from '@flowmeta/connector';
import type { LineageDrawing } from '../../drawing/draw-lineage.js';
import { kindNouns } from '../../lineage/kinds.js';
import { cornerRadius } from './lineage-svg.js';
import type { Subjects } from './subjects.js';

/**
 * What the page's script needs to find, select and draw. Short keys and arrays: there may be thousands. `details` are the
 * pipelines that the page has more about.
 */
export function lineageData(
  graph: LineageGraph,
  {
    subjects,
    drawing,
    isDrawn,
    details,
  }: { subjects: Subjects; drawing: LineageDrawing; isDrawn: boolean; details: ReadonlySet<string> },
) {
  const names = new Map([...subjects.ofPipeline].map(([name, number]) => [number, name]));
  return {
    isDrawn,
    kinds: kindNouns,
    radius: cornerRadius,
    subjects: subjects.all.map(({ key, title, context, kind, label, group, fqn, url }, number) => {
      const name = names.get(number);
      return [
        key,
        title,
        context,
        kind,
        label,
        group,
        fqn,
        url ?? '',
        name !== undefined && details.has(name) ? name : '',
      ];
    }),
    links: graph.edges.map(({ from, to, pipeline }) => [
      subjects.ofNode.get(from) ?? -1,
      subjects.ofNode.get(to) ?? -1,
      pipeline === undefined ? -1 : subjects.ofPipeline.get(pipeline)!,
    ]),
    boxes: drawing.boxes.map(({ node, pipeline, kind, x, y, width, height, title, context, loop, layer }) => [
      pipeline === undefined ? subjects.ofNode.get(graph.nodes[node!]!.id)! : subjects.ofPipeline.get(pipeline)!,
      kind,
      x,
      y,
      width,
      height,
      layer,
      title,
      context,
      loop ? 1 : 0,
    ]),
    arrows: drawing.arrows.map(({ from, to, back, isRun, links }) => [from, to, back ? 1 : 0, isRun ? 1 : 0, links]),
  };
}
