import { createLineageGraph, type LineageGraph } from '@flowmeta/connector';
import { describe, expect, it } from 'vitest';
import { drawLineage, type LineageDrawing } from '../src/drawing/draw-lineage.js';
import { sampleLineage } from './sample-lineage.js';

function graphOf(text: string): LineageGraph {
  const builder = createLineageGraph();
  const table = (name: string) => ({
    kind: 'dataset' as const,
    dataset: { kind: 'table' as const, platform: 'postgres', connections: ['db'], name },
  });
  for (const edge of text.split(' ')) {
    const [from, pipeline, to] = edge.split('>') as [string, string, string];
    builder.edge({ from: table(from), to: table(to), ...(pipeline && { pipeline }), description: 'SQL' });
  }
  return builder.graph();
}

/** `a>step` and `step>b`. */
function arrowsOf({ arrows, boxes }: LineageDrawing): string[] {
  return arrows.map(({ from, to }) => `${boxes[from]!.title}>${boxes[to]!.title}`).sort();
}

function check(drawing: LineageDrawing): void {
  const { boxes, arrows, width, height } = drawing;
  boxes.forEach((box, index) => {
    const overlapping = boxes
      .slice(index + 1)
      .filter(
        (other) =>
          box.x < other.x + other.width &&
          other.x < box.x + box.width &&
          box.y < other.y + other.height &&
          other.y < box.y + box.height,
      );
    expect(overlapping).toEqual([]);
    expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height).toBe(true);
  });
  for (const { from, to, back, path } of arrows) {
    const [left, right] = back ? [boxes[to]!, boxes[from]!] : [boxes[from]!, boxes[to]!];
    expect(left.x + left.width).toBeLessThan(right.x);
    const [startX, startY] = /^M(\d+) (\d+)/.exec(path)!.slice(1).map(Number) as [number, number];
    const start = boxes[from]!;
    expect(startX).toBe(back ? start.x : start.x + start.width);
    expect(Math.abs(startY - (start.y + start.height / 2))).toBeLessThanOrEqual(1);
  }
}

describe('drawLineage', () => {
  it('puts no box on another, all within the picture, and data right of what it comes from', () => {
    for (const count of [2, 40, 200, 400]) {
      const graph = sampleLineage(count);
      const drawing = drawLineage(graph);
      check(drawing);
      expect(drawing.boxes.filter(({ kind }) => kind !== 'step')).toHaveLength(graph.nodes.length);
      const drawn = new Set(drawing.arrows.flatMap(({ links }) => links));
      const loops = graph.edges.filter(({ from, to }) => from === to).length;
      expect(drawn.size).toBe(graph.edges.length - loops);
    }
  });

  it('lets edges of a pipeline share a step only where no way through it leads where no edge does', () => {
    expect(arrowsOf(drawLineage(graphOf('a>P>c b>P>c')))).toEqual(['P>c', 'a>P', 'b>P']);
    expect(arrowsOf(drawLineage(graphOf('a>P>c a>P>d')))).toEqual(['P>c', 'P>d', 'a>P']);
    const apart = drawLineage(graphOf('a>P>c b>P>d'));
    expect(apart.boxes.filter(({ kind }) => kind === 'step')).toHaveLength(2);
    expect(drawLineage(graphOf('a>P>b b>P>c')).arrows.filter(({ back }) => back)).toEqual([]);
  });

  it('draws edges that no pipeline moves without a step', () => {
    expect(arrowsOf(drawLineage(graphOf('a>>b')))).toEqual(['a>b']);
  });

  it('marks what is filled from itself instead of drawing a loop', () => {
    const drawing = drawLineage(graphOf('a>P>b b>P>b c>Q>c d>>d'));
    check(drawing);
    expect(arrowsOf(drawing)).toEqual(['P>b', 'a>P']);
    expect(drawing.boxes.filter(({ loop }) => loop).map(({ title }) => title)).toEqual(['b', 'c', 'd']);
  });

  it('turns only one arrow of a cycle around', () => {
    const drawing = drawLineage(graphOf('a>P>b b>Q>c c>R>a'));
    check(drawing);
    expect(drawing.arrows.filter(({ back }) => back)).toHaveLength(1);
  });

  it('puts a source right before what it leads to, not at the far left', () => {
    const { boxes } = drawLineage(graphOf('a>P>b b>Q>c c>R>d late>R>d'));
    const x = (title: string): number => boxes.find((box) => box.title === title)!.x;
    expect(x('late')).toBe(x('c'));
  });

  it('is the same for the same graph, and nothing for nothing', () => {
    expect(drawLineage(sampleLineage(100))).toEqual(drawLineage(sampleLineage(100)));
    expect(drawLineage({ nodes: [], edges: [], gaps: [] }).boxes).toEqual([]);
  });
});
