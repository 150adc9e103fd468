/**
 * The neighbours of vertices 0 … n-1 in two flat arrays: those of vertex v are `targets[offsets[v]]` up to, without,
 * `targets[offsets[v + 1]]`. Ascending and without repeats.
 */
export interface Adjacency {
  readonly offsets: Int32Array;
  readonly targets: Int32Array;
}

/** O(vertices + edges): two rounds of counting sort order each row without comparing. */
export function adjacencyOf(size: number, edges: { from: ArrayLike<number>; to: ArrayLike<number> }): Adjacency {
  return withoutRepeats(transpose(bucket(size, edges.to, edges.from)));
}

/** The same edges the other way round. */
export function transpose({ offsets, targets }: Adjacency): Adjacency {
  const rows = new Int32Array(targets.length);
  for (let row = 0; row + 1 < offsets.length; row += 1) rows.fill(row, offsets[row]!, offsets[row + 1]!);
  return bucket(offsets.length - 1, targets, rows);
}

/** Puts each value into the row of its key and keeps the order within a row. */
function bucket(size: number, keys: ArrayLike<number>, values: ArrayLike<number>): Adjacency {
  const offsets = new Int32Array(size + 1);
  for (let index = 0; index < keys.length; index += 1) offsets[keys[index]! + 1]! += 1;
  for (let row = 0; row < size; row += 1) offsets[row + 1]! += offsets[row]!;
  const next = offsets.slice(0, size);
  const targets = new Int32Array(keys.length);
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index]!;
    targets[next[key]!] = values[index]!;
    next[key]! += 1;
  }
  return { offsets, targets };
}

function withoutRepeats({ offsets, targets }: Adjacency): Adjacency {
  const packedOffsets = new Int32Array(offsets.length);
  const packedTargets = new Int32Array(targets.length);
  let length = 0;
  for (let row = 0; row + 1 < offsets.length; row += 1) {
    const start = length;
    for (let index = offsets[row]!; index < offsets[row + 1]!; index += 1) {
      const target = targets[index]!;
      if (length > start && packedTargets[length - 1] === target) continue;
      packedTargets[length] = target;
      length += 1;
    }
    packedOffsets[row + 1] = length;
  }
  return { offsets: packedOffsets, targets: packedTargets.slice(0, length) };
}
