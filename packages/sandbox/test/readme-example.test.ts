import { demoDataset, startKestraSandbox } from '@flowmeta/sandbox';
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
