import type { Connector, ReadOptions, RequestTotals, RunReport, RunWindow, Shard } from '@flowmeta/connector';
import type { DatasetServices, Rule } from '@flowmeta/om-mapper';
import type { Sink } from '@flowmeta/om-sink';
import type { Memory } from '@flowmeta/state';
import type { IngestionPhase } from './phases.js';

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
  /**
   * Soft-deletes pipelines that earlier runs wrote and the source no longer has, if the connector can be asked for single ones
   * (`Connector.exists`); default true.
   */
  markDeletedPipelines?: boolean;
  /** Also if they are many, all of the source or all of a namespace; default false: then they stay, and the report says so. */
  allowMassDelete?: boolean;
  /** Other pipeline services, in which pipelines are looked for that the source names but doesn't have. */
  pipelineServices?: readonly string[];
  /**
   * Where the tables, files and topics of the source are in the catalog; without it all services whose type fits are searched.
   */
  datasetServices?: DatasetServices;
  /** The classification that holds the tags, e.g. `KestraLabels`. */
  classification: string;
  /** What pipelines get in the catalog beyond what the source says, by name and namespace. */
  rules?: readonly Rule[];
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
  /** What earlier runs have left, so that this one reads and writes only what is new. Without it everything is read. */
  memory?: RunMemory;
  /** Reads only pipelines, and the runs of `since` to `until` in slices. No lineage, nothing is judged stale; `memory` is used and not saved. */
  slices?: Slices;
  /** Only these are read and written: see `ReadOptions.only`. Nothing is judged stale; goes without `memory`. */
  only?: ReadOptions['only'];
  /**
   * Only these parts of the run; default all. A run without `entities` writes no pipelines: what is not in the catalog by then is
   * reported, and so the sink must be able to look there (`Sink.stored`). Goes without `memory`, unless `entities` and `runs` are
   * among them.
   */
  phases?: readonly IngestionPhase[];
  /** Only the pipelines of this shard and their runs are read and written; the phases that need all of the source are left out. */
  shard?: Shard;
  /** Ends the run early with the outcome `interrupted`. */
  signal?: AbortSignal;
  /** Current time, ms. */
  now: () => number;
  /** Writes under way at a time; default 8. */
  concurrency?: number;
}

/** Windows of runs that are read one after the other, so that a long history may be interrupted. */
export interface Slices {
  /** In the order in which they are read. */
  windows: readonly RunWindow[];
  /**
   * Called when a slice is read and its writes have ended; the next one waits until it resolves. Not called for one that an error or the
   * signal breaks off. When it rejects, the run ends.
   */
  onEnd: (slice: EndedSlice) => Promise<void>;
}

export interface EndedSlice extends RunWindow {
  /** Runs that were told. */
  runs: number;
  /** False where a run could not be read or written, or one was left out and may belong to a pipeline that could not: it should be read again. */
  isComplete: boolean;
}

/** The memory of one scope, and how it is used. Durations in ms. */
export interface RunMemory extends Pick<Memory, 'last' | 'digest' | 'save'> {
  /** Digest of the config and the program's version: where it differs from last time, everything is read in full. */
  config: string;
  /** How long before the last run's window this one starts: clocks differ, and runs may show late. */
  overlap: number;
  /** Everything is read in full after so long. */
  fullEvery: number;
  /** A gap since the last run is closed if it is no longer than this, or than the window. */
  longestGap: number;
  /** Everything is read in full now. */
  full?: boolean;
  /** The window starts at `since`, whatever is remembered. */
  exact?: boolean;
  /**
   * Where several runs follow each other in a process: filled and used by each of them, so that a run that two of them read is
   * compared with the catalog once. What others do to a status there is then noticed by a full pass.
   */
  settled?: Map<string, string>;
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
