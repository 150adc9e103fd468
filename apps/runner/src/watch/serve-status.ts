import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UsageError } from '../usage-error.js';
import { type Address, shownAddress } from './address.js';
import type { WatchStatus } from './watch-status.js';

/** The server that says how the watch does. */
export interface StatusServer {
  /** Where it listens: the port is one that was free where 0 was asked for. */
  url: string;
  close(): Promise<void>;
}

const plain = 'text/plain; charset=utf-8';
const prometheus = 'text/plain; version=0.0.4; charset=utf-8';

/** Serves `/healthz`, `/readyz` and `/metrics`. Throws a `UsageError` when the address can't be used. */
export async function serveStatus(address: Address, status: WatchStatus): Promise<StatusServer> {
  const answerTo = (path: string): { code: number; type: string; body: string } => {
    switch (path) {
      case '/healthz':
        return { code: 200, type: plain, body: 'alive\n' };
      case '/readyz': {
        const problem = status.problem();
        return problem === undefined
          ? { code: 200, type: plain, body: 'ready\n' }
          : { code: 503, type: plain, body: `not ready: ${problem}\n` };
      }
      case '/metrics':
        return { code: 200, type: prometheus, body: status.metrics() };
      default:
        return { code: 404, type: plain, body: 'There is /healthz, /readyz and /metrics.\n' };
    }
  };
  const handle = ({ method, url = '/' }: IncomingMessage, response: ServerResponse): void => {
    if (method !== 'GET' && method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD', 'content-type': plain }).end('Only GET is answered.\n');
      return;
    }
    const { code, type, body } = answerTo(url.split('?', 1)[0]!);
    response.writeHead(code, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
  };

  const server = createServer(handle);
  await new Promise<void>((resolve, reject) => {
    server.on('error', (error: NodeJS.ErrnoException) =>
      reject(
        new UsageError(
          `--listen ${shownAddress(address)}: it can not be listened on (${error.code})`,
          'Name another address, or write --no-listen.',
        ),
      ),
    );
    server.listen(address.port, address.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${shownAddress({ ...address, port })}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
