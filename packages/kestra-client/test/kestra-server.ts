import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface ServedRequest {
  method: string;
  path: string;
  /** Decoded. */
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
}

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  /** Sent as JSON, unless it is a string or bytes. */
  body?: unknown;
}

export interface TestServer {
  url: string;
  requests: ServedRequest[];
  close(): Promise<void>;
}

/** A plain HTTP server that answers as it is told; it knows nothing of Kestra. 404 for what the handler leaves out. */
export async function serve(handler: (request: ServedRequest) => Answer | undefined): Promise<TestServer> {
  const requests: ServedRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url!, 'http://test');
    const served = { method: request.method!, path: url.pathname, query: url.searchParams, headers: request.headers };
    requests.push(served);
    request.resume();
    const { status = 200, headers = {}, body } = handler(served) ?? { status: 404, body: { message: 'Not Found' } };
    if (body === undefined) response.writeHead(status, headers).end();
    else if (typeof body === 'string' || body instanceof Uint8Array) response.writeHead(status, headers).end(body);
    else response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
