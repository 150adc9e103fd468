export { FailureStreak } from './failure-streak.js';
export { compileFilter, type FilterPattern, pythonRegExp } from './filter-pattern.js';
export { mapInOrder, untilAborted } from './in-order.js';
