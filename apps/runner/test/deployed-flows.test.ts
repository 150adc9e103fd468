import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { exitCodes } from '../src/exit-codes.js';
import { password, startDemoServers } from './demo-servers.js';
import { run } from './fake-host.js';

const root = fileURLToPath(new URL('../../../deploy/', import.meta.url));
const folder = join(root, 'kestra');
const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml'));

interface Task {
  id: string;
  type: string;
  env?: Record<string, string>;
  inputFiles?: Record<string, string>;
  outputFiles?: string[];
  commands?: string[];
  tasks?: Task[];
  values?: number[];
}

interface Flow {
  tasks: Task[];
  pluginDefaults?: { type: string; values: Partial<Task> }[];
  triggers: { type: string; states: string[]; conditions: { type: string; conditions: Record<string, string>[] }[] }[];
  id: string;
  namespace: string;
}

const read = async (file: string) => parse(await readFile(join(folder, file), 'utf8')) as Flow;

/** Tasks with commands in the order in which Kestra runs them, with their defaults; those of a loop once for each value. */
function stepsOf({ tasks, pluginDefaults = [] }: Flow, value?: string): (Task & { value?: string })[] {
  return tasks.flatMap((task) => {
    if (task.tasks) {
      const inner = { tasks: task.tasks, pluginDefaults } as Flow;
      return task.values ? task.values.flatMap((each) => stepsOf(inner, `${each}`)) : stepsOf(inner, value);
    }
    const defaults = Object.assign(
      {},
      ...pluginDefaults.filter(({ type }) => type === task.type).map((each) => each.values),
    );
    return task.commands ? [{ ...defaults, ...task, ...(value !== undefined && { value }) }] : [];
  });
}

const argumentsOf = (call: string) =>
  [...call.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);

const shell = (command: string, options: { directory: string; environment: Record<string, string> }) =>
  new Promise<number>((resolve) => {
    const env = { PATH: process.env.PATH, ...options.environment };
    const child = spawn('sh', ['-c', command], { cwd: options.directory, env });
    child.on('close', (code) => resolve(code ?? -1));
  });

describe.each(files)('the flow %s', (file) => {
  it('has a config and command lines that bring the source into the catalog', { timeout: 300_000 }, async () => {
    const steps = stepsOf(await read(file));
    const servers = await startDemoServers();
    const [execution] = servers.dataset.executions;
    const known: Record<string, string> = {
      "secret('FLOWMETA_KESTRA_USERNAME')": 'ana',
      "secret('FLOWMETA_KESTRA_PASSWORD')": password,
      "secret('FLOWMETA_OPENMETADATA_TOKEN')": servers.openMetadata.token,
      'trigger.executionId': execution!.id,
    };
    const render = (text: string, more: Record<string, string> = {}) =>
      text
        .replaceAll('https://kestra.example.com', servers.kestra.url)
        .replaceAll('https://openmetadata.example.com', servers.openMetadata.url)
        .replaceAll(/\{\{ (.*?) \}\}/g, (_, name: string) => {
          expect({ ...known, ...more }).toHaveProperty([name]);
          return { ...known, ...more }[name]!;
        });
    try {
      for (const { id, value, env = {}, inputFiles = {}, outputFiles = [], commands = [] } of steps) {
        const directory = await mkdtemp(join(tmpdir(), 'flowmeta-flow-'));
        const environment = Object.fromEntries(Object.entries(env).map(([name, text]) => [name, render(text)]));
        for (const [name, text] of Object.entries(inputFiles)) await writeFile(join(directory, name), render(text));
        for (const command of commands) {
          const line = render(command, value === undefined ? {} : { 'taskrun.value': value });
          const [, call] = /\bflowmeta (.*?)(?: \|\| \[ \$\? -eq 1 \])?$/.exec(line) ?? [];
          if (call === undefined) expect([line, await shell(line, { directory, environment })]).toEqual([line, 0]);
          else {
            const { exitCode, stderr } = await run(argumentsOf(call), {
              directory,
              environment,
              from: servers.takenAt,
            });
            expect([call, exitCode, stderr]).toEqual([call, exitCodes.done, expect.not.stringContaining('ERROR')]);
          }
        }
        const of = value === undefined ? id : `${id}['${value}']`;
        for (const name of outputFiles) {
          known[`outputs.${of}.outputFiles['${name}']`] = await readFile(join(directory, name), 'utf8');
        }
      }
      expect(servers.openMetadata.catalog.pipelines().length).toBeGreaterThan(0);
    } finally {
      await servers.close();
    }
  });
});

describe('what runs in shards', () => {
  it('has a process in Kestra for each of them, merges the reports of all, and fails unless all is done', async () => {
    const steps = stepsOf(await read('flowmeta-sharded.yaml'));
    const called = (id: string) => steps.filter((step) => step.id === id).map(({ commands }) => commands!.join('\n'));
    const shards = called('shard');
    for (const command of shards) expect(command).toContain(`--shard {{ taskrun.value }}/${shards.length} `);
    const merge = steps.find(({ id }) => id === 'report')!;
    const reports = Object.keys(merge.inputFiles!);
    expect(reports).toHaveLength(shards.length + 2);
    for (const report of reports) expect(merge.commands![0]).toContain(` ${report} `);
    const directory = await mkdtemp(join(tmpdir(), 'flowmeta-flow-'));
    for (const [outcome, code] of [
      ['done', 0],
      ['partial', 1],
    ] as const) {
      await writeFile(join(directory, 'report.json'), JSON.stringify({ formatVersion: 1, outcome }, null, 2));
      expect(await shell(called('outcome')[0]!, { directory, environment: {} })).toBe(code);
    }
  });

  it('has a pod in Kubernetes for each of them, then one for the rest', { timeout: 300_000 }, async () => {
    const text = await readFile(join(root, 'kubernetes', 'sharded-job.yaml'), 'utf8');
    const [shards, whole] = parseAllDocuments(text).map((document) => document.toJS());
    const argsOf = (job: typeof shards): string[] => job.spec.template.spec.containers[0].args;
    expect(shards.spec).toMatchObject({ completionMode: 'Indexed' });
    expect(argsOf(shards)).toContain(`$(SHARD)/${shards.spec.completions}`);
    expect(whole.spec.suspend).toBe(true);
    const servers = await startDemoServers();
    try {
      const codes: number[] = [];
      const pods = Array.from({ length: shards.spec.completions }, (_, index) =>
        argsOf(shards).map((arg) => arg.replace('$(SHARD)', `${index}`)),
      );
      for (const [command, option, config, ...args] of [...pods, argsOf(whole)]) {
        expect([command, option, config]).toEqual(['ingest', '-c', '/etc/flowmeta/kestra.yaml']);
        codes.push((await servers.ingest(...args)).exitCode);
      }
      expect(codes).toEqual(codes.map(() => exitCodes.done));
      expect(servers.openMetadata.catalog.pipelines()).toHaveLength(servers.dataset.flows.length);
      expect(servers.openMetadata.catalog.edges().length).toBeGreaterThan(0);
    } finally {
      await servers.close();
    }
  });
});

describe('the flow that pushes single runs', () => {
  it('follows every run of every other flow, however it ends, and not itself', async () => {
    const { id, namespace, triggers } = await read('flowmeta-push.yaml');
    expect(triggers).toHaveLength(1);
    const { type, states, conditions } = triggers[0]!;
    expect(type).toBe('io.kestra.plugin.core.trigger.Flow');
    expect(states).toEqual(['SUCCESS', 'WARNING', 'FAILED', 'KILLED', 'CANCELLED']);
    expect(conditions).toEqual([
      {
        type: 'io.kestra.plugin.core.condition.Not',
        conditions: [{ type: 'io.kestra.plugin.core.condition.ExecutionFlow', namespace, flowId: id }],
      },
    ]);
  });
});
