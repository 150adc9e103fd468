import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type KestraVersion, kestraExchanges } from '@flowmeta/recordings';
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

type Mapping = Record<string, unknown>;
const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every mapping in a value, from the outside in. */
function* mappingsIn(value: unknown): Generator<Mapping> {
  if (isMapping(value)) yield value;
  if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) yield* mappingsIn(inner);
}

/** What each script may have by Kestra's documentation, in no recorded flow. */
const unrecorded = ['env', 'timeout', 'retry'];
const family = (type: string) => (type.startsWith('io.kestra.plugin.scripts.') ? 'io.kestra.plugin.scripts' : type);

/** What a real server has: the types of its plugins, and the keys that flows of each type had when it answered with them. */
function recordedServer(version: KestraVersion) {
  const types = new Set<string>();
  const keys = new Map<string, Set<string>>();
  const add = (type: string, mapping: Mapping) => {
    const known = keys.get(family(type)) ?? new Set(family(type) === type ? [] : unrecorded);
    keys.set(family(type), known);
    for (const key of Object.keys(mapping)) known.add(key);
  };
  for (const { request, response } of kestraExchanges(version)) {
    if (response.status !== 200) continue;
    if (/\/plugins$/.test(request.path)) {
      for (const [type] of JSON.stringify(response.body ?? '').matchAll(/io\.kestra\.[\w.]+/g)) types.add(type);
      continue;
    }
    for (const mapping of mappingsIn(response.body)) {
      const { type, namespace, tasks } = mapping;
      if (typeof type === 'string') add(type, mapping);
      else if (namespace !== undefined && Array.isArray(tasks)) add('a flow', mapping);
    }
  }
  return {
    /** Types and keys of a flow that the server has not. */
    unknownIn: (flow: unknown): string[] =>
      [...mappingsIn(flow)].flatMap((mapping) => {
        const { type = 'tasks' in mapping ? 'a flow' : undefined, values } = mapping;
        if (typeof type !== 'string' || !/^(?:io\.kestra\.|a flow$)/.test(type)) return [];
        const unknownType = type === 'a flow' || types.has(type) ? [] : [type];
        // What stands in `pluginDefaults` are keys of the type's tasks.
        const own = isMapping(values) ? values : mapping;
        const unknownKeys = Object.keys(own).filter((key) => !keys.get(family(type))?.has(key));
        return [...unknownType, ...unknownKeys.map((key) => `${key} of ${type}`)];
      }),
  };
}

describe.each(['0.20.5', '1.0.3'] as const)('a recorded Kestra %s', (version) => {
  const server = recordedServer(version);

  it.each(files)('has the types and keys of the flow %s', async (file) => {
    expect(server.unknownIn(await read(file))).toEqual([]);
  });

  it('has no others', async () => {
    const flow = (await read('flowmeta-sharded.yaml')) as Flow & Mapping;
    flow.concurency = flow.concurrency;
    Object.assign(flow.pluginDefaults![0]!.values, { containerimage: 'node:22-slim' });
    Object.assign(flow.tasks[0]!, { type: 'io.kestra.plugin.core.flow.Loop' });
    Object.assign(flow.tasks[1]!, { command: [] });
    Object.assign(flow.triggers[0]!, { crons: '' });
    expect(server.unknownIn(flow)).toEqual([
      'concurency of a flow',
      'containerimage of io.kestra.plugin.scripts.shell.Commands',
      'io.kestra.plugin.core.flow.Loop',
      ...['id', 'type', 'values', 'concurrencyLimit', 'tasks'].map(
        (key) => `${key} of io.kestra.plugin.core.flow.Loop`,
      ),
      'command of io.kestra.plugin.scripts.shell.Commands',
      'crons of io.kestra.plugin.core.trigger.Schedule',
    ]);
  });
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
