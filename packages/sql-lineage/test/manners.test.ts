import { expect, test } from 'vitest';
import { analyseSql } from '../src/index.js';

const statement = (
  place: number,
) => `WITH recent AS (SELECT o.id, o.amount, c.region FROM raw.orders_${place} o JOIN raw.customers c USING (id))
  INSERT INTO mart.daily_${place} (region, total) SELECT region, sum(amount) FROM recent GROUP BY region`;

async function analyse(count: number): Promise<void> {
  for (let place = 0; place < count; place++) {
    const { statements } = await analyseSql(statement(place), { dialect: 'postgres', templates: {} });
    expect(statements[0]?.confidence).toBe('exact');
  }
}

test('others have their turn between many short texts', async () => {
  await analyse(1);
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 0);
  await analyse(500);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(5);
});

test("the parser's memory does not grow with the number of statements", async () => {
  await analyse(1_000);
  const before = process.memoryUsage().external;
  await analyse(2_000);
  expect(process.memoryUsage().external - before).toBeLessThan(5_000_000);
}, 60_000);
