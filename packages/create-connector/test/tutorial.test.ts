import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConnector } from '../src/index.js';

// Whoever follows docs/writing-a-connector.md, and nothing else, gets a connector whose tests pass; whoever runs the command gets
// the same. Both use the built packages, as npm would bring them.

const here = fileURLToPath(new URL('../', import.meta.url));
const page = readFileSync(new URL('../../../docs/writing-a-connector.md', import.meta.url), 'utf8');
const minutes = 60_000;

/** The code blocks that have a file's name. */
const files = new Map([...page.matchAll(/^```\w+ (\S+)\n([\s\S]*?)^```$/gm)].map(([, file, text]) => [file!, text!]));

const work = mkdtempSync(join(tmpdir(), 'flowmeta-tutorial-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

function link(folder: string): void {
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  for (const name of ['@flowmeta', '@types', 'typescript', 'vitest', 'zod']) {
    symlinkSync(join(here, 'node_modules', name), join(folder, 'node_modules', name));
  }
}

/** Runs its tests as its author would; answers how each of them ended. */
function testsOf(folder: string): Map<string, string> {
  const report = join(folder, 'report.json');
  try {
    execFileSync(join(here, 'node_modules/.bin/vitest'), ['run', '--reporter=json', `--outputFile=${report}`], {
      cwd: folder,
      stdio: 'pipe',
    });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: Buffer; stderr: Buffer };
    console.log(`${stdout}${stderr}${readFileSync(report, 'utf8').slice(0, 10_000)}`);
  }
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  return new Map(
    testResults.flatMap((suite: { assertionResults: { title: string; status: string }[] }) =>
      suite.assertionResults.map(({ title, status }) => [title.split(':')[0], status]),
    ),
  );
}

const typesOf = (folder: string): string => {
  try {
    return execFileSync(join(here, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
};

describe('docs/writing-a-connector.md, followed to the letter', () => {
  const folder = join(work, 'tutorial');
  let results: Map<string, string>;

  beforeAll(() => {
    for (const [file, text] of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'flowmeta-connector-acme', type: 'module' }));
    link(folder);
    results = testsOf(folder);
  }, 10 * minutes);

  it('gives a connector that keeps every promise', () => {
    const conformanceRules = readFileSync(new URL('../../connector/README.md', import.meta.url), 'utf8')
      .split('### The rules')[1]!
      .matchAll(/^\| `([a-z-]+)` \|/gm);
    for (const [, id] of conformanceRules) expect(results.get(id!), id).toBe('passed');
    expect([...results].filter(([, status]) => status !== 'passed')).toEqual([]);
  });

  it('gives code whose types fit', { timeout: 10 * minutes }, () => {
    expect(typesOf(folder)).toBe('');
  });

  it('shows the code that the command writes', () => {
    const written = join(work, 'acme');
    const paths = createConnector({ name: 'acme', folder: written, kind: 'alone' });
    const shown = paths.filter((path) => /^(src|test)\//.test(path));
    expect([...files.keys()].filter((path) => path !== 'tsconfig.json').sort()).toEqual(shown);
    for (const path of shown) expect(files.get(path), path).toBe(readFileSync(join(written, path), 'utf8'));
  });
});

describe('a connector that the command wrote', () => {
  const folder = join(work, 'nimbus-flow');
  let results: Map<string, string>;

  beforeAll(() => {
    createConnector({ name: 'nimbus-flow', folder, kind: 'alone' });
    link(folder);
    results = testsOf(folder);
  }, 10 * minutes);

  it('passes its tests under its own name', { timeout: 10 * minutes }, () => {
    expect(results.size).toBeGreaterThan(50);
    expect([...results].filter(([, status]) => status !== 'passed')).toEqual([]);
    expect(typesOf(folder)).toBe('');
  });

  it('can be built and loaded', { timeout: 10 * minutes }, () => {
    expect(typesOf(join(folder, 'tsconfig.build.json'))).toBe('');
    const script = "console.log((await import('./dist/index.js')).nimbusFlowConnector.name)";
    const name = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(name.trim()).toBe('nimbus-flow');
  });

  it('is written by the command, as it is built', () => {
    const bin = join(here, 'bin/create-connector.mjs');
    const out = execFileSync(process.execPath, [bin, 'nimbus'], { cwd: work, encoding: 'utf8' });
    expect(out).toContain('Next:\n  cd flowmeta-connector-nimbus\n');
    expect(spawnSync(process.execPath, [bin, 'nimbus'], { cwd: work, encoding: 'utf8' })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('nothing was written'),
    });
  });

  it('has nothing of the name that its template has', () => {
    const paths = createConnector({ name: 'nimbus-flow', folder: join(work, 'again'), kind: 'alone' });
    for (const path of paths) expect(readFileSync(join(work, 'again', path), 'utf8'), path).not.toMatch(/acme/i);
    const index = readFileSync(join(folder, 'src/index.ts'), 'utf8');
    expect(index).toContain('nimbusFlowConnector');
    const connector = readFileSync(join(folder, 'src/connector.ts'), 'utf8');
    expect(connector).toContain("name: 'nimbus-flow'");
    expect(connector).toContain("'$NIMBUS_FLOW_TOKEN'");
  });
});
