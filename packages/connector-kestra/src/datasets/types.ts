import type { ColumnMapping, Dataset, LineageGap } from '@flowmeta/connector';
import type { TemplateValues } from '@flowmeta/sql-lineage';
import type { PluginDefault } from './plugin-defaults.js';

/**
 * Who says that a task touches a dataset, the most trusted first: a run that has named it, the author's `assets`, a property that
 * names it, the task's SQL.
 */
export type Trust = 'run' | 'declared' | 'properties' | 'sql';

/** A dataset that a task reads or writes. */
export interface DatasetUse {
  dataset: Dataset;
  /** The property that names it, e.g. `sql`, `destinationTable`, `assets`. */
  property: string;
  trust: Trust;
}

/** Data that a task moves by itself: INSERT … SELECT, a copy between buckets, a BigQuery load. */
export interface DirectMove {
  from: DatasetUse;
  to: DatasetUse;
  /** The statement. As its author wrote it, templates rendered: it must pass a redactor before anyone sees it. */
  sql?: string;
  columns?: ColumnMapping[];
}

/** What a task or a trigger has to do with data. */
export interface TaskIo {
  taskId: string;
  type: string;
  /** Each dataset once. */
  reads: DatasetUse[];
  /** Each dataset once. */
  writes: DatasetUse[];
  /** Each pair of ends once; ends are in `reads` and `writes`. Never a cross product of statements. */
  moves: DirectMove[];
  /** Texts of the properties that carry data from elsewhere, as written: `{{ outputs.extract.uri }}`. */
  takes: string[];
  /** The datasets whose data its outputs carry: those that a query selects from, the file that an upload wrote. */
  gives: DatasetUse[];
  /** Whether its outputs carry what it takes as well: scripts do, and whatever is not known. */
  passesOn: boolean;
  /** Jobs of other systems that it starts, by the name of their pipeline there: an Airbyte connection, a dbt Cloud job. */
  runs: { pipeline: string }[];
  gaps: LineageGap[];
}

/** What one flow says for all of its tasks. Made by `flowContext`; for one iteration of a loop, `values` gets `taskrun` or `item`. */
export interface TaskContext {
  /** Name of the pipeline, for gaps. */
  pipeline: string;
  /** What is known before a run: `vars`, `inputs` (by their defaults), `labels`, `flow`; of an iteration `taskrun`, `item`. */
  values: TemplateValues;
  defaults: readonly PluginDefault[];
}

/** Datasets named in pairs by one declaration: what went in flowed into what came out, of this bundle only. */
export interface Movements {
  reads: DatasetUse[];
  writes: DatasetUse[];
  moves: DirectMove[];
}
