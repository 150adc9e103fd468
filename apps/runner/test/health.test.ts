import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HealthReport } from '@flowmeta/health';
import { kestraDataset, kestraVersions } from '@flowmeta/recordings';
import { type KestraDataset, type Sandbox, startKestraSandbox } from '@flowmeta/sandbox';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../src/cli.js';
import { type FakeHostOptions, fakeHost, run } from './fake-host.js';

const password = 'correct-horse-battery';
const day = 86_400_000;
const recorded = (version: (typeof kestraVersions)[number], plugins = true) =>
  kestraDataset(version, { plugins }) as KestraDataset;

let dataset: KestraDataset;
let directory: string;
const open: { close(): Promise<unknown> }[] = [];

beforeAll(async () => {
  dataset = recorded('1.0.3');
  directory = await mkdtemp(join(tmpdir(), 'flowmeta-health-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});
afterAll(() => rm(directory, { recursive: true }));

/** Starts a stand-in for Kestra and writes a config that names it, and no OpenMetadata. */
async function startKestra(options: Partial<Parameters<typeof startKestraSandbox>[0]> = {}): Promise<Sandbox> {
  const kestra = await startKestraSandbox({ dataset, auth: { kind: 'basic', username: 'ana', password }, ...options });
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
`,
  );

/** The recordings' runs are of the hours before they were taken. */
const settings = (options: FakeHostOptions = {}, of = dataset): FakeHostOptions => ({
  directory,
  from: Date.parse(of.takenAt),
  ...options,
  environment: { KESTRA_PASSWORD: password, ...options.environment },
});
const health = (args: string[] = [], options: FakeHostOptions = {}, of = dataset) =>
  run(['health', '-c', 'kestra.yaml', '--no-progress', ...args], settings(options, of));
const reportOf = (stdout: string) => JSON.parse(stdout) as HealthReport;

/** A server that is asked by a test, and what it was asked. */
async function listen(answer: RequestListener) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()) });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

const secretPath = '/services/T0AAAAAAA/B0BBBBBBB/sEcReTsEcReTsEcReTsEcReT';

/** A webhook that answers a status and echoes its own address, as a careless one may. */
async function startWebhook(status = 200) {
  const messages: { text: string; blocks: unknown[] }[] = [];
  const url = await listen(async (request, response) => {
    messages.push(JSON.parse(await bodyOf(request)));
    response.writeHead(status).end(status === 200 ? 'ok' : `no_service at ${request.url}`);
  });
  return { url: `${url}${secretPath}`, messages };
}

describe('flowmeta health', () => {
  it.each(kestraVersions)('tells how the plugins of a recorded Kestra %s do', async (version) => {
    const of = recorded(version);
    const kestra = await startKestra({ dataset: of });
    const { exitCode, stdout } = await health(['--json'], {}, of);
    const report = reportOf(stdout);
    const until = Date.parse(of.takenAt);
    expect(exitCode).toBe(0);
    expect(report.window.until).toBeGreaterThanOrEqual(until);
    expect(report.window.until - report.window.since).toBe(7 * day);
    expect(report.before.until - report.before.since).toBe(7 * day);
    expect(report.runs).toBeGreaterThan(100);
    expect(report.total.failures).toBeGreaterThan(0);
    expect(report.health).toBe('CRITICAL');
    expect(report.installed!.missing).toEqual([]);
    expect(report.installed!.unused.length).toBeGreaterThan(10);
    expect(report.total.repeats).toBe(0);
    expect(kestra.requests.filter(({ path }) => path.endsWith('/plugins'))).toHaveLength(1);
    expect(kestra.requests.filter(({ path }) => path.endsWith('/graph'))).toEqual([]);
  });

  it('counts retries, not iterations, in a recorded loop', async () => {
    await startKestra();
    const { types } = reportOf((await health(['--json'])).stdout);
    // Counted from the recorded JSON alone.
    const retried = dataset.executions.flatMap(({ taskRunList }) =>
      ((taskRunList ?? []) as { attempts?: unknown[] }[]).map(({ attempts = [] }) => Math.max(0, attempts.length - 1)),
    );
    const expected = retried.reduce((sum, retries) => sum + retries, 0);
    expect(expected).toBeGreaterThan(0);
    expect(types.reduce((sum, { retries }) => sum + retries, 0)).toBe(expected);
  });

  it('names plugins that are needed and missing', async () => {
    const of = recorded('1.0.3', false);
    await startKestra({ dataset: of });
    const { stdout } = await health([], {}, of);
    expect(stdout).toContain('Used but not installed');
    expect(stdout).toContain('io.kestra.plugin.jdbc.postgresql');
  });

  it('says so when the plugins can not be asked for, and tells the rest', async () => {
    const kestra = await startKestra();
    kestra.setFaults([{ path: /\/plugins/, effect: { kind: 'status', status: 403 } }]);
    const { exitCode, stdout, stderr } = await health();
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Which plugins are installed was not asked');
    expect(stdout).not.toContain('unused (');
    expect(stderr).toMatch(/warning: which plugins are installed could not be found out: Kestra denies GET /);
  });

  it('compares the window that it is given with the one before', async () => {
    const of = recorded('0.20.5');
    await startKestra({ dataset: of });
    const { window, before, runs, total, outside } = reportOf(
      (await health(['--json', '--since', '80m'], {}, of)).stdout,
    );
    expect([window.until - window.since, window.since - before.since]).toEqual([4_800_000, 4_800_000]);
    const starts = of.executions.map(({ state }) => Date.parse((state as { startDate: string }).startDate));
    // The two runs of a flow that is gone lie before.
    expect(runs).toBe(starts.filter((start) => start >= window.since).length);
    expect(runs).toBeGreaterThan(20);
    expect(total.trend).toMatchObject({ kind: 'compared', before: { count: expect.any(Number) } });
    expect(outside).toBe(0);
  });

  it('counts task runs of earlier revisions that can not be had, as of unknown type', async () => {
    const flows = dataset.flows.map((each) => {
      const { flow } = each;
      if (flow.exception !== undefined) return each;
      const tasks = [{ id: 'brand_new', type: 'io.kestra.plugin.core.log.Log', message: 'x' }];
      const graph = { status: 500, body: { message: 'none' } };
      return { ...each, flow: { ...flow, revision: Number(flow.revision) + 1, tasks, errors: [] }, graph };
    });
    await startKestra({ dataset: { ...dataset, flows } });
    const { unknown, total, runs } = reportOf((await health(['--json'])).stdout);
    expect(unknown.count).toBeGreaterThan(runs / 2);
    expect(unknown.tasks.find(({ pipeline }) => pipeline === 'hackathon.demo.cron_etl')).toMatchObject({
      revision: '1',
      count: expect.any(Number),
    });
    expect(total.failures).toBeGreaterThan(5);
  });

  it('reads only the namespaces that it is given', async () => {
    await startKestra();
    const { stdout } = await health(['--json', '--namespace', 'company.team']);
    const whole = reportOf((await health(['--json'])).stdout);
    expect(reportOf(stdout).runs).toBeGreaterThan(0);
    expect(reportOf(stdout).runs).toBeLessThan(whole.runs);
    // The others may use what these don't.
    expect(reportOf(stdout).installed).toMatchObject({ isPartial: true, unused: [], missing: [] });
    expect(whole.installed).not.toHaveProperty('isPartial');
  });

  it.each([
    ['health.html', /^<!doctype html>/i],
    ['health.md', /^# Plugin health/],
    ['health.json', /^\{\n {2}"formatVersion": 1/],
    ['health.txt', /^Plugin health: CRITICAL\n/],
  ])('writes %s in the format that the name says, and nothing to stdout', async (file, expected) => {
    await startKestra();
    const { exitCode, stdout, stderr } = await health(['-o', file], { environment: { FORCE_COLOR: '1' } });
    expect([exitCode, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(new RegExp(`^${file}: health is CRITICAL, \\d+ runs$`, 'm'));
    const text = await readFile(join(directory, file), 'utf8');
    expect(text).toMatch(expected);
    expect(text).not.toContain('\u001b[');
  });

  it('colours the table on a terminal only, as wide as that is', async () => {
    await startKestra();
    const { stdout } = await health([], { isTTY: true });
    expect(stdout).toContain('\u001b[');
    const plain = await health([], { isTTY: true, environment: { NO_COLOR: '1' } });
    expect(plain.stdout).not.toContain('\u001b[');
    expect(Math.max(...plain.stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(100);
  });

  it('says which runs it does not count, and why', async () => {
    const of = recorded('0.20.5');
    await startKestra({ dataset: of });
    const { exitCode, stderr } = await health([], {}, of);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('2 runs are not counted: its pipeline no longer exists\n');
  });

  it('warns about a flow that can not be read, tells the rest, and exits with 1', async () => {
    const [broken, ...others] = dataset.flows;
    const { namespace, id } = broken!.flow;
    const flows = [{ ...broken!, flow: { namespace, id, tasks: [{}] } }, ...others];
    await startKestra({ dataset: { ...dataset, flows } });
    const { exitCode, stdout, stderr } = await health(['--json']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${namespace}.${id} was left out: `);
    expect(reportOf(stdout).runs).toBeGreaterThan(50);
  });

  it.each<[string, (kestra: Sandbox) => Promise<void> | void]>([
    ['refuses the sign-in', (kestra) => kestra.setFaults([{ effect: { kind: 'status', status: 401 } }])],
    ['answers HTML', (kestra) => kestra.setFaults([{ effect: { kind: 'html' } }])],
    ['is not there', () => writeConfig('http://127.0.0.1:9')],
  ])('exits with 3 and shows nothing when the source %s', async (_, breakIt) => {
    await breakIt(await startKestra());
    const { exitCode, stdout, stderr } = await health();
    expect([exitCode, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/error: .+\n/);
    expect(stderr).not.toContain(password);
  });

  it('ends at Ctrl-C without half a report', async () => {
    const kestra = await startKestra({ latencyMs: 20 });
    const { host, written, interrupt } = fakeHost(settings());
    let ended = false;
    const running = runCli(['health', '-c', 'kestra.yaml', '-o', 'half.json'], host).finally(() => {
      ended = true;
    });
    while (kestra.requests.length < 5 && !ended) await new Promise((resolve) => setTimeout(resolve, 5));
    interrupt('SIGINT');
    expect(await running).toBe(130);
    expect(written.stdout).toBe('');
    await expect(readFile(join(directory, 'half.json'))).rejects.toThrow();
  });

  it.each([
    [['--format', 'html', '--json'], /contradict each other/],
    [['-o', 'health.pdf'], /its name tells no format/],
    [['-o', 'nowhere/health.json'], /directory does not exist/],
    [['--since', 'yesterday'], /--since yesterday is no point in time/],
    [['--fail-on', 'fire'], /--fail-on/],
    [['--webhook'], /--webhook: FLOWMETA_WEBHOOK_URL is not set/],
    [['--webhook', 'https://chat.example.com/sEcReTsEcReT'], /too many arguments/],
    [['--webhook=https://chat.example.com/sEcReTsEcReT'], /--webhook/],
  ])('refuses %j before it asks anybody', async (args, expected) => {
    const kestra = await startKestra();
    const { exitCode, stdout, stderr } = await health(args);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(expected);
    expect(stderr).not.toContain('sEcReT');
    expect(kestra.requests).toEqual([]);
  });
});

describe('flowmeta health --fail-on', () => {
  it.each([
    ['critical', 10],
    ['warning', 10],
  ])('%s exits with %i when it is critical, after the report', async (level, expected) => {
    await startKestra();
    const { exitCode, stdout, stderr } = await health(['--fail-on', level]);
    expect(exitCode).toBe(expected);
    expect(stdout).toContain('Plugin health: CRITICAL');
    expect(stderr).toContain(`health is CRITICAL: --fail-on ${level}\n`);
  });

  it('exits with 0 when nothing is that bad', async () => {
    await startKestra({ dataset: { ...dataset, executions: [] } });
    const { exitCode, stdout } = await health(['--fail-on', 'warning']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Plugin health: IDLE');
  });
});

describe('flowmeta health --webhook', () => {
  /** `flowmeta health --webhook` with this address in the environment. */
  const posting = (url: string, args: string[] = []) =>
    health(['--webhook', ...args], { environment: { FLOWMETA_WEBHOOK_URL: url } });

  it('posts the report in short to the address in the environment', async () => {
    await startKestra();
    const webhook = await startWebhook();
    const { exitCode, stdout, stderr } = await posting(webhook.url, ['--log-level', 'debug']);
    expect(exitCode).toBe(0);
    expect(webhook.messages.map(({ text }) => text)).toEqual([expect.stringContaining('CRITICAL')]);
    expect(webhook.messages[0]!.blocks.length).toBeGreaterThan(3);
    expect(stdout).toContain('Plugin health: CRITICAL');
    expect(stdout + stderr).not.toMatch(/sEcReT|T0AAAAAAA/);
  });

  it.each([
    ['not an address', /FLOWMETA_WEBHOOK_URL: this is no http address/],
    ['https://ana:secret@chat.example.com/hook', /FLOWMETA_WEBHOOK_URL: .* user name/],
  ])('refuses %j before it asks anybody', async (url, expected) => {
    const kestra = await startKestra();
    const { exitCode, stdout, stderr } = await posting(url);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(expected);
    expect(stderr).not.toContain('ana:secret');
    expect(kestra.requests).toEqual([]);
  });

  it('posts nothing because of the variable alone', async () => {
    await startKestra();
    const webhook = await startWebhook();
    await health([], { environment: { FLOWMETA_WEBHOOK_URL: webhook.url } });
    expect(webhook.messages).toEqual([]);
  });

  it.each<[string, () => Promise<string>, RegExp]>([
    [
      'refuses',
      async () => (await startWebhook(404)).url,
      /refused the message: status 404, no_service at [^\n]*\*+\n/,
    ],
    ['is not there', async () => `http://127.0.0.1:9${secretPath}?sig=sEcReTsEcReT`, /could not be posted to: /],
    [
      'redirects',
      () => listen((request, response) => void response.writeHead(302, { location: `${request.url}?x` }).end()),
      /could not be posted to: /,
    ],
  ])('exits with 1 and says what to do when it %s, without its address', async (_, start, expected) => {
    await startKestra();
    const base = await start();
    const url = base.includes('sEcReT') ? base : `${base}${secretPath}`;
    const { exitCode, stdout, stderr } = await posting(url, ['--log-level', 'debug']);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Plugin health: CRITICAL');
    expect(stderr).toMatch(expected);
    expect(stderr).toMatch(/error: the webhook at 127\.0\.0\.1:\d+ [^\n]*\n {2}→ /);
    expect(stderr).not.toMatch(/sEcReT|T0AAAAAAA/);
  });

  it('exits with 10 all the same where the threshold is crossed', async () => {
    await startKestra();
    const webhook = await startWebhook(500);
    const { exitCode, stderr } = await posting(webhook.url, ['--fail-on', 'critical']);
    expect(exitCode).toBe(10);
    expect(stderr).toContain('refused the message: status 500');
    expect(webhook.messages).toHaveLength(1);
  });
});
