import { isInShard, type SourceEvent } from '@flowmeta/connector';
import { FailureStreak, mapInOrder } from '@flowmeta/connector/reading';
import { isHttpError } from '@flowmeta/http';
import { namelessDag, type UnreadableRow } from './client/airflow-client.js';
import { type Dag, isGone } from './client/wire.js';
import { fingerprintOf, toPipeline } from './pipeline.js';
import type { Reading } from './read.js';

export const unreadableDag = 'its DAG could not be read';

/** The pipelines by their names, and `listed` if every DAG of the list has a name. Fills the index. */
export async function* readPipelines(reading: Reading): AsyncGenerator<SourceEvent> {
  const { client, index, isYielded, concurrency, signal } = reading;
  const unreadable: UnreadableRow[] = [];
  const failures = new FailureStreak('Airflow');
  const dags = client.dags({ signal, onUnreadable: (row) => unreadable.push(row) });
  const unread: string[] = [];
  if (isYielded) {
    for await (const event of mapInOrder(dags, (dag) => pipelineEvent(dag, { ...reading, failures }), concurrency)) {
      if (event.kind === 'skipped') unread.push(event.ref);
      yield event;
    }
  } else {
    for await (const dag of dags) indexOnly(dag, reading);
  }
  for (const { ref, error } of unreadable) {
    unread.push(ref);
    index.set(ref, { leftOut: unreadableDag });
    yield { kind: 'skipped', ref, error };
  }
  if (!isYielded || unread.includes(namelessDag)) return;
  yield { kind: 'listed', scope: {}, ...(unread.length > 0 && { except: unread }) };
}

/** Why a DAG is not wanted, if it is not. */
function reasonAgainst(dag: Dag, { selection, shard }: Pick<Reading, 'selection' | 'shard'>): string | undefined {
  const isElsewhere = shard !== undefined && !isInShard(dag.dag_id, shard);
  return selection(dag) ?? (isElsewhere ? 'it is in another shard' : undefined);
}

const leftOut = (reason: string): string => `its pipeline is left out: ${reason}`;

/** Puts a DAG into the index; its tasks are asked for when a run of it is met. */
function indexOnly(dag: Dag, reading: Reading): void {
  const { client, index, signal } = reading;
  const { dag_id: name } = dag;
  const reason = reasonAgainst(dag, reading);
  let tasks: Promise<ReadonlySet<string>> | undefined;
  const read = async () => new Set((await client.tasks(name, { signal })).map(({ task_id }) => task_id));
  index.set(name, reason === undefined ? { tasks: () => (tasks ??= read()) } : { leftOut: leftOut(reason) });
}

type PipelineEvent = Extract<SourceEvent, { kind: 'pipeline' | 'unchanged' | 'filtered' | 'skipped' }>;

/** What becomes of one DAG of the list; it is in the index then. */
export async function pipelineEvent(dag: Dag, context: Reading & { failures: FailureStreak }): Promise<PipelineEvent> {
  const { index, failures } = context;
  const ref = dag.dag_id;
  const reason = reasonAgainst(dag, context);
  if (reason !== undefined) {
    index.set(ref, { leftOut: leftOut(reason) });
    return { kind: 'filtered', item: 'pipeline', ref, reason };
  }
  return failures.guard(readDag(dag, context), (error) => {
    index.set(ref, { leftOut: unreadableDag });
    return { kind: 'skipped', ref, error };
  });
}

/** One that goes while it is read is not there: nothing was lost. */
async function readDag(dag: Dag, context: Reading): Promise<PipelineEvent> {
  const { client, index, signal } = context;
  const { dag_id: ref } = dag;
  try {
    return await readWhole(dag, context);
  } catch (error) {
    if (!isHttpError(error) || error.status !== 404) throw error;
    const now = await client.dag(ref, { signal });
    if (now !== undefined && !isGone(now)) throw error;
    const reason = 'it was deleted while it was read';
    index.set(ref, { leftOut: reason });
    return { kind: 'filtered', item: 'pipeline', ref, reason };
  }
}

async function readWhole(dag: Dag, context: Reading): Promise<PipelineEvent> {
  const { client, server, redactor, index, lineage, known, now, signal } = context;
  const { dag_id: name } = dag;
  const [details, tasks] = await Promise.all([client.details(name, { signal }), client.tasks(name, { signal })]);
  const { address } = client;
  const pipeline = toPipeline({ dag, details, tasks }, { address, dialect: server.dialect, redactor, now: now() });
  const names = Promise.resolve(new Set(pipeline.tasks.map((task) => task.name)));
  index.set(name, { tasks: () => names });
  lineage?.define(name, tasks);
  const remembered = await known?.(name, fingerprintOf(pipeline));
  if (remembered === undefined) return { kind: 'pipeline', pipeline };
  const { displayName, sourceUrl, enabled } = pipeline;
  return {
    kind: 'unchanged',
    pipeline: {
      name,
      ...(displayName !== undefined && { displayName }),
      ...(sourceUrl !== undefined && { sourceUrl }),
      enabled,
      tasks: remembered.tasks,
      definition: pipeline,
    },
  };
}
