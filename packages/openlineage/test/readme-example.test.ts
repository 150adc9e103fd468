import { createLineageGraph, type Dataset } from '@flowmeta/connector';
import { eventsOf } from '@flowmeta/openlineage';
import { expect, it } from 'vitest';

it('the example of the README does what it says', () => {
  const table = (name: string): { kind: 'dataset'; dataset: Dataset } => ({
    kind: 'dataset',
    dataset: {
      kind: 'table',
      platform: 'postgres',
      connections: ['db:5432'],
      database: 'shop',
      schema: 'public',
      name,
    },
  });
  const lineage = createLineageGraph();
  lineage.edge({ from: table('orders'), to: table('daily'), pipeline: 'acme.daily', description: 'SQL' });

  const [event] = eventsOf(lineage.graph(), { namespace: 'kestra', eventTime: Date.now() });
  expect(event?.job.name).toBe('acme.daily');
  expect([event?.inputs[0]?.namespace, event?.inputs[0]?.name]).toEqual(['postgres://db:5432', 'shop.public.orders']);
});
