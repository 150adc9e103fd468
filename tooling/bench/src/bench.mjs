// Times whole ingestion runs of the built `flowmeta` command against look-alike servers with a set latency.
//   node tooling/bench/src/bench.mjs [--flows 500] [--tasks 10] [--runs 20] [--latency 0,5] [--om 1.12] [--kestra 1.0.3]
//                                    [--scenario main,startup,memory] [--json FILE]
import { fork, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    flows: { type: 'string', default: '500' },
    tasks: { type: 'string', default: '10' },
    runs: { type: 'string', default: '20' },
    latency: { type: 'string', default: '0,5' },
    om: { type: 'string', default: '1.12' },
    kestra: { type: 'string', default: '1.0.3' },
    scenario: { type: 'string', default: 'main,startup,memory' },
    json: { type: 'string' },
  },
});
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const flowmeta = here('../../../apps/runner/bin/flowmeta.mjs');
const now = Date.UTC(2026, 10, 22, 12);
const work = mkdtempSync(join(tmpdir(), 'flowmeta-bench-'));
const sum = (counts) => Object.values(counts).reduce((total, count) => total + count, 0);
const minus = (after, before) =>
  Object.fromEntries(
    Object.entries(after)
      .map(([key, count]) => [key, count - (before[key] ?? 0)])
      .filter(([, count]) => count > 0),
  );

function run(args) {
  const measured = join(work, 'measured.json');
  const started = process.hrtime.bigint();
  const result = spawnSync(process.execPath, ['--import', here('measure.mjs'), flowmeta, ...args], {
    encoding: 'utf8',
    env: { ...process.env, FLOWMETA_MEASURE: measured, FLOWMETA_NOW: new Date(now).toISOString() },
  });
  const wallSeconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (result.status !== 0) throw new Error(`flowmeta ${args.join(' ')} exited ${result.status}\n${result.stderr}`);
  return { wallSeconds, ...JSON.parse(readFileSync(measured, 'utf8')), stdout: result.stdout };
}

async function withServers(options, use) {
  const child = fork(here('servers.mjs'), [JSON.stringify({ now, ...options })]);
  const answer = () =>
    new Promise((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', (code) => reject(new Error(`the servers stopped with ${code}`)));
    });
  const urls = await answer();
  const config = join(work, 'config.yaml');
  const withState = join(work, 'with-state.yaml');
  const text = `source:
  type: kestra
  serviceName: bench
  serviceConnection: { config: { type: Kestra, hostPort: "${urls.kestra}" } }
  sourceConfig: { config: { type: PipelineMetadata, statusLookbackDays: 2 } }
sink: { type: metadata-rest, config: {} }
workflowConfig:
  loggerLevel: WARN
  openMetadataServerConfig:
    hostPort: "${urls.openMetadata}/api"
    authProvider: openmetadata
    securityConfig: { jwtToken: "${urls.token}" }
`;
  const stateFile = join(work, 'state.json');
  rmSync(stateFile, { force: true });
  writeFileSync(config, text);
  writeFileSync(withState, text.replace('workflowConfig:', `workflowConfig:\n  state: { path: "${stateFile}" }`));
  const counts = async () => {
    const reply = answer();
    child.send('counts');
    return reply;
  };
  try {
    return await use({ config, withState, counts });
  } finally {
    child.send('stop');
    await new Promise((resolve) => child.once('exit', resolve));
  }
}

const rows = [];
async function ingest(label, servers, config = servers.config) {
  const before = await servers.counts();
  const { wallSeconds, cpuSeconds, peakMegabytes } = run(['ingest', '-c', config, '--no-progress']);
  const after = await servers.counts();
  const row = {
    label: `${label}${after.simulated ? ' (simulated)' : ''}`,
    wallSeconds,
    cpuSeconds,
    peakMegabytes,
    kestraRequests: minus(after.kestra, before.kestra),
    openMetadataRequests: minus(after.openMetadata, before.openMetadata),
    writes: after.changes - before.changes,
  };
  rows.push(row);
  return row;
}

const size = { flows: Number(values.flows), tasks: Number(values.tasks), runs: Number(values.runs) };
const versions = { kestraVersion: values.kestra, openMetadataVersion: values.om };
const scenarios = values.scenario.split(',');
try {
  if (scenarios.includes('startup')) {
    const times = Array.from({ length: 5 }, () => run(['--version'])).sort((a, b) => a.wallSeconds - b.wallSeconds);
    rows.push({ label: 'flowmeta --version (median of 5)', ...times[2], stdout: undefined });
    await withServers({ ...versions, flows: 0, tasks: 0, runs: 0, latencyMs: 0 }, (servers) =>
      ingest('ingest, empty server', servers),
    );
  }
  if (scenarios.includes('main')) {
    const name = `${size.flows} flows × ${size.tasks} tasks × ${size.runs} runs`;
    for (const latencyMs of values.latency.split(',').map(Number)) {
      await withServers({ ...versions, ...size, latencyMs }, async (servers) => {
        await ingest(`${name}, ${latencyMs} ms, first`, servers);
        await ingest(`${name}, ${latencyMs} ms, unchanged`, servers);
        run(['ingest', '-c', servers.withState, '--no-progress']);
        await ingest(`${name}, ${latencyMs} ms, unchanged, with state`, servers, servers.withState);
      });
    }
  }
  if (scenarios.includes('memory')) {
    for (const runs of [10_000, 100_000]) {
      await withServers({ ...versions, flows: 100, tasks: 10, runs: runs / 100, latencyMs: 0 }, (servers) =>
        ingest(`${runs} runs of 100 flows, first`, servers),
      );
    }
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

console.log(`Node ${process.version}, ${cpus().length} cores, Kestra ${values.kestra}, OpenMetadata ${values.om}\n`);
console.table(
  rows.map((row) => ({
    run: row.label,
    'wall s': row.wallSeconds.toFixed(2),
    'CPU s': row.cpuSeconds.toFixed(2),
    'peak MB': row.peakMegabytes.toFixed(0),
    'Kestra requests': row.kestraRequests ? sum(row.kestraRequests) : '',
    'OM requests': row.openMetadataRequests ? sum(row.openMetadataRequests) : '',
    writes: row.writes ?? '',
  })),
);
for (const row of rows.filter(({ openMetadataRequests }) => openMetadataRequests)) {
  console.log(`\n${row.label}`);
  for (const counts of [row.kestraRequests, row.openMetadataRequests])
    for (const [endpoint, count] of Object.entries(counts)) console.log(`  ${String(count).padStart(6)}  ${endpoint}`);
}
if (values.json) writeFileSync(values.json, `${JSON.stringify({ node: process.version, versions, rows }, null, 2)}\n`);
