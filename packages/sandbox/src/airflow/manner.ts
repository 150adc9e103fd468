import { type AirflowRefusal, crash, databaseError } from './answers.js';

/** What versions do each in its own way. */
export interface Manner {
  three: boolean;
  /** Page size where none is asked for, and the largest one; nothing where there is no largest one. */
  defaultLimit: number;
  maximumLimit?: number;
  /** Values that a filter of runs may have; others are refused. */
  knownOfRuns: { state?: readonly string[]; run_type?: readonly string[] };
  taskStates: readonly string[];
  /** What fails in the server's database. */
  failure: () => AirflowRefusal;
  /** When something starts that has not started yet, or ends, for a filter of a query: now, or later than anything that is asked for. */
  open: 'now' | 'never';
  /** Whether the list of task instances has what their templates became. */
  rendersInLists: boolean;
  /** Whether runs can be filtered by a part of their DAG's id. */
  runsByDagPattern: boolean;
  /** What `dag_run_state` of a DAG looks at. */
  dagRunState: 'any run' | 'last run';
  /** Whether a run can be asked for in all DAGs. */
  runOfAnyDag: boolean;
  /** How messages spell it. */
  dagWord: 'DAG' | 'Dag';
}

const two: Manner = {
  three: false,
  defaultLimit: 100,
  maximumLimit: 100,
  knownOfRuns: {},
  taskStates: [
    'removed',
    'scheduled',
    'queued',
    'running',
    'success',
    'restarting',
    'failed',
    'up_for_retry',
    'up_for_reschedule',
    'upstream_failed',
    'skipped',
    'deferred',
  ],
  failure: crash,
  open: 'never',
  rendersInLists: true,
  runsByDagPattern: false,
  dagRunState: 'any run',
  runOfAnyDag: true,
  dagWord: 'DAG',
};

const three: Manner = {
  ...two,
  three: true,
  defaultLimit: 50,
  knownOfRuns: {
    state: ['queued', 'running', 'success', 'failed'],
    run_type: ['backfill', 'scheduled', 'manual', 'asset_triggered'],
  },
  open: 'now',
  rendersInLists: false,
};

/** The newest first: a server is of the first version that is no newer than it is. */
const manners: readonly (readonly [version: string, manner: Manner])[] = [
  [
    '3.3',
    {
      ...three,
      knownOfRuns: {
        ...three.knownOfRuns,
        run_type: ['backfill', 'scheduled', 'manual', 'operator_triggered', 'asset_triggered', 'asset_materialization'],
      },
      taskStates: [...three.taskStates, 'awaiting_input'],
      failure: databaseError,
      open: 'never',
      rendersInLists: true,
      runsByDagPattern: true,
      dagRunState: 'last run',
      runOfAnyDag: false,
      dagWord: 'Dag',
    },
  ],
  ['3.0', three],
];

export function mannerOf(version: string): Manner {
  const isAtLeast = (other: string): boolean => version.localeCompare(other, 'en', { numeric: true }) >= 0;
  return manners.find(([from]) => isAtLeast(from))?.[1] ?? two;
}
