import { openMetadataExchanges } from '@flowmeta/recordings';
import { afterEach, describe, expect, it } from 'vitest';
import { createIngestionRun, createOmClient, type IngestionRunEnd, type IngestionRunOptions } from '../src/index.js';
import { type Harness, service, startHarness } from './sink-harness.js';

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

const startedAt = 1_795_300_000_000;
const fqn = 'kestra.flowmeta';
const success: IngestionRunEnd = { state: 'success', endedAt: startedAt + 9000, steps: [stepOf({ records: 7 })] };

function stepOf(change: Partial<IngestionRunEnd['steps'][number]> = {}): IngestionRunEnd['steps'][number] {
  return {
    name: 'OpenMetadata',
    records: 0,
    updated_records: 0,
    warnings: 0,
    errors: 0,
    filtered: 0,
    failures: [],
    ...change,
  };
}

async function start(version: string, { withService = true } = {}) {
  harness = await startHarness({ version });
  const { sandbox, request, open } = harness;
  if (withService) await open();
  const client = createOmClient({ hostPort: sandbox.url, jwtToken: sandbox.token, retry: { baseDelayMs: 1 } });
  const runOf = (change: Partial<IngestionRunOptions> = {}) =>
    createIngestionRun({ client, service, ingestionPipeline: fqn, runId: 'run-1', startedAt, ...change });
  const shown = async (name = fqn) => {
    const path = `/services/ingestionPipelines/${name}/pipelineStatus?startTs=0&endTs=${startedAt * 2}`;
    return ((await request('GET', path)).body as { data: Record<string, unknown>[] }).data;
  };
  return { ...harness, client, runOf, shown };
}

describe.each(['1.2', '1.3', '1.6', '1.9', '1.13', '2.0'])('a run shown in OpenMetadata %s', (version) => {
  it('is running at first, and has one state in the end', async () => {
    const { runOf, shown, sandbox } = await start(version);
    const run = runOf();
    run.start();
    await expect.poll(() => sandbox.requests.at(-1)?.path).toMatch(/pipelineStatus$/);
    await expect.poll(shown).toMatchObject([{ runId: 'run-1', pipelineState: 'running', startDate: startedAt }]);
    expect(await run.end(success)).toBeUndefined();
    const [state, ...others] = await shown();
    expect(others).toEqual([]);
    expect(state).toMatchObject({ runId: 'run-1', pipelineState: 'success', endDate: startedAt + 9000 });
    expect(state?.status).toEqual(version === '1.2' ? undefined : success.steps);
  });
});

describe('a run shown in OpenMetadata', () => {
  it('ends as it should even if it ends before its start is through', async () => {
    const { runOf, shown, sandbox } = await start('1.6');
    sandbox.setFaults([{ path: /flowmeta$/, times: 1, effect: { kind: 'delay', ms: 700 } }]);
    const run = runOf();
    run.start();
    await run.end({ ...success, state: 'failed' });
    const told = () => sandbox.requests.filter(({ method, path }) => method === 'PUT' && /pipelineStatus$/.test(path));
    await expect.poll(told).toHaveLength(2);
    expect(await shown()).toMatchObject([{ pipelineState: 'failed' }]);
  });

  it('leaves the settings of an ingestion pipeline alone that is there', async () => {
    const { runOf, shown, request, sent } = await start('1.6');
    const { body: holder } = await request('GET', `/services/pipelineServices/name/${service}`);
    await request('PUT', '/services/ingestionPipelines', {
      body: {
        name: 'nightly',
        pipelineType: 'metadata',
        service: { id: (holder as { id: string }).id, type: 'pipelineService' },
        sourceConfig: { config: { type: 'PipelineMetadata' } },
        airflowConfig: { scheduleInterval: '0 3 * * *' },
      },
    });
    sent();
    expect(await runOf({ ingestionPipeline: 'kestra.nightly' }).end(success)).toBeUndefined();
    expect(sent().filter((line) => line.startsWith('PUT'))).toEqual([
      'PUT /services/ingestionPipelines/kestra.nightly/pipelineStatus',
    ]);
    expect(await shown('kestra.nightly')).toHaveLength(1);
    const { body } = await request('GET', '/services/ingestionPipelines/name/kestra.nightly');
    expect(body).toMatchObject({ airflowConfig: { scheduleInterval: '0 3 * * *' } });
  });

  it('stays away from one that was deleted, from other services, and makes no service', async () => {
    const { runOf, request, sandbox } = await start('1.6');
    await runOf().end(success);
    await request('DELETE', `/services/ingestionPipelines/name/${fqn}`);
    expect((await runOf().end(success))?.message).toContain('was deleted');
    expect((await runOf({ ingestionPipeline: 'other.flowmeta' }).end(success))?.message).toContain(
      'there is no ingestion pipeline other.flowmeta',
    );
    const changes = sandbox.catalog.changes();
    expect(await runOf({ service: 'new', ingestionPipeline: 'new.flowmeta' }).end(success)).toBeUndefined();
    expect(sandbox.catalog.changes()).toBe(changes);
  });

  it.each([
    [
      'a refusal',
      { kind: 'status', status: 403, body: { code: 403, message: 'operations [EditAll] not allowed' } },
      'EditAll',
    ],
    ['an outage', { kind: 'status', status: 503 }, '503'],
    ['a page', { kind: 'html' }, 'does not show this run'],
  ] as const)('makes one finding of %s', async (_, effect, expected) => {
    const { runOf, sandbox } = await start('1.6');
    sandbox.setFaults([{ path: /ingestionPipelines/, effect }]);
    const run = runOf();
    run.start();
    const finding = await run.end(success);
    expect(finding?.ref).toBe('ingestion pipeline kestra.flowmeta');
    expect(finding?.message).toContain(expected);
  });

  it('is shown without its steps if those are refused', async () => {
    const { runOf, shown, sandbox } = await start('1.6');
    const refused = { code: 400, message: 'Unrecognized field "updated_records"' };
    sandbox.setFaults([{ path: /pipelineStatus/, times: 1, effect: { kind: 'status', status: 400, body: refused } }]);
    expect(await runOf().end(success)).toBeUndefined();
    expect(await shown()).toMatchObject([{ pipelineState: 'success', status: [] }]);
  });

  it('has only so much patience', async () => {
    const { runOf, sandbox, client } = await start('1.6');
    sandbox.setFaults([{ path: /ingestionPipelines/, effect: { kind: 'delay', ms: 60_000 } }]);
    const run = runOf({ patience: 20 });
    run.start();
    expect((await run.end(success))?.message).toContain('did not take within 0.02 s');
    await client.close();
  });

  it('names a hundred failures at most, each in bounded length', async () => {
    const { runOf, shown } = await start('1.6');
    const failures = Array.from({ length: 80 }, (_, position) => ({
      name: `flow ${position}`,
      error: 'x'.repeat(5000),
    }));
    const steps = [stepOf({ name: 'Kestra', errors: 80, failures }), stepOf({ errors: 80, failures })];
    await runOf().end({ state: 'failed', endedAt: startedAt + 1, steps });
    const [state] = await shown();
    const status = state?.status as typeof steps;
    expect(status.map((step) => [step.errors, step.failures.length])).toEqual([
      [80, 80],
      [80, 20],
    ]);
    expect(status[0]?.failures[0]?.error.length).toBeLessThan(1100);
  });
});

describe.each(['1.2', '1.6'] as const)('recorded ingestion pipelines of OpenMetadata %s', (version) => {
  const took = (name: string) => {
    const exchange = openMetadataExchanges(version).find(({ file }) => file.includes(`ingestionPipelines-${name}`));
    if (!exchange) throw new Error(`no recording ${name}`);
    return exchange;
  };

  it('took bodies with the keys that are sent', async () => {
    const { client, runOf, sandbox } = await start(version);
    await runOf().end({ ...success, state: 'partialSuccess' });
    await client.close();
    const [made, state] = sandbox.requests.filter(({ method, path }) => method === 'PUT' && path.includes('ingestion'));
    const recorded = took('001-put');
    expect(recorded.response.status).toBe(201);
    expect({ ...Object(recorded.request.body), description: '' }).toMatchObject(
      Object.fromEntries(Object.keys(Object(made?.body)).map((key) => [key, expect.anything()])),
    );
    const { status: _steps, ...sent } = (state?.body ?? {}) as Record<string, unknown>;
    expect(Object.keys(sent).sort()).toEqual(Object.keys(Object(took('006-status-put-partial').request.body)).sort());
  });
});
