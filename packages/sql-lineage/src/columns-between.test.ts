import { expect, it } from 'vitest';
import { analyseSql, columnsBetween, tableRefKey } from './index.js';

it('columns between two tables are those that the one gives to the other, each once', async () => {
  const { statements } = await analyseSql(
    'insert into sums (id, total) select o.id, o.price + o.price * c.rate from orders o join countries c on c.id = o.country',
    { dialect: 'postgres' },
  );
  const [statement] = statements;
  const table = (name: string) => [...statement!.reads, ...statement!.writes].find((ref) => ref.name === name)!;
  expect(columnsBetween(statement!, table('orders'), table('sums'))).toEqual([
    { from: ['id'], to: 'id' },
    { from: ['price'], to: 'total', expression: expect.any(String) },
  ]);
  expect(columnsBetween(statement!, table('countries'), table('sums')).map(({ from, to }) => [from, to])).toEqual([
    [['rate'], 'total'],
  ]);
  expect(columnsBetween(statement!, table('sums'), table('orders'))).toEqual([]);
  expect(tableRefKey(table('orders'))).not.toBe(tableRefKey(table('sums')));
});
