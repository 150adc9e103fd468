import { demoCatalog, demoDataset, startKestraSandbox, startOpenMetadataSandbox } from '@flowmeta/sandbox';
import { expect, it } from 'vitest';

it('the example of the README does what it says', async () => {
  const kestra = await startKestraSandbox({ dataset: demoDataset() });
  const answer = await fetch(`${kestra.url}/api/v1/main/flows/search?filters[namespace][EQUALS]=hackathon.demo`);
  const { total } = (await answer.json()) as { total: number };
  expect(total).toBe(4);
  kestra.setFaults([{ path: /\/graph$/, times: 1, effect: { kind: 'status', status: 503 } }]);
  expect(kestra.requestCounts()).toEqual({ 'GET /api/v1/main/flows/search': 1 });
  const graph = `${kestra.url}/api/v1/main/flows/hackathon.demo/cron_etl/graph`;
  expect([(await fetch(graph)).status, (await fetch(graph)).status]).toEqual([503, 200]);
  await kestra.close();
});

it('the example of seeds does what it says', async () => {
  const openMetadata = await startOpenMetadataSandbox({ version: '2.0' });
  openMetadata.seedTable('pg_prod.shop.public.orders', ['id', 'amount'], { serviceType: 'Postgres' });
  openMetadata.seedContainer('s3_lake.bucket.raw.orders', { serviceType: 'S3' });
  openMetadata.seedTopic('kafka_prod."orders.events"', { serviceType: 'Kafka' });
  openMetadata.seedDatasets(demoCatalog());
  expect([openMetadata.catalog.pipelines().length, openMetadata.catalog.changes()]).toEqual([0, 0]);
  const answer = await fetch(`${openMetadata.url}/api/v1/tables?limit=100`, {
    headers: { authorization: `Bearer ${openMetadata.token}` },
  });
  const { paging } = (await answer.json()) as { paging: { total: number } };
  expect(paging.total).toBe(demoCatalog().filter(({ type }) => type === 'table').length + 1);
  await openMetadata.close();
});
