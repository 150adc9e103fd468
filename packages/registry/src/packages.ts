import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { VerdictError } from '@flowmeta/connector';
import { resolve as resolveModule } from 'import-meta-resolve';

/** By this keyword of its `package.json` an installed package is known to be a connector. */
const keyword = 'flowmeta-connector';

/** What the `package.json` of a connector says; nothing of the package's code runs to know it. */
export interface ConnectorPackage {
  /** e.g. `@acme/flowmeta-connector-foo`. */
  name: string;
  version: string;
  description?: string;
  /** Where it is installed. */
  directory: string;
  /** `flowmeta.connector`: the name of its connector. */
  connector?: string;
  /** `flowmeta.specVersion`: the version of the connector interface that it was built for. */
  specVersion?: number;
}

/** Whether a text can be the name of a package, and so is no path and no url. */
export function isPackageName(text: string): boolean {
  return text.length <= 214 && /^(?:@[a-z0-9~][a-z0-9._~-]*\/)?[a-z0-9~][a-z0-9._~-]*$/i.test(text);
}

/**
 * The file that an import of the package loads, as seen from the first of the directories that has it; by Node's rules for
 * modules, so that folders above count as well.
 *
 * @throws VerdictError where none has it, or the package has nothing to import
 */
export async function findPackage(
  name: string,
  directories: readonly string[],
): Promise<{ url: string; manifest: ConnectorPackage }> {
  if (!isPackageName(name)) {
    throw new VerdictError(`${name} is no name of a package`, {
      verdict: 'fatal',
      hint: 'Write the name that it has on npm, e.g. @acme/flowmeta-connector-acme.',
    });
  }
  for (const directory of directories) {
    const from = pathToFileURL(join(directory, 'package.json')).href;
    let url: string;
    try {
      url = resolveModule(name, from);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') continue;
      throw new VerdictError(`the package ${name} has nothing that can be imported`, {
        verdict: 'fatal',
        hint: 'Its package.json needs "exports" or "main" with the file of the connector. Is it built?',
        cause: error,
      });
    }
    if (!url.startsWith('file:')) continue;
    const manifest = await manifestAbove(fileURLToPath(url), name);
    if (manifest) return { url, manifest };
  }
  throw new VerdictError(`the package ${name} is not installed`, {
    verdict: 'fatal',
    hint: `Run \`npm install ${name}\` in ${directories[0]}, or name the directory that has it under connectorPaths.`,
  });
}

/** Packages with the keyword that can be seen from the directories, each name once, sorted by name. */
export async function installedPackages(directories: readonly string[]): Promise<ConnectorPackage[]> {
  const found = new Map<string, ConnectorPackage>();
  const seen = new Set<string>();
  for (const directory of directories) {
    for (const folder of withParents(resolve(directory))) {
      const modules = join(folder, 'node_modules');
      if (seen.has(modules)) continue;
      seen.add(modules);
      for (const path of await packagesIn(modules)) {
        const manifest = await readManifest(path);
        if (manifest?.isConnector && !found.has(manifest.name)) found.set(manifest.name, withoutMark(manifest));
      }
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function packagesIn(modules: string): Promise<string[]> {
  const names = await entriesOf(modules);
  const scopes = names.filter((name) => name.startsWith('@'));
  const scoped = await Promise.all(
    scopes.map(async (scope) => (await entriesOf(join(modules, scope))).map((name) => join(modules, scope, name))),
  );
  const plain = names.filter((name) => !/^[@.]/.test(name)).map((name) => join(modules, name));
  return [...plain, ...scoped.flat()];
}

async function entriesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

function* withParents(folder: string): Generator<string> {
  for (let current = folder; ; current = dirname(current)) {
    yield current;
    if (dirname(current) === current) return;
  }
}

async function manifestAbove(file: string, name: string): Promise<ConnectorPackage | undefined> {
  for (const folder of withParents(dirname(file))) {
    const manifest = await readManifest(folder);
    if (manifest?.name === name) return withoutMark(manifest);
  }
  return undefined;
}

async function readManifest(directory: string): Promise<(ConnectorPackage & { isConnector: boolean }) | undefined> {
  let manifest: Record<string, unknown>;
  try {
    manifest = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
  } catch {
    return undefined;
  }
  const { name, version, description, keywords, flowmeta } = manifest ?? {};
  if (typeof name !== 'string') return undefined;
  const { connector, specVersion } = (flowmeta ?? {}) as { connector?: unknown; specVersion?: unknown };
  return {
    name,
    version: typeof version === 'string' ? version : '0.0.0',
    ...(typeof description === 'string' ? { description } : {}),
    directory,
    ...(typeof connector === 'string' ? { connector } : {}),
    ...(typeof specVersion === 'number' ? { specVersion } : {}),
    isConnector: Array.isArray(keywords) && keywords.includes(keyword),
  };
}

function withoutMark({ isConnector: _, ...manifest }: ConnectorPackage & { isConnector: boolean }): ConnectorPackage {
  return manifest;
}

/** @throws VerdictError for one that is not there */
export async function checkDirectories(directories: readonly string[]): Promise<void> {
  for (const directory of directories) {
    const isThere = await stat(directory).then(
      (status) => status.isDirectory(),
      () => false,
    );
    if (!isThere) {
      throw new VerdictError(`the directory ${directory} does not exist`, {
        verdict: 'fatal',
        hint: 'Name one that has a node_modules with connectors in it.',
      });
    }
  }
}
