import { expect, test, vi } from 'vitest';

const parser = vi.hoisted(() => ({ loaded: 0 }));
vi.mock('@polyglot-sql/sdk', async (original) => {
  parser.loaded++;
  return original();
});

test('the parser is loaded at the first SQL, not by the import and not for templates', async () => {
  const { analyseSql, renderTemplates } = await import('../src/index.js');
  expect(renderTemplates('gs://lake/{{ item.value }}.csv', { item: { value: 'orders' } }).sql).toBe(
    'gs://lake/orders.csv',
  );
  expect(parser.loaded).toBe(0);
  const { statements } = await analyseSql('INSERT INTO a SELECT x FROM b', { dialect: 'postgres' });
  expect(statements[0]?.confidence).toBe('partial');
  expect(parser.loaded).toBe(1);
});
