/** What is remembered of one scope: a service, filled from one source, in one catalog. All instants are epoch ms. */
export interface Remembered {
  /** Digest of everything but the source that decides what is written: config, program version. */
  config: string;
  /** All runs that started before this instant are written, except those of pipelines without `runs`. */
  watermark?: number;
  /** Up to when the last full pass read. */
  fullAt?: number;
  /** By name. */
  pipelines: ReadonlyMap<string, RememberedPipeline>;
  /** Runs that were open when they were written, by id. */
  openRuns: ReadonlyMap<string, OpenRun>;
  /** Digest of all lineage, if the catalog has settled every edge of it. */
  edges?: string;
}

export interface OpenRun {
  pipeline: string;
  startedAt: number;
  /** `running`, `paused`, `queued` or `unknown`. */
  state: string;
}

export interface RememberedPipeline {
  /** Digest of the definition that was written; absent when it has to be read in full again. */
  definition?: string;
  /** Id in the catalog. */
  id: string;
  /** What the catalog held as the hash of our last write. */
  hash?: string;
  /** The tasks in their order: the source's name, and the catalog's where that differs. */
  tasks: readonly (readonly [name: string, legal?: string])[];
  /** What the connector wanted to know again. */
  memo?: string;
  /** Its runs are written up to the watermark. */
  runs?: true;
}

/** What backfills of one scope have written, whatever windows they were asked for. All instants are epoch ms. */
export interface Backfilled {
  /** As `Remembered.config`. */
  config: string;
  /** Every run that started in one of these is written; in order, and none touches the next. */
  done: readonly { since: number; until: number }[];
}

/** The memory of one scope, for one run. */
export interface Memory {
  /** What earlier runs have left. */
  readonly last: Remembered | undefined;
  /** What earlier backfills have left. */
  readonly backfilled: Backfilled | undefined;
  digest(text: string): string;
  /** Replaces what is remembered of the scope. Calls may overlap: the last one wins. Rejects when another run has taken over. */
  save(remembered: Remembered): Promise<void>;
  /** The same for what backfills have written; the rest of the scope stays. */
  saveBackfilled(backfilled: Backfilled): Promise<void>;
  /** Gives the lock back. Safe to call twice. */
  close(): Promise<void>;
}

export interface OpenMemoryOptions {
  /** The state file; its directory must exist. `<path>.lock` and temporary files lie beside it. */
  path: string;
  /** Names the scope, e.g. service, source and target. Without secrets: it is written as it is. */
  scope: string;
  /** Current time, ms. */
  now: () => number;
  /** Told that the file can't be used and all is read in full. */
  warn: (message: string) => void;
}

/** The state can't be used by this run, and going on would harm: another run has it, a newer program wrote it, or it is something else. */
export class StateError extends Error {
  readonly hint: string;
  /** Another run has it: later it may be free. */
  readonly isTaken: boolean;
  constructor(message: string, { hint, isTaken = false, cause }: { hint: string; isTaken?: boolean; cause?: unknown }) {
    super(message, { cause });
    this.name = 'StateError';
    this.hint = hint;
    this.isTaken = isTaken;
  }
}
