import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LineageGraph } from '@flowmeta/connector';
import { demoDataset, type KestraDataset, type Sandbox, startKestraSandbox } from '@flowmeta/sandbox';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../src/cli.js';
import { type FakeHostOptions, fakeHost, run } from './fake-host.js';

const password = 'correct-horse-battery';
const apiKey = 'marquez-key-4711';
let dataset: KestraDataset;
let takenAt: number;
let directory: string;
const open: { close(): Promise<unknown> }[] = [];

beforeAll(async () => {
  dataset = demoDataset();
  takenAt = Date.parse(dataset.takenAt);
  directory = await mkdtemp(join(tmpdir(), 'flowmeta-lineage-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

/** Starts a stand-in for Kestra and writes a config that names it, and no OpenMetadata. */
async function startKestra(options: Partial<Parameters<typeof startKestraSandbox>[0]> = {}): Promise<Sandbox> {
  const kestra = await startKestraSandbox({
    dataset,
    now: () => takenAt,
    auth: { kind: 'basic', username: 'ana', password },
    ...options,
  });
  open.push(kestra);
  await writeConfig(kestra.url);
  return kestra;
}

const writeConfig = (hostPort: string) =>
  writeFile(
    join(directory, 'kestra.yaml'),
    `source:
  type: kestra
  serviceName: kestra_prod
  serviceConnection:
    config: {type: Kestra, hostPort: "${hostPort}", username: ana, password: $KESTRA_PASSWORD}
  sourceConfig:
    config: {type: PipelineMetadata, statusLookbackDays: 45}
`,
  );

const settings = (options: FakeHostOptions = {}): FakeHostOptions => ({
  directory,
  from: takenAt,
  ...options,
  environment: { KESTRA_PASSWORD: password, ...options.environment },
});
const lineage = (args: string[] = [], options: FakeHostOptions = {}) =>
  run(['lineage', '-c', 'kestra.yaml', ...args], settings(options));
const graphOf = (stdout: string) => JSON.parse(stdout) as LineageGraph;

describe('flowmeta lineage', () => {
  it('prints a table of what flows where, without any OpenMetadata in the config', async () => {
    await startKestra();
    const { exitCode, stdout, stderr } = await lineage(['--no-progress']);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^warning: .* matches \d+ flows[^\n]*\n$/);
    expect(stdout).toMatch(/\S+ +→ +\S+/);
    expect(stdout).not.toContain('\u001b[');
  });

  it('asks no OpenMetadata that the config names', async () => {
    const kestra = await startKestra();
    await writeFile(
      join(directory, 'both.yaml'),
      `${await readFile(join(directory, 'kestra.yaml'), 'utf8')}
workflowConfig: {openMetadataServerConfig: {hostPort: "${kestra.url}/nowhere", securityConfig: {jwtToken: $UNSET}}}
`,
    );
    const { exitCode } = await run(['lineage', '-c', 'both.yaml'], settings());
    expect(exitCode).toBe(0);
    expect(kestra.requests.filter(({ path }) => path.includes('nowhere'))).toEqual([]);
  });

  it('tells the same as JSON, with every node that an edge names', async () => {
    await startKestra();
    const { exitCode, stdout } = await lineage(['--json']);
    const { nodes, edges } = graphOf(stdout);
    expect(exitCode).toBe(0);
    expect(edges.length).toBeGreaterThan(5);
    const ids = new Set(nodes.map(({ id }) => id));
    expect(edges.filter(({ from, to }) => !ids.has(from) || !ids.has(to))).toEqual([]);
  });

  it.each([
    ['lineage.html', /^<!doctype html>/i],
    ['lineage.mmd', /flowchart LR/],
    ['lineage.md', /^```mermaid\n[\s\S]*\n```\n$/],
    ['lineage.dot', /^digraph/],
    ['lineage.json', /^\{/],
    ['lineage.txt', /→/],
  ])('writes %s in the format that the name says, and nothing to stdout', async (file, expected) => {
    await startKestra();
    const { exitCode, stdout, stderr } = await lineage(['-o', file], { environment: { FORCE_COLOR: '1' } });
    expect([exitCode, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(new RegExp(`^${file}: \\d+ edges between \\d+ pipelines and datasets`, 'm'));
    const text = await readFile(join(directory, file), 'utf8');
    expect(text).toMatch(expected);
    expect(text).not.toContain('\u001b[');
  });

  it('shows only what leads to a flow and follows from it, so many steps', async () => {
    await startKestra();
    const whole = graphOf((await lineage(['--json'])).stdout);
    const [edge] = whole.edges.filter(({ from, to }) => from.startsWith('pipeline ') && to.startsWith('pipeline '));
    const name = edge!.to.replace('pipeline ', '');
    const part = graphOf((await lineage(['--json', '--flow', name, '--downstream', '0', '--upstream', '1'])).stdout);
    expect(part.edges).toContainEqual(edge);
    expect(part.edges.length).toBeLessThan(whole.edges.length);
    expect(part.edges.filter(({ from }) => from === edge!.to)).toEqual([]);
  });

  it('shows what a table is made from, with the columns, and where that comes from', async () => {
    await startKestra();
    const one = graphOf((await lineage(['--json', '--table', 'mart.daily_sales', '--upstream', '1'])).stdout);
    const names = (graph: LineageGraph) => graph.nodes.map(({ label }) => label).sort();
    expect(names(one)).toEqual(['acme-dwh.mart.daily_sales', 'acme-dwh.raw.customers', 'acme-dwh.raw.orders']);
    expect(one.edges.map(({ pipeline }) => pipeline)).toEqual(Array(2).fill('demo.warehouse.pg_to_bq'));
    expect(one.edges.every(({ columns, sql }) => columns!.length > 0 && /SELECT/i.test(sql!))).toBe(true);
    const all = graphOf((await lineage(['--json', '--table', 'MART.daily_*'])).stdout);
    expect(names(all)).toEqual(expect.arrayContaining(['shop.public.orders', ...names(one)]));
    expect(names(all)).not.toContain('prod.raw.events');
  });

  it('reads only the namespaces that it is given', async () => {
    const kestra = await startKestra();
    await lineage(['--json', '--namespace', 'company.team']);
    const narrow = kestra.requests.length;
    await lineage(['--json']);
    expect(narrow).toBeLessThan(kestra.requests.length - narrow);
  });

  it('colours the table on a terminal only, as wide as that is, and shows how far it is', async () => {
    await startKestra({ latencyMs: 5 });
    const { stdout, stderr } = await lineage([], { isTTY: true });
    expect(stdout).toContain('\u001b[');
    expect(stderr).toMatch(/reading … \d+ pipelines · \d+ runs · \d+ edges/);
    expect(stderr.endsWith('\r\u001b[2K')).toBe(true);
    const plain = await lineage(['--no-progress'], { isTTY: true, environment: { NO_COLOR: '1' } });
    expect(plain.stdout).not.toContain('\u001b[');
    expect(plain.stderr).not.toMatch(/reading|\r/);
    const [table] = plain.stdout.split('\nLineage: ');
    expect(Math.max(...table!.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(100);
  });

  it('keeps secrets for itself in every format', async () => {
    await startKestra();
    for (const format of ['table', 'json', 'mermaid', 'dot', 'html', 'openlineage']) {
      const { exitCode, stdout, stderr } = await lineage(['--format', format, '--log-level', 'debug']);
      expect(exitCode).toBe(0);
      expect(stdout.length).toBeGreaterThan(100);
      expect(stdout + stderr).not.toContain(password);
    }
  });

  it('warns about a flow that can not be read, shows the rest, and exits with 1', async () => {
    const [broken, ...others] = dataset.flows;
    const { namespace, id } = broken!.flow;
    await startKestra({
      dataset: { ...dataset, flows: [{ ...broken!, flow: { namespace, id, tasks: [{}] } }, ...others] },
    });
    const { exitCode, stdout, stderr } = await lineage(['--json']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${namespace}.${id} was left out: `);
    expect(graphOf(stdout).edges.length).toBeGreaterThan(5);
  });

  it.each<[string, (kestra: Sandbox) => Promise<void> | void]>([
    ['refuses the sign-in', (kestra) => kestra.setFaults([{ effect: { kind: 'status', status: 401 } }])],
    ['answers HTML', (kestra) => kestra.setFaults([{ effect: { kind: 'html' } }])],
    ['is not there', () => writeConfig('http://127.0.0.1:9')],
  ])('exits with 3 and shows nothing when the source %s', async (_, breakIt) => {
    await breakIt(await startKestra());
    const { exitCode, stdout, stderr } = await lineage();
    expect([exitCode, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/error: .+\n/);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stderr).not.toContain(password);
  });

  it('ends at Ctrl-C without half a picture', async () => {
    const kestra = await startKestra({ latencyMs: 20 });
    const { host, written, interrupt } = fakeHost(settings());
    let ended = false;
    const running = runCli(['lineage', '-c', 'kestra.yaml', '-o', 'half.json'], host).finally(() => {
      ended = true;
    });
    while (kestra.requests.length < 5 && !ended) await new Promise((resolve) => setTimeout(resolve, 5));
    interrupt('SIGINT');
    expect(await running).toBe(130);
    expect(written.stdout).toBe('');
    await expect(readFile(join(directory, 'half.json'))).rejects.toThrow('ENOENT');
  });

  it.each<[string, string[], RegExp]>([
    ['an unknown format', ['--format', 'pdf'], /Allowed choices are table, json/],
    ['a file whose name tells no format', ['-o', 'lineage.pdf'], /its name tells no format\n.*\.html/],
    ['a file in no directory', ['-o', 'no/lineage.html'], /its directory does not exist/],
    ['two formats', ['--json', '--format', 'dot'], /contradict/],
    ['steps from nowhere', ['--upstream', '2'], /Add --flow or --table/],
    ['no number of steps', ['--flow', 'a', '--upstream', 'two'], /whole number/],
    ['another format to post', ['--post-to', 'http://localhost', '--format', 'html'], /takes OpenLineage events/],
    ['no address to post to', ['--post-to', 'marquez:5000'], /no http address/],
    ['an address with a query', ['--post-to', 'http://marquez?key=1'], /can not be posted to/],
    ['an odd --since', ['--since', 'yesterday'], /--since yesterday/],
  ])('refuses %s with exit code 2 before anything is read', async (_, args, message) => {
    const kestra = await startKestra();
    const { exitCode, stdout, stderr } = await lineage(args);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(kestra.requests).toEqual([]);
  });

  it('refuses a flow that the lineage does not know, and says which one may be meant', async () => {
    await startKestra();
    const { nodes } = graphOf((await lineage(['--json'])).stdout);
    const name = nodes.find(({ id }) => id.startsWith('pipeline '))!.label;
    const { exitCode, stdout, stderr } = await lineage(['--flow', `${name}x`]);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`--flow ${name}x: the lineage knows no such name`);
    expect(stderr).toMatch(new RegExp(`Did you mean .*${name}`));
  });
});

interface Posted {
  path: string | undefined;
  authorization: string | undefined;
  event: { job: { namespace: string; name: string }; eventType?: string };
}

/** An OpenLineage server that keeps what it is sent, and answers what `status` says. */
async function startEventServer(status: (event: Posted['event']) => number = () => 201) {
  const posted: Posted[] = [];
  const server: Server = createServer(async (request: IncomingMessage, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const event = JSON.parse(body) as Posted['event'];
    posted.push({ path: request.url, authorization: request.headers.authorization, event });
    response.writeHead(status(event)).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()) });
  return { posted, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('flowmeta lineage --post-to', () => {
  it.each(['', '/', '/api/v1/lineage'])('posts each event with the key, to the address ending in "%s"', async (end) => {
    await startKestra();
    const { posted, url } = await startEventServer();
    const { exitCode, stdout, stderr } = await lineage(['--post-to', url + end, '-o', 'events.json'], {
      environment: { OPENLINEAGE_API_KEY: apiKey },
    });
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`${posted.length} events posted\n`);
    expect(posted.length).toBeGreaterThan(dataset.flows.length);
    expect(new Set(posted.map(({ path }) => path))).toEqual(new Set(['/api/v1/lineage']));
    expect(new Set(posted.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${apiKey}`]));
    const written = await readFile(join(directory, 'events.json'), 'utf8');
    expect((JSON.parse(written) as unknown[]).length).toBe(posted.length);
    expect(stdout + stderr + written).not.toContain(apiKey);
  });

  it('keeps the order of the events of a job', async () => {
    await startKestra();
    const { posted, url } = await startEventServer();
    const { stdout } = await lineage(['--format', 'openlineage']);
    await lineage(['--post-to', url]);
    const byJob = (events: Posted['event'][]) =>
      events.map(({ job, eventType }) => [job.name, eventType]).sort(([a], [b]) => (a! < b! ? -1 : a! > b! ? 1 : 0));
    expect(byJob(posted.map(({ event }) => event))).toEqual(byJob(JSON.parse(stdout) as Posted['event'][]));
  });

  it('posts only the events of the pipelines that are chosen', async () => {
    await startKestra();
    const whole = graphOf((await lineage(['--json'])).stdout);
    const edge = whole.edges.find(({ from, to }) => from.startsWith('pipeline ') && to.startsWith('pipeline '))!;
    const name = edge.to.replace('pipeline ', '');
    const { posted, url } = await startEventServer();
    await lineage(['--post-to', url, '--flow', name, '--downstream', '0', '--upstream', '0']);
    expect(new Set(posted.map(({ event }) => event.job.name))).toEqual(new Set([name]));
  });

  it('exits with 1 when some events are refused, and names the first ones', async () => {
    await startKestra();
    const refused = dataset.flows[0]!.flow.id;
    const { posted, url } = await startEventServer(({ job }) => (job.name.endsWith(`.${refused}`) ? 422 : 201));
    const { exitCode, stdout, stderr } = await lineage(['--post-to', url]);
    const count = posted.filter(({ event }) => event.job.name.endsWith(`.${refused}`)).length;
    expect(exitCode).toBe(1);
    expect(stdout).toBe(`${posted.length - count} events posted, ${count} refused\n`);
    expect(stderr).toContain('answered 422');
  });

  it.each<[string, number, RegExp]>([
    ['wants another key', 401, /OPENLINEAGE_API_KEY/],
    ['has no such API', 404, /no OpenLineage API below this address/],
  ])('stops at once and exits with 3 when the server %s', async (_, status, hint) => {
    await startKestra();
    const { posted, url } = await startEventServer(() => status);
    const { exitCode, stdout, stderr } = await lineage(['--post-to', url], {
      environment: { OPENLINEAGE_API_KEY: apiKey },
    });
    expect([exitCode, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(hint);
    expect(posted.length).toBeLessThan(10);
    expect(stderr).not.toContain(apiKey);
  });

  it('exits with 3 when there is no server', async () => {
    await startKestra();
    const { exitCode, stderr } = await lineage(['--post-to', 'http://127.0.0.1:9']);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/error: POST .*\n.*→/s);
  });
});
