import { expect, it } from 'vitest';
import type { AcmeJob } from '../src/client.js';
import { toLineage, toPipeline, toRun } from '../src/mapping.js';

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

it('a state that is not known is told as it is', () => {
  const run = { id: '1', job: 'sales.eu/daily', status: 'melted', started: Date.UTC(2026, 0, 5), steps: [] };
  expect(toRun(run, new Set(), hostPort)).toMatchObject({ state: 'unknown', sourceState: 'melted' });
});
