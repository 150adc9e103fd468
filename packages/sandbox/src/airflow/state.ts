import type { AirflowDataset } from '../types.js';
import type { Item } from './lists.js';
import { type Manner, mannerOf } from './manner.js';
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
  const manner = mannerOf(dataset.version);
  return {
    dataset,
    manner,
    dags: new Map(dataset.dags.map((entry) => [entry.dag.dag_id, entry])),
    runs: withPosition(dataset.runs),
    taskInstances: withPosition(dataset.taskInstances),
    root: manner.three ? '/api/v2' : '/api/v1',
    now,
  };
}
