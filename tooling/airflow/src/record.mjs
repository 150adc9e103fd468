// Starts a real Airflow, plays the scenario, freezes it and records what its API answers.
//   node tooling/airflow/src/record.mjs --airflow VENV/bin/airflow --database postgresql://user@127.0.0.1/empty_database
//     [--home FOLDER] [--port 28080] [--again]
// Writes tooling/recordings/data/airflow/<version>.ndjson.gz. With --again the scenario is left out: the home of an earlier run is
// recorded once more.
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { pack } from '@flowmeta/recordings/trim';
import { createProcesses } from './processes.mjs';
import { createRecorder } from './recorder.mjs';
import { record } from './requests.mjs';
import { playScenario } from './scenario.mjs';
import { startAirflow, users } from './server.mjs';

const { values: options } = parseArgs({
  options: {
    airflow: { type: 'string' },
    database: { type: 'string' },
    home: { type: 'string' },
    port: { type: 'string', default: '28080' },
    again: { type: 'boolean', default: false },
  },
});
if (!options.airflow || !options.database)
  throw new Error('usage: record.mjs --airflow VENV/bin/airflow --database URL [--home FOLDER] [--port N] [--again]');
const home = options.home ?? mkdtempSync(join(tmpdir(), 'airflow-'));
const printed = spawnSync(options.airflow, ['version'], {
  encoding: 'utf8',
  env: { ...process.env, AIRFLOW_HOME: home },
});
const version = /\d+\.\d+\.\d+/.exec(printed.stdout)?.[0];
if (!version) throw new Error(`${options.airflow} is no Airflow: ${printed.stderr}`);
const major = Number(version[0]);
const say = (text) => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);

say(`Airflow ${version} in ${home}`);
const dags = new URL('../dags/', import.meta.url).pathname;
const processes = createProcesses();
const server = await startAirflow({ ...options, home, major, dags, work: !options.again, processes });
try {
  const root = `${server.url}/api/v${major === 2 ? 1 : 2}`;
  const health = major === 2 ? `${root}/health` : `${root}/monitor/health`;
  for (let left = 300; ; left -= 1) {
    const answer = await fetch(health).catch(() => undefined);
    if (answer?.ok) break;
    if (left === 0) throw new Error('the server does not answer');
    await sleep(1000);
  }
  const signIn = async (name) => {
    const { password } = users[name];
    if (major === 2) return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
    const answer = await fetch(`${server.url}/auth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: name, password }),
    });
    return `Bearer ${(await answer.json()).access_token}`;
  };
  const signedIn = new Map();
  const authorization = (name) => {
    if (!signedIn.has(name)) signedIn.set(name, signIn(name));
    return signedIn.get(name);
  };
  const recorder = createRecorder({
    url: server.url,
    authorization,
    replaced: [
      [home, '/opt/airflow'],
      [dirname(dirname(options.airflow)), '/opt/venv'],
    ],
  });
  const call = async (method, path, body) => {
    const answer = await fetch(`${root}/${path}`, {
      method,
      headers: { authorization: await authorization('admin'), 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 500)}`);
    return JSON.parse(text);
  };
  if (!options.again) {
    await playScenario({ call, major, home, run: server.run, say });
    await recorder.get('health-working', new URL(health).pathname, { as: null });
    server.stopWork();
    say('frozen');
  }
  await record({ recorder, major, users });
  pack('airflow', version, recorder.exchanges);
} finally {
  processes.stop();
}
