import { kestraDataset, kestraVersions } from '@flowmeta/recordings';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { expectations } from './expectation.js';

/** Every `sql` property of a YAML document, however deep. */
function sqlOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === 'sql' && typeof child === 'string' ? [child.trim()] : sqlOf(child),
  );
}

test('every SQL text of the recorded flows has its expectation, word for word', () => {
  const recorded = new Set<string>();
  for (const version of kestraVersions)
    for (const { source } of kestraDataset(version, { plugins: true }).flows)
      if (source?.includes('sql:')) for (const sql of sqlOf(parse(source))) recorded.add(sql);
  const expected = expectations()
    .filter(({ kind, title }) => kind === 'recorded' && title.startsWith('recorded '))
    .map(({ sql }) => sql.trim());
  expect([...recorded].toSorted()).toEqual(expected.toSorted());
});

test('there are expectations for every dialect and none is without a statement', () => {
  const all = expectations();
  expect(new Set(all.map(({ dialect }) => dialect)).size).toBe(13);
  expect(all.filter(({ statements }) => statements.length === 0)).toEqual([]);
  expect(all.length).toBeGreaterThan(300);
});
