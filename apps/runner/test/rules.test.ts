import type { Plan } from '@flowmeta/om-sink';
import { afterEach, describe, expect, it } from 'vitest';
import { password, startDemoServers } from './demo-servers.js';
import { run } from './fake-host.js';

let servers: Awaited<ReturnType<typeof startDemoServers>> | undefined;
afterEach(async () => {
  await servers?.close();
  servers = undefined;
});

async function start(rules: object[]) {
  servers = await startDemoServers();
  const { directory, takenAt, openMetadata, writeConfig } = servers;
  await fetch(`${openMetadata.url}/api/v1/domains`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${openMetadata.token}.admin`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Finance', description: 'x', domainType: 'Aggregate' }),
  });
  await writeConfig({ rules });
  const options = { directory, environment: { KESTRA_PASSWORD: password }, from: takenAt };
  return {
    ...servers,
    command: (name: string, ...args: string[]) => run([name, '-c', 'kestra.yaml', ...args], options),
  };
}

describe('rules', () => {
  it('are previewed by plan, applied by ingest to what they match, and change nothing the second time', async () => {
    const { openMetadata, ingest, command, writeConfig } = await start([]);
    expect((await ingest()).exitCode).toBe(0);
    const namespace = String(openMetadata.catalog.pipelines()[0]!.pipelineLocation);
    const inside = openMetadata.catalog.pipelines().filter(({ name }) => name.startsWith(`${namespace}.`));
    expect(inside.length).toBeGreaterThan(0);
    expect(inside.length).toBeLessThan(openMetadata.catalog.pipelines().length);

    await writeConfig({
      rules: [
        { match: `${namespace}.*`, domain: 'Finance', tier: 'Tier.Tier1', owner: null },
        { match: '*', tier: 'Tier.Tier5' },
      ],
    });
    const planned = await command('plan', '--json');
    expect(planned.exitCode).toBe(10);
    const { pipelines } = JSON.parse(planned.stdout) as Plan;
    const ofOne = pipelines.find(({ fqn }) => fqn === inside[0]!.fullyQualifiedName);
    expect(ofOne?.fields).toMatchObject([
      { field: 'tags', to: expect.arrayContaining(['Tier.Tier1']) },
      { field: 'domain', to: ['Finance'] },
    ]);

    expect((await ingest()).exitCode).toBe(0);
    for (const pipeline of openMetadata.catalog.pipelines()) {
      const isInside = pipeline.name.startsWith(`${namespace}.`);
      const tags = (pipeline.tags as { tagFQN: string }[]).map(({ tagFQN }) => tagFQN);
      expect(tags.filter((tag) => tag.startsWith('Tier.'))).toEqual([isInside ? 'Tier.Tier1' : 'Tier.Tier5']);
      if (isInside) expect(pipeline.domain).toMatchObject({ name: 'Finance' });
      else expect(pipeline.domain).toBeUndefined();
    }
    expect((await command('plan')).exitCode).toBe(0);
  }, 240_000);

  it('name an owner that there is not, and where to correct it', async () => {
    const { ingest, command } = await start([{ match: '*', owner: 'nobody-here' }]);
    const { stdout } = await command('plan');
    expect(stdout).toMatch(/nobody-here \(rules\) is neither a user nor a team[^\n]*\n[^\n]*or correct the rule/);
    expect((await ingest()).exitCode).toBe(0);
  }, 240_000);

  it.each<[string, object, RegExp]>([
    ['a mistyped key', { match: '*', domian: 'x' }, /rules\[0\].*domian[\s\S]*domain/],
    ['nothing to give', { match: '*' }, /rules\[0\].*gives nothing/],
    [
      'a regular expression',
      { match: '^company\\..*$', domain: 'Finance' },
      /rules\[0\]\.match.*no regular expression/,
    ],
    ['no match', { domain: 'Finance' }, /rules\[0\]\.match/],
    [
      'a tag without its classification',
      { match: '*', tags: ['Sensitive'] },
      /rules\[0\]\.tags\[0\].*full name of a tag/,
    ],
    ['a tier that is none', { match: '*', tier: 'Gold' }, /rules\[0\]\.tier.*Tier\.Tier1/],
  ])('are refused with %s', async (_, rule, message) => {
    const { command } = await start([rule]);
    const { exitCode, stderr } = await command('validate');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });
});
