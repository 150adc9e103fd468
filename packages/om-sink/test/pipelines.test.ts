import { afterEach, describe, expect, it } from 'vitest';
import { classification, fqn, type Harness, startHarness } from './sink-harness.js';

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});
const start = async (version = '1.6'): Promise<Harness> => {
  harness = await startHarness({ version });
  return harness;
};
const path = encodeURIComponent(fqn);
const tagFqns = (pipeline: Record<string, unknown>): string[] =>
  (pipeline.tags as { tagFQN: string }[]).map(({ tagFQN }) => tagFQN);

describe.each(['1.2', '1.3', '1.6', '1.11', '2.0'])('a pipeline in OpenMetadata %s', (version) => {
  it('is made once, and costs no request when nothing changed', async () => {
    const { open, draft, sandbox, sent, stored } = await start(version);
    const first = await open();
    expect(await first.writePipeline(draft())).toEqual({ outcome: 'created', fqn, findings: [] });
    expect(stored()).toMatchObject({ description: 'Loads orders.', scheduleInterval: '0 2 * * *' });
    const changes = sandbox.catalog.changes();

    const second = await open();
    sent();
    expect(await second.writePipeline(draft())).toEqual({ outcome: 'unchanged', fqn, findings: [] });
    expect(sent()).toEqual([]);
    expect(sandbox.catalog.changes()).toBe(changes);
  });

  it.each([
    ['its schedule', { schedules: [{ id: 'nightly', cron: '30 4 * * *' }] }, { scheduleInterval: '30 4 * * *' }],
    [
      'its task links',
      { edges: [{ from: 'load', to: 'extract' }] },
      {
        tasks: [
          expect.objectContaining({ downstreamTasks: [] }),
          expect.objectContaining({ downstreamTasks: ['extract'] }),
        ],
      },
    ],
  ])('is stored when only %s changed', async (_, change, expected) => {
    const { open, draft, stored } = await start(version);
    await (await open()).writePipeline(draft());
    const result = await (await open()).writePipeline(draft(change));
    expect(result.outcome).toBe('updated');
    expect(stored()).toMatchObject(expected);
    expect((await (await open()).writePipeline(draft(change))).outcome).toBe('unchanged');
  });

  it('takes a new description from the source when nobody touched the old one', async () => {
    const { open, draft, stored } = await start(version);
    await (await open()).writePipeline(draft());
    await (await open()).writePipeline(draft({ description: 'Loads orders and returns.', displayName: 'Daily load' }));
    expect(stored()).toMatchObject({ description: 'Loads orders and returns.', displayName: 'Daily load' });
    await (await open()).writePipeline(draft({ description: '' }));
    expect(stored().description).toBeUndefined();
  });

  it("keeps a person's description, owner and tag while the source goes on changing", async () => {
    const { open, draft, stored, sandbox, request } = await start(version);
    sandbox.seed('user', { name: 'ana' });
    const team = sandbox.seed('team', { name: 'data-platform' });
    const owners = [{ name: 'ana', origin: 'label owner' }];
    await (await open()).writePipeline(draft({ owners }));
    const owner = { id: team, type: 'team' };
    const byPerson = await request('PATCH', `/pipelines/${stored().id}`, {
      as: 'admin',
      body: [
        { op: 'replace', path: '/description', value: 'Written by a person.' },
        {
          op: 'add',
          path: '/tags/-',
          value: { tagFQN: 'Tier.Tier1', source: 'Classification', labelType: 'Manual', state: 'Confirmed' },
        },
        ...(version === '1.2' || version === '1.3'
          ? [{ op: 'add', path: '/owner', value: owner }]
          : [{ op: 'replace', path: '/owners', value: [owner] }]),
      ],
    });
    expect(byPerson.status).toBe(200);

    const change = { owners, description: 'New at the source.', schedules: [{ id: 'n', cron: '5 5 * * *' }] };
    const result = await (await open()).writePipeline(draft(change));
    expect(result.outcome).toBe('updated');
    expect(result.findings).toEqual([
      { ref: 'company.team.daily', message: expect.stringContaining('was edited in OpenMetadata') },
    ]);
    const pipeline = stored();
    expect(pipeline).toMatchObject({ description: 'Written by a person.', scheduleInterval: '5 5 * * *' });
    expect(tagFqns(pipeline)).toContain('Tier.Tier1');
    const references = (pipeline.owners ?? [pipeline.owner]) as { id: string }[];
    expect(references.map(({ id }) => id)).toEqual([team]);
    expect((await (await open()).writePipeline(draft(change))).outcome).toBe('unchanged');
  });

  it("replaces a person's description and owner when told to, and settles", async () => {
    const { open, draft, stored, sandbox, request } = await start(version);
    const ana = sandbox.seed('user', { name: 'ana' });
    const owners = [{ name: 'ana', origin: 'label owner' }];
    await (await open()).writePipeline(draft());
    await request('PATCH', `/pipelines/${stored().id}`, {
      as: 'admin',
      body: [{ op: 'replace', path: '/description', value: 'Written by a person.' }],
    });
    const override = { overrideMetadata: true };
    expect((await (await open(override)).writePipeline(draft({ owners }))).outcome).toBe('updated');
    const pipeline = stored();
    expect(pipeline.description).toBe('Loads orders.');
    expect(((pipeline.owners ?? [pipeline.owner]) as { id: string }[]).map(({ id }) => id)).toEqual([ana]);
    expect((await (await open(override)).writePipeline(draft({ owners }))).outcome).toBe('unchanged');
  });

  it('stays deleted when it was soft-deleted in OpenMetadata', async () => {
    const { open, draft, stored, request, sent } = await start(version);
    await (await open()).writePipeline(draft());
    await request('DELETE', `/pipelines/${stored().id}?hardDelete=false`, { as: 'admin' });
    const sink = await open();
    sent();
    const result = await sink.writePipeline(draft({ description: 'Changed.' }));
    expect(result).toMatchObject({
      outcome: 'kept',
      findings: [{ message: expect.stringContaining('deleted'), hint: expect.stringContaining('Restore it') }],
    });
    expect(await sink.writeStatuses('company.team.daily', [])).toMatchObject({ failed: 0 });
    expect(sent()).toEqual([]);
    expect(stored().deleted).toBe(true);
  });

  it('is not taken for a new one because the list is empty: texts and tags stay right, deleted ones deleted', async () => {
    const { open, draft, sandbox, stored, request, sent } = await start('1.6');
    const first = await open();
    await first.writePipeline(draft({ description: 'Old.' }));
    await first.writePipeline(draft({ name: 'gone' }));
    await request('DELETE', `/pipelines/${stored('gone').id}`);
    const nothing = { data: [], paging: { total: 0 } };
    sandbox.setFaults([
      { method: 'GET', path: /\/pipelines\?/, effect: { kind: 'status', status: 200, body: nothing } },
    ]);
    const sink = await open();
    expect(await sink.writePipeline(draft({ description: 'New.', labels: [] }))).toMatchObject({ outcome: 'updated' });
    expect(stored()).toMatchObject({ description: 'New.', tags: [] });
    expect((await sink.writePipeline(draft({ name: 'gone', schedules: [] }))).outcome).toBe('kept');
    expect(stored('gone')).toMatchObject({ deleted: true });
    sent();
    expect(await sink.stored?.('new')).toBeUndefined();
    expect((await sink.writePipeline(draft({ name: 'new', labels: [] }))).outcome).toBe('created');
    expect(sent()).toEqual(['GET /pipelines/name/kestra.new', 'PUT /pipelines']);
  });

  it('is made anew when it was hard-deleted', async () => {
    const { open, draft, stored, request } = await start(version);
    await (await open()).writePipeline(draft());
    const late = await open();
    await request('DELETE', `/pipelines/${stored().id}?hardDelete=true`, { as: 'admin' });
    expect((await late.writePipeline(draft({ description: 'Changed.' }))).outcome).toBe('created');
    await request('DELETE', `/pipelines/${stored().id}?hardDelete=true`, { as: 'admin' });
    expect((await (await open()).writePipeline(draft())).outcome).toBe('created');
  });

  it('that another tool wrote is taken over at the first write, and keeps the text it had', async () => {
    const { open, draft, stored, request } = await start(version);
    await request('PUT', '/services/pipelineServices', {
      body: {
        name: 'kestra',
        serviceType: 'CustomPipeline',
        connection: { config: { type: 'CustomPipeline', sourcePythonClass: 'x.Y' } },
      },
    });
    await request('PUT', '/pipelines', {
      body: { name: 'company.team.daily', service: 'kestra', displayName: 'Old name', tasks: [{ name: 'old' }] },
    });
    const result = await (await open()).writePipeline(draft());
    expect(result.outcome).toBe('updated');
    const pipeline = stored();
    expect(pipeline).toMatchObject({ displayName: 'Old name', description: 'Loads orders.' });
    expect((pipeline.tasks as { name: string }[]).map(({ name }) => name)).toEqual(['extract', 'load']);
    expect((await (await open()).writePipeline(draft())).outcome).toBe('unchanged');
    expect(harness?.sandbox.catalog.services()[0]).toMatchObject({
      connection: { config: { sourcePythonClass: 'x.Y' } },
    });
  });

  it('loses a tag that the source no longer has, and keeps those of people', async () => {
    const { open, draft, stored, request } = await start(version);
    await (await open()).writePipeline(
      draft({
        labels: [
          { key: 'team', value: 'data' },
          { key: 'env', value: 'prod' },
        ],
      }),
    );
    expect(tagFqns(stored())).toHaveLength(2);
    const byHand = `${classification}.by-hand`;
    await request('PUT', '/tags', { body: { classification, name: 'by-hand', description: 'Of a person.' } });
    const label = { source: 'Classification', labelType: 'Manual', state: 'Confirmed' };
    const added = await request('PATCH', `/pipelines/${stored().id}`, {
      as: 'admin',
      body: [byHand, 'PII.None'].map((tagFQN) => ({ op: 'add', path: '/tags/-', value: { tagFQN, ...label } })),
    });
    expect(added.status).toBe(200);
    expect((await (await open()).writePipeline(draft({ labels: [] }))).outcome).toBe('updated');
    expect(tagFqns(stored()).sort()).toEqual([byHand, 'PII.None']);
  });

  it('is written once when several calls come at the same time', async () => {
    const { open, draft, sandbox } = await start(version);
    const sink = await open();
    const results = await Promise.all(Array.from({ length: 8 }, () => sink.writePipeline(draft())));
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['created', ...Array(7).fill('unchanged')]);
    expect(
      sandbox.requests.filter(({ method, path: to }) => method === 'PUT' && to.endsWith('/pipelines')),
    ).toHaveLength(1);
  });
});

describe('tags', () => {
  it('exist before the pipeline that carries them, each made once', async () => {
    const { open, draft, sandbox, sent, stored } = await start('1.2');
    const sink = await open();
    sent();
    const names = ['a', 'b', 'c', 'd'];
    await Promise.all(names.map((name) => sink.writePipeline(draft({ name }))));
    const requests = sent();
    expect(requests.filter((request) => request === 'PUT /tags')).toHaveLength(1);
    expect(requests.filter((request) => request === 'PUT /classifications')).toHaveLength(1);
    expect(requests.indexOf('PUT /tags')).toBeLessThan(requests.indexOf('PUT /pipelines'));
    expect(sink.summary()).toEqual({ tagsCreated: 1, findings: [] });
    expect(sandbox.catalog.tags().filter((tag) => tag.startsWith(classification))).toEqual(tagFqns(stored('a')));
  });

  it('that can not be made are left out and reported, and nothing half-created stays behind', async () => {
    const { open, draft, sandbox, stored, request } = await start('1.2');
    sandbox.setFaults([
      {
        method: 'PUT',
        path: /\/api\/v1\/tags$/,
        effect: { kind: 'status', status: 403, body: { code: 403, message: 'operations [Create] not allowed' } },
      },
    ]);
    const sink = await open();
    expect((await sink.writePipeline(draft())).outcome).toBe('created');
    expect(tagFqns(stored())).toEqual([]);
    expect(sink.summary()).toMatchObject({
      tagsCreated: 0,
      findings: [
        { ref: expect.stringContaining('tag KestraLabels.'), message: expect.stringContaining('Left out'), lost: true },
      ],
    });
    expect((await request('GET', `/pipelines/name/${path}`)).status).toBe(200);

    sandbox.setFaults([]);
    expect((await (await open()).writePipeline(draft())).outcome).toBe('updated');
    expect(tagFqns(stored())).toHaveLength(1);
  });

  it('that exclude each other are not put on one pipeline together', async () => {
    const { open, draft, stored, request } = await start('1.6');
    await request('PUT', '/classifications', {
      body: { name: classification, description: 'x', mutuallyExclusive: true },
      as: 'admin',
    });
    const sink = await open();
    const labels = [
      { key: 'team', value: 'data' },
      { key: 'env', value: 'prod' },
    ];
    expect((await sink.writePipeline(draft({ labels }))).outcome).toBe('created');
    expect(tagFqns(stored())).toEqual([]);
    expect(sink.summary().findings).toEqual([expect.objectContaining({ ref: `classification ${classification}` })]);
  });
});

describe('owners', () => {
  it('are found by name, as a team and by e-mail; an unknown one is reported once, not per pipeline', async () => {
    const { open, draft, sandbox, stored } = await start('1.6');
    const ana = sandbox.seed('user', { name: 'ana', email: 'ana@corp.example' });
    const team = sandbox.seed('team', { name: 'data-platform' });
    sandbox.seed('team', { name: 'everyone', teamType: 'Department' });
    const sink = await open();
    const owner = (name: string) => [{ name, origin: 'label owner' }];
    await sink.writePipeline(draft({ name: 'a', owners: owner('ana@corp.example') }));
    await sink.writePipeline(draft({ name: 'b', owners: owner('data-platform') }));
    for (const name of ['c', 'd', 'e']) await sink.writePipeline(draft({ name, owners: owner('nobody') }));
    await sink.writePipeline(draft({ name: 'f', owners: owner('everyone') }));
    await sink.writePipeline(draft({ name: 'g', owners: owner('..') }));

    const ownersOf = (name: string) => (stored(name).owners as { id: string }[]).map(({ id }) => id);
    expect([ownersOf('a'), ownersOf('b'), ownersOf('c'), ownersOf('f'), ownersOf('g')]).toEqual([
      [ana],
      [team],
      [],
      [],
      [],
    ]);
    expect(sink.summary().findings).toEqual([
      expect.objectContaining({ ref: 'owner nobody', message: expect.stringContaining('3 pipelines go without') }),
      expect.objectContaining({ ref: 'owner everyone', message: expect.stringContaining('only a Group can own') }),
      expect.objectContaining({ ref: 'owner ..' }),
    ]);
    const lookups = sandbox.requests.filter(({ path: to }) => to.endsWith('/users/name/nobody'));
    expect(lookups).toHaveLength(1);
  });

  it('that can not be looked up are lost, and not said to be unknown', async () => {
    const { open, draft, sandbox, stored } = await start('1.6');
    const sink = await open();
    const body = { code: 403, message: 'not allowed' };
    sandbox.setFaults([{ method: 'GET', path: /users\/name\/ana$/, effect: { kind: 'status', status: 403, body } }]);
    const owner = (name: string) => [{ name, origin: 'label owner' }];
    const { outcome, findings } = await sink.writePipeline(draft({ name: 'a', owners: owner('ana') }));
    expect(outcome).toBe('created');
    expect(findings).toEqual([
      {
        ref: 'a',
        message: 'It goes without its owner ana (label owner), who could not be looked up: not allowed',
        hint: expect.stringContaining('Give the bot a role'),
        lost: true,
      },
    ]);
    expect((await sink.writePipeline(draft({ name: 'b', owners: owner('nobody') }))).findings).toEqual([]);
    expect(sink.summary().findings).toEqual([expect.objectContaining({ ref: 'owner nobody' })]);
    sandbox.setFaults([]);
    sandbox.seed('user', { name: 'ana' });
    const again = await open();
    expect((await again.writePipeline(draft({ name: 'a', owners: owner('ana') }))).outcome).toBe('updated');
    expect(stored('a').owners).toMatchObject([{ name: 'ana' }]);
  });

  it('that appear in OpenMetadata later are set by the next run', async () => {
    const { open, draft, sandbox, stored } = await start('1.6');
    const owners = [{ name: 'ana', origin: 'label owner' }];
    await (await open()).writePipeline(draft({ owners }));
    const ana = sandbox.seed('user', { name: 'ana' });
    expect((await (await open()).writePipeline(draft({ owners }))).outcome).toBe('updated');
    expect((stored().owners as { id: string }[])[0]?.id).toBe(ana);
    expect((await (await open()).writePipeline(draft({ owners }))).outcome).toBe('unchanged');
  });
});

describe('a write that fails', () => {
  it('is a result with the reason, and the others go on', async () => {
    const { open, draft, sandbox } = await start('1.6');
    const sink = await open();
    sandbox.setFaults([
      {
        method: 'PUT',
        path: /\/pipelines$/,
        times: 1,
        effect: { kind: 'status', status: 400, body: { code: 400, message: '[name is odd]' } },
      },
    ]);
    expect(await sink.writePipeline(draft({ name: 'a' }))).toEqual({
      outcome: 'failed',
      findings: [{ ref: 'a', message: '[name is odd]' }],
    });
    expect((await sink.writePipeline(draft({ name: 'b' }))).outcome).toBe('created');
  });

  it('between patch and put is made good by the next run', async () => {
    const { open, draft, sandbox, stored } = await start('1.6');
    await (await open()).writePipeline(draft());
    const change = { description: 'New.', schedules: [{ id: 'n', cron: '5 5 * * *' }] };
    sandbox.setFaults([{ method: 'PUT', path: /\/pipelines$/, times: 20, effect: { kind: 'drop' } }]);
    const broken = await open({}, { retry: { retries: 0 } });
    await broken.writePipeline(draft(change)).catch(() => {});
    expect(stored()).toMatchObject({ description: 'New.', scheduleInterval: '0 2 * * *' });
    sandbox.setFaults([]);
    expect(await (await open()).writePipeline(draft(change))).toMatchObject({ outcome: 'updated', findings: [] });
    expect(stored()).toMatchObject({ description: 'New.', scheduleInterval: '5 5 * * *' });
  });

  it('of one field, which the bot may not change, does not hold up the others', async () => {
    const { open, draft, sandbox, stored } = await start('2.0');
    await (await open()).writePipeline(draft());
    const body = { code: 403, message: 'operations [EditDisplayName] not allowed' };
    // The patch of both, then that of the display name alone, which comes second.
    sandbox.setFaults([
      { method: 'PATCH', times: 1, effect: { kind: 'status', status: 403, body } },
      { method: 'PATCH', after: 2, times: 1, effect: { kind: 'status', status: 403, body } },
    ]);
    const change = { displayName: 'Daily load', description: 'New.', schedules: [] };
    const result = await (await open()).writePipeline(draft(change));
    expect(result).toMatchObject({
      outcome: 'updated',
      findings: [
        { message: expect.stringContaining('may not change displayName'), hint: expect.stringContaining('role') },
      ],
    });
    expect(stored()).toMatchObject({ description: 'New.', displayName: 'daily' });
    expect(stored().scheduleInterval).toBeUndefined();
  });

  it.each(['1.2', '1.6', '2.0'])(
    'of a text or tag, which the bot may not change, is tried again by each run (%s)',
    async (version) => {
      const { open, draft, sandbox, stored, request } = await start(version);
      await (await open()).writePipeline(draft());
      const body = { code: 403, message: 'operations [EditDescription, EditTags] not allowed' };
      sandbox.setFaults([{ method: 'PATCH', effect: { kind: 'status', status: 403, body } }]);
      const change = { description: 'New.', labels: [] };
      for (const _run of [1, 2]) {
        const { findings } = await (await open()).writePipeline(draft(change));
        expect(findings).toMatchObject([
          { message: expect.stringContaining('may not change description'), lost: true },
          { message: expect.stringContaining('may not change tags'), lost: true },
        ]);
        expect(stored()).toMatchObject({ description: 'Loads orders.', tags: [{}] });
      }
      sandbox.setFaults([]);
      expect(await (await open()).writePipeline(draft(change))).toMatchObject({ outcome: 'updated', findings: [] });
      expect(stored()).toMatchObject({ description: 'New.', tags: [] });
      expect(await (await open()).writePipeline(draft(change))).toMatchObject({ outcome: 'unchanged', findings: [] });

      sandbox.setFaults([{ method: 'PATCH', effect: { kind: 'status', status: 403, body } }]);
      await (await open()).writePipeline(draft({ ...change, description: 'Newer.' }));
      sandbox.setFaults([]);
      const operations = [{ op: 'replace', path: '/description', value: 'By Ana.' }];
      await request('PATCH', `/pipelines/${stored().id}`, { body: operations });
      await (await open()).writePipeline(draft({ ...change, description: 'Newer.' }));
      expect(stored()).toMatchObject({ description: 'By Ana.' });
    },
  );

  it('silently, because the server took nothing, is noticed', async () => {
    const { open, draft, sandbox, stored } = await start('1.6');
    await (await open()).writePipeline(draft());
    const body = stored();
    sandbox.setFaults([
      {
        method: 'PUT',
        path: /\/pipelines$/,
        effect: { kind: 'status', status: 200, body, headers: { 'x-openmetadata-change': 'entityNoChange' } },
      },
    ]);
    const result = await (await open()).writePipeline(draft({ schedules: [] }));
    expect(result).toMatchObject({ outcome: 'failed', findings: [{ message: expect.stringContaining('not stored') }] });
  });
});
