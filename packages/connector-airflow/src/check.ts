import { type CheckStep, hintOf } from '@flowmeta/connector';
import type { AirflowClient, AirflowServer } from './client/airflow-client.js';

export interface CheckContext {
  client: AirflowClient;
  /** Whether the config holds credentials. */
  hasCredentials: boolean;
  signal: AbortSignal;
}

const stepNames = ['reach', 'list DAGs', 'runs', 'lineage', 'import errors'] as const;

/** Tries what a read needs, in the order in which a read needs it. After `reach` or `list DAGs` failed the rest is skipped. */
export async function* checkSteps({ client, hasCredentials, signal }: CheckContext): AsyncGenerator<CheckStep> {
  const options = { signal, onUnreadable: () => {} };
  let server: AirflowServer;
  try {
    server = await client.server({ signal });
  } catch (error) {
    signal.throwIfAborted();
    yield failed('reach', error, 'Check `hostPort`, and that Airflow can be reached from here.');
    yield* skippedAfter('reach');
    return;
  }
  yield { name: 'reach', status: 'passed', message: `Airflow ${server.version} answers at ${client.address}.` };

  let name: string | undefined;
  try {
    name = (await first(client.dags(options)))?.dag_id;
  } catch (error) {
    signal.throwIfAborted();
    yield failed('list DAGs', error, 'Check the credentials, and that this user may read DAGs.');
    yield* skippedAfter('list DAGs');
    return;
  }
  yield name === undefined
    ? { name: 'list DAGs', status: 'warning', message: 'There is no DAG, or none that this user may see.' }
    : {
        name: 'list DAGs',
        status: 'passed',
        message: `The first DAG is ${name}${hasCredentials ? '' : '; Airflow asks for no sign-in'}.`,
      };

  yield await tried('runs', signal, async () => {
    const run = await first(client.runs(options));
    if (run) await client.instances([run], options);
    return run ? 'Runs and task instances can be read.' : 'There is no run yet.';
  });
  yield await tried('lineage', signal, async () => {
    await first(client.assets(options));
    const dependencies = await client.dependencies({ signal });
    return dependencies === undefined
      ? 'Assets can be read. Which DAG starts another one, Airflow 2 tells only where it did.'
      : 'Assets, triggers and sensors can be read.';
  });
  yield await tried('import errors', signal, async () => {
    let count = 0;
    for await (const _error of client.importErrors(options)) count += 1;
    return count === 0
      ? 'Every file can be imported.'
      : `${count} file(s) cannot be imported; their DAGs are not touched.`;
  });
}

async function tried(name: string, signal: AbortSignal, step: () => Promise<string>): Promise<CheckStep> {
  try {
    return { name, status: 'passed', message: await step() };
  } catch (error) {
    signal.throwIfAborted();
    return failed(name, error, 'Check that this user may read DAG runs, task instances, assets and import errors.');
  }
}

function failed(name: string, error: unknown, hint: string): CheckStep {
  return { name, status: 'failed', message: (error as Error).message, hint: hintOf(error) ?? hint };
}

function* skippedAfter(failedStep: (typeof stepNames)[number]): Generator<CheckStep> {
  for (const name of stepNames.slice(stepNames.indexOf(failedStep) + 1)) {
    yield { name, status: 'skipped', message: `It needs: ${failedStep}.` };
  }
}

async function first<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item;
  return undefined;
}
