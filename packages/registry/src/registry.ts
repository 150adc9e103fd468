import { resolve } from 'node:path';
import {
  type Capabilities,
  type Connector,
  type ConnectorContext,
  type ConnectorDefinition,
  specVersion,
  VerdictError,
} from '@flowmeta/connector';
import { z } from 'zod';
import { type ConnectorOption, optionsOf } from './connector-options.js';
import { checkVersion, definitionIn } from './definition.js';
import { type Isolation, openIsolated } from './isolate.js';
import { type ConnectorPackage, checkDirectories, findPackage, installedPackages } from './packages.js';

export interface RegistryOptions {
  /** Connectors that the program brings along, by name; each is loaded when it is asked for. */
  builtIn?: Readonly<Record<string, () => Promise<ConnectorDefinition>>>;
  /** The version of the built-in ones. */
  version?: string;
  /** Packages are looked for from here, as an import in a file of this directory would. */
  directory: string;
  /** Further directories, which come before `directory`. */
  paths?: readonly string[];
  /** Packages whose connectors may be asked for by name: their code runs then. */
  packages?: readonly string[];
}

/** What is known of a connector without asking for it by name. */
export interface ConnectorSummary {
  /** The `source.type` of the config. Of an installed package only where its `package.json` says it. */
  name?: string;
  title?: string;
  description?: string;
  version?: string;
  /** The version of the connector interface that it was built for. */
  specVersion?: number;
  /** Whether it can run here; absent where that shows only when it is loaded. */
  compatible?: boolean;
  capabilities?: Capabilities;
  /** Absent for a built-in one. */
  package?: string;
  /** Where the package is installed. */
  directory?: string;
  /** Why it can not be used. */
  problem?: string;
}

export interface ConnectorInfo extends ConnectorSummary {
  name: string;
  title: string;
  description: string;
  specVersion: number;
  capabilities: Capabilities;
  options: ConnectorOption[];
  examples: ConnectorDefinition['examples'];
}

export interface CreateConnectorOptions {
  /** Runs it in a worker or a process of its own; only for connectors of packages. */
  isolation?: Isolation;
}

export interface Registry {
  /** Built-in connectors, those of `packages`, and packages that are installed; of the latter no code runs. */
  list(): Promise<ConnectorSummary[]>;
  /** Those of `list` in whose texts every word of the query occurs, whatever its case. */
  search(query: string): Promise<ConnectorSummary[]>;
  /** All about one, by the name of the connector or of its package; an installed package is loaded for it. */
  info(name: string): Promise<ConnectorInfo>;
  /**
   * By the name of a built-in connector, of one of `packages`, or of a connector in one of these. Loaded once. With `installed` also one
   * of an installed package that has the keyword: for a name that a person has just written.
   */
  load(name: string, options?: { installed?: boolean }): Promise<ConnectorDefinition>;
  /** Opens a connector with a config as a person wrote it, which its schema checks. */
  createConnector(
    name: string,
    config: unknown,
    context: ConnectorContext,
    options?: CreateConnectorOptions,
  ): Promise<Connector>;
}

/** A connector that has been loaded. */
interface Loaded {
  definition: ConnectorDefinition;
  /** Absent for a built-in one. */
  from?: { manifest: ConnectorPackage; url: string; exported: string[] };
}

/**
 * Finds, describes and loads connectors. Every method that asks for one by name rejects with a `VerdictError` and a hint where there is
 * none, its package can't be loaded, or it was built for another version of the connector interface.
 */
export function createRegistry(options: RegistryOptions): Registry {
  const { builtIn = {}, version, packages = [] } = options;
  const directories = [...(options.paths ?? []), options.directory].map((path) => resolve(options.directory, path));
  const loaded = new Map<string, Promise<Loaded>>();

  const once = (key: string, work: () => Promise<Loaded>): Promise<Loaded> => {
    const before = loaded.get(key);
    if (before) return before;
    const loading = work();
    loaded.set(key, loading);
    return loading;
  };

  const loadBuiltIn = (name: string) =>
    once(name, async () => {
      const definition = await builtIn[name]!();
      checkVersion(definition, name);
      return { definition };
    });

  const loadPackage = (name: string) =>
    once(`package ${name}`, async () => {
      await checkDirectories(directories);
      const { url, manifest } = await findPackage(name, directories);
      const { definition, exported } = definitionIn(await importFrom(url, name), name);
      return { definition, from: { manifest, url, exported } };
    });

  /** The connector that has this name, among the built-in ones and those of `packages`. */
  async function byConnectorName(name: string): Promise<Loaded | undefined> {
    const candidates = await Promise.all(packages.map(loadPackage));
    const fitting = candidates.filter(({ definition }) => definition.name === name);
    if (Object.hasOwn(builtIn, name)) fitting.unshift(await loadBuiltIn(name));
    if (fitting.length <= 1) return fitting[0];
    throw new VerdictError(`there are ${fitting.length} connectors ${name}: ${fitting.map(origin).join(', ')}`, {
      verdict: 'fatal',
      hint: 'Say which one is meant by the name of its package, as source.connector.',
    });
  }

  async function find(name: string): Promise<Loaded> {
    if (packages.includes(name)) return loadPackage(name);
    const known = await byConnectorName(name);
    if (known) return known;
    const installed = await installedPackages(directories);
    const offering = offeringOf(name, installed);
    const there = [...Object.keys(builtIn), ...packages];
    const besides = installed.flatMap(({ name: from, connector }) =>
      connector === undefined || there.includes(from) ? [] : `${connector} (${from})`,
    );
    throw new VerdictError(`there is no connector ${name}`, {
      verdict: 'fatal',
      hint: offering
        ? `The installed package ${offering.name} has one: name it, as source.connector or under connectors.`
        : `There is: ${there.join(', ')}.${besides.length > 0 ? ` Installed packages have: ${besides.join(', ')}.` : ''}`,
    });
  }

  /** An installed package by its name, or by the name that it gives its connector. */
  const offeringOf = (name: string, installed: readonly ConnectorPackage[]): ConnectorPackage | undefined =>
    installed.find((manifest) => manifest.name === name || manifest.connector === name);

  async function findInstalled(name: string): Promise<Loaded> {
    try {
      return await find(name);
    } catch (error) {
      const offering = offeringOf(name, await installedPackages(directories));
      if (!offering || Object.hasOwn(builtIn, name) || packages.includes(name)) throw error;
      return loadPackage(offering.name);
    }
  }

  async function list(): Promise<ConnectorSummary[]> {
    await checkDirectories(directories);
    const own = await Promise.all(
      Object.keys(builtIn).map(async (name) => summaryOf(await loadBuiltIn(name), version)),
    );
    const named = await Promise.all(
      [...new Set(packages)].map((name) =>
        loadPackage(name).then(
          (connector) => summaryOf(connector, version),
          (error: Error): ConnectorSummary => ({ package: name, problem: error.message }),
        ),
      ),
    );
    const installed = (await installedPackages(directories)).filter(({ name }) => !packages.includes(name));
    return [...own, ...named, ...installed.map(summaryOfPackage)];
  }

  return {
    list,
    async search(query) {
      const words = query.toLowerCase().split(/\s+/).filter(Boolean);
      return (await list()).filter(({ name, title, description, package: from }) => {
        const text = [name, title, description, from].join(' ').toLowerCase();
        return words.every((word) => text.includes(word));
      });
    },
    async info(name) {
      const connector = await findInstalled(name);
      const { definition } = connector;
      const { title, description, capabilities, examples } = definition;
      return {
        ...summaryOf(connector, version),
        name: definition.name,
        title,
        description,
        specVersion: definition.specVersion,
        capabilities,
        options: optionsOf(definition),
        examples,
      };
    },
    async load(name, { installed = false } = {}) {
      return (await (installed ? findInstalled(name) : find(name))).definition;
    },
    async createConnector(name, config, context, { isolation } = {}) {
      const { definition, from } = await find(name);
      const checked = definition.configSchema.safeParse(config);
      if (!checked.success) {
        throw new VerdictError(`the config of ${definition.title} is wrong: ${z.prettifyError(checked.error)}`, {
          verdict: 'fatal',
        });
      }
      if (!isolation) return definition.open(checked.data, context);
      if (!from) {
        throw new VerdictError(`${definition.title} is built in, and can not be isolated`, {
          verdict: 'fatal',
          hint: 'Leave isolation away: it is for connectors of packages.',
        });
      }
      const { url, exported } = from;
      return openIsolated({ title: definition.title, module: url, exported }, { config, context, isolation });
    },
  };
}

async function importFrom(url: string, name: string): Promise<object> {
  try {
    return await import(url);
  } catch (error) {
    throw new VerdictError(`the package ${name} can not be loaded: ${(error as Error)?.message ?? error}`, {
      verdict: 'fatal',
      hint: 'Install it again, and with it what it needs; if that does not help, tell its authors.',
      cause: error,
    });
  }
}

const origin = ({ from }: Loaded): string => from?.manifest.name ?? 'the built-in one';

function summaryOf({ definition, from }: Loaded, builtInVersion: string | undefined): ConnectorSummary {
  const { name, title, description, capabilities } = definition;
  const version = from?.manifest.version ?? builtInVersion;
  return {
    name,
    title,
    description,
    ...(version === undefined ? {} : { version }),
    specVersion: definition.specVersion,
    compatible: true,
    capabilities,
    ...(from ? { package: from.manifest.name, directory: from.manifest.directory } : {}),
  };
}

function summaryOfPackage(manifest: ConnectorPackage): ConnectorSummary {
  const { name, connector, version, description, directory } = manifest;
  return {
    ...(connector === undefined ? {} : { name: connector }),
    ...(description === undefined ? {} : { description }),
    version,
    ...(manifest.specVersion === undefined
      ? {}
      : { specVersion: manifest.specVersion, compatible: manifest.specVersion === specVersion }),
    package: name,
    directory,
  };
}
