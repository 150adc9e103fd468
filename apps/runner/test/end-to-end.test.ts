import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunReport } from '@flowmeta/connector';
import {
  demoDataset,
  type KestraDataset,
  type OpenMetadataSandbox,
  type Sandbox,
  startKestraSandbox,
  startOpenMetadataSandbox,
} from '@flowmeta/sandbox';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../src/cli.js';
import { fakeHost, run } from './fake-host.js';

const password = 'correct-horse-battery';
let dataset: KestraDataset;
let takenAt: number;
let directory: string;
const open: Sandbox[] = [];

beforeAll(async () => {
  dataset = demoDataset();
  takenAt = Date.parse(dataset.takenAt);
  directory = await mkdtemp(join(tmpdir(), 'flowmeta-e2e-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function startServers(options: { version?: string; latencyMs?: number } = {}) {
  const now = () => takenAt;
  const kestra = await startKestraSandbox({ dataset, now, auth: { kind: 'basic', username: 'ana', password } });
  const openMetadata = await startOpenMetadataSandbox({ now, ...options });
  open.push(kestra, openMetadata);
  await writeFile(join(directory, 'kestra.yaml'), configFor(kestra, openMetadata));
  return { kestra, openMetadata };
}

const configFor = (kestra: Sandbox, openMetadata: OpenMetadataSandbox) => `source:
  type: kestra
  serviceName: kestra_prod
  serviceConnection:
    config: {type: Kestra, hostPort: "${kestra.url}", username: ana, password: $KESTRA_PASSWORD}
  sourceConfig:
    config: {type: PipelineMetadata, statusLookbackDays: 45}
workflowConfig:
  openMetadataServerConfig:
    hostPort: ${openMetadata.url}/api
    securityConfig: {jwtToken: ${openMetadata.token}}
`;

const flowmeta = (...args: string[]) =>
  run([args[0]!, '-c', 'kestra.yaml', ...args.slice(1)], {
    directory,
    environment: { KESTRA_PASSWORD: password },
    from: takenAt,
  });

const reportOf = (stdout: string) => JSON.parse(stdout) as RunReport;

describe.each(['1.2', '1.6', '1.12', '2.0'])('flowmeta ingest into OpenMetadata %s', (version) => {
  it('brings every flow and run over, and writes nothing the second time', async () => {
    const { openMetadata } = await startServers({ version });
    const first = await flowmeta('ingest', '--json');
    const report = reportOf(first.stdout);
    expect([first.exitCode, report.failed, report.skipped]).toEqual([0, [], []]);
    expect(report.outcome).toBe('done');
    expect(report.totals.pipelines).toMatchObject({ read: dataset.flows.length, created: dataset.flows.length });
    const stored = openMetadata.catalog.pipelines();
    expect(stored).toHaveLength(dataset.flows.length);
    const statuses = stored.reduce((sum, { fullyQualifiedName }) => {
      return sum + openMetadata.catalog.statuses(fullyQualifiedName).length;
    }, 0);
    expect(statuses).toBe(report.totals.runs.created);
    expect(report.totals.runs.created + report.totals.runs.filtered).toBe(dataset.executions.length);
    expect(report.requests.source.total).toBeGreaterThan(dataset.flows.length);
    expect(report.requests.target.total).toBeGreaterThan(dataset.flows.length);

    const changes = openMetadata.catalog.changes();
    const second = reportOf((await flowmeta('ingest', '--json')).stdout);
    expect(second.outcome).toBe('done');
    expect(openMetadata.catalog.changes()).toBe(changes);
    for (const { created, updated, failed } of [second.totals.pipelines, second.totals.runs, second.totals.edges]) {
      expect([created, updated, failed]).toEqual([0, 0, 0]);
    }
  });
});

describe('flowmeta ingest', () => {
  it('keeps stdout for the summary, stderr for logs, and secrets for itself', async () => {
    const { kestra, openMetadata } = await startServers();
    const { exitCode, stdout, stderr } = await flowmeta(
      'ingest',
      '--report',
      'r.json',
      'r.html',
      'r.md',
      '--log-level',
      'debug',
    );
    expect(exitCode).toBe(0);
    expect(stdout).toContain('service kestra_prod');
    const shown = stderr.match(/^debug: (?:Kestra|OpenMetadata): (?:GET|PUT|POST) \S+ \d{3} in \d+ ms$/gm);
    expect(shown).toHaveLength(kestra.requests.length + openMetadata.requests.length);
    const files = await Promise.all(
      ['r.json', 'r.html', 'r.md'].map((file) => readFile(join(directory, file), 'utf8')),
    );
    const sent = JSON.stringify(openMetadata.requests.map(({ path, query, body }) => ({ path, query, body })));
    const everything = [stdout, stderr, sent, ...files].join('\n');
    expect(everything).not.toContain(password);
    expect(everything).not.toContain(openMetadata.token);
    expect(kestra.requests.length).toBeGreaterThan(0);
  });

  it('looks for datasets where the config says: by the names of services, or by the connection of the source', async () => {
    const { kestra, openMetadata } = await startServers();
    for (const service of ['pg_old', 'pg_new'])
      openMetadata.seedTable(`${service}.shop.public.orders`, ['id', 'amount'], { serviceType: 'Postgres' });
    openMetadata.seedContainer('gcs.acme-landing.orders', { serviceType: 'GCS' });
    const config = configFor(kestra, openMetadata);
    const sources = () =>
      openMetadata.catalog
        .edges()
        .filter(({ from, to }) => from.type === 'table' && to.type === 'container')
        .map(({ from }) => from.fqn);

    const unsure = reportOf((await flowmeta('ingest', '--json')).stdout);
    expect(sources()).toEqual([]);
    const gap = unsure.lineage?.gaps.find(({ reason }) => reason === 'ambiguous');
    expect(gap?.candidates).toEqual(['pg_new.shop.public.orders', 'pg_old.shop.public.orders']);

    const table = unsure.lineage?.nodes.find(({ label }) => label === 'shop.public.orders')?.reference;
    const connection = table?.kind === 'dataset' ? table.dataset.connections[0]! : '';
    for (const lineageInformation of [
      { dbServiceNames: ['pg_new'] },
      { dbServiceNames: ['pg_new', 'pg_old'], datasetServices: { [connection]: 'pg_new' } },
    ]) {
      const settings = `lineageInformation: ${JSON.stringify(lineageInformation)}`;
      await writeFile(
        join(directory, 'kestra.yaml'),
        config.replace('statusLookbackDays', `${settings}, statusLookbackDays`),
      );
      const report = reportOf((await flowmeta('ingest', '--json')).stdout);
      expect(report.lineage?.gaps.filter(({ reason }) => reason === 'ambiguous')).toEqual([]);
      expect(sources()).toEqual(['pg_new.shop.public.orders']);
    }
  });

  it('writes nothing in a dry run, and says what it would write', async () => {
    const { openMetadata } = await startServers();
    const report = reportOf((await flowmeta('ingest', '--dry-run', '--json')).stdout);
    expect(report).toMatchObject({ dryRun: true, outcome: 'done' });
    expect(report.totals.pipelines.created).toBe(dataset.flows.length);
    expect(openMetadata.catalog.changes()).toBe(0);
    expect(openMetadata.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('reads only the namespaces that it is given, and their children', async () => {
    const { openMetadata } = await startServers();
    const { exitCode } = await flowmeta('ingest', '--namespace', 'company.team');
    expect(exitCode).toBe(0);
    const names = openMetadata.catalog.pipelines().map(({ name }) => name);
    expect(names.length).toBeGreaterThan(0);
    expect(names.length).toBeLessThan(dataset.flows.length);
    expect(names.filter((name) => !name.startsWith('company.team'))).toEqual([]);
  });

  it('reads only runs from --since on', async () => {
    await startServers();
    const starts = dataset.executions.map(({ state }) => Date.parse((state as { startDate: string }).startDate)).sort();
    const middle = starts[Math.floor(starts.length / 2)]!;
    const report = reportOf((await flowmeta('ingest', '--json', '--since', new Date(middle).toISOString())).stdout);
    expect(report.window.since).toBe(middle);
    expect(report.totals.runs.read).toBeGreaterThan(0);
    expect(report.totals.runs.read).toBeLessThan(starts.length * 0.75);
  });

  it('writes the requests to a file instead, without a server', async () => {
    const { kestra, openMetadata } = await startServers();
    const config = configFor(kestra, openMetadata).replace(/workflowConfig:[\s\S]*/, 'workflowConfig: {}\n');
    await writeFile(join(directory, 'kestra.yaml'), `${config}sink: {type: file, config: {filename: out.jsonl}}\n`);
    const { exitCode } = await flowmeta('ingest');
    expect(exitCode).toBe(0);
    const lines = (await readFile(join(directory, 'out.jsonl'), 'utf8')).trim().split('\n');
    const requests = lines.map((line) => JSON.parse(line) as { method: string; path: string });
    expect(requests.filter(({ path }) => path === '/v1/pipelines')).toHaveLength(dataset.flows.length);
    expect(openMetadata.requests).toEqual([]);
  });

  it.each<[string, (servers: { kestra: Sandbox; openMetadata: Sandbox }) => void, number, string]>([
    [
      'refused pipelines',
      ({ openMetadata }) =>
        openMetadata.setFaults([
          {
            method: 'PUT',
            path: /\/v1\/pipelines$/,
            times: 3,
            effect: { kind: 'status', status: 400, body: { code: 400, message: 'no' } },
          },
        ]),
      1,
      'partial',
    ],
    [
      'a catalog that refuses the token',
      ({ openMetadata }) =>
        openMetadata.setFaults([
          {
            path: /loggedInUser|services/,
            effect: { kind: 'status', status: 401, body: { code: 401, message: 'Invalid token' } },
          },
        ]),
      3,
      'failed',
    ],
    [
      'a source that refuses the sign-in',
      ({ kestra }) => kestra.setFaults([{ effect: { kind: 'status', status: 401 } }]),
      3,
      'failed',
    ],
    ['a source that answers HTML', ({ kestra }) => kestra.setFaults([{ effect: { kind: 'html' } }]), 3, 'failed'],
  ])('tells %s by its exit code', async (_, breakIt, expected, outcome) => {
    const servers = await startServers();
    breakIt(servers);
    const { exitCode, stdout, stderr } = await flowmeta('ingest', '--json');
    expect(stderr).not.toMatch(/^\s+at /m);
    expect([exitCode, reportOf(stdout).outcome]).toEqual([expected, outcome]);
  });

  it('ends cleanly at a signal, with a report, and the next run goes on', async () => {
    const { openMetadata } = await startServers({ latencyMs: 20 });
    const { host, written, interrupt } = fakeHost({
      directory,
      environment: { KESTRA_PASSWORD: password },
      from: takenAt,
    });
    const running = runCli(['ingest', '-c', 'kestra.yaml', '--json'], host);
    while (openMetadata.catalog.pipelines().length < 10) await new Promise((resolve) => setTimeout(resolve, 10));
    interrupt('SIGTERM');
    expect(await running).toBe(143);
    expect(reportOf(written.stdout).outcome).toBe('interrupted');
    expect(openMetadata.catalog.pipelines().length).toBeLessThan(dataset.flows.length);
    const next = reportOf((await flowmeta('ingest', '--json')).stdout);
    expect(next.outcome).toBe('done');
    expect(openMetadata.catalog.pipelines()).toHaveLength(dataset.flows.length);
  });
});

describe('flowmeta check', () => {
  it('passes all steps of both ends', async () => {
    await startServers();
    const { exitCode, stdout } = await flowmeta('check');
    expect(stdout).toMatch(/Kestra\n {2}✓ reach/);
    expect(stdout).toMatch(/OpenMetadata\n {2}✓ reach/);
    expect([exitCode, stdout.includes('✗')]).toEqual([0, false]);
  });

  it('says which step failed and what to do', async () => {
    const { openMetadata } = await startServers();
    openMetadata.setFaults([
      { path: /loggedInUser/, effect: { kind: 'status', status: 401, body: { code: 401, message: 'Expired token!' } } },
    ]);
    const { exitCode, stdout } = await flowmeta('check');
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/✗ sign in .*\n {4}→ \S/);
    expect(stdout).toMatch(/- service/);
  });
});
