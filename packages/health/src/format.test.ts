import { describe, expect, it } from 'vitest';
import { formatChange, formatPoints, formatRate } from './format.js';

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
});
