import { describe, expect, it } from 'vitest';
import { placeInOrder } from '../src/drawing/place-in-order.js';
import { type Box, type Drawing, drawTaskGraph, type TaskGraph } from '../src/index.js';
import { sampleReport } from './sample-report.js';

function flow(edges: string, tasks: TaskGraph['tasks'] = []): TaskGraph {
  const pairs = edges
    .split(' ')
    .filter(Boolean)
    .map((edge) => edge.split('>') as [string, string]);
  const names = [...new Set(pairs.flat())].filter((name) => !tasks.some((task) => task.name === name));
  return {
    name: 'flow',
    tasks: [...names.map((name) => ({ name, enabled: true })), ...tasks],
    edges: pairs.map(([from, to]) => ({ from, to })),
  };
}

function overlaps(left: Box, right: Box): boolean {
  return (
    left.x < right.x + right.width &&
    right.x < left.x + left.width &&
    left.y < right.y + right.height &&
    right.y < left.y + left.height
  );
}

function boxOf(drawing: Drawing, task: string): Box {
  return drawing.boxes.find((box) => box.task === task)!;
}

describe('drawTaskGraph', () => {
  it('puts every task behind all that it waits for, and no box on another', () => {
    for (const pipeline of sampleReport(60).pipelines) {
      const drawing = drawTaskGraph(pipeline);
      const isDown = drawing.boxes.every((box, _, [first]) => box.y === first!.y || box.y >= first!.y + first!.height);
      for (const { from, to } of pipeline.edges) {
        const [before, after] = [boxOf(drawing, from), boxOf(drawing, to)];
        expect(after.x >= before.x + before.width || (isDown && after.y >= before.y + before.height)).toBe(true);
      }
      drawing.boxes.forEach((box, index) => {
        expect(drawing.boxes.slice(index + 1).filter((other) => overlaps(box, other))).toEqual([]);
        expect(
          box.x >= 0 && box.y >= 0 && box.x + box.width <= drawing.width && box.y + box.height <= drawing.height,
        ).toBe(true);
      });
      expect(drawing.boxes).toHaveLength(pipeline.tasks.length);
      expect(drawing.arrows).toHaveLength(pipeline.edges.length);
    }
  });

  it('runs a long chain from top to bottom and a short flow from left to right', () => {
    const chain = drawTaskGraph(flow(Array.from({ length: 30 }, (_, step) => `s${step}>s${step + 1}`).join(' ')));
    expect(chain.width).toBeLessThan(400);
    const short = drawTaskGraph(flow('a>b b>c'));
    expect(new Set(short.boxes.map(({ y }) => y)).size).toBe(1);
  });

  it('untangles edges that need not cross', () => {
    const { boxes } = drawTaskGraph(
      flow(
        'a>x b>y c>z',
        ['x', 'y', 'z', 'c', 'b', 'a'].map((name) => ({ name, enabled: true })),
      ),
    );
    const height = (task: string): number => boxes.find((box) => box.task === task)!.y;
    expect(['a', 'b', 'c'].map(height)).toEqual(['x', 'y', 'z'].map(height));
  });

  it('leads a long edge around the boxes that it passes', () => {
    const drawing = drawTaskGraph(flow('a>b b>c c>d a>d'));
    const long = drawing.arrows.find(({ from, to }) => from === 'a' && to === 'd')!;
    const middle = boxOf(drawing, 'b');
    const heights = [...long.path.matchAll(/L\d+ (\d+)/g)].map(([, y]) => Number(y));
    expect(heights.length).toBeGreaterThan(0);
    for (const y of heights) expect(y < middle.y || y > middle.y + middle.height).toBe(true);
  });

  it('marks the edges that go back in a cycle, and draws the rest as if there were none', () => {
    const drawing = drawTaskGraph(flow('a>b b>c c>a'));
    expect(drawing.arrows.filter(({ back }) => back).map(({ from, to }) => from + to)).toEqual(['ca']);
    expect(boxOf(drawing, 'c').x).toBeGreaterThan(boxOf(drawing, 'b').x);
  });

  it('frames branches apart from the main one', () => {
    const drawing = drawTaskGraph(
      flow('a>b', [
        { name: 'alert', branch: 'error', enabled: true },
        { name: 'tidy', branch: 'finally', enabled: true },
      ]),
    );
    expect(drawing.frames.map(({ title }) => title)).toEqual(['On error', 'Finally']);
    const [frame] = drawing.frames;
    const inside = drawing.boxes.filter(
      ({ x, y }) => x > frame!.x && x < frame!.x + frame!.width && y > frame!.y && y < frame!.y + frame!.height,
    );
    expect(inside.map(({ task }) => task)).toEqual(['alert']);
  });

  it('says how many edges it could not draw, and draws nothing for no tasks', () => {
    expect(drawTaskGraph(flow('', [{ name: 'a', enabled: true }])).undrawn).toBe(0);
    expect(
      drawTaskGraph({ name: 'x', tasks: [{ name: 'a', enabled: true }], edges: [{ from: 'a', to: 'b' }] }).undrawn,
    ).toBe(1);
    expect(drawTaskGraph({ name: 'x', tasks: [], edges: [] })).toMatchObject({ boxes: [], arrows: [], frames: [] });
  });

  it('shortens long names by whole characters', () => {
    const [box] = drawTaskGraph(flow('', [{ name: '😀'.repeat(60), enabled: true }])).boxes;
    expect(box!.label).toMatch(/^(😀)+…$/u);
    expect(box!.width).toBeLessThan(260);
  });
});

describe('placeInOrder', () => {
  it('gives everyone their wish where there is room', () => {
    expect(
      placeInOrder(
        [
          { wanted: 0, size: 10 },
          { wanted: 50, size: 10 },
        ],
        5,
      ),
    ).toEqual([0, 50]);
  });

  it('shares what is missing where there is none', () => {
    expect(
      placeInOrder(
        [
          { wanted: 10, size: 10 },
          { wanted: 10, size: 10 },
          { wanted: 10, size: 10 },
        ],
        2,
      ),
    ).toEqual([-2, 10, 22]);
  });
});
