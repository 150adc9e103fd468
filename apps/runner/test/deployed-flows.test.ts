import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { exitCodes } from '../src/exit-codes.js';
import { run } from './fake-host.js';

const folder = fileURLToPath(new URL('../../../deploy/kestra/', import.meta.url));
const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml'));

interface Flow {
  tasks: {
    env?: Record<string, string>;
    inputFiles?: Record<string, string>;
    commands?: string[];
    tasks?: Flow['tasks'];
  }[];
  triggers: { type: string; states: string[]; conditions: { type: string; conditions: Record<string, string>[] }[] }[];
  id: string;
  namespace: string;
}

const read = async (file: string) => parse(await readFile(join(folder, file), 'utf8')) as Flow;
const allTasks = (tasks: Flow['tasks']): Flow['tasks'] =>
  tasks.flatMap((task) => [task, ...allTasks(task.tasks ?? [])]);

describe.each(files)('the flow %s', (file) => {
  it('has a config that is valid, and calls the command as it can be called', async () => {
    const tasks = allTasks((await read(file)).tasks).filter(({ commands }) => commands);
    expect(tasks.length).toBeGreaterThan(0);
    for (const { env = {}, inputFiles = {}, commands = [] } of tasks) {
      const directory = await mkdtemp(join(tmpdir(), 'flowmeta-flow-'));
      for (const [name, text] of Object.entries(inputFiles))
        await writeFile(join(directory, name), text.replaceAll(/https:\/\/\w+\.example\.com/g, 'http://127.0.0.1:9'));
      const calls = commands
        .map((command) => /\bflowmeta (.*)$/.exec(command)?.[1])
        .filter((call) => call !== undefined);
      expect(calls.length).toBeGreaterThan(0);
      for (const call of calls) {
        const args = [...call.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
        const config = args[args.indexOf('-c') + 1]!;
        const validated = await run(['validate', '-c', config], { directory, environment: env });
        expect(validated).toMatchObject({ exitCode: 0, stderr: '' });
        // A command line that is wrong would end with 2.
        expect((await run(args, { directory, environment: env })).exitCode).toBe(exitCodes.unreachable);
      }
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
