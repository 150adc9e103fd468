import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startOpenMetadataSandbox } from '@flowmeta/sandbox';
import { afterEach, describe, expect, it } from 'vitest';
import { acmeSource, directoryWith, type FixturePackage } from '../../../packages/registry/test/acme.js';
import { run } from './fake-host.js';

const acme = '@acme/flowmeta-connector-acme';
const marked = { keywords: ['flowmeta-connector'], flowmeta: { connector: 'acme', specVersion: 1 } };
const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

async function workingDirectory(...packages: FixturePackage[]): Promise<string> {
  const { directory, remove } = await directoryWith(...packages);
  open.push(remove);
  return directory;
}

interface ConfigOptions {
  source?: object;
  config?: object;
  top?: object;
}

async function writeConfig(directory: string, { source, config, top }: ConfigOptions = {}): Promise<void> {
  await writeFile(
    join(directory, 'acme.yaml'),
    JSON.stringify(
      {
        source: {
          type: 'acme',
          connector: acme,
          serviceName: 'acme_prod',
          serviceConnection: { config: { hostPort: 'http://acme.test', ...config } },
          sourceConfig: { config: { statusLookbackDays: 1 } },
          ...source,
        },
        workflowConfig: {},
        sink: { type: 'file', config: { filename: 'out.jsonl' } },
        ...top,
      },
      null,
      1,
    ),
  );
}

describe('a connector of a package', () => {
  it.each<[string, ConfigOptions]>([
    ['source.connector', {}],
    ['connectors', { source: { connector: undefined }, top: { connectors: [acme] } }],
  ])('is found by %s, and its own options are checked with their lines', async (_key, options) => {
    const directory = await workingDirectory({ name: acme });
    await writeConfig(directory, options);
    const { exitCode, stdout } = await run(['validate', '-c', 'acme.yaml'], { directory });
    expect([exitCode, stdout]).toEqual([0, 'acme.yaml is valid: Acme → out.jsonl, service acme_prod\n']);
    await writeConfig(directory, { ...options, config: { hostPortt: 'x', token: 'hunter22-token' } });
    const wrong = await run(['validate', '-c', 'acme.yaml'], { directory });
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toMatch(
      /hostPortt: is no key of this config\n {2}acme\.yaml:\d+:\d+\n {2}→ Did you mean hostPort\?/,
    );
    expect(wrong.stderr).not.toContain('hunter22');
  });

  it('is found in a directory of connectorPaths, which starts from the config', async () => {
    const directory = await workingDirectory({ name: acme });
    const elsewhere = await mkdtemp(join(tmpdir(), 'flowmeta-elsewhere-'));
    open.push(() => rm(elsewhere, { recursive: true }));
    await writeConfig(directory, { top: { connectorPaths: ['.'] } });
    const args = ['validate', '-c', join(directory, 'acme.yaml')];
    expect((await run(args, { directory: elsewhere })).exitCode).toBe(0);
    await writeConfig(directory, { top: { connectorPaths: ['.', 'nowhere'] } });
    const { exitCode, stderr } = await run(args, { directory: elsewhere });
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringMatching(/connectorPaths\[1\]: there is no directory nowhere/),
    ]);
  });

  it.each<[string, FixturePackage[], ConfigOptions, RegExp]>([
    [
      'that is not installed',
      [],
      {},
      /source\.connector: the package @acme\/.* is not installed\n.*\n.*npm install @acme/,
    ],
    [
      'for another version of the interface',
      [{ name: acme, source: acmeSource.replace('specVersion: 1', 'specVersion: 7') }],
      {},
      /source\.connector: .* version 7 of the connector interface, this is version 1\n.*acme\.yaml:\d+:\d+\n.*Update flowmeta/,
    ],
    ['without a definition', [{ name: acme, source: 'export {};' }], {}, /source\.connector: .* exports no connector/],
    ['that is a path', [], { source: { connector: './acme.mjs' } }, /source\.connector: .* is no name of a package/],
    ['of another type', [{ name: acme }], { source: { type: 'kestra' } }, /source\.type: must be acme/],
    [
      'that is installed and not named',
      [{ name: acme, manifest: marked, source: 'throw new Error("ran")' }],
      { source: { connector: undefined } },
      /source\.type: there is no connector acme\n.*\n.*installed package @acme\/flowmeta-connector-acme has one/,
    ],
    [
      'with an isolation that is none',
      [{ name: acme }],
      { source: { isolation: 'container' } },
      /source\.isolation: must be/,
    ],
  ])('%s is refused with exit code 2', async (_what, packages, options, message) => {
    const directory = await workingDirectory(...packages);
    await writeConfig(directory, options);
    const { exitCode, stderr } = await run(['validate', '-c', 'acme.yaml'], { directory });
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  it('may have a schema for editors', async () => {
    const directory = await workingDirectory({ name: acme, manifest: marked });
    const { exitCode, stdout } = await run(['schema', '--connector', 'acme'], { directory });
    expect([exitCode, JSON.parse(stdout).title]).toEqual([0, 'Workflow config of flowmeta for Acme']);
  });

  it('that comes with the command can not be isolated', async () => {
    const directory = await workingDirectory();
    await writeConfig(directory, { source: { type: 'kestra', connector: undefined, isolation: 'worker' } });
    const { exitCode, stderr } = await run(['validate', '-c', 'acme.yaml'], { directory });
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/source\.isolation: Kestra comes with this command/)]);
  });
});

describe('a connector of a package, ingested', () => {
  async function servers(options: ConfigOptions) {
    const directory = await workingDirectory({ name: acme });
    const catalog = await startOpenMetadataSandbox();
    open.push(() => catalog.close());
    const workflowConfig = {
      openMetadataServerConfig: { hostPort: `${catalog.url}/api`, securityConfig: { jwtToken: catalog.token } },
    };
    const write = (changed: ConfigOptions) =>
      writeConfig(directory, { ...changed, top: { sink: undefined, workflowConfig } });
    await write(options);
    const ingest = (...args: string[]) => run(['ingest', '-c', 'acme.yaml', '--json', ...args], { directory });
    return { directory, catalog, write, ingest };
  }
  const names = ({ catalog }: Awaited<ReturnType<typeof servers>>['catalog']) =>
    catalog
      .pipelines()
      .filter(({ deleted }) => !deleted)
      .map(({ name }) => name)
      .sort();

  it.each([undefined, 'worker', 'process'])('reaches the catalog, isolation %s', async (isolation) => {
    const { catalog, ingest } = await servers({ source: { isolation } });
    const { exitCode, stdout, stderr } = await ingest();
    expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('error')]);
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'done',
      requests: { source: { total: 3 } },
      totals: { pipelines: { created: 3 } },
    });
    expect(names(catalog)).toEqual(['job0', 'job1', 'job2']);
  });

  it.each([
    ['worker', 'exit', /has crashed/],
    ['process', 'exit', /has crashed/],
    ['process', 'memory', /more than the memory of 64 MB/],
    ['process', 'loop', /no sign of life for 3 s/],
  ])('in a %s that ends with %s fails the run, and deletes nothing', async (type, behaviour, message) => {
    const { catalog, write, ingest } = await servers({});
    await ingest();
    const isolation = { type, maxMemory: 64, timeout: 3 };
    await write({ source: { isolation }, config: { count: 1, behaviour } });
    const { exitCode, stdout } = await ingest();
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'failed', error: { message: expect.stringMatching(message) } });
    expect(names(catalog)).toEqual(['job0', 'job1', 'job2']);
  });
});

describe('flowmeta connectors', () => {
  it('lists and searches what is built in and installed, without running it', async () => {
    const directory = await workingDirectory({
      name: acme,
      manifest: { ...marked, description: 'Jobs of Acme\u001b[2J' },
      source: 'throw new Error("ran")',
    });
    const list = await run(['connectors', 'list'], { directory });
    expect(list.exitCode).toBe(0);
    expect(list.stdout).toMatch(/^kestra {3}built in \d.* · interface 1 · pipelines, runs, lineage, owners$/m);
    expect(list.stdout).toMatch(/^acme {5}@acme\/flowmeta-connector-acme 1\.2\.3 · interface 1$/m);
    expect(list.stdout).not.toContain('\u001b');
    const search = await run(['connectors', 'search', 'JOBS', 'acme', '--json'], { directory });
    expect(JSON.parse(search.stdout)).toMatchObject([{ name: 'acme', package: acme, compatible: true }]);
    expect((await run(['connectors', 'search', 'dagster'], { directory })).stdout).toBe(
      'no connector has all of: dagster\n',
    );
    const refused = await run(['connectors', 'list', '--path', 'nowhere'], { directory });
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('nowhere does not exist')]);
  });

  it('tells all about one', async () => {
    const directory = await workingDirectory();
    const { stdout } = await run(['connectors', 'info', 'kestra'], { directory });
    expect(stdout).toMatch(/^ {2}hostPort {2}text, required$/m);
    expect(stdout).toMatch(/^ {2}password {2}text, secret$/m);
    const elsewhere = await workingDirectory({ name: acme, manifest: marked });
    const info = await run(['connectors', 'info', acme, '--path', elsewhere, '--json'], { directory });
    expect(JSON.parse(info.stdout)).toMatchObject({ name: 'acme', package: acme, options: { length: 8 } });
    const unknown = await run(['connectors', 'info', 'dagster'], { directory });
    expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining('There is: airflow, kestra.')]);
  });
});

describe('flowmeta connectors outdated', () => {
  /** What npm asks for is answered as a registry would, or not at all. */
  async function registryWith(packages: Record<string, object>) {
    const server = createServer((request, response) => {
      const name = decodeURIComponent(request.url!.slice(1).split('?')[0]!);
      const latest = packages[name];
      response.writeHead(latest ? 200 : 404, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify(
          latest
            ? { name, 'dist-tags': { latest: '2.0.0' }, versions: { '2.0.0': { name, version: '2.0.0', ...latest } } }
            : { error: 'Not found' },
        ),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(() => new Promise((resolve) => server.close(resolve)));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  async function outdated(directory: string, registry: string, ...args: string[]) {
    const home = join(directory, 'home');
    await mkdir(home, { recursive: true });
    const environment = {
      PATH: process.env.PATH!,
      HOME: home,
      npm_config_registry: registry,
      npm_config_cache: join(home, 'cache'),
      npm_config_fetch_retries: '0',
    };
    return run(['connectors', 'outdated', ...args], { directory, environment });
  }

  it('asks the registry of the npm configuration', async () => {
    const directory = await workingDirectory(
      { name: acme, manifest: marked },
      { name: 'flowmeta-connector-b', manifest: marked },
      { name: 'flowmeta-connector-c', manifest: { ...marked, version: '2.0.0' } },
    );
    const registry = await registryWith({
      [acme]: { flowmeta: { specVersion: 2 } },
      'flowmeta-connector-b': { flowmeta: { specVersion: 1 } },
      'flowmeta-connector-c': {},
    });
    const { exitCode, stdout } = await outdated(directory, registry, '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual([
      { package: acme, installed: '1.2.3', latest: '2.0.0', compatible: false },
      { package: 'flowmeta-connector-b', installed: '1.2.3', latest: '2.0.0', compatible: true },
      { package: 'flowmeta-connector-c', installed: '2.0.0', latest: '2.0.0' },
    ]);
    const text = await outdated(directory, registry);
    expect(text.stdout).toBe(
      `${acme}  1.2.3  latest 2.0.0, which does not fit this flowmeta\n` +
        'flowmeta-connector-b  1.2.3  latest 2.0.0, which fits\nflowmeta-connector-c  2.0.0  is the latest\n',
    );
  });

  it('exits with 1 for a package that npm does not know, with 3 for a registry or an npm that is not there', async () => {
    const directory = await workingDirectory({ name: acme, manifest: marked });
    const unknown = await outdated(directory, await registryWith({}));
    expect([unknown.exitCode, unknown.stdout]).toEqual([1, `${acme}  1.2.3  npm knows no such package\n`]);
    const down = await outdated(directory, 'http://127.0.0.1:9/');
    expect([down.exitCode, down.stderr]).toEqual([3, expect.stringMatching(/ECONNREFUSED[\s\S]*npm configuration/)]);
    const missing = await run(['connectors', 'outdated'], { directory, environment: { PATH: directory } });
    expect([missing.exitCode, missing.stderr]).toEqual([3, expect.stringContaining('there is no command npm')]);
  });

  it('has nothing to ask where no package is installed', async () => {
    const { exitCode, stdout } = await run(['connectors', 'outdated'], { directory: await workingDirectory() });
    expect([exitCode, stdout]).toEqual([0, 'no packages of connectors are installed here\n']);
  });
});

describe('the built command', () => {
  it.each(['worker', 'process'])('runs a connector of a package in a %s', async (isolation) => {
    const bin = fileURLToPath(new URL('../bin/flowmeta.mjs', import.meta.url));
    if (!existsSync(join(bin, '../../dist/main.js'))) throw new Error('build the command first (pnpm run build)');
    const directory = await workingDirectory({ name: acme });
    await writeConfig(directory, { source: { isolation } });
    const { status, stderr } = spawnSync(process.execPath, [bin, 'ingest', '-c', 'acme.yaml'], {
      cwd: directory,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, expect.not.stringContaining('error')]);
    expect(await readFile(join(directory, 'out.jsonl'), 'utf8')).toContain('job2');
  });
});
