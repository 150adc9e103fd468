import type { PipelineReport, RunState } from '@flowmeta/connector';
import type { FindingGroup } from '../summary.js';

/** Colour and sign of each state of a run; the sign is for those who can't tell the colours apart, and for paper. */
export const stateLooks: Readonly<Record<RunState, { tone: string; sign: string }>> = {
  succeeded: { tone: 'good', sign: '' },
  warning: { tone: 'warn', sign: '!' },
  failed: { tone: 'bad', sign: '×' },
  cancelled: { tone: 'calm', sign: '–' },
  skipped: { tone: 'faint', sign: '' },
  queued: { tone: 'open', sign: '' },
  running: { tone: 'open', sign: '›' },
  paused: { tone: 'pause', sign: '=' },
  unknown: { tone: 'faint', sign: '?' },
};

/** The colour of each outcome of a pipeline. */
export const outcomeTones: Readonly<Record<PipelineReport['outcome'], string>> = {
  created: 'good',
  updated: 'info',
  unchanged: 'calm',
  restored: 'good',
  deleted: 'faint',
  planned: 'pause',
  kept: 'warn',
  failed: 'bad',
};

/** The colour of each kind of finding. */
export const findingTones: Readonly<Record<FindingGroup['kind'], string>> = {
  error: 'bad',
  failed: 'bad',
  skipped: 'warn',
  degraded: 'warn',
  warning: 'info',
};
