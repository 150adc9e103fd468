import type { RunState } from '@flowmeta/connector';

/**
 * The states of runs and task instances of Airflow 2 and 3 in the words of the model. A task that waits between two tries, for its
 * turn to look again or for an event is under way.
 */
const runStates: Readonly<Record<string, RunState>> = {
  queued: 'queued',
  scheduled: 'queued',
  running: 'running',
  restarting: 'running',
  deferred: 'running',
  up_for_retry: 'running',
  up_for_reschedule: 'running',
  success: 'succeeded',
  failed: 'failed',
  shutdown: 'cancelled',
  skipped: 'skipped',
  upstream_failed: 'skipped',
};

/** The worst first: of several instances of one mapped task, the first in this list speaks for all. */
export const severity: readonly RunState[] = [
  'failed',
  'cancelled',
  'unknown',
  'running',
  'queued',
  'succeeded',
  'skipped',
];

export const isOpen = (state: RunState): boolean => state === 'queued' || state === 'running';

export const stateOf = (word: string): RunState => (Object.hasOwn(runStates, word) ? runStates[word]! : 'unknown');

/** Milliseconds of Airflow's times, which have microseconds; `undefined` for what is none. */
export function instantOf(text: string | null | undefined): number | undefined {
  const instant = Date.parse(text ?? '');
  return Number.isNaN(instant) ? undefined : instant;
}
