import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ConnectorNames, namesOf, renamed } from './names.js';

/** The version of the connector interface that the template is written for. */
const specVersion = 1;

const packageFolder = new URL('../', import.meta.url);

export interface CreateOptions {
  /** e.g. `nimbus-flow`. */
  name: string;
  /** Where the package is written; it may exist when it is empty. */
  folder: string;
  /** `alone`: a package of its own. `repository`: one of Flowmeta's repository, as the others there are. */
  kind: 'alone' | 'repository';
}

/**
 * Writes a connector's package.
 *
 * @returns The files, relative to the folder, in alphabetical order.
 * @throws Error when the name can't be one, or the folder has something in it. Then nothing was written.
 */
export function createConnector({ name, folder, kind }: CreateOptions): string[] {
  const names = namesOf(name);
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new Error(`${folder} is there already and not empty: nothing was written`);
  }
  const files = new Map([
    ...templateFiles(names),
    ...(kind === 'alone' ? filesAlone(names) : filesOfRepository(names)),
  ]);
  for (const [file, text] of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return [...files.keys()].sort();
}

function templateFiles(names: ConnectorNames): [string, string][] {
  const template = fileURLToPath(new URL('template/', packageFolder));
  return readdirSync(template, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(template, path), renamed(readFileSync(path, 'utf8'), names)]);
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** The versions that this package was made and tested with, or newer ones that are compatible. */
function versions(...wanted: string[]): Record<string, string> {
  const { devDependencies } = JSON.parse(readFileSync(new URL('package.json', packageFolder), 'utf8'));
  return Object.fromEntries(wanted.map((name) => [name, String(devDependencies[name]).replace(/^(?=\d)/, '^')]));
}

function filesAlone({ kebab, pascal }: ConnectorNames): [string, string][] {
  const manifest = {
    name: `flowmeta-connector-${kebab}`,
    version: '0.1.0',
    description: `The ${pascal} connector of Flowmeta: jobs and runs as pipelines and runs.`,
    type: 'module',
    keywords: ['flowmeta-connector'],
    flowmeta: { connector: kebab, specVersion },
    engines: { node: '>=20.19' },
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    files: ['dist'],
    scripts: { build: 'tsc -p tsconfig.build.json', prepack: 'npm run build', types: 'tsc', test: 'vitest run' },
    dependencies: versions('@flowmeta/connector', '@flowmeta/http', 'zod'),
    devDependencies: versions('@types/node', 'typescript', 'vitest'),
  };
  const compilerOptions = {
    target: 'ES2023',
    module: 'NodeNext',
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    resolveJsonModule: true,
    noEmit: true,
  };
  const build = {
    extends: './tsconfig.json',
    compilerOptions: { noEmit: false, declaration: true, rootDir: 'src', outDir: 'dist' },
    include: ['src'],
  };
  return [
    ['package.json', json(manifest)],
    ['tsconfig.json', json({ compilerOptions, include: ['src', 'test'] })],
    ['tsconfig.build.json', json(build)],
    ['.gitignore', 'node_modules/\ndist/\n'],
  ];
}

function filesOfRepository({ kebab, pascal }: ConnectorNames): [string, string][] {
  const built = { types: './dist/index.d.ts', default: './dist/index.js' };
  const manifest = {
    name: `@flowmeta/connector-${kebab}`,
    version: '0.0.0',
    description: `The ${pascal} connector: jobs and runs as pipelines and runs.`,
    license: 'Apache-2.0',
    type: 'module',
    sideEffects: false,
    repository: {
      type: 'git',
      url: 'git+https://github.com/flowmeta/flowmeta.git',
      directory: `packages/connector-${kebab}`,
    },
    keywords: ['openmetadata', kebab, 'lineage', 'orchestration', 'metadata'],
    engines: { node: '>=20.19' },
    exports: { '.': { '@flowmeta/source': './src/index.ts', ...built } },
    files: ['dist'],
    publishConfig: { access: 'public', provenance: true, exports: { '.': built } },
    scripts: { build: 'tsup' },
    dependencies: versions('@flowmeta/connector', '@flowmeta/http', 'zod'),
    devDependencies: { '@flowmeta/build': 'workspace:*', ...versions('tsup', 'vitest') },
  };
  return [
    ['package.json', json(manifest)],
    ['tsup.config.ts', readFileSync(new URL('tsup.config.ts', packageFolder), 'utf8')],
    ['LICENSE', readFileSync(new URL('LICENSE', packageFolder), 'utf8')],
  ];
}
