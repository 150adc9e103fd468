/**
 * A directed graph. `nodes` is a set: an id that stands there twice counts once. Edges may repeat, form cycles or loop;
 * an edge whose end is not in `nodes` is an error.
 */
export interface Graph<Id extends string | number = string> {
  nodes: readonly Id[];
  edges: readonly Edge<Id>[];
}

export interface Edge<Id extends string | number = string> {
  from: Id;
  to: Id;
}

/** The nodes of a cycle in its own direction: the last one leads back to the first, which has the smallest id. */
export type Cycle<Id extends string | number = string> = readonly Id[];
