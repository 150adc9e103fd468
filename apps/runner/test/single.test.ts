import { describe, expect, it } from 'vitest';
import { startDemoServers } from './demo-servers.js';

async function withServers(
  use: (servers: Awaited<ReturnType<typeof startDemoServers>>) => Promise<void>,
): Promise<void> {
  const servers = await startDemoServers();
  try {
    await use(servers);
  } finally {
    await servers.close();
  }
}

describe('ingest --flow and --execution', () => {
  it('write one flow and its runs, judge nothing else, and remember nothing', () =>
    withServers(async ({ dataset, openMetadata, kestra, ingest, writeConfig, file }) => {
      const { namespace, id } = dataset.flows[0]!.flow;
      const name = `${namespace}.${id}`;
      await writeConfig({ workflowConfig: { state: { path: 'state.json' } } });
      const { exitCode, stdout } = await ingest('--flow', name, '--json');
      expect([exitCode, JSON.parse(stdout).totals.pipelines.created]).toEqual([0, 1]);
      expect(openMetadata.catalog.pipelines().map((pipeline) => pipeline.name)).toEqual([name]);
      expect(openMetadata.catalog.edges()).toEqual([]);
      expect(
        kestra.requests.filter(({ path, query }) => path.endsWith('/flows/search') && !query.includes('size=1')),
      ).toEqual([]);
      await expect(file('state.json')).rejects.toThrow(/ENOENT/);
    }));

  it('write one execution with its flow', () =>
    withServers(async ({ dataset, openMetadata, ingest }) => {
      const execution = dataset.executions.find(({ flowId }) => dataset.flows.some(({ flow }) => flow.id === flowId))!;
      const { exitCode, stdout } = await ingest('--execution', execution.id, '--json');
      expect([exitCode, JSON.parse(stdout).totals.runs]).toMatchObject([0, { read: 1, created: 1 }]);
      const [pipeline, ...others] = openMetadata.catalog.pipelines();
      expect([pipeline!.name, others]).toEqual([`${execution.namespace}.${execution.flowId}`, []]);
      expect(openMetadata.catalog.statuses(pipeline!.fullyQualifiedName)).toHaveLength(1);
    }));

  it('leave other runs alone that start in the same millisecond', () =>
    withServers(async ({ dataset, openMetadata, ingest }) => {
      const [flow] = dataset.flows;
      const burst = dataset.executions.filter(({ flowId }) => flowId === flow!.flow.id).slice(0, 2);
      const [first, second] = burst.map(({ state }) => state as { startDate: string; current: string });
      Object.assign(second!, { startDate: first!.startDate, current: 'FAILED' });
      expect(burst.length).toBe(2);
      await ingest();
      const before = openMetadata.catalog.changes();
      for (const { id } of burst) {
        const { exitCode, stdout } = await ingest('--execution', id, '--json');
        expect([exitCode, JSON.parse(stdout).totals.runs]).toMatchObject([0, { read: 1, unchanged: 1 }]);
      }
      expect(openMetadata.catalog.changes()).toEqual(before);
    }));

  it('leave the rest of the catalog as it was', () =>
    withServers(async ({ dataset, openMetadata, ingest }) => {
      await ingest();
      const before = [openMetadata.catalog.pipelines(), openMetadata.catalog.edges(), openMetadata.catalog.changes()];
      const { namespace, id } = dataset.flows[0]!.flow;
      expect((await ingest('--flow', `${namespace}.${id}`)).exitCode).toBe(0);
      const after = [openMetadata.catalog.pipelines(), openMetadata.catalog.edges(), openMetadata.catalog.changes()];
      expect(after).toEqual(before);
    }));

  it('say what is not there', () =>
    withServers(async ({ ingest }) => {
      const { exitCode, stdout } = await ingest('--flow', 'no.such.flow', '--execution', 'none', '--json');
      expect(exitCode).toBe(1);
      expect(JSON.parse(stdout).skipped.map(({ message }: { message: string }) => message)).toEqual([
        'Kestra has no flow no.such.flow',
        'Kestra has no execution none',
      ]);
    }));
});
