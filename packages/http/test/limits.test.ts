import { createServer as createTcpServer, type Socket } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { clientFor, failureOf, json, listen, serve, serveTls } from './servers.js';

/** Speaks raw HTTP. */
async function serveRaw(talk: (socket: Socket) => void): Promise<string> {
  return `http://127.0.0.1:${await listen(createTcpServer((socket) => void socket.once('data', () => talk(socket))))}`;
}

function dripping(socket: Socket, first: string, drop: string): void {
  socket.write(first);
  const timer = setInterval(() => socket.write(drop), 10);
  socket.on('close', () => clearInterval(timer));
}

describe('no request hangs', () => {
  const start = 'HTTP/1.1 200 OK\r\n';
  const cases: [string, (socket: Socket) => void][] = [
    ['headers that never come', () => {}],
    ['headers that drip in', (socket) => dripping(socket, start, 'x-a: b\r\n')],
    ['a body that drips in', (socket) => dripping(socket, `${start}content-length: 100000\r\n\r\n`, ' ')],
    [
      'a chunked body that never ends',
      (socket) => dripping(socket, `${start}transfer-encoding: chunked\r\n\r\n`, '1\r\n \r\n'),
    ],
    ['a body whose half never comes', (socket) => void socket.write(`${start}content-length: 20\r\n\r\n{"half":`)],
  ];
  for (const [name, talk] of cases) {
    it(`on ${name}: each try ends at its limit, all of them at the deadline`, async () => {
      let tries = 0;
      const url = await serveRaw((socket) => {
        tries += 1;
        talk(socket);
      });
      // Long enough for a busy machine to have sent the request.
      const limited = clientFor(url, { timeoutMs: 500, retry: { retries: 1 } });
      expect(await failureOf(limited.request({ path: '/' }))).toMatchObject({
        kind: 'timeout',
        verdict: 'retry',
        attempts: 2,
      });
      expect(tries).toBe(2);
      const ending = clientFor(url, { deadline: Date.now() + 80 });
      expect(await failureOf(ending.request({ path: '/' }))).toMatchObject({ kind: 'deadline', verdict: 'fatal' });
    });
  }

  it('on a TLS handshake or a proxy that never answers', async () => {
    const silent = await listen(createTcpServer(() => {}));
    const limits = { timeoutMs: 60, retry: { retries: 1 } };
    const handshake = clientFor(`https://localhost:${silent}`, limits);
    expect(await failureOf(handshake.request({ path: '/' }))).toMatchObject({ kind: 'timeout', attempts: 2 });
    const proxy = `http://127.0.0.1:${silent}`;
    for (const url of ['http://kestra.internal', 'https://kestra.internal']) {
      const client = clientFor(url, { ...limits, proxy: { httpProxy: proxy, httpsProxy: proxy } });
      expect(await failureOf(client.request({ path: '/' }))).toMatchObject({ kind: 'timeout', attempts: 2 });
    }
  });

  it('because others do: their connections are free again', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/fine') json(response, 200, { fine: true });
    });
    const client = clientFor(url, { concurrency: 2, timeoutMs: 200, retry: { retries: 0 } });
    const stuck = Array.from({ length: 4 }, () => failureOf(client.request({ path: '/stuck' })));
    const fine = client.request({ path: '/fine', timeoutMs: 5_000 });
    for (const error of await Promise.all(stuck)) expect(error.kind).toBe('timeout');
    expect((await fine).body).toEqual({ fine: true });
  });
});

describe('a body above maxBodyBytes', () => {
  const text = JSON.stringify({ text: 'x'.repeat(10_000) });

  it('is an error at once, said by its length, counted or unpacked, and is not asked for again', async () => {
    let tries = 0;
    const url = await serve((request, response) => {
      tries += 1;
      if (request.url === '/length') response.writeHead(200, { 'content-length': 1_000_000_000 }).write('{');
      else if (request.url === '/chunks') {
        const timer = setInterval(() => response.write('x'.repeat(500)), 1);
        response.on('close', () => clearInterval(timer));
      } else if (request.url === '/br')
        response.writeHead(200, { 'content-encoding': 'br' }).end(brotliCompressSync(text));
      else response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(text));
    });
    const client = clientFor(url, { maxBodyBytes: 5_000 });
    for (const path of ['/length', '/chunks', '/gzip', '/br']) {
      const error = await failureOf(client.request({ path, expect: 'bytes' }));
      expect(error).toMatchObject({ kind: 'body-too-large', verdict: 'skip', attempts: 1 });
      expect(error.message).toBe(`GET ${url}${path}: the answer is longer than 5000 bytes`);
    }
    expect(tries).toBe(4);
  });

  it('is one of more than the limit, not of as much', async () => {
    const url = await serve((request, response) =>
      request.url === '/gzip'
        ? response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(text))
        : response.end(text),
    );
    const client = clientFor(url, { maxBodyBytes: text.length });
    for (const path of ['/plain', '/gzip']) expect((await client.request({ path })).body).toEqual(JSON.parse(text));
  });

  it('leaves the client fit for the next request', async () => {
    const url = `https://localhost:${await serveTls()}`;
    const client = clientFor(url, { maxBodyBytes: 3, tls: { verify: false }, concurrency: 1 });
    for (let round = 0; round < 3; round += 1) {
      expect(await failureOf(client.request({ path: '/' }))).toMatchObject({ kind: 'body-too-large' });
    }
  });
});
