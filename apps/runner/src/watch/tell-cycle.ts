import type { Finding, RunReport } from '@flowmeta/connector';
import type { LogLevel } from '../terminal/log-levels.js';
import { duration } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';

/** Logs cycles: a line for each that did something, and what its report lists unless the cycle before has listed it too. */
export function createCycleLog(terminal: Terminal): (report: RunReport) => void {
  let told = new Set<string>();

  return (report) => {
    const { outcome, startedAt, endedAt, warnings, skipped, failed } = report;
    const lists: [LogLevel, readonly Finding[]][] = [
      ['WARN', warnings],
      ['WARN', skipped],
      ['ERROR', failed],
    ];
    const telling = new Set<string>();
    for (const [level, findings] of lists) {
      for (const { ref, message, hint, count } of findings) {
        const line = `${ref}: ${message}`;
        telling.add(line);
        if (!told.has(line)) terminal.log(level, line, { ref, hint, count });
      }
    }
    // A cycle that broke off has not come across all of it.
    if (outcome === 'done' || outcome === 'partial') told = telling;
    if (outcome === 'failed') return;
    const what = writesOf(report);
    const ms = endedAt - startedAt;
    const end = outcome === 'interrupted' ? 'until it was interrupted after' : 'in';
    terminal.log(what ? 'INFO' : 'DEBUG', `${what || 'nothing new'} ${end} ${duration(ms)}`, {
      outcome,
      durationMs: ms,
    });
  };
}

/** What a cycle has written, e.g. `1 pipeline created, 12 runs`; empty where that is nothing. */
export function writesOf({ totals: { pipelines, runs, edges, tags } }: RunReport): string {
  const parts: [number, string, string][] = [
    [pipelines.created, 'pipeline', ' created'],
    [pipelines.updated, 'pipeline', ' updated'],
    [pipelines.removed ?? 0, 'pipeline', ' deleted'],
    [runs.created + runs.updated, 'run', ''],
    [edges.created + edges.updated, 'edge', ''],
    [edges.removed ?? 0, 'edge', ' removed'],
    [tags.created, 'tag', ' created'],
  ];
  return parts
    .filter(([count]) => count > 0)
    .map(([count, thing, what]) => `${count} ${thing}${count === 1 ? '' : 's'}${what}`)
    .join(', ');
}
