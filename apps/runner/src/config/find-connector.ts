import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Connector, type ConnectorContext, type ConnectorDefinition, hintOf } from '@flowmeta/connector';
import { redactText } from '@flowmeta/redact';
import { ConfigError } from './config-error.js';
import { builtInConnectors, connectorRegistry } from './connectors.js';
import { suggest } from './suggest.js';
import type { Workflow } from './workflow-schema.js';
import { type Path, showPath, type YamlDocument } from './yaml-document.js';

export interface FoundConnector {
  connector: ConnectorDefinition;
  /** Opens it with its config as it was written. */
  open(config: unknown, options: { context: ConnectorContext; source: Workflow['source'] }): Promise<Connector>;
}

/** The sections of a config that say which connector it is for. */
interface Choice {
  source?: { type?: unknown; connector?: unknown; isolation?: unknown } | null;
  connectors?: unknown;
  connectorPaths?: unknown;
}

/**
 * Loads the connector that a config is for. Throws a `ConfigError` where there is none, or it can't be used. `directories`: what
 * relative paths start from; packages are looked for from the last one.
 */
export async function findConnector(
  document: YamlDocument,
  { directories }: { directories: readonly string[] },
): Promise<FoundConnector> {
  const fail = (path: Path, message: string, hint?: string): never => {
    const problem = { path: showPath(path), ...document.position(path), message: redactText(message) };
    throw new ConfigError(document.file, [hint === undefined ? problem : { ...problem, hint }]);
  };
  const { source, type, packages, paths } = chosen(document, fail);
  const registry = connectorRegistry({
    directory: directories.at(-1)!,
    packages: packages.map(({ name }) => name),
    paths: await Promise.all(
      paths.map(
        async ({ name, path }) => (await existing(name, directories)) ?? fail(path, `there is no directory ${name}`),
      ),
    ),
  });
  const loaded: ConnectorDefinition[] = [];
  for (const { name, path } of packages) {
    const told = (error: unknown) => fail(path, (error as Error).message, hintOf(error));
    loaded.push(await registry.load(name).catch(told));
  }
  const isNamed = typeof source.connector === 'string';
  const name = isNamed ? (source.connector as string) : type.toLowerCase();
  const known = [...Object.keys(builtInConnectors), ...loaded.map((definition) => definition.name)];
  const connector = await registry.load(name).catch((error: unknown) => {
    const meant = suggest(type, known);
    return fail(['source', 'type'], (error as Error).message, meant ? `Did you mean ${meant}?` : hintOf(error));
  });
  if (source.isolation != null && !loaded.includes(connector)) {
    fail(
      ['source', 'isolation'],
      `${connector.title} comes with this command, and runs in it`,
      'Leave isolation away.',
    );
  }
  return {
    connector,
    open: (config, { context, source: { isolation } }) =>
      registry.createConnector(name, config, context, isolation ? { isolation: isolationOf(isolation) } : {}),
  };
}

function chosen(document: YamlDocument, fail: (path: Path, message: string, hint?: string) => never) {
  const known = Object.keys(builtInConnectors);
  const root = document.value;
  if (typeof root !== 'object' || root === null || Array.isArray(root)) {
    return fail([], 'is no workflow config', 'It needs the sections source and workflowConfig.');
  }
  const { source, connectors, connectorPaths } = root as Choice;
  const type = source?.type;
  if (typeof source !== 'object' || source === null) {
    return fail(['source'], 'is missing', 'See `flowmeta ingest --help` for where an example is.');
  }
  if (typeof type !== 'string') return fail(['source', 'type'], 'is missing', `Write one of: ${known.join(', ')}.`);
  if (type === 'CustomPipeline') {
    return fail(
      ['source', 'type'],
      'a CustomPipeline names a Python class, which can not run here',
      'Write "type: kestra", and in serviceConnection.config "type: Kestra" with hostPort and credentials instead of sourcePythonClass and connectionOptions.',
    );
  }
  const packages =
    typeof source.connector === 'string'
      ? [{ name: source.connector, path: ['source', 'connector'] }]
      : texts(connectors, 'connectors');
  return { source, type, packages, paths: texts(connectorPaths, 'connectorPaths') };
}

/** What else stands there is for the schema to refuse. */
function texts(list: unknown, key: string): { name: string; path: Path }[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((name, index) => (typeof name === 'string' ? [{ name, path: [key, index] }] : []));
}

async function existing(path: string, directories: readonly string[]): Promise<string | undefined> {
  for (const directory of directories) {
    const candidate = resolve(directory, path);
    const isThere = await stat(candidate).then(
      (status) => status.isDirectory(),
      () => false,
    );
    if (isThere) return candidate;
  }
  return undefined;
}

function isolationOf(isolation: NonNullable<Workflow['source']['isolation']>) {
  if (typeof isolation === 'string') return { type: isolation };
  const { type, maxMemory, timeout } = isolation;
  return {
    type,
    ...(maxMemory == null ? {} : { maxMemory }),
    ...(timeout == null ? {} : { timeout: timeout * 1_000 }),
  };
}
