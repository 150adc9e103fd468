import { kestraDataset, type RecordedDataset } from '@flowmeta/recordings';
import { type OpenMetadataSandbox, startKestraSandbox, startOpenMetadataSandbox } from '@flowmeta/sandbox';
import { afterEach, describe, expect, it } from 'vitest';
import { ingest } from '../src/flowmeta.js';

const recorded = kestraDataset('1.0.3', { plugins: true });
/** `pg_to_bq` alone: Postgres → a file → BigQuery, and one statement there. */
const dataset: RecordedDataset = {
  ...recorded,
  flows: recorded.flows.filter(({ flow }) => flow.id === 'pg_to_bq'),
  executions: [],
};
const flow = 'kestra_demo."demo.warehouse.pg_to_bq"';
let catalog: OpenMetadataSandbox;
let port: number | undefined;
afterEach(() => catalog.close());

async function run(of: RecordedDataset = dataset) {
  // Always the same address: links in the catalog hold it.
  const kestra = await startKestraSandbox({ dataset: of, ...(port !== undefined && { port }) });
  port = Number(new URL(kestra.url).port);
  try {
    return await ingest({ kestra, openMetadata: catalog, service: 'kestra_demo', now: recorded.takenAt });
  } finally {
    await kestra.close();
  }
}

const edges = () =>
  catalog.catalog
    .edges()
    .map(({ from, to }) => `${from.fqn} → ${to.fqn}`)
    .sort();

async function seeded(version: string): Promise<void> {
  catalog = await startOpenMetadataSandbox({ version });
  catalog.seedTable('pg_prod.shop.public.orders', ['id', 'created_at', 'amount'], { serviceType: 'Postgres' });
  catalog.seedTable('bq.acme-dwh.raw.orders', ['day', 'amount', 'customer_id'], { serviceType: 'BigQuery' });
  catalog.seedTable('bq.acme-dwh.raw.customers', ['id', 'region'], { serviceType: 'BigQuery' });
  catalog.seedTable('bq.acme-dwh.mart.daily_sales', ['day', 'region', 'revenue'], { serviceType: 'BigQuery' });
  catalog.seedContainer('gcs.acme-landing', { serviceType: 'GCS' });
}

describe.each(['1.6', '2.0'])('the tables of a flow in OpenMetadata %s', (version) => {
  it('are linked by way of it, with SQL and columns; a second run writes nothing', async () => {
    await seeded(version);
    const first = await run();
    expect(first.code, first.stderr).toBe(0);
    expect(edges()).toEqual([
      'bq.acme-dwh.raw.customers → bq.acme-dwh.mart.daily_sales',
      'bq.acme-dwh.raw.orders → bq.acme-dwh.mart.daily_sales',
      'gcs.acme-landing → bq.acme-dwh.raw.orders',
      'pg_prod.shop.public.orders → gcs.acme-landing',
    ]);
    const edge = catalog.catalog.edges().find(({ from }) => from.fqn === 'bq.acme-dwh.raw.customers');
    expect(edge?.details).toMatchObject({
      sqlQuery: expect.stringContaining('CREATE OR REPLACE TABLE'),
      columnsLineage: [{ toColumn: 'bq.acme-dwh.mart.daily_sales.region' }],
    });
    expect(JSON.stringify(edge?.details)).toContain(catalog.catalog.pipelines()[0]?.id);
    const changes = catalog.catalog.changes();
    expect((await run()).code).toBe(0);
    expect(catalog.catalog.changes()).toBe(changes);
  });

  it('lose the edge that the flow no longer has, and no other', async () => {
    await seeded(version);
    await run();
    const without = (value: unknown) => (value as { id: string }[]).filter(({ id }) => id !== 'build_daily');
    const flows = dataset.flows.map((entry) => ({
      ...entry,
      flow: { ...entry.flow, tasks: without(entry.flow.tasks), revision: 2 },
    }));
    const { code, stderr } = await run({ ...dataset, flows });
    expect(code, stderr).toBe(0);
    expect(edges()).toEqual([
      'gcs.acme-landing → bq.acme-dwh.raw.orders',
      'pg_prod.shop.public.orders → gcs.acme-landing',
    ]);
    expect(catalog.catalog.pipelines().map(({ fullyQualifiedName }) => fullyQualifiedName)).toEqual([flow]);
  });
});
