// Fails when a package imports what docs/architecture.md §2 forbids, imports what it doesn't declare, or reaches for the
// environment, the process, the console or the clock outside the runner.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** Package folder → what its sources may import. `node:*` stands for every built-in module. */
const rules = {
  'graph-core': [],
  redact: [],
  http: ['undici', '@flowmeta/redact', 'node:*'],
  connector: ['zod'],
  'create-connector': ['node:*'],
  'kestra-client': ['@flowmeta/http', 'zod', 'fflate', 'yaml'],
  'connector-kestra': [
    '@flowmeta/connector',
    '@flowmeta/kestra-client',
    '@flowmeta/graph-core',
    '@flowmeta/redact',
    '@flowmeta/sql-lineage',
    'yaml',
    'zod',
  ],
  'connector-airflow': [
    '@flowmeta/connector',
    '@flowmeta/http',
    '@flowmeta/redact',
    '@flowmeta/sql-lineage',
    'zod',
    'node:*',
  ],
  'sql-lineage': ['@polyglot-sql/sdk'],
  'om-mapper': ['@flowmeta/connector', '@flowmeta/graph-core', 'zod'],
  'om-sink': ['@flowmeta/om-mapper', '@flowmeta/http', 'zod', 'node:*'],
  state: ['zod', 'node:*'],
  registry: ['@flowmeta/connector', 'import-meta-resolve', 'zod', 'node:*'],
  ingestion: ['@flowmeta/connector', '@flowmeta/om-mapper', '@flowmeta/om-sink', '@flowmeta/state'],
  report: ['@flowmeta/connector', '@flowmeta/graph-core'],
  openlineage: ['@flowmeta/connector'],
  health: ['@flowmeta/connector', '@flowmeta/report'],
  sandbox: ['ajv', 'ajv-formats', 'fflate', 'node:*'],
  runner: ['*'],
};
/** A subpath with rules of its own. */
const subpathRules = { 'connector/src/testing': ['zod', 'vitest'] };
const hostOnly = [/\bprocess\.(env|exit|argv|stdout|stderr)\b/, /\bconsole\.\w/, /\bDate\.now\(/, /\bnew Date\(\)/];

const root = fileURLToPath(new URL('../../../', import.meta.url));

function sources(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes('__fixtures__'));
}

const packageOf = (specifier) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** Findings for one source file, as lines. */
export function violations(file, text, { name, folder, allowed, declared }) {
  const found = [];
  for (const { fileName: specifier } of ts.preProcessFile(text, true, true).importedFiles) {
    if (specifier.startsWith('.')) {
      if (relative(folder, resolve(dirname(file), specifier)).startsWith('..'))
        found.push(`${specifier} leaves the package`);
      continue;
    }
    if (specifier.startsWith('node:')) {
      if (!allowed.includes('node:*') && !allowed.includes('*')) found.push(`${specifier} is forbidden in ${name}`);
      continue;
    }
    const imported = packageOf(specifier);
    if (!allowed.includes('*') && !allowed.includes(imported)) found.push(`${imported} is forbidden in ${name}`);
    if (!declared.has(imported)) found.push(`${imported} is not a declared dependency of ${name}`);
    if (imported === 'flowmeta') found.push('the runner is imported by nobody');
  }
  if (name !== 'runner' && hostOnly.some((pattern) => pattern.test(text))) {
    const code = ts.transpileModule(text, { compilerOptions: { removeComments: true, target: 'esnext' } }).outputText;
    for (const pattern of hostOnly) {
      const match = pattern.exec(code.replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''"));
      if (match) found.push(`${match[0]} belongs to the runner`);
    }
  }
  return found;
}

export function check() {
  const problems = [];
  let files = 0;
  for (const group of ['packages', 'apps']) {
    for (const name of readdirSync(join(root, group))) {
      const folder = join(root, group, name);
      const allowed = rules[name];
      if (!allowed) {
        problems.push(`${group}/${name}: no import rule; add one here and in docs/architecture.md`);
        continue;
      }
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const declared = new Set([
        ...Object.keys(manifest.dependencies ?? {}),
        ...Object.keys(manifest.peerDependencies ?? {}),
        // The runner is bundled: what it needs is there when it is built.
        ...(name === 'runner' ? Object.keys(manifest.devDependencies ?? {}) : []),
      ]);
      for (const file of sources(join(folder, 'src'))) {
        files++;
        const path = relative(root, file);
        const special = Object.entries(subpathRules).find(([prefix]) => path.includes(`${prefix}/`));
        const context = { name, folder, allowed: special?.[1] ?? allowed, declared };
        for (const problem of violations(file, readFileSync(file, 'utf8'), context))
          problems.push(`${path}: ${problem}`);
      }
    }
  }
  return { files, problems };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { files, problems } = check();
  for (const problem of problems) console.error(problem);
  console.log(`${files} files, ${problems.length} forbidden imports or calls`);
  process.exit(problems.length > 0 ? 1 : 0);
}
