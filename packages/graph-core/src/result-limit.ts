/** Far beyond any real graph, and well below where the engine runs out of memory and ends the process. */
const mostEdges = 10_000_000;

/** Throws a `RangeError` when a result has grown beyond ten million edges. */
export function checkResultSize(edges: number): void {
  if (edges > mostEdges) {
    throw new RangeError(`The result would have more than ${mostEdges.toLocaleString('en')} edges`);
  }
}
