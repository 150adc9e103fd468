import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoDataset, type Sandbox, startKestraSandbox, startOpenMetadataSandbox } from '@flowmeta/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const bin = fileURLToPath(new URL('../bin/flowmeta.mjs', import.meta.url));
const dataset = demoDataset();
const open: Sandbox[] = [];
let directory: string;

beforeAll(async () => {
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  if (!existsSync(main)) throw new Error('these tests run the built command: build it first (pnpm run build)');
  directory = await mkdtemp(join(tmpdir(), 'flowmeta-bin-'));
  const kestra = await startKestraSandbox({ dataset, now: () => Date.parse(dataset.takenAt) });
  const openMetadata = await startOpenMetadataSandbox({ latencyMs: 30 });
  open.push(kestra, openMetadata);
  await writeFile(
    join(directory, 'kestra.yaml'),
    `source: {type: kestra, serviceName: k, serviceConnection: {config: {type: Kestra, hostPort: "${kestra.url}"}}}
workflowConfig: {openMetadataServerConfig: {hostPort: "${openMetadata.url}/api", securityConfig: {jwtToken: ${openMetadata.token}}}}
`,
  );
});
afterAll(() => Promise.all(open.map((server) => server.close())));

function start(args: string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: directory,
    env: { PATH: process.env.PATH, FLOWMETA_NOW: dataset.takenAt, ...environment },
  });
  const written = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    written.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    written.stderr += chunk;
  });
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, ...written }));
  });
  return { child, ended, written };
}

describe('the built command', () => {
  it('tells its version', async () => {
    expect(await start(['--version']).ended).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+/),
      stderr: '',
    });
  });

  it('loads the SQL parser where there is SQL, and only there', async () => {
    const empty = await startKestraSandbox({ dataset: { ...dataset, flows: [], executions: [], triggers: [] } });
    open.push(empty);
    // A loader that refuses the parser shows whether it is asked for.
    const hook = `export const resolve = (name, context, next) => {
      if (name.startsWith('@polyglot-sql/')) throw new Error('the parser was asked for');
      return next(name, context);
    };`;
    await writeFile(
      join(directory, 'refuse-parser.mjs'),
      `import { register } from 'node:module'; register('data:text/javascript,${encodeURIComponent(hook).replaceAll("'", '%27')}');`,
    );
    const config = await readFile(join(directory, 'kestra.yaml'), 'utf8');
    await writeFile(join(directory, 'empty.yaml'), config.replace(/(hostPort: ")[^"]*/, `$1${empty.url}`));
    const environment = { NODE_OPTIONS: `--import ${join(directory, 'refuse-parser.mjs')}` };
    const nothing = await start(['ingest', '-c', 'empty.yaml', '--dry-run'], environment).ended;
    expect([nothing.code, nothing.stdout + nothing.stderr]).toEqual([0, expect.not.stringContaining('parser')]);
    const something = await start(['lineage', '-c', 'kestra.yaml'], environment).ended;
    expect(something.stderr).toContain('the parser was asked for');
  });

  it('exits with 2 for a wrong command line', async () => {
    const { code, stdout, stderr } = await start(['demo', '--kep']).ended;
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Did you mean --keep?');
  });

  it('refuses a clock that it can not read', async () => {
    const { code, stderr } = await start(['--help'], { FLOWMETA_NOW: 'noon' }).ended;
    expect([code, stderr]).toEqual([2, expect.stringContaining('FLOWMETA_NOW')]);
  });

  it('prints only JSON to stdout with --json, and exits by itself', async () => {
    const { code, stdout, stderr } = await start([
      'ingest',
      '-c',
      'kestra.yaml',
      '--json',
      '--since',
      '45d',
      '--dry-run',
    ]).ended;
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^run [0-9a-f-]{36}\n$/)]);
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'done',
      totals: { pipelines: { read: dataset.flows.length } },
    });
  });

  it('ends cleanly at SIGINT with 130 and a report', async () => {
    const { child, ended } = start(['ingest', '-c', 'kestra.yaml', '--json', '--since', '45d']);
    const sandbox = open[1]!;
    while (sandbox.requests.filter(({ method }) => method === 'PUT').length < 5) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'interrupted' });
  });

  it('does not complain when the reader of its output goes away', async () => {
    const { child, ended } = start(['schema']);
    child.stdout.destroy();
    expect((await ended).stderr).toBe('');
  });

  it('ends with its own exit code when the reader of its errors goes away', async () => {
    const { child, ended } = start(['validate', '-c', 'nowhere.yaml']);
    child.stderr.destroy();
    expect((await ended).code).toBe(2);
  });

  it.skipIf(!existsSync('/dev/full'))('does its work when its log can not be written', async () => {
    const log = openSync('/dev/full', 'w');
    const child = spawn(
      process.execPath,
      [bin, 'ingest', '-c', 'kestra.yaml', '--json', '--dry-run', '--since', '45d'],
      {
        cwd: directory,
        env: { PATH: process.env.PATH, FLOWMETA_NOW: dataset.takenAt },
        stdio: ['ignore', 'pipe', log],
      },
    );
    closeSync(log);
    let stdout = '';
    child.stdout?.on('data', (chunk) => {
      stdout += chunk;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'done' });
  });
});
