import { type IncrementalOptions, type SourceEvent, VerdictError } from '@flowmeta/connector';
import { FailureStreak, withNeighbours } from '@flowmeta/connector/reading';
import type { UnreadableRow } from './client/airflow-client.js';
import { type Dag, type DagRun, isGone } from './client/wire.js';
import type { Reading } from './read.js';
import { pipelineEvent } from './read-pipelines.js';
import { chooseRun, type FoundRun, neighboursOf, runEvents } from './read-runs.js';
import { partsOfRun, runName } from './run.js';

export interface SingleReading extends Reading {
  since: number;
  until: number;
}

/** Single DAGs with their runs of the window, and single runs with their DAGs. What is not there is `skipped`. */
export async function* readSingle(
  { pipelines = [], runs = [] }: NonNullable<IncrementalOptions['only']>,
  reading: SingleReading,
): AsyncGenerator<SourceEvent> {
  const { client, signal, since, until } = reading;
  const dags = new Map<string, Dag>();
  const named: DagRun[] = [];
  const find = async (name: string): Promise<Dag | undefined> => {
    const dag = dags.get(name) ?? (await client.dag(name, { signal }));
    if (dag === undefined || isGone(dag)) return undefined;
    dags.set(name, dag);
    return dag;
  };
  for (const name of new Set(pipelines)) {
    if ((await find(name)) === undefined) yield missing(name, `Airflow has no DAG ${name}`);
  }
  const searched = [...dags.keys()];
  for (const name of new Set(runs)) {
    const parts = partsOfRun(name);
    const run = parts && (await client.run(parts.dag, parts.run, { signal }));
    if (run === undefined) yield missing(name, `Airflow has no run ${name}: a run is named DAG/RUN`);
    else if ((await find(run.dag_id)) === undefined) yield missing(name, 'its DAG no longer exists');
    else named.push(run);
  }
  const failures = new FailureStreak('Airflow');
  for (const dag of dags.values()) yield await pipelineEvent(dag, { ...reading, failures });
  yield* runEvents(wanted(), reading);

  async function* wanted(): AsyncGenerator<FoundRun> {
    const unreadable: UnreadableRow[] = [];
    const options = { signal, onUnreadable: (row: UnreadableRow) => void unreadable.push(row) };
    const seen = new Set<string>();
    for (const dag of searched) {
      for await (const run of client.runs({ ...options, dag, ...withNeighbours({ since, until }) })) {
        for (const found of chooseRun(run, { since, until, index: reading.index })) {
          if ('run' in found) seen.add(runName(found.run));
          yield found;
        }
      }
    }
    for (const run of named) {
      if (seen.has(runName(run))) continue;
      yield { run };
      yield* neighboursOf(run, reading);
    }
    for (const { ref, error } of unreadable) yield { event: { kind: 'skipped', ref, error } };
  }
}

function missing(ref: string, message: string): SourceEvent {
  return { kind: 'skipped', ref, error: new VerdictError(message, { verdict: 'skip' }) };
}
