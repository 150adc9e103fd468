import type { KestraClient } from '@flowmeta/kestra-client';
import type { Redactor } from '@flowmeta/redact';
import type { KestraConfig } from './config.js';
import type { DatasetBook } from './datasets/dataset-book.js';
import type { LineageBook } from './lineage/lineage-book.js';
import type { Selection } from './selection.js';

/** What one read works with. */
export interface ReadContext {
  client: KestraClient;
  config: KestraConfig;
  redactor: Pick<Redactor, 'text'>;
  selection: Selection;
  /** What earlier reads of the connection have left for `ReadOptions.sameDefinitions`. */
  definitions: KnownDefinitions;
  signal: AbortSignal;
  /** Absent when lineage isn't wanted. */
  lineage?: LineageBook;
  /** Absent when lineage isn't wanted. */
  datasets?: DatasetBook;
}

/** A flow whose runs are read. */
export interface IndexedFlow {
  flow: { namespace: string; id: string };
  /** The names of the pipeline's tasks, in their order. */
  tasks: ReadonlySet<string>;
  /** Absent where the server doesn't say it. */
  revision?: string;
}

/** All that is remembered of the flows while runs are read, or why nothing is. */
export type FlowIndex = Map<string, IndexedFlow | { leftOut: string }>;

/** The index of the last whole read, by its namespaces. */
export type KnownDefinitions = Map<string, FlowIndex>;
