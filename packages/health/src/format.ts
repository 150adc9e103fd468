const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
/** Beyond this an instant is no date in JavaScript. */
const latestInstant = 8_640_000_000_000_000;

/** `2026-01-31 06:00 UTC`; `unknown` for what is no date. */
export function formatInstant(milliseconds: number): string {
  if (!(Math.abs(milliseconds) <= latestInstant)) return 'unknown';
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** In the two largest units that matter: `320 ms`, `12.4 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < second) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < minute) return `${(Math.floor(milliseconds / 100) / 10).toFixed(1)} s`;
  if (milliseconds < hour) return two(milliseconds, [minute, 'min'], [second, 's']);
  if (milliseconds < day) return two(milliseconds, [hour, 'h'], [minute, 'min']);
  return two(milliseconds, [day, 'd'], [hour, 'h']);
}

function two(milliseconds: number, large: [number, string], small: [number, string]): string {
  const rest = Math.floor((milliseconds % large[0]) / small[0]);
  const first = `${formatCount(Math.floor(milliseconds / large[0]))} ${large[1]}`;
  return rest === 0 ? first : `${first} ${rest} ${small[1]}`;
}

/** `12,345`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en');
}

/** `1 pipeline`, `2 pipelines`. */
export function formatAmount(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

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
