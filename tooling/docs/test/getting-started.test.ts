import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  airflowDataset,
  demoCatalog,
  demoDataset,
  type Sandbox,
  startAirflowSandbox,
  startKestraSandbox,
  startOpenMetadataSandbox,
} from '@flowmeta/sandbox';
import { afterAll, expect, it, vi } from 'vitest';
import { parseDocument } from 'yaml';
import { fencesIn } from '../src/fences.js';

/*
 * Does what docs/getting-started.md says, from its first line to its last, in one shell and an empty folder. Stand-ins take the
 * place of the servers, and the built command that of the package from npm.
 */

const page = 'docs/getting-started.md';
const root = fileURLToPath(new URL('../../../', import.meta.url));
const bin = join(root, 'apps/runner/bin/flowmeta.mjs');
const secrets = {
  'kestra-password.txt': 'horse-of-kestra',
  'openmetadata-token.txt': 'token-of-the-bot',
  'airflow-password.txt': 'battery-of-airflow',
};
const isSecret = (name: string): name is keyof typeof secrets => name in secrets;

/** What the page is expected to run but for exports, and how each of them ends. */
const commands: [command: string, exitCode: number][] = [
  ['npm install --global flowmeta', 0],
  ['flowmeta demo', 0],
  ['flowmeta validate -c kestra.yaml', 0],
  ['flowmeta check -c kestra.yaml', 0],
  ['flowmeta plan -c kestra.yaml', 10],
  ['flowmeta ingest -c kestra.yaml --report report.html', 0],
  ['flowmeta check -c both.yaml', 0],
  ['flowmeta plan -c both.yaml --source airflow_prod', 10],
  ['flowmeta ingest -c both.yaml --report report.html', 0],
  ['flowmeta watch -c kestra.yaml', 143],
];

const open: Sandbox[] = [];
let shell: ChildProcess | undefined;
afterAll(async () => {
  // With what it has started: it leads a group of its own.
  if (shell?.pid !== undefined) process.kill(-shell.pid, 'SIGKILL');
  await Promise.all(open.map((server) => server.close()));
});

async function startServers() {
  const recorded = { kestra: demoDataset(), airflow: airflowDataset(3) };
  const takenAt = Math.max(Date.parse(recorded.kestra.takenAt), Date.parse(recorded.airflow.takenAt));
  const now = () => takenAt;
  const kestra = await startKestraSandbox({
    dataset: recorded.kestra,
    now,
    auth: { kind: 'basic', username: 'catalog@example.com', password: secrets['kestra-password.txt'] },
  });
  const airflow = await startAirflowSandbox({
    dataset: recorded.airflow,
    now,
    auth: { username: 'catalog', password: secrets['airflow-password.txt'] },
  });
  const openMetadata = await startOpenMetadataSandbox({ now, token: secrets['openmetadata-token.txt'] });
  openMetadata.seedDatasets(demoCatalog());
  open.push(kestra, airflow, openMetadata);
  return { kestra, airflow, openMetadata, takenAt };
}

/** A folder for the path with an `npm` that installs the built command there, as `npm install --global flowmeta` would. */
function pathWithNpm(): string {
  const folder = mkdtempSync(join(tmpdir(), 'flowmeta-path-'));
  const installed = join(folder, 'flowmeta');
  const script = (name: string, text: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  script('built', `exec '${process.execPath}' '${bin}' "$@"`);
  script('npm', `[ "$*" = 'install --global flowmeta' ] && cp '${join(folder, 'built')}' '${installed}'`);
  return folder;
}

/** One shell for all blocks: what one exports, the next one has. */
function startShell(directory: string, environment: Record<string, string>) {
  const child = spawn('sh', [], { cwd: directory, env: environment, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  shell = child;
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  let count = 0;
  const ended = async (mark: string) =>
    vi.waitFor(() => Number(new RegExp(`^${mark} (\\d+)$`, 'm').exec(output)![1]), { timeout: 200_000, interval: 20 });
  return {
    output: () => output,
    async run(command: string): Promise<number> {
      count += 1;
      child.stdin.write(`{ ${command}\n} </dev/null\necho "\nended-${count} $?"\n`);
      return ended(`ended-${count}`);
    },
    /** Runs it until `isEnough`, then ends it as `kill` does. */
    async runUntil(command: string, isEnough: () => boolean): Promise<number> {
      count += 1;
      child.stdin.write(`${command} </dev/null & stays=$!\n`);
      await vi.waitFor(() => expect(isEnough(), output).toBe(true), { timeout: 200_000, interval: 50 });
      child.stdin.write(`kill $stays; wait $stays; echo "\nended-${count} $?"\n`);
      return ended(`ended-${count}`);
    },
  };
}

type Mapping = { [key: string]: unknown };

/** What the page shows as a file goes into the file that the text before it names; what it shows of one, into the one that is there. */
function saveConfig(file: string, yaml: string): void {
  if (!existsSync(file)) {
    writeFileSync(file, yaml);
    return;
  }
  const whole = parseDocument(readFileSync(file, 'utf8'));
  const add = (path: string[], value: unknown): void => {
    if (typeof value !== 'object' || value === null) whole.setIn(path, value);
    else for (const [key, inner] of Object.entries(value)) add([...path, key], inner);
  };
  add([], parseDocument(yaml).toJS() as Mapping);
  writeFileSync(file, whole.toString());
}

it('docs/getting-started.md does what it says, in its order', { timeout: 600_000 }, async () => {
  if (!existsSync(join(root, 'apps/runner/dist/main.js')))
    throw new Error('this test runs the built command: build it first (pnpm run build)');
  const { kestra, airflow, openMetadata, takenAt } = await startServers();
  const addresses = {
    'https://kestra.example.com': kestra.url,
    'https://airflow.example.com': airflow.url,
    'https://openmetadata.example.com': openMetadata.url,
  };
  const directory = mkdtempSync(join(tmpdir(), 'flowmeta-started-'));
  mkdirSync(join(directory, 'tmp'));
  const { run, runUntil, output } = startShell(directory, {
    PATH: [pathWithNpm(), dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
    FLOWMETA_NOW: new Date(takenAt).toISOString(),
    // Where the demo leaves its report.
    TMPDIR: join(directory, 'tmp'),
  });

  const markdown = readFileSync(join(root, page), 'utf8');
  const lines = markdown.split('\n');
  const done: [command: string, exitCode: number][] = [];
  let textFrom = 0;
  for (const { line, language, text } of fencesIn(page, markdown)) {
    const before = lines.slice(textFrom, line - 1).join('\n');
    textFrom = line + text.split('\n').length;
    const named = [...before.matchAll(/`([\w-]+\.(?:yaml|txt))`/g)].map(([, name]) => name!);
    for (const name of named) if (isSecret(name)) writeFileSync(join(directory, name), `${secrets[name]}\n`);
    if (language === 'yaml') {
      const file = named.findLast((name) => name.endsWith('.yaml'));
      expect(file, `${page}:${line}: the text before names the file`).toBeDefined();
      const filled = Object.entries(addresses).reduce((yaml, [from, to]) => yaml.replaceAll(from, to), text);
      expect(filled).not.toContain('example.com');
      saveConfig(join(directory, file!), filled);
      continue;
    }
    expect(language, `${page}:${line}`).toBe('sh');
    for (const shown of text.split('\n').filter((each) => each !== '')) {
      const command = shown.replace(/\s+#.*$/, '');
      const stays = /^flowmeta watch/.test(command);
      const code = stays
        ? // Another test may be listening where it does by default.
          await runUntil(`${command} --listen 127.0.0.1:0`, () => existsSync(join(directory, 'kestra-state.json')))
        : await run(command);
      if (command.startsWith('export ')) continue;
      done.push([command, code]);
      expect(done.at(-1), output()).toEqual(commands[done.length - 1]);
    }
  }

  expect(done).toEqual(commands);
  const services = openMetadata.catalog.pipelines().map(({ fullyQualifiedName }) => fullyQualifiedName.split('.')[0]);
  expect([...new Set(services)].sort()).toEqual(['airflow_prod', 'kestra_prod']);
  const table = 'postgres_shop.shop.public.orders';
  const edges = openMetadata.catalog.edges();
  expect(edges.filter(({ to }) => to.fqn === table).map(({ from }) => from.fqn)).toEqual([
    'airflow_prod.assets_producer',
  ]);
  const readers = edges.filter(({ from }) => from.fqn === table).map(({ details }) => JSON.stringify(details));
  expect(readers).toContainEqual(expect.stringContaining('demo.warehouse.pg_to_bq'));
  expect(readFileSync(join(directory, 'report.html'), 'utf8')).toContain('airflow_prod');
  for (const secret of Object.values(secrets)) expect(output()).not.toContain(secret);
});
