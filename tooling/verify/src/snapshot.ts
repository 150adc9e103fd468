import type { OpenMetadataSandbox } from '@flowmeta/sandbox';

type Json = Record<string, unknown>;

/** What the catalog holds, without what differs from run to run: each entity by a name that says what it is. */
export type Snapshot = Map<string, Json>;

/** Ids, what is computed from ids, and what the server counts and stamps by itself. */
const volatile = new Set([
  ...['id', 'href', 'version', 'updatedAt', 'updatedBy', 'createdAt', 'createdBy'],
  ...['changeDescription', 'incrementalChangeDescription', 'impersonatedBy', 'sourceHash'],
]);

function settled(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(settled);
    return items.every((item) => typeof item === 'object' && item !== null && 'tagFQN' in item)
      ? items.sort((a, b) => (String((a as Json).tagFQN) < String((b as Json).tagFQN) ? -1 : 1))
      : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !volatile.has(key))
      .map(([key, inner]) => [key, settled(inner)]),
  );
}

/** Everything that a run may write, as it stands now. */
export function snapshotOf({ catalog }: OpenMetadataSandbox): Snapshot {
  const snapshot: Snapshot = new Map();
  for (const service of catalog.services()) snapshot.set(`service ${service.name}`, settled(service) as Json);
  for (const pipeline of catalog.pipelines()) {
    const { fullyQualifiedName: fqn, name } = pipeline;
    const { pipelines: _pipelines, pipelineStatus: _latest, ...rest } = settled(pipeline) as Json;
    snapshot.set(`pipeline ${name}`, rest);
    for (const status of catalog.statuses(fqn)) {
      snapshot.set(`run ${name} ${status.timestamp}`, settled(status) as Json);
    }
  }
  for (const { from, to, details } of catalog.edges()) {
    snapshot.set(`edge ${from.type} ${from.fqn} → ${to.type} ${to.fqn}`, settled(details) as Json);
  }
  for (const tag of catalog.tags()) if (tag.startsWith('KestraLabels')) snapshot.set(`tag ${tag}`, {});
  return snapshot;
}

/** An entity that is not as it should be. */
export interface Difference {
  entity: string;
  /** `old`: as it was before, or partly so. `wrong`: as it never was and never should be. */
  kind: 'old' | 'wrong';
  /** Properties that differ; empty where the entity is missing or should be gone. */
  properties: string[];
}

/** Whether a property is as it was or, item by item of a list such as tags, as it was or should be. */
function isBetween(is: unknown, was: unknown, should: unknown): boolean {
  if (same(is, was)) return true;
  if (!Array.isArray(is) || !Array.isArray(should)) return false;
  const known = [...(Array.isArray(was) ? was : []), ...should];
  return is.every((item) => known.some((each) => same(item, each)));
}

const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? 'undefined'
  );
}

/**
 * Compares a catalog with the one that a run without faults leaves. An entity that is still as the earlier run left it is old; of a
 * pipeline, each property may be old or new. All else is wrong.
 */
export function differences(
  actual: Snapshot,
  { wanted, before }: { wanted: Snapshot; before: Snapshot },
): Difference[] {
  const found: Difference[] = [];
  for (const entity of new Set([...actual.keys(), ...wanted.keys()])) {
    const [is, should, was] = [actual.get(entity), wanted.get(entity), before.get(entity)];
    if (same(is, should)) continue;
    if (is === undefined || should === undefined) {
      found.push({ entity, kind: same(is, was) ? 'old' : 'wrong', properties: [] });
      continue;
    }
    const keys = [...new Set([...Object.keys(is), ...Object.keys(should)])].filter(
      (key) => !same(is[key], should[key]),
    );
    const isOld = entity.startsWith('pipeline ')
      ? keys.every((key) => isBetween(is[key], was?.[key], should[key]))
      : same(is, was);
    found.push({ entity, kind: isOld ? 'old' : 'wrong', properties: keys });
  }
  return found;
}
