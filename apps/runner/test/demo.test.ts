import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunReport } from '@flowmeta/connector';
import { airflowDataset, demoDataset } from '@flowmeta/sandbox';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { runCli } from '../src/cli.js';
import { fakeHost, run } from './fake-host.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flowmeta-demo-test-'));
});

const flows = demoDataset().flows.length;
const dags = airflowDataset(3).dags.filter(({ dag }) => dag.is_stale !== true).length;
const writer = 'airflow_demo.assets_producer';
const table = 'postgres_shop.shop.public.orders';
const reader = 'kestra_demo."demo.warehouse.pg_to_bq"';

interface CatalogLineage {
  nodes: { id: string; fullyQualifiedName: string }[];
  upstreamEdges: { fromEntity: string; lineageDetails?: { pipeline?: { id: string } } }[];
  downstreamEdges: { toEntity: string; lineageDetails?: { pipeline?: { fullyQualifiedName?: string } } }[];
}

describe('flowmeta demo', { timeout: 240_000 }, () => {
  it('brings Kestra and Airflow into one catalog, in which one reads what the other writes, and writes nothing the second time', async () => {
    const { host, written, interrupt } = fakeHost({ directory, environment: { NO_COLOR: '1' }, isTTY: true });
    const exitCode = runCli(['demo', '--keep', '--report', 'demo.html'], host);
    await vi.waitFor(() => expect(written.stdout).toContain('until Ctrl-C'), { timeout: 180_000, interval: 50 });

    const { stdout } = written;
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toContain('service kestra_demo, airflow_demo');
    expect(stdout).toMatch(new RegExp(`Pipelines +${flows + dags} +${flows + dags} `));
    expect(stdout).toMatch(/Lineage: [1-9]\d* edges between pipelines, [1-9]\d* between datasets/);
    expect(stdout).toContain(`\n  ${writer} → ${table} → ${reader}\n`);
    expect(stdout).toContain('\n0 writes in');
    // A screen and a half.
    expect(stdout.split('\n').length).toBeLessThan(40);

    const openMetadata = /^OpenMetadata: (\S+)$/m.exec(stdout)?.[1];
    const get = async (path: string) =>
      (await fetch(`${openMetadata}/v1/${path}`, { headers: { authorization: 'Bearer sandbox-token' } })).json();
    const lineage = (await get(`lineage/table/name/${table}?upstreamDepth=1&downstreamDepth=1`)) as CatalogLineage;
    const nameOf = (id: string) => lineage.nodes.find((node) => node.id === id)?.fullyQualifiedName;
    expect(lineage.upstreamEdges.map(({ fromEntity }) => nameOf(fromEntity))).toContain(writer);
    expect(lineage.downstreamEdges.map(({ lineageDetails }) => lineageDetails?.pipeline?.fullyQualifiedName)).toContain(
      reader,
    );

    interrupt('SIGINT');
    expect(await exitCode).toBe(130);
    await expect(fetch(`${openMetadata}/v1/system/version`)).rejects.toThrow();
    const page = await readFile(join(directory, 'demo.html'), 'utf8');
    for (const name of ['assets_producer', 'demo.warehouse.pg_to_bq', 'kestra_demo, airflow_demo', table])
      expect(page).toContain(name);
  });

  it('prints the report of both as JSON and nothing else, and leaves no file', async () => {
    const before = await readdir(directory);
    const { exitCode, stdout } = await run(['demo', '--json'], { directory });
    expect(exitCode).toBe(0);
    const report = JSON.parse(stdout) as RunReport;
    expect(report).toMatchObject({
      outcome: 'done',
      source: { connector: 'kestra, airflow' },
      target: { service: 'kestra_demo, airflow_demo' },
      totals: { pipelines: { created: flows + dags, failed: 0, skipped: 0 } },
    });
    // Each of them calls its server by another name.
    expect(report.lineage?.nodes.filter(({ fqn }) => fqn === table)).toHaveLength(1);
    expect(await readdir(directory)).toEqual(before);
  });
});
