import { afterEach, describe, expect, it } from 'vitest';
import { createDryRunClient, createOmClient, createOpenMetadataSink } from '../src/index.js';
import { classification, fqn, type Harness, service, startHarness, statusOf } from './sink-harness.js';

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});
const start = async (version = '1.6'): Promise<Harness> => {
  harness = await startHarness({ version });
  return harness;
};
const name = 'company.team.daily';

describe.each(['1.2', '1.3', '1.6', '2.0'])('a pipeline that Flowmeta deletes in OpenMetadata %s', (version) => {
  it('is known as its own, with namespace and link as they were last written', async () => {
    const { open, draft } = await start(version);
    await (await open()).writePipeline(draft());
    expect([...(await open()).ownPipelines()]).toEqual([
      {
        name,
        fqn,
        namespace: 'company.team',
        sourceUrl: 'https://kestra.example.com/ui/main/flows/edit/company.team/daily',
      },
    ]);
  });

  it('is soft-deleted, and comes back with its history and with what people made of it', async () => {
    const { open, draft, stored, sandbox, request } = await start(version);
    const first = await open();
    await first.writePipeline(draft());
    await first.writeStatuses(name, [statusOf(1_000)]);
    await request('PATCH', `/pipelines/${stored().id}`, {
      as: 'admin',
      body: [{ op: 'replace', path: '/description', value: 'Written by a person.' }],
    });
    const { id } = stored();

    const second = await open();
    expect(await second.removePipeline(fqn)).toEqual({ outcome: 'deleted', findings: [] });
    expect(stored()).toMatchObject({ id, deleted: true });
    expect([...second.ownPipelines()]).toEqual([]);
    expect([...(await open()).ownPipelines()]).toEqual([]);

    const third = await open();
    expect(await third.writePipeline(draft())).toMatchObject({ outcome: 'restored', fqn });
    expect(stored()).toMatchObject({ id, deleted: false, description: 'Written by a person.' });
    expect(sandbox.catalog.statuses(fqn)).toHaveLength(1);
    expect(await third.writeStatuses(name, [statusOf(1_000), statusOf(2_000)])).toMatchObject({
      created: 1,
      unchanged: 1,
    });
    expect((await (await open()).writePipeline(draft())).outcome).toBe('unchanged');
  });

  it('takes over what changed at the source meanwhile', async () => {
    const { open, draft, stored } = await start(version);
    await (await open()).writePipeline(draft());
    await (await open()).removePipeline(fqn);
    const change = { description: 'New.', schedules: [{ id: 'n', cron: '5 5 * * *' }] };
    expect(await (await open()).writePipeline(draft(change))).toEqual({ outcome: 'restored', fqn, findings: [] });
    expect(stored()).toMatchObject({ deleted: false, description: 'New.', scheduleInterval: '5 5 * * *' });
  });

  it('stays deleted if a person restored it and deleted it again', async () => {
    const { open, draft, stored, request } = await start(version);
    await (await open()).writePipeline(draft());
    await (await open()).removePipeline(fqn);
    await request('PUT', '/pipelines/restore', { as: 'admin', body: { id: stored().id } });
    await request('DELETE', `/pipelines/${stored().id}`, { as: 'admin' });
    expect((await (await open()).writePipeline(draft())).outcome).toBe('kept');
    expect(stored().deleted).toBe(true);
  });

  it('is not deleted again once a person has restored it, unless the source had it in between', async () => {
    const { open, draft, stored, request } = await start(version);
    await (await open()).writePipeline(draft());
    await (await open()).removePipeline(fqn);
    await request('PUT', '/pipelines/restore', { as: 'admin', body: { id: stored().id } });
    const sink = await open();
    expect([...sink.ownPipelines()]).toEqual([]);
    expect((await sink.removePipeline(fqn)).outcome).toBe('kept');
    expect(stored().deleted).toBe(false);

    expect((await (await open()).writePipeline(draft())).outcome).toBe('updated');
    expect((await (await open()).removePipeline(fqn)).outcome).toBe('deleted');
  });

  it('is deleted by the next run if one broke off between mark and deletion', async () => {
    const { open, draft, stored, sandbox } = await start(version);
    await (await open()).writePipeline(draft());
    sandbox.setFaults([
      { method: 'DELETE', effect: { kind: 'status', status: 400, body: { code: 400, message: 'no' } } },
    ]);
    expect((await (await open()).removePipeline(fqn)).outcome).toBe('failed');
    expect(stored().deleted).toBe(false);
    sandbox.setFaults([]);
    const sink = await open();
    expect([...sink.ownPipelines()]).toHaveLength(1);
    expect((await sink.removePipeline(fqn)).outcome).toBe('deleted');
    expect((await (await open()).writePipeline(draft())).outcome).toBe('restored');
  });

  it('is written as usual if the source has it again before it was deleted', async () => {
    const { open, draft, stored, sandbox } = await start(version);
    await (await open()).writePipeline(draft());
    sandbox.setFaults([
      { method: 'DELETE', effect: { kind: 'status', status: 400, body: { code: 400, message: 'no' } } },
    ]);
    await (await open()).removePipeline(fqn);
    expect((await (await open()).writePipeline(draft())).outcome).toBe('updated');
    expect(stored().deleted).toBe(false);
    expect((await (await open()).writePipeline(draft())).outcome).toBe('unchanged');
  });

  it('is one that Flowmeta wrote: others are not its own', async () => {
    const { open, draft, request, stored } = await start(version);
    const sink = await open();
    await request('PUT', '/pipelines', { body: { name: 'by.hand', service }, as: 'admin' });
    await sink.writePipeline(draft({ name: 'gone' }));
    await request('DELETE', `/pipelines/${stored('gone').id}`, { as: 'admin' });
    const later = await open();
    expect([...later.ownPipelines()]).toEqual([]);
    expect((await later.removePipeline(`${service}."by.hand"`)).outcome).toBe('kept');
    expect(stored('by.hand').deleted).toBe(false);
    expect((await later.removePipeline(`${service}.nowhere`)).outcome).toBe('kept');
  });

  it('would be deleted and restored by a dry run, which writes nothing', async () => {
    const { open, draft, sandbox } = await start(version);
    const dry = async () => {
      const client = createDryRunClient(createOmClient({ hostPort: sandbox.url, jwtToken: sandbox.token }));
      const sink = createOpenMetadataSink(client, { service, classification });
      await sink.open();
      return sink;
    };
    await (await open()).writePipeline(draft());
    const changes = sandbox.catalog.changes();
    expect((await (await dry()).removePipeline(fqn)).outcome).toBe('deleted');
    expect(sandbox.catalog.changes()).toBe(changes);
    await (await open()).removePipeline(fqn);
    const after = sandbox.catalog.changes();
    expect((await (await dry()).writePipeline(draft())).outcome).toBe('restored');
    expect(sandbox.catalog.changes()).toBe(after);
  });
});

describe('a deletion', () => {
  it('does not happen where the mark was not stored', async () => {
    const { open, draft, sandbox, stored } = await start('1.6');
    await (await open()).writePipeline(draft());
    sandbox.setFaults([{ method: 'PATCH', effect: { kind: 'status', status: 200, body: {} } }]);
    expect(await (await open()).removePipeline(fqn)).toEqual({
      outcome: 'failed',
      findings: [{ ref: fqn, message: expect.stringContaining('did not store the mark') }],
    });
    expect(stored().deleted).toBe(false);
    expect(sandbox.requests.some(({ method }) => method === 'DELETE')).toBe(false);
  });

  it('of a pipeline that somebody changed since it was listed looks again', async () => {
    const { open, draft, stored, request } = await start('1.6');
    await (await open()).writePipeline(draft());
    const sink = await open();
    await request('PUT', '/pipelines', { body: { name, service, sourceHash: 'of-another-tool' }, as: 'admin' });
    expect((await sink.removePipeline(fqn)).outcome).toBe('kept');
    expect(stored().deleted).toBe(false);
  });

  it('that another tool made under the same bot, without the mark, is not undone', async () => {
    const { open, draft, request, stored } = await start('1.6');
    await (await open()).writePipeline(draft());
    await request('DELETE', `/pipelines/${stored().id}`);
    expect((await (await open()).writePipeline(draft())).outcome).toBe('kept');
    expect(stored().deleted).toBe(true);
  });

  it('of a pipeline that Flowmeta never wrote is not undone, although its own bot made it', async () => {
    const { open, draft, request, stored } = await start('1.6');
    await open();
    await request('PUT', '/pipelines', { body: { name, service } });
    await request('DELETE', `/pipelines/${stored().id}`);
    expect((await (await open()).writePipeline(draft())).outcome).toBe('kept');
    expect(stored().deleted).toBe(true);
  });

  it.each([
    ['nobody is named', ({ updatedBy: _somebody, ...pipeline }: Record<string, unknown>) => pipeline],
    ['who did it is no longer there', (pipeline: object) => ({ ...pipeline, updatedBy: 'former-bot' })],
  ])('with the mark is not undone where %s', async (_, change) => {
    const { open, draft, stored, sandbox } = await start('1.6');
    await (await open()).writePipeline(draft());
    await (await open()).removePipeline(fqn);
    const rewrite = (answer: { status: number; json?: unknown }) => {
      const page = answer.json as { data: Record<string, unknown>[] };
      return { ...answer, json: { ...page, data: page.data.map(change) } };
    };
    sandbox.setFaults([{ method: 'GET', path: /\/pipelines\?/, effect: { kind: 'rewrite', rewrite } }]);
    expect((await (await open()).writePipeline(draft())).outcome).toBe('kept');
    expect(stored().deleted).toBe(true);
  });

  it('is told by the bot of another config, and undone by this one', async () => {
    const { open, draft, request, stored, sandbox } = await start('1.6');
    await (await open()).writePipeline(draft());
    sandbox.seed('user', { name: 'other-bot', isBot: true, isAdmin: true });
    await (await open({}, { jwtToken: `${sandbox.token}.other-bot` })).removePipeline(fqn);
    expect(stored()).toMatchObject({ deleted: true, updatedBy: 'other-bot' });
    expect((await (await open()).writePipeline(draft())).outcome).toBe('restored');
    expect((await request('GET', `/pipelines/${stored().id}`)).status).toBe(200);
  });
});
