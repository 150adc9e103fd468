// Runs the connector's test against a real Airflow, which it installs and starts.
//   pnpm test:airflow [--version 3.1.8] [--venv FOLDER] [--database URL]
// Without --venv the version is installed into a virtual environment in the folder for temporary files, once, which needs Python 3.11
// with pip; without one this exits with 77. The database is SQLite unless told otherwise, which is enough for DAGs and a few runs.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createProcesses } from './processes.mjs';
import { startAirflow, users } from './server.mjs';

/** By convention: this could not be tried. */
const skipped = 77;
/** That with which the lists of packages were made. */
const pythonVersion = '3.11';
/** DAGs of `dags/`. */
const dagsOf = (major) => (major === 2 ? 35 : 40);

const { values: options } = parseArgs({
  options: { version: { type: 'string', default: '3.1.8' }, venv: { type: 'string' }, database: { type: 'string' } },
});
const folder = fileURLToPath(new URL('../', import.meta.url));
const root = fileURLToPath(new URL('../../../', import.meta.url));
const requirements = join(folder, `constraints-${options.version}.txt`);
if (!existsSync(requirements)) {
  const known = readdirSync(folder).flatMap((name) => /^constraints-(.+)\.txt$/.exec(name)?.[1] ?? []);
  fail(`--version ${options.version} is none of those that are tried: ${known.join(', ')}`);
}
const major = Number(options.version[0]);

let home;
const processes = createProcesses({
  onExit: () => home && rmSync(home, { recursive: true, force: true, maxRetries: 5 }),
});
try {
  const venv = options.venv ?? (await installed(join(tmpdir(), `flowmeta-airflow-${options.version}`)));
  const airflow = join(venv, 'bin', 'airflow');
  if (!existsSync(airflow)) fail(`there is no ${airflow}: --venv is a virtual environment with Airflow in it`);
  home = mkdtempSync(join(tmpdir(), 'airflow-'));
  const port = await freePort();
  const database = options.database ?? `sqlite:///${join(home, 'airflow.db')}`;
  console.log(`Starts Airflow ${options.version} in ${home}`);
  const dags = join(folder, 'dags');
  const server = await startAirflow({ airflow, home, port, major, database, dags, work: true, processes });
  const { password } = users.viewer;
  await dagsAreThere(server.url, password);
  console.log('All DAGs are there');
  await processes.run(
    join(root, 'node_modules', '.bin', 'vitest'),
    ['run', 'packages/connector-airflow/test/real.test.ts'],
    {
      cwd: root,
      stdio: 'inherit',
      env: {
        ...process.env,
        FLOWMETA_AIRFLOW: server.url,
        FLOWMETA_AIRFLOW_USER: 'viewer',
        FLOWMETA_AIRFLOW_PASSWORD: password,
      },
    },
  );
} catch (error) {
  // Its logs say more.
  const logs = home;
  home = undefined;
  fail(`${error.message}${logs ? `\nThe logs of Airflow are in ${logs}` : ''}`);
}
process.exit(0);

function fail(message) {
  console.error(message);
  process.exit(1);
}

/** The virtual environment, made if there is none, or only half of one. */
async function installed(venv) {
  const mark = join(venv, 'installed');
  if (existsSync(mark)) return venv;
  const python = ['python3.11', 'python3', 'python'].find((each) => versionOf(each) === pythonVersion);
  if (python === undefined) {
    const found = versionOf('python3');
    const instead = found ? `; python3 is ${found}` : '';
    console.log(`skipped: there is no Python ${pythonVersion} with pip and venv${instead}. Or give --venv FOLDER.`);
    process.exit(skipped);
  }
  console.log(`Installs Airflow ${options.version} into ${venv}, which takes some minutes`);
  rmSync(venv, { recursive: true, force: true });
  await processes.run(python, ['-m', 'venv', venv], { stdio: 'inherit' });
  // The list is whole: nothing has to be resolved.
  const install = ['install', '--quiet', '--disable-pip-version-check', '--no-deps', '--requirement', requirements];
  await processes.run(join(venv, 'bin', 'pip'), install, { stdio: 'inherit' });
  writeFileSync(mark, '');
  return venv;
}

/** `3.11`, if it can make virtual environments. */
function versionOf(python) {
  const code = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])';
  const { status, stdout } = spawnSync(python, ['-c', code], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Airflow takes its time to start and to read the files. */
async function dagsAreThere(url, password) {
  for (let left = 300; left > 0; left -= 1) {
    const dags = await countDags(url, password).catch(() => undefined);
    if (dags !== undefined && dags >= dagsOf(major)) return;
    await sleep(2000);
  }
  throw new Error('Airflow did not show its DAGs within ten minutes');
}

async function countDags(url, password) {
  let authorization = `Basic ${Buffer.from(`viewer:${password}`).toString('base64')}`;
  if (major > 2) {
    const answer = await fetch(`${url}/auth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'viewer', password }),
    });
    authorization = `Bearer ${(await answer.json()).access_token}`;
  }
  const answer = await fetch(`${url}/api/v${major === 2 ? 1 : 2}/dags?limit=1`, { headers: { authorization } });
  return (await answer.json()).total_entries;
}
