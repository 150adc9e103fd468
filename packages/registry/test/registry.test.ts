import { join } from 'node:path';
import { hintOf, verdictOf } from '@flowmeta/connector';
import { kestraConnector } from '@flowmeta/connector-kestra';
import { afterEach, describe, expect, it } from 'vitest';
import { createRegistry, type RegistryOptions } from '../src/index.js';
import { acmeSource, directoryWith, type FixturePackage } from './acme.js';

const acme = '@acme/flowmeta-connector-acme';
const marked = { keywords: ['flowmeta-connector'], flowmeta: { connector: 'acme', specVersion: 1 } };
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((remove) => remove()));
});

async function registryOf(packages: FixturePackage[], options: Partial<RegistryOptions> = {}) {
  const { directory, remove } = await directoryWith(...packages);
  open.push(remove);
  let loads = 0;
  const builtIn = {
    kestra: async () => {
      loads += 1;
      return kestraConnector as never;
    },
  };
  const registry = createRegistry({ builtIn, version: '9.9.9', directory, ...options });
  return { registry, directory, loads: () => loads };
}

async function refusal(promise: Promise<unknown>) {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return [(error as Error)?.message, hintOf(error), verdictOf(error)];
}

describe('a connector', () => {
  it('that is built in is loaded once, and only when it is asked for', async () => {
    const { registry, loads } = await registryOf([]);
    expect(loads()).toBe(0);
    expect((await registry.load('kestra')).title).toBe('Kestra');
    await registry.load('kestra');
    expect(loads()).toBe(1);
  });

  it('of a package is found by the name of the package and by its own', async () => {
    const { registry } = await registryOf([{ name: acme }], { packages: [acme] });
    const definition = await registry.load(acme);
    expect(definition).toMatchObject({ name: 'acme', title: 'Acme' });
    expect(await registry.load('acme')).toBe(definition);
  });

  it.each<[string, string]>([
    ['as `connector`', acmeSource.replace('export default', 'export const connector =')],
    ['under a name of its own', acmeSource.replace('export default', 'export const other = 1; export const acme =')],
  ])('may be exported %s', async (_how, source) => {
    const { registry } = await registryOf([{ name: 'acme-jobs', source }], { packages: ['acme-jobs'] });
    expect((await registry.load('acme')).title).toBe('Acme');
  });

  it('of a CommonJS package is found too', async () => {
    const source = acmeSource.replace("import { z } from 'zod';", "const { z } = require('zod');");
    const { registry } = await registryOf(
      [
        {
          name: acme,
          source: source.replace('export default', 'exports.connector ='),
          manifest: { type: 'commonjs', exports: undefined, main: './index.js' },
        },
      ],
      { packages: [acme] },
    );
    expect((await registry.load('acme')).title).toBe('Acme');
  });

  it('is opened with a config that its schema has checked', async () => {
    const { registry } = await registryOf([{ name: acme }], { packages: [acme] });
    const context = { now: () => 5, serviceName: 'acme_prod' };
    const connector = await registry.createConnector('acme', { hostPort: 'http://acme.test', count: 1 }, context);
    const kinds: string[] = [];
    for await (const { kind } of connector.read({ since: 1, until: 2 })) kinds.push(kind);
    expect(kinds).toEqual(['pipeline', 'warning', 'listed']);
    const [message] = await refusal(registry.createConnector('acme', { hostPort: 'acme' }, context));
    expect(message).toMatch(/^the config of Acme is wrong: .*Invalid URL/);
  });

  it('comes from the paths first, then from the working directory', async () => {
    const other = await directoryWith({ name: acme, source: acmeSource.replace("'Acme'", "'Acme of the path'") });
    open.push(other.remove);
    const { registry, directory } = await registryOf([{ name: acme }, { name: 'acme-here', manifest: marked }], {
      packages: [acme],
      paths: [other.directory],
    });
    expect((await registry.load(acme)).title).toBe('Acme of the path');
    expect((await registry.list()).find(({ package: name }) => name === 'acme-here')?.directory).toBe(
      join(directory, 'node_modules', 'acme-here'),
    );
  });
});

describe('what can not be used is refused with what to do', () => {
  const wrong = (change: (source: string) => string): FixturePackage[] => [{ name: acme, source: change(acmeSource) }];
  it.each<[string, FixturePackage[], RegExp, RegExp]>([
    ['a package that is not installed', [], /^the package @acme\/.* is not installed$/, /npm install @acme/],
    [
      'a newer interface',
      wrong((source) => source.replace('specVersion: 1', 'specVersion: 2')),
      /was built for version 2 of the connector interface, this is version 1$/,
      /^Update flowmeta, or/,
    ],
    [
      'an older interface',
      wrong((source) => source.replace('specVersion: 1', 'specVersion: 0')),
      /version 0 of the connector interface/,
      /newer version of @acme.*connectors outdated/,
    ],
    ['no definition', wrong(() => 'export const hello = 1;'), /exports no connector$/, /as default or as "connector"/],
    [
      'several definitions',
      wrong((source) => `${source.replace('export default', 'export const a =')}; export const b = { ...a };`),
      /exports no connector$/,
      /as default/,
    ],
    [
      'a schema of zod 3',
      wrong((source) => source.replace(/configSchema: z\./, 'configSchema: { parse: (value) => value }, old: z.')),
      /must be a schema of zod 4/,
      /authors/,
    ],
    ['an odd name', wrong((source) => source.replace("'acme'", "'Acme Jobs'")), /its name must be lower case/, /./],
    ['a fault when it is loaded', wrong(() => 'nothing();'), /can not be loaded: nothing is not defined/, /./],
    [
      'nothing to import',
      [{ name: acme, manifest: { exports: { './other': './index.js' } } }],
      /has nothing that can be imported/,
      /Is it built\?/,
    ],
  ])('%s', async (_what, packages, message, hint) => {
    const { registry } = await registryOf(packages, { packages: [acme] });
    const [told, todo, verdict] = await refusal(registry.load(acme));
    expect(told).toMatch(message);
    expect(todo).toMatch(hint);
    expect(verdict).toBe('fatal');
  });

  it.each(['../acme', 'file:///tmp/acme.js', '/tmp/acme', 'node:fs', 'http://acme.test/x.js'])(
    '%s, which is no name of a package',
    async (name) => {
      const { registry } = await registryOf([], { packages: [name] });
      expect((await refusal(registry.load(name)))[0]).toMatch(/is no name of a package$/);
    },
  );

  it('a name that nobody has, and one that only an installed package has, which is not loaded', async () => {
    const { registry } = await registryOf([{ name: acme, manifest: marked, source: 'throw new Error("ran")' }]);
    expect(await refusal(registry.load('acmee'))).toEqual([
      'there is no connector acmee',
      `There is: kestra. Installed packages have: acme (${acme}).`,
      'fatal',
    ]);
    expect(await refusal(registry.load('acme'))).toEqual([
      'there is no connector acme',
      `The installed package ${acme} has one: name it, as source.connector or under connectors.`,
      'fatal',
    ]);
    expect((await refusal(registry.load('acme', { installed: true })))[0]).toBe(
      `the package ${acme} can not be loaded: ran`,
    );
    expect((await refusal(registry.load('zod', { installed: true })))[0]).toBe('there is no connector zod');
    expect((await refusal(registry.load('zod')))[0]).toBe('there is no connector zod');
  });

  it('a name that two have', async () => {
    const source = acmeSource.replace("name: 'acme'", "name: 'kestra'");
    const { registry } = await registryOf([{ name: acme, source }], { packages: [acme] });
    expect((await refusal(registry.load('kestra')))[0]).toBe(
      `there are 2 connectors kestra: the built-in one, ${acme}`,
    );
    expect((await registry.load(acme)).title).toBe('Acme');
  });

  it('a path that is no directory', async () => {
    const { registry } = await registryOf([], { paths: ['nowhere'] });
    expect((await refusal(registry.list()))[0]).toMatch(/nowhere does not exist$/);
  });
});

describe('the list', () => {
  const packages: FixturePackage[] = [
    { name: acme, manifest: { ...marked, description: 'Jobs of Acme' }, source: 'throw new Error("ran")' },
    { name: 'flowmeta-connector-old', manifest: { ...marked, flowmeta: { connector: 'old', specVersion: 0 } } },
    { name: 'flowmeta-connector-plain', manifest: { keywords: marked.keywords } },
    { name: 'left-pad', manifest: { keywords: ['pad'] } },
  ];

  it('has built-in ones and installed packages, of which no code runs', async () => {
    const { registry } = await registryOf(packages);
    expect(await registry.list()).toMatchObject([
      { name: 'kestra', title: 'Kestra', version: '9.9.9', specVersion: 1, compatible: true },
      { package: acme, name: 'acme', version: '1.2.3', description: 'Jobs of Acme', compatible: true },
      { package: 'flowmeta-connector-old', name: 'old', specVersion: 0, compatible: false },
      { package: 'flowmeta-connector-plain', version: '1.2.3' },
    ]);
  });

  it('has named packages in full, also those that can not be used', async () => {
    const { registry } = await registryOf([{ name: acme, manifest: marked }], { packages: [acme, 'gone'] });
    expect((await registry.list()).slice(1)).toMatchObject([
      { name: 'acme', title: 'Acme', package: acme, capabilities: { runs: true } },
      { package: 'gone', problem: 'the package gone is not installed' },
    ]);
  });

  it('is searched by all words', async () => {
    const { registry } = await registryOf(packages);
    const found = async (query: string) => (await registry.search(query)).map(({ name }) => name);
    expect(await found('ACME jobs')).toEqual(['acme']);
    expect(await found('acme kestra')).toEqual([]);
    expect(await found('flowmeta-connector')).toEqual(['acme', 'old', undefined]);
  });
});

describe('info', () => {
  it('tells options with types, defaults and secrets', async () => {
    const { registry } = await registryOf([{ name: acme, manifest: marked }]);
    const info = await registry.info('acme');
    expect(info).toMatchObject({ name: 'acme', package: acme, version: '1.2.3', examples: [{ title: 'Smallest' }] });
    expect(info.options).toEqual([
      { name: 'hostPort', type: 'text', description: 'Address of the Acme server.', required: true, secret: false },
      { name: 'token', type: 'text', description: 'Signs in.', required: false, secret: true },
      {
        name: 'pageSize',
        type: 'whole number',
        description: 'Jobs per request.',
        required: false,
        default: 10,
        secret: false,
      },
      { name: 'mode', type: '"all", "some"', required: false, secret: false },
      { name: 'filter', type: 'section', required: false, secret: false },
      { name: 'filter.names', type: 'list of text', required: false, secret: false },
      { name: 'count', type: 'whole number', required: false, default: 3, secret: false },
      { name: 'behaviour', type: 'text', required: false, secret: false },
    ]);
  });

  it('knows the built-in one, with its secrets', async () => {
    const { registry } = await registryOf([]);
    const { options } = await registry.info('kestra');
    const secrets = options.filter(({ secret }) => secret).map(({ name }) => name);
    expect(secrets).toEqual(expect.arrayContaining(['password', 'token', 'sslConfig.sslKey']));
    expect(options.every(({ description }) => description !== undefined)).toBe(true);
  });
});
