import { expect, it } from 'vitest';
import type { AcmeJob } from '../src/client.js';
import { toDataLineage, toLineage, toPipeline, toRun } from '../src/mapping.js';

const hostPort = 'https://acme.example.com';
const job: AcmeJob = {
  id: 'daily',
  folder: 'sales.eu',
  cron: '0 2 * * *',
  follows: ['stock/count', 'sales.eu/daily'],
  steps: [{ id: 'extract' }, { id: 'load', after: ['extract', 'gone'] }],
};

it('a step that is gone leaves no edge', () => {
  expect(toPipeline(job, hostPort).edges).toEqual([{ from: 'extract', to: 'load' }]);
});

it('a job that Acme does not have is external, and none follows itself', () => {
  expect(toLineage(job, new Set(['sales.eu.daily'])).map(({ from }) => from)).toEqual([
    { kind: 'pipeline', name: 'stock.count', external: true },
  ]);
});

it('tables that a step reads flow into those that it writes, and what names no table is told', () => {
  const table = (name: string) => `postgres://db.example.com:5432/shop/public/${name}`;
  const step = { id: 'load', reads: [table('orders'), 'postgres://ada:secret@db/shop'], writes: [table('sales')] };
  const place = {
    kind: 'table',
    platform: 'postgres',
    connections: ['db.example.com:5432'],
    database: 'shop',
    schema: 'public',
  };
  expect(toDataLineage({ ...job, steps: [step, { id: 'check', reads: [table('sales')] }] })).toMatchObject([
    { kind: 'unresolved', gap: { task: 'load', message: 'postgres://db/shop is no address of a table' } },
    {
      kind: 'lineage',
      edge: {
        from: { dataset: { ...place, name: 'orders' } },
        to: { dataset: { ...place, name: 'sales' } },
        pipeline: 'sales.eu.daily',
      },
    },
    {
      kind: 'lineage',
      edge: { from: { dataset: { name: 'sales' } }, to: { kind: 'pipeline', name: 'sales.eu.daily' } },
    },
  ]);
});

it('a state that is not known is told as it is', () => {
  const run = { id: '1', job: 'sales.eu/daily', status: 'melted', started: Date.UTC(2026, 0, 5), steps: [] };
  expect(toRun(run, new Set(), hostPort)).toMatchObject({ state: 'unknown', sourceState: 'melted' });
});
