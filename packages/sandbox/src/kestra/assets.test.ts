import { afterEach, describe, expect, it } from 'vitest';
import { generateDataset } from '../generate/generate-dataset.js';
import type { KestraDataset, Sandbox } from '../types.js';
import { startKestraSandbox } from './kestra-sandbox.js';

interface Execution {
  taskRunList?: { assets?: unknown; assetEmits?: unknown }[];
}

const running: Sandbox[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

const assets = {
  inputs: [{ id: 'shop.orders' }],
  outputs: [{ id: 'mart.daily', type: 'io.kestra.plugin.ee.assets.Table' }],
};

/** One execution whose only task run emitted assets, in the shape of the version. */
function datasetWith(version: string, emitted: Record<string, unknown>): KestraDataset {
  const { executionStore, ...dataset } = generateDataset({ flows: 1, tasks: 1, runs: 1, version });
  const execution = executionStore?.at(0);
  if (!execution) throw new Error('no execution');
  const [taskRun] = execution.taskRunList as Record<string, unknown>[];
  return { ...dataset, executions: [{ ...execution, taskRunList: [{ ...taskRun, ...emitted }] }] };
}

async function readBoth(dataset: KestraDataset): Promise<{ found: Execution | undefined; got: Execution }> {
  const sandbox = await startKestraSandbox({ dataset });
  running.push(sandbox);
  const base = `${sandbox.url}/api/v1/main/executions`;
  const page = (await (await fetch(`${base}/search`)).json()) as { results: Execution[] };
  const got = (await (await fetch(`${base}/${dataset.executions[0]?.id}`)).json()) as Execution;
  return { found: page.results[0], got };
}

describe('assets of task runs', () => {
  it.each(['1.2.0', '1.3.2'])('are in a search and in a GET on %s', async (version) => {
    const { found, got } = await readBoth(datasetWith(version, { assets }));
    expect(found?.taskRunList?.[0]?.assets).toEqual(assets);
    expect(got.taskRunList?.[0]?.assets).toEqual(assets);
  });

  it('are bundles that only a GET shows on 2.0', async () => {
    const { found, got } = await readBoth(datasetWith('2.0.0', { assetEmits: [assets, assets] }));
    expect(found).toBeDefined();
    expect(found?.taskRunList).toBeUndefined();
    expect(got.taskRunList?.[0]?.assetEmits).toEqual([assets, assets]);
  });
});
