import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { type ServerOptions, type ServerRequest, startServer } from './http-server.js';
import type { Fault, Sandbox } from './types.js';

let server: Sandbox | undefined;
const seen: ServerRequest[] = [];

const start = async (options: Partial<ServerOptions> = {}): Promise<string> => {
  seen.length = 0;
  server = await startServer({
    patternOf: (path) => path.replace(/\d+/g, '{}'),
    handle: (request) => {
      seen.push(request);
      return { status: 200, json: { path: request.path, text: 'x'.repeat(2000) } };
    },
    ...options,
  });
  return server.url;
};

afterEach(() => server?.close());

describe('startServer', () => {
  it('answers JSON and logs the request with its status', async () => {
    const url = await start();
    const answer = await fetch(`${url}/things/7?q=a`);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(((await answer.json()) as { path: string }).path).toBe('/things/7');
    expect(server?.requests).toMatchObject([{ method: 'GET', path: '/things/7', query: 'q=a', status: 200 }]);
  });

  it('counts requests by pattern and keeps only the counts when told so', async () => {
    const url = await start({ recordRequests: false });
    for (const id of [1, 2, 3]) await fetch(`${url}/things/${id}`);
    expect(server?.requestCounts()).toEqual({ 'GET /things/{}': 3 });
    expect(server?.requests).toEqual([]);
  });

  it('decodes a gzipped request body', async () => {
    const url = await start();
    await fetch(url, {
      method: 'PUT',
      headers: { 'content-encoding': 'gzip', 'content-type': 'application/json' },
      body: gzipSync('{"a":1}'),
    });
    expect(seen[0]?.body).toEqual({ a: 1 });
    expect(server?.requests[0]?.body).toEqual({ a: 1 });
  });

  it('compresses only what is large, and only for clients that accept it', async () => {
    const url = await start();
    const accepting = await fetch(url, { headers: { 'accept-encoding': 'gzip' } });
    expect(accepting.headers.get('content-encoding')).toBe('gzip');
    expect(((await accepting.json()) as { text: string }).text).toHaveLength(2000);
    const refusing = await fetch(url, { headers: { 'accept-encoding': 'identity' } });
    expect(refusing.headers.get('content-encoding')).toBeNull();
    await server?.close();
    const small = await start({ handle: () => ({ status: 200, json: {} }) });
    const answer = await fetch(small, { headers: { 'accept-encoding': 'gzip' } });
    expect(answer.headers.get('content-encoding')).toBeNull();
  });

  it('serves several requests over one kept-alive connection', async () => {
    const url = await start({ handle: () => ({ status: 204 }) });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const request = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
    socket.write(request);
    const text = await new Promise<string>((resolve) => {
      let all = '';
      socket.on('data', (chunk: Buffer) => {
        all += chunk.toString();
        if (all.split('HTTP/1.1 204').length === 2) socket.write(request);
        else resolve(all);
      });
    });
    expect(text.match(/HTTP\/1\.1 204/g)).toHaveLength(2);
    socket.destroy();
  });

  it('reports a failing handler as 500 and goes on', async () => {
    let failing = true;
    const url = await start({
      handle: () => {
        if (failing) throw new Error('boom');
        return { status: 200, json: {} };
      },
    });
    expect((await fetch(url)).status).toBe(500);
    failing = false;
    expect((await fetch(url)).status).toBe(200);
  });

  it('closes although a connection is still open', async () => {
    const url = await start({ latencyMs: 60_000 });
    const pending = fetch(url);
    const outcome = expect(pending).rejects.toThrow();
    while (server?.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await server?.close();
    await outcome;
  });
});

describe('faults', () => {
  it('answers the given status, body and headers without asking the handler', async () => {
    const url = await start({
      faults: [{ effect: { kind: 'status', status: 429, body: { a: 1 }, headers: { 'retry-after': '2' } } }],
    });
    const answer = await fetch(url);
    expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toEqual([429, '2', { a: 1 }]);
    expect(seen).toEqual([]);
  });

  it('strikes after the given number of requests, as often as told, where method and path match', async () => {
    const url = await start({
      faults: [{ method: 'GET', path: /flows/g, after: 1, times: 2, effect: { kind: 'status', status: 503 } }],
    });
    const statuses: number[] = [];
    await fetch(`${url}/other`);
    await fetch(`${url}/flows`, { method: 'POST' });
    for (let index = 0; index < 4; index += 1) statuses.push((await fetch(`${url}/flows`)).status);
    expect(statuses).toEqual([200, 503, 503, 200]);
  });

  it('drops the connection', async () => {
    const url = await start({ faults: [{ times: 1, effect: { kind: 'drop' } }] });
    await expect(fetch(url)).rejects.toThrow();
    expect((await fetch(url)).status).toBe(200);
  });

  it('cuts the body in half after the handler has done its work', async () => {
    const url = await start({ faults: [{ times: 1, effect: { kind: 'half-body' } }] });
    const answer = await fetch(url, { headers: { 'accept-encoding': 'identity' } });
    await expect(answer.text()).rejects.toThrow();
    expect(seen).toHaveLength(1);
  });

  it('answers HTML or nothing where JSON is expected', async () => {
    const url = await start({
      faults: [
        { times: 1, effect: { kind: 'html' } },
        { times: 1, effect: { kind: 'empty-body', status: 401 } },
      ],
    });
    const html = await fetch(url);
    expect([html.status, html.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const empty = await fetch(url);
    expect([empty.status, await empty.text()]).toEqual([401, '']);
  });

  it('delays, then answers as usual', async () => {
    const url = await start({ faults: [{ times: 1, effect: { kind: 'delay', ms: 5 } }] });
    expect((await fetch(url)).status).toBe(200);
    expect(seen).toHaveLength(1);
  });

  it('resets the connection', async () => {
    const url = await start({ faults: [{ times: 1, effect: { kind: 'reset' } }] });
    const { cause } = (await fetch(url).catch((error: unknown) => error)) as { cause: { code: string } };
    expect(cause.code).toBe('ECONNRESET');
    expect(seen).toEqual([]);
  });

  it('sends a slow body whole, in pieces', async () => {
    const url = await start({ faults: [{ times: 1, effect: { kind: 'slow-body', ms: 20 } }] });
    const answer = await fetch(url, { headers: { 'accept-encoding': 'identity' } });
    const pieces: number[] = [];
    for await (const piece of answer.body ?? []) pieces.push(piece.length);
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.reduce((sum, length) => sum + length)).toBe(Number(answer.headers.get('content-length')));
  });

  it('rewrites the answer of the handler', async () => {
    const rewrite: Extract<Fault['effect'], { kind: 'rewrite' }>['rewrite'] = ({ json }, { method, query }) => ({
      status: 202,
      text: JSON.stringify({ method, query, path: (json as { path: string }).path }),
    });
    const url = await start({ faults: [{ times: 1, effect: { kind: 'rewrite', rewrite } }] });
    const answer = await fetch(`${url}/things?a=b`);
    expect([answer.status, await answer.json()]).toEqual([202, { method: 'GET', query: 'a=b', path: '/things' }]);
    expect(seen).toHaveLength(1);
  });

  it('can be replaced while the server runs', async () => {
    const url = await start();
    server?.setFaults([{ effect: { kind: 'status', status: 500 } }]);
    expect((await fetch(url)).status).toBe(500);
    server?.setFaults([]);
    expect((await fetch(url)).status).toBe(200);
  });
});
