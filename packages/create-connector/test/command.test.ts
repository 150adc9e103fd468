import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { specVersion } from '@flowmeta/connector';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../src/index.js';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'flowmeta-create-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function run(...args: string[]) {
  const printed: string[] = [];
  const errors: string[] = [];
  const code = main(args, { cwd, print: (text) => printed.push(text), printError: (text) => errors.push(text) });
  return { code, out: printed.join('\n'), error: errors.join('\n') };
}

describe('create-connector', () => {
  it('writes a package and says what to do next', () => {
    const { code, out } = run('nimbus-flow');
    expect(code).toBe(0);
    expect(out).toContain('cd flowmeta-connector-nimbus-flow');
    expect(readdirSync(join(cwd, 'flowmeta-connector-nimbus-flow'))).toEqual(
      expect.arrayContaining(['package.json', 'src', 'test', 'README.md', 'tsconfig.json']),
    );
  });

  it('writes a package that flowmeta finds, for the interface of today', () => {
    run('nimbus-flow');
    const manifest = JSON.parse(readFileSync(join(cwd, 'flowmeta-connector-nimbus-flow/package.json'), 'utf8'));
    expect(manifest).toMatchObject({
      keywords: ['flowmeta-connector'],
      flowmeta: { connector: 'nimbus-flow', specVersion },
    });
  });

  it('has no article before the name that not every name goes with', () => {
    run('nimbus-flow');
    const folder = join(cwd, 'flowmeta-connector-nimbus-flow');
    for (const file of ['README.md', 'src/client.ts', 'src/connector.ts', 'test/server.ts'])
      expect(readFileSync(join(folder, file), 'utf8'), file).not.toMatch(/\ban NimbusFlow/i);
  });

  it('writes a package that can’t be published without its build', () => {
    run('nimbus-flow');
    const { files, scripts } = JSON.parse(
      readFileSync(join(cwd, 'flowmeta-connector-nimbus-flow/package.json'), 'utf8'),
    );
    expect(files).toEqual(['dist']);
    expect(scripts.prepack).toBe('npm run build');
  });

  it('writes into the folder that is named, also when it is there and empty', () => {
    mkdirSync(join(cwd, 'here'));
    expect(run('nimbus', 'here').code).toBe(0);
    expect(existsSync(join(cwd, 'here/src/connector.ts'))).toBe(true);
  });

  it('leaves a folder alone that has something in it', () => {
    mkdirSync(join(cwd, 'flowmeta-connector-nimbus'));
    writeFileSync(join(cwd, 'flowmeta-connector-nimbus/mine.txt'), 'mine');
    const { code, error } = run('nimbus');
    expect(code).toBe(2);
    expect(error).toMatch(/not empty: nothing was written/);
    expect(readdirSync(join(cwd, 'flowmeta-connector-nimbus'))).toEqual(['mine.txt']);
  });

  it.each(['Nimbus', '9lives', 'a--b', 'a-', '../up', 'a/b', 'a b', 'x'.repeat(41)])('refuses the name %s', (name) => {
    const { code, error } = run(name);
    expect(code).toBe(2);
    expect(error).toContain(`"${name}" can't be the name of a connector`);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it.each([[[]], [['a', 'b', 'c']], [['--what', 'nimbus']]])('says how it is used for %j', (args) => {
    const { code, error } = run(...args);
    expect(code).toBe(2);
    expect(error).not.toBe('');
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('prints its help', () => {
    expect(run('--help')).toMatchObject({ code: 0, out: expect.stringContaining('Usage: create-connector NAME') });
  });
});
