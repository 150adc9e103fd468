import type { IncrementalOptions, RememberedRun, SourceEvent } from '@flowmeta/connector';
import { FailureStreak, mapInOrder, withNeighbours } from '@flowmeta/connector/reading';
import type { UnreadableRow } from './client/airflow-client.js';
import type { DagRun, TaskInstance } from './client/wire.js';
import type { Reading } from './read.js';
import { unreadableDag } from './read-pipelines.js';
import { partsOfRun, runName, toRun } from './run.js';
import { instantOf } from './states.js';

export interface RunReading extends Reading {
  since: number;
  until: number;
  incremental: Pick<IncrementalOptions, 'refresh' | 'openRuns' | 'runsSince'>;
}

/** Runs whose task instances are asked for in one request. */
export const batchSize = 25;
/** Batches are large: so many at a time, at most. */
const mostBatches = 3;
/** Up to so many DAGs are searched one by one. */
const mostSearches = 20;

/** The runs of the window, what is wanted of before it, and a checkpoint if all of them could be read. */
export async function* readRuns(reading: RunReading): AsyncGenerator<SourceEvent> {
  const { until } = reading;
  let isComplete = true;
  for await (const event of runEvents(runsOf(reading), reading)) {
    if (event.kind === 'skipped') isComplete = false;
    yield event;
  }
  // After a checkpoint nothing before it is read again: a run that was skipped would be lost for good.
  if (isComplete) yield { kind: 'checkpoint', cursor: { until } };
}

/** A run of the source, one that could not be read, or one that it no longer has. */
export type FoundRun = { run: DagRun } | { event: SourceEvent };

/** What becomes of runs, in their order; each once. */
export async function* runEvents(runs: AsyncIterable<FoundRun>, reading: Reading): AsyncGenerator<SourceEvent> {
  const failures = new FailureStreak('Airflow');
  const unknownStates = new Set<string>();
  const concurrency = Math.min(reading.concurrency, mostBatches);
  const batches = inBatches(chosen(runs, reading));
  const results = mapInOrder(
    batches,
    (batch) => readBatch(batch, { ...reading, failures, unknownStates }),
    concurrency,
  );
  for await (const events of results) yield* events;
}

async function* runsOf(reading: RunReading): AsyncGenerator<FoundRun> {
  const { client, index, since, until, incremental, signal } = reading;
  const unreadable: UnreadableRow[] = [];
  const options = { signal, onUnreadable: (row: UnreadableRow) => void unreadable.push(row) };
  const flush = function* (): Generator<FoundRun> {
    for (const { ref, error } of unreadable.splice(0)) yield { event: { kind: 'skipped', ref, error } };
  };
  /** Only what may come twice is remembered, so that memory does not grow with the window. */
  const seen = new Set<string>();
  const isNew = (run: DagRun): boolean => {
    const ref = runName(run);
    if (seen.has(ref)) return false;
    seen.add(ref);
    return true;
  };
  if (incremental.openRuns === true) {
    // Also what has ended since, or what a person has called failed.
    for (const search of [{ states: ['running'] }, { changedSince: since }]) {
      for await (const run of client.runs({ ...options, until: since, ...search })) {
        const dag = index.get(run.dag_id);
        // Those that nobody wants are not even counted: the window of an ordinary read doesn't show them either.
        if (dag && !('leftOut' in dag) && isNew(run)) yield { run };
      }
      yield* flush();
    }
  }
  for (const remembered of incremental.refresh ?? []) {
    // What is still open, or has ended since, was told just now.
    if (remembered.startedAt >= since || seen.has(remembered.run)) continue;
    seen.add(remembered.run);
    yield* remembers(remembered, reading);
  }
  const behind = await dagsBehind(reading);
  if (behind.size > mostSearches) {
    const earlier = { since: Math.min(...behind.values()), until: since };
    for await (const run of client.runs({ ...options, ...withNeighbours(earlier) })) {
      if (behind.has(run.dag_id)) yield* chooseRun(run, { ...earlier, index, isWanted: isNew });
    }
  } else {
    for (const [dag, from] of behind) {
      const earlier = { since: from, until: since };
      for await (const run of client.runs({ ...options, dag, ...withNeighbours(earlier) })) {
        yield* chooseRun(run, { ...earlier, index, isWanted: isNew });
      }
    }
  }
  yield* flush();
  // One that has not started may be in any part of the window.
  const isWanted = (run: DagRun) => (instantOf(run.start_date) === undefined ? isNew(run) : !seen.has(runName(run)));
  for await (const run of client.runs({ ...options, ...withNeighbours({ since, until }) })) {
    yield* chooseRun(run, { since, until, index, isWanted });
  }
  yield* flush();
}

async function* remembers({ run: name, pipeline }: RememberedRun, reading: RunReading): AsyncGenerator<FoundRun> {
  const { client, index, signal } = reading;
  const dag = index.get(pipeline);
  if (dag !== undefined && 'leftOut' in dag) return;
  const parts = partsOfRun(name);
  const run = parts && (await client.run(parts.dag, parts.run, { signal }));
  yield run ? { run } : { event: { kind: 'gone', run: name } };
}

interface Choice {
  since: number;
  until: number;
  index: Reading['index'];
  isWanted?: (run: DagRun) => boolean;
}

/** A run of the window if it is wanted, or of another one as a neighbour. One that has not started is in every window. */
export function* chooseRun(run: DagRun, { since, until, index, isWanted = () => true }: Choice): Generator<FoundRun> {
  const startedAt = instantOf(run.start_date);
  if (startedAt !== undefined && (startedAt < since || startedAt >= until)) yield* asNeighbour(run, index);
  else if (isWanted(run)) yield { run };
}

/** What is said of a run that is there and not wanted; nothing where its DAG is not, either. */
function* asNeighbour(run: DagRun, index: Reading['index']): Generator<FoundRun> {
  const startedAt = instantOf(run.start_date);
  const dag = index.get(run.dag_id);
  if (startedAt === undefined || dag === undefined || 'leftOut' in dag) return;
  yield { event: { kind: 'neighbour', run: { id: runName(run), pipeline: run.dag_id, startedAt } } };
}

/** The neighbours of a run that is read alone. */
export async function* neighboursOf(run: DagRun, { client, index, signal }: Reading): AsyncGenerator<FoundRun> {
  const startedAt = instantOf(run.start_date);
  if (startedAt === undefined) return;
  // One of them that can't be read is told where it is wanted.
  const search = { dag: run.dag_id, ...withNeighbours({ since: startedAt, until: startedAt }), signal };
  for await (const each of client.runs({ ...search, onUnreadable: () => undefined })) {
    if (runName(each) !== runName(run)) yield* asNeighbour(each, index);
  }
}

async function dagsBehind({ index, since, incremental }: RunReading): Promise<Map<string, number>> {
  const behind = new Map<string, number>();
  if (incremental.runsSince === undefined) return behind;
  for (const [dag, entry] of index) {
    if ('leftOut' in entry) continue;
    const from = await incremental.runsSince(dag);
    if (from < since) behind.set(dag, from);
  }
  return behind;
}

/** Sorts out runs whose pipeline was left out or no longer exists, and those that have not started. */
async function* chosen(runs: AsyncIterable<FoundRun>, { index }: Pick<Reading, 'index'>): AsyncGenerator<FoundRun> {
  for await (const found of runs) {
    if ('event' in found) {
      yield found;
      continue;
    }
    const { run } = found;
    const dag = index.get(run.dag_id);
    const reason =
      dag === undefined
        ? 'its pipeline no longer exists'
        : 'leftOut' in dag
          ? dag.leftOut
          : instantOf(run.start_date) === undefined
            ? 'it has not started yet'
            : undefined;
    yield reason === undefined ? found : { event: leftOut(run, reason) };
  }
}

const leftOut = (run: DagRun, reason: string): SourceEvent => ({
  kind: 'filtered',
  item: 'run',
  ref: runName(run),
  reason,
});

async function* inBatches(runs: AsyncIterable<FoundRun>): AsyncGenerator<FoundRun[]> {
  let batch: FoundRun[] = [];
  for await (const run of runs) {
    batch.push(run);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

interface BatchReading extends Reading {
  failures: FailureStreak;
  unknownStates: Set<string>;
}

async function readBatch(batch: readonly FoundRun[], reading: BatchReading): Promise<SourceEvent[]> {
  const { client, signal, failures } = reading;
  const runs = batch.flatMap((found) => ('run' in found ? [found.run] : []));
  const unreadable = new Map<string, Error>();
  const options = { signal, onUnreadable: ({ ref, error }: UnreadableRow) => void unreadable.set(ref, error) };
  const instances = runs.length === 0 ? [] : await failures.guard(client.instances(runs, options), () => undefined);
  const byRun = new Map<string, TaskInstance[]>();
  for (const instance of instances ?? []) {
    const of = runName(instance);
    byRun.set(of, [...(byRun.get(of) ?? []), instance]);
  }
  const events: SourceEvent[] = [];
  for (const found of batch) {
    if ('event' in found) {
      events.push(found.event);
      continue;
    }
    const { run } = found;
    const ref = runName(run);
    const work = async (): Promise<SourceEvent[]> => {
      const bad = unreadable.get(ref);
      if (bad) throw bad;
      // One of many runs may be what the server stumbles over.
      const own = instances
        ? (byRun.get(ref) ?? [])
        : await collect(client.instancesOf(run, { signal, onUnreadable: rethrow }));
      return runEvent(run, own, reading);
    };
    events.push(...(await failures.guard(work(), (error): SourceEvent[] => [{ kind: 'skipped', ref, error }])));
  }
  return events;
}

async function runEvent(
  run: DagRun,
  instances: readonly TaskInstance[],
  reading: BatchReading,
): Promise<SourceEvent[]> {
  const { client, server, index, lineage, unknownStates, failures, signal } = reading;
  const { dag_id: ref } = run;
  const dag = index.get(ref);
  if (dag === undefined) return [];
  // By a run of the same batch.
  if ('leftOut' in dag) return [leftOut(run, dag.leftOut)];
  let failure: Error | undefined;
  const tasks = await failures.guard(dag.tasks(), (error) => {
    failure = error;
    index.set(ref, { leftOut: unreadableDag });
    return new Set<string>();
  });
  if (failure) return [{ kind: 'skipped', ref, error: failure }];
  const warnings: SourceEvent[] = [];
  const onUnknownState = (word: string) => {
    if (unknownStates.has(word)) return;
    unknownStates.add(word);
    const message = `Airflow has a state that is not known here: ${word}`;
    warnings.push({ kind: 'warning', ref: run.dag_id, message });
  };
  const tryStarts = new Map<TaskInstance, readonly number[]>();
  for (const instance of instances) {
    // The list has the start of the last try only.
    const isWanted = (instance.try_number ?? 0) > 1 && tasks.has(instance.task_id);
    if (isWanted) tryStarts.set(instance, await client.tryStarts(instance, { signal }));
  }
  const { address } = client;
  const { dialect } = server;
  const event: SourceEvent = {
    kind: 'run',
    run: toRun(run, instances, { address, dialect, tasks, tryStarts, onUnknownState }),
  };
  return [...warnings, event, ...(lineage?.evidence(instances) ?? [])];
}

function rethrow({ error }: UnreadableRow): never {
  throw error;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
