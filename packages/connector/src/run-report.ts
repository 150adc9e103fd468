import type { LineageGraph } from './lineage-graph.js';
import type { RunState, Schedule, TaskEdge } from './model.js';

/** What one ingestion run did. Written as JSON by `--report FILE.json` and drawn by `@flowmeta/report`. */
export interface RunReport {
  formatVersion: 1;
  /** Identifies this ingestion run. */
  runId: string;
  /** `done`: nothing lost. `partial`: something was skipped or failed. `failed`: it stopped. `interrupted`: by a signal. */
  outcome: 'done' | 'partial' | 'failed' | 'interrupted';
  /** ms. */
  startedAt: number;
  endedAt: number;
  /** The window of runs that was read, ms. */
  window: { since: number; until: number };
  dryRun: boolean;
  /** True when a stand-in without a recording behind it answered for the catalog. */
  simulated?: boolean;
  source: { connector: string; description: string };
  target: { kind: string; description: string; service: string };
  totals: {
    pipelines: EntityTotals;
    runs: EntityTotals;
    edges: EntityTotals;
    tags: { created: number };
  };
  requests: { source: RequestTotals; target: RequestTotals };
  pipelines: PipelineReport[];
  /** Absent when lineage wasn't wanted. */
  lineage?: LineageGraph;
  /** Items that could not be read, with the reason. */
  skipped: Finding[];
  /** Writes that the catalog refused, with the reason. */
  failed: Finding[];
  /** Lost nothing, but the user should know. */
  warnings: Finding[];
  /** The error that stopped the run. */
  error?: Finding;
}

export interface EntityTotals {
  read: number;
  created: number;
  updated: number;
  unchanged: number;
  /** Left out on purpose. */
  filtered: number;
  skipped: number;
  failed: number;
  /** Taken away because the source no longer has it; absent counts as 0. */
  removed?: number;
}

export interface RequestTotals {
  total: number;
  retried: number;
  /** By method and path pattern, e.g. `PUT /v1/pipelines`. */
  byEndpoint: Record<string, number>;
}

export interface Finding {
  /** What it is about, e.g. a pipeline's name. */
  ref: string;
  message: string;
  hint?: string;
  /** How often it was seen. */
  count: number;
}

export interface PipelineReport {
  name: string;
  displayName?: string;
  namespace?: string;
  description?: string;
  sourceUrl?: string;
  fqn?: string;
  /**
   * `kept`: left as it is for a person's sake. `restored`: it is back in the source, and so in the catalog. `deleted`: soft-deleted,
   * since the source no longer has it; such a one has nothing but a name.
   */
  outcome: 'created' | 'updated' | 'unchanged' | 'restored' | 'deleted' | 'failed' | 'kept' | 'planned';
  enabled: boolean;
  degraded?: string;
  schedules: Schedule[];
  tasks: { name: string; type?: string; branch?: string; enabled: boolean }[];
  edges: TaskEdge[];
  labels: { key: string; value: string }[];
  owners: string[];
  runs: {
    read: number;
    written: number;
    unchanged: number;
    failed: number;
    byState: Partial<Record<RunState, number>>;
    /** The newest first, ten at most. */
    latest: { id: string; state: RunState; startedAt: number; endedAt?: number; url?: string }[];
  };
}
