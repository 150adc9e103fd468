import { describe, expect, it } from 'vitest';
import { defaultRetryPolicy, delayBefore, parseRetryAfter } from './retry.js';

describe('delayBefore', () => {
  const wait = (attempt: number, retryAfterMs: number | undefined, random = 1) =>
    delayBefore(attempt, defaultRetryPolicy, { retryAfterMs, random: () => random });

  it('is a random share of a span that doubles up to the longest wait', () => {
    expect([1, 2, 3, 20].map((attempt) => wait(attempt, undefined))).toEqual([250, 500, 1000, 30_000]);
    expect(wait(3, undefined, 0.5)).toBe(500);
    expect(wait(3, undefined, 0)).toBe(0);
  });

  it('is what the server asked for, up to the longest wait', () => {
    expect(wait(1, 7000, 0)).toBe(7000);
    expect(wait(1, 3_600_000)).toBe(30_000);
  });
});

describe('parseRetryAfter', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');

  it('reads seconds and dates, and nothing from anything else', () => {
    expect(parseRetryAfter('7', now)).toBe(7000);
    expect(parseRetryAfter('Thu, 01 Jan 2026 00:00:09 GMT', now)).toBe(9000);
    expect(parseRetryAfter('Wed, 31 Dec 2025 00:00:00 GMT', now)).toBe(0);
    for (const value of [undefined, '', 'soon', '-5x']) expect(parseRetryAfter(value, now)).toBeUndefined();
  });
});
