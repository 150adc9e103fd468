import type { SourceAvailability } from '@flowmeta/connector';
import type { DatabaseAvailability } from '@flowmeta/om-sink';
import { duration } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';

/** Says that a server is waited for, and that it is back: else a run would seem to hang. */
export function saidAvailability(server: string, terminal: Terminal) {
  return (change: SourceAvailability | DatabaseAvailability): void => {
    if (change.available) {
      terminal.log('INFO', `${server} answers again after ${duration(change.afterMs)}`);
      return;
    }
    const what =
      'answer' in change
        ? `${server} answers as if its database were away (${change.answer})`
        : `${server} has not answered ${change.failures} times in a row`;
    terminal.log('WARN', `${what}; waiting up to ${duration(change.waitMs)} for it`);
  };
}
