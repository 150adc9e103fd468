import { formatCount, formatDuration } from '@flowmeta/report/rendering';
import { formatChange, formatPoints, formatRate } from './format.js';
import type { HealthStatistics } from './types.js';

/** A column of the table that every rendering has. */
export interface Column {
  title: string;
  /** The text of a cell; `-` where there is nothing to say. */
  text: (statistics: HealthStatistics) => string;
  /** Where there is no room for all of them, those with the highest number go first. */
  order: number;
}

const none = '-';

export const columns: readonly Column[] = [
  { title: 'health', order: 0, text: ({ health }) => health },
  { title: 'runs', order: 1, text: ({ count }) => formatCount(count) },
  { title: 'failed', order: 2, text: ({ failures }) => formatCount(failures) },
  { title: 'rate', order: 3, text: ({ failureRate }) => (failureRate === undefined ? none : formatRate(failureRate)) },
  { title: 'open', order: 8, text: ({ open }) => formatCount(open) },
  { title: 'p50', order: 5, text: ({ duration }) => (duration ? formatDuration(duration.p50) : none) },
  { title: 'p95', order: 4, text: ({ duration }) => (duration ? formatDuration(duration.p95) : none) },
  { title: 'mean', order: 10, text: ({ duration }) => (duration ? formatDuration(duration.mean) : none) },
  { title: 'retries', order: 9, text: ({ retries }) => formatCount(retries) },
  { title: 'runs ±', order: 6, text: countChange },
  { title: 'rate ±', order: 7, text: rateChange },
  { title: 'p95 ±', order: 11, text: p95Change },
];

export function countChange({ trend }: HealthStatistics): string {
  return trend.kind === 'compared' ? formatChange(trend.count) : trend.kind === 'new' ? 'new' : none;
}

export function rateChange({ trend }: HealthStatistics): string {
  return trend.kind === 'compared' && trend.failureRate !== undefined ? formatPoints(trend.failureRate) : none;
}

export function p95Change({ trend }: HealthStatistics): string {
  return trend.kind === 'compared' && trend.p95 !== undefined ? formatChange(trend.p95) : none;
}
