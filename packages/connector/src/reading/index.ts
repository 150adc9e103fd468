export { connectionOptions, refineSignIn, transportOptions } from './connection-options.js';
export { FailureStreak } from './failure-streak.js';
export { compileFilter, type FilterPattern, pythonRegExp } from './filter-pattern.js';
export { mapInOrder, untilLeft } from './in-order.js';
export { withNeighbours } from './neighbours.js';
