import {
  airflowDataset,
  demoCatalog,
  demoDataset,
  startAirflowSandbox,
  startKestraSandbox,
  startOpenMetadataSandbox,
} from '@flowmeta/sandbox';
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

it('the example with Airflow does what it says', async () => {
  const auth = { username: 'ana', password: 'secret' };
  const airflow = await startAirflowSandbox({ dataset: airflowDataset(3), auth });
  const signIn = await fetch(`${airflow.url}/auth/token`, { method: 'POST', body: JSON.stringify(auth) });
  const { access_token: token } = (await signIn.json()) as { access_token: string };
  const answer = await fetch(`${airflow.url}/api/v2/assets?uri_pattern=public/orders`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { assets } = (await answer.json()) as { assets: { uri: string; producing_tasks: { dag_id: string }[] }[] };
  expect([assets[0]?.uri, assets[0]?.producing_tasks[0]?.dag_id]).toEqual([
    'postgres://db.example.com:5432/shop/public/orders',
    'assets_producer',
  ]);
  await airflow.close();
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
