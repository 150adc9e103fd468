// Times whole ingestion runs of the built `flowmeta` command against look-alike servers with a set latency, and beside them
// what only reads the same answers, and OpenMetadata's own framework if it is there.
//   node tooling/bench/src/bench.mjs [--flows 500] [--tasks 10] [--runs 20] [--latency 0,5] [--om 1.12] [--kestra 1.0.3]
//                                    [--scenario main,startup,memory] [--repeat 1] [--framework VENV] [--json FILE]
import { fork, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
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
    repeat: { type: 'string', default: '1' },
    framework: { type: 'string' },
    json: { type: 'string' },
  },
});
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const flowmeta = here('../../../apps/runner/bin/flowmeta.mjs');
const now = Date.UTC(2026, 10, 22, 12);
const work = mkdtempSync(join(tmpdir(), 'flowmeta-bench-'));
const measured = join(work, 'measured.json');
const sum = (counts) => Object.values(counts).reduce((total, count) => total + count, 0);
const minus = (after, before) =>
  Object.fromEntries(
    Object.entries(after)
      .map(([key, count]) => [key, count - (before[key] ?? 0)])
      .filter(([, count]) => count > 0),
  );

/** Runs a command that writes what it has used to the file `measured`. */
function measure(command, args, env) {
  rmSync(measured, { force: true });
  const started = process.hrtime.bigint();
  const result = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, ...env }, maxBuffer: 2 ** 28 });
  const wallSeconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (result.error) throw result.error;
  const output = `${result.stdout}${result.stderr}`;
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')} exited ${result.status}\n${output}`);
  return { wallSeconds, ...JSON.parse(readFileSync(measured, 'utf8')), output };
}

const runNode = (...args) =>
  measure(process.execPath, ['--import', here('measure.mjs'), ...args], {
    FLOWMETA_MEASURE: measured,
    FLOWMETA_NOW: new Date(now).toISOString(),
  });
const run = (args) => runNode(flowmeta, ...args);

async function withServers(options, use) {
  const child = fork(here('servers.mjs'), [JSON.stringify({ now, ...options })]);
  const answer = () =>
    new Promise((resolve, reject) => {
      const stopped = (code) => reject(new Error(`the servers stopped with ${code}`));
      child.once('exit', stopped);
      child.once('message', (message) => {
        child.off('exit', stopped);
        resolve(message);
      });
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
  const ask = (question) => {
    const reply = answer();
    child.send(question);
    return reply;
  };
  try {
    return await use({ urls, config, withState, ask });
  } finally {
    child.send('stop');
    await new Promise((resolve) => child.once('exit', resolve));
  }
}

const rows = [];
async function note(label, servers, perform) {
  const before = await servers.ask('counts');
  const { wallSeconds, cpuSeconds, peakMegabytes, output } = perform();
  const after = await servers.ask('counts');
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
  return { ...row, output };
}

const ingest = (label, servers, config = servers.config) =>
  note(label, servers, () => run(['ingest', '-c', config, '--no-progress']));

/** What a first run has read, read again and parsed, and nothing else. */
async function floor(label, servers) {
  const addresses = join(work, 'addresses.json');
  writeFileSync(addresses, JSON.stringify(await servers.ask('addresses')));
  return note(label, servers, () => runNode(here('floor.mjs'), addresses, '8'));
}

/** One run of the framework with the source of ours. Its exit code says little, so the writes are counted. */
async function framework(label, servers, { expected, ...connectionOptions }) {
  const config = join(work, 'framework.json');
  const { openMetadata, token } = servers.urls;
  const connection = { type: 'CustomPipeline', sourcePythonClass: 'kestra_source.KestraSource', connectionOptions };
  const workflow = {
    source: {
      type: 'CustomPipeline',
      serviceName: 'bench',
      serviceConnection: { config: connection },
      sourceConfig: { config: { type: 'PipelineMetadata' } },
    },
    sink: { type: 'metadata-rest', config: {} },
    workflowConfig: {
      loggerLevel: 'WARN',
      openMetadataServerConfig: {
        hostPort: `${openMetadata}/api`,
        authProvider: 'openmetadata',
        securityConfig: { jwtToken: token },
      },
    },
  };
  writeFileSync(config, JSON.stringify(workflow));
  const command = (name) => join(resolve(values.framework), 'bin', name);
  const { writes, output } = await note(`framework, ${label}`, servers, () =>
    measure(
      command('python'),
      [here('../framework/measure.py'), measured, command('metadata'), 'ingest', '-c', config],
      { PYTHONPATH: here('../framework'), PYTHONDONTWRITEBYTECODE: '1' },
    ),
  );
  if (writes !== expected) throw new Error(`the framework wrote ${writes} instead of ${expected}\n${output}`);
}

const size = { flows: Number(values.flows), tasks: Number(values.tasks), runs: Number(values.runs) };
const versions = { kestraVersion: values.kestra, openMetadataVersion: values.om };
const scenarios = values.scenario.split(',');

async function main(latencyMs) {
  const name = `${size.flows} flows × ${size.tasks} tasks × ${size.runs} runs, ${latencyMs} ms`;
  const options = { ...versions, ...size, latencyMs };
  await withServers(options, async (servers) => {
    await ingest(`${name}, first`, servers);
    await floor(`${name}, the same answers of Kestra, only read and parsed`, servers);
    await ingest(`${name}, unchanged`, servers);
    run(['ingest', '-c', servers.withState, '--no-progress']);
    await ingest(`${name}, unchanged, with state`, servers, servers.withState);
  });
  if (values.framework === undefined) return;
  const statuses = { each: 'a request for each run', bulk: 'a request for the runs of a flow' };
  for (const [kind, said] of Object.entries(statuses)) {
    await withServers(options, async (servers) => {
      const connection = { hostPort: servers.urls.kestra, statuses: kind };
      const expected = 1 + size.flows * (1 + size.runs);
      await framework(`${name}, ${said}, first`, servers, { ...connection, expected });
      await framework(`${name}, ${said}, unchanged`, servers, { ...connection, expected: 0 });
    });
  }
}

async function startup() {
  const { wallSeconds, cpuSeconds, peakMegabytes } = run(['--version']);
  rows.push({ label: 'flowmeta --version', wallSeconds, cpuSeconds, peakMegabytes });
  await withServers({ ...versions, flows: 0, tasks: 0, runs: 0, latencyMs: 0 }, async (servers) => {
    await ingest('ingest, empty server', servers);
  });
  if (values.framework === undefined) return;
  await withServers({ ...versions, flows: 0, tasks: 0, runs: 0, latencyMs: 0 }, (servers) =>
    framework('nothing to read', servers, { expected: 1 }),
  );
}

async function memory(runs) {
  const options = { ...versions, flows: 100, tasks: 10, runs: runs / 100, latencyMs: 0 };
  await withServers(options, (servers) => ingest(`${runs} runs of 100 flows, first`, servers));
}

/** One row of all that have its label, with the median of each figure. */
function median(label) {
  const all = rows.filter((row) => row.label === label);
  const middle = (figure) => all.map((row) => row[figure]).sort((a, b) => a - b)[Math.floor((all.length - 1) / 2)];
  const figures = ['wallSeconds', 'cpuSeconds', 'peakMegabytes'];
  return { ...all[0], ...Object.fromEntries(figures.map((figure) => [figure, middle(figure)])) };
}

try {
  for (let round = 0; round < Number(values.repeat); round += 1) {
    if (scenarios.includes('startup')) await startup();
    if (scenarios.includes('main')) for (const latency of values.latency.split(',')) await main(Number(latency));
    if (scenarios.includes('memory')) for (const runs of [10_000, 100_000]) await memory(runs);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
const medians = [...new Set(rows.map(({ label }) => label))].map(median);

console.log(`Node ${process.version}, ${cpus().length} cores, Kestra ${values.kestra}, OpenMetadata ${values.om}\n`);
console.table(
  medians.map((row) => ({
    run: row.label,
    'wall s': row.wallSeconds.toFixed(2),
    'CPU s': row.cpuSeconds.toFixed(2),
    'peak MB': row.peakMegabytes.toFixed(0),
    'Kestra requests': row.kestraRequests ? sum(row.kestraRequests) : '',
    'OM requests': row.openMetadataRequests ? sum(row.openMetadataRequests) : '',
    writes: row.writes ?? '',
  })),
);
for (const row of medians.filter(({ openMetadataRequests }) => openMetadataRequests)) {
  console.log(`\n${row.label}`);
  for (const counts of [row.kestraRequests, row.openMetadataRequests])
    for (const [endpoint, count] of Object.entries(counts)) console.log(`  ${String(count).padStart(6)}  ${endpoint}`);
}
if (values.json)
  writeFileSync(values.json, `${JSON.stringify({ node: process.version, versions, rows: medians }, null, 2)}\n`);
