import type { TableRef } from './types.js';

/** Views on the database itself, which hold nobody's data: `information_schema`, `pg_catalog`, and Oracle's `dual`. */
export function isSystemTable({ database = '', schema = '', name }: TableRef): boolean {
  const words = [database, schema, name].map((part) => part.toLowerCase());
  return words.includes('information_schema') || words[1] === 'pg_catalog' || (words[2] === 'dual' && words[1] === '');
}
