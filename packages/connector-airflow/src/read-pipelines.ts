import type { SourceEvent } from '@flowmeta/connector';
import { FailureStreak, mapInOrder } from '@flowmeta/connector/reading';
import { namelessDag, type UnreadableRow } from './client/airflow-client.js';
import type { Dag } from './client/wire.js';
import { fingerprintOf, toPipeline } from './pipeline.js';
import type { Reading } from './read.js';

const unreadableDag = 'its DAG could not be read';

/** The pipelines by their names, and `listed` if every DAG of the list has a name. Fills the index. */
export async function* readPipelines(reading: Reading): AsyncGenerator<SourceEvent> {
  const { client, index, isYielded, concurrency, signal } = reading;
  const unreadable: UnreadableRow[] = [];
  const failures = new FailureStreak('Airflow');
  const dags = client.dags({ signal, onUnreadable: (row) => unreadable.push(row) });
  const unread: string[] = [];
  for await (const event of mapInOrder(dags, (dag) => pipelineEvent(dag, { ...reading, failures }), concurrency)) {
    if (event.kind === 'skipped') unread.push(event.ref);
    if (isYielded || event.kind === 'skipped') yield event;
  }
  for (const { ref, error } of unreadable) {
    unread.push(ref);
    index.set(ref, { leftOut: unreadableDag });
    yield { kind: 'skipped', ref, error };
  }
  if (!isYielded || unread.includes(namelessDag)) return;
  yield { kind: 'listed', scope: {}, ...(unread.length > 0 && { except: unread }) };
}

type PipelineEvent = Extract<SourceEvent, { kind: 'pipeline' | 'unchanged' | 'filtered' | 'skipped' }>;

/** What becomes of one DAG of the list; it is in the index then. */
export async function pipelineEvent(dag: Dag, context: Reading & { failures: FailureStreak }): Promise<PipelineEvent> {
  const { selection, index, failures } = context;
  const ref = dag.dag_id;
  const reason = selection(dag);
  if (reason !== undefined) {
    index.set(ref, { leftOut: `its pipeline is left out: ${reason}` });
    return { kind: 'filtered', item: 'pipeline', ref, reason };
  }
  return failures.guard(readDag(dag, context), (error) => {
    index.set(ref, { leftOut: unreadableDag });
    return { kind: 'skipped', ref, error };
  });
}

async function readDag(dag: Dag, context: Reading): Promise<PipelineEvent> {
  const { client, server, redactor, index, lineage, isYielded, known, now, signal } = context;
  const { dag_id: name } = dag;
  const [details, tasks] = await Promise.all([
    isYielded ? client.details(name, { signal }) : { dag_id: name },
    client.tasks(name, { signal }),
  ]);
  const { address } = client;
  const pipeline = toPipeline(
    { dag, details: details as Parameters<typeof toPipeline>[0]['details'], tasks },
    { address, dialect: server.dialect, redactor, now: now() },
  );
  index.set(name, { tasks: new Set(pipeline.tasks.map((task) => task.name)) });
  lineage?.define(name, tasks);
  const remembered = isYielded ? await known?.(name, fingerprintOf(pipeline)) : undefined;
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
    },
  };
}
