import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Every package that is published: its name, folder and manifest. */
export function publishedPackages() {
  return ['packages', 'apps']
    .flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name)))
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }))
    .filter(({ manifest }) => !manifest.private)
    .map(({ folder, manifest }) => ({ name: manifest.name, folder, manifest }));
}

/** Packs every published package, which has to be built, as npm would get it; answers the path of each tarball by name. */
export function packAll(target) {
  mkdirSync(target, { recursive: true });
  const folders = ['--filter', './packages/*', '--filter', './apps/*'];
  const output = execFileSync('pnpm', ['--recursive', ...folders, 'pack', '--json', '--pack-destination', target], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const packed = new Map(JSON.parse(output).map(({ name, filename }) => [name, filename]));
  return new Map(publishedPackages().map(({ name }) => [name, packed.get(name)]));
}
