import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunReport } from '@flowmeta/connector';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemoServers } from './demo-servers.js';
import { run } from './fake-host.js';

let servers: Awaited<ReturnType<typeof startDemoServers>>;
const merge = (...args: string[]) => run(['report', 'merge', ...args], { directory: servers.directory });
const read = async (name: string) => JSON.parse(await servers.file(name)) as RunReport;

beforeAll(async () => {
  servers = await startDemoServers();
  await servers.ingest('--namespace', 'company.team', '--report', 'team.json');
  await servers.ingest('--report', 'all.json');
});
afterAll(() => servers.close());

describe('flowmeta report merge', () => {
  it('makes one report of two runs, in each format', async () => {
    for (const file of ['merged.json', 'merged.html']) {
      const { exitCode, stdout, stderr } = await merge('team.json', '-o', file, 'all.json');
      expect([exitCode, stdout, stderr]).toEqual([0, '', '']);
    }
    const [team, all, merged] = [await read('team.json'), await read('all.json'), await read('merged.json')];
    expect(merged.totals.runs.read).toBe(team.totals.runs.read + all.totals.runs.read);
    expect(merged.pipelines.map(({ name }) => name).sort()).toEqual(all.pipelines.map(({ name }) => name).sort());
    expect(merged.pipelines.filter(({ outcome }) => outcome === 'created')).toHaveLength(all.pipelines.length);
    expect(merged.lineage?.edges.length).toBe(all.lineage?.edges.length);
    expect(await readFile(join(servers.directory, 'merged.html'), 'utf8')).toContain('<!doctype html>');
  });

  it('shows a summary without a file', async () => {
    const { exitCode, stdout } = await merge('team.json', 'all.json');
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('service kestra_prod')]);
  });

  it.each([
    [['nowhere.json', 'all.json'], 'nowhere.json can not be read (ENOENT)'],
    [['page.json', 'all.json'], 'page.json: it is no JSON'],
    [['new.json', 'all.json'], 'new.json: it has the format version 2'],
    [['all.json', 'copy.json'], 'two of the reports are of the same run'],
    [['all.json', '-o', 'merged.pdf'], '--output merged.pdf: unknown kind of file'],
  ])('refuses %j with exit code 2', async (args, expected) => {
    await writeFile(join(servers.directory, 'page.json'), '<html>');
    await writeFile(
      join(servers.directory, 'new.json'),
      JSON.stringify({ ...(await read('all.json')), formatVersion: 2 }),
    );
    await copyFile(join(servers.directory, 'all.json'), join(servers.directory, 'copy.json'));
    const { exitCode, stdout, stderr } = await merge(...args);
    expect([exitCode, stdout, stderr]).toEqual([2, '', expect.stringContaining(expected)]);
  });
});
