import type { IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { describe, expect, it } from 'vitest';
import { clientFor, failureOf, fixture, json, listen, serve, serveProxy } from './servers.js';

const headers = { authorization: 'Bearer topsecrettoken', 'x-api-key': 'anothersecretkey' };
const tls = { key: fixture('server-key.pem'), cert: fixture('server-certificate.pem') };

/** Somewhere that credentials must never come to. */
async function elsewhere() {
  const seen: IncomingMessage['headers'][] = [];
  const url = await serve((request, response) => {
    seen.push(request.headers);
    json(response, 200, {});
  });
  return { url, seen };
}

describe.each([301, 302, 303, 307, 308])('a redirect of status %i', (status) => {
  it('takes no request, let alone credentials, to another host', async () => {
    const { url: other, seen } = await elsewhere();
    const url = await serve((_request, response) => response.writeHead(status, { location: `${other}/x` }).end());
    for (const method of ['GET', 'PUT', 'POST'] as const) {
      const error = await failureOf(clientFor(url, { headers }).request({ path: '/', method, body: {} }));
      expect(error).toMatchObject({ kind: 'redirect', verdict: 'fatal', status, location: `${other}/x`, attempts: 1 });
    }
    expect(seen).toEqual([]);
  });

  it('takes none from https to http on the same host', async () => {
    const { url: other, seen } = await elsewhere();
    const { port } = new URL(other);
    const server = createTlsServer(tls, (_request, response) =>
      response.writeHead(status, { location: `http://localhost:${port}/x` }).end(),
    );
    const client = clientFor(`https://localhost:${await listen(server)}`, {
      headers,
      tls: { ca: fixture('authority.pem') },
    });
    expect(await failureOf(client.request({ path: '/' }))).toMatchObject({ kind: 'redirect', verdict: 'fatal' });
    expect(seen).toEqual([]);
  });

  it('takes none through a proxy, plain or by a tunnel', async () => {
    const { url: other, seen } = await elsewhere();
    const plain = await serve((_request, response) => response.writeHead(status, { location: `${other}/x` }).end());
    expect(
      await failureOf(
        clientFor('http://kestra.internal', { headers, proxy: { httpProxy: plain } }).request({ path: '/' }),
      ),
    ).toMatchObject({ kind: 'redirect', location: `${other}/x` });

    const proxy = await serveProxy();
    const server = createTlsServer(tls, (_request, response) =>
      response.writeHead(status, { location: `${other}/x` }).end(),
    );
    const port = await listen(server);
    const client = clientFor(`https://localhost:${port}`, {
      headers,
      proxy: { httpsProxy: proxy.url },
      tls: { ca: fixture('authority.pem') },
    });
    expect(await failureOf(client.request({ path: '/' }))).toMatchObject({ kind: 'redirect' });
    expect(proxy.seen).toEqual([`CONNECT localhost:${port}`]);
    expect(seen).toEqual([]);
  });
});

describe('where a redirect points to', () => {
  async function redirected(location: string | undefined, body = '') {
    const url = await serve((_request, response) =>
      response.writeHead(302, location === undefined ? {} : { location }).end(body),
    );
    return failureOf(clientFor(url, { headers }).request({ path: '/' }));
  }

  it('is shown without user info, query and fragment, and without our secrets', async () => {
    const location = 'https://me:hunter2@sso.example.com/login/topsecrettoken?code=c0dec0de&state=st4te#t1cket';
    const error = await redirected(location, `<a href="${location}">here</a>`);
    expect(error.location).toBe('https://sso.example.com/login/***');
    const shown = JSON.stringify([error, error.message, error.hint, error.stack]);
    for (const secret of ['hunter2', 'topsecrettoken', 'anothersecretkey', 'c0dec0de', 'st4te', 't1cket']) {
      expect(shown).not.toContain(secret);
    }
  });

  it('may be nowhere, no address or no web page', async () => {
    expect((await redirected(undefined)).message).toContain('nowhere');
    expect((await redirected('http://[half')).message).toContain('nowhere');
    const odd = await redirected('data:text/plain,c0dec0de');
    expect(odd.location).toBe('data:');
    expect(odd.message).not.toContain('c0dec0de');
  });
});

describe('a header that holds a secret', () => {
  it('is not shown where the server repeats it', async () => {
    const url = await serve((request, response) =>
      json(response, 400, { message: `odd: ${request.headers['x-api-key']} ${request.headers.cookie}` }),
    );
    const client = clientFor(url, { headers: { 'X-Api-Key': 'anothersecretkey', Cookie: 'id=cookiesecret' } });
    const error = await failureOf(client.request({ path: '/' }));
    expect(JSON.stringify([error, error.message])).not.toMatch(/anothersecretkey|cookiesecret/);
  });
});
