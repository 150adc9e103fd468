/** An execution as `GET executions/{id}` has it. */
export type KestraExecution = Record<string, unknown> & { id: string; namespace: string; flowId: string };

/** Executions that are made when they are asked for, so that a large number need not sit in memory. */
export interface KestraExecutionStore {
  readonly count: number;
  /** What a search filters and sorts by: everything but task runs, inputs and outputs. Cheap. */
  summary(index: number): KestraExecution;
  /** The whole execution. The same index always gives the same answer. */
  at(index: number): KestraExecution;
  indexOf(id: string): number | undefined;
}

/** What a Kestra server held at one moment, in the server's own JSON. */
export interface KestraDataset {
  /** e.g. `1.0.3`. */
  version: string;
  /** When it was taken, ISO 8601: a sandbox's clock starts here unless told otherwise. */
  takenAt: string;
  /** The answer of `/api/v1/configs`. */
  configs: Record<string, unknown>;
  flows: {
    /** As the flow search has it. */
    flow: Record<string, unknown> & { namespace: string; id: string };
    source?: string;
    /** Status and body of `/graph`. */
    graph: { status: number; body: unknown };
    dependencies?: unknown;
  }[];
  /** As `GET executions/{id}` has them. */
  executions: KestraExecution[];
  /** Takes the place of `executions` when it is given. */
  executionStore?: KestraExecutionStore;
  /** By execution id (2.0). */
  outputs?: Record<string, unknown>;
  triggers: unknown[];
  plugins: unknown;
  namespaces?: unknown[];
}

/** What an Airflow server held at one moment, in the server's own JSON: of `/api/v1` for 2.x, of `/api/v2` for 3.x. */
export interface AirflowDataset {
  /** e.g. `3.1.8`. */
  version: string;
  /** When it was taken, ISO 8601: a sandbox's clock starts here unless told otherwise. */
  takenAt: string;
  dags: {
    /** As the list of DAGs has it, those whose file is gone (`is_stale`, up to 2.x not `is_active`) among them. */
    dag: Record<string, unknown> & { dag_id: string };
    /** Status and body of `dags/{id}/details`, `dags/{id}/tasks`, `dagSources/…` and (3.x) `dags/{id}/dagVersions`. */
    details: AirflowAnswer;
    tasks: AirflowAnswer;
    source: AirflowAnswer;
    versions?: AirflowAnswer;
  }[];
  /** As the list of runs has them, in the order of their creation. */
  runs: (Record<string, unknown> & { dag_id: string; dag_run_id: string })[];
  /** As the list of task instances has them, in the order in which the server lists them. */
  taskInstances: (Record<string, unknown> & { dag_id: string; dag_run_id: string; task_id: string })[];
  /** Assets, up to 2.x datasets, and what was written to them. */
  assets: Record<string, unknown>[];
  assetEvents: Record<string, unknown>[];
  importErrors: Record<string, unknown>[];
  /** What else was asked, by path: tries, mapped task instances, events that set off a run, providers, `/ui/dependencies`, … */
  answers: Record<string, AirflowAnswer>;
}

export interface AirflowAnswer {
  status: number;
  body: unknown;
}

/** What goes wrong, where and how often. The first rule that matches a request and has `times` left applies. */
export interface Fault {
  method?: string;
  /** Tested against the path with its query. */
  path?: RegExp;
  /** Leaves the first n matching requests alone; default 0. */
  after?: number;
  /** Default: always. */
  times?: number;
  effect:
    | { kind: 'status'; status: number; body?: unknown; headers?: Record<string, string> }
    | { kind: 'delay'; ms: number }
    /** Closes the connection without an answer. */
    | { kind: 'drop' }
    /** Sends the headers and half of the body, then closes. */
    | { kind: 'half-body' }
    | { kind: 'html'; status?: number }
    | { kind: 'empty-body'; status?: number }
    /** Ends the connection with a TCP reset instead of an answer. */
    | { kind: 'reset' }
    /** The usual answer, but its body comes in pieces over so many ms. */
    | { kind: 'slow-body'; ms: number }
    /** The usual answer with headers or body changed. */
    | { kind: 'rewrite'; rewrite: (answer: FaultAnswer, request: FaultRequest) => FaultAnswer };
}

/** An answer on its way to the client. One of `json`, `text` and `bytes`, or none of them for an empty body. */
export interface FaultAnswer {
  status: number;
  /** Names in lower case. */
  headers?: Record<string, string>;
  json?: unknown;
  text?: string;
  bytes?: Uint8Array;
}

/** The request that an answer is for. */
export interface FaultRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: string;
  body?: unknown;
}

export interface SandboxRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: string;
  headers: Record<string, string>;
  body?: unknown;
  status: number;
}

export interface SandboxOptions {
  /** Default: a free one. */
  port?: number;
  /** Wait before each answer, ms; default 0. */
  latencyMs?: number;
  faults?: Fault[];
  /** The server's clock, ms. Default: for Kestra and Airflow the moment that the dataset was taken. */
  now?: () => number;
  /** Keeps requests for inspection; default true. Only the counts are kept when false. */
  recordRequests?: boolean;
}

export interface Sandbox {
  /** e.g. `http://127.0.0.1:41234`. */
  readonly url: string;
  /** In the order of their arrival. */
  readonly requests: SandboxRequest[];
  /** By method and path pattern, e.g. `GET /api/v1/main/flows/{}/{}/graph`. */
  requestCounts(): Record<string, number>;
  setFaults(faults: Fault[]): void;
  close(): Promise<void>;
}

export interface KestraSandbox extends Sandbox {
  /** What the server holds from now on, as if people had worked on it meanwhile. Its version must be the one of before. Tenants stay as they are. */
  setDataset(dataset: KestraDataset): void;
}

export interface KestraSandboxOptions extends SandboxOptions {
  dataset: KestraDataset;
  auth?: { kind: 'basic'; username: string; password: string } | { kind: 'bearer'; token: string };
  /** e.g. `/kestra`. */
  contextPath?: string;
  /** What each tenant holds, on a server of the Enterprise edition; `dataset` is then the server itself. Its version has to be 1.0 or newer. */
  tenants?: Record<string, KestraDataset>;
}

export interface AirflowSandboxOptions extends SandboxOptions {
  dataset: AirflowDataset;
  /** Who may come in; without it everybody. 2.x takes it as basic authentication, 3.x gives a token for it at `/auth/token`. */
  auth?: { username: string; password: string };
}

export interface OpenMetadataSandboxOptions extends SandboxOptions {
  /** Default `1.6`; `1.2` … `2.0`. 1.2 and 1.6 behave as recorded, the others as documented (`simulated`). */
  version?: string;
  /** The bot's token; default `sandbox-token`. */
  token?: string;
}

/** A column of a seeded dataset: its name alone (then a `STRING`), or its OpenMetadata shape. */
export type SeedColumn = string | (Record<string, unknown> & { name: string; dataType: string });

/** What a seeded dataset's service is, and more of the dataset's own properties. */
export interface SeedOptions {
  /** e.g. `Postgres`, `S3`, `Kafka`. Default: what the service is, else OpenMetadata's custom type. A service of another type is an error. */
  serviceType?: string;
  description?: string;
}

export interface SeedWithColumnsOptions extends SeedOptions {
  /** Columns of a file, fields of a message or of a search index. Default: it has none that are known. */
  columns?: SeedColumn[];
}

/** A dataset that somebody has ingested with OpenMetadata's own connectors. */
export interface DatasetSeed {
  type: 'table' | 'container' | 'topic' | 'searchIndex';
  /** As OpenMetadata writes it: names with dots are quoted. */
  fqn: string;
  serviceType: string;
  columns?: SeedColumn[];
}

export interface OpenMetadataSandbox extends Sandbox {
  readonly token: string;
  /** True for versions that no recording covers. */
  readonly simulated: boolean;
  /** What the catalog holds, for tests: entities as a GET with all fields has them. */
  readonly catalog: {
    services(): Record<string, unknown>[];
    pipelines(): (Record<string, unknown> & { fullyQualifiedName: string; name: string })[];
    statuses(fqn: string): Record<string, unknown>[];
    edges(): {
      from: { type: string; fqn: string };
      to: { type: string; fqn: string };
      details: Record<string, unknown>;
    }[];
    tags(): string[];
    /** Number of writes that changed something. */
    changes(): number;
  };
  /** Puts a user, team, table … there, as if it had always been; answers its id. One that is there already stays as it is. */
  seed(
    type: 'user' | 'team' | 'table' | 'topic' | 'container' | 'searchIndex',
    entity: Record<string, unknown>,
  ): string;
  /** `service.database.schema.table`, with its service, database and schema where they are not there yet; answers the table's id. */
  seedTable(fqn: string, columns: SeedColumn[], options?: SeedOptions): string;
  /** `service.bucket` or a prefix in it, `service.bucket.raw.orders`, with the containers around it; answers the innermost one's id. */
  seedContainer(fqn: string, options?: SeedWithColumnsOptions): string;
  /** `service.topic`; a topic's name with dots is quoted: `kafka."orders.events"`. Answers its id. */
  seedTopic(fqn: string, options?: SeedWithColumnsOptions): string;
  /** `service.index`. Answers its id. */
  seedSearchIndex(fqn: string, options?: SeedWithColumnsOptions): string;
  /** Seeds a list, such as `demoCatalog()`. */
  seedDatasets(seeds: readonly DatasetSeed[]): void;
}
