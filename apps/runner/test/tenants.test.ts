import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  demoDataset,
  type Fault,
  type KestraDataset,
  type KestraSandbox,
  type OpenMetadataSandbox,
  startKestraSandbox,
  startOpenMetadataSandbox,
} from '@flowmeta/sandbox';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../src/cli.js';
import { fakeHost, run } from './fake-host.js';

const token = 'tenants-token-7f3a';
const dataset = demoDataset();
const part = (from: number, to: number): KestraDataset => ({
  ...dataset,
  flows: dataset.flows.slice(from, to),
  executions: [],
  triggers: [],
});
const tenants = { sales: part(0, 6), finance: part(6, 10) };
const from = Date.parse(dataset.takenAt);
const open: { close(): Promise<unknown> }[] = [];
let directory: string;
let kestra: KestraSandbox;
let openMetadata: OpenMetadataSandbox;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flowmeta-tenants-'));
  kestra = await startKestraSandbox({ dataset, tenants, auth: { kind: 'bearer', token } });
  open.push(kestra);
});
beforeEach(async () => {
  kestra.setFaults([]);
  kestra.requests.length = 0;
  openMetadata = await startOpenMetadataSandbox({ now: () => from });
  open.push(openMetadata);
});
afterAll(() => Promise.all(open.map((server) => server.close())));

const sourceOf = (change: object = {}, config: object = {}) => ({
  type: 'kestra',
  serviceName: 'kestra_{tenant}',
  tenants: 'all',
  serviceConnection: { config: { type: 'Kestra', hostPort: kestra.url, token, ...config } },
  ...change,
});

async function writeConfig(sections: object = { source: sourceOf() }): Promise<void> {
  const config = {
    ...sections,
    workflowConfig: {
      openMetadataServerConfig: {
        hostPort: `${openMetadata.url}/api`,
        securityConfig: { jwtToken: openMetadata.token },
      },
    },
  };
  await writeFile(join(directory, 'kestra.yaml'), JSON.stringify(config, null, 1));
}

async function flowmeta(args: string[], sections?: object) {
  await writeConfig(sections);
  const [command = '', ...others] = args;
  return run([command, '-c', 'kestra.yaml', ...others], { directory, from });
}

/** Flows in the catalog, by the service that they are in. */
function catalog(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { fullyQualifiedName } of openMetadata.catalog.pipelines()) {
    const [service = ''] = fullyQualifiedName.split('.');
    counts[service] = (counts[service] ?? 0) + 1;
  }
  return counts;
}

const onList = (effect: Fault['effect']): Fault => ({ path: /\/tenants\/search/, effect });
const listing = (...ids: string[]): Fault =>
  onList({
    kind: 'rewrite',
    rewrite: (answer) => ({ ...answer, json: { results: ids.map((id) => ({ id })), total: ids.length } }),
  });

describe('tenants: all', { timeout: 240_000 }, () => {
  it('fills a service for each tenant that Kestra lists, in the order of their names', async () => {
    const { exitCode, stdout, stderr } = await flowmeta(['ingest', '--json']);
    expect([exitCode, catalog()]).toEqual([0, { kestra_finance: 4, kestra_sales: 6 }]);
    expect(JSON.parse(stdout).totals.pipelines).toMatchObject({ created: 10 });
    expect(stderr).toMatch(/run .* for kestra_finance[\s\S]*run .* for kestra_sales/);
    expect(kestra.requests.filter(({ path }) => path.includes('tenants'))).toHaveLength(1);
    expect(stdout + stderr).not.toContain(token);
  });

  it('is what the built command does', async () => {
    await writeConfig();
    const bin = fileURLToPath(new URL('../bin/flowmeta.mjs', import.meta.url));
    const env = { PATH: process.env.PATH, FLOWMETA_NOW: dataset.takenAt };
    const { stdout } = await promisify(execFile)(process.execPath, [bin, 'ingest', '-c', 'kestra.yaml', '--json'], {
      cwd: directory,
      env,
    });
    expect(JSON.parse(stdout).outcome).toBe('done');
    expect(catalog()).toEqual({ kestra_finance: 4, kestra_sales: 6 });
  });

  it('leaves a service alone whose tenant is not listed any more', async () => {
    await flowmeta(['ingest']);
    kestra.setFaults([listing('sales')]);
    const changes = openMetadata.catalog.changes();
    const { exitCode } = await flowmeta(['ingest']);
    expect([exitCode, catalog(), openMetadata.catalog.changes()]).toEqual([
      0,
      { kestra_finance: 4, kestra_sales: 6 },
      changes,
    ]);
  });

  it('works for each command, one tenant at a time where it takes one', async () => {
    const check = await flowmeta(['check', '--json']);
    const { steps } = JSON.parse(check.stdout) as { steps: { service: string; message: string }[] };
    expect([check.exitCode, [...new Set(steps.map(({ service }) => service))]]).toEqual([
      0,
      ['kestra_finance', 'kestra_sales'],
    ]);
    expect(steps.some(({ message }) => message.includes('EE, tenant finance'))).toBe(true);
    for (const command of ['plan', 'health', 'lineage', 'backfill', 'watch']) {
      const { exitCode, stderr } = await flowmeta([command, ...(command === 'backfill' ? ['--from', '1d'] : [])]);
      expect([command, exitCode, stderr]).toEqual([
        command,
        2,
        expect.stringContaining('--source with one of: kestra_finance, kestra_sales.'),
      ]);
    }
    const plan = await flowmeta(['plan', '--source', 'kestra_sales', '--json']);
    expect([plan.exitCode, JSON.parse(plan.stdout).pipelines.length]).toEqual([10, 6]);
    expect((await flowmeta(['health', '--source', 'kestra_finance', '--since', '1d'])).exitCode).toBe(0);
    expect((await flowmeta(['lineage', '--source', 'kestra_finance'])).exitCode).toBe(0);
    const unknown = await flowmeta(['plan', '--source', 'kestra_marketing']);
    expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining('has no such source')]);
  });

  it('asks no server to be validated, nor for a source that is no tenant', async () => {
    const validate = await flowmeta(['validate']);
    expect([validate.exitCode, validate.stdout]).toEqual([
      0,
      expect.stringContaining('service kestra_{tenant} for each tenant that it has\n'),
    ]);
    expect((await flowmeta(['validate', '--source', 'kestra_sales'])).exitCode).toBe(0);
    expect((await flowmeta(['validate', '--source', 'airflow_sales'])).exitCode).toBe(2);
    const other = sourceOf({ serviceName: 'other', tenants: undefined }, { tenantId: 'sales' });
    const plan = await flowmeta(['plan', '--source', 'other'], { sources: [sourceOf(), other] });
    expect(plan.exitCode).toBe(10);
    expect(kestra.requests.filter(({ path }) => path.includes('tenants'))).toEqual([]);
  });

  it('keeps one source from nothing that stands beside it', async () => {
    kestra.setFaults([onList({ kind: 'status', status: 403 })]);
    const other = sourceOf({ serviceName: 'other', tenants: undefined }, { tenantId: 'sales' });
    const sections = { sources: [sourceOf(), other] };
    const { exitCode, stderr } = await flowmeta(['ingest'], sections);
    expect([exitCode, catalog()]).toEqual([3, { other: 6 }]);
    expect(stderr).toMatch(/error: sources\[0\]\.tenants: Kestra denies/);
    const check = await flowmeta(['check', '--json'], sections);
    const { ok, steps } = JSON.parse(check.stdout) as { ok: boolean; steps: { name: string; status: string }[] };
    expect([check.exitCode, ok, steps.filter(({ status }) => status === 'failed')]).toEqual([
      3,
      false,
      [expect.objectContaining({ name: 'tenants' })],
    ]);
    const both = await flowmeta(['ingest'], { sources: [sourceOf(), sourceOf({ serviceName: 'again_{tenant}' })] });
    expect([both.exitCode, both.stderr.match(/sources\[\d\]\.tenants: Kestra denies/g)?.length]).toEqual([3, 2]);
  });

  it.each<[string, Fault[], number, RegExp]>([
    [
      'the right is missing',
      [onList({ kind: 'status', status: 403 })],
      3,
      /^error: source\.tenants: Kestra denies GET \S+\/api\/v1\/tenants\/search\S*\n {2}kestra\.yaml:5:3\n {2}→ .*Superadmin.* Or name them, `tenants: \[a, b\]`: that takes no such right\.\n$/,
    ],
    ['the token is refused', [onList({ kind: 'status', status: 401 })], 3, /refuses the credentials[\s\S]*Superadmin/],
    [
      'the server is open source',
      [onList({ kind: 'status', status: 404 })],
      3,
      /^error: source\.tenants: Kestra 1\.0\.3 has no list of tenants\n {2}kestra\.yaml:5:3\n {2}→ Only the Enterprise edition/,
    ],
    [
      'it has none',
      [listing()],
      2,
      /^error: source\.tenants: wants all, and Kestra at http\S+ lists none\n {2}kestra\.yaml:5:3\n/,
    ],
    ['one comes twice, and hides another', [listing('sales', 'sales')], 1, /listing of tenants kept changing/],
    ['a tenant is no name of a service', [listing('a"b')], 2, /source\.serviceName: must hold neither/],
    ['the list is a page', [onList({ kind: 'html' })], 3, /web page instead of Kestra's API/],
  ])('says what is wrong where %s', async (_what, faults, expected, message) => {
    kestra.setFaults(faults);
    const { exitCode, stdout, stderr } = await flowmeta(['ingest']);
    expect([exitCode, stdout, stderr]).toEqual([expected, '', expect.stringMatching(message)]);
    expect([catalog(), stderr.includes(token)]).toEqual([{}, false]);
  });

  it('is refused where the connector knows no tenants', async () => {
    const config = { type: 'Airflow', hostPort: kestra.url, username: 'a', password: 'b-secret' };
    const source = sourceOf({ type: 'airflow', serviceConnection: { config } });
    const { exitCode, stderr } = await flowmeta(['ingest'], { source });
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringMatching(/^error: source\.tenants: wants all, and .* has none/),
    ]);
  });

  it('ends at a signal', async () => {
    kestra.setFaults([onList({ kind: 'delay', ms: 600_000 })]);
    await writeConfig();
    for (const command of ['ingest', 'watch']) {
      const { host, written, interrupt } = fakeHost({ directory, from });
      const before = kestra.requests.length;
      const ended = runCli([command, '-c', 'kestra.yaml', ...(command === 'watch' ? ['--no-listen'] : [])], host);
      while (!kestra.requests.slice(before).some(({ path }) => path.endsWith('/configs'))) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      interrupt('SIGTERM');
      expect([await ended, written.stderr]).toEqual([143, expect.not.stringContaining('error')]);
    }
  });
});

describe('tenants by name', { timeout: 240_000 }, () => {
  it('need no list', async () => {
    const { exitCode } = await flowmeta(['ingest'], { source: sourceOf({ tenants: ['sales', 'finance'] }) });
    expect([exitCode, catalog()]).toEqual([0, { kestra_finance: 4, kestra_sales: 6 }]);
    expect(kestra.requests.filter(({ path }) => path.includes('tenants'))).toEqual([]);
  });

  it.each<[string, object, object, RegExp]>([
    ['named twice', { tenants: ['a', 'b', 'a'] }, {}, /^error: source\.tenants: names a twice\n {2}kestra\.yaml:5:/],
    [
      'that are some other word',
      { tenants: 'some' },
      {},
      /^error: source\.tenants: must be .*all.*\n {2}kestra\.yaml:5:/,
    ],
    ['that are empty', { tenants: [] }, {}, /^error: source\.tenants: .*\n {2}kestra\.yaml:5:/],
    [
      'with one ingestion pipeline',
      { tenants: 'all' },
      { ingestionPipelineFQN: 'a.nightly' },
      /^error: ingestionPipelineFQN: is of one service, and there are several tenants/,
    ],
    ['beside one tenant', { tenants: 'all', serviceConnection: undefined }, {}, /serviceConnection: is missing/],
  ])('are refused: %s', async (_what, change, more, message) => {
    const { exitCode, stderr } = await flowmeta(['validate'], { source: sourceOf(change), ...more });
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});
