import { expect, it } from 'vitest';
import { tagName } from '../src/index.js';

it('no two of very many labels have one tag', () => {
  const pieces = ['', ' ', '-', ' -', '- ', ' - ', "'", "'2", "0'", '=', 'a'];
  const values = pieces.flatMap((first) => pieces.map((second) => first + second));
  const keys = values.flatMap((first) => pieces.map((second) => first + second));
  const labels = new Map<string, string>();
  for (const key of new Set(keys)) {
    for (const value of new Set(values)) labels.set(JSON.stringify([key, value]), tagName({ key, value }));
  }
  expect(labels.size).toBeGreaterThan(50_000);
  expect(new Set(labels.values()).size).toBe(labels.size);
});
