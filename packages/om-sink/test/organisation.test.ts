import { createOrganiser, mapPipeline, type Rule } from '@flowmeta/om-mapper';
import { afterEach, describe, expect, it } from 'vitest';
import { classification, type Harness, pipelineOf, service, startHarness } from './sink-harness.js';

// What rules give to pipelines, and what people have done to it meanwhile.

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

const rule: Rule = {
  match: 'company.*',
  domain: 'Finance',
  owner: 'ana',
  tags: ['PII.None'],
  tier: 'Tier.Tier2',
  displayName: 'Daily orders',
};
const ownTag = 'KestraLabels.team - data';
const manual = { source: 'Classification', labelType: 'Manual', state: 'Confirmed' };

type Named = { id: string; name?: string; fullyQualifiedName?: string };

describe.each(['1.2', '1.6', '1.9', '2.0'])('rules for pipelines of OpenMetadata %s', (version) => {
  const domainField = ['1.9', '2.0'].includes(version) ? 'domains' : 'domain';

  async function start() {
    harness = await startHarness({ version });
    const { sandbox, request, stored, capabilities } = harness;
    const ana = sandbox.seed('user', { name: 'ana' });
    for (const name of ['Finance', 'Sales']) {
      const body = { name, description: name, domainType: 'Aggregate' };
      expect((await request('PUT', '/domains', { as: 'admin', body })).status).toBeLessThan(300);
    }
    const draft = (rules: Rule[] = [rule], change: Parameters<typeof pipelineOf>[0] = {}) =>
      mapPipeline(pipelineOf(change), {
        service,
        capabilities,
        classification,
        organise: createOrganiser(rules),
      });
    const shown = () => {
      const pipeline = stored() as Record<string, unknown>;
      const owners = (pipeline.owners ?? (pipeline.owner ? [pipeline.owner] : [])) as Named[];
      const domains = (pipeline.domains ?? (pipeline.domain ? [pipeline.domain] : [])) as Named[];
      return {
        owners: owners.map(({ id }) => id),
        domains: domains.map(({ name }) => name),
        tags: (pipeline.tags as { tagFQN: string }[]).map(({ tagFQN }) => tagFQN).sort(),
        displayName: pipeline.displayName,
      };
    };
    const byPerson = async (...body: object[]) => {
      const answer = await request('PATCH', `/pipelines/${stored().id}`, { as: 'admin', body });
      expect(answer).toMatchObject({ status: 200 });
    };
    const domainPatch = async (name: string) => {
      const { body } = await request('GET', `/domains/name/${name}`, { as: 'admin' });
      const reference = { id: (body as Named).id, type: 'domain' };
      const value = domainField === 'domains' ? [reference] : reference;
      return { op: 'replace', path: `/${domainField}`, value };
    };
    return { ...harness, ana, draft, shown, byPerson, domainPatch };
  }

  it('give a new pipeline and one that is there all that they say, and then nothing more', async () => {
    const { open, draft, shown, ana, sent } = await start();
    const organised = {
      owners: [ana],
      domains: ['Finance'],
      tags: [ownTag, 'PII.None', 'Tier.Tier2'].sort(),
      displayName: 'Daily orders',
    };
    expect((await (await open()).writePipeline(draft([]))).outcome).toBe('created');
    expect(shown()).toEqual({ owners: [], domains: [], tags: [ownTag], displayName: 'daily' });
    const result = await (await open()).writePipeline(draft());
    expect(result).toMatchObject({ outcome: 'updated', findings: [] });
    expect(shown()).toEqual(organised);

    const sink = await open();
    sent();
    expect((await sink.writePipeline(draft())).outcome).toBe('unchanged');
    expect(sent().filter((request) => !request.includes('/users/'))).toEqual([]);

    await (await open()).writePipeline(draft([rule], { name: 'company.team.other' }));
    const other = harness!.stored('company.team.other');
    expect(other[domainField]).toMatchObject(domainField === 'domains' ? [{ name: 'Finance' }] : { name: 'Finance' });
  });

  it('leave what people have set', async () => {
    const { open, draft, shown, byPerson, domainPatch } = await start();
    await (await open()).writePipeline(draft());
    await byPerson(
      await domainPatch('Sales'),
      { op: 'replace', path: '/tags', value: [{ tagFQN: 'Tier.Tier1', ...manual }] },
      { op: 'replace', path: '/displayName', value: 'By Ana' },
    );
    const changed = draft([rule], { schedules: [{ id: 'n', cron: '5 5 * * *' }] });
    expect((await (await open()).writePipeline(changed)).outcome).toBe('updated');
    expect(shown()).toMatchObject({ domains: ['Sales'], displayName: 'By Ana' });
    expect(shown().tags).toContain('Tier.Tier1');
    expect(shown().tags).not.toContain('Tier.Tier2');
    expect((await (await open()).writePipeline(changed)).outcome).toBe('unchanged');
  });

  it('replace the domain of people where that is wanted', async () => {
    const { open, draft, shown, byPerson, domainPatch } = await start();
    await (await open()).writePipeline(draft());
    await byPerson(await domainPatch('Sales'));
    const override = { overrideMetadata: true };
    expect((await (await open(override)).writePipeline(draft())).outcome).toBe('updated');
    expect(shown().domains).toEqual(['Finance']);
    expect((await (await open(override)).writePipeline(draft())).outcome).toBe('unchanged');
  });

  it('give again what people took away, where that is wanted', async () => {
    const { open, draft, shown, byPerson, ana, sandbox } = await start();
    const ben = sandbox.seed('user', { name: 'ben' });
    const [ownersField, others] = version === '1.2' ? ['owner', []] : ['owners', [ben]];
    const { owner: _owner, ...withoutOwner } = rule;
    const organised = draft([withoutOwner], {
      owners: [
        { name: 'ana', origin: 'label' },
        { name: 'ben', origin: 'label' },
      ],
    });
    const all = { owners: [ana, ...others], domains: ['Finance'] };
    const override = { overrideMetadata: true };
    await (await open()).writePipeline(organised);
    expect(shown()).toMatchObject(all);

    const edits: object[] = [
      { op: 'remove', path: `/${ownersField}${version === '1.2' ? '' : '/1'}` },
      { op: 'remove', path: `/${domainField}${domainField === 'domains' ? '/0' : ''}` },
    ];
    for (const edit of edits) {
      await byPerson(edit);
      expect(shown()).not.toMatchObject(all);
      expect((await (await open(override)).writePipeline(organised)).outcome).toBe('updated');
      expect(shown()).toMatchObject(all);
      expect((await (await open(override)).writePipeline(organised)).outcome).toBe('unchanged');
    }
  });

  it('change the tier that they gave themselves', async () => {
    const { open, draft, shown } = await start();
    await (await open()).writePipeline(draft());
    await (await open()).writePipeline(draft([{ ...rule, tier: 'Tier.Tier3' }]));
    expect(shown().tags).toEqual([ownTag, 'PII.None', 'Tier.Tier3'].sort());
  });

  it('do no harm with tags and domains that are not there, or that exclude each other', async () => {
    const { open, draft, shown, ana } = await start();
    const sink = await open();
    const wrong: Rule = {
      match: '*',
      domain: 'Nowhere',
      owner: 'ana',
      tags: ['PII.Nothing', 'Tier.Tier4', 'PII.None'],
      tier: 'Tier.Tier2',
    };
    const result = await sink.writePipeline(draft([wrong]));
    expect(result).toMatchObject({ outcome: 'created', findings: [] });
    expect(shown()).toEqual({
      owners: [ana],
      domains: [],
      tags: [ownTag, 'PII.None', 'Tier.Tier2'].sort(),
      displayName: 'daily',
    });
    expect(sink.summary().findings).toEqual([
      {
        ref: 'tag PII.Nothing',
        message: '1 pipeline goes without the tag PII.Nothing of the rules',
        hint: expect.stringContaining('Make it in OpenMetadata'),
      },
      {
        ref: 'tag Tier.Tier4',
        message: '1 pipeline goes without the tag Tier.Tier4 of the rules',
        hint: expect.stringContaining('another tag of Tier'),
      },
      {
        ref: 'domain Nowhere',
        message: '1 pipeline goes without the domain Nowhere of the rules',
        hint: expect.stringContaining('Make it in OpenMetadata'),
      },
    ]);
  });

  it('lose what can not be looked up, and say so', async () => {
    const { open, draft, shown, sandbox } = await start();
    sandbox.setFaults([{ path: /\/(?:tags|domains)\/name\//, effect: { kind: 'status', status: 400, body: {} } }]);
    const sink = await open();
    const { outcome, findings } = await sink.writePipeline(draft());
    expect(outcome).toBe('created');
    expect(findings.map(({ message, lost }) => [message.split(',')[0], lost])).toEqual([
      ['It goes without the tag Tier.Tier2', true],
      ['It goes without the tag PII.None', true],
      ['It goes without the domain Finance', true],
    ]);
    expect(shown()).toMatchObject({ domains: [], tags: [ownTag] });
  });
});
