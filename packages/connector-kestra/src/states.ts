import type { RunState } from '@flowmeta/connector';

/**
 * The states of Kestra 0.17 … 2.0 in the words of the model. RETRIED is an execution that another one has replaced, or a
 * task run that was tried again; RESUBMITTED is a task run whose worker was lost.
 */
export const runStates: Readonly<Record<string, RunState>> = {
  CREATED: 'queued',
  SUBMITTED: 'queued',
  QUEUED: 'queued',
  RUNNING: 'running',
  RESTARTED: 'running',
  RETRYING: 'running',
  KILLING: 'running',
  PAUSED: 'paused',
  BREAKPOINT: 'paused',
  SUCCESS: 'succeeded',
  WARNING: 'warning',
  FAILED: 'failed',
  RETRIED: 'failed',
  KILLED: 'cancelled',
  CANCELLED: 'cancelled',
  RESUBMITTED: 'cancelled',
  SKIPPED: 'skipped',
};

/** Task runs in these states don't count where a later one of the same task took their place. */
export const supersededStates: ReadonlySet<string> = new Set(['RETRIED', 'RESUBMITTED']);

/** The worst first: of several task runs of one task, the first in this list speaks for all. */
export const severity: readonly RunState[] = [
  'failed',
  'cancelled',
  'unknown',
  'running',
  'paused',
  'queued',
  'warning',
  'succeeded',
  'skipped',
];

const openStates: ReadonlySet<RunState> = new Set(['queued', 'running', 'paused']);

/** What a Kestra state comes to, with its instants in ms. */
export interface ReadState {
  state: RunState;
  sourceState: string;
  startedAt?: number;
  /** Absent while it is open; Kestra has an end date on paused ones too. */
  endedAt?: number;
}

export interface StateWithDates {
  current: string;
  histories: { state: string; date: string }[];
  startDate?: string;
  endDate?: string;
}

/** Reads a Kestra state. A state that isn't in the table is `unknown`, and open unless it has an end. */
export function readState({ current, histories, startDate, endDate }: StateWithDates): ReadState {
  const state = Object.hasOwn(runStates, current) ? runStates[current]! : 'unknown';
  const startedAt = instant(startDate) ?? instant(histories[0]?.date);
  const lastChange = () => (state === 'unknown' ? undefined : instant(histories.at(-1)?.date));
  const endedAt = openStates.has(state) ? undefined : (instant(endDate) ?? lastChange());
  // Assigned, not spread: there are very many states to read.
  const read: ReadState = { state, sourceState: current };
  if (startedAt !== undefined) read.startedAt = startedAt;
  if (endedAt !== undefined) read.endedAt = endedAt;
  return read;
}

/** Milliseconds of an ISO 8601 instant; `undefined` for what is none. */
function instant(text: string | undefined): number | undefined {
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
