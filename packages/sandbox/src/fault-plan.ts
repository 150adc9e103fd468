import type { Fault } from './types.js';

/** Decides, request by request, which fault strikes. */
export interface FaultPlan {
  /** Counts this request and answers the effect that applies to it. `target` is the path with its query. */
  next(method: string, target: string): Fault['effect'] | undefined;
}

/** Keeps the counts behind `after` and `times` for one list of faults. */
export function createFaultPlan(faults: readonly Fault[]): FaultPlan {
  const rules = faults.map((fault) => ({ fault, seen: 0, used: 0 }));
  return {
    next(method, target) {
      let effect: Fault['effect'] | undefined;
      for (const rule of rules) {
        const { fault } = rule;
        if (fault.method !== undefined && fault.method !== method) continue;
        // A RegExp with the g or y flag remembers where it stopped; each request is tested from its start.
        if (fault.path) fault.path.lastIndex = 0;
        if (fault.path && !fault.path.test(target)) continue;
        rule.seen += 1;
        if (effect || rule.seen <= (fault.after ?? 0)) continue;
        if (fault.times !== undefined && rule.used >= fault.times) continue;
        rule.used += 1;
        effect = fault.effect;
      }
      return effect;
    },
  };
}
