import { isDeepStrictEqual } from 'node:util';
import { buildFqn, type CreatePipeline, namespaceOf, type Reference } from '@flowmeta/om-mapper';
import { createAuditMemory } from './audit-memory.js';
import type { OmClient, PatchOperation } from './client/client-types.js';
import type { OmPipeline } from './client/entities.js';
import { type PlannedWrite, type PlannedWritesOptions, watchedClient, writeKey } from './planned-writes.js';

/** One field of a pipeline. `from` is absent for a value that is not there yet, `to` for one that goes. */
export interface PlannedField {
  /** e.g. `description`, `tags`, `tasks.load`. */
  field: string;
  from?: unknown;
  to?: unknown;
}

export interface PlannedPipeline {
  action: 'create' | 'change' | 'restore' | 'delete';
  fqn: string;
  /** What people see of it; empty where only Flowmeta's own note differs. */
  fields: PlannedField[];
}

export interface PlannedLineage {
  action: 'add' | 'change' | 'remove';
  /** FQNs. */
  from: string;
  to: string;
  description?: string;
}

/** What a run would do to the catalog. */
export interface Plan {
  /** The pipeline service that would be made. */
  service?: string;
  pipelines: PlannedPipeline[];
  edges: PlannedLineage[];
  /** FQNs of tags that would be made. */
  tags: string[];
  /** How many runs would be written, by the FQN of their pipeline. */
  runs: { pipeline: string; count: number }[];
}

/** Follows what a dry run would write. */
export interface Planner {
  /** The same client, whose writes are noted. One that writes nothing: see `createDryRunClient`. */
  over(client: OmClient): OmClient;
  /** What was noted so far, sorted by name. */
  plan(): Plan;
  /** The same write by write, for `createWriteGuard`. */
  writes(): PlannedWrite[];
}

/** Compares each pipeline with what the catalog has of it, which costs one request for each that would change. */
export function createPlanner(options: PlannedWritesOptions = {}): Planner {
  const pipelines = new Map<string, PlannedPipeline>();
  const edges = new Map<string, PlannedLineage>();
  const tags = new Set<string>();
  const runs = new Map<string, number>();
  const known = createAuditMemory();
  const drawn = new Set<string>();
  const patches = new Map<string, PatchOperation[]>();
  const writes = new Map<string, PlannedWrite>();
  let service: string | undefined;

  const see = (asked: readonly PlannedWrite[]): void => {
    for (const each of asked) writes.set(writeKey(each), each);
  };
  const nameOf = ({ id, type }: Reference): string => known.nameOf(type, id);
  const edgeKey = (from: string, to: string): string => `${from} ${to}`;
  const note = (fqn: string, action: PlannedPipeline['action'], fields: PlannedField[] = []): void => {
    // It is restored, then written.
    const isRestored = pipelines.get(fqn)?.action === 'restore';
    pipelines.set(fqn, { action: isRestored ? 'restore' : action, fqn, fields });
  };
  const noteRuns = (fqn: string, count: number): void => void runs.set(fqn, (runs.get(fqn) ?? 0) + count);

  const noting = (client: OmClient): OmClient => ({
    ...client,
    async getLineage(type, fqn, options) {
      const lineage = await client.getLineage(type, fqn, options);
      for (const { from, to } of [...lineage.upstream, ...lineage.downstream]) drawn.add(edgeKey(from, to));
      return lineage;
    },

    async createService(body) {
      service = body.name;
      return client.createService(body);
    },
    async putPipeline(body) {
      const fqn = buildFqn([body.service, body.name]);
      const current = await client.getPipeline(fqn, { fields: '*' });
      const operations = (current && patches.get(current.id)) ?? [];
      note(fqn, current === undefined ? 'create' : 'change', differences(current, { body, operations, nameOf }));
      return client.putPipeline(body);
    },
    async patchPipeline(id, operations) {
      patches.set(id, [...(patches.get(id) ?? []), ...operations]);
      return client.patchPipeline(id, operations);
    },
    async deletePipeline(id) {
      note(nameOf({ id, type: 'pipeline' }), 'delete');
      return client.deletePipeline(id);
    },
    async restorePipeline(id) {
      note(nameOf({ id, type: 'pipeline' }), 'restore');
      return client.restorePipeline(id);
    },
    async putStatus(fqn, status) {
      noteRuns(fqn, 1);
      return client.putStatus(fqn, status);
    },
    async putStatuses(fqn, statuses) {
      noteRuns(fqn, statuses.length);
      return client.putStatuses(fqn, statuses);
    },
    async putTag(body) {
      tags.add(buildFqn([body.classification, body.name]));
      return client.putTag(body);
    },
    async putLineage(body) {
      const { fromEntity, toEntity, lineageDetails } = body.edge;
      const key = edgeKey(fromEntity.id, toEntity.id);
      edges.set(key, {
        action: drawn.has(key) ? 'change' : 'add',
        from: nameOf(fromEntity),
        to: nameOf(toEntity),
        description: lineageDetails.description,
      });
      return client.putLineage(body);
    },
    async deleteLineage(from, to) {
      edges.set(edgeKey(from.id, to.id), { action: 'remove', from: nameOf(from), to: nameOf(to) });
      return client.deleteLineage(from, to);
    },
  });

  return {
    over: (client) => noting(watchedClient(client, { ...options, see, known })),

    plan: () => ({
      ...(service === undefined ? {} : { service }),
      pipelines: [...pipelines.values()].sort((one, other) => compare(one.fqn, other.fqn)),
      edges: [...edges.values()].sort((one, other) =>
        compare(edgeKey(one.from, one.to), edgeKey(other.from, other.to)),
      ),
      tags: [...tags].sort(),
      runs: [...runs]
        .map(([pipeline, count]) => ({ pipeline, count }))
        .sort((one, other) => compare(one.pipeline, other.pipeline)),
    }),

    writes: () => [...writes].sort(([one], [other]) => compare(one, other)).map(([, each]) => each),
  };
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

interface Write {
  body: CreatePipeline;
  /** What is patched before it. */
  operations: readonly PatchOperation[];
  nameOf: (reference: Reference) => string;
}

/** What a write makes of a pipeline, field by field, as the catalog shows it afterwards. */
function differences(current: OmPipeline | undefined, write: Write): PlannedField[] {
  const { body } = write;
  const pairs: [string, unknown, unknown][] = [
    ['displayName', current?.displayName, body.displayName],
    ['description', current?.description, body.description],
    ['namespace', current && namespaceIn(current), namespaceIn(body)],
    ['sourceUrl', current?.sourceUrl, body.sourceUrl],
    ['scheduleInterval', current?.scheduleInterval, body.scheduleInterval],
    ['concurrency', current?.concurrency, body.concurrency],
    ['owners', current && ownersBefore(current), ownersAfter(current, write)],
    ['tags', current && tagsOf(current.tags), tagsAfter(current, write)],
    ['domain', current && domainsBefore(current), domainsAfter(current, body)],
    ...taskPairs(current, body),
  ];
  return pairs.flatMap(([field, before, after]) => {
    const [from, to] = [present(before), present(after)];
    if (isDeepStrictEqual(from, to)) return [];
    return [{ field, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
  });
}

/** Null, an empty text and an empty list are as good as nothing. */
const present = (value: unknown): unknown =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0) ? undefined : value;

const namespaceIn = ({ pipelineLocation = null }: { pipelineLocation?: string | null | undefined }) =>
  namespaceOf({ pipelineLocation });

const tagsOf = (tags: readonly { tagFQN: string }[] | null | undefined): string[] =>
  (tags ?? []).map(({ tagFQN }) => tagFQN).sort();

/** A PUT only adds; what goes is patched (OM fact 14). */
function tagsAfter(current: OmPipeline | undefined, { body, operations }: Write): string[] {
  const patched = operations.findLast(({ path }) => path === '/tags')?.value as { tagFQN: string }[] | undefined;
  return [...new Set([...tagsOf(patched ?? current?.tags), ...tagsOf(body.tags)])].sort();
}

const ownersIn = ({ owner, owners }: Pick<OmPipeline, 'owner' | 'owners'>) => owners ?? (owner == null ? [] : [owner]);

const ownersBefore = (current: OmPipeline): string[] =>
  ownersIn(current)
    .map(({ id, name }) => name ?? id)
    .sort();

/** A body without owners leaves those that are there. */
function ownersAfter(current: OmPipeline | undefined, { body, nameOf }: Write): string[] {
  const wanted = ownersIn(body);
  if (wanted.length > 0) return wanted.map(nameOf).sort();
  return current === undefined ? [] : ownersBefore(current);
}

const domainsBefore = ({ domain, domains }: OmPipeline): string[] =>
  (domains ?? (domain == null ? [] : [domain])).map(
    ({ id, name, fullyQualifiedName }) => fullyQualifiedName ?? name ?? id,
  );

/** A body without a domain leaves the one that is there. */
function domainsAfter(current: OmPipeline | undefined, { domain, domains }: CreatePipeline): string[] {
  const wanted = domains ?? (domain === undefined ? [] : [domain]);
  return wanted.length > 0 || current === undefined ? wanted : domainsBefore(current);
}

const taskFields = ['displayName', 'description', 'taskType', 'sourceUrl', 'taskSQL', 'downstreamTasks'] as const;

function taskPairs(current: OmPipeline | undefined, body: CreatePipeline): [string, unknown, unknown][] {
  const shown = (task: object): Record<string, unknown> =>
    Object.fromEntries(
      taskFields.flatMap((field) => {
        const value = present((task as Record<string, unknown>)[field]);
        return value === undefined ? [] : [[field, value]];
      }),
    );
  const before = new Map((current?.tasks ?? []).map((task) => [task.name, shown(task)]));
  const after = new Map(body.tasks.map((task) => [task.name, shown(task)]));
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name): [string, unknown, unknown][] => {
    const [from, to] = [before.get(name), after.get(name)];
    if (from === undefined || to === undefined) return [[`tasks.${name}`, from, to]];
    // A text that is there already stays (OM fact 13).
    const kept = from.description === undefined ? to : { ...to, description: from.description };
    return taskFields.flatMap((field): [string, unknown, unknown][] =>
      isDeepStrictEqual(from[field], kept[field]) ? [] : [[`tasks.${name}.${field}`, from[field], kept[field]]],
    );
  });
}
