export interface Piece {
  width: number;
  height: number;
}

const pieceGap = 46;
/** Wider than high, as a screen is. */
const aspect = 1.9;

/**
 * Where pieces go so that together they take little more room than they need, without overlapping: the highest first, in rows; lower ones on top of
 * each other while they fit below the first of their column. Returns the top left corner of each.
 */
export function pack(pieces: readonly Piece[]): { x: number; y: number }[] {
  const area = pieces.reduce((sum, { width, height }) => sum + (width + pieceGap) * (height + pieceGap), 0);
  const widest = pieces.reduce((most, { width }) => Math.max(most, width), 0);
  const rowWidth = Math.max(widest, Math.sqrt(area * aspect));
  const order = pieces.map((_, index) => index).sort((left, right) => pieces[right]!.height - pieces[left]!.height);
  const places = pieces.map(() => ({ x: 0, y: 0 }));
  let row = { y: 0, height: 0, end: 0 };
  let column = { x: 0, width: 0, end: 0 };
  for (const index of order) {
    const { width, height } = pieces[index]!;
    if (width <= column.width && column.end + pieceGap + height <= row.y + row.height) {
      places[index] = { x: column.x, y: column.end + pieceGap };
      column.end += pieceGap + height;
      continue;
    }
    if (row.end === 0 || row.end + pieceGap + width > rowWidth) {
      row = { y: row.end === 0 ? 0 : row.y + row.height + pieceGap, height, end: 0 };
      column = { x: 0, width, end: row.y + height };
    } else {
      column = { x: row.end + pieceGap, width, end: row.y + height };
    }
    places[index] = { x: column.x, y: row.y };
    row.end = column.x + width;
  }
  return places;
}
