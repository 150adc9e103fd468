import { describe, expect, it } from 'vitest';
import { startKestraSandbox } from '../kestra/kestra-sandbox.js';
import { startOpenMetadataSandbox } from '../openmetadata/server.js';
import { generatedCatalog } from './data-tasks.js';
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

  it('moves data along as many tables as are asked for, every tenth time by way of a file', () => {
    const options = { flows: 3, tasks: 2, runs: 3, datasets: 36 };
    const { flows, executionStore } = generateDataset(options);
    const tasks = flows.flatMap(({ flow }) => flow.tasks as { id: string; type: string; sql?: string }[]);
    const inserts = tasks.flatMap(
      ({ sql }) =>
        sql
          ?.match(/INSERT INTO (\S+) [\s\S]*FROM (\S+)/)
          ?.slice(1, 3)
          .reverse() ?? [],
    );
    // 11 ways in each of three flows, of which the tenth takes four tasks.
    expect(inserts).toHaveLength(2 * 30);
    expect(tasks.filter(({ type }) => type.endsWith('s3.Upload'))).toHaveLength(3);
    expect(tasks).toHaveLength(3 * (2 + 10 + 4));
    const catalog = generatedCatalog(options);
    expect(catalog.filter(({ type }) => type === 'table')).toHaveLength(36);
    const known = new Set(catalog.map(({ fqn }) => fqn));
    expect(inserts.filter((name) => !known.has(`pg_bench.shop.${name}`))).toEqual([]);
    expect(catalog.filter(({ type }) => type === 'container').map(({ fqn }) => fqn)).toEqual(
      ['000009', '000021', '000033'].map((number) => `s3_bench.bench-lake.hop_${number}`),
    );
    expect(executionStore?.at(1).taskRunList).toHaveLength(16);
  });

  it('lists the tables of its queries also without a number of datasets', () => {
    const options = { flows: 2, tasks: 6, runs: 0 };
    const text = JSON.stringify(generateDataset(options).flows.map(({ flow }) => flow.tasks));
    const names = generatedCatalog(options).map(({ fqn }) => fqn.replace('pg_bench.shop.', ''));
    expect(names).toHaveLength(8);
    for (const name of names) expect(text).toContain(name);
  });

  it('puts 5,000 tables into one flow and one catalog', async () => {
    const options = { flows: 1, tasks: 0, runs: 1, datasets: 5000 };
    const [only] = generateDataset(options).flows;
    expect(only?.flow.tasks).toHaveLength(4500 + 499 * 4);
    const sandbox = await startOpenMetadataSandbox({ recordRequests: false });
    sandbox.seedDatasets(generatedCatalog(options));
    const answer = await fetch(`${sandbox.url}/api/v1/tables?databaseSchema=pg_bench.shop.stage&limit=1000`, {
      headers: { authorization: `Bearer ${sandbox.token}` },
    });
    expect(((await answer.json()) as { paging: { total: number } }).paging.total).toBe(5000);
    await sandbox.close();
  });

  it('refuses fewer than two datasets per flow', () => {
    expect(() => generateDataset({ flows: 5, tasks: 1, runs: 1, datasets: 9 })).toThrow(RangeError);
  });
});
