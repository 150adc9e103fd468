import { type Connector, defineConnector, type Pipeline, specVersion, VerdictError } from '@flowmeta/connector';
import { z } from 'zod';

// In earnest these come from the server.
const jobs: Pipeline[] = [
  {
    name: 'nightly',
    enabled: true,
    tasks: [
      { name: 'extract', enabled: true },
      { name: 'load', enabled: true },
    ],
    edges: [{ from: 'extract', to: 'load' }],
    schedules: [{ id: 'night', cron: '0 2 * * *' }],
    labels: [],
    owners: [],
    inputs: [],
  },
];

export const acme = defineConnector({
  name: 'acme',
  title: 'Acme',
  description: 'Reads the jobs of an Acme server.',
  configSchema: z.strictObject({ hostPort: z.url().describe('Address of the Acme server.') }),
  examples: [{ title: 'Smallest', config: { hostPort: 'https://acme.example.com' } }],
  capabilities: {},
  open({ hostPort }): Connector {
    let closed = false;
    return {
      specVersion,
      name: 'acme',
      capabilities: {},
      async *check() {
        yield { name: 'reach', status: 'passed', message: `Acme at ${hostPort}` };
      },
      async *read({ pipelines = true, only, signal }) {
        if (only) throw new VerdictError('Acme is only read as a whole.', { verdict: 'fatal' });
        for (const pipeline of pipelines ? jobs : []) {
          signal?.throwIfAborted();
          if (closed) return;
          yield { kind: 'pipeline', pipeline };
        }
        signal?.throwIfAborted();
        if (pipelines && !closed) yield { kind: 'listed', scope: {} };
        signal?.throwIfAborted();
      },
      async close() {
        closed = true;
      },
    };
  },
});
