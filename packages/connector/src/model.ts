/**
 * The pipeline model: what a connector says about an orchestrator, in words that belong to no orchestrator.
 * All instants are Unix epoch milliseconds (UTC), all durations milliseconds.
 */

/** One definition: a Kestra flow, an Airflow DAG. */
export interface Pipeline {
  /** Unique within the service and stable over time; becomes the name in the catalog, e.g. `company.team.daily`. */
  name: string;
  displayName?: string;
  /** Markdown. */
  description?: string;
  /** The folder or namespace that the source keeps it in. */
  namespace?: string;
  /** Opens the definition in the source's own UI. Absolute, without credentials. */
  sourceUrl?: string;
  /** False when the source will not run it: disabled, paused. */
  enabled: boolean;
  /** Changes whenever the definition changes, e.g. Kestra's revision number. */
  revision?: string;
  /** In the order of the definition. Names are unique. */
  tasks: Task[];
  /** Between names in `tasks`; nothing dangles, nothing twice, no loop of a task to itself. */
  edges: TaskEdge[];
  /** Only what is in force: a disabled schedule is left out. */
  schedules: Schedule[];
  labels: Label[];
  owners: OwnerReference[];
  inputs: PipelineInput[];
  /** How many runs may go on at once. */
  concurrency?: number;
  /** Why this is less than the whole truth, e.g. the server could not parse the definition. */
  degraded?: string;
}

export interface Task {
  name: string;
  displayName?: string;
  description?: string;
  /** The source's own type name, canonical spelling, e.g. `io.kestra.plugin.core.log.Log`. */
  type?: string;
  sourceUrl?: string;
  /** SQL that the task runs, without secrets. */
  sql?: string;
  /** False when the task is switched off in the definition. */
  enabled: boolean;
  /** The branch it belongs to when that is not the main one. */
  branch?: 'error' | 'finally' | 'afterExecution';
}

/** `to` starts after `from`. */
export interface TaskEdge {
  from: string;
  to: string;
}

export interface Schedule {
  /** The trigger's id in the source. */
  id: string;
  /** Cron of five fields, of six (seconds first), or a nickname such as `@daily`, as the source has it. */
  cron: string;
  /** IANA name; absent means the server's own. */
  timezone?: string;
}

export interface Label {
  key: string;
  value: string;
}

/** Somebody who owns a pipeline, by the name or e-mail that the catalog may know. */
export interface OwnerReference {
  name: string;
  /** Where the reference came from, for the report, e.g. `label owner`. */
  origin: string;
}

export interface PipelineInput {
  name: string;
  type?: string;
  required: boolean;
  description?: string;
}

/**
 * `queued`, `running` and `paused` are open; the others are final. `unknown` is a state that the connector has no word
 * for: it counts as open until the run has an end.
 */
export type RunState =
  | 'queued'
  | 'running'
  | 'paused'
  | 'succeeded'
  | 'warning'
  | 'failed'
  | 'cancelled'
  | 'skipped'
  | 'unknown';

/** One execution of a pipeline. */
export interface Run {
  /** Unique within the service. */
  id: string;
  /** `Pipeline.name`. */
  pipeline: string;
  state: RunState;
  /** The source's own word, e.g. `KILLED`. */
  sourceState: string;
  /** When it was created, ms. */
  startedAt: number;
  /** ms; absent while it is open. */
  endedAt?: number;
  /** The revision of the definition that ran. */
  revision?: string;
  /** Opens the run in the source's own UI. */
  url?: string;
  trigger?: RunTrigger;
  /** The same for all runs that one run set off. */
  correlationId?: string;
  /** One per task that has run, only tasks of the pipeline unless earlier revisions were asked for. */
  taskRuns: TaskRun[];
}

export interface RunTrigger {
  /** The trigger's id in the source. */
  id?: string;
  type?: string;
  /** The run that set this one off, when it was one. */
  upstream?: { pipeline: string; run?: string };
}

/** All attempts and iterations of one task in one run, as one. */
export interface TaskRun {
  /** `Task.name`. */
  task: string;
  /** The task's type when it ran, where an earlier revision of the definition was asked for it. */
  type?: string;
  state: RunState;
  sourceState: string;
  /** Start of the first attempt, ms. */
  startedAt?: number;
  /** End of the last attempt, ms; absent while one is open. */
  endedAt?: number;
  /** Attempts over all iterations, retries included. */
  attempts: number;
  /** Those of `attempts` that tried an iteration again; absent when they can't be told from iterations. */
  retries?: number;
  /** Opens the task's log in the source's own UI. */
  url?: string;
}

/**
 * Data outside the orchestrator as the source speaks of it. What the catalog calls it is found out later, by whoever writes
 * there. Names are as the platform stores them, without quotes and without credentials.
 */
export type Dataset = DatasetPlace &
  (
    | { kind: 'table'; database?: string; schema?: string; name: string }
    /** A file, a folder or a pattern of files. `path` is without a leading slash; empty for all of the bucket. */
    | { kind: 'container'; bucket: string; path: string }
    | { kind: 'topic'; name: string }
    | { kind: 'searchIndex'; name: string }
  );

export interface DatasetPlace {
  /** The system that holds it, lower case: `postgres`, `snowflake`, `bigquery`, `s3`, `gcs`, `kafka` … */
  platform: string;
  /**
   * What the source calls the server, the most precise first: a url without credentials and parameters, host and port, or the
   * template that stands for it, e.g. `{{ secret('PG_URL') }}`; last what comes with it, such as the task's type. A user may map
   * each of them to a service of the catalog. Empty where the source says nothing.
   */
  connections: readonly string[];
}

/** A pipeline, a dataset as the source speaks of it, or an entity that the source already names as the catalog does. */
export type EntityReference =
  /** `external`: the source names it and doesn't have it; another service of the catalog may. */
  | { kind: 'pipeline'; name: string; external?: boolean }
  | { kind: 'dataset'; dataset: Dataset }
  /** Without a type, tables come first, then topics, containers, search indexes and dashboards. */
  | { kind: 'entity'; fqn: string; type?: 'table' | 'topic' | 'container' | 'searchIndex' | 'dashboard' };

/** `to` takes what `from` made. */
export interface LineageEdge {
  from: EntityReference;
  to: EntityReference;
  /** The pipeline that moves the data, for edges between datasets. */
  pipeline?: string;
  /** How the edge came about, e.g. `Kestra Flow trigger: on_cron_etl`, `Kestra task load: SQL`. */
  description: string;
  /** The statement that moves the data, without secrets. */
  sql?: string;
  /** Between two tables: which columns flow into which. */
  columns?: ColumnMapping[];
  /** `run`: only runs show it, so that its absence in a later read says nothing. Default `definition`. */
  evidence?: 'definition' | 'run';
}

/** The values of columns of `from` that flow into one column of `to`. `*` to `*`: each into its namesake. */
export interface ColumnMapping {
  from: string[];
  to: string;
  /** How the value is computed, where it is not a plain column; without texts, which may be secrets. */
  expression?: string;
  /** For `*`: columns of the source that do not flow. */
  except?: string[];
}

/** Lineage that could not be found out or not be placed in the catalog, and what the user may do about it. */
export interface LineageGap {
  /** The pipeline that it is about. */
  pipeline: string;
  task?: string;
  /**
   * `template`: a name that only a run fills in. `sql`: a statement that could not be read. `hidden`: it is written outside of the
   * definition, e.g. in a dbt project. `connection`: the server is not known. `missing`: the catalog has no such entity.
   * `ambiguous`: it has several.
   */
  reason: 'template' | 'sql' | 'hidden' | 'connection' | 'missing' | 'ambiguous';
  message: string;
  hint?: string;
  /** The entities of the catalog that it may be. */
  candidates?: string[];
}

/** What one read was asked to cover: only within it may anything be called gone. */
export interface Scope {
  /** Namespaces that were read; absent means all. */
  namespaces?: string[];
}
