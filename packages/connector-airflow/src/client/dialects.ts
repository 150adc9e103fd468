/** How the API of a major version of Airflow differs from the other's: all of it is here. */
export interface Dialect {
  /** Below it lie the public endpoints. */
  root: '/api/v1' | '/api/v2';
  /** What a user name is good for. */
  signIn: 'basic' | 'token';
  /** What the version calls assets and their events, in paths, answers and parameters. */
  assets: { path: string; field: string; events: string; eventsOf: string };
  /** Rows of a page of task instances of one run; 2.x has no order there, so that only one page is safe (Airflow facts 5, 31). */
  instancesPage: number;
  /** Where edges between DAGs are, if anywhere (Airflow fact 24). */
  dependencies?: string;
  /** Pages of the UI. */
  pages: {
    dag: (dag: string) => string;
    task: (dag: string, task: string) => string;
    run: (dag: string, run: string) => string;
    taskRun: (dag: string, run: string, task: string) => string;
  };
}

const encode = encodeURIComponent;

/** The newest first: a server is of the first version whose `version` it answers. */
export const dialects: readonly Dialect[] = [
  {
    root: '/api/v2',
    signIn: 'token',
    assets: { path: '/assets', field: 'assets', events: 'asset_events', eventsOf: 'asset_id' },
    instancesPage: 100,
    dependencies: '/ui/dependencies',
    pages: {
      dag: (dag) => `/dags/${encode(dag)}`,
      task: (dag, task) => `/dags/${encode(dag)}/tasks/${encode(task)}`,
      run: (dag, run) => `/dags/${encode(dag)}/runs/${encode(run)}`,
      taskRun: (dag, run, task) => `/dags/${encode(dag)}/runs/${encode(run)}/tasks/${encode(task)}`,
    },
  },
  {
    root: '/api/v1',
    signIn: 'basic',
    assets: { path: '/datasets', field: 'datasets', events: 'dataset_events', eventsOf: 'dataset_id' },
    instancesPage: 100_000,
    pages: {
      dag: (dag) => `/dags/${encode(dag)}/grid`,
      task: (dag, task) => `/dags/${encode(dag)}/grid?task_id=${encode(task)}`,
      run: (dag, run) => `/dags/${encode(dag)}/grid?dag_run_id=${encode(run)}`,
      taskRun: (dag, run, task) =>
        `/dags/${encode(dag)}/grid?dag_run_id=${encode(run)}&task_id=${encode(task)}&tab=logs`,
    },
  },
];
