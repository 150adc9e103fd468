import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Cancellation } from '../src/cancellation.js';
import { createHttpClient } from '../src/index.js';
import { RateLimit } from '../src/rate-limit.js';
import { clientFor, failureOf, json, serve } from './servers.js';

describe('the rate limit on an injected clock', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: 0 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const never = Number.POSITIVE_INFINITY;

  /** Asks at these instants and tells which one was let through when. */
  async function startsOf(rate: number, asked: { at: number; cancelAfter?: number }[], deadline = never) {
    vi.setSystemTime(0);
    const limit = new RateLimit(rate, () => Date.now());
    const starts: { index: number; at: number }[] = [];
    let refused = 0;
    const all = asked.map(async ({ at, cancelAfter }, index) => {
      await new Promise((resolve) => setTimeout(resolve, at));
      const cancellation = new Cancellation();
      if (cancelAfter !== undefined) setTimeout(() => cancellation.cancel('enough'), cancelAfter);
      if (await limit.take({ cancellation, deadline })) starts.push({ index, at: Date.now() });
      else refused += 1;
    });
    const settled = Promise.allSettled(all);
    await vi.runAllTimersAsync();
    const cancelled = (await settled).filter(({ status }) => status === 'rejected').length;
    return { starts, refused, cancelled };
  }

  const demand = fc.array(
    fc.record(
      { at: fc.integer({ min: 0, max: 4_000 }), cancelAfter: fc.integer({ min: 0, max: 500 }) },
      { requiredKeys: ['at'] },
    ),
    { minLength: 1, maxLength: 60 },
  );
  const rates = fc.constantFrom(0.5, 1, 1.5, 3, 7, 20, 33.3);

  it('lets at most n × rate + burst begin in any n seconds, whoever asks when and gives up', async () => {
    await fc.assert(
      fc.asyncProperty(rates, demand, async (rate, asked) => {
        const { starts } = await startsOf(rate, asked);
        const instants = starts.map(({ at }) => at).sort((one, other) => one - other);
        const burst = Math.max(1, rate);
        for (let first = 0; first < instants.length; first += 1) {
          for (let last = first; last < instants.length; last += 1) {
            const seconds = (instants[last]! - instants[first]!) / 1000;
            expect(last - first + 1).toBeLessThanOrEqual(seconds * rate + burst + 1e-9);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('lets all through in the order of asking, none later than the rate needs', async () => {
    await fc.assert(
      fc.asyncProperty(rates, fc.integer({ min: 1, max: 80 }), async (rate, count) => {
        const { starts } = await startsOf(
          rate,
          Array.from({ length: count }, () => ({ at: 0 })),
        );
        expect(starts.map(({ index }) => index)).toEqual(starts.map((_start, position) => position));
        expect(starts).toHaveLength(count);
        const needed = Math.max(0, ((count - Math.max(1, rate)) * 1000) / rate);
        // Timers know whole milliseconds only.
        expect(Math.abs(starts.at(-1)!.at - needed)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses at once whose turn would come at or after the deadline', async () => {
    const asked = Array.from({ length: 10 }, () => ({ at: 0 }));
    const { starts, refused } = await startsOf(2, asked, 2_000);
    // Two at once, then one each half second: those at 500, 1000 and 1500 ms.
    expect(starts.map(({ at }) => at)).toEqual([0, 0, 500, 1_000, 1_500]);
    expect(refused).toBe(5);
  });

  it('ends a wait with the cancellation', async () => {
    const { starts, cancelled } = await startsOf(1, [{ at: 0 }, { at: 0, cancelAfter: 10 }, { at: 0 }]);
    expect(starts.map(({ index }) => index)).toEqual([0, 2]);
    expect(cancelled).toBe(1);
  });

  it('saves up no more than its burst', async () => {
    const asked = Array.from({ length: 8 }, () => ({ at: 60_000 }));
    const { starts } = await startsOf(4, asked);
    expect(starts.map(({ at }) => at - 60_000)).toEqual([0, 0, 0, 0, 250, 500, 750, 1_000]);
  });
});

describe('a client with requestsPerSecond', () => {
  it('counts each try, those of retries too', async () => {
    let tries = 0;
    const url = await serve((_request, response) => {
      tries += 1;
      json(response, 503, {});
    });
    // The deadline leaves time for the burst of two and no further turn, which would come 500 ms later.
    const client = clientFor(url, { requestsPerSecond: 2, deadline: Date.now() + 400, retry: { retries: 9 } });
    expect(await failureOf(client.request({ path: '/' }))).toMatchObject({
      kind: 'deadline',
      message: expect.stringContaining('rate limit'),
    });
    expect(tries).toBe(2);
  });

  it('gives up its turn when it is aborted or closed, and its slot with it', async () => {
    const seen: string[] = [];
    const url = await serve((request, response) => {
      seen.push(request.url!);
      json(response, 200, {});
    });
    const client = clientFor(url, { requestsPerSecond: 1, concurrency: 1 });
    await client.request({ path: '/first' });
    const reason = new Error('enough');
    await expect(
      client.request({ path: '/aborted', signal: AbortSignal.any([AbortSignal.timeout(20)]) }),
    ).rejects.toMatchObject({ name: 'TimeoutError' });
    const controller = new AbortController();
    const waiting = [
      client.request({ path: '/a', signal: controller.signal }),
      failureOf(client.request({ path: '/b' })),
    ];
    controller.abort(reason);
    await expect(waiting[0]).rejects.toBe(reason);
    await client.close();
    expect(await waiting[1]).toMatchObject({ kind: 'closed' });
    expect(seen).toEqual(['/first']);
  });

  it('refuses a rate that is none', () => {
    for (const requestsPerSecond of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => createHttpClient({ baseUrl: 'http://localhost', requestsPerSecond })).toThrow(/requestsPerSecond/);
    }
  });
});
