import type { EntityReference, SourceEvent } from '@flowmeta/connector';
import type { DatasetLookup } from '@flowmeta/om-mapper';
import { expect, it } from 'vitest';
import { ingest } from '../src/index.js';
import { fakeConnector, fakeSink, optionsFor, pipelineEvent } from './fakes.js';

const tableOf = (name: string): EntityReference => ({
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

it('lineage of very many datasets takes one lookup per dataset and one write per pair', async () => {
  const events: SourceEvent[] = [pipelineEvent('a.load'), { kind: 'listed', scope: {} }];
  for (let number = 0; number < 30_000; number += 1) {
    events.push({
      kind: 'lineage',
      edge: {
        from: tableOf(`t${number % 500}`),
        to: tableOf(`u${number % 499}`),
        pipeline: 'a.load',
        description: `task ${number % 7}`,
      },
    });
  }
  events.push({ kind: 'linked', scope: {} });
  let [lookups, writes] = [0, 0];
  // Without the fake's own wait in each write, which is far longer than what is tested here.
  const sink = Object.assign(fakeSink(), {
    findDataset: async ({ type, label }: DatasetLookup) => {
      lookups += 1;
      return { kind: 'found' as const, type, fqn: `pg.${label}` };
    },
    writeEdge: async () => {
      writes += 1;
      return { outcome: 'created' as const, findings: [] };
    },
  });
  const report = await ingest(optionsFor(fakeConnector(events), sink));
  expect([lookups, writes]).toEqual([999, 30_000]);
  expect(report.totals.edges).toMatchObject({ read: 30_000, created: 30_000 });
  expect(report.lineage?.edges).toHaveLength(30_000);
});
