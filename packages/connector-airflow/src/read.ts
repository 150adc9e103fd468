import type { IncrementalOptions, ReadOptions, Shard, SourceEvent } from '@flowmeta/connector';
import type { Redactor } from '@flowmeta/redact';
import type { AirflowClient, AirflowServer, UnreadableRow } from './client/airflow-client.js';
import type { DatabasePlace } from './lineage/asset-uri.js';
import { createLineageBook, type LineageBook } from './lineage/lineage-book.js';
import { readPipelines } from './read-pipelines.js';
import { readRuns } from './read-runs.js';
import { readSingle } from './read-single.js';
import type { Selection } from './selection.js';

/** What one read works with. */
export interface ReadContext {
  client: AirflowClient;
  redactor: Pick<Redactor, 'text' | 'value'>;
  selection: Selection;
  /** What the connections of tasks lead to, by their names. */
  places: ReadonlyMap<string, DatabasePlace>;
  concurrency: number;
  /** Current time, ms. */
  now: () => number;
  signal: AbortSignal;
}

/** All that is remembered of the DAGs while runs are read: the names of their tasks, read when they are wanted, or why nothing is. */
export type DagIndex = Map<string, { tasks: () => Promise<ReadonlySet<string>> } | { leftOut: string }>;

/** What a connection keeps from one read for the next. */
export interface LastDefinitions {
  index?: DagIndex;
}

export interface Reading extends ReadContext {
  server: AirflowServer;
  index: DagIndex;
  /** False when only the index is wanted. */
  isYielded: boolean;
  known: IncrementalOptions['known'];
  /** Absent when all pipelines are wanted. */
  shard?: Shard;
  /** Absent when lineage isn't wanted. */
  lineage?: LineageBook;
}

/** One read: pipelines, `listed`, the lineage that definitions show, runs, the lineage that runs show, `linked`, and a checkpoint. */
export async function* readEvents(
  options: ReadOptions,
  { last, ...context }: ReadContext & { last: LastDefinitions },
): AsyncGenerator<SourceEvent> {
  const { client, signal } = context;
  if (options.namespaces !== undefined) {
    yield { kind: 'warning', message: 'Airflow has no namespaces, and some were asked for: nothing is read.' };
    return;
  }
  const server = await client.server({ signal });
  const isYielded = options.pipelines !== false;
  const { shard, known } = options;
  const reading: Reading = { ...context, server, index: new Map(), isYielded, known, ...(shard && { shard }) };
  if (options.only !== undefined) {
    yield* readSingle(options.only, { ...reading, isYielded: true, known: undefined, ...window(options) });
    return;
  }
  // Of a part of the definitions nothing could be said: without pipelines there is no lineage either.
  const hasLineage = isYielded && options.lineage !== false && shard === undefined;
  const lineage = hasLineage ? createLineageBook(context) : undefined;
  const earlier = !isYielded && shard === undefined && options.sameDefinitions === true ? last.index : undefined;
  const whole: Reading = { ...reading, ...(earlier && { index: earlier }), ...(lineage && { lineage }) };
  let isComplete = false;
  if (earlier === undefined) {
    for await (const event of readPipelines(whole)) {
      if (event.kind === 'listed') isComplete = event.except === undefined;
      yield event;
    }
    if (shard === undefined) last.index = whole.index;
  }
  if (isYielded) yield* importWarnings(whole);
  if (lineage) yield* lineage.definitions(whole);
  let checkpoint: SourceEvent | undefined;
  if (options.runs !== false) {
    for await (const event of readRuns({ ...whole, ...window(options), incremental: options })) {
      if (event.kind === 'checkpoint') checkpoint = event;
      else yield event;
    }
  }
  if (lineage) yield* lineage.resolve(isComplete);
  if (checkpoint) yield checkpoint;
}

const window = ({ since, until }: ReadOptions) => ({ since, until });

/** A file that Airflow can't import may have had DAGs that are not seen now. */
async function* importWarnings({ client, redactor, signal }: Reading): AsyncGenerator<SourceEvent> {
  const unreadable: UnreadableRow[] = [];
  try {
    for await (const { filename, stack_trace } of client.importErrors({
      signal,
      onUnreadable: (row) => unreadable.push(row),
    })) {
      const lines = (stack_trace ?? '').trim().split('\n');
      const reason = redactor.text(lines.at(-1)?.trim() ?? '');
      const message = `Airflow cannot import ${filename}${reason === '' ? '' : `: ${reason}`}. DAGs of this file may be missing; none of them is deleted.`;
      yield { kind: 'warning', ref: filename, message };
    }
  } catch (error) {
    signal.throwIfAborted();
    const message = `Import errors can't be read, so that no DAG is deleted: ${(error as Error).message}`;
    yield { kind: 'warning', message };
  }
  for (const { ref, error } of unreadable)
    yield { kind: 'warning', ref: `import error ${ref}`, message: error.message };
}
