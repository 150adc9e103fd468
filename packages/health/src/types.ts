/** From `since` up to, without, `until`; ms since the Unix epoch. */
export interface HealthWindow {
  since: number;
  until: number;
}

/**
 * `HEALTHY`: no failure. `WARNING`: fewer than one in a hundred failed. `CRITICAL`: more than that. `IDLE`: nothing ended
 * that could be judged.
 */
export type Health = 'HEALTHY' | 'WARNING' | 'CRITICAL' | 'IDLE';

/**
 * How the task runs of a window went. A task counts once per run, however often a loop repeated it.
 * `count` is the sum of the other numbers.
 */
export interface OutcomeCounts {
  count: number;
  succeeded: number;
  /** Ended with a warning, which is no failure. */
  warnings: number;
  failures: number;
  cancelled: number;
  /** Did not run, e.g. because its condition was not met. */
  skipped: number;
  /** Ended in a state that the connector has no word for. */
  unclear: number;
  /** Queued, running or paused, or in an unknown state without an end. */
  open: number;
}

/** Durations of the task runs that ended, first start to last end, without the skipped ones. All in whole ms. */
export interface DurationStatistics {
  /** How many durations were known. */
  count: number;
  mean: number;
  /** The smallest duration that at least half of them don't exceed. */
  p50: number;
  /** The smallest duration that at least 95 % of them don't exceed. */
  p95: number;
  max: number;
  /** How far `p50` and `p95` may be off: 0 up to 10,000 durations, then 0.01 of the true value. */
  relativeError: number;
}

/** The window against the one of the same length before it. */
export type Trend =
  /** Nothing ran in either. */
  | { kind: 'none' }
  /** Nothing ran before. */
  | { kind: 'new' }
  | {
      kind: 'compared';
      before: { count: number; failureRate?: number; p95?: number };
      /** Relative: 0.5 is half as many again, -1 is none any more. */
      count: number;
      /** Difference of the rates: 0.02 is two percentage points more. Absent where one of them is. */
      failureRate?: number;
      /** Relative. Absent where one of them is, or was 0. */
      p95?: number;
    };

/** What a window says about one type, one group or all of them. */
export interface HealthStatistics extends OutcomeCounts {
  /** Failures among those that succeeded, warned, failed or were cancelled, 0 … 1. Absent when there were none. */
  failureRate?: number;
  /** Attempts beyond the first of each iteration, as far as they can be told from iterations. */
  retries: number;
  /** Attempts beyond the first where they may as well be iterations: the source doesn't tell, and the pipeline has a loop or is not known. */
  repeats: number;
  /** Absent when no duration is known. */
  duration?: DurationStatistics;
  health: Health;
  trend: Trend;
  /** The window in 14 equal parts, the oldest first. */
  activity: { count: number; failures: number }[];
}

export interface TypeHealth extends HealthStatistics {
  type: string;
  group: string;
  /** How many enabled pipelines name it, in a task that is switched off too. 0 where only runs know it. */
  pipelines: number;
  /** Flow control: its durations include those of the tasks inside. */
  isContainer: boolean;
}

export interface GroupHealth extends HealthStatistics {
  group: string;
  /** The types of it that are used or ran, as in `HealthReport.types`. */
  types: string[];
  pipelines: number;
  /** Nothing but flow control; durations of groups that have something else leave flow control out. */
  isContainer: boolean;
}

/** Task runs whose type is not known: their pipeline is not, or an earlier revision of it had the task. */
export interface UnknownTypes extends HealthStatistics {
  /** Those with task runs in either window; `count` is that of the window. */
  tasks: { pipeline: string; revision?: string; task: string; count: number; failures: number }[];
}

export interface InstalledTypes {
  /** How many types the server has. */
  count: number;
  /** Not every pipeline was looked at: `unused` is empty, as others may use what these don't. */
  isPartial?: true;
  /** Installed types that no enabled pipeline names and no trigger of a run in the windows is of. */
  unused: UnusedGroup[];
  /** Types that enabled pipelines name and the server doesn't have. */
  missing: { type: string; pipelines: string[] }[];
}

export interface UnusedGroup {
  group: string;
  types: string[];
  /** No installed type of the group is used, and no trigger of it set off a run. */
  whole: boolean;
  /** Those of `types` that disabled pipelines still name. */
  namedByDisabled: string[];
}

/** How well the task types of an orchestrator did. JSON; lists have a fixed order. */
export interface HealthReport {
  formatVersion: 1;
  window: HealthWindow;
  before: HealthWindow;
  /** The worst of all types; `CRITICAL` as well when an enabled pipeline names a type that is not installed. */
  health: Health;
  pipelines: { enabled: number; disabled: number };
  /** Runs that started in the window. */
  runs: number;
  /** All task runs of the window, those of unknown type too; durations without flow control. */
  total: HealthStatistics;
  /** The most used first. */
  groups: GroupHealth[];
  /** The most used first. */
  types: TypeHealth[];
  /** Names of types, ten at most each. `slowest`, by p95, leaves flow control out; `failing` is by number of failures. */
  top: { used: string[]; slowest: string[]; failing: string[] };
  unknown: UnknownTypes;
  /** Absent when nobody said which types the server has. */
  installed?: InstalledTypes;
  /** Task runs that started in neither window. */
  outside: number;
}
