// Runs the connector's test against a real Airflow, which it starts.
//   pnpm test:airflow [--version 3.1.8] [--venv FOLDER] [--database URL] [--port 28081]
// Without --venv the version is installed into a virtual environment in the folder for temporary files, once; it needs Python 3.11. The
// database is SQLite unless told otherwise, which is enough for DAGs and a few runs.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startAirflow, users } from './server.mjs';

const { values: options } = parseArgs({
  options: {
    version: { type: 'string', default: '3.1.8' },
    venv: { type: 'string' },
    database: { type: 'string' },
    port: { type: 'string', default: '28081' },
  },
});
const { version, port } = options;
const major = Number(version[0]);
const folder = fileURLToPath(new URL('../', import.meta.url));
const venv = options.venv ?? join(tmpdir(), `flowmeta-airflow-${version}`);
const airflow = join(venv, 'bin', 'airflow');
const must = (command, ...args) => {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (error || status !== 0)
    throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? `status ${status}`}`);
};
if (!existsSync(airflow)) {
  const constraints = join(folder, `constraints-${version}.txt`);
  if (!existsSync(constraints)) throw new Error(`there is no ${constraints}`);
  console.log(`Installs Airflow ${version} into ${venv}`);
  must('python3.11', '-m', 'venv', venv);
  must(join(venv, 'bin', 'pip'), 'install', '--quiet', '--requirement', constraints);
}

const home = mkdtempSync(join(tmpdir(), 'airflow-'));
const database = options.database ?? `sqlite:///${join(home, 'airflow.db')}`;
console.log(`Starts Airflow ${version} in ${home}`);
const server = startAirflow({ airflow, home, port, major, database, dags: join(folder, 'dags'), work: true });
process.once('SIGINT', () => {
  server.stop();
  process.exit(130);
});
let status = 1;
try {
  const { password } = users.viewer;
  await dagsAreThere(password);
  console.log('All DAGs are there');
  const tested = spawnSync('npx', ['vitest', 'run', 'packages/connector-airflow/test/real.test.ts'], {
    cwd: fileURLToPath(new URL('../../../', import.meta.url)),
    stdio: 'inherit',
    env: {
      ...process.env,
      FLOWMETA_AIRFLOW: server.url,
      FLOWMETA_AIRFLOW_USER: 'viewer',
      FLOWMETA_AIRFLOW_PASSWORD: password,
    },
  });
  status = tested.status ?? 1;
} finally {
  server.stop();
}
process.exit(status);

/** Airflow takes its time to start and to read the files. */
async function dagsAreThere(password) {
  const root = `${server.url}/api/v${major === 2 ? 1 : 2}`;
  for (let left = 300; left > 0; left -= 1) {
    const dags = await countDags(root, password).catch(() => undefined);
    if (dags !== undefined && dags >= 34) return;
    await sleep(2000);
  }
  throw new Error(`Airflow did not show its DAGs within ten minutes; its logs are in ${home}`);
}

async function countDags(root, password) {
  let authorization = `Basic ${Buffer.from(`viewer:${password}`).toString('base64')}`;
  if (major > 2) {
    const answer = await fetch(`${server.url}/auth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'viewer', password }),
    });
    authorization = `Bearer ${(await answer.json()).access_token}`;
  }
  const answer = await fetch(`${root}/dags?limit=1`, { headers: { authorization } });
  return (await answer.json()).total_entries;
}
