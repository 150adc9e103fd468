import type { HttpError } from './http-error.js';
import type { RetryPolicy } from './types.js';

export const defaultRetryPolicy: RetryPolicy = {
  retries: 4,
  retriesOn500: 1,
  baseDelayMs: 250,
  maxDelayMs: 30_000,
};

const passingStatuses = new Set([429, 502, 503, 504]);

/** How many tries may follow the first one after such an error. */
export function retriesAfter(error: HttpError, policy: RetryPolicy, retryOn: readonly number[] = []): number {
  if (error.kind === 'timeout') return policy.retries;
  if (error.kind === 'network') return policy.retries;
  if (error.kind !== 'status' || error.status === undefined) return 0;
  if (passingStatuses.has(error.status) || retryOn.includes(error.status)) return policy.retries;
  return error.status === 500 ? policy.retriesOn500 : 0;
}

/** How long to wait before the next try, ms: what the server asked for, else a random share of a doubling span. */
export function delayBefore(
  attempt: number,
  policy: RetryPolicy,
  options: { retryAfterMs: number | undefined; random: () => number },
): number {
  if (options.retryAfterMs !== undefined) return Math.min(options.retryAfterMs, policy.maxDelayMs);
  const span = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1));
  return options.random() * span;
}

/** Reads `Retry-After`, seconds or an HTTP date, as ms from now; `undefined` for what is neither. */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value.trim()) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
