import type { Ledger } from './ledger.js';

/** By type, the names of the pipelines whose definition names it. */
export interface Usage {
  enabled: Map<string, Set<string>>;
  disabled: Map<string, Set<string>>;
}

/**
 * Which pipelines name which types. A task that is switched off counts: without its plugin the source can't read the
 * definition any more.
 */
export function usageOf({ pipelines }: Ledger): Usage {
  const usage: Usage = { enabled: new Map(), disabled: new Map() };
  for (const [name, { enabled, types }] of pipelines) {
    const byType = enabled ? usage.enabled : usage.disabled;
    for (const type of types.values()) {
      const names = byType.get(type);
      if (names === undefined) byType.set(type, new Set([name]));
      else names.add(name);
    }
  }
  return usage;
}
