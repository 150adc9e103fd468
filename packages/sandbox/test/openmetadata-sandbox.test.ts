import { describe, expect, it } from 'vitest';
import { startOpenMetadataSandbox } from '../src/openmetadata/server.js';
import { type Json, startWith } from './openmetadata/start-with.js';

const status = (more: Json = {}): Json => ({
  timestamp: 1_700_000_000_000,
  executionStatus: 'Successful',
  taskStatus: [],
  ...more,
});

describe('writing pipelines', () => {
  it('quotes dotted names and refuses quotes inside', async () => {
    const { put } = await startWith('1.6');
    expect((await put('company.team.flow')).body.fullyQualifiedName).toBe('kestra."company.team.flow"');
    expect((await put('quo"te')).body).toEqual({ code: 400, message: 'Invalid name quo"te' });
  });

  it('writes nothing for an unchanged body, so that a second run counts no changes', async () => {
    const { sandbox, put } = await startWith('1.6');
    const body = { tasks: [{ name: 'a' }], scheduleInterval: '0 * * * *', sourceHash: 'a'.repeat(32) };
    const first = await put('flow', body);
    const changes = sandbox.catalog.changes();
    const second = await put('flow', body);
    expect([first.status, first.change]).toEqual([201, 'entityCreated']);
    expect([second.status, second.change]).toEqual([200, 'entityNoChange']);
    expect(second.body.updatedAt).toBe(first.body.updatedAt);
    expect(sandbox.catalog.changes()).toBe(changes);
  });

  it('echoes a new schedule without storing it unless something tracked changes too', async () => {
    const { put, get } = await startWith('1.6');
    await put('flow', { scheduleInterval: 'old', sourceHash: 'a'.repeat(32) });
    const alone = await put('flow', { scheduleInterval: 'new', sourceHash: 'a'.repeat(32) });
    expect([alone.body.scheduleInterval, alone.change]).toEqual(['new', 'entityNoChange']);
    expect((await get('kestra.flow')).body.scheduleInterval).toBe('old');
    await put('flow', { scheduleInterval: 'new', sourceHash: 'b'.repeat(32) });
    expect((await get('kestra.flow')).body.scheduleInterval).toBe('new');
  });

  it("keeps a description against a bot's PUT but not against its PATCH or an administrator", async () => {
    const { put, ask } = await startWith('1.6');
    const { body } = await put('flow', { description: 'first' });
    expect((await put('flow', { description: 'bot' })).body.description).toBe('first');
    const patch = [{ op: 'replace', path: '/description', value: 'patched' }];
    expect((await ask('PATCH', `pipelines/${String(body.id)}`, patch)).body.description).toBe('patched');
    expect((await put('flow', { description: 'admin' }, '.admin')).body.description).toBe('admin');
  });

  it('never takes off a tag by PUT and refuses unknown ones before anything is stored', async () => {
    const { put, get } = await startWith('1.6');
    await put('flow', { tags: [{ tagFQN: 'Tier.Tier1' }] });
    await put('flow', { tags: [{ tagFQN: 'PII.None' }], sourceUrl: 'http://x' });
    const tags = (await get('kestra.flow')).body.tags as { tagFQN: string }[];
    expect(tags.map((tag) => tag.tagFQN)).toEqual(['PII.None', 'Tier.Tier1']);
    expect((await put('other', { tags: [{ tagFQN: 'No.such' }] })).status).toBe(404);
    expect((await get('kestra.other')).status).toBe(404);
  });

  it('is broken for ever on 1.2 by an unknown tag on create', async () => {
    const { put, get, ask } = await startWith('1.2');
    expect((await put('flow', { tags: [{ tagFQN: 'No.such' }] })).status).toBe(404);
    expect((await put('flow')).status).toBe(500);
    expect((await get('kestra.flow')).status).toBe(500);
    expect((await ask('GET', 'pipelines?limit=100')).status).toBe(500);
  });

  it('lets a service without connection be written once only on 1.2', async () => {
    const { ask } = await startWith('1.2');
    const body = { name: 'bare', serviceType: 'CustomPipeline' };
    expect((await ask('PUT', 'services/pipelineServices', body)).status).toBe(201);
    expect((await ask('PUT', 'services/pipelineServices', body)).status).toBe(500);
  });

  it('restores a soft-deleted pipeline by PUT under its id and refuses runs until then', async () => {
    const { put, ask } = await startWith('1.6');
    const { body } = await put('flow');
    await ask('DELETE', `pipelines/${String(body.id)}`);
    expect((await ask('PUT', 'pipelines/kestra.flow/status', status())).status).toBe(404);
    const restored = await put('flow');
    expect([restored.status, restored.body.id, restored.body.deleted]).toEqual([200, body.id, false]);
  });

  it('is 404 in a soft-deleted service', async () => {
    const { put, ask } = await startWith('1.6');
    await put('flow');
    expect((await ask('DELETE', 'services/pipelineServices/name/kestra')).status).toBe(400);
    await ask('DELETE', 'services/pipelineServices/name/kestra?recursive=true');
    expect((await put('flow')).body.message).toBe('pipelineService instance for kestra not found');
  });

  it('lets people who are no administrators read only', async () => {
    const { sandbox, put, ask } = await startWith('1.6');
    sandbox.seed('user', { name: 'bob' });
    await put('flow');
    expect((await put('flow', {}, '.bob')).body.message).toBe(
      "Principal: CatalogPrincipal{name='bob'} operations [EditAll] not allowed",
    );
    expect((await ask('GET', 'pipelines/name/kestra.flow', undefined, '.bob')).status).toBe(200);
    expect((await ask('GET', 'pipelines', undefined, '.nobody')).status).toBe(401);
  });
});

describe('listing', () => {
  it('comes in pages by name that meet every pipeline once', async () => {
    const { put, ask } = await startWith('1.6');
    const names = Array.from({ length: 23 }, (_, index) => `flow${String(index).padStart(2, '0')}`);
    for (const name of [...names].reverse()) await put(name);
    const seen: string[] = [];
    let after = '';
    do {
      const { body } = await ask('GET', `pipelines?service=kestra&limit=10${after}`);
      seen.push(...(body.data as { name: string }[]).map(({ name }) => name));
      const cursor = (body.paging as Json).after;
      after = cursor === undefined ? '' : `&after=${encodeURIComponent(String(cursor))}`;
    } while (after !== '');
    expect(seen).toEqual(names);
  });
});

describe('runs', () => {
  it('need taskStatus and tasks that the pipeline has', async () => {
    const { put, ask } = await startWith('1.6');
    await put('flow', { tasks: [{ name: 'a' }] });
    const path = 'pipelines/kestra.flow/status';
    expect((await ask('PUT', path, { timestamp: 1, executionStatus: 'Failed' })).status).toBe(500);
    const taskStatus = [{ name: 'zzz', executionStatus: 'Successful' }];
    expect((await ask('PUT', path, status({ taskStatus }))).body.message).toBe('Invalid task name zzz');
    expect((await ask('PUT', path, status({ executionStatus: 'Running' }))).status).toBe(400);
  });

  it('replace one another by timestamp, outlive their pipeline and come newest first', async () => {
    const { sandbox, put, ask } = await startWith('1.6');
    const { body } = await put('flow');
    const path = 'pipelines/kestra.flow/status';
    for (const [timestamp, executionStatus] of [
      [1, 'Failed'],
      [2, 'Failed'],
      [1, 'Successful'],
    ]) {
      await ask('PUT', path, status({ timestamp, executionStatus }));
    }
    const changes = sandbox.catalog.changes();
    await ask('PUT', path, status({ timestamp: 2, executionStatus: 'Failed' }));
    expect(sandbox.catalog.changes()).toBe(changes);
    await ask('DELETE', `pipelines/${String(body.id)}?hardDelete=true`);
    await put('flow');
    expect(sandbox.catalog.statuses('kestra.flow').map((run) => [run.timestamp, run.executionStatus])).toEqual([
      [2, 'Failed'],
      [1, 'Successful'],
    ]);
  });
});

describe('lineage', () => {
  it('is one edge per pair whose details each PUT replaces', async () => {
    const { sandbox, put, ask } = await startWith('1.6');
    const [from, to] = [await put('a'), await put('b')];
    const edge = {
      fromEntity: { id: from.body.id, type: 'pipeline' },
      toEntity: { id: to.body.id, type: 'pipeline' },
    };
    const details = { source: 'PipelineLineage', description: 'mine' };
    await ask('PUT', 'lineage', { edge: { ...edge, lineageDetails: details } });
    expect(sandbox.catalog.edges()).toEqual([
      {
        from: { type: 'pipeline', fqn: 'kestra.a' },
        to: { type: 'pipeline', fqn: 'kestra.b' },
        details: { ...details, columnsLineage: [] },
      },
    ]);
    const columnsLineage = [{ fromColumns: ['x'], toColumn: 'y' }];
    expect((await ask('PUT', 'lineage', { edge: { ...edge, lineageDetails: { columnsLineage } } })).status).toBe(400);
    await ask('PUT', 'lineage', { edge });
    expect(sandbox.catalog.edges()[0]?.details).toEqual({});
  });

  it('shows edges between seeded tables under the pipeline that they name, also dotted ones', async () => {
    const { sandbox, put, ask } = await startWith('1.6');
    const columns = [{ name: 'id', dataType: 'BIGINT' }];
    const orders = sandbox.seed('table', { fullyQualifiedName: 'pg.shop.public.orders', columns });
    const report = sandbox.seed('table', { fullyQualifiedName: 'pg.shop.public."report.daily"', columns });
    const { body } = await put('flow');
    const edge = {
      fromEntity: { id: orders, type: 'table' },
      toEntity: { id: report, type: 'table' },
      lineageDetails: {
        pipeline: { id: body.id, type: 'pipeline' },
        columnsLineage: [{ fromColumns: ['pg.shop.public.orders.id'], toColumn: 'pg.shop.public."report.daily".id' }],
      },
    };
    expect((await ask('PUT', 'lineage', { edge })).status).toBe(200);
    const { body: graph } = await ask('GET', 'lineage/pipeline/name/kestra.flow');
    expect((graph.nodes as Json[]).map((node) => node.fullyQualifiedName)).toEqual([
      'pg.shop.public.orders',
      'pg.shop.public."report.daily"',
    ]);
  });
});

describe('versions', () => {
  it('take owner up to 1.4 and owners from 1.5, domain up to 1.8 and domains from 1.9', async () => {
    for (const [version, owner, domain] of [
      ['1.4', 'owner', 'domain'],
      ['1.5', 'owners', 'domain'],
      ['1.9', 'owners', 'domains'],
    ] as const) {
      const { sandbox, ask, put } = await startWith(version);
      const reference = { id: sandbox.seed('team', { name: 'data' }), type: 'team' };
      await ask('PUT', 'domains', { name: 'Sales', description: 's', domainType: 'Aggregate' });
      const single = { owner: reference, owners: [reference], domain: 'Sales', domains: ['Sales'] };
      const taken = await put('flow', { [owner]: single[owner], [domain]: single[domain] });
      expect([version, taken.status]).toEqual([version, 201]);
      const other = owner === 'owner' ? 'owners' : 'owner';
      const refused = await put('flow', { [other]: single[other] });
      expect(refused.body.message).toContain(
        `Unrecognized field "${other}" (class org.openmetadata.schema.api.data.CreatePipeline)`,
      );
      await sandbox.close();
    }
  });

  it('take sourceHash from 1.3, a state from 1.7 and an execution id from 1.10 on', async () => {
    const fits = async (version: string): Promise<number[]> => {
      const { sandbox, put, ask } = await startWith(version);
      const codes = [
        (await put('flow', { sourceHash: 'a' })).status,
        (await put('flow', { state: 'Inactive' })).status,
        (await ask('PUT', 'pipelines/kestra.flow/status', status({ executionId: 'x' }))).status,
      ];
      await sandbox.close();
      return codes.map((code) => Math.floor(code / 100));
    };
    expect(await fits('1.2')).toEqual([4, 4, 4]);
    expect(await fits('1.6')).toEqual([2, 4, 4]);
    expect(await fits('1.9')).toEqual([2, 2, 4]);
    expect(await fits('1.13')).toEqual([2, 2, 2]);
    expect(await fits('2.0')).toEqual([2, 2, 2]);
  });

  it('have bulk runs from 1.11, bulk pipelines from 1.12 and the deletion of stale ones from 2.0 on', async () => {
    const { ask } = await startWith('1.10');
    expect((await ask('PUT', 'pipelines/kestra.flow/status/bulk', [])).status).toBe(500);
    const latest = await startWith('2.0');
    const rows = [
      { name: 'a', service: 'kestra', tasks: [{ name: 't' }] },
      { name: 'b', service: 'kestra' },
      { name: 'b>c', service: 'kestra' },
    ];
    const bulk = await latest.ask('PUT', 'pipelines/bulk', rows);
    expect([bulk.body.status, bulk.body.numberOfRowsPassed, bulk.body.numberOfRowsFailed]).toEqual([
      'partialSuccess',
      2,
      1,
    ]);
    const runs = [status({ timestamp: 1 }), { timestamp: 2, executionStatus: 'Failed' }];
    const written = await latest.ask('PUT', 'pipelines/kestra.a/status/bulk', runs);
    expect((written.body.pipelineStatus as Json).timestamp).toBe(2);
    const twice = await latest.ask('PUT', 'pipelines/kestra.a/status/bulk', [status(), status()]);
    expect(twice.status).toBe(500);
    const scope = { scopeFqn: 'kestra', scopeEntityType: 'service' };
    await latest.ask('DELETE', 'pipelines/deleteStale', { ...scope, seenFqns: [] });
    await latest.ask('DELETE', 'pipelines/deleteStale', { ...scope, seenFqns: ['kestra.a'], dryRun: true });
    expect(latest.sandbox.catalog.pipelines().filter(({ deleted }) => deleted)).toEqual([]);
    await latest.ask('DELETE', 'pipelines/deleteStale', { ...scope, seenFqns: ['kestra.a'] });
    expect(latest.sandbox.catalog.pipelines().map(({ name, deleted }) => [name, deleted])).toEqual([
      ['a', false],
      ['b', true],
    ]);
  });

  it('say what they are, and whether a recording stands behind it', async () => {
    const seen: unknown[] = [];
    for (const version of ['1.2', '1.6', '1.12', '2.0']) {
      const { sandbox, ask } = await startWith(version);
      seen.push([(await ask('GET', 'system/version')).body.version, sandbox.simulated]);
      await sandbox.close();
    }
    expect(seen).toEqual([
      ['1.2.0-SNAPSHOT', false],
      ['1.6.0-SNAPSHOT', false],
      ['1.12.14', true],
      ['2.0.7', true],
    ]);
    await expect(startOpenMetadataSandbox({ version: '3.1' })).rejects.toThrow(/no OpenMetadata 3\.1/);
  });
});
