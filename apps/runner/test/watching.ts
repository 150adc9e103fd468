import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateDataset, type KestraDataset } from '@flowmeta/sandbox';
import { vi } from 'vitest';

const bin = fileURLToPath(new URL('../bin/flowmeta.mjs', import.meta.url));
const hour = 3_600_000;

/** Twelve flows whose runs of the last day are over, by the real clock. */
export function recentDataset(): KestraDataset {
  const startedAt = new Date(Date.now() - 25 * hour).toISOString();
  const { executionStore, ...rest } = generateDataset({ flows: 12, tasks: 3, runs: 120, startedAt });
  const executions = Array.from({ length: executionStore!.count }, (_, index) => executionStore!.at(index));
  return structuredClone({ ...rest, executions });
}

/** Another run of a flow that has runs, begun now and not ended yet. */
export function startRun(dataset: KestraDataset, flowId: string, id: string): KestraDataset['executions'][number] {
  const startDate = new Date().toISOString();
  const { trigger: _trigger, ...like } = dataset.executions.find((execution) => execution.flowId === flowId)!;
  const run = { ...like, id, originalId: id, taskRunList: [], state: { current: 'RUNNING', histories: [], startDate } };
  dataset.executions.push(run);
  return run;
}

export function endRun(run: KestraDataset['executions'][number]): void {
  run.state = { ...(run.state as object), current: 'SUCCESS', endDate: new Date().toISOString(), duration: 'PT1S' };
}

/** Waits for a condition, on a machine that may be busy. */
export function until<T>(condition: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(condition, { timeout: 120_000, interval: 50 });
}

export interface Watching {
  pid: number;
  stderr: () => string;
  /** Of the status server. */
  get: (path: string) => Promise<{ status: number; text: string }>;
  /** Value of a metric, by its name and labels as they are written. */
  metric: (name: string) => Promise<number>;
  signal: (name: NodeJS.Signals) => void;
  ended: Promise<number | null>;
}

/** The built command in a process of its own, listening. */
export async function startWatch(directory: string, args: string[] = ['--interval', '1s']): Promise<Watching> {
  const child = spawn(process.execPath, [bin, 'watch', '-c', 'kestra.yaml', '--listen', '127.0.0.1:0', ...args], {
    cwd: directory,
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  running.add(child);
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  void ended.then(() => running.delete(child));
  const url = await until(() => {
    const [found] = /http:\/\/127\.0\.0\.1:\d+(?= has)/.exec(stderr) ?? [];
    if (found === undefined) throw new Error(`it does not listen: ${stderr}`);
    return found;
  });
  const get = async (path: string) => {
    const answer = await fetch(`${url}${path}`);
    return { status: answer.status, text: await answer.text() };
  };
  return {
    pid: child.pid!,
    stderr: () => stderr,
    get,
    async metric(name) {
      const { text } = await get('/metrics');
      const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
      return Number(line?.slice(name.length + 1));
    },
    signal: (name) => child.kill(name),
    ended,
  };
}

const running = new Set<ReturnType<typeof spawn>>();

/** Ends whatever a test has left running. */
export function endWatches(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Between two stand-ins; `interval` and `change` as a person would edit the file. */
export function writeWatchConfig(
  directory: string,
  servers: { kestra: { url: string }; openMetadata: { url: string; token: string } },
  {
    sourceConfig = {},
    workflowConfig = {},
    connection = {},
  }: { sourceConfig?: object; workflowConfig?: object; connection?: object } = {},
): Promise<void> {
  const { kestra, openMetadata } = servers;
  return writeFile(
    join(directory, 'kestra.yaml'),
    JSON.stringify({
      source: {
        type: 'kestra',
        serviceName: 'k',
        serviceConnection: { config: { type: 'Kestra', hostPort: kestra.url, ...connection } },
        sourceConfig: { config: { type: 'PipelineMetadata', statusLookbackDays: 2, ...sourceConfig } },
      },
      workflowConfig: {
        openMetadataServerConfig: {
          hostPort: `${openMetadata.url}/api`,
          securityConfig: { jwtToken: openMetadata.token },
        },
        ...workflowConfig,
      },
    }),
  );
}
