import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pack, publishedPackages } from '../src/pack.mjs';

const packages = publishedPackages();
const work = mkdtempSync(join(tmpdir(), 'flowmeta-install-'));
const tarballs = new Map<string, string>();

function megabytes(folder: string): number {
  return (
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0) / 1e6
  );
}

/** An empty project that depends on one tarball; the other packages of this repository come from theirs. */
function install(name: string): string {
  const project = join(work, name.replace(/\W+/g, '-'));
  mkdirSync(project, { recursive: true });
  const overrides = Object.fromEntries(
    [...tarballs].filter(([other]) => other !== name).map(([other, path]) => [other, `file:${path}`]),
  );
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({
      private: true,
      type: 'module',
      dependencies: { [name]: `file:${tarballs.get(name)}` },
      overrides,
    }),
  );
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--omit=dev', '--loglevel=error'], {
    cwd: project,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return project;
}

beforeAll(() => {
  for (const entry of packages) tarballs.set(entry.name, pack(entry, work));
}, 120_000);

afterAll(() => rmSync(work, { recursive: true, force: true }));

describe('a published package', () => {
  it.each(packages.map(({ name }) => name))(
    '%s has a README and a licence and installs and imports alone in an empty project',
    (name) => {
      const project = install(name);
      const installed = join(project, 'node_modules', name);
      expect(readdirSync(installed)).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'package.json']));
      if (name === 'flowmeta') {
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
        return;
      }
      const count = execFileSync(
        process.execPath,
        ['--input-type=module', '-e', `console.log(Object.keys(await import('${name}')).length)`],
        { cwd: project, encoding: 'utf8' },
      );
      expect(Number(count)).toBeGreaterThan(0);
      expect(existsSync(join(installed, 'dist/index.d.ts'))).toBe(true);
    },
    180_000,
  );

  it('@flowmeta/sandbox stays under 3 MB packed', () => {
    expect(statSync(tarballs.get('@flowmeta/sandbox')!).size).toBeLessThan(3_000_000);
  });
});
