import { createAuditMemory } from './audit-memory.js';
import { auditedClient } from './audited-client.js';
import type { OmClient } from './client/client-types.js';

/** One write to OpenMetadata, or one that a dry run would send. */
export interface AuditEntry {
  /** ISO 8601. */
  time: string;
  runId: string;
  /** Name of the user that is signed in; absent where the server has not told it. */
  principal?: string;
  method: 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** `pipeline`, `pipelineStatus`, `lineage`, `tag`, `classification`, `pipelineService`, `ingestionPipeline`, `ingestionPipelineStatus`. */
  entityType: string;
  /** Of an edge `from → to`. An entity that no answer has named stands as `<type> <id>`. */
  fqn: string;
  /** Which one of the entity's: the timestamp (ms) of a status, the id of a run. */
  key?: string;
  /** `written`: the server does not tell whether it was there before. `absent`: there was nothing to delete. */
  outcome: 'created' | 'updated' | 'unchanged' | 'written' | 'deleted' | 'restored' | 'absent' | 'failed';
  /** `sourceHash`, where the entity has one, else `sha256:` and a digest of the body. Absent where it was not there, or not read. */
  hashBefore?: string;
  /** The same of what was sent. */
  hashAfter?: string;
  /** Why it failed. */
  error?: string;
  /** True in a dry run: nothing was sent. */
  planned?: true;
}

export interface AuditOptions {
  runId: string;
  /** Current time, ms. */
  now: () => number;
  /** Takes each entry once the write is done. What it throws ends the write. */
  write: (entry: AuditEntry) => void;
  /** Marks the entries of a dry run. */
  planned?: boolean;
}

/** Follows what several clients of one run write. */
export interface Audit {
  /** The same client, whose writes are recorded. */
  over(client: OmClient): OmClient;
}

/** What a write is about. */
export interface Subject
  extends Pick<AuditEntry, 'method' | 'entityType' | 'fqn' | 'key' | 'hashBefore' | 'hashAfter'> {
  /** What `hashBefore` is of, where it was read. */
  before?: unknown;
  /** The body, or the part of it that is about this. */
  after?: unknown;
}

const errorLength = 500;

/** Does a write and records it, with one entry per subject. */
export type Audited = <T>(
  subject: Subject | Subject[],
  work: () => Promise<T>,
  outcomeOf: (result: T) => AuditEntry['outcome'],
) => Promise<T>;

/** Names and hashes come from the answers that pass through, so that an audit costs no request. */
export function createAudit({ runId, now, write, planned = false }: AuditOptions): Audit {
  let principal: string | undefined;

  const record = (subject: Subject, outcome: AuditEntry['outcome'], error?: unknown) => {
    const { method, entityType, fqn, key, hashBefore, hashAfter } = subject;
    write({
      time: new Date(now()).toISOString(),
      runId,
      ...(principal === undefined ? {} : { principal }),
      method,
      entityType,
      fqn,
      ...(key === undefined ? {} : { key }),
      outcome,
      ...(hashBefore === undefined ? {} : { hashBefore }),
      ...(hashAfter === undefined ? {} : { hashAfter }),
      ...(error === undefined ? {} : { error: wordsOf(error) }),
      ...(planned ? { planned: true } : {}),
    });
  };

  const audited: Audited = async (subject, work, outcomeOf) => {
    const subjects = Array.isArray(subject) ? subject : [subject];
    let result: Awaited<ReturnType<typeof work>>;
    try {
      result = await work();
    } catch (error) {
      for (const each of subjects) record(each, 'failed', error);
      throw error;
    }
    for (const each of subjects) record(each, outcomeOf(result));
    return result;
  };

  const signedIn = (name: string) => {
    principal = name;
  };
  return { over: (client) => auditedClient(client, { audited, signedIn, known: createAuditMemory() }) };
}

function wordsOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return words.length > errorLength ? `${words.slice(0, errorLength)}…` : words;
}
