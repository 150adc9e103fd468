import type { Cell } from './layers.js';
import type { Direction, Span } from './plan.js';

interface Point {
  along: number;
  across: number;
}

/**
 * Leaves the first cell at its end, crosses those in between in a straight line, enters the last at its start. `spanOf` says
 * where a cell begins and ends along the flow. Gives the `d` of an SVG path.
 */
export function pathThrough(
  cells: readonly Cell[],
  { spanOf, direction, back }: { spanOf: (cell: Cell) => Span; direction: Direction; back: boolean },
): string {
  const points: Point[] = cells.flatMap((cell, index) => {
    const { from, to } = spanOf(cell);
    const entry = { along: from, across: cell.middle };
    const exit = { along: to, across: cell.middle };
    return index === 0 ? [exit] : index === cells.length - 1 ? [entry] : [entry, exit];
  });
  if (back) points.reverse();
  const spell = (along: number, across: number): string =>
    (direction === 'right' ? [along, across] : [across, along]).map((value) => Math.round(value)).join(' ');
  return points
    .map((point, index) => {
      const previous = points[index - 1];
      if (previous === undefined) return `M${spell(point.along, point.across)}`;
      if (previous.across === point.across) return `L${spell(point.along, point.across)}`;
      const half = (previous.along + point.along) / 2;
      return `C${spell(half, previous.across)} ${spell(half, point.across)} ${spell(point.along, point.across)}`;
    })
    .join('');
}
