import { formatCount } from '@flowmeta/report/rendering';

/** 0 … 1 as `0%`, `0.42%`, `12.3%`, `100%`: cut, not rounded, so that no rate looks like the next health. */
export function formatRate(rate: number): string {
  if (rate === 0 || rate === 1) return `${rate * 100}%`;
  if (rate < 0.000_1) return '<0.01%';
  const digits = rate < 0.01 ? 2 : 1;
  return `${(cut(rate * 100 * 10 ** digits) / 10 ** digits).toFixed(digits)}%`;
}

/** 0.29 × 1000 is a little less than 290 here. */
const cut = (value: number): number => Math.floor(value + 1e-9);

/** A relative change: `+20%`, `=` when it rounds to nothing, `-100%` only when nothing is left. */
export function formatChange(change: number): string {
  const percent = change > -1 ? Math.max(-99, Math.round(change * 100)) : -100;
  return percent === 0 ? '=' : `${percent > 0 ? '+' : '-'}${formatCount(Math.abs(percent))}%`;
}

/** A difference of rates in percentage points: `+1.2 pp`, `=` when it rounds to nothing. */
export function formatPoints(difference: number): string {
  const tenths = Math.round(difference * 1_000);
  return tenths === 0 ? '=' : `${tenths > 0 ? '+' : '-'}${(Math.abs(tenths) / 10).toFixed(1)} pp`;
}
