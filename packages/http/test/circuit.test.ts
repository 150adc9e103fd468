import { createServer, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  type CircuitPolicy,
  type HttpAvailability,
  type HttpClientOptions,
  type HttpResponse,
  isHttpError,
} from '../src/index.js';
import { cleanups, clientFor, failureOf, json, serve } from './servers.js';

const quick: CircuitPolicy = { failures: 6, requests: 3, probeAfterMs: 20, patienceMs: 150 };

/** Six failures open it while seven more may be under way: every later try is a look. */
const mostBeforeOpen = 6 + 7;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await wait(5);
}

/** A server whose answer can be changed while it runs, and that counts. */
async function server(answer: (response: ServerResponse, path: string) => void) {
  const state = { answer, count: 0, running: 0, most: 0 };
  const url = await serve((request, response) => {
    state.count += 1;
    state.running += 1;
    if (state.count > mostBeforeOpen) state.most = Math.max(state.most, state.running);
    response.on('close', () => {
      state.running -= 1;
    });
    state.answer(response, request.url!);
  });
  return { url, state };
}

const busy = (response: ServerResponse): void => json(response, 503, { message: 'down for repair' });
const hangsUp = (response: ServerResponse): void => void response.destroy();
const well = (response: ServerResponse): void => json(response, 200, { ok: true });

const paths = (count: number): string[] => Array.from({ length: count }, (_, index) => `/flows/${index}`);

function askAll(url: string, count: number, options: Partial<HttpClientOptions>) {
  const client = clientFor(url, { concurrency: 8, circuit: quick, ...options });
  const all = paths(count).map((path) =>
    client.request({ path }).catch((error: unknown) => (isHttpError(error) ? error : Promise.reject(error))),
  );
  return { client, all: Promise.all(all) };
}

const kindsOf = (results: (HttpResponse | Error)[]): Set<string> =>
  new Set(results.map((result) => (isHttpError(result) ? result.kind : 'answered')));

describe('a server that is gone', () => {
  for (const [name, answer] of [
    ['answers 503', busy],
    ['hangs up', hangsUp],
  ] as const) {
    it(`and ${name} is asked far less often than by retries alone, and no request gets through as if it were there`, async () => {
      const { url, state } = await server(answer);
      const results = await askAll(url, 100, {}).all;
      expect(kindsOf(results)).toEqual(new Set(['circuit-open']));
      const withCircuit = state.count;
      state.count = 0;
      const off = { failures: Number.POSITIVE_INFINITY, requests: Number.POSITIVE_INFINITY };
      await askAll(url, 100, { circuit: off }).all;
      expect(state.count).toBe(500);
      // A look each 20 ms comes on top of those that opened it.
      expect(withCircuit).toBeLessThan(50);
    });
  }

  it('is named with the number of failures and the last of them; nothing is sent, but for one look now and then', async () => {
    const { url, state } = await server(busy);
    const { client, all } = askAll(url, 20, { circuit: { ...quick, probeAfterMs: 100_000, patienceMs: 30 } });
    await all;
    const before = state.count;
    const error = await failureOf(client.request({ path: '/later' }));
    expect(error).toMatchObject({
      kind: 'circuit-open',
      verdict: 'fatal',
      method: 'GET',
      url: `${url}/later`,
      attempts: 0,
    });
    expect(error.message).toMatch(/failed \d+ times in a row .*503: down for repair/);
    expect(error.cause).toMatchObject({ status: 503 });
    expect(state.count).toBe(before);
  });

  it('says what its last failure hinted at', async () => {
    const { url } = await server(well);
    const closed = new URL(url);
    closed.port = '1';
    const error = await askAll(closed.origin, 30, {}).all.then((results) => results.at(-1));
    expect(error).toMatchObject({ kind: 'circuit-open', hint: expect.stringContaining('Nothing listens') });
  });

  it('that comes back within the patience costs no request its answer', async () => {
    const { url, state } = await server(busy);
    const { all } = askAll(url, 100, { circuit: { ...quick, patienceMs: 30_000 } });
    await until(() => state.count > mostBeforeOpen + 3);
    state.most = 0;
    state.answer = (response) => void setTimeout(() => well(response), 20);
    expect(kindsOf(await all)).toEqual(new Set(['answered']));
    // All go on side by side, not one after the other as they looked.
    expect(state.most).toBeGreaterThan(1);
  });

  it('is waited for by a few requests too, that are out of tries before there are failures enough', async () => {
    const { url, state } = await server(busy);
    const { all } = askAll(url, 3, {
      circuit: { ...quick, failures: 1_000, patienceMs: 30_000 },
      retry: { retries: 1 },
    });
    await until(() => state.count > 8);
    state.answer = well;
    expect(kindsOf(await all)).toEqual(new Set(['answered']));
  });

  it('is waited for also where nothing listens any more, until it is started again', async () => {
    const { url } = await server(well);
    const { port } = new URL(url);
    const stop = cleanups.pop()!;
    let failed = 0;
    const client = clientFor(url, {
      concurrency: 8,
      circuit: { ...quick, patienceMs: 30_000 },
      onAttempt: ({ willRetry }) => {
        failed += willRetry ? 1 : 0;
      },
    });
    await client.request({ path: '/first' });
    await stop();
    const all = Promise.all(paths(50).map((path) => client.request({ path })));
    await until(() => failed > mostBeforeOpen);
    const restarted = createServer((_request, response) => well(response));
    await new Promise<void>((resolve) => restarted.listen(Number(port), '127.0.0.1', resolve));
    cleanups.push(
      () => restarted.closeAllConnections(),
      () => restarted.close(),
    );
    expect(kindsOf(await all)).toEqual(new Set(['answered']));
  });

  it('is not waited for when it never answered at all', async () => {
    const { url, state } = await server(hangsUp);
    const { all } = askAll(url, 100, { circuit: { ...quick, patienceMs: 1_000_000 } });
    expect([...kindsOf(await all)].every((kind) => kind === 'network' || kind === 'circuit-open')).toBe(true);
    expect(state.count).toBeLessThan(50);
  });

  it('that comes back after the patience is found again by the next look', async () => {
    const { url, state } = await server(busy);
    const { client, all } = askAll(url, 20, {});
    await all;
    state.answer = well;
    await wait(quick.probeAfterMs + 10);
    expect(await client.request({ path: '/' })).toMatchObject({ body: { ok: true } });
    expect(await client.request({ path: '/' })).toMatchObject({ body: { ok: true } });
  });

  it('is looked at by one request at a time', async () => {
    const { url, state } = await server(busy);
    const { all } = askAll(url, 40, { circuit: { ...quick, probeAfterMs: 30, patienceMs: 400 } });
    await until(() => state.count > mostBeforeOpen);
    // Each look takes longer than the pause between two.
    state.answer = (response) => void setTimeout(() => busy(response), 70);
    await all;
    expect(state.most).toBe(1);
  });

  it('is given the time that it asks for between two looks', async () => {
    const { url, state } = await server((response) => json(response, 503, {}, { 'retry-after': '10' }));
    await askAll(url, 30, { retry: { maxDelayMs: 5 } }).all;
    expect(state.count).toBeLessThanOrEqual(mostBeforeOpen);
  });
});

describe('onAvailability', () => {
  it('is told once that requests wait for a server, and once that it is back', async () => {
    const { url, state } = await server(busy);
    const changes: HttpAvailability[] = [];
    const { all } = askAll(url, 100, {
      circuit: { ...quick, patienceMs: 30_000 },
      onAvailability: (change) => changes.push(change),
    });
    await until(() => state.count > mostBeforeOpen + 3);
    expect(changes).toEqual([{ available: false, failures: expect.any(Number), waitMs: 30_000 }]);
    expect((changes[0] as { failures: number }).failures).toBeGreaterThanOrEqual(3);
    state.answer = well;
    await all;
    expect(changes.slice(1)).toEqual([{ available: true, afterMs: expect.any(Number) }]);
    expect((changes[1] as { afterMs: number }).afterMs).toBeGreaterThan(0);
  });

  it('is told nothing of a server that is not waited for, since it never answered, nor of one that is there', async () => {
    const changes: HttpAvailability[] = [];
    const onAvailability = (change: HttpAvailability) => void changes.push(change);
    const gone = await server(hangsUp);
    await askAll(gone.url, 40, { onAvailability }).all;
    const there = await server(well);
    await askAll(there.url, 40, { onAvailability }).all;
    expect(changes).toEqual([]);
  });
});

describe('what waits for a server', () => {
  it('ends with its signal, with close and at the deadline', async () => {
    const { url } = await server(busy);
    const patient = { ...quick, probeAfterMs: 100_000, patienceMs: 100_000 };
    const controller = new AbortController();
    const reason = new Error('enough');
    const client = clientFor(url, { circuit: patient });
    const aborted = Promise.allSettled(paths(10).map((path) => client.request({ path, signal: controller.signal })));
    const open = paths(2).map((path) => failureOf(client.request({ path })));
    await wait(150);
    controller.abort(reason);
    for (const result of await aborted) expect(result).toEqual({ status: 'rejected', reason });
    await wait(20);
    await client.close();
    for (const error of await Promise.all(open)) expect(error.kind).toBe('closed');

    const late = await askAll(url, 10, { circuit: patient, deadline: Date.now() + 500 }).all;
    expect(kindsOf(late)).toEqual(new Set(['deadline']));
  });

  it('lets another one look when the one that looked is aborted', async () => {
    const { url, state } = await server(busy);
    const client = clientFor(url, { circuit: { ...quick, probeAfterMs: 20, patienceMs: 30_000 } });
    const controllers = paths(12).map(() => new AbortController());
    const all = paths(12).map((path, index) => client.request({ path, signal: controllers[index]!.signal }));
    const settled = Promise.allSettled(all);
    await until(() => state.count > mostBeforeOpen);
    const looking = new Promise<string>((resolve) => {
      state.answer = (_response, path) => resolve(path);
    });
    const path = await looking;
    state.answer = well;
    controllers[paths(12).indexOf(path)]!.abort();
    const statuses = (await settled).map(({ status }) => status);
    expect(statuses.filter((status) => status === 'fulfilled')).toHaveLength(11);
  });
});

describe('a server that is there', () => {
  it('is not taken for gone by one request that never succeeds', async () => {
    const { url, state } = await server(busy);
    const client = clientFor(url, { circuit: quick, retry: { retries: 30 } });
    expect(await failureOf(client.request({ path: '/heavy' }))).toMatchObject({ status: 503, attempts: 31 });
    expect(state.count).toBe(31);
  });

  it('is not taken for gone while it answers some, or by errors that are answers', async () => {
    const { url, state } = await server((response, path) => {
      if (path.endsWith('0')) json(response, 404, { message: 'no' });
      else if (path.endsWith('2')) json(response, 500, {});
      else if (path.endsWith('4')) json(response, 429, {});
      else if (path.endsWith('6')) response.end('<html>');
      else if (path.endsWith('8')) well(response);
      else busy(response);
    });
    const client = clientFor(url, { circuit: { ...quick, requests: 2 }, concurrency: 1, retry: { retries: 3 } });
    for (const path of paths(40)) await client.request({ path }).catch(() => {});
    // Each kind as often as its own retries say.
    expect(state.count).toBe(4 * (1 + 2 + 4 + 1 + 1) + 20 * 4);
  });

  it('sends no request twice that must not be, and none beyond a policy without retries', async () => {
    const { url, state } = await server(hangsUp);
    const client = clientFor(url, { circuit: { ...quick, patienceMs: 1 }, concurrency: 4 });
    const posts = await Promise.all(
      paths(4).map((path) => failureOf(client.request({ path, method: 'POST', body: {} }))),
    );
    expect(posts.map(({ kind }) => kind)).toEqual(['network', 'network', 'network', 'network']);
    expect(state.count).toBe(4);
    const once = clientFor(url, { circuit: { ...quick, failures: 100 }, retry: { retries: 0 } });
    await Promise.all(paths(8).map((path) => failureOf(once.request({ path }))));
    expect(state.count).toBe(12);
  });
});
