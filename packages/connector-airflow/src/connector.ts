import {
  type Connector,
  type ConnectorContext,
  defineConnector,
  type ReadOptions,
  specVersion,
  VerdictError,
} from '@flowmeta/connector';
import { transportOptions, untilLeft } from '@flowmeta/connector/reading';
import { createRedactor } from '@flowmeta/redact';
import { checkSteps } from './check.js';
import { AirflowClient, type AirflowClientOptions } from './client/airflow-client.js';
import { type AirflowConfig, airflowConfigSchema } from './config.js';
import { countRuns } from './count-runs.js';
import { ownsPipeline, pipelineExists } from './existence.js';
import { databasePlaceOf } from './lineage/asset-uri.js';
import { type LastDefinitions, readEvents } from './read.js';
import { compileSelection } from './selection.js';

const name = 'airflow';
const capabilities = { runs: true, lineage: true, owners: true };

/** Apache Airflow as a source of pipelines and runs: what the registry, the docs and the runner know of it. */
export const airflowConnector = defineConnector({
  name,
  title: 'Airflow',
  description:
    'Reads DAGs, tasks, schedules, tags, owners, runs and the lineage of assets of Apache Airflow 2.10 to 3.x over its REST API.',
  configSchema: airflowConfigSchema,
  examples: [
    {
      title: 'With a user name',
      config: {
        type: 'Airflow',
        hostPort: 'https://airflow.example.com',
        username: 'catalog',
        password: '$AIRFLOW_PASSWORD',
      },
    },
    {
      title: 'With what the SQL of tasks speaks to',
      config: {
        type: 'Airflow',
        hostPort: 'https://airflow.example.com',
        username: 'catalog',
        password: '$AIRFLOW_PASSWORD',
        connections: { warehouse: 'postgres://db.example.com:5432/shop/public' },
      },
    },
    {
      title: 'With a token, gently',
      config: {
        type: 'Airflow',
        hostPort: 'https://airflow.example.com',
        token: '$AIRFLOW_TOKEN',
        concurrency: 2,
        requestsPerSecond: 10,
      },
    },
  ],
  capabilities,
  open: (config, context) => connectAirflow(config, context),
});

/**
 * `transport` overrides how requests are sent.
 *
 * @throws VerdictError `fatal` when a filter pattern of the workflow can't be used.
 */
export function connectAirflow(
  config: AirflowConfig,
  context: ConnectorContext,
  transport: Partial<AirflowClientOptions> = {},
): Connector {
  const redactor = createRedactor(
    [config.password, config.token, config.sslConfig?.sslKey].filter((secret) => secret !== undefined),
  );
  const selection = compileSelection(context.selection);
  const places = new Map(
    Object.entries(config.connections ?? {}).flatMap(([connection, uri]) => {
      const place = databasePlaceOf(uri);
      return place === undefined ? [] : [[connection, place] as const];
    }),
  );
  const client = new AirflowClient({ ...clientOptions(config, context), redactor, ...transport });
  const last: LastDefinitions = {};
  const closing = new AbortController();
  const signalOf = (...signals: (AbortSignal | undefined)[]) =>
    AbortSignal.any([closing.signal, ...signals.filter((signal) => signal !== undefined)]);

  return {
    specVersion,
    name,
    capabilities,

    async *check({ signal } = {}) {
      const hasCredentials = config.token !== undefined || config.username !== undefined;
      const steps = untilLeft(signalOf(signal), (either) => checkSteps({ client, hasCredentials, signal: either }));
      for await (const step of steps) yield redactor.value(step);
    },

    read: (options: ReadOptions) =>
      untilLeft(signalOf(options.signal), (signal) =>
        readEvents(options, {
          client,
          redactor,
          selection,
          places,
          last,
          concurrency: config.concurrency,
          now: context.now,
          signal,
        }),
      ),

    countRuns: (windows, { namespaces, signal } = {}) =>
      countRuns(windows, { client, namespaces, signal: signalOf(signal) }),

    owns: async (pipeline) => ownsPipeline(client.address, pipeline),

    exists: (pipeline, { signal } = {}) => pipelineExists(client, pipeline, { signal: signalOf(signal) }),

    async close() {
      closing.abort(new VerdictError('The connection to Airflow is closed.', { verdict: 'fatal' }));
      await client.close();
    },
  };
}

/** What the config and the host mean for the client. */
function clientOptions(config: AirflowConfig, context: ConnectorContext): Omit<AirflowClientOptions, 'redactor'> {
  const { username, password, token } = config;
  return {
    baseUrl: config.hostPort,
    auth:
      token !== undefined
        ? { kind: 'token', token }
        : username !== undefined && password !== undefined
          ? { kind: 'password', username, password }
          : { kind: 'none' },
    ...transportOptions(config, context),
  };
}
