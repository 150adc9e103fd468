import type { Pipeline } from './model.js';

/** What a host remembers of a pipeline that the catalog still has as it was written. */
export interface KnownPipeline {
  /** Names of its tasks, in their order. */
  tasks: string[];
  /** As the `pipeline` event had it. */
  memo?: string;
}

/** What makes a read cheaper for a host that remembers the last one. A connector may leave all of it unused. */
export interface IncrementalOptions {
  /**
   * Asked for each pipeline before it is read any further than its listing. `fingerprint` is any text that changes whenever
   * something changes that the pipeline is made from. If there is an answer the connector yields `unchanged` instead of
   * `pipeline`; the definition still takes part in lineage.
   */
  known?: (pipeline: string, fingerprint: string) => Promise<KnownPipeline | undefined>;
  /**
   * Runs of before the window that were open when they were read last. Each is yielded as `run` again, unless it
   * is paused as it was, or `gone`.
   */
  refresh?: readonly RememberedRun[];
  /** Also reads all runs that are open now, whatever their start. */
  openRuns?: boolean;
  /** From which instant on the runs of a pipeline are wanted, ms, where that is before the window. */
  runsSince?: (pipeline: string) => Promise<number>;
  /**
   * With `pipelines: false`: the definitions may be those that the last whole read of this connection with the same `namespaces` has
   * found, however old. Whoever reads one window after the other saves the listing of definitions for each.
   */
  sameDefinitions?: boolean;
  /**
   * Only these pipelines and these runs (with their pipelines) are read. Then nothing is `listed` or `linked`, there is no
   * lineage and no checkpoint. Of a pipeline that is named, the runs of the window are read.
   */
  only?: { pipelines?: readonly string[]; runs?: readonly string[] };
}

export interface RememberedRun {
  run: string;
  pipeline: string;
  /** ms. */
  startedAt: number;
  /** The `RunState` it had; one that is still paused is not told again. */
  state?: string;
}

/** A pipeline that is as it was remembered. */
export interface UnchangedPipeline
  extends Pick<Pipeline, 'name' | 'displayName' | 'namespace' | 'sourceUrl' | 'enabled'> {
  /** As `KnownPipeline.tasks`. */
  tasks: string[];
  /** All of it, where that is known without another request. It is shown to people, and not written. */
  definition?: Pipeline;
}
