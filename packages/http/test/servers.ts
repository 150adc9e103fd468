import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { type AddressInfo, connect, type Socket, type Server as TcpServer } from 'node:net';
import { afterEach, expect } from 'vitest';
import { createHttpClient, type HttpClientOptions, type HttpError, isHttpError } from '../src/index.js';

// Servers on real sockets, closed after each test.

export const fixture = (name: string): string =>
  readFileSync(new URL(`../src/__fixtures__/${name}`, import.meta.url), 'utf8');
export const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export type Handler = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

export async function listen(server: TcpServer): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

function withBody(handler: Handler) {
  return (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => handler(request, response, Buffer.concat(chunks)));
  };
}

export async function serve(handler: Handler): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(withBody(handler)))}`;
}

export function clientFor(baseUrl: string, options: Partial<HttpClientOptions> = {}) {
  const client = createHttpClient({ baseUrl, ...options, retry: { baseDelayMs: 1, maxDelayMs: 20, ...options.retry } });
  cleanups.push(() => client.close());
  return client;
}

export const json = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};

export async function failureOf(promise: Promise<unknown>): Promise<HttpError> {
  const error = await promise.then(
    () => expect.fail('expected an error'),
    (thrown: unknown) => thrown,
  );
  if (!isHttpError(error)) throw error;
  return error;
}

/** An https server with the certificate for localhost, unless told otherwise; resolves with its port. */
export function serveTls(options: ServerOptions = {}): Promise<number> {
  const server = createTlsServer(
    { key: fixture('server-key.pem'), cert: fixture('server-certificate.pem'), ...options },
    (_request, response) => json(response, 200, { tls: true }),
  );
  server.on('tlsClientError', () => {});
  return listen(server);
}

/** Speaks plain and CONNECT; whatever name it is asked for, it connects to this machine. */
export async function serveProxy() {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim());
    json(response, 200, { proxied: true });
  });
  server.on('connect', (request, clientSocket: Socket) => {
    seen.push(`CONNECT ${request.url}`);
    const target = connect(Number(request.url!.split(':')[1]), '127.0.0.1', () => {
      clientSocket.write('HTTP/1.1 200 OK\r\n\r\n');
      target.pipe(clientSocket).pipe(target);
    });
    target.on('error', () => clientSocket.destroy());
    clientSocket.on('error', () => target.destroy());
    cleanups.push(() => target.destroy());
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, seen };
}
