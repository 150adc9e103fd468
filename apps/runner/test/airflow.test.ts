import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunReport } from '@flowmeta/connector';
import {
  type AirflowDataset,
  airflowDataset,
  type OpenMetadataSandbox,
  type Sandbox,
  startAirflowSandbox,
  startOpenMetadataSandbox,
} from '@flowmeta/sandbox';
import { afterEach, describe, expect, it } from 'vitest';
import { run } from './fake-host.js';

// The whole way from an Airflow to the catalog, and what becomes of DAGs that go.

const password = 'correct-horse-battery';
const auth = { username: 'ana', password };
const open = new Set<Sandbox>();

afterEach(async () => {
  await Promise.all([...open].map((server) => server.close()));
  open.clear();
});

async function start(major: 2 | 3) {
  const directory = await mkdtemp(join(tmpdir(), 'flowmeta-airflow-'));
  const takenAt = Date.parse(airflowDataset(major).takenAt);
  const now = () => takenAt;
  const openMetadata: OpenMetadataSandbox = await startOpenMetadataSandbox({ now });
  open.add(openMetadata);
  let airflow: Sandbox | undefined;

  /** Starts it anew under the same address. */
  const serve = async (change: (dataset: AirflowDataset) => void = () => {}) => {
    const port = airflow === undefined ? undefined : Number(new URL(airflow.url).port);
    if (airflow) {
      open.delete(airflow);
      await airflow.close();
    }
    const dataset = airflowDataset(major);
    change(dataset);
    airflow = await startAirflowSandbox({ dataset, auth, now, ...(port !== undefined && { port }) });
    open.add(airflow);
    const config = {
      source: {
        type: 'airflow',
        serviceName: 'airflow_prod',
        serviceConnection: {
          config: { type: 'Airflow', hostPort: airflow.url, username: 'ana', password: '$AIRFLOW_PASSWORD' },
        },
        sourceConfig: { config: { type: 'PipelineMetadata', statusLookbackDays: 7 } },
      },
      workflowConfig: {
        openMetadataServerConfig: {
          hostPort: `${openMetadata.url}/api`,
          securityConfig: { jwtToken: openMetadata.token },
        },
      },
    };
    await writeFile(join(directory, 'airflow.yaml'), JSON.stringify(config));
  };
  await serve();

  const host = { directory, environment: { AIRFLOW_PASSWORD: password }, from: takenAt };
  const ingest = async (...args: string[]) => {
    const before = openMetadata.requests.length;
    const done = await run(['ingest', '-c', 'airflow.yaml', '--report', 'report.json', ...args], host);
    const text = await readFile(join(directory, 'report.json'), 'utf8');
    const writes = openMetadata.requests
      .slice(before)
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path}`);
    return { ...done, report: JSON.parse(text) as RunReport, text, writes };
  };
  const pipeline = async (name: string) => {
    const fqn = encodeURIComponent(`airflow_prod."${name}"`);
    const plain = encodeURIComponent(`airflow_prod.${name}`);
    const answer = await fetch(
      `${openMetadata.url}/api/v1/pipelines/name/${name.includes('.') ? fqn : plain}?include=all&fields=tasks,owners,tags,pipelineStatus,scheduleInterval`,
      { headers: { authorization: `Bearer ${openMetadata.token}` } },
    );
    return (await answer.json()) as {
      deleted?: boolean;
      sourceUrl?: string;
      scheduleInterval?: string;
      tasks: { name: string; taskType: string; downstreamTasks: string[] }[];
      pipelineStatus?: { executionStatus: string };
    };
  };
  return { host, openMetadata, serve, ingest, pipeline };
}

describe.each([2, 3] as const)('Airflow %s', (major) => {
  it('comes into the catalog, and a second run writes nothing', async () => {
    const { ingest, pipeline, host } = await start(major);
    const checked = await run(['check', '-c', 'airflow.yaml'], host);
    expect(checked.exitCode, checked.stdout + checked.stderr).toBe(0);

    const first = await ingest();
    expect(first.exitCode, first.stderr).toBe(0);
    const { pipelines, runs, edges } = first.report.totals;
    expect(pipelines).toMatchObject({ created: major === 3 ? 39 : 34, skipped: 0, failed: 0 });
    expect(runs.created).toBeGreaterThan(30);
    expect(edges).toMatchObject({ failed: 0 });
    expect(edges.created).toBeGreaterThan(3);
    expect(first.text + first.stdout + first.stderr).not.toContain(password);

    const etl = await pipeline('shop.orders.etl');
    expect(etl).toMatchObject({
      scheduleInterval: '0 3 * * *',
      pipelineStatus: { executionStatus: expect.any(String) },
    });
    expect(etl.sourceUrl).toContain('/dags/shop.orders.etl');
    expect(etl.tasks.find(({ name }) => name === 'daily_sales')).toMatchObject({
      taskType: 'airflow.providers.common.sql.operators.sql.SQLExecuteQueryOperator',
      downstreamTasks: ['notify'],
    });
    expect(first.report.pipelines.find(({ name }) => name === 'states_never_run')?.enabled).toBe(false);

    const second = await ingest();
    expect(second.exitCode, second.stderr).toBe(0);
    expect(second.writes).toEqual([]);
  });

  it('is told from another server, with exit code 3', async () => {
    const { host, openMetadata } = await start(major);
    const file = join(host.directory, 'airflow.yaml');
    const config = JSON.parse(await readFile(file, 'utf8'));
    config.source.serviceConnection.config.hostPort += '/elsewhere';
    await writeFile(file, JSON.stringify(config));
    const { exitCode, stdout, stderr } = await run(['ingest', '-c', 'airflow.yaml'], host);
    expect(stdout + stderr).toContain('is no Airflow');
    expect(exitCode).toBe(3);
    expect(openMetadata.catalog.changes()).toBe(0);
  });

  it('loses a DAG whose file is gone, and none whose file cannot be imported', async () => {
    const { serve, ingest, pipeline } = await start(major);
    expect((await ingest()).exitCode).toBe(0);
    const gone = new Set(['ops.child', 'two_owners']);
    await serve(({ dags, importErrors }) => {
      for (const { dag } of dags) {
        if (!gone.has(dag.dag_id)) continue;
        Object.assign(dag, major === 3 ? { is_stale: true } : { is_active: false });
        if (dag.dag_id === 'ops.child') {
          importErrors[0]!.filename = major === 3 ? dag.relative_fileloc : dag.fileloc;
        }
      }
    });
    const after = await ingest();
    expect(await pipeline('two_owners')).toMatchObject({ deleted: true });
    expect((await pipeline('ops.child')).deleted).not.toBe(true);
    const said = after.report.warnings.map(({ message }) => message).join('\n');
    expect(said).toContain('Airflow cannot import');

    await serve();
    await ingest();
    expect((await pipeline('two_owners')).deleted).not.toBe(true);
  });
});
