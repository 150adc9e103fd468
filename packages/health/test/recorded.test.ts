import { kestraConnector } from '@flowmeta/connector-kestra';
import { kestraDataset } from '@flowmeta/recordings';
import { type KestraDataset, startKestraSandbox } from '@flowmeta/sandbox';
import { describe, expect, it } from 'vitest';
import { createHealth, type HealthReport } from '../src/index.js';

const window = { since: Date.UTC(2026, 10, 19), until: Date.UTC(2026, 10, 24) };

/** The whole way from a server that answers as the recorded one did. */
async function healthOf(dataset: KestraDataset): Promise<HealthReport> {
  const sandbox = await startKestraSandbox({ dataset, now: () => Date.parse(dataset.takenAt) });
  const connector = kestraConnector.open(kestraConnector.configSchema.parse({ hostPort: sandbox.url }), {
    now: () => window.until,
    serviceName: 'kestra',
  });
  try {
    const health = createHealth(window);
    for await (const event of connector.read({ since: health.readSince, until: window.until, lineage: false })) {
      if (event.kind === 'pipeline') health.pipeline(event.pipeline);
      if (event.kind === 'run') health.run(event.run);
    }
    const installed = await connector.installedTypes?.();
    if (installed) health.installed(installed.types, installed);
    return health.report();
  } finally {
    await connector.close();
    await sandbox.close();
  }
}

/** `flow task → type`, for everything in a flow's JSON that has an id and a type. */
function recordedTypes(dataset: KestraDataset): Map<string, string> {
  const types = new Map<string, string>();
  const visit = (value: unknown, flow: string): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, flow);
    else if (typeof value === 'object' && value !== null) {
      const { id, type } = value as { id?: unknown; type?: unknown };
      if (typeof id === 'string' && typeof type === 'string') types.set(`${flow} ${id}`, type);
      for (const part of Object.values(value)) visit(part, flow);
    }
  };
  for (const { flow } of dataset.flows) {
    const { tasks, errors, finally: last, afterExecution } = flow as Record<string, unknown>;
    visit([tasks, errors, last, afterExecution], `${flow.namespace}.${flow.id}`);
  }
  return types;
}

/** Without the package: recorded flows write some types by their old names. */
const simpleName = (type: string): string => type.split('.').at(-1)!;

/** Task runs by simple name of their type, counted from the recorded JSON alone: each task once per execution. */
function recordedUse(dataset: KestraDataset): Record<string, number> {
  const types = recordedTypes(dataset);
  const use: Record<string, number> = {};
  for (const execution of dataset.executions) {
    const taskRuns = (execution.taskRunList ?? []) as { taskId: string }[];
    for (const task of new Set(taskRuns.map(({ taskId }) => taskId.replace(/_(split|items|merge)$/, '')))) {
      const type = types.get(`${execution.namespace}.${execution.flowId} ${task}`);
      if (type !== undefined) use[simpleName(type)] = (use[simpleName(type)] ?? 0) + 1;
    }
  }
  return use;
}

describe('a recorded Kestra 1.0.3', () => {
  it('has as many task runs of each type as its executions say', async () => {
    const dataset = kestraDataset('1.0.3', { plugins: true }) as KestraDataset;
    const report = await healthOf(dataset);
    const use: Record<string, number> = {};
    for (const { type, count } of report.types) {
      if (count > 0) use[simpleName(type)] = (use[simpleName(type)] ?? 0) + count;
    }
    expect(use).toEqual(recordedUse(dataset));
    expect(Object.keys(use).length).toBeGreaterThan(15);
    expect(report.types.reduce((sum, { count }) => sum + count, 0) + report.unknown.count).toBe(report.total.count);
    expect(report.unknown.tasks).toEqual([]);
    expect(report.outside).toBe(0);
    expect(report.installed!.missing).toEqual([]);
    expect(report.health).toBe('CRITICAL');
    expect(report.top.slowest.filter((type) => type.includes('.core.flow.'))).toEqual([]);
  });

  it('without the plugins of its flows names them, with the flows that they break', async () => {
    const { installed } = await healthOf(kestraDataset('1.0.3', { plugins: false }) as KestraDataset);
    const groups = new Set(installed!.missing.map(({ type }) => type.split('.').slice(0, 4).join('.')));
    expect([...groups]).not.toContain('io.kestra.plugin.core');
    expect([...groups]).toEqual(expect.arrayContaining(['io.kestra.plugin.jdbc', 'io.kestra.plugin.aws']));
    expect(installed!.missing.every(({ pipelines }) => pipelines.length > 0)).toBe(true);
  });
});
