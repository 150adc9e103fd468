import { distinctTimestamps, type PipelineStatus } from '@flowmeta/om-mapper';

/** A mapped run that waits for its write. */
export interface BufferedRun {
  id: string;
  pipeline: string;
  /** ms; the same for runs that started in the same millisecond. */
  startedAt: number;
  /** Absent for one that is not written, and takes its place among those that are. */
  status?: PipelineStatus;
}

export interface RunBatch {
  pipeline: string;
  /** No two with the same timestamp. */
  statuses: PipelineStatus[];
  /** There was no room to wait for the end of a burst: runs that are still to come may need timestamps of these. */
  isCut?: true;
}

/**
 * Keeps mapped runs by pipeline until a batch is worth a request. Runs that started in the same millisecond get distinct
 * timestamps; if a pipeline's runs arrive oldest first, also those that a batch's end would have parted: a task that starts
 * thousands of runs at once makes one large batch.
 */
export interface RunBuffer {
  /** Takes a run and answers the batches that are due. The same run twice counts once, as it was last. */
  add(run: BufferedRun): RunBatch[];
  /** Empties the buffer. */
  takeAll(): RunBatch[];
}

export interface RunBufferOptions {
  /** Runs of one pipeline that make a batch; default 100. */
  batchSize?: number;
  /** Runs held at a time; default 10,000. */
  maxRuns?: number;
  /** Runs and their task runs held at a time, which is what fills the memory; default 110,000. */
  maxEntries?: number;
}

interface PipelineBuffer {
  runs: Map<string, BufferedRun>;
  newest: BufferedRun;
  /** A batch is looked for when there are more runs than this. */
  enough: number;
}

export function createRunBuffer(options: RunBufferOptions = {}): RunBuffer {
  const { batchSize = 100, maxRuns = 10_000, maxEntries = 110_000 } = options;
  const buffers = new Map<string, PipelineBuffer>();
  let heldRuns = 0;
  let heldEntries = 0;

  const count = (run: BufferedRun, sign: 1 | -1) => {
    heldRuns += sign;
    heldEntries += sign * (1 + (run.status?.taskStatus.length ?? 0));
  };

  /** Takes the runs up to a safe end. Where there is none it takes nothing, or all if it must. */
  const take = (pipeline: string, buffer: PipelineBuffer, must: boolean): RunBatch[] => {
    const all = [...buffer.runs.values()];
    const timestamps = distinctTimestamps(all);
    const end = safeEnd(all, timestamps, buffer.newest.startedAt);
    const older = all.filter((run) => run.startedAt < end);
    if (older.length === 0 && !must) return [];
    const due = older.length > 0 ? older : all;
    const isCut = older.length === 0 && all.some(({ id }) => timestamps.get(id)! > buffer.newest.startedAt);
    for (const run of due) {
      buffer.runs.delete(run.id);
      count(run, -1);
    }
    if (buffer.runs.size === 0) buffers.delete(pipeline);
    return batchOf(pipeline, { runs: due, timestamps }).map((batch) => (isCut ? { ...batch, isCut } : batch));
  };

  /** Frees a quarter at once, the fullest first: few large requests instead of many small ones. Bursts that go on are the last to go. */
  const relieve = (): RunBatch[] => {
    const batches: RunBatch[] = [];
    for (const must of [false, true]) {
      const fullestFirst = [...buffers].sort((a, b) => b[1].runs.size - a[1].runs.size);
      for (const [pipeline, buffer] of fullestFirst) {
        if (heldRuns <= maxRuns * 0.75 && heldEntries <= maxEntries * 0.75) return batches;
        batches.push(...take(pipeline, buffer, must));
      }
    }
    return batches;
  };

  return {
    add(run) {
      const buffer = buffers.get(run.pipeline) ?? {
        runs: new Map<string, BufferedRun>(),
        newest: run,
        enough: batchSize,
      };
      const earlier = buffer.runs.get(run.id);
      if (earlier?.status && !run.status) return [];
      if (earlier) count(earlier, -1);
      buffer.runs.set(run.id, run);
      buffer.newest = run;
      buffers.set(run.pipeline, buffer);
      count(run, 1);
      if (heldRuns > maxRuns || heldEntries > maxEntries) return relieve();
      if (buffer.runs.size <= buffer.enough) return [];
      const before = buffer.runs.size;
      const batches = take(run.pipeline, buffer, false);
      // To look for the end of a burst at each of its runs would take too long.
      buffer.enough = buffer.runs.size === before ? before + batchSize : batchSize;
      return batches;
    },
    takeAll() {
      const batches = [...buffers].flatMap(([pipeline, { runs }]) => {
        const all = [...runs.values()];
        return batchOf(pipeline, { runs: all, timestamps: distinctTimestamps(all) });
      });
      buffers.clear();
      heldRuns = 0;
      heldEntries = 0;
      return batches;
    },
  };
}

/**
 * Where a batch may end: no run from before takes a timestamp that a run from then on, even one that is still to come,
 * could need.
 */
function safeEnd(runs: readonly BufferedRun[], timestamps: ReadonlyMap<string, number>, newest: number): number {
  let end = newest;
  const latestFirst = [...runs].sort((a, b) => b.startedAt - a.startedAt);
  for (const run of latestFirst) {
    if (run.startedAt < end && (timestamps.get(run.id) ?? 0) >= end) end = run.startedAt;
  }
  return end;
}

/** None where no run of it is written. */
function batchOf(
  pipeline: string,
  { runs, timestamps }: { runs: readonly BufferedRun[]; timestamps: ReadonlyMap<string, number> },
): RunBatch[] {
  const statuses = runs.flatMap(({ id, startedAt, status }) => {
    if (status === undefined) return [];
    const timestamp = timestamps.get(id) ?? startedAt;
    return [timestamp === status.timestamp ? status : { ...status, timestamp }];
  });
  return statuses.length > 0 ? [{ pipeline, statuses }] : [];
}
