import type { ConnectorDefinition } from '@flowmeta/connector';
import { describeConnector } from '@flowmeta/connector/testing';
import { afterAll, beforeAll } from 'vitest';
import { acmeConnector } from '../src/index.js';
import { startServer, token, type World } from './server.js';

const servers = new Map<World, Awaited<ReturnType<typeof startServer>>>();

beforeAll(async () => {
  for (const world of ['intact', 'hanging', 'brokenPipeline', 'brokenRun', 'changed'] as const) {
    servers.set(world, await startServer(world));
  }
});
afterAll(async () => {
  for (const server of servers.values()) await server.close();
});

const open =
  (world: World, signIn = token) =>
  () =>
    acmeConnector.open(acmeConnector.configSchema.parse({ hostPort: servers.get(world)?.url, token: signIn }), {
      now: () => 0,
      serviceName: 'acme',
    });

describeConnector({
  name: 'Acme',
  definition: acmeConnector as ConnectorDefinition,
  window: { since: Date.UTC(2026, 0, 5), until: Date.UTC(2026, 0, 6) },
  secrets: [token, 'wrong-token-42'],
  open: open('intact'),
  worlds: {
    unreachable: open('intact', 'wrong-token-42'),
    hanging: open('hanging'),
    brokenPipeline: open('brokenPipeline'),
    brokenRun: open('brokenRun'),
    changed: open('changed'),
  },
});
