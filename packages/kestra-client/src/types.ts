import type { HttpAttempt, HttpAvailability, HttpClientOptions, RetryPolicy, TlsOptions } from '@flowmeta/http';

export type KestraAuth =
  | { kind: 'none' }
  | { kind: 'basic'; username: string; password: string }
  | { kind: 'bearer'; token: string };

export interface KestraClientOptions {
  /** The server's address as a browser has it; `/ui…`, `/api/v1…` and trailing slashes are cut off, a context path is kept. */
  url: string;
  /** Default `main`; ignored where the server knows no tenants. */
  tenant?: string;
  auth?: KestraAuth;
  tls?: TlsOptions;
  /** Per request, ms; default 60_000. */
  timeoutMs?: number;
  /** No request goes on after this instant, epoch ms. */
  deadline?: number;
  retry?: Partial<RetryPolicy>;
  /** Requests under way at a time; default 8. */
  concurrency?: number;
  /** Tries that may begin per second, after a first burst of as many; default no limit. */
  requestsPerSecond?: number;
  /** When Kestra counts as gone, and how long it is waited for; see `@flowmeta/http`. */
  circuit?: HttpClientOptions['circuit'];
  proxy?: HttpClientOptions['proxy'];
  userAgent?: string;
  dispatcher?: HttpClientOptions['dispatcher'];
  onAttempt?: (attempt: HttpAttempt) => void;
  onAvailability?: (change: HttpAvailability) => void;
}

/** What the server is, found out once. */
export interface KestraServer {
  /** As `/api/v1/configs` has it, e.g. `1.0.3`. */
  version: string;
  edition?: string;
  /** Absent where the server knows no tenants (0.22 and older). */
  tenant?: string;
  /** Root of the UI, with the context path, without a trailing slash. */
  uiUrl: string;
  /** Prefixes of labels that Kestra sets by itself, e.g. `system.`. */
  hiddenLabelPrefixes: string[];
  systemNamespace?: string;
  dialect: Dialect;
  /** e.g. that the version is newer than every known one. */
  warnings: string[];
}

/** One row of the table of API dialects: every difference between versions that this client acts on. */
export interface Dialect {
  /** First version of the row, e.g. `0.23`. */
  from: string;
  /** False where no recording of a real server backs the row. */
  verified: boolean;
  /** Whether paths carry the tenant: `/api/v1/{tenant}/flows`. */
  tenantInPath: boolean;
  /** How searches are narrowed. */
  filters: 'legacy' | 'filters';
  /** The server hides runs older than this many days when no start is given; 0 means it doesn't. */
  implicitWindowDays: number;
  /** The operator for "this namespace and its children" in `filters[namespace]`. */
  namespacePrefixOperator: 'PREFIX' | 'STARTS_WITH';
  /** Whether executions of a search carry `taskRunList`. */
  searchHasTaskRuns: boolean;
  /** Whether outputs are at `/outputs/{id}`. */
  outputsEndpoint: boolean;
  /** Whether `POST executions/latest` exists. */
  latestExecutions: boolean;
  /** Whether `namespaces/search` exists. */
  namespacesEndpoint: boolean;
  /** Whether `/plugins` is scoped by the tenant. */
  pluginsInTenant: boolean;
}

export interface KestraState {
  current: string;
  histories: { state: string; date: string }[];
  startDate?: string;
  endDate?: string;
}

export interface KestraLabel {
  key: string;
  value: string;
}

/** A task as the definition nests it; properties that we don't name are kept as they came. */
export interface KestraTask {
  id: string;
  /** Canonical: aliases are resolved. */
  type: string;
  description?: string;
  disabled?: boolean;
  [property: string]: unknown;
}

export interface KestraTrigger {
  id: string;
  /** Canonical: aliases are resolved. */
  type: string;
  disabled?: boolean;
  [property: string]: unknown;
}

export interface KestraFlow {
  namespace: string;
  id: string;
  revision?: number;
  description?: string;
  disabled: boolean;
  deleted: boolean;
  labels: KestraLabel[];
  /** `defaults` as the server has them; from 1.0 they may be templates. */
  inputs: { id: string; type?: string; required?: boolean; description?: string; defaults?: unknown }[];
  /** `value` is a template. */
  outputs?: { id: string; type?: string; value?: unknown }[];
  variables?: Record<string, unknown>;
  /** Until 1.3; types are canonical. Those of the server and of the namespace don't show here. `taskDefaults` are among them. */
  pluginDefaults?: { type: string; values: Record<string, unknown>; forced: boolean }[];
  tasks: KestraTask[];
  errors: KestraTask[];
  finally: KestraTask[];
  afterExecution: KestraTask[];
  triggers: KestraTrigger[];
  concurrency?: { limit?: number };
  /** ISO 8601, from 1.3. */
  updated?: string;
  /** The YAML, where it was asked for. */
  source?: string;
  /** Why the server could not read its own flow (fact 8): then `tasks` is empty and `source` may still be there. */
  exception?: string;
}

export interface KestraGraph {
  nodes: KestraGraphNode[];
  edges: { source: string; target: string; relationType?: string; value?: string }[];
  clusters: { uid: string; start?: string; end?: string; nodes: string[] }[];
}

export interface KestraGraphNode {
  uid: string;
  /** Last part of the Java class, e.g. `GraphTask`, `SubflowGraphTask`, `GraphClusterRoot`. */
  type: string;
  task?: KestraTask;
  /** `ERROR`, `FINALLY`, `AFTER_EXECUTION`; absent on the main branch. */
  branch?: string;
}

/** A graph, or why the server has none (409 and 422 for a broken flow, 404, 500): data, not an exception. */
export type KestraGraphResult = { ok: true; graph: KestraGraph } | { ok: false; status: number; message: string };

export interface KestraExecution {
  id: string;
  namespace: string;
  flowId: string;
  flowRevision?: number;
  state: KestraState;
  labels: KestraLabel[];
  /** Absent in searches of 2.0. */
  taskRuns?: KestraTaskRun[];
  trigger?: { id?: string; type?: string; variables?: Record<string, unknown> };
  parentId?: string;
  originalId?: string;
  kind?: string;
  inputs?: Record<string, unknown>;
}

export interface KestraTaskRun {
  id: string;
  taskId: string;
  parentTaskRunId?: string;
  /** The item of an iteration. */
  value?: string;
  iteration?: number;
  /** Made while running, e.g. one per dbt model: its `taskId` is in no flow. */
  dynamic?: boolean;
  attempts: { state: KestraState }[];
  state: KestraState;
  outputs?: Record<string, unknown>;
  assets?: unknown;
  assetEmits?: unknown;
}

export interface SearchOptions {
  /** This namespace and its children. */
  namespace?: string;
  /** Items per request; default 100. */
  pageSize?: number;
  signal?: AbortSignal;
}

export interface ExecutionSearch extends SearchOptions {
  /** Started at or after, epoch ms. Always sent: without it some versions hide older runs. */
  since: number;
  /** Started before, epoch ms. */
  until?: number;
  /** Exact; needs `namespace`, which is then exact as well. */
  flowId?: string;
  states?: string[];
}

/** An item that the server returned and that can't be read; the listing goes on. */
export interface UnreadableItem {
  ref: string;
  /** `ref` is the namespace and the id of the item, and not a description of one that has no name. */
  isNamed?: true;
  error: Error;
}

/** Read-only. Every method may throw an `HttpError` or a `KestraError`, both with a verdict. */
export interface KestraClient {
  /** Finds out once what the server is; later calls return the same. */
  server(options?: { signal?: AbortSignal }): Promise<KestraServer>;
  /**
   * The ids of all tenants that the server has, each once, sorted; those that are deleted are left out. `GET /api/v1/tenants/search`, below
   * no tenant, of the Enterprise edition, for a Superadmin only: from Enterprise's published API description (of 0.24 and of 2.0), and never
   * tried on a real server. Rejects with a `KestraError`: `tenant` where the server has no such list, as open source, `permission` or
   * `sign-in` where this user may not see it.
   */
  tenants(options?: { signal?: AbortSignal }): Promise<string[]>;
  /**
   * All flows, ordered by namespace and id, without `source`. `onUnreadable` gets items that are no flow; without it such an
   * item is an error.
   */
  flows(options?: SearchOptions & { onUnreadable?: (item: UnreadableItem) => void }): AsyncIterable<KestraFlow>;
  /** One flow with its YAML; `undefined` when there is none. 423 (unreadable) is a `KestraError` with verdict `skip`. */
  flow(
    namespace: string,
    id: string,
    options?: { revision?: number; signal?: AbortSignal },
  ): Promise<KestraFlow | undefined>;
  flowGraph(namespace: string, id: string, options?: { signal?: AbortSignal }): Promise<KestraGraphResult>;
  /** The YAML of all flows, from one export. Entries that are no flow are left out, and told to `onUnreadable`. */
  sources(
    options?: SearchOptions & { onUnreadable?: (item: UnreadableItem) => void },
  ): AsyncIterable<{ namespace: string; id: string; source: string }>;
  executions(
    search: ExecutionSearch & { onUnreadable?: (item: UnreadableItem) => void },
  ): AsyncIterable<KestraExecution>;
  /** How many executions started at or after `since`, as the server counts them; one request. What lies between two instants is the difference. */
  countExecutions(search: Omit<ExecutionSearch, 'until' | 'pageSize'>): Promise<number>;
  execution(id: string, options?: { signal?: AbortSignal }): Promise<KestraExecution | undefined>;
  /** The last run of each flow that had one, by its end (1.0 knows ended runs only); empty where there is no such call. */
  latestExecutions(
    flows: { namespace: string; id: string }[],
    options?: { signal?: AbortSignal },
  ): Promise<{ id: string; namespace: string; flowId: string; startDate?: string; status: string }[]>;
  /**
   * Next dates and switches of schedules and polling triggers; Flow and Webhook triggers never appear (fact 9). Rows that
   * are no trigger are left out, and told to `onUnreadable`. 1000 per request.
   */
  triggers(
    options?: SearchOptions & { onUnreadable?: (item: UnreadableItem) => void },
  ): AsyncIterable<{ namespace: string; flowId: string; triggerId: string; disabled: boolean; nextDate?: string }>;
  /** The same of one flow, asked for by its name; `disabled` says only what was switched off in the UI. Empty for a flow that is not there. */
  flowTriggers(
    namespace: string,
    id: string,
    options?: { signal?: AbortSignal },
  ): Promise<{ namespace: string; flowId: string; triggerId: string; disabled: boolean; nextDate?: string }[]>;
  namespaces(options?: SearchOptions): AsyncIterable<{ id: string; disabled: boolean }>;
  /**
   * The installed plugins. `types` are the names of their tasks, triggers and conditions, `tasks` those of tasks alone, `aliases`
   * older names that stand for any of them; the server doesn't say for which.
   */
  plugins(options?: {
    signal?: AbortSignal;
  }): Promise<
    { name: string; group?: string; version?: string; types: string[]; tasks: string[]; aliases: string[] }[]
  >;
  dependencies(
    namespace: string,
    id: string,
    options?: { signal?: AbortSignal },
  ): Promise<{
    nodes: { uid: string; namespace: string; id: string }[];
    edges: { source: string; target: string; relation: string }[];
  }>;
  /** Outputs of a run by task run (2.0); `undefined` where the server keeps them in the task runs. */
  outputs(executionId: string, options?: { signal?: AbortSignal }): Promise<unknown[] | undefined>;
  logs(
    executionId: string,
    options?: { minLevel?: string; signal?: AbortSignal },
  ): Promise<{ timestamp?: string; level?: string; taskId?: string; message?: string }[]>;
  close(): Promise<void>;
}
