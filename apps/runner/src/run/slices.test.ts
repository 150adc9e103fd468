import { describe, expect, it } from 'vitest';
import { covers, slicesOf, withoutWindow, withWindow } from './slices.js';

const stretch = (since: number, until: number) => ({ since, until });

describe('slicesOf', () => {
  it('cuts at whole multiples, the newest first, and leaves nothing out', () => {
    expect(slicesOf(stretch(5, 32), 10)).toEqual([stretch(30, 32), stretch(20, 30), stretch(10, 20), stretch(5, 10)]);
    expect(slicesOf(stretch(10, 30), 10)).toEqual([stretch(20, 30), stretch(10, 20)]);
    expect(slicesOf(stretch(11, 12), 10)).toEqual([stretch(11, 12)]);
  });
});

describe('stretches that are done', () => {
  it('become one where they touch', () => {
    const done = [stretch(20, 30), stretch(0, 10)].reduce(withWindow, [] as { since: number; until: number }[]);
    expect(done).toEqual([stretch(0, 10), stretch(20, 30)]);
    expect(withWindow(done, stretch(10, 20))).toEqual([stretch(0, 30)]);
    expect(withWindow(done, stretch(5, 12))).toEqual([stretch(0, 12), stretch(20, 30)]);
    expect(withWindow(done, stretch(40, 40))).toEqual(done);
  });

  it('cover a window that one of them holds whole', () => {
    const done = [stretch(0, 10), stretch(20, 30)];
    expect([stretch(0, 10), stretch(2, 3), stretch(5, 11), stretch(8, 22)].map((each) => covers(done, each))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('lose a window wherever it lies', () => {
    const done = [stretch(0, 10), stretch(20, 30)];
    expect(withoutWindow(done, stretch(5, 25))).toEqual([stretch(0, 5), stretch(25, 30)]);
    expect(withoutWindow(done, stretch(2, 3))).toEqual([stretch(0, 2), stretch(3, 10), stretch(20, 30)]);
    expect(withoutWindow(done, stretch(0, 40))).toEqual([]);
  });
});
