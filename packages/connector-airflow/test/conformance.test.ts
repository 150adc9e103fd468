import type { Connector, ConnectorDefinition } from '@flowmeta/connector';
import { describeConnector, type OpenConnector } from '@flowmeta/connector/testing';
import type { AirflowDataset, Sandbox } from '@flowmeta/sandbox';
import { afterAll } from 'vitest';
import { airflowConnector } from '../src/connector.js';
import { auth, connect, type Standing, startAirflow, window } from './stand-in.js';

const planted = 'hunter22zebra';
const victim = 'shop.orders.etl';
const servers: Sandbox[] = [];

afterAll(() => Promise.all(servers.map((server) => server.close())));

/** Secrets where people put them. */
function plant({ dags, taskInstances }: AirflowDataset): void {
  for (const { dag, details } of dags) {
    dag.description = `${dag.description ?? ''} Runs with password=${planted}.`;
    if (details.status === 200) Object.assign(details.body as object, { doc_md: `postgres://u:${planted}@db/shop` });
  }
  for (const instance of taskInstances)
    instance.rendered_fields = { ...(instance.rendered_fields as object), token: planted };
}

for (const major of [2, 3] as const) {
  const world = (standing: Omit<Standing, 'major'> = {}): OpenConnector => {
    let server: Promise<Sandbox> | undefined;
    return async (): Promise<Connector> => {
      server ??= startAirflow({
        major,
        ...standing,
        change: (dataset) => {
          plant(dataset);
          standing.change?.(dataset);
        },
      }).then((started) => {
        servers.push(started);
        return started;
      });
      return connect((await server).url);
    };
  };
  describeConnector({
    name: `Airflow ${major}`,
    definition: airflowConnector as ConnectorDefinition,
    window,
    secrets: [auth.password, planted],
    open: world(),
    worlds: {
      unreachable: () => connect('http://127.0.0.1:9'),
      hanging: world({ faults: [{ path: /taskInstances/, effect: { kind: 'delay', ms: 600_000 } }] }),
      brokenPipeline: world({
        faults: [{ path: new RegExp(`/dags/${victim}/tasks$`), effect: { kind: 'status', status: 500 } }],
      }),
      brokenRun: world({
        change: ({ runs }) => {
          runs.find((run) => run.dag_id === victim)!.state = null;
        },
      }),
      changed: world({
        change: ({ dags }) => {
          const { tasks } = dags.find(({ dag }) => dag.dag_id === victim)!;
          (tasks.body as { tasks: { downstream_task_ids: string[] }[] }).tasks[0]!.downstream_task_ids = ['notify'];
        },
      }),
    },
  });
}
