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
  /** One per task that has run, only tasks of the pipeline. */
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
  state: RunState;
  sourceState: string;
  /** Start of the first attempt, ms. */
  startedAt?: number;
  /** End of the last attempt, ms; absent while one is open. */
  endedAt?: number;
  /** Attempts over all iterations, retries included. */
  attempts: number;
  /** Opens the task's log in the source's own UI. */
  url?: string;
}

/** A table, file or topic outside the orchestrator, or a pipeline. */
export type EntityReference =
  /** `external`: the source names it and doesn't have it; another service of the catalog may. */
  { kind: 'pipeline'; name: string; external?: boolean } | { kind: 'table' | 'container' | 'topic'; fqn: string };

/** `to` takes what `from` made. */
export interface LineageEdge {
  from: EntityReference;
  to: EntityReference;
  /** The pipeline that moves the data, for edges between datasets. */
  pipeline?: string;
  /** How the edge came about, e.g. `Kestra Flow trigger: on_cron_etl`. */
  description: string;
}

/** What one read was asked to cover: only within it may anything be called gone. */
export interface Scope {
  /** Namespaces that were read; absent means all. */
  namespaces?: string[];
}
