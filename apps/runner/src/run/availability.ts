import type { SourceAvailability } from '@flowmeta/connector';
import { duration } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';

/** Says that a server is waited for, and that it is back: else a run would seem to hang. */
export function saidAvailability(server: string, terminal: Terminal) {
  return (change: SourceAvailability): void => {
    if (change.available) {
      terminal.log('INFO', `${server} answers again after ${duration(change.afterMs)}`);
      return;
    }
    const { failures, waitMs } = change;
    terminal.log(
      'WARN',
      `${server} has not answered ${failures} times in a row; waiting up to ${duration(waitMs)} for it`,
    );
  };
}
