import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packAll, publishedPackages } from '../src/pack.mjs';
import { publintFindings, typesFindings } from '../src/packages.mjs';

const packages = publishedPackages();
const names = packages.map(({ name }) => name);
const libraries = names.filter((name) => name !== 'flowmeta');
const work = mkdtempSync(join(tmpdir(), 'flowmeta-install-'));
let tarballs: Map<string, string>;

function megabytes(folder: string): number {
  return (
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0) / 1e6
  );
}

/** An empty project that depends on one tarball. */
function makeProject(folder: string, name: string, more: object = {}): string {
  const project = join(folder, name.replace(/\W+/g, '-'));
  const manifest = { private: true, type: 'module', dependencies: { [name]: `file:${tarballs.get(name)}` }, ...more };
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  return project;
}

/** The other packages of this repository come from their tarballs. */
const overridesWithout = (without?: string) =>
  Object.fromEntries([...tarballs].filter(([name]) => name !== without).map(([name, path]) => [name, `file:${path}`]));

function run(command: string, args: string[], folder: string): void {
  execFileSync(command, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
}

beforeAll(() => {
  tarballs = packAll(join(work, 'packed'));
}, 600_000);

afterAll(() => rmSync(work, { recursive: true, force: true }));

describe('a published package', () => {
  const projects = new Map<string, string>();

  /** All projects are installed in one go, in which no package sees another one that it does not itself depend on. */
  beforeAll(() => {
    const folder = join(work, 'libraries');
    for (const name of libraries) projects.set(name, makeProject(folder, name));
    writeFileSync(
      join(folder, 'pnpm-workspace.yaml'),
      JSON.stringify({ packages: ['*'], overrides: overridesWithout(), nodeLinker: 'isolated', hoist: false }),
    );
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    run('pnpm', ['install', '--no-frozen-lockfile', '--prefer-offline', '--ignore-scripts'], folder);
  }, 600_000);

  it.each(libraries)(
    '%s has a README and a licence and installs and imports alone in an empty project',
    { timeout: 180_000 },
    (name) => {
      const project = projects.get(name)!;
      const installed = join(project, 'node_modules', name);
      expect(readdirSync(installed)).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'package.json']));
      const count = execFileSync(
        process.execPath,
        ['--input-type=module', '-e', `console.log(Object.keys(await import('${name}')).length)`],
        { cwd: project, encoding: 'utf8' },
      );
      expect(Number(count)).toBeGreaterThan(0);
      expect(existsSync(join(installed, 'dist/index.d.ts'))).toBe(true);
    },
  );

  it('flowmeta has a README and a licence, and is installed by npm and runs with little on the disk', {
    timeout: 600_000,
  }, () => {
    const project = makeProject(work, 'flowmeta', { overrides: overridesWithout('flowmeta') });
    run('npm', ['install', '--no-audit', '--no-fund', '--omit=dev', '--loglevel=error', '--prefer-offline'], project);
    const installed = join(project, 'node_modules/flowmeta');
    expect(readdirSync(installed)).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'package.json']));
    const version = execFileSync(join(project, 'node_modules/.bin/flowmeta'), ['--version'], { encoding: 'utf8' });
    expect(version.trim()).toMatch(/^\d+\.\d+\.\d+/);
    // The SQL parser is 24 MB of WebAssembly, which nothing of ours can make smaller.
    const parser = megabytes(join(project, 'node_modules/@polyglot-sql'));
    const size = megabytes(join(project, 'node_modules')) - parser;
    console.log(`installed size of flowmeta: ${size.toFixed(1)} MB and ${parser.toFixed(1)} MB for the SQL parser`);
    expect(size).toBeLessThan(40);
    expect(parser).toBeLessThan(30);
    for (const file of readdirSync(join(installed, 'dist')))
      expect(statSync(join(installed, 'dist', file)).size).toBeLessThan(2_000_000);
  });

  it.each(names)('%s is as publint wants it', { timeout: 180_000 }, async (name) => {
    expect(await publintFindings(tarballs.get(name)!)).toEqual([]);
  });

  const typed = packages.filter(({ manifest }) => manifest.exports?.['.']).map(({ name }) => name);
  it.each(typed)('%s has types that each importer of ES modules finds', { timeout: 180_000 }, async (name) => {
    expect(await typesFindings(tarballs.get(name)!)).toEqual([]);
  });

  it('@flowmeta/sandbox stays under 3 MB packed', () => {
    expect(statSync(tarballs.get('@flowmeta/sandbox')!).size).toBeLessThan(3_000_000);
  });
});
