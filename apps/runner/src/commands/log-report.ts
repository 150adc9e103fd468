import type { RunReport } from '@flowmeta/connector';
import type { LogLevel } from '../terminal/log-levels.js';
import { duration } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';

/** Logs what a run found and how it ended: to a reader of logs, the summary on stdout is lost. */
export function logReport(report: RunReport, terminal: Terminal): void {
  const { skipped, failed, warnings, error, outcome, startedAt, endedAt } = report;
  const lists: [LogLevel, RunReport['warnings']][] = [
    ['WARN', warnings],
    ['WARN', skipped],
    ['ERROR', failed],
    ['ERROR', error ? [error] : []],
  ];
  for (const [level, findings] of lists) {
    for (const { ref, message, hint, count } of findings) terminal.log(level, message, { ref, hint, count });
  }
  const ms = endedAt - startedAt;
  terminal.log('INFO', `${outcome} in ${duration(ms)}`, { outcome, durationMs: ms });
}
