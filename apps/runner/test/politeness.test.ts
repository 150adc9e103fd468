import { channel } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startDemoServers } from './demo-servers.js';

let servers: Awaited<ReturnType<typeof startDemoServers>>;
beforeAll(async () => {
  servers = await startDemoServers();
});
afterAll(() => servers.close());

type Message = { request: IncomingMessage };
const channels = { start: channel('http.server.request.start'), finish: channel('http.server.response.finish') };
let stopCounting = () => {};
afterEach(() => stopCounting());

/** Follows how many requests the servers of this process have under way, by their address. */
function countUnderWay() {
  const most = new Map<string, number>();
  const underWay = new Map<string, number>();
  const add = (message: unknown, change: number) => {
    const url = `http://127.0.0.1:${(message as Message).request.socket.localPort}`;
    const count = (underWay.get(url) ?? 0) + change;
    underWay.set(url, count);
    most.set(url, Math.max(most.get(url) ?? 0, count));
  };
  const begun = (message: unknown) => add(message, 1);
  const ended = (message: unknown) => add(message, -1);
  channels.start.subscribe(begun);
  channels.finish.subscribe(ended);
  stopCounting = () => {
    channels.start.unsubscribe(begun);
    channels.finish.unsubscribe(ended);
  };
  return most;
}

async function configure(options: { concurrency?: number; requestsPerSecond?: number }) {
  const { kestra, openMetadata } = servers;
  await servers.writeConfig({
    source: {
      type: 'kestra',
      serviceName: `polite_${JSON.stringify(options).replace(/\W+/g, '_')}`,
      serviceConnection: {
        config: { type: 'Kestra', hostPort: kestra.url, username: 'ana', password: '$KESTRA_PASSWORD', ...options },
      },
      sourceConfig: { config: { type: 'PipelineMetadata', statusLookbackDays: 45 } },
    },
    workflowConfig: {
      openMetadataServerConfig: {
        hostPort: `${openMetadata.url}/api`,
        securityConfig: { jwtToken: openMetadata.token },
        ...options,
      },
    },
  });
}

/** The most requests that each side had under way at a time during a run. */
async function mostUnderWay(options: { concurrency?: number }) {
  const { kestra, openMetadata } = servers;
  await configure(options);
  for (const server of [kestra, openMetadata]) server.setFaults([{ effect: { kind: 'delay', ms: 30 } }]);
  const most = countUnderWay();
  const { exitCode } = await servers.ingest('--namespace', 'hackathon.demo');
  expect(exitCode).toBe(0);
  return { source: most.get(kestra.url), target: most.get(openMetadata.url) };
}

it.each([1, 3])('at most %i requests are under way at each server where concurrency says so', async (concurrency) => {
  expect(await mostUnderWay({ concurrency })).toEqual({ source: concurrency, target: concurrency });
});

it('at most 8 requests are under way at each server where nothing is said', async () => {
  const { source, target } = await mostUnderWay({});
  expect(source).toBeGreaterThan(3);
  expect(source).toBeLessThanOrEqual(8);
  expect(target).toBeGreaterThan(3);
  expect(target).toBeLessThanOrEqual(8);
});

it.each(['kestra', 'openMetadata'] as const)('requestsPerSecond holds back what begins at %s', async (side) => {
  await configure({ requestsPerSecond: 4 });
  for (const server of [servers.kestra, servers.openMetadata]) server.setFaults([]);
  const arrivals: number[] = [];
  const url = servers[side].url;
  const note = (message: unknown) => {
    if (url.endsWith(`:${(message as Message).request.socket.localPort}`)) arrivals.push(performance.now());
  };
  channels.start.subscribe(note);
  stopCounting = () => channels.start.unsubscribe(note);
  expect((await servers.ingest('--namespace', 'hackathon.demo')).exitCode).toBe(0);
  // The first 4 may begin at once.
  expect(arrivals.length).toBeGreaterThan(6);
  expect(arrivals.at(-1)! - arrivals[0]!).toBeGreaterThan(((arrivals.length - 5) / 4) * 1000);
});
