import { describe, expect, it } from 'vitest';
import { formatDuration, formatInstant } from './format.js';

describe('times in a report', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [59_999, '59.9 s'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
    [273_600_000, '3 d 4 h'],
    [604_800_000, '7 d'],
    [-1, 'unknown'],
    [Number.NaN, 'unknown'],
  ])('say %d ms as %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  it('say an instant that is none', () => {
    expect(formatInstant(9e15)).toBe('unknown');
    expect(formatInstant(0)).toBe('1970-01-01 00:00:00 UTC');
  });
});
