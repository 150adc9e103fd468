import { describe, expect, it } from 'vitest';
import { parseSince } from './since.js';

const now = Date.UTC(2026, 10, 22, 12);

describe('parseSince', () => {
  it.each<[string, number]>([
    ['90m', now - 90 * 60_000],
    ['12h', now - 12 * 3_600_000],
    ['7d', now - 7 * 86_400_000],
    ['2w', now - 14 * 86_400_000],
    ['2026-11-01', Date.UTC(2026, 10, 1)],
    ['2026-11-01T06:30', Date.UTC(2026, 10, 1, 6, 30)],
    ['2026-11-01T06:30:00Z', Date.UTC(2026, 10, 1, 6, 30)],
    ['2026-11-01T06:30:00+02:00', Date.UTC(2026, 10, 1, 4, 30)],
    ['99999999d', 0],
  ])('reads %s, without a zone as UTC', (text, instant) => {
    expect(parseSince(text, now)).toBe(instant);
  });

  it.each(['', 'yesterday', '7', '7y', '11/01/2026', '2026-13-01', '2026-02-30', '2026-11-23', '0d'])(
    'refuses "%s"',
    (text) => {
      expect(() => parseSince(text, now)).toThrow(/--since/);
    },
  );
});
