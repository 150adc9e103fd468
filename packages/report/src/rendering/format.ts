const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
/** Beyond this an instant is no date in JavaScript. */
const latestInstant = 8_640_000_000_000_000;

/** `2026-01-31 06:00:05 UTC`; `unknown` for what is no instant. */
export function formatInstant(milliseconds: number): string {
  if (!(Math.abs(milliseconds) <= latestInstant)) return 'unknown';
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** In the two largest units that matter: `320 ms`, `12.4 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(milliseconds: number): string {
  if (!Number.isFinite(milliseconds) || milliseconds < 0) return 'unknown';
  if (milliseconds < second) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < minute) return `${(Math.floor(milliseconds / 100) / 10).toFixed(1)} s`;
  if (milliseconds < hour) return two(milliseconds, [minute, 'min'], [second, 's']);
  if (milliseconds < day) return two(milliseconds, [hour, 'h'], [minute, 'min']);
  return two(milliseconds, [day, 'd'], [hour, 'h']);
}

function two(milliseconds: number, large: [number, string], small: [number, string]): string {
  const rest = Math.floor((milliseconds % large[0]) / small[0]);
  const first = `${Math.floor(milliseconds / large[0])} ${large[1]}`;
  return rest === 0 ? first : `${first} ${rest} ${small[1]}`;
}

/** How long before `now` an instant was, in one unit: `2 h ago`. */
export function formatAge(instant: number, now: number): string {
  const age = now - instant;
  if (!Number.isFinite(age)) return 'unknown';
  if (age < minute) return 'just now';
  if (age < hour) return `${Math.floor(age / minute)} min ago`;
  if (age < 2 * day) return `${Math.floor(age / hour)} h ago`;
  return `${Math.floor(age / day)} d ago`;
}

/** `12,345`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en');
}

/** `1 pipeline`, `2 pipelines`. */
export function formatAmount(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
