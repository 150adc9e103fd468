import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemoServers } from './demo-servers.js';
import { run } from './fake-host.js';

let servers: Awaited<ReturnType<typeof startDemoServers>>;
beforeAll(async () => {
  servers = await startDemoServers();
});
afterAll(() => servers.close());

const secret = 'hunter22-of-the-other';

function source(serviceName: string, { config = {}, ...change }: { config?: object } & Record<string, unknown> = {}) {
  return {
    type: 'kestra',
    serviceName,
    serviceConnection: {
      config: {
        type: 'Kestra',
        hostPort: servers.kestra.url,
        username: 'ana',
        password: '$KESTRA_PASSWORD',
        ...config,
      },
    },
    sourceConfig: { config: { type: 'PipelineMetadata', statusLookbackDays: 1 } },
    ...change,
  };
}
const down = { hostPort: 'http://127.0.0.1:9', password: secret };

async function flowmeta(args: string[], sources: unknown, more: object = {}) {
  const { openMetadata, directory, takenAt } = servers;
  await writeFile(
    join(directory, 'several.yaml'),
    JSON.stringify(
      {
        ...(sources === undefined ? {} : { sources }),
        workflowConfig: {
          openMetadataServerConfig: {
            hostPort: `${openMetadata.url}/api`,
            securityConfig: { jwtToken: openMetadata.token },
          },
          state: { path: 'state.json' },
        },
        ...more,
      },
      null,
      1,
    ),
  );
  const [command = '', ...others] = args;
  const environment = { KESTRA_PASSWORD: 'correct-horse-battery' };
  return run([command, '-c', 'several.yaml', ...others], { directory, environment, from: takenAt });
}

const servicesOf = () => [
  ...new Set(
    servers.openMetadata.catalog.pipelines().map(({ fullyQualifiedName }) => fullyQualifiedName.split('.')[0]),
  ),
];

describe('several sources in one config', { timeout: 240_000 }, () => {
  it('fill one catalog, with one report; one that is down stops none of the others', async () => {
    const sources = [source('kestra_a'), source('kestra_down', { config: down }), source('kestra_b')];
    const { exitCode, stdout, stderr } = await flowmeta(['ingest', '--json', '--report', 'all.json'], sources);
    expect(exitCode).toBe(3);
    const report = JSON.parse(stdout);
    const flows = servers.dataset.flows.length;
    expect(report).toMatchObject({
      outcome: 'failed',
      target: { service: expect.stringMatching(/kestra_a.*kestra_b|kestra_b.*kestra_a/) },
      totals: { pipelines: { created: 2 * flows } },
      error: { count: 1 },
    });
    expect(JSON.parse(await readFile(join(servers.directory, 'all.json'), 'utf8'))).toEqual(report);
    expect(servicesOf().sort()).toEqual(['kestra_a', 'kestra_b']);
    expect(stderr).toMatch(/run .* for kestra_a[\s\S]*run .* for kestra_down[\s\S]*run .* for kestra_b/);
    expect(stdout + stderr).not.toContain(secret);
  });

  it('have a state each: the second run of all finds nothing new', async () => {
    const before = servers.kestra.requests.length;
    const { exitCode, stdout } = await flowmeta(['ingest', '--json'], [source('kestra_a'), source('kestra_b')]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).totals.pipelines).toMatchObject({ created: 0, updated: 0 });
    const asked = servers.kestra.requests.slice(before);
    expect(asked.length).toBeGreaterThan(0);
    // Without state it would ask for the graph of each flow, of each source.
    expect(asked.filter(({ path }) => path.endsWith('/graph')).length).toBeLessThan(servers.dataset.flows.length / 2);
  });

  it('may be run one at a time, which commands for a single source ask for', async () => {
    const sources = [source('kestra_a'), source('kestra_b')];
    const one = await flowmeta(['ingest', '--json', '--source', 'kestra_b'], sources);
    expect(JSON.parse(one.stdout).target.service).toBe('kestra_b');
    for (const command of ['plan', 'lineage', 'health', 'watch']) {
      const { exitCode, stderr } = await flowmeta([command], sources);
      expect([exitCode, stderr]).toEqual([
        2,
        expect.stringContaining(
          'several.yaml has 2 sources, and this command takes one\n  → Add --source with one of: kestra_a, kestra_b.',
        ),
      ]);
    }
    expect((await flowmeta(['plan', '--source', 'kestra_a'], sources)).exitCode).toBe(0);
    const unknown = await flowmeta(['plan', '--source', 'kestra_c'], sources);
    expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining('has no such source')]);
  });

  it('are validated and checked each', async () => {
    const sources = [source('kestra_a'), source('kestra_down', { config: down })];
    const { exitCode, stdout } = await flowmeta(['validate'], sources);
    expect([exitCode, stdout.match(/service \w+/g)]).toEqual([0, ['service kestra_a', 'service kestra_down']]);
    const check = await flowmeta(['check', '--json'], sources);
    const { ok, steps } = JSON.parse(check.stdout) as { ok: boolean; steps: Record<string, string>[] };
    expect([check.exitCode, ok]).toEqual([3, false]);
    expect(steps.filter(({ status }) => status === 'failed')).toMatchObject([
      { service: 'kestra_down', end: 'source', name: 'reach' },
    ]);
    expect(
      steps.some(({ service, name, status }) => service === 'kestra_a' && name === 'reach' && status === 'passed'),
    ).toBe(true);
  });

  it.each<[string, () => unknown, object, RegExp]>([
    [
      'a mistyped key, with its place',
      () => [source('a'), source('b', { serviceNme: 'x' })],
      {},
      /sources\[1\]\.serviceNme: is no key of this config\n {2}several\.yaml:\d\d:\d/,
    ],
    ['no source', () => [], {}, /sources: must be a list of sources/],
    ['both keys', () => [source('a')], { source: {} }, /sources: stands beside source/],
    [
      'an ingestion pipeline of one service',
      () => [source('a'), source('b')],
      { ingestionPipelineFQN: 'a.nightly' },
      /ingestionPipelineFQN: is of one service/,
    ],
    [
      'a file for all',
      () => [source('a'), source('b')],
      { sink: { type: 'file', config: { filename: 'x' } } },
      /has 2 sources, and its file takes one/,
    ],
    [
      'a fault outside of them, once',
      () => [source('a'), source('b')],
      { workflowConfig: { loggerLevel: 'LOUD', openMetadataServerConfig: { hostPort: 'http://127.0.0.1:9' } } },
      /^error: workflowConfig\.loggerLevel: must be .*\n.*\n$/,
    ],
    [
      'tenants of one service',
      () => [source('a', { tenants: ['main', 'other'] })],
      {},
      /sources\[0\]\.serviceName: would be the same for all tenants/,
    ],
    [
      'tenants beside a tenant',
      () => [source('a_{tenant}', { tenants: ['main'], config: { tenantId: 'main' } })],
      {},
      /sources\[0\]\.tenants: stands beside tenantId/,
    ],
  ])('are refused: %s', async (_what, sources, more, message) => {
    const { exitCode, stderr } = await flowmeta(['validate'], sources(), more);
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  it('may be tenants of one server, each in a service of its own', async () => {
    const tenants = source('kestra_{tenant}', { tenants: ['main', 'finance'] });
    const { stdout } = await flowmeta(['validate'], undefined, { source: tenants });
    expect(stdout.match(/service \w+/g)).toEqual(['service kestra_main', 'service kestra_finance']);
    const single = { source: source('kestra_{tenant}', { tenants: ['main'] }) };
    const { exitCode } = await flowmeta(['ingest', '--json'], undefined, single);
    expect(exitCode).toBe(0);
    expect(servicesOf()).toContain('kestra_main');
  });
});
