import { afterEach, describe, expect, it } from 'vitest';
import { createTransport } from '../src/client/transport.js';
import type { OmClientOptions } from '../src/index.js';
import { type Answer, type Received, startAnsweringServer } from './answering-server.js';

// Two kinds of patience meet when OpenMetadata restarts: first nobody answers (the transport waits for all requests
// together), then it answers without its database (each request waits, OM fact 4).

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(answer: (request: Received, count: number) => Answer) {
  const server = await startAnsweringServer(answer);
  const slept: number[] = [];
  const changes: Parameters<NonNullable<OmClientOptions['onAvailability']>>[0][] = [];
  let clock = 0;
  const transport = createTransport({
    hostPort: server.url,
    jwtToken: 'a-bots-token',
    retry: { baseDelayMs: 1, maxDelayMs: 4 },
    circuit: { probeAfterMs: 5, patienceMs: 20_000 },
    outage: {
      waits: [1, 1, 1, 1],
      sleep: async (ms) => {
        slept.push(ms);
        clock += 1_000;
      },
      now: () => clock,
    },
    onAvailability: (change) => changes.push(change),
  });
  cleanups.push(server.close, () => transport.close());
  const writeAll = (count: number) =>
    Promise.allSettled(
      Array.from({ length: count }, (_, index) =>
        transport.send({ method: 'PUT', path: '/pipelines', body: { name: `p${index}` } }),
      ),
    );
  return { server, transport, writeAll, slept, changes };
}

const gone: Answer = { status: 503, body: '' };
const withoutDatabase: Answer = { status: 401, body: { code: 401, message: 'Not Authorized! Invalid Token' } };
const well: Answer = { body: { id: '1' } };

describe('an OpenMetadata that restarts while 60 pipelines are written', () => {
  it('costs none of them: first the transport waits, then the guard of outages', async () => {
    const { transport, writeAll, slept } = await start((_request, count) => {
      if (count <= 10) return well;
      if (count <= 45) return gone;
      return count <= 60 ? withoutDatabase : well;
    });
    transport.signedIn();
    const results = await writeAll(60);
    expect(results.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(slept).toHaveLength(15);
  });

  it('and does not come back ends the writing with one error, and without hammering', async () => {
    const server = await startAnsweringServer((_request, count) => (count <= 10 ? well : gone));
    const transport = createTransport({
      hostPort: server.url,
      retry: { baseDelayMs: 1, maxDelayMs: 4 },
      circuit: { probeAfterMs: 10, patienceMs: 10 },
    });
    cleanups.push(server.close, () => transport.close());
    transport.signedIn();
    const results = await Promise.allSettled(
      Array.from({ length: 500 }, () => transport.send({ method: 'PUT', path: '/pipelines', body: {} })),
    );
    const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(reasons).toHaveLength(490);
    for (const reason of reasons) expect(reason).toMatchObject({ kind: 'unreachable', verdict: 'fatal' });
    // Five tries for each of them would be 2450.
    expect(server.received.length).toBeLessThan(100);
  });
});

describe('an OpenMetadata whose database is away', () => {
  it('lives: the transport does not hold requests back, and the guard gives up by its own patience', async () => {
    const { transport, writeAll, server, slept } = await start(() => withoutDatabase);
    transport.signedIn();
    const results = await writeAll(30);
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { kind: 'outage', verdict: 'fatal', status: 401 } });
    }
    expect(slept).toHaveLength(30 * 4);
    expect(server.received).toHaveLength(30 * 5);
  });

  const away = { available: false, answer: '401 Not Authorized! Invalid Token', waitMs: 4 };

  it('is told of once, however many requests wait, and once more when the first of them gets through, though others still wait', async () => {
    const { transport, writeAll, changes } = await start((_request, count) =>
      count > 10 && count <= 40 && count !== 31 ? withoutDatabase : well,
    );
    transport.signedIn();
    await writeAll(30);
    expect(changes).toEqual([away, { available: true, afterMs: expect.any(Number) }]);
    expect((changes[1] as { afterMs: number }).afterMs).toBeGreaterThanOrEqual(1_000);
  });

  it('is back with any answer that needs one, a refusal too, and is told of anew when it goes again', async () => {
    const refusal: Answer = { status: 400, body: { code: 400, message: 'query param name must not be null' } };
    const answers = [withoutDatabase, refusal, withoutDatabase, withoutDatabase, well];
    const { transport, writeAll, changes } = await start((_request, count) => answers[count - 1] ?? well);
    transport.signedIn();
    await writeAll(1);
    await writeAll(1);
    const back = (afterMs: number) => ({ available: true, afterMs });
    expect(changes).toEqual([away, back(1_000), away, back(2_000)]);
  });

  it('is not told of as back when it never was', async () => {
    const { transport, writeAll, changes } = await start(() => withoutDatabase);
    transport.signedIn();
    await writeAll(3);
    expect(changes).toEqual([away]);
  });
});

describe('requestsPerSecond', () => {
  it('holds for the client of OpenMetadata, the tries of its guard included', async () => {
    const server = await startAnsweringServer(() => withoutDatabase);
    const transport = createTransport({
      hostPort: server.url,
      requestsPerSecond: 2,
      deadline: Date.now() + 300,
      outage: { sleep: async () => {} },
    });
    cleanups.push(server.close, () => transport.close());
    transport.signedIn();
    // The first two are the burst; the third would have its turn after the deadline.
    await expect(transport.send({ path: '/pipelines' })).rejects.toThrow(/rate limit/);
    expect(server.received).toHaveLength(2);
  });
});
