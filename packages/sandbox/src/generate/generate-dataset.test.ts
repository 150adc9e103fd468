import { describe, expect, it } from 'vitest';
import { startKestraSandbox } from '../kestra/kestra-sandbox.js';
import { generateDataset } from './generate-dataset.js';

interface Page {
  total: number;
  results: Record<string, unknown>[];
}

const json = async <T>(url: string): Promise<T> => (await fetch(url)).json() as Promise<T>;

describe('generateDataset', () => {
  it('gives the same data for the same options', () => {
    const options = { flows: 12, tasks: 4, runs: 30 };
    const [one, two] = [generateDataset(options), generateDataset(options)];
    expect(JSON.stringify(one.flows)).toBe(JSON.stringify(two.flows));
    expect(one.executionStore?.at(29)).toEqual(two.executionStore?.at(29));
  });

  it.each(['0.17.23', '0.20.5', '1.0.3', '2.0.0'])('is served page by page in the shapes of %s', async (version) => {
    const dataset = generateDataset({ flows: 20, tasks: 5, runs: 1000, version });
    const sandbox = await startKestraSandbox({ dataset });
    const base = `${sandbox.url}/api/v1${version.startsWith('0') ? '' : '/main'}`;
    const since = version.startsWith('2')
      ? 'filters[startDate][GREATER_THAN_OR_EQUAL_TO]=2025-12-31T00:00:00Z'
      : 'startDate=2025-12-31T00:00:00Z';
    const seen = new Set<unknown>();
    for (let page = 1; page <= 4; page += 1) {
      const url = `${base}/executions/search?size=250&page=${page}&sort=state.startDate:desc&${since}`;
      const { results, total } = await json<Page>(url);
      expect(total).toBe(1000);
      for (const { id } of results) seen.add(id);
    }
    expect(seen.size).toBe(1000);
    const last = dataset.executionStore?.at(999);
    const byId = await json<{ taskRunList: unknown[] }>(`${base}/executions/${last?.id}`);
    expect(byId).toEqual(last);
    expect(byId.taskRunList).toHaveLength(5);
    const graph = await json<{ nodes: unknown[]; edges: unknown[] }>(`${base}/flows/bench.team000/flow_000003/graph`);
    expect([graph.nodes.length, graph.edges.length]).toEqual([7, 6]);
    await sandbox.close();
  });

  it('refuses sizes that make no sense', () => {
    expect(() => generateDataset({ flows: 0, tasks: 1, runs: 1 })).toThrow(RangeError);
  });
});
