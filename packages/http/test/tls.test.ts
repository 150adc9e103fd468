import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { createSecureContext, type TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import type { HttpClientOptions, HttpError } from '../src/index.js';
import { cleanups, clientFor, failureOf, fixture, json, listen, serve, serveProxy, serveTls } from './servers.js';

const ca = fixture('authority.pem');
const key = fixture('server-key.pem');

const failing = async (url: string, options: Partial<HttpClientOptions> = {}): Promise<HttpError> =>
  failureOf(clientFor(url, { tls: { ca }, ...options }).request({ path: '/' }));

describe('a certificate', () => {
  it('that has expired, is self-signed, is of an unknown authority or for another host is refused in different words', async () => {
    const expired = await serveTls({ cert: fixture('expired-certificate.pem') });
    const selfSigned = await serveTls({ cert: fixture('self-signed-certificate.pem') });
    const good = await serveTls();
    const errors = [
      await failing(`https://localhost:${expired}`),
      await failing(`https://localhost:${selfSigned}`),
      await failing(`https://localhost:${good}`, { tls: {} }),
      await failing(`https://127.0.0.1:${good}`),
    ];
    for (const error of errors) expect(error).toMatchObject({ kind: 'tls', verdict: 'fatal', attempts: 1 });
    expect(errors.map(({ message }) => message.replace(/^.*failed: /, ''))).toEqual([
      'the certificate has expired',
      'the certificate is self-signed',
      'the certificate is of an unknown authority',
      expect.stringMatching(/^the certificate is for another host \(.*127\.0\.0\.1.*\)$/),
    ]);
    expect(new Set(errors.map(({ hint }) => hint)).size).toBe(4);
  });

  it('that is self-signed is trusted when it is given as the authority', async () => {
    const port = await serveTls({ cert: fixture('self-signed-certificate.pem') });
    const client = clientFor(`https://localhost:${port}`, { tls: { ca: fixture('self-signed-certificate.pem') } });
    expect((await client.request({ path: '/' })).body).toEqual({ tls: true });
  });

  it('of any kind is taken only when verify is false', async () => {
    for (const name of ['expired', 'self-signed']) {
      const url = `https://localhost:${await serveTls({ cert: fixture(`${name}-certificate.pem`) })}`;
      expect((await clientFor(url, { tls: { verify: false } }).request({ path: '/' })).body).toEqual({ tls: true });
      expect(await failing(url, { tls: { ca, verify: true } })).toMatchObject({ kind: 'tls' });
      expect(await failing(url, { tls: {} })).toMatchObject({ kind: 'tls' });
    }
  });

  it('of the client is sent to a server that wants one, whose refusal is said', async () => {
    // Up to TLS 1.2 the refusal is part of the handshake; later it races with the request.
    const port = await serveTls({ ca, requestCert: true, rejectUnauthorized: true, maxVersion: 'TLSv1.2' });
    const url = `https://localhost:${port}`;
    const client = clientFor(url, { tls: { ca, cert: fixture('client-certificate.pem'), key } });
    expect((await client.request({ path: '/' })).body).toEqual({ tls: true });
    expect(await failing(url)).toMatchObject({
      kind: 'tls',
      message: expect.stringContaining('client certificate'),
    });
    const newer = await serveTls({ ca, requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.3' });
    const modern = clientFor(`https://localhost:${newer}`, {
      tls: { ca, cert: fixture('client-certificate.pem'), key },
    });
    expect((await modern.request({ path: '/' })).body).toEqual({ tls: true });
  });
});

describe('a server with several names', () => {
  /** Each name with its own certificate, chosen by SNI; without one of them, that of localhost. */
  async function serveNames() {
    const names: (string | false | undefined)[] = [];
    const server = createTlsServer({ key, cert: fixture('server-certificate.pem') }, (request, response) => {
      names.push((request.socket as TLSSocket & { servername?: string | false }).servername);
      json(response, 200, { host: request.headers.host });
    });
    for (const name of ['one', 'two']) {
      server.addContext(`${name}.example`, createSecureContext({ key, cert: fixture(`${name}-certificate.pem`) }));
    }
    return { port: await listen(server), names };
  }

  it('is asked for by the host of the address, directly and through a tunnel, and keeps the names apart', async () => {
    const { port, names } = await serveNames();
    await clientFor(`https://localhost:${port}`, { tls: { ca } }).request({ path: '/' });
    // A proxy is where names are looked up that this machine doesn't know.
    const proxy = await serveProxy();
    for (const name of ['one', 'two', 'one']) {
      const client = clientFor(`https://${name}.example:${port}`, { tls: { ca }, proxy: { httpsProxy: proxy.url } });
      expect((await client.request({ path: '/' })).body).toEqual({ host: `${name}.example:${port}` });
    }
    expect(names).toEqual(['localhost', 'one.example', 'two.example', 'one.example']);
    const third = await failing(`https://three.example:${port}`, { proxy: { httpsProxy: proxy.url } });
    expect(third).toMatchObject({ kind: 'tls', message: expect.stringContaining('three.example') });
  });
});

describe('the wrong scheme', () => {
  it('https on a port that speaks http is said in plain words', async () => {
    const url = await serve((_request, response) => json(response, 200, {}));
    const error = await failing(url.replace('http:', 'https:'));
    expect(error).toMatchObject({ kind: 'tls', verdict: 'fatal', attempts: 1 });
    expect(error.message).toMatch(/this port speaks http, not https$/);
    expect(error.hint).toContain('http://');
  });

  it('http on a port that speaks https is said too, whether it hangs up or answers', async () => {
    const port = await serveTls({ cert: fixture('expired-certificate.pem') });
    const hangsUp = `http://localhost:${port}`;
    const answers = await serve((_request, response) =>
      response.writeHead(400).end('<html><title>400 The plain HTTP request was sent to HTTPS port</title></html>'),
    );
    for (const url of [hangsUp, answers]) {
      const error = await failing(url, { headers: { authorization: 'Bearer topsecrettoken' } });
      expect(error).toMatchObject({ kind: 'tls', verdict: 'fatal', attempts: 1 });
      expect(error.message).toMatch(/this port speaks https, not http$/);
      expect(error.hint).toBe(`Use ${url.replace('http:', 'https:')} as the address.`);
    }
  });

  it('is not seen in a server that hangs up for another reason, nor in a 400 of another kind', async () => {
    let connections = 0;
    const port = await listen(
      createTcpServer((socket) => {
        connections += 1;
        socket.once('data', () => socket.destroy());
      }),
    );
    expect(await failing(`http://127.0.0.1:${port}`, { retry: { retries: 2 } })).toMatchObject({
      kind: 'network',
      attempts: 3,
    });
    // Three tries and one handshake.
    expect(connections).toBe(4);
    const url = await serve((_request, response) => json(response, 400, { message: 'no such filter' }));
    expect(await failing(url)).toMatchObject({ kind: 'status', status: 400 });
  });

  it('ends with the signal while it is looked into', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    let connections = 0;
    const port = await listen(
      createTcpServer((socket) => {
        connections += 1;
        if (connections === 1) socket.once('data', () => socket.destroy());
        else controller.abort(reason);
      }),
    );
    const request = clientFor(`http://127.0.0.1:${port}`).request({ path: '/', signal: controller.signal });
    await expect(request).rejects.toBe(reason);
  });
});

describe('a proxy', () => {
  async function deadProxy(): Promise<string> {
    const url = await serve(() => {});
    await cleanups.pop()!();
    return url;
  }

  it('that is dead is named, without its credentials, for http and https', async () => {
    const proxy = await deadProxy();
    const withCredentials = proxy.replace('://', '://me:proxysecret@');
    for (const url of ['http://kestra.internal', 'https://kestra.internal']) {
      const error = await failing(url, {
        proxy: { httpProxy: withCredentials, httpsProxy: withCredentials },
        retry: { retries: 1 },
      });
      expect(error).toMatchObject({ kind: 'network', verdict: 'fatal', attempts: 2 });
      expect(error.message).toContain(`the proxy ${proxy} could not be reached: `);
      expect(error.hint).toContain('proxy');
      expect(JSON.stringify([error, error.message, error.stack, error.cause])).not.toContain('proxysecret');
    }
  });

  it('is not blamed for a server behind it', async () => {
    const server = createServer();
    server.on('connect', (_request, socket: Socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    const httpsProxy = `http://127.0.0.1:${await listen(server)}`;
    const error = await failing('https://kestra.internal', { proxy: { httpsProxy }, retry: { retries: 1 } });
    expect(error).toMatchObject({ kind: 'network', verdict: 'retry', attempts: 2 });
    expect(error.message).toContain('the proxy answered 502');
    const tunnel = await serveProxy();
    const expired = await serveTls({ cert: fixture('expired-certificate.pem') });
    const refused = await failing(`https://localhost:${expired}`, { proxy: { httpsProxy: tunnel.url } });
    expect(refused.message).toMatch(/failed: the certificate has expired$/);
  });

  it('that wants credentials says so for http too', async () => {
    const httpProxy = await serve((_request, response) => response.writeHead(407).end());
    expect(await failing('http://kestra.internal', { proxy: { httpProxy } })).toMatchObject({
      verdict: 'fatal',
      attempts: 1,
      hint: expect.stringMatching(/proxy .*credentials/),
    });
  });

  it('that speaks https itself is verified, with the authority that is given', async () => {
    const server = createTlsServer({ key, cert: fixture('server-certificate.pem') });
    server.on('connect', (request, socket: Socket) => {
      const target = connect(Number(request.url!.split(':')[1]), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        target.pipe(socket).pipe(target);
      });
      for (const each of [target, socket]) each.on('error', () => {});
      cleanups.push(() => target.destroy());
    });
    const httpsProxy = `https://localhost:${await listen(server)}`;
    const port = await serveTls();
    const trusting = clientFor(`https://localhost:${port}`, { tls: { ca }, proxy: { httpsProxy } });
    expect((await trusting.request({ path: '/' })).body).toEqual({ tls: true });
    const careless = await failing(`https://localhost:${port}`, { tls: { verify: false }, proxy: { httpsProxy } });
    expect(careless).toMatchObject({ kind: 'tls', message: expect.stringContaining(`the proxy ${httpsProxy}`) });
  });

  it('may be named without a scheme, and must be an address', async () => {
    const proxy = await serveProxy();
    const client = clientFor('http://kestra.internal', { proxy: { httpProxy: proxy.url.replace('http://', '') } });
    expect((await client.request({ path: '/x' })).body).toEqual({ proxied: true });
    const odd = () => clientFor('http://kestra.internal', { proxy: { httpProxy: 'http://me:proxysecret@[half' } });
    expect(odd).toThrow(TypeError);
    expect(odd).not.toThrow(/proxysecret/);
  });
});
