import type { AirflowDataset } from '../types.js';
import type { Item } from './lists.js';
import type { Manner } from './request.js';
import { withPosition } from './shapes.js';

/** What a handler reads: the data, the version's manner and the clock. */
export interface AirflowState {
  dataset: AirflowDataset;
  manner: Manner;
  /** By DAG id, in the order of the ids. */
  dags: ReadonlyMap<string, AirflowDataset['dags'][number]>;
  runs: readonly Item[];
  taskInstances: readonly Item[];
  /** Below it lie the public endpoints. */
  root: string;
  /** Current time, ms. */
  now: () => number;
}

export function stateOf(dataset: AirflowDataset, now: () => number): AirflowState {
  const three = !dataset.version.startsWith('2.');
  return {
    dataset,
    manner: { three, defaultLimit: three ? 50 : 100, maximumLimit: 100 },
    dags: new Map(dataset.dags.map((entry) => [entry.dag.dag_id, entry])),
    runs: withPosition(dataset.runs),
    taskInstances: withPosition(dataset.taskInstances),
    root: three ? '/api/v2' : '/api/v1',
    now,
  };
}
