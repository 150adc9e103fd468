import type { Connector, RequestTotals, RunReport } from '@flowmeta/connector';
import type { DatasetServices } from '@flowmeta/om-mapper';
import type { Sink } from '@flowmeta/om-sink';

export interface IngestionOptions {
  /** Read from; stays open: whoever opened it closes it. */
  connector: Connector;
  /** Written to; stays open as well. */
  sink: Sink;
  /** How the source is named in the report. */
  source: { connector: string; description: string };
  /** How the target is named in the report; default `openmetadata`. */
  targetKind?: string;
  /** Name of the pipeline service that is filled. */
  service: string;
  /** Runs that started in this window are read, ms. */
  since: number;
  until: number;
  /** Only these namespaces and their children; absent means all. */
  namespaces?: string[];
  /** Writes tags from labels; default true. */
  includeTags?: boolean;
  /** Writes owners; default true. */
  includeOwners?: boolean;
  /** Writes lineage, and takes away what Flowmeta wrote and the source no longer has; default true. */
  includeLineage?: boolean;
  /** Other pipeline services, in which pipelines are looked for that the source names but doesn't have. */
  pipelineServices?: readonly string[];
  /**
   * Where the tables, files and topics of the source are in the catalog; without it all services whose type fits are searched.
   */
  datasetServices?: DatasetServices;
  /** The classification that holds the tags, e.g. `KestraLabels`. */
  classification: string;
  /** Marks the report as a dry run; that nothing is written is up to the sink. */
  dryRun?: boolean;
  /** Marks the report: a stand-in without a recording behind it answers for the catalog. */
  simulated?: boolean;
  /** Identifies the run in the report; default a random UUID. */
  runId?: string;
  /** Reported about four times a second at most, and at each change of phase. */
  onProgress?: (progress: Progress) => void;
  /** Gets the error that ended the run, as it was thrown; the report has its text. */
  onFatal?: (error: unknown) => void;
  /** Asked at the end for the requests that were sent. */
  requests?: () => { source: RequestTotals; target: RequestTotals };
  /** Ends the run early with the outcome `interrupted`. */
  signal?: AbortSignal;
  /** Current time, ms. */
  now: () => number;
  /** Writes under way at a time; default 8. */
  concurrency?: number;
}

export interface Progress {
  phase: 'opening' | 'pipelines' | 'runs' | 'lineage' | 'done';
  /** Pipelines read so far. */
  pipelines: number;
  /** Runs read so far. */
  runs: number;
  /** Pipelines, runs and edges created or updated so far. */
  writes: number;
  /** ms since the start. */
  elapsed: number;
}

/** One run: never throws for what went wrong on the way; the report says it. */
export type Ingest = (options: IngestionOptions) => Promise<RunReport>;
