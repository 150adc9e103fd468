import type { RunBook } from './run-book.js';
import type { IngestionOptions, Progress } from './types.js';

/** ms between two reports within one phase. */
const interval = 250;

const order: Progress['phase'][] = ['opening', 'pipelines', 'runs', 'lineage', 'done'];

export interface ProgressReporter {
  /** Goes on to a phase; an earlier one is passed over, since a source may mix pipelines and runs. */
  phase(phase: Progress['phase']): void;
  /** Reports if the last time is long enough ago. */
  tick(): void;
}

export function createProgressReporter(options: IngestionOptions, book: RunBook, startedAt: number): ProgressReporter {
  const { onProgress, now } = options;
  if (!onProgress) return { phase: () => undefined, tick: () => undefined };
  let current: Progress['phase'] | undefined;
  let reportedAt = Number.NEGATIVE_INFINITY;

  const report = (phase: Progress['phase'], at: number) => {
    reportedAt = at;
    const { pipelines, runs } = book.totals;
    onProgress({ phase, pipelines: pipelines.read, runs: runs.read, writes: book.writes(), elapsed: at - startedAt });
  };
  return {
    phase(phase) {
      if (current && order.indexOf(phase) <= order.indexOf(current)) return;
      current = phase;
      report(phase, now());
    },
    tick() {
      const at = now();
      if (current && at - reportedAt >= interval) report(current, at);
    },
  };
}
