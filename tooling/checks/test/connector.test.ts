import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checklist, reportOf, ruleIds, ruleResults } from '../src/connector.mjs';
import { placeConnector } from '../src/new-connector.mjs';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const shared = ['tooling/checks/src/imports.mjs', 'docs/architecture.md', 'README.md'];

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'flowmeta-new-connector-'));
  for (const file of shared) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    cpSync(join(repository, file), join(root, file));
  }
  placeConnector(root, 'nimbus-flow');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const read = (file: string) => readFileSync(join(root, file), 'utf8');

describe('a new connector of the repository', () => {
  it('is built and published as the others are', () => {
    const shapeOf = (manifest: object) => Object.keys(manifest).sort();
    const manifest = JSON.parse(read('packages/connector-nimbus-flow/package.json'));
    const kestra = JSON.parse(readFileSync(join(repository, 'packages/connector-kestra/package.json'), 'utf8'));
    expect(shapeOf(manifest)).toEqual(shapeOf(kestra));
    expect(manifest.exports).toEqual(kestra.exports);
    expect(manifest.publishConfig).toEqual(kestra.publishConfig);
    expect(manifest.dependencies['@flowmeta/connector']).toBe('workspace:^');
    expect(
      Object.values(manifest.devDependencies).every((version) => /^(workspace|catalog):/.test(String(version))),
    ).toBe(true);
    expect(readdirSync(join(root, 'packages/connector-nimbus-flow')).sort()).toEqual(
      ['LICENSE', 'README.md', 'package.json', 'src', 'test', 'tsup.config.ts'].sort(),
    );
  });

  it('has a row wherever the repository lists its packages, and no other line is changed', () => {
    for (const file of shared) {
      const before = new Set(readFileSync(join(repository, file), 'utf8').split('\n'));
      const added = read(file)
        .split('\n')
        .filter((line) => !before.has(line));
      expect(added.length, file).toBe(file === 'docs/architecture.md' ? 2 : 1);
      for (const line of added) expect(line).toContain('connector-nimbus-flow');
    }
  });

  it('leaves one alone that is there', () => {
    expect(() => placeConnector(root, 'nimbus-flow')).toThrow(/not empty: nothing was written/);
  });
});

describe('the checklist of a connector', () => {
  const passed = (id: string) => ({ id, passed: 1, failed: 0, ms: 1, messages: [] });
  const ids = ruleIds(readFileSync(join(repository, 'packages/connector/README.md'), 'utf8'));
  const seen = () => ({
    root,
    name: 'nimbus-flow',
    rules: ids.map(passed),
    failedTests: [] as string[],
    coverage: 95 as number | null,
  });
  const failing = (changed: Partial<ReturnType<typeof seen>> = {}) =>
    checklist({ ...seen(), ...changed }).flatMap(({ item, ok }) => (ok ? [] : [item]));

  it('is done for one that was just written and whose tests pass', () => {
    expect(ids.length).toBeGreaterThan(40);
    expect(failing()).toEqual([]);
  });

  it('tells what failed, what was not tried, and what is not covered', () => {
    const change = (id: string, over: object) =>
      ids.map((each) => (each === id ? { ...passed(each), passed: 0, ...over } : passed(each)));
    expect(failing({ rules: change('edges-closed', { failed: 1 }) })).toEqual(['the conformance suite is green']);
    expect(failing({ rules: change('broken-run-skipped', {}) })).toEqual(['every rule is tried']);
    expect(failing({ rules: change('secrets-marked', {}) })).toEqual([
      'every rule is tried',
      'secret options are marked',
    ]);
    expect(failing({ failedTests: ['a test'] })).toEqual(['all tests pass']);
    expect(failing({ coverage: null })).toEqual([]);
    expect(failing({ coverage: 79.9 })).toEqual(['at least 80 % of the lines are covered by tests']);
  });

  it('misses what is not there', () => {
    const without = (file: string) => {
      const text = read(file);
      rmSync(join(root, file));
      const found = failing();
      writeFileSync(join(root, file), text);
      return found;
    };
    expect(without('packages/connector-nimbus-flow/README.md')).toEqual(['it has a README with its options']);
    expect(without('docs/connectors/nimbus-flow.md')).toEqual(['it has a page']);
    expect(without('.changeset/connector-nimbus-flow-first.md')).toEqual(['it has a changeset, or was released']);
    expect(without('tooling/checks/src/imports.mjs')).toEqual(['it has an import rule']);
  });

  it('takes of a report about all tests those of the connector', () => {
    const suites = ['connector-acme', 'connector-acme-two', 'connector'].map((folder) => ({
      name: `/work/packages/${folder}/test/a.test.ts`,
    }));
    expect(reportOf({ testResults: suites }, 'acme')).toEqual({ testResults: [suites[0]] });
  });

  it('adds up what each rule did in all suites of a connector', () => {
    const test = (title: string, status: string, suite = 'Acme: what every connector promises') => ({
      ancestorTitles: [suite],
      title,
      status,
      duration: 2.4,
      failureMessages: status === 'failed' ? ['Error: one\nanother\n    at file.ts:1:2'] : [],
    });
    const assertionResults = [
      test('edges-closed: Edges …', 'passed'),
      test('edges-closed: Edges …', 'failed'),
      test('edges-closed: not one of the suite', 'failed', 'other'),
    ];
    expect(ruleResults({ testResults: [{ assertionResults }] }, ['edges-closed', 'identity'])).toEqual([
      { id: 'edges-closed', passed: 1, failed: 1, ms: 5, messages: ['one', 'another'] },
      { id: 'identity', passed: 0, failed: 0, ms: 0, messages: [] },
    ]);
  });
});
