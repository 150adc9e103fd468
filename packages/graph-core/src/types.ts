/** A directed graph. Edges may repeat, form cycles or loop; an edge whose end is not in `nodes` is an error. */
export interface Graph<Id extends string | number = string> {
  nodes: readonly Id[];
  edges: readonly Edge<Id>[];
}

export interface Edge<Id extends string | number = string> {
  from: Id;
  to: Id;
}
