import { readdir } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { password, startDemoServers } from './demo-servers.js';

type Servers = Awaited<ReturnType<typeof startDemoServers>>;
let servers: Servers;
afterEach(() => servers.close());

const metricOf = (text: string, series: string) => Number(text.split(`\n${series} `)[1]?.split('\n')[0]);
const labels = 'service="kestra_prod",connector="kestra"';

describe('--metrics-file', () => {
  it('leaves the run as metrics, and remembers the last success over a failure', async () => {
    servers = await startDemoServers();
    const { exitCode } = await servers.ingest('--metrics-file', 'flowmeta.prom');
    expect(exitCode).toBe(0);
    const first = await servers.file('flowmeta.prom');
    expect(metricOf(first, `flowmeta_run_outcome{${labels},outcome="done"}`)).toBe(1);
    expect(metricOf(first, `flowmeta_run_entities{${labels},entity="pipelines",state="created"}`)).toBe(
      servers.dataset.flows.length,
    );
    expect(metricOf(first, `flowmeta_run_requests{${labels},side="target"}`)).toBe(
      servers.openMetadata.requests.length,
    );
    const success = metricOf(first, `flowmeta_last_success_timestamp_seconds{${labels}}`);
    expect(success).toBeGreaterThanOrEqual(servers.takenAt / 1000);

    servers.kestra.setFaults([{ effect: { kind: 'status', status: 401 } }]);
    await servers.ingest('--metrics-file', 'flowmeta.prom');
    const second = await servers.file('flowmeta.prom');
    expect(metricOf(second, `flowmeta_run_outcome{${labels},outcome="failed"}`)).toBe(1);
    expect(metricOf(second, `flowmeta_last_success_timestamp_seconds{${labels}}`)).toBe(success);
    expect(first + second).not.toContain(password);
    expect((await readdir(servers.directory)).sort()).toEqual(['flowmeta.prom', 'kestra.yaml']);
  });

  it('refuses a file that can not be written before anything is touched, and tells one that could not be at the end', async () => {
    servers = await startDemoServers();
    const early = await servers.ingest('--metrics-file', 'nowhere/flowmeta.prom');
    expect([early.exitCode, early.stderr]).toEqual([
      2,
      expect.stringContaining('--metrics-file nowhere/flowmeta.prom'),
    ]);
    expect(servers.openMetadata.requests).toEqual([]);
    const longest = `${'x'.repeat(250)}.prom`;
    const late = await servers.ingest('--metrics-file', longest, '--namespace', 'company.team');
    expect([late.exitCode, late.stderr]).toEqual([
      1,
      expect.stringMatching(/the metrics could not be written\n.*\.prom can not be written \(ENAMETOOLONG\)/),
    ]);
    expect(await readdir(servers.directory)).toEqual(['kestra.yaml']);
  });

  it('refuses a name that the collector does not read', async () => {
    servers = await startDemoServers();
    const { exitCode, stderr } = await servers.ingest('--metrics-file', 'flowmeta.txt');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('Let its name end in .prom.')]);
  });
});
