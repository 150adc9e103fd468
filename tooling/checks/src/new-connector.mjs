// Writes packages/connector-NAME and what the repository keeps about it elsewhere: `pnpm new:connector NAME`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createConnector } from '@flowmeta/create-connector';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Puts lines after the last line that begins so. */
function insertAfter(file, beginning, lines) {
  const all = readFileSync(file, 'utf8').split('\n');
  const at = all.findLastIndex((line) => line.startsWith(beginning));
  if (at < 0) throw new Error(`${file} has no line that begins with "${beginning}"`);
  all.splice(at + 1, 0, ...lines);
  writeFileSync(file, all.join('\n'));
}

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/**
 * Writes all of it below `folder`, a checkout of the repository.
 *
 * @param {string} folder
 * @param {string} name e.g. `nimbus-flow`
 * @returns {string[]} what was written or changed, relative to the folder
 */
export function placeConnector(folder, name) {
  const path = `packages/connector-${name}`;
  createConnector({ name, folder: join(folder, path), kind: 'repository' });
  const title = name
    .split('-')
    .map((part) => part[0].toUpperCase() + part.slice(1))
    .join('');
  insertAfter(join(folder, 'tooling/checks/src/imports.mjs'), "  'create-connector':", [
    `  'connector-${name}': ['@flowmeta/connector', '@flowmeta/http', 'zod'],`,
  ]);
  insertAfter(join(folder, 'docs/architecture.md'), '| connector-', [
    `| connector-${name} | connector, http, zod | \`om-*\` |`,
  ]);
  insertAfter(join(folder, 'docs/architecture.md'), '  connector-', [
    `  connector-${name}/  ${title} wire objects → the pipeline model`,
  ]);
  insertAfter(join(folder, 'README.md'), '| [`@flowmeta/connector-', [
    `| [\`@flowmeta/connector-${name}\`](${path}) | ${title}'s jobs and runs as pipelines and runs |`,
  ]);
  write(
    join(folder, `docs/connectors/${name}.md`),
    `# ${title}

Reads jobs of ${title} as pipelines, with their steps, schedules, owners and runs, and which job follows which. All options are on
[the package's page](../../${path}/README.md).

\`\`\`yaml
source:
  type: ${name}
  serviceName: ${name.replaceAll('-', '_')}_prod
  serviceConnection:
    config:
      type: ${title}
      hostPort: https://${name}.example.com
      token: $${name.replaceAll('-', '_').toUpperCase()}_TOKEN
\`\`\`
`,
  );
  write(
    join(folder, `.changeset/connector-${name}-first.md`),
    `---\n"@flowmeta/connector-${name}": minor\n---\n\nReads ${title}: jobs as pipelines, their runs, and which job follows which.\n`,
  );
  return [
    path,
    `docs/connectors/${name}.md`,
    `.changeset/connector-${name}-first.md`,
    'tooling/checks/src/imports.mjs',
    'docs/architecture.md',
    'README.md',
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [name, ...others] = process.argv.slice(2);
  if (name === undefined || name.startsWith('-') || others.length > 0) {
    console.log('Usage: pnpm new:connector NAME\n\nNAME: small letters, digits and dashes, e.g. nimbus-flow');
    process.exit(name === '--help' || name === '-h' ? 0 : 2);
  }
  let changed;
  try {
    changed = placeConnector(root, name);
  } catch (error) {
    console.error(error.message);
    process.exit(2);
  }
  const options = { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] };
  const steps = [
    ['pnpm', ['install', '--no-frozen-lockfile']],
    ['pnpm', ['exec', 'biome', 'check', '--write', join(root, changed[0]), join(root, 'tooling/checks/src')]],
  ];
  for (const [command, args] of steps) {
    if (spawnSync(command, args, options).status === 0) continue;
    console.error(`what was written is there, but this failed: ${command} ${args.join(' ')}`);
    process.exit(1);
  }
  console.log(
    [
      'Written or changed:',
      ...changed.map((path) => `  ${path}`),
      '',
      'Next:',
      `  npx vitest run packages/connector-${name}     # its tests, which pass`,
      `  npx -y pnpm@10.34.9 check:connector ${name}   # what is left to do before it can be merged`,
      '',
      'docs/writing-a-connector.md explains each file, and says under "Contribute it" how the `flowmeta` command gets it.',
    ].join('\n'),
  );
}
