import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface Received {
  method: string;
  path: string;
  query: string;
  headers: IncomingMessage['headers'];
  /** As it was sent, gunzipped. */
  body: string;
}

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  /** Text as it is, anything else as JSON. */
  body?: unknown;
}

/** A real HTTP server that answers what a test says. */
export async function startAnsweringServer(answer: (request: Received, count: number) => Answer) {
  const received: Received[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      const [path = '', query = ''] = (request.url ?? '').split('?');
      const body = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString('utf8');
      const entry = { method: request.method ?? '', path, query, headers: request.headers, body };
      received.push(entry);
      const {
        status = 200,
        headers = { 'content-type': 'application/json' },
        body: content,
      } = answer(entry, received.length);
      response.writeHead(status, headers);
      response.end(content === undefined ? '' : typeof content === 'string' ? content : JSON.stringify(content));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
