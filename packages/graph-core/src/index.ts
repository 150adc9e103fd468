export { type Collapsed, collapse } from './collapse.js';
export { findCycles, stronglyConnectedComponents } from './components.js';
export { diff, type GraphDiff } from './diff.js';
export { type Levels, levels, type TopologicalOrder, topologicalOrder } from './order.js';
export { type ReachabilityOptions, reachableFrom, transitiveClosure } from './reachability.js';
export { transitiveReduction } from './reduction.js';
export { subgraph } from './subgraph.js';
export type { Cycle, Edge, Graph } from './types.js';
