// Starts an Apache Airflow from a virtual environment in a home of its own, with a database of its own and fixed users. SQLite won't do:
// scheduler and tasks lock each other out of it.
import { cpSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { killSessions } from './processes.mjs';

/** Who may sign in; passwords are those of a server that lives for minutes on this machine. */
export const users = {
  admin: { password: 'admin-of-this-recording', role: 'admin' },
  viewer: { password: 'viewer-of-this-recording', role: 'viewer' },
  stranger: { password: 'stranger-of-this-recording', role: 'public' },
};

/** Environment of every process of one server. */
function environmentOf({ home, port, major, database }) {
  const common = {
    AIRFLOW_HOME: home,
    AIRFLOW__CORE__DAGS_FOLDER: join(home, 'dags'),
    AIRFLOW__CORE__LOAD_EXAMPLES: 'False',
    AIRFLOW__CORE__DAG_DISCOVERY_SAFE_MODE: 'False',
    AIRFLOW__LOGGING__LOGGING_LEVEL: 'WARNING',
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN: database,
    // Airflow 2 refuses any other one with SQLite.
    AIRFLOW__CORE__EXECUTOR: major === 2 && database.startsWith('sqlite') ? 'SequentialExecutor' : 'LocalExecutor',
    AIRFLOW__CORE__PARALLELISM: '4',
    AIRFLOW_CONN_WAREHOUSE: JSON.stringify({ conn_type: 'sqlite', host: join(home, 'warehouse.db') }),
  };
  if (major === 2)
    return {
      ...common,
      AIRFLOW__API__AUTH_BACKENDS: 'airflow.api.auth.backend.basic_auth',
      AIRFLOW__SCHEDULER__MIN_FILE_PROCESS_INTERVAL: '5',
      AIRFLOW__SCHEDULER__DAG_DIR_LIST_INTERVAL: '5',
      AIRFLOW__SCHEDULER__PARSING_CLEANUP_INTERVAL: '5',
      AIRFLOW__CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL: '1',
      AIRFLOW__WEBSERVER__WORKERS: '1',
      AIRFLOW__WEBSERVER__SECRET_KEY: 'secret-key-of-this-recording',
    };
  return {
    ...common,
    AIRFLOW__CORE__EXECUTION_API_SERVER_URL: `http://127.0.0.1:${port}/execution/`,
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS: 'admin:admin,viewer:viewer,stranger:',
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE: join(home, 'passwords.json'),
    AIRFLOW__API__SECRET_KEY: 'secret-key-of-this-recording',
    AIRFLOW__API_AUTH__JWT_SECRET: 'jwt-secret-of-this-recording-which-is-long-enough-for-it-to-be-taken',
    AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL: '5',
    AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL: '5',
    AIRFLOW__DAG_PROCESSOR__PARSING_CLEANUP_INTERVAL: '5',
    AIRFLOW__DAG_PROCESSOR__STALE_DAG_THRESHOLD: '10',
  };
}

/**
 * Starts the server; `dags` is copied, so that the recording may change files. Without `work` only the API of an existing home starts.
 * `stopWork()` ends all but the API, in the middle of what runs: from then on the database no longer changes.
 */
export async function startAirflow({ airflow, home, port, major, database, dags, work, processes }) {
  mkdirSync(home, { recursive: true });
  if (work) cpSync(dags, join(home, 'dags'), { recursive: true });
  const env = { ...process.env, ...environmentOf({ home, port, major, database }) };
  const once = (...args) => processes.run(airflow, args, { env });
  if (work) await once('db', 'migrate');
  if (major === 2 && work) {
    await once('sync-perm');
    for (const [name, { password, role }] of Object.entries(users)) {
      const fab = role[0].toUpperCase() + role.slice(1);
      const who = ['-u', name, '-p', password, '-f', name, '-l', name, '-e', `${name}@example.com`];
      await once('users', 'create', '-r', fab, ...who);
    }
  }
  if (major > 2) {
    const passwords = Object.fromEntries(Object.entries(users).map(([name, { password }]) => [name, password]));
    writeFileSync(join(home, 'passwords.json'), `${JSON.stringify(passwords)}\n`);
  }

  const start = (name, ...args) => {
    const log = openSync(join(home, `${name}.log`), 'a');
    return processes.start(airflow, [name, ...args], { env, stdio: ['ignore', log, log] });
  };
  if (major === 2) start('webserver', '--port', String(port), '--hostname', '127.0.0.1');
  else start('api-server', '--port', String(port), '--host', '127.0.0.1', '--workers', '1');
  const workers = work ? [start('scheduler', '--skip-serve-logs')] : [];
  if (work && major > 2) workers.push(start('dag-processor'));
  return {
    url: `http://127.0.0.1:${port}`,
    run: once,
    stopWork: () => killSessions(new Set(workers.map(({ pid }) => pid))),
  };
}
