import { expect, it } from 'vitest';
import { isSystemTable } from './index.js';

it.each([
  [{ schema: 'information_schema', name: 'tables' }, true],
  [{ database: 'INFORMATION_SCHEMA', schema: 'x', name: 'y' }, true],
  [{ schema: 'PG_Catalog', name: 'pg_class' }, true],
  [{ name: 'DUAL' }, true],
  [{ schema: 'sales', name: 'dual' }, false],
  [{ schema: 'public', name: 'pg_catalog' }, false],
  [{ name: 'orders' }, false],
])('tables that hold nobody’s data are told from others: %j', (ref, expected) => {
  expect(isSystemTable(ref)).toBe(expected);
});
