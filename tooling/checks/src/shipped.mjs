import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publishedPackages } from './pack.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Where a package finds another one: the nearest `node_modules` that has it. */
function installed(name, from) {
  for (let folder = realpathSync(from); ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (dirname(folder) === folder) throw new Error(`${name} is not installed, which ${from} depends on`);
  }
}

/** Names of the packages whose code is in the bundle of `flowmeta`, as its notices list them. */
export function bundled(notices) {
  const rule = '-'.repeat(80);
  return notices.split(`\n${rule}\n`).map((section) => {
    const [, name, version] = /^\s*(\S+) (\S+) \(/.exec(section) ?? [];
    if (name === undefined) throw new Error('the notices of the bundle are not as tooling/build writes them');
    return { name, version };
  });
}

/**
 * What users get: every published package of this repository, and everything that is installed or bundled with them.
 *
 * @returns {{ name: string, version: string, license?: string, own: boolean, dependencies: string[] }[]} sorted; `dependencies` are
 *   `name@version`
 */
export function shippedPackages() {
  const found = new Map();
  const published = publishedPackages();
  const own = new Set(published.map(({ name }) => name));
  const add = (folder, extra = []) => {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const id = `${manifest.name}@${manifest.version}`;
    if (found.has(id)) return id;
    const entry = { name: manifest.name, version: manifest.version, own: own.has(manifest.name), dependencies: [] };
    if (typeof manifest.license === 'string') entry.license = manifest.license;
    found.set(id, entry);
    const names = new Set([...Object.keys(manifest.dependencies ?? {}), ...extra]);
    entry.dependencies = [...names].map((name) => add(installed(name, folder))).sort();
    return id;
  };
  for (const { name, folder, manifest } of published) {
    if (name !== 'flowmeta') {
      add(folder);
      continue;
    }
    const notices = join(folder, 'dist/THIRD-PARTY-NOTICES.txt');
    if (!existsSync(notices)) throw new Error('flowmeta is not built: what is in its bundle is not known');
    const inBundle = new Set(bundled(readFileSync(notices, 'utf8')).map((entry) => entry.name));
    const declared = Object.keys(manifest.devDependencies ?? {});
    // Of what it is built with, that is shipped which the bundle names; our own packages are in it with all they need.
    add(
      folder,
      declared.filter((dependency) => own.has(dependency) || inBundle.has(dependency)),
    );
  }
  return [...found.values()].sort((one, other) => (idOf(one) < idOf(other) ? -1 : 1));
}

export const idOf = ({ name, version }) => `${name}@${version}`;

/** `name@version` → its checksum as the lockfile has it, e.g. `sha512-…`. */
export function checksums(lockfile = readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')) {
  const entries = lockfile.matchAll(
    /^ {2}'?((?:@[^/\s]+\/)?[^@\s']+@[^\s':(]+)'?:\n {4}resolution: \{integrity: (\S+?)[,}]/gm,
  );
  return new Map([...entries].map(([, id, integrity]) => [id, integrity]));
}
