import type { RunReport } from '@flowmeta/connector';
import { afterEach, describe, expect, it } from 'vitest';
import { startDemoServers } from './demo-servers.js';

type Servers = Awaited<ReturnType<typeof startDemoServers>>;
let servers: Servers;
afterEach(() => servers.close());

interface Shown {
  runId: string;
  pipelineState: string;
  startDate: number;
  endDate?: number;
  status?: { name: string; records: number; errors: number; failures: { name: string; error: string }[] }[];
}

async function shownRuns({ openMetadata }: Servers, fqn = 'kestra_prod.flowmeta'): Promise<Shown[]> {
  const path = `/api/v1/services/ingestionPipelines/${fqn}/pipelineStatus?startTs=0&endTs=9999999999999`;
  const headers = { authorization: `Bearer ${openMetadata.token}` };
  const answer = await fetch(`${openMetadata.url}${path}`, { headers });
  return ((await answer.json()) as { data: Shown[] }).data;
}

const wanted = { workflowConfig: { reportToOpenMetadata: true } };
const reportOf = (stdout: string) => JSON.parse(stdout) as RunReport;
const states = (runs: Shown[]) => runs.map(({ pipelineState }) => pipelineState);

describe.each(['1.2', '1.6', '2.0'])('a run that OpenMetadata %s shows', (version) => {
  it('succeeds with the counts of its report', async () => {
    servers = await startDemoServers({ version });
    await servers.writeConfig(wanted);
    const report = reportOf((await servers.ingest('--json')).stdout);
    expect([report.outcome, report.warnings.filter(({ ref }) => ref.includes('ingestion'))]).toEqual(['done', []]);
    const [shown, ...others] = await shownRuns(servers);
    expect(others).toEqual([]);
    expect(shown).toMatchObject({ runId: report.runId, pipelineState: 'success', endDate: report.endedAt });
    const { pipelines, runs, edges } = report.totals;
    if (version === '1.2') expect(shown?.status).toBeUndefined();
    else
      expect(shown?.status).toMatchObject([
        { name: 'Kestra', records: pipelines.read + runs.read + edges.read, errors: 0 },
        { name: 'OpenMetadata', records: pipelines.created + runs.created + edges.created, errors: 0 },
      ]);
    const puts = servers.openMetadata.requests.filter(({ path }) => path.endsWith('/pipelineStatus')).slice(0, -1);
    expect(puts.map(({ body }) => (body as Shown).pipelineState)).toEqual(['running', 'success']);
  });
});

describe('a run that OpenMetadata shows', () => {
  it('belongs to the ingestion pipeline that the config names, under the id that it names', async () => {
    servers = await startDemoServers();
    await servers.writeConfig({ ingestionPipelineFQN: 'kestra_prod."kestra.nightly"', pipelineRunId: 'nightly-17' });
    await servers.ingest();
    const fqn = encodeURIComponent('kestra_prod."kestra.nightly"');
    expect(await shownRuns(servers, fqn)).toMatchObject([{ runId: 'nightly-17', pipelineState: 'success' }]);
  });

  it('shows as failed that the source is away, with the reason and without secrets', async () => {
    servers = await startDemoServers();
    await servers.writeConfig(wanted);
    await servers.ingest();
    servers.kestra.setFaults([{ effect: { kind: 'status', status: 401 } }]);
    const { exitCode, stdout } = await servers.ingest('--json');
    expect(exitCode).toBe(3);
    const failed = (await shownRuns(servers)).find(({ runId }) => runId === reportOf(stdout).runId);
    expect(failed).toMatchObject({ pipelineState: 'failed', status: [{ name: 'Kestra', errors: 1 }, {}] });
    expect(failed?.status?.[0]?.failures[0]).toMatchObject({
      name: 'run',
      error: expect.stringContaining('refuses the credentials'),
    });
  });

  it('is partial where little is lost, and failed below the threshold', async () => {
    servers = await startDemoServers();
    const path = /\/v1\/pipelines$/;
    const body = {
      code: 400,
      message: 'the token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJib3QifQ.c2VjcmV0c2VjcmV0 is no good',
    };
    const effect = { kind: 'status', status: 400, body } as const;
    for (const successThreshold of [10, 100]) {
      await servers.writeConfig({ workflowConfig: { ...wanted.workflowConfig, successThreshold } });
      servers.openMetadata.setFaults([{ method: 'PUT', path, times: 1, effect }]);
      await servers.ingest('--namespace', 'company.team');
    }
    const runs = await shownRuns(servers);
    expect(states(runs).sort()).toEqual(['failed', 'partialSuccess']);
    const failures = runs.flatMap(({ status }) => status?.[1]?.failures ?? []);
    expect(failures.length).toBeGreaterThan(0);
    expect(JSON.stringify(failures)).not.toContain('c2VjcmV0');
  });

  it('is not left running by an interrupt', async () => {
    servers = await startDemoServers({ latencyMs: 20 });
    await servers.writeConfig(wanted);
    const { exitCode, interrupt } = servers.begin();
    while (servers.openMetadata.catalog.pipelines().length < 5) await new Promise((resolve) => setTimeout(resolve, 10));
    interrupt('SIGTERM');
    expect(await exitCode).toBe(143);
    const [shown, ...others] = await shownRuns(servers);
    expect([shown?.pipelineState, others]).toEqual(['failed', []]);
    expect(JSON.stringify(shown?.status)).toContain('interrupted');
  });

  it('is one warning where OpenMetadata refuses, and the run is what it was', async () => {
    servers = await startDemoServers();
    await servers.writeConfig(wanted);
    const body = { code: 403, message: "Principal: CatalogPrincipal{name='bot'} operations [EditAll] not allowed" };
    servers.openMetadata.setFaults([{ path: /ingestionPipelines/, effect: { kind: 'status', status: 403, body } }]);
    const { exitCode, stdout } = await servers.ingest('--json');
    const { outcome, warnings } = reportOf(stdout);
    expect([exitCode, outcome]).toEqual([0, 'done']);
    expect(warnings.filter(({ ref }) => ref === 'ingestion pipeline kestra_prod.flowmeta')).toMatchObject([
      { message: expect.stringContaining('[EditAll] not allowed'), count: 1 },
    ]);
  });

  it('is none without being asked for, in a dry run, or into a file', async () => {
    servers = await startDemoServers();
    await servers.ingest('--namespace', 'company.team');
    await servers.writeConfig(wanted);
    await servers.ingest('--dry-run');
    await servers.writeConfig({
      ingestionPipelineFQN: 'kestra_prod.x',
      workflowConfig: { reportToOpenMetadata: false },
    });
    await servers.ingest('--namespace', 'company.team');
    await servers.writeConfig({ ...wanted, sink: { type: 'file', config: { filename: 'out.jsonl' } } });
    await servers.ingest();
    expect(servers.openMetadata.requests.filter(({ path }) => path.includes('ingestionPipelines'))).toEqual([]);
    expect(await servers.file('out.jsonl')).not.toContain('ingestionPipelines');
  });

  it('needs a name of two parts', async () => {
    servers = await startDemoServers();
    await servers.writeConfig({ ingestionPipelineFQN: 'nightly' });
    const { exitCode, stderr } = await servers.ingest();
    expect(exitCode).toBe(2);
    expect(stderr).toContain('ingestionPipelineFQN: must be <service>.<name>');
  });
});
