import { type Item, type Read, timeOf } from './lists.js';

/** What a list can be filtered and sorted by. `null` among the states stands for a task that was never looked at. */
export interface ListShape {
  /** Where the rows are in the answer. */
  field: string;
  /** `<name>_gte` and the like. */
  times: Readonly<Record<string, Read>>;
  /** As `times`, of numbers. */
  numbers?: Readonly<Record<string, Read>>;
  /** Any of the given values. */
  choices?: Readonly<Record<string, Read>>;
  /** The choice for which `none` stands for having no value. */
  nullable?: string;
  /** Parts of a text, with SQL's wildcards. */
  patterns?: Readonly<Record<string, Read>>;
  orders: Readonly<Record<string, Read>>;
  defaultOrder: string;
  /** What the server adds to every order. */
  tieBreaker?: Read;
}

const field =
  (name: string): Read =>
  (item) =>
    item[name];
const time =
  (name: string): Read =>
  (item) =>
    timeOf(item[name]);
const fields = (...names: string[]): Record<string, Read> =>
  Object.fromEntries(names.map((name) => [name, field(name)]));
const times = (...names: string[]): Record<string, Read> => Object.fromEntries(names.map((name) => [name, time(name)]));

/** Neither runs nor tasks show when they last changed: it is the latest of the times that they do show. */
const lastChange: Read = (item) =>
  Math.max(
    ...['end_date', 'last_scheduling_decision', 'start_date', 'queued_at', 'scheduled_when', 'queued_when'].map(
      (name) => timeOf(item[name]) ?? 0,
    ),
  );

/** Where a row stands in the dataset: rows are kept in the order of their ids. */
const position: Read = (item) => item['#position'];

export const withPosition = <T extends Item>(items: readonly T[]): T[] =>
  items.map((item, index) => Object.defineProperty({ ...item }, '#position', { value: index, enumerable: false }));

const nameOfTag = (tag: unknown): unknown => (tag as Item).name;

export const tagsOf = (dag: Item): unknown[] => ((dag.tags ?? []) as unknown[]).map(nameOfTag);

export const dagShape3: ListShape = {
  field: 'dags',
  times: {},
  choices: fields('bundle_name', 'bundle_version'),
  patterns: { dag_id_pattern: field('dag_id'), dag_display_name_pattern: field('dag_display_name') },
  orders: { ...fields('dag_id', 'dag_display_name'), next_dagrun: time('next_dagrun_logical_date') },
  defaultOrder: 'dag_id',
  tieBreaker: field('dag_id'),
};

export const dagShape2: ListShape = {
  field: 'dags',
  times: {},
  patterns: { dag_id_pattern: field('dag_id') },
  orders: fields('dag_id'),
  defaultOrder: 'dag_id',
};

const runOrders = {
  id: position,
  ...fields('state', 'dag_id'),
  dag_run_id: field('dag_run_id'),
  ...times('start_date', 'end_date'),
  updated_at: lastChange,
  conf: (item: Item) => JSON.stringify(item.conf),
};

export const runShape3: ListShape = {
  field: 'dag_runs',
  times: { ...times('run_after', 'logical_date', 'start_date', 'end_date'), updated_at: lastChange },
  choices: {
    ...fields('state', 'run_type'),
    // A run of a DAG without tasks shows no version.
    dag_version: (run) => (run.dag_versions as Item[] | undefined)?.[0]?.version_number ?? 1,
  },
  patterns: { run_id_pattern: field('dag_run_id'), triggering_user_name_pattern: field('triggering_user_name') },
  orders: {
    ...runOrders,
    run_id: field('dag_run_id'),
    ...times('logical_date', 'run_after'),
    duration: field('duration'),
  },
  defaultOrder: 'id',
  tieBreaker: position,
};

/** As `runShape3`, also by the DAG. */
export const runShapeByDag: ListShape = {
  ...runShape3,
  patterns: { ...runShape3.patterns, dag_id_pattern: field('dag_id') },
};

export const runShape2: ListShape = {
  field: 'dag_runs',
  times: { ...times('execution_date', 'start_date', 'end_date'), updated_at: lastChange },
  choices: fields('state'),
  orders: { ...runOrders, execution_date: time('execution_date'), external_trigger: field('external_trigger') },
  defaultOrder: 'id',
};

const instanceChoices = fields('state', 'pool', 'queue', 'executor');

export const instanceShape3: ListShape = {
  field: 'task_instances',
  nullable: 'state',
  times: { ...times('run_after', 'logical_date', 'start_date', 'end_date'), updated_at: lastChange },
  numbers: fields('duration'),
  choices: {
    ...instanceChoices,
    ...fields('task_id', 'try_number', 'map_index'),
    operator: field('operator_name'),
    version_number: (item) => (item.dag_version as Item | null)?.version_number,
  },
  patterns: { task_display_name_pattern: field('task_display_name') },
  orders: {
    ...fields('id', 'state', 'duration', 'map_index', 'try_number', 'rendered_map_index', 'operator'),
    ...times('start_date', 'end_date', 'logical_date', 'run_after'),
  },
  defaultOrder: 'map_index',
  tieBreaker: field('id'),
};

export const instanceShape2: ListShape = {
  field: 'task_instances',
  nullable: 'state',
  times: { ...times('execution_date', 'start_date', 'end_date'), updated_at: lastChange },
  numbers: fields('duration'),
  choices: instanceChoices,
  // The list has no order: the rows come as the database has them.
  orders: {},
  defaultOrder: '',
};

export const assetShape: ListShape = {
  field: 'assets',
  times: {},
  patterns: { name_pattern: field('name'), uri_pattern: field('uri') },
  orders: { ...fields('id', 'name', 'uri'), ...times('created_at', 'updated_at') },
  defaultOrder: 'id',
  tieBreaker: field('id'),
};

export const eventShape: ListShape = {
  field: 'asset_events',
  times: times('timestamp'),
  choices: fields('asset_id', 'source_dag_id', 'source_task_id', 'source_run_id', 'source_map_index'),
  orders: {
    ...fields('id', 'source_task_id', 'source_dag_id', 'source_run_id', 'source_map_index'),
    timestamp: time('timestamp'),
  },
  defaultOrder: 'timestamp',
  tieBreaker: field('id'),
};
