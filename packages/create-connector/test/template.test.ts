// The template's own tests, from its sources: what is written for others works here first.
import '../template/test/conformance.test.js';
import '../template/test/mapping.test.js';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SourceEvent } from '@flowmeta/connector';
import { afterEach, expect, it } from 'vitest';
import { acmeConnector } from '../template/src/index.js';

const closing: (() => unknown)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

/** What is read of a server that has these jobs. */
async function eventsOf(jobs: unknown[]): Promise<SourceEvent[]> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ items: jobs, next: null }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const hostPort = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = acmeConnector.configSchema.parse({ hostPort, token: 'acme-token' });
  const connector = acmeConnector.open(config, { now: () => 0, serviceName: 'acme' });
  closing.push(async () => {
    await connector.close();
    await new Promise((resolve) => server.close(resolve));
  });
  const events: SourceEvent[] = [];
  for await (const event of connector.read({ since: 0, until: 1, runs: false })) events.push(event);
  return events;
}

const job = { id: 'daily', folder: 'sales', steps: [] };

it('a job that can not be read keeps none of the others from being called gone', async () => {
  const events = await eventsOf([job, { id: 'weekly', folder: 'sales', steps: 'none' }]);
  expect(events).toMatchObject([
    { kind: 'pipeline', pipeline: { name: 'sales.daily' } },
    { kind: 'skipped', ref: 'sales.weekly' },
    { kind: 'listed', scope: {}, except: ['sales.weekly'] },
  ]);
});

it('a job that has no name may be any of them: then nothing is listed', async () => {
  const events = await eventsOf([job, { id: 'weekly', steps: 'none' }, 7]);
  expect(events).toMatchObject([
    { kind: 'pipeline', pipeline: { name: 'sales.daily' } },
    { kind: 'skipped', ref: 'weekly' },
    { kind: 'skipped', ref: 'an item without an id' },
  ]);
});
