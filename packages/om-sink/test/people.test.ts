import { afterEach, describe, expect, it } from 'vitest';
import { classification, fqn, type Harness, type pipelineOf, startHarness } from './sink-harness.js';

// What people made of a pipeline in OpenMetadata, field by field, and what becomes of it when the source changes all of them.

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

type Pipeline = ReturnType<typeof pipelineOf>;
const wanted: Partial<Pipeline> = {
  description: 'New at the source.',
  displayName: 'New name',
  owners: [{ name: 'ben', origin: 'label owner' }],
  labels: [{ key: 'env', value: 'prod' }],
  schedules: [{ id: 'n', cron: '5 5 * * *' }],
};
const label = { source: 'Classification', labelType: 'Manual', state: 'Confirmed' };
const tagFqns = (pipeline: Record<string, unknown>): string[] =>
  (pipeline.tags as { tagFQN: string }[]).map(({ tagFQN }) => tagFQN).sort();
const idsOf = (pipeline: Record<string, unknown>, one: string, many: string): string[] =>
  ((pipeline[many] ?? (pipeline[one] === undefined ? [] : [pipeline[one]])) as { id: string }[]).map(({ id }) => id);

describe.each(['1.2', '1.6', '2.0'])('a pipeline that people worked on in OpenMetadata %s', (version) => {
  const hasOwners = version !== '1.2';
  const hasDomains = version === '2.0';

  async function start() {
    harness = await startHarness({ version });
    const { sandbox, open, draft, stored, request } = harness;
    const ids = {
      ana: sandbox.seed('user', { name: 'ana' }),
      ben: sandbox.seed('user', { name: 'ben' }),
      team: sandbox.seed('team', { name: 'data-platform' }),
    };
    const domain = { name: 'Sales', description: 'x', domainType: 'Aggregate' };
    const made = await request('PUT', '/domains', { as: 'admin', body: domain });
    const domainId = (made.body as { id: string }).id;
    const ownerPatch = (id: string) =>
      hasOwners
        ? { op: 'add', path: '/owners', value: [{ id, type: 'team' }] }
        : { op: 'add', path: '/owner', value: { id, type: 'team' } };
    const domainPatch = hasDomains
      ? { op: 'add', path: '/domains', value: [{ id: domainId, type: 'domain' }] }
      : { op: 'add', path: '/domain', value: { id: domainId, type: 'domain' } };
    const byPerson = async (...body: object[]) => {
      const { status } = await request('PATCH', `/pipelines/${stored().id}`, { as: 'admin', body });
      expect(status).toBe(200);
    };
    await (await open()).writePipeline(draft());
    return { ...harness, ids, domainId, ownerPatch, domainPatch, byPerson };
  }

  const edits: [
    string,
    (world: Awaited<ReturnType<typeof start>>) => object,
    (pipeline: Record<string, unknown>) => unknown,
  ][] = [
    [
      'its description',
      () => ({ op: 'replace', path: '/description', value: 'By Ana.' }),
      ({ description }) => description,
    ],
    [
      'its display name',
      () => ({ op: 'replace', path: '/displayName', value: 'By Ana' }),
      ({ displayName }) => displayName,
    ],
    ['its owner', ({ ids, ownerPatch }) => ownerPatch(ids.team), (pipeline) => idsOf(pipeline, 'owner', 'owners')],
    [
      'a tag of hers',
      () => ({ op: 'add', path: '/tags/-', value: { tagFQN: 'PII.None', ...label } }),
      (pipeline) => tagFqns(pipeline).includes('PII.None'),
    ],
    ['its domain', ({ domainPatch }) => domainPatch, (pipeline) => idsOf(pipeline, 'domain', 'domains')],
  ];

  it.each(edits)('keeps %s while the source changes everything, and settles', async (_, edit, valueIn) => {
    const world = await start();
    const { byPerson, open, draft, stored } = world;
    const before = valueIn(stored());
    await byPerson(edit(world));
    const edited = valueIn(stored());
    expect(edited).not.toEqual(before);

    expect((await (await open()).writePipeline(draft(wanted))).outcome).toBe('updated');
    expect(valueIn(stored())).toEqual(edited);
    expect(stored().scheduleInterval).toBe('5 5 * * *');
    expect((await (await open()).writePipeline(draft(wanted))).outcome).toBe('unchanged');
    expect(valueIn(stored())).toEqual(edited);
  });

  it('keeps them when it goes and comes back', async () => {
    const world = await start();
    const { byPerson, open, draft, stored } = world;
    await byPerson(...edits.map(([, edit]) => edit(world)));
    const edited = edits.map(([, , valueIn]) => valueIn(stored()));
    expect((await (await open()).removePipeline(fqn)).outcome).toBe('deleted');
    expect((await (await open()).writePipeline(draft(wanted))).outcome).toBe('restored');
    expect(edits.map(([, , valueIn]) => valueIn(stored()))).toEqual(edited);
  });

  it('has the texts and owners of the source when that is wanted; tags and domain of people stay', async () => {
    const world = await start();
    const { byPerson, open, draft, stored, ids, domainId } = world;
    await byPerson(...edits.map(([, edit]) => edit(world)));
    const override = { overrideMetadata: true };
    expect((await (await open(override)).writePipeline(draft(wanted))).outcome).toBe('updated');
    const pipeline = stored();
    expect(pipeline).toMatchObject({ description: 'New at the source.', displayName: 'New name' });
    expect(idsOf(pipeline, 'owner', 'owners')).toEqual([ids.ben]);
    expect(tagFqns(pipeline)).toContain('PII.None');
    expect(idsOf(pipeline, 'domain', 'domains')).toEqual([domainId]);
    expect((await (await open(override)).writePipeline(draft(wanted))).outcome).toBe('unchanged');
  });

  it('loses the tag of a label that is gone only if Flowmeta put it there', async () => {
    const { byPerson, open, draft, stored, request } = await start();
    const [own] = tagFqns(stored()) as [string];
    expect(own.startsWith(`${classification}.`)).toBe(true);
    const byHand = `${classification}.by-hand`;
    await request('PUT', '/tags', { body: { classification, name: 'by-hand', description: 'Of a person.' } });
    await byPerson(
      { op: 'add', path: '/tags/-', value: { tagFQN: byHand, ...label } },
      { op: 'add', path: '/tags/-', value: { tagFQN: 'PII.None', ...label, labelType: 'Automated' } },
    );
    expect((await (await open()).writePipeline(draft({ labels: [] }))).outcome).toBe('updated');
    expect(tagFqns(stored())).toEqual([byHand, 'PII.None']);
  });

  it('keeps a tag that a person confirmed by hand although the label is gone', async () => {
    const { byPerson, open, draft, stored } = await start();
    const [own] = tagFqns(stored()) as [string];
    await byPerson({ op: 'replace', path: '/tags', value: [{ tagFQN: own, ...label }] });
    await (await open()).writePipeline(draft({ labels: [] }));
    expect(tagFqns(stored())).toEqual([own]);
  });

  it('stays without the text that a person emptied', async () => {
    const { byPerson, open, draft, stored } = await start();
    await byPerson({ op: 'remove', path: '/description' });
    const result = await (await open()).writePipeline(draft(wanted));
    expect(result.findings).toMatchObject([{ message: expect.stringContaining('edited in OpenMetadata') }]);
    expect(stored().description ?? '').toBe('');
  });

  it('stays without the owner that a person took away, if the source names none', async () => {
    const { byPerson, open, draft, stored, ids, ownerPatch } = await start();
    await byPerson(ownerPatch(ids.team));
    await byPerson({ op: 'remove', path: hasOwners ? '/owners/0' : '/owner' });
    await (await open()).writePipeline(draft({ schedules: [] }));
    expect(idsOf(stored(), 'owner', 'owners')).toEqual([]);
  });
});
