import type { KestraTrigger } from '@flowmeta/kestra-client';
import { conditionsSelector, multipleSelector } from './conditions.js';
import { dependsOnSelector, whenSelector } from './depends-on.js';
import { preconditionsSelector } from './preconditions.js';
import { allOf, type Selector } from './selector.js';

export const flowTriggerType = 'io.kestra.plugin.core.trigger.Flow';

/**
 * The flows that a Flow trigger listens to, whatever its version calls them: `conditions` and `preconditions` up to 1.3,
 * `dependsOn` and `when` in 2.0.
 */
export function triggerSelector(trigger: KestraTrigger): Selector {
  return allOf([
    conditionsSelector(trigger.conditions),
    multipleSelector(trigger.multipleConditions),
    preconditionsSelector(trigger.preconditions),
    dependsOnSelector(trigger.dependsOn),
    whenSelector(trigger.when),
  ]);
}
