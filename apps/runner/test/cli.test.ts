import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildProgram } from '../src/cli.js';
import { fakeHost, run } from './fake-host.js';

const config = (hostPort: string) => `source:
  type: kestra
  serviceName: kestra_prod
  serviceConnection: {config: {type: Kestra, hostPort: "${hostPort}"}}
workflowConfig:
  openMetadataServerConfig: {hostPort: "${hostPort}/api", securityConfig: {jwtToken: hunter22-token}}
`;

/** The commands that do something, with their whole names. */
const leaves = (command: Command, path = command.name()): { path: string; command: Command }[] =>
  command.commands.length === 0
    ? [{ path, command }]
    : command.commands.flatMap((inner) => leaves(inner, `${path} ${inner.name()}`));

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flowmeta-cli-'));
  await writeFile(join(directory, 'kestra.yaml'), config('http://127.0.0.1:9'));
  await writeFile(join(directory, 'typo.yaml'), config('http://127.0.0.1:9').replace('serviceName', 'serviceNme'));
  await writeFile(
    join(directory, 'pattern.yaml'),
    config('http://127.0.0.1:9').replace(
      'workflowConfig',
      '  sourceConfig: {config: {pipelineFilterPattern: {includes: ["(unclosed"]}}}\nworkflowConfig',
    ),
  );
  await writeFile(
    join(directory, 'trusting.yaml'),
    config('http://127.0.0.1:9')
      .replace('{type: Kestra,', '{type: Kestra, verifySSL: ignore,')
      .replace('securityConfig', 'verifySSL: ignore, securityConfig'),
  );
  await writeFile(join(directory, 'legacy.yaml'), `${config('http://127.0.0.1:9')}enableStreamableLogs: false\n`);
});

describe('the command line', () => {
  it('shows its version and its help on stdout', async () => {
    const version = await run(['--version']);
    expect([version.exitCode, version.stderr]).toEqual([0, '']);
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const help = await run(['--help']);
    expect(help.exitCode).toBe(0);
    for (const command of ['ingest', 'lineage', 'validate', 'schema', 'check', 'demo'])
      expect(help.stdout).toContain(`  ${command}`);
  });

  it.each(leaves(buildProgram(fakeHost().host)).map(({ path, command }) => [path, command] as const))(
    'has help with an example for %s, and says what each option is, and which are required',
    async (path, { options }) => {
      const { exitCode, stdout } = await run([...path.split(' ').slice(1), '--help']);
      expect(exitCode).toBe(0);
      expect(stdout).toContain(`Examples:\n  $ ${path}`);
      for (const { description, mandatory } of options) {
        expect(description).not.toBe('');
        expect(/required/.test(description)).toBe(mandatory);
      }
    },
  );

  it.each([
    ['ingest', ['ingest']],
    ['connectors search', ['connectors', 'search']],
    ['watch', ['watch', '-c', 'kestra.yaml', '--intervall', '3s']],
  ])('points to the help of %s', async (command, args) => {
    expect((await run(args)).stderr).toContain(`Run \`flowmeta ${command} --help\` for what there is.`);
  });

  it.each<[string, string[], RegExp]>([
    ['no command', [], /Usage: flowmeta/],
    ['an unknown command', ['ingset', '-c', 'x'], /Did you mean ingest\?/],
    ['an unknown option', ['ingest', '-c', 'kestra.yaml', '--dry-ran'], /Did you mean --dry-run\?/],
    ['no config', ['ingest'], /--config/],
    ['an unknown log level', ['ingest', '-c', 'kestra.yaml', '--log-level', 'loud'], /debug, info, warn, error/],
    ['a config that is not there', ['ingest', '-c', 'nowhere.yaml'], /the file does not exist\n {2}nowhere\.yaml/],
    [
      'an odd --since',
      ['ingest', '-c', 'kestra.yaml', '--since', 'yesterday'],
      /--since yesterday is no point in time/,
    ],
    ['a --since to come', ['ingest', '-c', 'kestra.yaml', '--since', '2999-01-01'], /is not before now/],
    ['a report of no known kind', ['ingest', '-c', 'kestra.yaml', '--report', 'r.pdf'], /\.json, \.html or \.md/],
    ['a report without a directory', ['ingest', '-c', 'kestra.yaml', '--report', 'no/r.json'], /its directory/],
    ['an unknown connector', ['schema', '--connector', 'cron'], /There is: airflow, kestra/],
  ])('refuses %s with exit code 2, on stderr', async (_, args, message) => {
    const { exitCode, stdout, stderr } = await run(args, { directory });
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('says what is wrong with a config, where, and what to do, a line each', async () => {
    const { exitCode, stderr } = await run(['validate', '-c', 'typo.yaml'], { directory });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      'error: source.serviceNme: is no key of this config\n  typo.yaml:3:3\n  → Did you mean serviceName?\n',
    );
  });

  it('validates a config without a server, and warns about keys without effect', async () => {
    const { exitCode, stdout, stderr } = await run(['validate', '-c', 'legacy.yaml'], { directory });
    expect(exitCode).toBe(0);
    expect(stdout).toBe('legacy.yaml is valid: Kestra → OpenMetadata, service kestra_prod\n');
    expect(stderr).toBe('warning: enableStreamableLogs has no effect: logs are not sent to OpenMetadata\n');
  });

  it.each(['validate', 'check', 'ingest'])(
    'refuses a filter pattern that can not be used in %s, with exit code 2',
    async (command) => {
      const { exitCode, stdout, stderr } = await run([command, '-c', 'pattern.yaml'], { directory });
      expect([exitCode, stdout]).toEqual([2, '']);
      expect(stderr).toContain('pattern.yaml: sourceConfig.config.pipelineFilterPattern: "(unclosed"');
    },
  );

  it.each(['http://ana:hunter2%zz@proxy.test:3128', 'http://an%ffa:hunter22@proxy.test:3128'])(
    'names the variable of a proxy with a password that is not encoded: %s',
    async (proxy) => {
      const { exitCode, stderr } = await run(['check', '-c', 'kestra.yaml'], {
        directory,
        environment: { HTTP_PROXY: proxy },
      });
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining('HTTP_PROXY has a "%" that encodes nothing')]);
      expect(stderr).not.toContain('hunter2');
    },
  );

  it('names the variable of a proxy that is no url', async () => {
    const { exitCode, stderr } = await run(['ingest', '-c', 'kestra.yaml'], {
      directory,
      environment: { HTTPS_PROXY: 'proxy.example.com:3128' },
    });
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('HTTPS_PROXY is no url')]);
  });

  it.each([['check'], ['ingest'], ['lineage'], ['health']])(
    'says loudly in %s that any certificate is accepted',
    async (command) => {
      const verified = await run([command, '-c', 'kestra.yaml'], { directory });
      expect(verified.stderr).not.toContain('verifySSL');
      const { stderr } = await run([command, '-c', 'trusting.yaml'], { directory });
      const ends = command === 'check' || command === 'ingest' ? ['OpenMetadata', 'Kestra'] : ['Kestra'];
      for (const end of ends)
        expect(stderr).toMatch(new RegExp(`warning: verifySSL: ignore.*between here and ${end} can`));
    },
  );

  it('colours only on a terminal, unless the environment says otherwise', async () => {
    const args = ['validate', '-c', 'typo.yaml'];
    const colour = '\u001b[';
    expect((await run(args, { directory })).stderr).not.toContain(colour);
    expect((await run(args, { directory, isTTY: true })).stderr).toContain(colour);
    expect((await run(args, { directory, isTTY: true, environment: { NO_COLOR: '1' } })).stderr).not.toContain(colour);
    expect((await run(args, { directory, environment: { FORCE_COLOR: '1' } })).stderr).toContain(colour);
  });
});

describe('servers that are not there', () => {
  it('make ingest exit with 3, with a report all the same', async () => {
    const args = ['ingest', '-c', 'kestra.yaml', '--json', '--report', 'report.json'];
    const { exitCode, stdout, stderr } = await run(args, { directory });
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'failed', error: { count: 1 } });
    expect(JSON.parse(await readFile(join(directory, 'report.json'), 'utf8'))).toMatchObject({ outcome: 'failed' });
    expect(stdout + stderr).not.toContain('hunter22');
  });

  it.each(['ingest', 'plan'])('make %s say so without counts of what was never read', async (command) => {
    const { exitCode, stdout } = await run([command, '-c', 'kestra.yaml'], { directory });
    expect(exitCode).toBe(3);
    expect(stdout).toContain('127.0.0.1:9');
    expect(stdout).not.toMatch(/Pipelines/);
  });

  it('make check exit with 3, with what to do', async () => {
    const { exitCode, stdout } = await run(['check', '-c', 'kestra.yaml', '--json'], { directory });
    expect(exitCode).toBe(3);
    const { ok, steps } = JSON.parse(stdout) as { ok: boolean; steps: Record<string, string>[] };
    expect(ok).toBe(false);
    for (const end of ['source', 'target']) {
      expect(steps.find((step) => step.end === end)).toMatchObject({ name: 'reach', status: 'failed', hint: /./ });
    }
  });
});

describe('schema', () => {
  it('prints a JSON Schema that takes the examples and refuses a mistyped key', async () => {
    const { exitCode, stdout } = await run(['schema']);
    expect(exitCode).toBe(0);
    const schema = JSON.parse(stdout) as { $schema: string };
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, validateFormats: false });
    const validate = ajv.compile(schema);
    for (const file of ['../examples/kestra.yaml', './every-key.yaml']) {
      const example = parse(await readFile(new URL(file, import.meta.url), 'utf8')) as Record<string, unknown>;
      expect([validate(example), validate.errors]).toEqual([true, null]);
      expect(validate({ ...example, sorce: {} })).toBe(false);
    }
  });

  it('describes every option', async () => {
    const { stdout } = await run(['schema']);
    const undescribed: string[] = [];
    const visit = (node: unknown, path: string) => {
      if (typeof node !== 'object' || node === null) return;
      const { properties } = node as { properties?: Record<string, Record<string, unknown>> };
      for (const [key, option] of Object.entries(properties ?? {})) {
        if (!option.description && !('const' in option) && option.type !== 'object') undescribed.push(`${path}.${key}`);
      }
      for (const [key, child] of Object.entries(node)) visit(child, `${path}.${key}`);
    };
    visit(JSON.parse(stdout), '');
    expect(undescribed.filter((path) => !/ServiceNames$|processor|stage|bulkSink|elasticsSearch/.test(path))).toEqual(
      [],
    );
  });
});
