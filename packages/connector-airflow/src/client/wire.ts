import { z } from 'zod';

// What is read of Airflow's answers, and nothing else: unknown fields and values break no run.

const text = z.string().nullish();
const flag = z.boolean().nullish();
const name = z.string().min(1);

const schedule2 = z
  .object({
    __type: text,
    value: text,
    days: z.number().nullish(),
    seconds: z.number().nullish(),
  })
  .nullish();

/** A DAG as the list has it. */
export const dagSchema = z.object({
  dag_id: name,
  dag_display_name: text,
  description: text,
  is_paused: flag,
  /** Whether its file no longer has it: 3.x, and the contrary on 2.x. */
  is_stale: flag,
  is_active: flag,
  has_import_errors: flag,
  fileloc: text,
  relative_fileloc: text,
  /** 3.x. */
  timetable_summary: text,
  /** 2.x. */
  schedule_interval: schedule2,
  tags: z.array(z.object({ name: z.string() })).nullish(),
  owners: z.array(z.string()).nullish(),
  max_active_runs: z.number().nullish(),
});
export type Dag = z.output<typeof dagSchema>;

/** Whether it is on record only: its file no longer has it (Airflow facts 14, 36). */
export const isGone = ({ is_stale, is_active }: Dag): boolean => is_stale === true || is_active === false;

/** What only `details` has. */
export const detailsSchema = z.object({
  dag_id: name,
  doc_md: text,
  end_date: text,
  params: z.record(z.string(), z.unknown()).nullish(),
  latest_dag_version: z.object({ version_number: z.number().nullish() }).nullish(),
});
export type DagDetails = z.output<typeof detailsSchema>;

export const tasksSchema = z.object({
  tasks: z.array(
    z.object({
      task_id: name,
      task_display_name: text,
      doc_md: text,
      operator_name: text,
      class_ref: z.object({ module_path: text, class_name: text }).nullish(),
      downstream_task_ids: z.array(z.string()).nullish(),
    }),
  ),
});
export type DagTask = z.output<typeof tasksSchema>['tasks'][number];

export const runSchema = z.object({
  dag_id: name,
  dag_run_id: name,
  state: name,
  start_date: text,
  end_date: text,
  run_type: text,
  /** 3.x. */
  triggered_by: text,
  dag_versions: z.array(z.object({ version_number: z.number().nullish() })).nullish(),
});
export type DagRun = z.output<typeof runSchema>;

export const instanceSchema = z.object({
  dag_id: name,
  dag_run_id: name,
  task_id: name,
  map_index: z.number().nullish(),
  /** The operator's class, without its module. */
  operator: text,
  state: text,
  try_number: z.number().nullish(),
  start_date: text,
  end_date: text,
  /** Templates as the run filled them in. */
  rendered_fields: z.record(z.string(), z.unknown()).nullish(),
});
export type TaskInstance = z.output<typeof instanceSchema>;

export const triesSchema = z.object({ task_instances: z.array(z.object({ start_date: text })) });

const reference = z.object({ dag_id: name, task_id: text });

export const assetSchema = z.object({
  id: z.number().nullish(),
  /** 3.x; on 2.x the uri is the name. */
  name: text,
  uri: z.string(),
  producing_tasks: z.array(reference).nullish(),
  /** Tasks with the asset among their inlets; not told by 2.x. */
  consuming_tasks: z.array(reference).nullish(),
  /** DAGs that it sets off: 3.x, 2.x. */
  scheduled_dags: z.array(reference).nullish(),
  consuming_dags: z.array(reference).nullish(),
  /** Those by which tasks have written to it. */
  aliases: z.array(z.object({ name })).nullish(),
});
export type Asset = z.output<typeof assetSchema>;

/** A task has written an asset. */
export const assetEventSchema = z.object({
  id: z.number(),
  /** 3.x. */
  name: text,
  uri: text,
  /** 2.x. */
  dataset_uri: text,
  source_dag_id: text,
  source_task_id: text,
  /** Runs that it has set off, perhaps with others. */
  created_dagruns: z.array(z.object({ dag_id: name })).nullish(),
});
export type AssetEvent = z.output<typeof assetEventSchema>;

export const importErrorSchema = z.object({
  filename: z.string(),
  stack_trace: text,
});
export type ImportError = z.output<typeof importErrorSchema>;

export const dependenciesSchema = z.object({
  edges: z.array(z.object({ source_id: z.string(), target_id: z.string() })),
  nodes: z.array(z.object({ id: z.string(), label: text, type: text })),
});
export type Dependencies = z.output<typeof dependenciesSchema>;

export const versionSchema = z.object({ version: name });
export const tokenSchema = z.object({ access_token: name });
