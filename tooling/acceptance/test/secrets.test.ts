import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KestraVersion, kestraDataset } from '@flowmeta/recordings';
import {
  demoCatalog,
  type Fault,
  type KestraDataset,
  startKestraSandbox,
  startOpenMetadataSandbox,
} from '@flowmeta/sandbox';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../../apps/runner/src/cli.js';
import { ingest } from '../src/flowmeta.js';
import { leaks, type Planted, plantSecrets, secretWord, shapes } from '../src/planting.js';

const openMetadataOf: Record<KestraVersion, string> = {
  '0.17.23': '1.2',
  '0.20.5': '1.6',
  '1.0.3': '1.8',
  '2.0.0': '2.0',
};
const outputs = ['--report', 'a.json', 'a.html', 'a.md', '--audit-log', 'audit.ndjson', '--metrics-file', 'm.prom'];

// Every command runs in each of them.
vi.setConfig({ testTimeout: 300_000 });

let directory: string;
const open: { close(): Promise<unknown> }[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flowmeta-secrets-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
  await rm(directory, { recursive: true, force: true });
});

/** Runs the command in this process and answers what it wrote. */
async function flowmeta(args: string[], { now, env = {} }: { now: number; env?: Record<string, string> }) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written) => ({
    write(text: string) {
      written[name] += text;
    },
  });
  const startedAt = Date.now();
  const code = await runCli(args, {
    environment: env,
    directory,
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    now: () => now + Date.now() - startedAt,
    onInterrupt: () => () => {},
    onReload: () => () => {},
  });
  return { code, ...written };
}

async function startServers(dataset: KestraDataset, version: string) {
  const kestra = await startKestraSandbox({
    dataset,
    auth: { kind: 'basic', username: 'ana', password: credentials.KESTRA_PASSWORD },
  });
  const catalog = await startOpenMetadataSandbox({ version, token: credentials.OM_TOKEN });
  catalog.seedDatasets(demoCatalog());
  open.push(kestra, catalog);
  await writeFile(
    join(directory, 'kestra.yaml'),
    `source:
  type: kestra
  serviceName: kestra_demo
  serviceConnection:
    config: {type: Kestra, hostPort: "${kestra.url}", tenantId: main, username: ana, password: $KESTRA_PASSWORD}
  sourceConfig:
    config: {type: PipelineMetadata, statusLookbackDays: 45, includeOwners: true}
workflowConfig:
  state: {type: file, path: state.json}
  openMetadataServerConfig:
    hostPort: ${catalog.url}/api
    securityConfig: {jwtToken: $OM_TOKEN}
`,
  );
  return { kestra, catalog };
}

/** A server that takes OpenLineage events. */
async function startReceiver() {
  const posted: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      posted.push(`${request.url} ${body}`);
      response.writeHead(201).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => new Promise((resolve) => server.close(resolve)) });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, posted };
}

const credentials = { KESTRA_PASSWORD: 'kestra-word-4711', OM_TOKEN: 'catalog-token-4711' };

/** All that a watch of one cycle says, on its endpoints too; then its config is broken. */
async function watched({ now, env }: { now: number; env: Record<string, string> }): Promise<string[]> {
  let stderr = '';
  const texts: string[] = [];
  let reload = () => {};
  let interrupt = (_signal: 'SIGTERM') => {};
  const write = (text: string) => {
    stderr += text;
  };
  const args = ['watch', '-c', 'kestra.yaml', '--interval', '1h', '--listen', '127.0.0.1:0', '--log-level', 'debug'];
  const startedAt = Date.now();
  const ended = runCli(args, {
    environment: env,
    directory,
    stdout: { write },
    stderr: { write },
    now: () => now + Date.now() - startedAt,
    onInterrupt(onSignal) {
      interrupt = onSignal;
      return () => {};
    },
    onReload(onSignal) {
      reload = onSignal;
      return () => {};
    },
  });
  const get = async (path: string) => {
    const [url] = /http:\/\/127\.0\.0\.1:\d+(?= has)/.exec(stderr) ?? [];
    return (await fetch(`${url}${path}`)).text();
  };
  const until = (condition: () => Promise<void>) => vi.waitFor(condition, { timeout: 50_000, interval: 50 });
  await until(async () => expect(await get('/metrics')).toMatch(/flowmeta_watch_cycles_total\{.*\} 1\n/));
  for (const path of ['/healthz', '/readyz', '/metrics', '/']) texts.push(await get(path));
  const config = join(directory, 'kestra.yaml');
  const text = await readFile(config, 'utf8');
  await writeFile(config, `${text}    pasword: ${credentials.KESTRA_PASSWORD}\n`);
  reload();
  await until(async () => expect(await get('/metrics')).toContain('{result="refused"} 1\n'));
  await writeFile(config, text);
  interrupt('SIGTERM');
  expect(await ended).toBe(143);
  return [...texts, stderr];
}

/** All that leaves: what was printed, the files that were written, and what the servers were asked and keep. */
async function everything(
  output: string[],
  { kestra, catalog }: Awaited<ReturnType<typeof startServers>>,
): Promise<Record<string, string>> {
  const files = await readdir(directory);
  const texts = files
    .filter((file) => file !== 'kestra.yaml')
    .map(async (file) => [file, await readFile(join(directory, file), 'utf8')]);
  const asked = [...kestra.requests, ...catalog.requests].map(({ method, path, query, body, headers }) => {
    const { authorization: _signIn, ...others } = headers;
    return { method, path, query: decodeURIComponent(query), body, headers: others };
  });
  return {
    output: output.join('\n'),
    requests: JSON.stringify(asked),
    ...Object.fromEntries(await Promise.all(texts)),
  };
}

function expectNoLeak(texts: Record<string, string>, planted: ReadonlyMap<number, string>) {
  const found = Object.entries(texts).flatMap(([where, text]) =>
    leaks(text, planted).map((leak) => `${where}: ${leak}`),
  );
  expect(found.slice(0, 6)).toEqual([]);
  for (const [where, text] of Object.entries(texts)) {
    for (const secret of Object.values(credentials)) expect(text.includes(secret), where).toBe(false);
  }
}

/** An ingestion with its reports, lineage, health and a check; without formats as JSON. */
async function runAll(
  { dataset }: Planted,
  version: string,
  {
    kestra = [],
    catalog = [],
    formats,
  }: { kestra?: Fault[]; catalog?: Fault[]; formats?: { lineage: readonly string[]; health: readonly string[] } } = {},
) {
  const servers = await startServers(dataset, version);
  servers.kestra.setFaults(kestra);
  servers.catalog.setFaults(catalog);
  const now = Date.parse(dataset.takenAt);
  const options = { now, env: credentials };
  const common = ['-c', 'kestra.yaml', '--log-level', 'debug', '--no-progress'];
  const output: string[] = [];
  const codes: number[] = [];
  const run = async (args: string[]) => {
    const { code, stdout, stderr } = await flowmeta(args, options);
    if (args.some((arg) => /^(?:--json|json|openlineage)$/.test(arg)) && code <= 1)
      expect(() => JSON.parse(stdout), args.join(' ')).not.toThrow();
    output.push(stdout, stderr);
    // A plan with changes in it.
    codes.push(code === 10 ? 0 : code);
  };
  if (formats) await run(['plan', ...common, '-o', 'plan.json', '--json']);
  await run(['ingest', ...common, ...outputs, ...(formats ? [] : ['--json', '--log-format', 'json'])]);
  // The estimate everywhere; its runs are read and written once more only where all went well.
  const history = ['--from', '45d', '--slice', '30d', '--report', 'b.json', '--audit-log', 'b.ndjson'];
  await run(['backfill', ...common, ...history, ...(formats ? ['--yes', '--json'] : ['--dry-run'])]);
  const receiver = await startReceiver();
  if (formats) await run(['lineage', ...common, '--post-to', receiver.url]);
  for (const format of formats?.lineage ?? ['json']) await run(['lineage', ...common, '--format', format]);
  for (const format of formats?.health ?? []) await run(['health', ...common, '--since', '30d', '--format', format]);
  await run(['check', '-c', 'kestra.yaml', '--json', '--log-level', 'debug']);
  await run(['shards', '-c', 'kestra.yaml']);
  for (const args of [['list'], ['info', 'kestra', '--json']]) await run(['connectors', ...args]);
  output.push(...(await watched(options)));
  const texts: Record<string, string> = { ...(await everything(output, servers)), posted: receiver.posted.join('\n') };
  return { ...servers, codes, texts };
}

describe('a secret that is planted in every field of flows and runs', () => {
  it.each([
    ['0.17.23', 0, { lineage: ['table', 'html'], health: ['table'] }],
    ['0.20.5', 17, { lineage: ['dot', 'json'], health: ['json'] }],
    ['1.0.3', 1, { lineage: ['mermaid', 'openlineage'], health: ['html'] }],
    ['2.0.0', 4, { lineage: ['json', 'table'], health: ['md'] }],
  ] as const)('shows nowhere: Kestra %s, round %i', async (version, round, formats) => {
    const planting = plantSecrets(kestraDataset(version, { plugins: true }), { round });
    expect(planting.planted.size).toBeGreaterThan(2_000);
    const { codes, catalog, texts } = await runAll(planting, openMetadataOf[version], { formats });
    expectNoLeak(texts, planting.planted);
    expect(Math.max(...codes)).toBeLessThanOrEqual(1);
    expect(catalog.catalog.pipelines().length).toBeGreaterThan(50);
    // The reports tell of runs and the lineage is not empty, so that the search has something to look through.
    expect(texts['a.html']!.length).toBeGreaterThan(10_000);
    for (const where of ['requests', 'posted', 'output', 'a.json']) expect(texts[where], where).toContain('***');
    expect(texts['audit.ndjson']).toContain('PUT');
    const written = ['state.json', 'm.prom', 'a.md', 'plan.json', 'b.json', 'b.ndjson'];
    expect(Object.keys(texts)).toEqual(expect.arrayContaining(written));
  });

  it.each([
    ['0.20.5', 2],
    ['2.0.0', 5],
  ] as const)('shows nowhere when dates, states and types can not be read: Kestra %s', async (version, round) => {
    const planting = plantSecrets(kestraDataset(version, { plugins: true }), { round, brokenForms: 37 });
    const { texts } = await runAll(planting, openMetadataOf[version]);
    expectNoLeak(texts, planting.planted);
  });

  it('shows nowhere when the built command runs', async () => {
    const planting = plantSecrets(kestraDataset('1.0.3', { plugins: true }), { round: 7 });
    const kestra = await startKestraSandbox({ dataset: planting.dataset });
    const catalog = await startOpenMetadataSandbox({ version: '1.6' });
    open.push(kestra, catalog);
    const options = { kestra, openMetadata: catalog, service: 'kestra_demo', now: planting.dataset.takenAt };
    const { code, report, stdout, stderr } = await ingest({ ...options, args: ['--log-level', 'debug'] });
    expect(code, stderr).toBeLessThanOrEqual(1);
    expect(report?.totals.pipelines.created).toBeGreaterThan(50);
    const bodies = JSON.stringify(catalog.requests.map(({ path, query, body }) => [path, query, body]));
    expectNoLeak({ stdout, stderr, bodies }, planting.planted);
  });
});

describe('a secret in the answers of servers that fail', () => {
  const planted = new Map(Object.keys(shapes).map((shape, index) => [index + 1, shape]));
  const message = Object.values(shapes)
    .map((shape, index) => shape(secretWord(index + 1)))
    .join('\n');
  const echo = { status: 400, body: { message, code: 400, responseMessage: message, password: secretWord(1) } };
  const plain = { dataset: kestraDataset('1.0.3', { plugins: true }), planted };

  const faults: Record<string, { kestra?: Fault[]; catalog?: Fault[] }> = {
    'Kestra refuses some': { kestra: [{ path: /graph/, times: 8, effect: { kind: 'status', ...echo } }] },
    'Kestra breaks some': { kestra: [{ path: /graph/, effect: { kind: 'status', ...echo, status: 500 } }] },
    'Kestra answers pages': {
      kestra: [
        { path: /graph/, effect: { kind: 'rewrite', rewrite: () => ({ status: 200, text: `<html>${message}` }) } },
      ],
    },
    'Kestra refuses all': { kestra: [{ effect: { kind: 'status', ...echo, status: 403 } }] },
    'OpenMetadata refuses pipelines': {
      catalog: [{ method: 'PUT', path: /pipelines/, effect: { kind: 'status', ...echo } }],
    },
    'OpenMetadata echoes what it was sent': {
      catalog: [
        {
          path: /pipelines|lineage/,
          effect: {
            kind: 'rewrite',
            rewrite: (_answer, request) => ({
              status: 400,
              json: { message: `${message} Bearer ${credentials.OM_TOKEN} ${JSON.stringify(request.body)}` },
            }),
          },
        },
      ],
    },
    'OpenMetadata redirects': {
      catalog: [
        {
          path: /pipelines/,
          effect: { kind: 'status', status: 302, headers: { location: `https://x/?token=${secretWord(1)}` } },
        },
      ],
    },
    'OpenMetadata refuses all': { catalog: [{ effect: { kind: 'status', ...echo, status: 401 } }] },
  };
  it.each(Object.entries(faults))('shows nowhere: %s', async (_name, broken) => {
    const { codes, texts } = await runAll(plain, '1.6', broken);
    expectNoLeak(texts, planted);
    // The run has met what was planted.
    expect(codes.some((code) => code !== 0) || /degraded/.test(texts['a.json']!)).toBe(true);
  });
});

describe('a secret in a config', () => {
  const plain = kestraDataset('1.0.3', { plugins: true });
  const word = secretWord(1);
  const planted = new Map([[1, 'the config']]);
  const config = (options: { kestra?: object; server?: object; selected?: object; top?: object }) => ({
    source: {
      type: 'kestra',
      serviceName: 'kestra_demo',
      serviceConnection: { config: { type: 'Kestra', hostPort: 'http://kestra.test', ...options.kestra } },
      sourceConfig: { config: { type: 'PipelineMetadata', ...options.selected } },
    },
    workflowConfig: {
      openMetadataServerConfig: {
        hostPort: 'http://om.test/api',
        securityConfig: { jwtToken: 'a-token' },
        ...options.server,
      },
    },
    ...options.top,
  });
  const pem = (text: string) => `-----BEGIN PRIVATE KEY-----\n${text}\n-----END PRIVATE KEY-----`;
  const wrongs: Record<string, object> = {
    'as it should be': config({
      kestra: { username: 'ana', password: word },
      server: { securityConfig: { jwtToken: `${word}.${word}.${word}` } },
    }),
    'a token for Kestra': config({ kestra: { token: word } }),
    'both ways to sign in': config({ kestra: { username: 'ana', password: word, token: word } }),
    'no user name': config({ kestra: { password: word } }),
    'under a mistyped key': config({ kestra: { username: 'ana', pasword: word, apiToken: word, secretKey: word } }),
    'in the address': config({ kestra: { hostPort: `http://ana:${word}@kestra.test` } }),
    'in the address of OpenMetadata': config({ server: { hostPort: `http://ana:${word}@om.test/api` } }),
    'in the query of an address': config({ server: { hostPort: `http://om.test/api?token=${word}` } }),
    'a number for a text': config({ kestra: { username: 'ana', password: [word] } }),
    'a key that is no PEM': config({ kestra: { sslConfig: { sslKey: word } } }),
    'a key that is one': config({ kestra: { sslConfig: { sslCertificate: pem('x'), sslKey: pem(word) } } }),
    'an old sign-in': config({ server: { authProvider: 'google', securityConfig: { secretKey: word } } }),
    'headers of a proxy': config({ server: { extraHeaders: { authorization: `Bearer ${word}`, 'x-api-key': word } } }),
    'where nothing is expected': config({ top: { password: word }, selected: { token: word, sasToken: word } }),
    'in a name of a service': config({
      selected: { lineageInformation: { datasetServices: { [`jdbc:x://h?password=${word}`]: 'warehouse' } } },
    }),
  };
  it.each(Object.entries(wrongs))('shows nowhere: %s', async (_name, text) => {
    // Both servers refuse the sign-in at once, whatever it is.
    const kestra = await startKestraSandbox({ dataset: plain, auth: { kind: 'bearer', token: 'another' } });
    const catalog = await startOpenMetadataSandbox({ version: '1.6' });
    open.push(kestra, catalog);
    const yaml = JSON.stringify(text, null, 2)
      .replaceAll('kestra.test', new URL(kestra.url).host)
      .replaceAll('om.test', new URL(catalog.url).host);
    await writeFile(join(directory, 'wrong.yaml'), yaml);
    for (const args of [
      ['validate'],
      ['check', '--json'],
      ['check'],
      ['ingest', '--log-level', 'debug', '--dry-run'],
    ]) {
      const { stdout, stderr } = await flowmeta([...args, '-c', 'wrong.yaml'], { now: Date.now() });
      expect(stdout + stderr, args.join(' ')).not.toBe('');
      expectNoLeak({ [args.join(' ')]: stdout + stderr }, planted);
    }
  });

  it('shows nowhere: YAML that can not be read', async () => {
    for (const text of [
      `source:\n  password: ${word}\n wrong: {`,
      `source: {password: "${word}`,
      `a: $UNSET\npassword: ${word}\nsource: [`,
    ]) {
      await writeFile(join(directory, 'wrong.yaml'), text);
      const { code, stdout, stderr } = await flowmeta(['validate', '-c', 'wrong.yaml'], { now: Date.now() });
      expect(code).toBe(2);
      expectNoLeak({ output: stdout + stderr }, planted);
    }
  });
});
