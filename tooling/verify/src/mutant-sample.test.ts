import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lowerBound, sampleOf } from './mutant-sample.mjs';

const folder = mkdtempSync(join(tmpdir(), 'flowmeta-sample-'));
mkdirSync(join(folder, 'sub'));
for (const name of ['one.ts', 'sub/two.ts', 'sub/two.test.ts', 'read.me']) {
  writeFileSync(join(folder, name), 'x\n'.repeat(239));
}
afterAll(() => rmSync(folder, { recursive: true }));

describe('a sample of the lines', () => {
  it('is the sources themselves where they are short', () => {
    const { mutate, share } = sampleOf([folder], { lines: 480, seed: 1 });
    expect(share).toBe(1);
    expect(mutate).toEqual([join(folder, 'one.ts'), join(folder, 'sub/two.ts')]);
  });

  it('has blocks of them, each once, as the seed decides', () => {
    const { mutate, share } = sampleOf([folder], { lines: 120, seed: 1 });
    expect(share).toBe(0.25);
    expect(new Set(mutate).size).toBe(5);
    for (const block of mutate) expect(block).toMatch(/(one|two)\.ts:\d+-\d+$/);
    expect(sampleOf([folder], { lines: 120, seed: 1 }).mutate).toEqual(mutate);
    expect(sampleOf([folder], { lines: 120, seed: 2 }).mutate).not.toEqual(mutate);
  });
});

describe('what the whole has at least', () => {
  /** As many blocks as there are shares, each with `size` mutants of which that share is noticed. */
  const judged = (shares: number[], size: number) =>
    shares.flatMap((share, block) =>
      Array.from({ length: size }, (_, index) => ({
        file: 'a.ts',
        line: block * 24 + 1 + (index % 24),
        noticed: index < share * size,
      })),
    );

  it('is the score where all was judged', () => {
    expect(lowerBound(judged([0.5, 1], 10), 1)).toBe(75);
  });

  it('is lower the fewer and the less alike the blocks are', () => {
    const alike = lowerBound(judged([0.8, 0.8, 0.8, 0.8], 10), 0.2);
    const unlike = lowerBound(judged([0.6, 1, 0.6, 1], 10), 0.2);
    const more = lowerBound(judged(Array.from({ length: 10 }, () => [0.6, 1, 0.6, 1]).flat(), 10), 0.2);
    expect(alike).toBe(80);
    expect(unlike).toBeLessThan(more);
    expect(more).toBeLessThan(80);
  });

  it('is missed by one of forty samples at most', () => {
    const rates = Array.from({ length: 400 }, (_, index) => ((index * 37) % 100) / 100);
    const truth = (100 * rates.reduce((sum, rate) => sum + Math.ceil(rate * 10) / 10, 0)) / rates.length;
    let missed = 0;
    for (let start = 0; start < 400; start += 1) {
      const some = Array.from({ length: 60 }, (_, index) => rates[(start + index * 149) % 400] ?? 0);
      if (lowerBound(judged(some, 10), 60 / 400) > truth) missed += 1;
    }
    expect(missed).toBeLessThanOrEqual(10);
  });

  it('is not known by one block', () => {
    expect(lowerBound(judged([1], 10), 0.1)).toBeNaN();
  });
});
