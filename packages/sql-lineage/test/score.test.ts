import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { score } from './score.js';

/** The least that must be right; these numbers only rise. */
const floor = JSON.parse(readFileSync(new URL('./floor.json', import.meta.url), 'utf8')) as Record<
  'tables' | 'columns' | 'kinds' | 'confidence',
  { right: number; of: number }
>;

test('as many statements as ever come out right', async () => {
  const { misses, ...counts } = await score();
  for (const [what, { right, of }] of Object.entries(counts))
    console.log(`${what}: ${right} of ${of} right (${((100 * right) / of).toFixed(1)} %)`);
  if (misses.length > 0) console.log(misses.join('\n'));
  for (const what of ['tables', 'columns', 'kinds', 'confidence'] as const) {
    expect(counts[what].of, `${what}: no expectation is lost`).toBeGreaterThanOrEqual(floor[what].of);
    expect(counts[what].right / counts[what].of, what).toBeGreaterThanOrEqual(floor[what].right / floor[what].of);
  }
  expect(counts.tables.right / counts.tables.of).toBeGreaterThanOrEqual(0.95);
  expect(counts.columns.right / counts.columns.of).toBeGreaterThanOrEqual(0.85);
});
