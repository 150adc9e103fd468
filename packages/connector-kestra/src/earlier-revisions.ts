import type { KestraClient } from '@flowmeta/kestra-client';
import { taskTree } from './constructs.js';
import { flowFromSource } from './flow-source.js';
import { tasksOf } from './task-graph.js';

/** The tasks of earlier revisions of flows: their types by their ids, in the order of the definition. */
export interface EarlierRevisions {
  /** `undefined` where they can't be known: the revision is gone or unreadable, or too many were asked for. */
  tasksOf(flow: { namespace: string; id: string; revision: number }): Promise<ReadonlyMap<string, string> | undefined>;
  /** Whether more revisions were wanted than may be asked for. */
  readonly isExhausted: boolean;
}

/** Asks for each revision once, and for `limit` of them in all. Rejects only when the signal is aborted. */
export function earlierRevisions(
  client: Pick<KestraClient, 'flow'>,
  { limit, signal }: { limit: number; signal: AbortSignal },
): EarlierRevisions {
  const known = new Map<string, Promise<ReadonlyMap<string, string> | undefined>>();
  let isExhausted = false;
  return {
    get isExhausted() {
      return isExhausted;
    },
    async tasksOf({ namespace, id, revision }) {
      const key = JSON.stringify([namespace, id, revision]);
      const before = known.get(key);
      if (before !== undefined) return before;
      if (known.size >= limit) {
        isExhausted = true;
        return undefined;
      }
      const asked = readTasks(client, { namespace, id, revision, signal });
      known.set(key, asked);
      return asked;
    },
  };
}

async function readTasks(
  client: Pick<KestraClient, 'flow'>,
  { namespace, id, revision, signal }: { namespace: string; id: string; revision: number; signal: AbortSignal },
): Promise<ReadonlyMap<string, string> | undefined> {
  try {
    const answer = await client.flow(namespace, id, { revision, signal });
    // A server that ignored the revision would tell the types of now.
    if (answer?.revision !== revision) return undefined;
    const flow = answer.exception === undefined ? answer : flowFromSource(answer.source ?? '', answer);
    return new Map(tasksOf(taskTree(flow)).map(({ task }) => [task.id, task.type]));
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
