// Runs the built `flowmeta watch` for some minutes against servers that change and fail, and looks for leaks:
//   node tooling/bench/src/soak.mjs [--minutes 10] [--flows 40] [--seed 1] [--json FILE]
// Exits with 1 when memory or open files grow, or when the catalog is not what one clean run makes of the same source.
import { fork, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    flows: { type: 'string', default: '40' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    json: { type: 'string' },
  },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
/** Of the samples, while buffers fill and code is compiled. */
const warmUp = 0.25;
/** What the last third may have more than the first one. */
const allowed = { memoryFactor: 1.25, megabytes: 20, files: 6 };
const sampleEvery = 1_000;
const reloadEvery = 45_000;
/** For the watch to catch up once the servers are quiet, ms. */
const patience = 180_000;

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const flowmeta = here('../../../apps/runner/bin/flowmeta.mjs');
const work = mkdtempSync(join(tmpdir(), 'flowmeta-soak-'));

const servers = fork(here('soak-servers.mjs'), [JSON.stringify({ seed, flows: Number(values.flows) })]);
const answer = () =>
  new Promise((resolve, reject) => {
    const ended = (code) => reject(new Error(`the servers stopped with ${code}`));
    servers.once('exit', ended);
    servers.once('message', (message) => {
      servers.off('exit', ended);
      resolve(message);
    });
  });
const ask = (message) => {
  const reply = answer();
  servers.send(message);
  return reply;
};

function writeConfig(name, { kestra, token }, catalog) {
  const config = join(work, name);
  writeFileSync(
    config,
    `source:
  type: kestra
  serviceName: soak
  serviceConnection: { config: { type: Kestra, hostPort: "${kestra}" } }
  sourceConfig: { config: { type: PipelineMetadata, statusLookbackDays: 2 } }
workflowConfig:
  openMetadataServerConfig: { hostPort: "${catalog}/api", securityConfig: { jwtToken: "${token}" } }
`,
  );
  return config;
}

/** What the process holds at this moment. */
function sample(pid) {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  const files = readdirSync(`/proc/${pid}/fd`).map((name) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${name}`);
    } catch {
      return '';
    }
  });
  return {
    megabytes: Number(kilobytes) / 1024,
    files: files.length,
    sockets: files.filter((target) => target.startsWith('socket:')).length,
  };
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
const least = (numbers) => Math.min(...numbers);

/** Of the first and of the last third after the warm-up. */
function trend(samples, pick, summary) {
  const warm = samples.slice(Math.floor(samples.length * warmUp));
  const third = Math.floor(warm.length / 3);
  return { first: summary(warm.slice(0, third).map(pick)), last: summary(warm.slice(-third).map(pick)) };
}

async function metricsOf(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  return (name) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.slice(name.length + 1),
    );
}
const cyclesOf = (metric) =>
  Object.fromEntries(
    ['done', 'partial', 'failed'].map((outcome) => [
      outcome,
      metric(`flowmeta_watch_cycles_total{outcome="${outcome}"}`),
    ]),
  );

let child;
try {
  const urls = await answer();
  const config = writeConfig('watch.yaml', urls, urls.openMetadata);
  child = spawn(process.execPath, [flowmeta, 'watch', '-c', config, '--interval', '1s', '--listen', '127.0.0.1:0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  let isRunning = true;
  const ended = new Promise((resolve) => {
    child.on('close', (code) => {
      isRunning = false;
      resolve(code);
    });
  });
  const listening = new Promise((resolve, reject) => {
    child.stderr.on('data', (chunk) => {
      log = (log + chunk).slice(-20_000);
      const [url] = /http:\/\/[\d.:]+(?= has)/.exec(log) ?? [];
      if (url) resolve(url);
    });
    ended.then((code) => reject(new Error(`watch stopped with ${code}\n${log}`)));
  });
  const url = await listening;

  const samples = [];
  const end = performance.now() + minutes * 60_000;
  let nextReload = performance.now() + reloadEvery;
  while (performance.now() < end) {
    await pause(sampleEvery);
    if (!isRunning) throw new Error(`watch stopped by itself\n${log}`);
    samples.push(sample(child.pid));
    await metricsOf(url);
    if (performance.now() > nextReload) {
      child.kill('SIGHUP');
      nextReload += reloadEvery;
    }
  }
  const metric = await metricsOf(url);
  const cycles = cyclesOf(metric);

  const { changes, bouts, requests } = await ask('settle');
  const quietAt = performance.now();
  // Ends a wait after failures.
  child.kill('SIGHUP');
  let caughtUp = false;
  while (!caughtUp && performance.now() - quietAt < patience) {
    await pause(500);
    const now = cyclesOf(await metricsOf(url));
    caughtUp = now.done >= cycles.done + 4;
  }
  child.kill('SIGTERM');
  const exitCode = await ended;
  const { status, stderr } = spawnSync(
    process.execPath,
    [flowmeta, 'ingest', '-c', writeConfig('clean.yaml', urls, urls.clean), '--no-progress'],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`the clean run exited with ${status}\n${stderr}`);
  const catalog = await ask('compare');

  const memory = trend(samples, ({ megabytes }) => megabytes, median);
  // Between two cycles few are open: what leaks stays open then too.
  const files = trend(samples, (each) => each.files, least);
  const sockets = trend(samples, (each) => each.sockets, least);
  const failures = [
    ...(memory.last > memory.first * allowed.memoryFactor + allowed.megabytes ? ['memory grows'] : []),
    ...(files.last > files.first + allowed.files ? ['open files grow'] : []),
    ...(caughtUp ? [] : ['it did not catch up']),
    ...(catalog.differences > 0
      ? [`the catalog differs from that of a clean run in ${catalog.differences} items`]
      : []),
    ...(exitCode === 143 ? [] : [`it ended with ${exitCode} at SIGTERM`]),
  ];
  const result = {
    minutes,
    seed,
    passed: failures.length === 0,
    failures,
    cycles,
    changes,
    bouts,
    memory,
    files,
    sockets,
  };
  console.log(
    `Node ${process.version}, ${minutes} minutes, seed ${seed}: ${changes} changes, ${bouts} bouts of faults`,
  );
  console.table({
    'memory, MB, median': memory,
    'open files, least': files,
    'sockets, least': sockets,
  });
  console.log(
    `Cycles: ${cycles.done} done, ${cycles.partial} partial, ${cycles.failed} failed. Catalog: ${catalog.items} items, ${catalog.differences} differ.`,
  );
  for (const failure of failures) console.error(`failure: ${failure}`);
  if (catalog.differences > 0) console.error(JSON.stringify(catalog, null, 2).slice(0, 6_000));
  if (failures.length > 0) console.error(log.slice(-4_000));
  if (values.json) writeFileSync(values.json, `${JSON.stringify({ ...result, catalog, requests }, null, 2)}\n`);
  process.exitCode = failures.length === 0 ? 0 : 1;
} finally {
  child?.kill('SIGKILL');
  if (servers.connected) servers.send('stop');
  rmSync(work, { recursive: true, force: true });
}
