import { kestraDataset, type RecordedDataset } from '@flowmeta/recordings';
import { type OpenMetadataSandbox, startKestraSandbox, startOpenMetadataSandbox } from '@flowmeta/sandbox';
import { afterEach, describe, expect, it } from 'vitest';
import { ingest } from '../src/flowmeta.js';

type Flow = RecordedDataset['flows'][number];

const recorded = kestraDataset('0.20.5', { plugins: true });
const now = recorded.takenAt;
const service = 'kestra_demo';
const referenceFlows = ['cron_etl', 'downstream_consumer', 'parallel_fanout'];
const reference: RecordedDataset = {
  ...recorded,
  flows: recorded.flows.filter(({ flow }) => flow.namespace === 'hackathon.demo' && referenceFlows.includes(flow.id)),
};

const fqnOf = (id: string, name = service) => `${name}."hackathon.demo.${id}"`;
let catalog: OpenMetadataSandbox;
let port: number | undefined;
afterEach(() => catalog.close());

/** One run of the command over a dataset. */
async function run(dataset: RecordedDataset, more: Partial<Parameters<typeof ingest>[0]> = {}) {
  // Always the same address: links in the catalog hold it.
  const kestra = await startKestraSandbox({ dataset, ...(port !== undefined && { port }) });
  port = Number(new URL(kestra.url).port);
  try {
    const result = await ingest({ kestra, openMetadata: catalog, service, now, ...more });
    const requests = kestra.requests.length;
    return { ...result, requests };
  } finally {
    await kestra.close();
  }
}

const edges = () =>
  catalog.catalog
    .edges()
    .map(({ from, to }) => `${from.fqn} → ${to.fqn}`.replaceAll(/\w+\."hackathon\.demo\.(\w+)"/g, '$1'))
    .sort();

/** The flow of this id in another version of itself. */
function withFlow(id: string, edit: (flow: Flow) => Flow | undefined): RecordedDataset {
  return {
    ...reference,
    flows: reference.flows.flatMap((entry) => (entry.flow.id === id ? (edit(entry) ?? []) : [entry])),
  };
}
const withoutTrigger = (entry: Flow): Flow => ({ ...entry, flow: { ...entry.flow, triggers: [] } });

async function draw(from: string, to: string, lineageDetails?: object): Promise<void> {
  const idOf = (id: string) =>
    catalog.catalog.pipelines().find(({ fullyQualifiedName }) => fullyQualifiedName === fqnOf(id))?.id;
  const edge = {
    fromEntity: { id: idOf(from), type: 'pipeline' },
    toEntity: { id: idOf(to), type: 'pipeline' },
    ...(lineageDetails && { lineageDetails }),
  };
  const response = await fetch(`${catalog.url}/api/v1/lineage`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${catalog.token}.admin`, 'content-type': 'application/json' },
    body: JSON.stringify({ edge }),
  });
  expect(response.status).toBe(200);
}

describe.each(['1.2', '1.6', '2.0'])('lineage of the reference flows in OpenMetadata %s', (version) => {
  it('is one edge, which says how it came about; a second run writes nothing', async () => {
    catalog = await startOpenMetadataSandbox({ version });
    const first = await run(reference);
    expect(first.code, first.stderr).toBe(0);
    expect(catalog.catalog.edges()).toEqual([
      {
        from: { type: 'pipeline', fqn: fqnOf('cron_etl') },
        to: { type: 'pipeline', fqn: fqnOf('downstream_consumer') },
        details: expect.objectContaining({
          source: 'PipelineLineage',
          description: expect.stringMatching(/^Kestra Flow trigger: on_cron_etl/),
        }),
      },
    ]);
    expect(first.report?.totals.edges).toMatchObject({ read: 1, created: 1, filtered: 0, removed: 0 });
    const changes = catalog.catalog.changes();
    const second = await run(reference);
    expect(second.code).toBe(0);
    expect(catalog.catalog.changes()).toBe(changes);
    expect(second.report?.totals.edges).toMatchObject({ read: 1, unchanged: 1, created: 0, updated: 0, removed: 0 });
  });

  it('goes when the trigger does; edges that people drew stay with all their details', async () => {
    catalog = await startOpenMetadataSandbox({ version });
    await run(reference);
    const byHand = { source: 'Manual', description: 'Ana says so.', sqlQuery: 'select 1' };
    await draw('parallel_fanout', 'cron_etl', byHand);
    await draw('downstream_consumer', 'parallel_fanout');
    const drawn = () => catalog.catalog.edges().filter(({ from }) => from.fqn !== fqnOf('cron_etl'));
    const before = drawn();
    expect(before).toHaveLength(2);

    expect((await run(reference)).code).toBe(0);
    expect(edges()).toHaveLength(3);
    const after = await run(withFlow('downstream_consumer', withoutTrigger));
    expect(after.code, after.stderr).toBe(0);
    expect(after.report?.totals.edges).toMatchObject({ read: 0, removed: 1 });
    expect(drawn()).toEqual(before);
    expect(edges()).toEqual(['downstream_consumer → parallel_fanout', 'parallel_fanout → cron_etl']);
    const changes = catalog.catalog.changes();
    await run(withFlow('downstream_consumer', withoutTrigger));
    expect(catalog.catalog.changes()).toBe(changes);
  });
});

describe('lineage', () => {
  it('that a person drew where Kestra has an edge too stays as it is drawn', async () => {
    catalog = await startOpenMetadataSandbox();
    await run(reference, { args: [], sourceConfig: { includeLineage: false } });
    expect(edges()).toEqual([]);
    await draw('cron_etl', 'downstream_consumer', { source: 'Manual', description: 'Mine.' });
    const before = catalog.catalog.edges();
    const { report, code } = await run(reference);
    expect(code).toBe(0);
    expect(report?.warnings).toEqual([
      expect.objectContaining({ message: expect.stringContaining('Somebody else drew') }),
    ]);
    expect(catalog.catalog.edges()).toEqual(before);
  });

  it('goes when the upstream is renamed, which is reported', async () => {
    catalog = await startOpenMetadataSandbox();
    await run(reference);
    const renamed = withFlow('cron_etl', (entry) => ({ ...entry, flow: { ...entry.flow, id: 'cron_elt' } }));
    const { report, code } = await run(renamed);
    expect(code).toBe(0);
    expect(edges()).toEqual([]);
    expect(report?.warnings).toEqual([
      expect.objectContaining({
        ref: 'hackathon.demo.downstream_consumer',
        message:
          'Kestra Flow trigger: on_cron_etl names the upstream hackathon.demo.cron_etl, which the source does not have',
      }),
    ]);
  });

  it('stays when its upstream is filtered out, and when lineage is not wanted', async () => {
    catalog = await startOpenMetadataSandbox();
    await run(reference);
    const { report } = await run(reference, { filter: { excludes: ['.*cron_etl$'] } });
    expect(report?.totals.edges).toMatchObject({ read: 1, filtered: 1, removed: 0 });
    expect(report?.warnings).toEqual([]);
    expect(edges()).toEqual(['cron_etl → downstream_consumer']);
    await run(withFlow('downstream_consumer', withoutTrigger), { sourceConfig: { includeLineage: false } });
    expect(edges()).toEqual(['cron_etl → downstream_consumer']);
  });

  it('stays when a flow could not be read, since then not all is known', async () => {
    catalog = await startOpenMetadataSandbox();
    await run(reference);
    const broken = withFlow('downstream_consumer', withoutTrigger);
    const [one] = recorded.flows;
    const { source: _, ...stub } = one!;
    const unreadable = { ...stub, flow: { namespace: 'a', id: 'b', exception: 'Invalid type', tasks: [] } };
    const { code } = await run({ ...broken, flows: [unreadable, ...broken.flows] });
    expect(code).toBe(1);
    expect(edges()).toEqual(['cron_etl → downstream_consumer']);
  });

  it('leads from a pipeline of another service that is named in the config', async () => {
    catalog = await startOpenMetadataSandbox();
    await run(reference, { service: 'kestra_other' });
    const only = withFlow('cron_etl', () => undefined);
    const alone = await run(only);
    expect(alone.report?.warnings[0]?.message).toContain('names the upstream hackathon.demo.cron_etl');
    const sourceConfig = { lineageInformation: { pipelineServiceNames: ['kestra_other'] } };
    const found = await run(only, { sourceConfig });
    expect(found.code, found.stderr).toBe(0);
    expect(found.report?.warnings).toEqual([]);
    expect(catalog.catalog.edges().map(({ from, to }) => `${from.fqn} → ${to.fqn}`)).toContain(
      `${fqnOf('cron_etl', 'kestra_other')} → ${fqnOf('downstream_consumer')}`,
    );
    // Neither run takes it away: it is the other's as well.
    const before = catalog.catalog.edges();
    await run(only, { sourceConfig });
    await run(reference, { service: 'kestra_other' });
    expect(catalog.catalog.edges()).toEqual(before);
  });

  it('costs no request to Kestra, and one read per pipeline of the catalog', async () => {
    catalog = await startOpenMetadataSandbox();
    const without = await run(reference, { sourceConfig: { includeLineage: false } });
    const before = catalog.requests.length;
    const withLineage = await run(reference);
    expect(withLineage.requests).toBe(without.requests);
    const reads = catalog.requests
      .slice(before)
      .filter(({ method, path }) => method === 'GET' && path.includes('/lineage/'));
    expect(reads).toHaveLength(3);
  });
});
