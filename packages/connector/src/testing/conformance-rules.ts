import { definitionRules } from './definition-rules.js';
import { endingRules } from './ending-rules.js';
import { readRules } from './read-rules.js';
import type { ConformanceRule } from './subject.js';
import { worldRules } from './world-rules.js';

/** All that a connector promises, in the order in which the suite tries it. */
export const conformanceRules: readonly ConformanceRule[] = [
  ...readRules,
  ...endingRules,
  ...worldRules,
  ...definitionRules,
];
