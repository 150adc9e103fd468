import {
  type Connector,
  type ConnectorContext,
  defineConnector,
  type ReadOptions,
  specVersion,
  VerdictError,
} from '@flowmeta/connector';
import { untilLeft } from '@flowmeta/connector/reading';
import { createKestraClient, type KestraClient } from '@flowmeta/kestra-client';
import { createRedactor } from '@flowmeta/redact';
import { checkSteps } from './check.js';
import { authOf, clientOptions } from './client-options.js';
import { type KestraConfig, kestraConfigSchema } from './config.js';
import { countRuns } from './count-runs.js';
import { ownsPipeline, pipelineExists } from './existence.js';
import { installedTypes } from './installed-types.js';
import { readEvents } from './read.js';
import type { KnownDefinitions } from './read-context.js';
import { compileSelection } from './selection.js';

const capabilities = { runs: true, lineage: true, owners: true };

/** Kestra as a source of pipelines and runs: what the registry, the docs and the runner know of it. */
export const kestraConnector = defineConnector({
  name: 'kestra',
  title: 'Kestra',
  description:
    'Reads flows, task graphs, schedules, labels, owners, executions and the lineage between flows of Kestra 0.17 to 2.0, open source and Enterprise.',
  configSchema: kestraConfigSchema,
  examples: [
    {
      title: 'With a user name',
      config: {
        type: 'Kestra',
        hostPort: 'https://kestra.example.com',
        username: 'catalog@example.com',
        password: '$KESTRA_PASSWORD',
      },
    },
    {
      title: 'Enterprise, one tenant, two namespaces',
      config: {
        type: 'Kestra',
        hostPort: 'https://kestra.example.com',
        tenantId: 'production',
        token: '$KESTRA_TOKEN',
        namespaces: { includes: ['company.team', 'company.sales'] },
        ownerMapping: { 'company.sales': 'sales-team' },
      },
    },
  ],
  capabilities,
  open: (config, context) => connectKestra(createKestraClient(clientOptions(config, context)), config, context),
});

/**
 * The connector over a client that is already there; it closes the client with itself.
 *
 * @throws VerdictError `fatal` when a filter pattern of the workflow can't be used.
 */
export function connectKestra(client: KestraClient, config: KestraConfig, context: ConnectorContext): Connector {
  const redactor = createRedactor(
    [config.password, config.token, config.sslConfig?.sslKey].filter((secret) => secret !== undefined),
  );
  const select = compileSelection({ config, selection: context.selection });
  const definitions: KnownDefinitions = new Map();
  const closing = new AbortController();
  const signalOf = (...signals: (AbortSignal | undefined)[]) =>
    AbortSignal.any([closing.signal, ...signals.filter((signal) => signal !== undefined)]);

  return {
    specVersion,
    name: kestraConnectorName,
    capabilities,

    async *check({ signal } = {}) {
      const hasCredentials = authOf(config).kind !== 'none';
      const steps = untilLeft(signalOf(signal), (either) =>
        checkSteps({ client, hasCredentials, now: context.now(), signal: either }),
      );
      for await (const step of steps) yield redactor.value(step);
    },

    read: (options: ReadOptions) =>
      untilLeft(signalOf(options.signal), (signal) => {
        const selection = select(options.namespaces);
        return readEvents(options, { client, config, redactor, selection, definitions, signal });
      }),

    installedTypes: ({ signal } = {}) => installedTypes(client, { signal: signalOf(signal) }),

    owns: (pipeline, { signal } = {}) => ownsPipeline(client, pipeline, { signal: signalOf(signal) }),

    exists: (pipeline, { signal } = {}) => pipelineExists(client, pipeline, { signal: signalOf(signal) }),

    countRuns: (windows, { namespaces, signal } = {}) =>
      countRuns(windows, { client, selection: select(namespaces), signal: signalOf(signal) }),

    tenants: ({ signal } = {}) => client.tenants({ signal: signalOf(signal) }),

    async close() {
      closing.abort(new VerdictError('The connection to Kestra is closed.', { verdict: 'fatal' }));
      await client.close();
    },
  };
}

const kestraConnectorName = 'kestra';
