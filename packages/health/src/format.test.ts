import { describe, expect, it } from 'vitest';
import { formatChange, formatDuration, formatInstant, formatPoints, formatRate } from './format.js';

describe('numbers in a report', () => {
  it.each([
    [0, '0%'],
    [0.000_01, '<0.01%'],
    [0.004_2, '0.42%'],
    [0.009_999, '0.99%'],
    [0.01, '1.0%'],
    [0.29, '29.0%'],
    [0.999_9, '99.9%'],
    [1, '100%'],
  ])('say the rate %d as %s, never as the next health', (rate, text) => {
    expect(formatRate(rate)).toBe(text);
  });

  it.each([
    [0.2, '+20%'],
    [-0.5, '-50%'],
    [0.001, '='],
    [12.5, '+1,250%'],
    [-0.999, '-99%'],
    [-1, '-100%'],
  ])('say the change %d as %s', (change, text) => {
    expect(formatChange(change)).toBe(text);
  });

  it.each([
    [0.012, '+1.2 pp'],
    [-0.25, '-25.0 pp'],
    [0.000_1, '='],
  ])('say the difference %d as %s', (difference, text) => {
    expect(formatPoints(difference)).toBe(text);
  });

  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [59_999, '59.9 s'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
    [273_600_000, '3 d 4 h'],
    [604_800_000, '7 d'],
  ])('say %d ms as %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  it('say an instant that is none', () => {
    expect(formatInstant(9e15)).toBe('unknown');
    expect(formatInstant(0)).toBe('1970-01-01 00:00 UTC');
  });
});
