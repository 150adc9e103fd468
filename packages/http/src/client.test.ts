import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { brotliCompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { MockAgent } from 'undici';
import { describe, expect, it } from 'vitest';
import { cleanups, clientFor, failureOf, fixture, json, listen, serve, serveProxy } from '../test/servers.js';
import { createHttpClient, type HttpAttempt, HttpError, path } from './index.js';

describe('a request', () => {
  it('goes below the base url, with query, headers and a JSON body, and brings the JSON of the answer', async () => {
    const seen: {
      url?: string | undefined;
      headers?: IncomingMessage['headers'];
      body?: string;
      method?: string | undefined;
    } = {};
    const url = await serve((request, response, body) => {
      Object.assign(seen, {
        url: request.url,
        headers: request.headers,
        body: body.toString(),
        method: request.method,
      });
      json(response, 200, { ok: true }, { 'x-two': 'b' });
    });
    const client = clientFor(`${url}/kestra/`, { headers: { Authorization: 'Bearer t' }, userAgent: 'flowmeta/1' });
    const answer = await client.request({
      method: 'PUT',
      path: path`/flows/${'a b/c'}`,
      query: { page: 1, state: ['A', 'B'], none: undefined, 'filters[namespace][PREFIX]': 'x&y' },
      body: { name: 'ä' },
    });
    expect(answer).toMatchObject({ status: 200, body: { ok: true }, headers: { 'x-two': 'b' } });
    expect(client.baseUrl).toBe(`${url}/kestra`);
    expect(seen.method).toBe('PUT');
    expect(seen.url).toBe('/kestra/flows/a%20b%2Fc?page=1&state=A&state=B&filters%5Bnamespace%5D%5BPREFIX%5D=x%26y');
    expect(seen.body).toBe('{"name":"ä"}');
    expect(seen.headers).toMatchObject({
      authorization: 'Bearer t',
      'user-agent': 'flowmeta/1',
      accept: 'application/json',
      'content-type': 'application/json',
    });
  });

  it('reads text, bytes and nothing where that is asked for, and no body of a 204', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/204') response.writeHead(204).end();
      else response.end(Buffer.from([0xc3, 0xa4]));
    });
    const client = clientFor(url);
    expect((await client.request({ path: '/', expect: 'text' })).body).toBe('ä');
    expect((await client.request({ path: '/', expect: 'bytes' })).body).toEqual(Buffer.from([0xc3, 0xa4]));
    expect((await client.request({ path: '/', expect: 'nothing' })).body).toBeUndefined();
    expect((await client.request({ path: '/204' })).body).toBeUndefined();
  });

  it('does not take a web page for success where nothing is expected', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/text') response.end('\n<!doctype html><title>Sign in</title>');
      else response.writeHead(200, { 'content-type': 'text/html' }).end(request.url === '/empty' ? '' : 'Sign in');
    });
    const client = clientFor(url);
    for (const path of ['/text', '/html']) {
      await expect(client.request({ method: 'PUT', path, expect: 'nothing' })).rejects.toMatchObject({
        kind: 'not-json',
        verdict: 'fatal',
        message: expect.stringContaining('a web page'),
      });
    }
    expect((await client.request({ method: 'PUT', path: '/empty', expect: 'nothing' })).body).toBeUndefined();
  });

  it('decodes gzip and brotli', async () => {
    const url = await serve((request, response) => {
      const plain = JSON.stringify({ text: 'x'.repeat(5000) });
      expect(request.headers['accept-encoding']).toContain('gzip');
      if (request.url === '/br') response.writeHead(200, { 'content-encoding': 'br' }).end(brotliCompressSync(plain));
      else response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(plain));
    });
    const client = clientFor(url);
    for (const each of ['/gzip', '/br']) {
      const { body } = await client.request<{ text: string }>({ path: each });
      expect(body.text).toHaveLength(5000);
    }
  });

  it('compresses bodies above the limit and no others', async () => {
    const seen: string[] = [];
    const url = await serve((request, response, body) => {
      const encoding = request.headers['content-encoding'] ?? 'plain';
      seen.push(`${encoding} ${(encoding === 'gzip' ? gunzipSync(body) : body).toString()}`);
      json(response, 200, {});
    });
    const client = clientFor(url);
    await client.request({ method: 'PUT', path: '/', body: { a: 'y'.repeat(50) }, gzipAbove: 40 });
    await client.request({ method: 'PUT', path: '/', body: { a: 1 }, gzipAbove: 40 });
    expect(seen).toEqual([`gzip {"a":"${'y'.repeat(50)}"}`, 'plain {"a":1}']);
  });

  it('keeps its connection for requests that follow each other, and no cookie', async () => {
    let connections = 0;
    const cookies: unknown[] = [];
    const server = createServer((request, response) => {
      cookies.push(request.headers.cookie);
      json(response, 200, {}, { 'set-cookie': 'JWT=secret' });
    });
    server.on('connection', () => {
      connections += 1;
    });
    const client = clientFor(`http://127.0.0.1:${await listen(server)}`);
    for (let index = 0; index < 10; index += 1) await client.request({ path: '/' });
    // The first connection may still be busy ending its answer when the second request begins.
    expect(connections).toBeLessThanOrEqual(2);
    expect(new Set(cookies)).toEqual(new Set([undefined]));
  });

  it('sends the user info of the base url as basic authentication and shows it nowhere', async () => {
    let authorization: string | undefined;
    const url = await serve((request, response) => {
      authorization = request.headers.authorization;
      json(response, 404, { message: `no such thing for ${authorization} s3cretword` });
    });
    const client = clientFor(url.replace('://', '://me:s3cretword@'));
    const error = await failureOf(client.request({ path: '/x?token=abcdefgh' }));
    expect(authorization).toBe(`Basic ${Buffer.from('me:s3cretword').toString('base64')}`);
    const shown = JSON.stringify([error, error.message, error.stack, client.baseUrl]);
    for (const secret of ['s3cretword', Buffer.from('me:s3cretword').toString('base64'), 'abcdefgh']) {
      expect(shown).not.toContain(secret);
    }
  });

  it('refuses a base url that is none', () => {
    expect(() => createHttpClient({ baseUrl: 'kestra:pw@host' })).toThrow(/http/);
    expect(() => createHttpClient({ baseUrl: 'nonsense with password=abcd' })).toThrow(/^(?!.*abcd)/);
  });
});

describe('an answer that is an error', () => {
  const verdicts: [number, string][] = [
    [400, 'skip'],
    [401, 'fatal'],
    [403, 'fatal'],
    [404, 'skip'],
    [409, 'skip'],
    [422, 'skip'],
    [429, 'retry'],
    [500, 'retry'],
    [503, 'retry'],
  ];
  for (const [status, verdict] of verdicts) {
    it(`of status ${status} has the verdict ${verdict}`, async () => {
      const url = await serve((_request, response) => json(response, status, { message: 'because' }));
      const error = await failureOf(clientFor(url, { retry: { retries: 0, retriesOn500: 0 } }).request({ path: '/x' }));
      expect(error).toMatchObject({ kind: 'status', status, verdict, method: 'GET', url: `${url}/x` });
      expect(error.message).toContain('because');
      expect((error as unknown as Record<symbol, unknown>)[Symbol.for('flowmeta.verdict')]).toBe(verdict);
      expect(error).toBeInstanceOf(HttpError);
    });
  }

  it('shows a body that is cut and redacted, also where the cut goes through a secret', async () => {
    const url = await serve((_request, response) =>
      response.writeHead(400).end(`${'x'.repeat(480)} password=hunter2hunter2hunter2hunter2`),
    );
    const error = await failureOf(
      clientFor(url, { redact: (text) => text.replaceAll('x', 'y') }).request({ path: '/' }),
    );
    expect(error.body!.length).toBeLessThanOrEqual(501);
    expect(error.body).toMatch(/^y+ password=\*\*\*$/);
  });

  it('is an answer where its status is accepted, with or without a JSON body', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/empty') response.writeHead(404).end();
      else json(response, 409, { message: 'conflict' });
    });
    const client = clientFor(url);
    expect(await client.request({ path: '/', accepted: [409] })).toMatchObject({
      status: 409,
      body: { message: 'conflict' },
    });
    expect(await client.request({ path: '/empty', accepted: [404] })).toMatchObject({ status: 404, body: undefined });
  });

  it('is not-json where JSON was expected: fatal for a page, skip for a half document', async () => {
    const url = await serve((request, response) => response.end(request.url === '/page' ? '<!doctype html>' : '{"a":'));
    const client = clientFor(url);
    expect(await failureOf(client.request({ path: '/page' }))).toMatchObject({
      kind: 'not-json',
      verdict: 'fatal',
      status: 200,
    });
    expect(await failureOf(client.request({ path: '/half' }))).toMatchObject({ kind: 'not-json', verdict: 'skip' });
  });

  it('names the https address when http redirects to it, and follows no redirect', async () => {
    let followed = false;
    const url = await serve((request, response) => {
      if (request.url === '/next') followed = true;
      const { port } = new URL(url);
      const location = request.url === '/https' ? `https://127.0.0.1:${port}/https?token=abcdefgh` : '/next';
      response.writeHead(301, { location }).end();
    });
    const client = clientFor(url);
    const toHttps = await failureOf(client.request({ path: '/https' }));
    expect(toHttps).toMatchObject({
      kind: 'https-redirect',
      verdict: 'fatal',
      location: `${url.replace('http', 'https')}/https`,
    });
    expect(await failureOf(client.request({ path: '/a' }))).toMatchObject({ kind: 'redirect', verdict: 'fatal' });
    expect(followed).toBe(false);
  });
});

describe('retries', () => {
  /** Answers with each status in turn, then 200. */
  async function flaky(statuses: number[], headers: Record<string, string> = {}) {
    let count = 0;
    const url = await serve((_request, response) => {
      const status = statuses[count];
      count += 1;
      if (status === undefined) json(response, 200, { tries: count });
      else json(response, status, {}, headers);
    });
    return { url, count: () => count };
  }

  it('try 429, 502, 503 and 504 again and report each try', async () => {
    const attempts: HttpAttempt[] = [];
    const { url } = await flaky([429, 502, 503, 504]);
    const client = clientFor(url, { onAttempt: (attempt) => attempts.push(attempt) });
    expect((await client.request({ path: '/x', query: { a: 1 } })).body).toEqual({ tries: 5 });
    expect(attempts.map(({ status, attempt, willRetry, path: where }) => [status, attempt, willRetry, where])).toEqual([
      [429, 1, true, '/x?a=1'],
      [502, 2, true, '/x?a=1'],
      [503, 3, true, '/x?a=1'],
      [504, 4, true, '/x?a=1'],
      [200, 5, false, '/x?a=1'],
    ]);
  });

  it('end with the verdict retry when they are used up', async () => {
    const { url, count } = await flaky([503, 503, 503, 503]);
    const error = await failureOf(clientFor(url, { retry: { retries: 2 } }).request({ path: '/' }));
    expect(error).toMatchObject({ verdict: 'retry', status: 503, attempts: 3 });
    expect(count()).toBe(3);
  });

  it('try a 500 once more only, and another 4xx never', async () => {
    const server = await flaky([500, 500, 500]);
    await failureOf(clientFor(server.url).request({ path: '/' }));
    expect(server.count()).toBe(2);
    const other = await flaky([404, 404]);
    await failureOf(clientFor(other.url).request({ path: '/' }));
    expect(other.count()).toBe(1);
  });

  it('leave a POST alone unless it may be repeated, and try what a request names', async () => {
    const post = await flaky([503, 503]);
    await failureOf(clientFor(post.url).request({ method: 'POST', path: '/' }));
    expect(post.count()).toBe(1);
    await clientFor(post.url).request({ method: 'POST', path: '/', repeatable: true });
    const conflict = await flaky([409, 409]);
    await clientFor(conflict.url).request({ method: 'PUT', path: '/', retryOn: [409] });
    expect(conflict.count()).toBe(3);
  });

  it('wait for what Retry-After says, in seconds or as a date, up to the longest wait', async () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    for (const [value, expected] of [
      ['7', 7000],
      ['Thu, 01 Jan 2026 00:00:09 GMT', 9000],
    ] as const) {
      const { url } = await flaky([429], { 'retry-after': value });
      const client = clientFor(url, { now: () => now, retry: { retries: 0 } });
      expect((await failureOf(client.request({ path: '/' }))).retryAfterMs).toBe(expected);
    }
    const { url } = await flaky([429], { 'retry-after': '3600' });
    await clientFor(url, { retry: { maxDelayMs: 10 } }).request({ path: '/' });
  });

  it('try again when the connection breaks off, also in the middle of a body', async () => {
    let tries = 0;
    const port = await listen(
      createTcpServer((socket) => {
        socket.once('data', () => {
          tries += 1;
          if (tries === 1) socket.destroy();
          else if (tries === 2) socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"half":');
          else if (tries === 3) socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"hal\r\n');
          else if (tries === 4) {
            const half = gzipSync('{"a":"bbbbbbbbbbbbbbbbbbbbbbbbb"}').subarray(0, 20);
            socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${half.length}\r\n\r\n`);
            socket.end(half);
          } else socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
        });
      }),
    );
    expect((await clientFor(`http://127.0.0.1:${port}`).request({ path: '/' })).body).toEqual({});
    expect(tries).toBe(5);
  });

  it('end as fatal with a hint when nobody listens or the name is unknown', async () => {
    const url = await serve(() => {});
    await cleanups.pop()!();
    const attempts: HttpAttempt[] = [];
    const client = clientFor(url, { retry: { retries: 2 }, onAttempt: (attempt) => attempts.push(attempt) });
    expect(await failureOf(client.request({ path: '/' }))).toMatchObject({
      kind: 'network',
      verdict: 'fatal',
      hint: expect.stringContaining('Nothing listens'),
    });
    expect(attempts).toHaveLength(3);
    const unknown = clientFor('http://no-such-host.invalid', { retry: { retries: 0 } });
    expect(await failureOf(unknown.request({ path: '/' }))).toMatchObject({ kind: 'network', verdict: 'fatal' });
  });

  it('spread their waits with full jitter', async () => {
    const { url } = await flaky([503, 503, 503]);
    const drawn: number[] = [];
    const random = () => {
      drawn.push(1);
      return 0;
    };
    await clientFor(url, { random, retry: { baseDelayMs: 100_000, maxDelayMs: 100_000 } }).request({ path: '/' });
    expect(drawn).toHaveLength(3);
  });
});

describe('time', () => {
  it('of a try is limited, for headers that never come and for a body that drips', async () => {
    let tries = 0;
    const url = await serve((request, response) => {
      tries += 1;
      if (request.url === '/drip') {
        response.writeHead(200);
        const timer = setInterval(() => response.write(' '), 10);
        response.on('close', () => clearInterval(timer));
      }
    });
    const client = clientFor(url, { timeoutMs: 80, retry: { retries: 1 } });
    for (const each of ['/stuck', '/drip']) {
      expect(await failureOf(client.request({ path: each }))).toMatchObject({ kind: 'timeout', verdict: 'retry' });
    }
    expect(tries).toBe(4);
  });

  it('ends at the deadline: a running try, one that is waiting, and one that has not begun', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/busy') json(response, 503, {});
    });
    const deadline = Date.now() + 150;
    const client = clientFor(url, { deadline, concurrency: 1, retry: { baseDelayMs: 100_000, maxDelayMs: 100_000 } });
    // The next try would lie behind the deadline, so the error itself is the last word.
    expect(await failureOf(client.request({ path: '/busy' }))).toMatchObject({ kind: 'status', status: 503 });
    const [running, queued] = [client.request({ path: '/stuck' }), client.request({ path: '/queued' })];
    expect(await failureOf(running)).toMatchObject({ kind: 'deadline', verdict: 'fatal' });
    expect(await failureOf(queued)).toMatchObject({ kind: 'deadline' });
    expect(await failureOf(client.request({ path: '/late' }))).toMatchObject({ kind: 'deadline' });
  });

  it("ends with the signal's reason: queued, under way, connecting or waiting to try again", async () => {
    const url = await serve((request, response) => {
      if (request.url === '/busy') json(response, 503, {});
    });
    const reason = new Error('enough');
    const client = clientFor(url, { concurrency: 2, retry: { baseDelayMs: 1e6, maxDelayMs: 1e6 }, random: () => 1 });
    const controller = new AbortController();
    const { signal } = controller;
    const all = ['/busy', '/stuck', '/stuck2', '/queued'].map((each) => client.request({ path: each, signal }));
    const settled = Promise.allSettled(all);
    await wait(100);
    controller.abort(reason);
    for (const result of await settled) expect(result).toEqual({ status: 'rejected', reason });
    await expect(client.request({ path: '/', signal })).rejects.toBe(reason);
    await expect(clientFor(url).request({ path: '/', signal: AbortSignal.abort('stop') })).rejects.toBe('stop');
  });

  it('is not lost by listeners: one signal may stand over many requests', async () => {
    const warnings: unknown[] = [];
    const note = (warning: unknown) => warnings.push(warning);
    process.on('warning', note);
    cleanups.push(() => process.off('warning', note));
    const url = await serve((_request, response) => json(response, 200, {}));
    const client = clientFor(url);
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 50 }, () => client.request({ path: '/', signal })));
    await wait(10);
    expect(warnings).toEqual([]);
  });
});

describe('concurrency', () => {
  it('stays within its limit and lets requests through in order', async () => {
    let running = 0;
    let most = 0;
    const order: string[] = [];
    const url = await serve((request, response) => {
      order.push(request.url!);
      running += 1;
      most = Math.max(most, running);
      setTimeout(() => {
        running -= 1;
        json(response, 200, {});
      }, 5);
    });
    const client = clientFor(url, { concurrency: 3 });
    const paths = Array.from({ length: 20 }, (_, index) => `/${index}`);
    await Promise.all(paths.map((each) => client.request({ path: each })));
    expect(most).toBe(3);
    expect([...order].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))).toEqual(paths);
    expect(order.slice(-3).every((each) => Number(each.slice(1)) >= 15)).toBe(true);
  });

  it('gives a slot back after an error and after an abort', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/404') json(response, 404, {});
      else if (request.url === '/ok') json(response, 200, { ok: 1 });
    });
    const client = clientFor(url, { concurrency: 1 });
    await failureOf(client.request({ path: '/404' }));
    await expect(client.request({ path: '/stuck', signal: AbortSignal.timeout(30) })).rejects.toThrow();
    expect((await client.request({ path: '/ok' })).body).toEqual({ ok: 1 });
  });
});

describe('close', () => {
  it('ends what is open and refuses what comes later', async () => {
    const url = await serve(() => {});
    const client = clientFor(url, { concurrency: 1 });
    const open = [client.request({ path: '/a' }), client.request({ path: '/b' })].map(failureOf);
    await wait(30);
    await client.close();
    for (const error of await Promise.all(open)) expect(error).toMatchObject({ kind: 'closed', verdict: 'fatal' });
    expect(await failureOf(client.request({ path: '/c' }))).toMatchObject({ kind: 'closed' });
    await client.close();
  });

  it('leaves no handle open', async () => {
    const sockets = () => process.getActiveResourcesInfo().filter((name) => /TCPSocket|Timeout|TLS/.test(name)).length;
    const url = await serve((request, response) => {
      if (request.url === '/busy') json(response, 503, {});
      else json(response, 200, {});
    });
    const before = sockets();
    const client = clientFor(url, { retry: { baseDelayMs: 1e6, maxDelayMs: 1e6 }, random: () => 1 });
    await Promise.all([client.request({ path: '/1' }), client.request({ path: '/2' })]);
    const waiting = failureOf(client.request({ path: '/busy' }));
    await wait(30);
    expect(sockets()).toBeGreaterThan(before);
    await client.close();
    await waiting;
    // The server's ends of the sockets close a moment later.
    for (let round = 0; round < 50 && sockets() > before; round += 1) await wait(10);
    expect(sockets()).toBeLessThanOrEqual(before);
  });

  it('leaves a dispatcher that was passed in open', async () => {
    const agent = new MockAgent();
    agent.disableNetConnect();
    cleanups.push(() => agent.close());
    agent.get('http://mock.test').intercept({ path: '/x' }).reply(200, { a: 1 }).times(2);
    for (let round = 0; round < 2; round += 1) {
      const client = clientFor('http://mock.test', { dispatcher: agent });
      expect((await client.request({ path: '/x' })).body).toEqual({ a: 1 });
      await client.close();
    }
  });
});

describe('TLS', () => {
  async function serveTls(): Promise<number> {
    const server = createTlsServer(
      { key: fixture('server-key.pem'), cert: fixture('server-certificate.pem') },
      (_request, response) => json(response, 200, { tls: true }),
    );
    server.on('tlsClientError', () => {});
    return listen(server as unknown as Server);
  }

  it('trusts the authority that is given', async () => {
    const client = clientFor(`https://localhost:${await serveTls()}`, { tls: { ca: fixture('authority.pem') } });
    expect((await client.request({ path: '/' })).body).toEqual({ tls: true });
  });

  it('refuses an unknown authority and a wrong name at once, with a hint, unless told not to verify', async () => {
    const port = await serveTls();
    const attempts: HttpAttempt[] = [];
    const unknown = clientFor(`https://localhost:${port}`, { onAttempt: (attempt) => attempts.push(attempt) });
    expect(await failureOf(unknown.request({ path: '/' }))).toMatchObject({
      kind: 'tls',
      verdict: 'fatal',
      hint: expect.stringContaining('authority'),
    });
    expect(attempts).toHaveLength(1);
    const wrongName = clientFor(`https://127.0.0.1:${port}`, { tls: { ca: fixture('authority.pem') } });
    expect(await failureOf(wrongName.request({ path: '/' }))).toMatchObject({
      kind: 'tls',
      hint: expect.stringContaining('name'),
    });
    const careless = clientFor(`https://localhost:${port}`, { tls: { verify: false } });
    expect((await careless.request({ path: '/' })).body).toEqual({ tls: true });
  });

  it('says so when the server speaks no TLS', async () => {
    const url = await serve((_request, response) => json(response, 200, {}));
    const error = await failureOf(clientFor(url.replace('http:', 'https:')).request({ path: '/' }));
    expect(error).toMatchObject({ kind: 'tls', hint: expect.stringContaining('http://') });
  });
});

describe('a proxy', () => {
  it('gets http requests with their whole address, and its credentials', async () => {
    const proxy = await serveProxy();
    const client = clientFor('http://kestra.internal:8080', {
      proxy: { httpProxy: proxy.url.replace('://', '://me:pw@') },
    });
    expect((await client.request({ path: '/x' })).body).toEqual({ proxied: true });
    const credentials = Buffer.from('me:pw').toString('base64');
    expect(proxy.seen).toEqual([`GET http://kestra.internal:8080/x Basic ${credentials}`]);
  });

  it('tunnels https', async () => {
    const proxy = await serveProxy();
    const server = createTlsServer(
      { key: fixture('server-key.pem'), cert: fixture('server-certificate.pem') },
      (_request, response) => json(response, 200, { direct: true }),
    );
    const port = await listen(server as unknown as Server);
    const client = clientFor(`https://localhost:${port}`, {
      proxy: { httpsProxy: proxy.url },
      tls: { ca: fixture('authority.pem') },
    });
    expect((await client.request({ path: '/' })).body).toEqual({ direct: true });
    expect(proxy.seen).toEqual([`CONNECT localhost:${port}`]);
  });

  it('is left out for the hosts of noProxy', async () => {
    const proxy = await serveProxy();
    const url = await serve((_request, response) => json(response, 200, { direct: true }));
    const client = clientFor(url, { proxy: { httpProxy: proxy.url, noProxy: 'example.com,127.0.0.1' } });
    expect((await client.request({ path: '/' })).body).toEqual({ direct: true });
    expect(proxy.seen).toEqual([]);
  });

  it('that refuses is named in the error', async () => {
    const server = createServer();
    server.on('connect', (_request, socket: Socket) =>
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'),
    );
    const client = clientFor('https://kestra.internal', {
      proxy: { httpsProxy: `http://127.0.0.1:${await listen(server)}` },
    });
    expect(await failureOf(client.request({ path: '/' }))).toMatchObject({
      kind: 'network',
      verdict: 'fatal',
      attempts: 1,
      hint: expect.stringContaining('proxy'),
    });
  });
});

describe('path', () => {
  it('keeps each value one segment', () => {
    expect(path`/flows/${'company.team'}/${'a/b?c'}/graph`).toBe('/flows/company.team/a%2Fb%3Fc/graph');
    for (const value of ['', '.', '..']) expect(() => path`/flows/${value}/x`).toThrow(TypeError);
  });
});
