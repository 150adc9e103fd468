import type { UnchangedPipeline } from './incremental.js';
import type { LineageEdge, LineageGap, Pipeline, Run, Scope } from './model.js';

/** Where a later read may go on from. Opaque to the engine; JSON. */
export type Cursor = { readonly [key: string]: string | number };

/**
 * What a connector yields. A pipeline comes before its runs. After `listed` no pipeline of that scope follows.
 * One item that can't be read is one `skipped`, not an end of the read.
 */
export type SourceEvent =
  /** `memo`: what the connector wants to know again, should a later read find the pipeline unchanged (`ReadOptions.known`). */
  | { kind: 'pipeline'; pipeline: Pipeline; memo?: string }
  /** In place of `pipeline`, if `ReadOptions.known` knows it. */
  | { kind: 'unchanged'; pipeline: UnchangedPipeline }
  | { kind: 'run'; run: Run }
  /**
   * A run that is not wanted itself and may start close to one that is, such as one within a second of the window. The catalog keeps one status
   * per pipeline and millisecond, and runs that start in the same one are placed side by side: who does not know all of them writes
   * one over another. Only where a run is not told as `run`.
   */
  | { kind: 'neighbour'; run: Pick<Run, 'id' | 'pipeline' | 'startedAt'> }
  /** A run of `ReadOptions.refresh` that the source no longer has. */
  | { kind: 'gone'; run: string }
  | { kind: 'lineage'; edge: LineageEdge }
  /** Lineage that could not be found out. Lost nothing else; reported apart from the warnings. */
  | { kind: 'unresolved'; gap: LineageGap }
  /** One item could not be read; the read goes on. `ref` names it, e.g. `company.team.daily`. */
  | { kind: 'skipped'; ref: string; error: Error }
  /** One item was left out on purpose: a filter, or a run whose pipeline no longer exists. Counted, not an error. */
  | { kind: 'filtered'; item: 'pipeline' | 'run'; ref: string; reason: string }
  /** Something the user should know that lost nothing. Reported once per distinct message. */
  | { kind: 'warning'; ref?: string; message: string }
  /**
   * Every pipeline of the scope has been seen. `except`: the names of those that the source has and that could not be read, each of
   * which was `skipped` before. If anything was skipped that can't be named like that, nothing is `listed`.
   */
  | { kind: 'listed'; scope: Scope; except?: string[] }
  /**
   * Every edge of the pipelines of the scope that definitions show has been yielded, those of datasets too: others may be called gone.
   * Not so edges between pipelines that start at one of `except.from` or end at one of `except.into`, nor edges of datasets by way of a
   * pipeline of `except.datasets`: they could be found out only in part. Comes after `listed`.
   */
  | { kind: 'linked'; scope: Scope; except?: { from: string[]; into: string[]; datasets?: string[] } }
  /** What came before may be remembered once it is written. */
  | { kind: 'checkpoint'; cursor: Cursor };
