import type { OwnerReference } from '@flowmeta/connector';
import type { KestraLabel } from '@flowmeta/kestra-client';
import { isWithin } from './namespaces.js';

export interface OwnerRules {
  /** Key of the label that names the owner. */
  ownerLabel: string;
  /** From a label's value or a namespace to a name in the catalog. */
  ownerMapping?: Record<string, string> | undefined;
}

/** Who owns a flow: whom its label names; without one, whom the mapping names for the nearest namespace. */
export function ownersOf(
  flow: { namespace: string; labels: readonly KestraLabel[] },
  rules: OwnerRules,
): OwnerReference[] {
  const mapping = new Map(Object.entries(rules.ownerMapping ?? {}));
  const named = flow.labels.filter(({ key, value }) => key === rules.ownerLabel && value.trim() !== '');
  if (named.length > 0) {
    const origin = `label ${rules.ownerLabel}`;
    const names = new Set(named.map(({ value }) => mapping.get(value) ?? value.trim()));
    return [...names].map((name) => ({ name, origin }));
  }
  const nearest = [...mapping.keys()]
    .filter((root) => isWithin(flow.namespace, root))
    .sort((one, other) => other.length - one.length)[0];
  const name = nearest === undefined ? undefined : mapping.get(nearest);
  return name === undefined ? [] : [{ name, origin: `namespace ${nearest}` }];
}
