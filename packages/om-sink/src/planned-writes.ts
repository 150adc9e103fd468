import type { Audited, Subject } from './audit.js';
import { type AuditMemory, createAuditMemory } from './audit-memory.js';
import { auditedClient } from './audited-client.js';
import type { OmClient, PatchOperation } from './client/client-types.js';
import type { OmPipeline } from './client/entities.js';
import { OpenMetadataError } from './client/error.js';
import { canonicalText, digest } from './digest.js';

/** One write to OpenMetadata, as a plan holds it for the run that is to do the same. */
export interface PlannedWrite {
  /** e.g. `PUT pipeline`, `DELETE lineage`: method and kind of entity of an `AuditEntry`. */
  write: string;
  /** FQN; of an edge `from → to`. */
  of: string;
  /** Which one of it: the timestamp of a run (ms), the path of a patch. */
  key?: string;
  /**
   * Digest of what OpenMetadata had. Of a pipeline as it was before the run's first write to it, of runs and edges as they were
   * read; absent for what was not there.
   */
  before?: string;
  /** Digest of what is sent. Ids count as the names that they stand for, and lists as sets. */
  after?: string;
}

export interface PlannedWritesOptions {
  /** Takes secrets out of a value before its digest is made, so that none can be guessed from it. The same for plan and guard. */
  hide?: <T>(value: T) => T;
}

/** Lets only the writes of a plan through to OpenMetadata. */
export interface WriteGuard {
  /** The same client; a write that the plan doesn't have is not sent, and throws an error with the verdict `skip`. */
  over(client: OmClient): OmClient;
  /** Those of the plan that nobody has asked for so far, without those of entities of which a write was stopped. */
  left(): PlannedWrite[];
}

/** Costs one request for each pipeline that is written: it is read right before. */
export function createWriteGuard(writes: readonly PlannedWrite[], options: PlannedWritesOptions = {}): WriteGuard {
  const planned = new Map(writes.map((each) => [writeKey(each), each]));
  const subjects = new Set(writes.map(subjectOf));
  const seen = new Set<string>();
  const stopped = new Set<string>();
  const see = (asked: readonly PlannedWrite[]): void => {
    const stranger = asked.find((each) => !planned.has(writeKey(each)));
    if (stranger) {
      stopped.add(entityOf(stranger));
      throw notPlanned(stranger, subjects.has(subjectOf(stranger)));
    }
    for (const each of asked) seen.add(writeKey(each));
  };
  return {
    over: (client) => watchedClient(client, { ...options, see }),
    left: () => [...planned].flatMap(([key, each]) => (seen.has(key) || stopped.has(entityOf(each)) ? [] : [each])),
  };
}

/** The same for the same write. */
export const writeKey = ({ write, of, key, before, after }: PlannedWrite): string =>
  JSON.stringify([write, of, key, before, after]);
/** Without the method. */
const entityOf = ({ write, of }: PlannedWrite): string => `${write.slice(write.indexOf(' '))} ${of}`;
const subjectOf = ({ write, of, key }: PlannedWrite): string => JSON.stringify([write, of, key]);

/** What two lists of writes do not have in common. */
export function compareWrites(
  planned: readonly PlannedWrite[],
  now: readonly PlannedWrite[],
): {
  /** Those of the plan alone. */
  left: PlannedWrite[];
  /** Those that the plan doesn't have. */
  added: PlannedWrite[];
} {
  const [before, after] = [new Set(planned.map(writeKey)), new Set(now.map(writeKey))];
  return {
    left: planned.filter((each) => !after.has(writeKey(each))),
    added: now.filter((each) => !before.has(writeKey(each))),
  };
}

function notPlanned({ write, of }: PlannedWrite, isOther: boolean): OpenMetadataError {
  const message = isOther ? 'is other than planned' : 'is not in the plan';
  return new OpenMetadataError(`Not written: ${write} ${of} ${message}`, {
    kind: 'not-planned',
    verdict: 'skip',
    hint: 'The source or OpenMetadata has changed while the plan was applied. Make a new plan.',
  });
}

/** The same client; `see` learns of each write before it is sent, and stops it by throwing. `known` gets what the reads tell. */
export function watchedClient(
  client: OmClient,
  {
    see,
    known = createAuditMemory(),
    hide = (value) => value,
  }: PlannedWritesOptions & { see: (writes: PlannedWrite[]) => void; known?: AuditMemory },
): OmClient {
  /** Read in full a moment ago, by FQN. */
  const latest = new Map<string, OmPipeline | undefined>();
  /** Digests of pipelines as they were before their first write, by FQN. */
  const found = new Map<string, Promise<string | undefined>>();

  const digestOf = (value: unknown): string => digest(withNames(hide(value), known.nameOfId));
  const read = async (fqn: string): Promise<string | undefined> => {
    const pipeline = latest.has(fqn) ? latest.get(fqn) : await client.getPipeline(fqn, { fields: '*' });
    latest.delete(fqn);
    if (pipeline === undefined) return undefined;
    const { updatedBy: _, tags, ...rest } = pipeline;
    return digestOf({ ...rest, tags: tags?.map(({ tagFQN, labelType }) => ({ tagFQN, labelType })) });
  };
  const foundOf = (fqn: string): Promise<string | undefined> => {
    const known = found.get(fqn) ?? read(fqn);
    found.set(fqn, known);
    return known;
  };

  const toWrites = async (subject: Subject): Promise<PlannedWrite[]> => {
    const { method, entityType, fqn, key, after } = subject;
    const before =
      entityType === 'pipeline'
        ? await foundOf(fqn)
        : subject.before === undefined
          ? undefined
          : digestOf(subject.before);
    const base = {
      write: `${method} ${entityType}`,
      of: hide(fqn),
      ...(key === undefined ? {} : { key }),
      ...(before === undefined ? {} : { before }),
    };
    // A patch that is refused is sent again operation by operation.
    if (method === 'PATCH') {
      return (after as PatchOperation[]).map((each) => ({ ...base, key: each.path, after: digestOf(each) }));
    }
    return [after === undefined ? base : { ...base, after: digestOf(after) }];
  };

  const audited: Audited = async (subject, work) => {
    const subjects = Array.isArray(subject) ? subject : [subject];
    see((await Promise.all(subjects.map(toWrites))).flat());
    return work();
  };
  const reading: OmClient = {
    ...client,
    async getPipeline(fqn, query) {
      const pipeline = await client.getPipeline(fqn, query);
      if (query?.fields === '*' && !found.has(fqn)) latest.set(fqn, pipeline);
      return pipeline;
    },
  };
  return auditedClient(reading, { audited, known });
}

/** Ids differ between a dry run and a run, and no answer promises the order of a list. */
function withNames(value: unknown, nameOf: (id: string) => string | undefined): unknown {
  if (typeof value === 'string') return nameOf(value) ?? value;
  if (Array.isArray(value)) {
    return value
      .map((each) => withNames(each, nameOf))
      .map((each): [string, unknown] => [canonicalText(each), each])
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([, each]) => each);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withNames(each, nameOf)]));
}
