import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plan } from '@flowmeta/om-sink';
import { afterEach, describe, expect, it } from 'vitest';
import { password, startDemoServers } from './demo-servers.js';
import { run } from './fake-host.js';

let servers: Awaited<ReturnType<typeof startDemoServers>> | undefined;
afterEach(async () => {
  await servers?.close();
  servers = undefined;
});

async function start(version = '1.6') {
  servers = await startDemoServers({ version });
  const { directory, takenAt, openMetadata } = servers;
  const plan = (...args: string[]) =>
    run(['plan', '-c', 'kestra.yaml', ...args], {
      directory,
      environment: { KESTRA_PASSWORD: password },
      from: takenAt,
    });
  const edit = async (name: string, body: object[]) => {
    const { id } = openMetadata.catalog.pipelines().find((each) => each.name === name)!;
    const { status } = await fetch(`${openMetadata.url}/api/v1/pipelines/${id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${openMetadata.token}`, 'content-type': 'application/json-patch+json' },
      body: JSON.stringify(body),
    });
    expect(status).toBe(200);
  };
  return { ...servers, plan, edit };
}

describe.each(['1.2', '1.6', '2.0'])('flowmeta plan against OpenMetadata %s', (version) => {
  it('says what a run would do, which then does it, after which there is nothing to plan', async () => {
    const { plan, ingest, openMetadata, dataset, directory } = await start(version);
    const before = await plan('--json', '-o', 'plan.json');
    expect(before.exitCode).toBe(10);
    expect(openMetadata.catalog.changes()).toBe(0);
    const planned = JSON.parse(before.stdout) as Plan;
    expect(JSON.parse(await readFile(join(directory, 'plan.json'), 'utf8'))).toEqual(planned);
    expect(planned.service).toBe('kestra_prod');
    expect(planned.pipelines.map(({ action }) => action)).toEqual(dataset.flows.map(() => 'create'));

    expect((await ingest()).exitCode).toBe(0);
    const { catalog } = openMetadata;
    expect(planned.pipelines.map(({ fqn }) => fqn)).toEqual(
      catalog
        .pipelines()
        .map(({ fullyQualifiedName }) => fullyQualifiedName)
        .sort(),
    );
    for (const { pipeline, count } of planned.runs) expect(catalog.statuses(pipeline)).toHaveLength(count);
    expect(planned.edges.map(({ from, to }) => `${from} ${to}`)).toEqual(
      catalog
        .edges()
        .map(({ from, to }) => `${from.fqn} ${to.fqn}`)
        .sort(),
    );
    for (const tag of planned.tags) expect(catalog.tags()).toContain(tag);

    const after = await plan();
    expect([after.exitCode, after.stdout]).toEqual([0, expect.stringContaining('0 to create, 0 to change')]);
    expect(after.stdout).toContain('Nothing was written.');
  });
});

describe('flowmeta plan', () => {
  it('shows each field as it is and as it would be, and keeps secrets', async () => {
    const { plan, ingest, openMetadata, edit, kestra } = await start();
    await ingest();
    const victim = openMetadata.catalog
      .pipelines()
      .find(({ description, tags }) => description && (tags as []).length > 0)!;
    const stale = String(victim.sourceHash).replace(/^(fm1).{22}/, `$1${'x'.repeat(22)}`);
    await edit(victim.name, [
      { op: 'replace', path: '/sourceUrl', value: 'https://old.example.com/flow' },
      { op: 'replace', path: '/sourceHash', value: stale },
      { op: 'replace', path: '/tags', value: [] },
    ]);
    const changes = openMetadata.catalog.changes();
    const { exitCode, stdout, stderr } = await plan();
    expect(exitCode).toBe(10);
    expect(stdout).toContain(`~ ${victim.fullyQualifiedName} change`);
    expect(stdout).toContain(`sourceUrl: "https://old.example.com/flow" → "${kestra.url}/`);
    expect(stdout).toMatch(/tags: \+ "KestraLabels\./);
    expect(stdout).toContain('0 to create, 1 to change, 0 to restore, 0 to delete');
    expect(stdout + stderr).not.toContain(password);
    expect(stdout + stderr).not.toContain(openMetadata.token);
    expect(openMetadata.catalog.changes()).toBe(changes);
  });

  it('refuses a file as its target', async () => {
    const { plan, directory } = await start();
    const config = JSON.parse(await readFile(join(directory, 'kestra.yaml'), 'utf8')) as object;
    const sink = { type: 'file', config: { filename: 'out.jsonl' } };
    await writeFile(join(directory, 'kestra.yaml'), JSON.stringify({ ...config, sink }));
    const { exitCode, stderr } = await plan();
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('a plan needs OpenMetadata')]);
  });

  it('says that it may not be whole where a server is away', async () => {
    const { plan, kestra } = await start();
    await kestra.close();
    const { exitCode, stdout } = await plan();
    expect([exitCode, stdout]).toEqual([3, expect.stringContaining('The plan may not be whole.')]);
  });
});
