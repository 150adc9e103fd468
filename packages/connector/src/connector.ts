import type { z } from 'zod';
import type { Cursor, SourceEvent } from './events.js';
import type { IncrementalOptions } from './incremental.js';
import type { Shard } from './shard.js';

/** The version of this interface. A connector built for another major version is refused with a clear message. */
export const specVersion = 1;

/** What a connector can do. A flag that is absent counts as false. */
export interface Capabilities {
  /** Yields `run` events. */
  runs?: boolean;
  /** Yields `lineage` events. */
  lineage?: boolean;
  /** Yields the owners of pipelines. */
  owners?: boolean;
}

export interface ReadOptions extends IncrementalOptions {
  /** Runs that started at or after this instant, ms. */
  since: number;
  /** Runs that started before this instant, ms. */
  until: number;
  /** Only these namespaces and their children; absent means all. */
  namespaces?: string[];
  /**
   * Only the pipelines of this shard (`isInShard` of their names) are wanted, and their runs; other processes read the rest. Goes with
   * `lineage: false`: of a part of the definitions nothing could be concluded. A connector that saves requests by it yields each
   * of the others as `filtered`, and their runs too; one that ignores it is as right, since the host leaves them out as well.
   */
  shard?: Shard;
  /** Reads definitions; default true. */
  pipelines?: boolean;
  /** Reads runs; default true. */
  runs?: boolean;
  /** Works out lineage; default true. */
  lineage?: boolean;
  /** Reads how tasks follow each other; default true. Without it, requests that tell nothing else may be left out: `edges` may lack some. */
  taskGraph?: boolean;
  /**
   * How many earlier revisions of definitions may be asked for, so that runs of them are told with the tasks and types of
   * then. Default 0: runs are told with the tasks that the pipeline has now, and what else ran is left out.
   */
  earlierRevisions?: number;
  /** The cursor of the last `checkpoint` that was written. */
  cursor?: Cursor;
  /** Ends the read: it rejects with the signal's reason within a second. */
  signal?: AbortSignal;
}

/** One step of `check()`, as OpenMetadata's own connection tests show them. */
export interface CheckStep {
  /** e.g. `sign in`. */
  name: string;
  status: 'passed' | 'failed' | 'skipped' | 'warning';
  /** What was seen, e.g. `Kestra 1.0.3, tenant main`. */
  message: string;
  /** What to do when it failed. */
  hint?: string;
}

/** The task types that a source can run. */
export interface InstalledTaskTypes {
  /** As `Task.type` has them. */
  types: string[];
  /** Further names that definitions may use, for types that need not be named here, e.g. those of before a renaming. */
  aliases: string[];
}

/** Runs that started at or after `since` and before `until`, ms. */
export interface RunWindow {
  since: number;
  until: number;
}

/** What a read of one window would take. */
export interface RunCount {
  /** As the source counts: never fewer than a read tells, and more where it leaves some out, e.g. of pipelines that are gone. */
  runs: number;
  /** About how many requests to the source it takes, without those for definitions. */
  requests: number;
}

/** A pipeline that an earlier run wrote to the catalog, as it was last written. */
export interface EarlierPipeline {
  /** `Pipeline.name`. */
  name: string;
  /** `Pipeline.namespace`. */
  namespace?: string;
  /** `Pipeline.sourceUrl`. */
  sourceUrl?: string;
}

/**
 * A connection to one source.
 *
 * `read` may be called again after it has ended; nothing is yielded after `close`. Errors that concern one item are
 * yielded as `skipped`; an error that `read` throws ends the run and carries a verdict.
 */
export interface Connector {
  readonly specVersion: number;
  readonly name: string;
  readonly capabilities: Capabilities;
  /** Tries everything a read needs, one named step at a time; a failed step does not throw. */
  check(options?: { signal?: AbortSignal }): AsyncIterable<CheckStep>;
  read(options: ReadOptions): AsyncIterable<SourceEvent>;
  /**
   * The task types that the source can run; `undefined` when it can't tell. Without the method it never can.
   * Throws an error with a verdict when the source does not answer.
   */
  installedTypes?(options?: { signal?: AbortSignal }): Promise<InstalledTaskTypes | undefined>;
  /**
   * Whether an earlier pipeline came from this source, and not from another one that fills the same service. By what was written
   * of it, not by whether it is still there; sends no request after a read. Without the method all of the service count as own.
   */
  owns?(pipeline: EarlierPipeline, options?: { signal?: AbortSignal }): Promise<boolean>;
  /**
   * A direct look at one pipeline that the listing didn't have. `absent` only where the source says so itself: not for a refused
   * sign-in, a missing right or an error, which are `unknown` or thrown. Without the method nothing is ever deleted in the catalog.
   */
  exists?(pipeline: EarlierPipeline, options?: { signal?: AbortSignal }): Promise<'present' | 'absent' | 'unknown'>;
  /**
   * Counts the runs of each window without reading them, in the order of the windows; cheapest for windows that adjoin. Without the
   * method it can't be told beforehand how long a read takes. Throws an error with a verdict when the source does not answer.
   */
  countRuns?(
    windows: readonly RunWindow[],
    options?: { namespaces?: string[]; signal?: AbortSignal },
  ): Promise<RunCount[]>;
  /**
   * The tenants of the source, each once, in the same order each time: for a config that wants all of them, and is opened for this without
   * one. Each can be the option `tenantId` of a config. Without the method, a source has no tenants. Throws an error with a verdict when
   * the source does not tell.
   */
  tenants?(options?: { signal?: AbortSignal }): Promise<string[]>;
  /** Frees sockets and timers. Safe to call twice. */
  close(): Promise<void>;
}

/** What the host lends to a connector: nothing in a connector reads the environment or the clock by itself. */
export interface ConnectorContext {
  /** Current time, ms. */
  now: () => number;
  /** The name of the catalog's service that this run fills. */
  serviceName: string;
  /** The environment variables that name a proxy, as the process has them. */
  proxyEnvironment?: { httpProxy?: string; httpsProxy?: string; noProxy?: string };
  /** Sent as the user agent's first part, e.g. `flowmeta/1.2.0`. */
  userAgent?: string;
  /** For what a user wants to read only when something is wrong. */
  debug?: (message: string) => void;
  /** What the workflow's `sourceConfig` says about the choice of pipelines: the same for every connector. */
  selection?: SourceSelection;
  /** Called after each request to the source, for the run report. */
  onRequest?: (request: SourceRequest) => void;
  /** Called when the connector begins to wait for a source that was there and is gone, and when it answers again. */
  onAvailability?: (change: SourceAvailability) => void;
}

/**
 * The part of OpenMetadata's `sourceConfig` that a connector answers for. It holds in addition to the connector's own
 * config: a pipeline is read when both let it through.
 */
export interface SourceSelection {
  /** Regular expressions as OpenMetadata has them: matched at the start, case-insensitive, `excludes` win. */
  pipelineFilterPattern?: { includes?: string[] | undefined; excludes?: string[] | undefined };
  /** Whether pipelines that the source will not run (disabled, paused) are read; default true. */
  includeUnDeployedPipelines?: boolean;
}

/** One request to the source and how it went. */
export interface SourceRequest {
  method: string;
  /** Path with query, without the host. */
  path: string;
  /** Absent when there was no answer. */
  status?: number;
  /** 1 for the first try. */
  attempt: number;
  ms: number;
  willRetry: boolean;
}

/** `failures`: failed tries in a row; `waitMs`: how long it is waited for at most; `afterMs`: how long it was gone. */
export type SourceAvailability =
  | { available: false; failures: number; waitMs: number }
  | { available: true; afterMs: number };

export interface ConnectorDefinition<Schema extends z.ZodType = z.ZodType> {
  specVersion: number;
  /** Lower case, unique, e.g. `kestra`: the `source.type` of the config. */
  name: string;
  /** As a person writes it, e.g. `Kestra`. */
  title: string;
  /** One or two sentences. */
  description: string;
  /**
   * The connector's own part of the config, `source.serviceConnection.config`. Strict: an unknown key is an error.
   * Every option has a description; a secret one has `.meta({ secret: true })`. One with `.meta({ fileOf: 'password' })` names a
   * file: the host reads it and gives its text as `password` instead.
   */
  configSchema: Schema;
  /** Valid configs, for the docs. */
  examples: { title: string; config: unknown }[];
  capabilities: Capabilities;
  /** Makes a connection; does no I/O yet. */
  open(config: z.output<Schema>, context: ConnectorContext): Connector;
}

/** Declares a connector: the registry, the config's JSON Schema and the docs page derive from the one definition. */
export function defineConnector<Schema extends z.ZodType>(
  definition: Omit<ConnectorDefinition<Schema>, 'specVersion'>,
): ConnectorDefinition<Schema> {
  return { specVersion, ...definition };
}
