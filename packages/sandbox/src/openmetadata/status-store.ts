import type { Catalog } from './catalog.js';
import type { Json } from './entities.js';
import { normalizeName } from './fully-qualified-name.js';

/** The stored runs of a pipeline, newest first. */
export function statusesOf(catalog: Catalog, name: string): Json[] {
  const stored = catalog.statuses.get(normalizeName(name));
  return stored ? [...stored.values()].sort((a, b) => Number(b.timestamp) - Number(a.timestamp)) : [];
}

/** The run with the greatest timestamp, also one of the future (OM fact 18). */
export function latestStatus(catalog: Catalog, name: string): Json | undefined {
  const stored = catalog.statuses.get(name);
  if (!stored) return undefined;
  let latest = Number.NEGATIVE_INFINITY;
  for (const timestamp of stored.keys()) if (timestamp > latest) latest = timestamp;
  return stored.get(latest);
}
