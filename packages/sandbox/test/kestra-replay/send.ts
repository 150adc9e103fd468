import { type Agent, request as httpRequest } from 'node:http';
import { type Exchange, groupOf } from '@flowmeta/recordings';
import type { Replayed } from './compare.js';

const username = 'admin@example.com';
const password = 'Kestra1234';

/** What the stand-ins with credentials are started with. */
export const auth = { kind: 'basic', username, password } as const;

const basic = (user: string): string => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** Credentials are replaced in the recordings; the name of the group says which ones were sent. */
function authorizationOf(exchange: Exchange): string | undefined {
  const group = groupOf(exchange);
  const recorded = exchange.request.headers.authorization;
  if (recorded === undefined || !recorded.includes('<redacted>')) return recorded;
  if (group.endsWith('badauth')) return basic('someone@example.com');
  if (group === 'wronguser') return basic('other@example.com');
  if (group === 'caseuser') return basic(username.toUpperCase());
  return recorded.startsWith('Bearer') ? 'Bearer some-token' : basic(username);
}

/** Sends a recorded request to a stand-in, with another query if one is given. */
export function send(
  exchange: Exchange,
  { url, agent, query = exchange.request.query }: { url: string; agent: Agent; query?: string },
): Promise<Replayed> {
  const { method, path, headers, body } = exchange.request;
  const authorization = authorizationOf(exchange);
  const sent: Record<string, string> = {};
  for (const name of ['accept', 'content-type']) if (headers[name] !== undefined) sent[name] = headers[name];
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const call = httpRequest(
      {
        agent,
        hostname,
        port,
        method,
        path: query ? `${path}?${query}` : path,
        headers: authorization === undefined ? sent : { ...sent, authorization },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers as Record<string, string>,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    call.on('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
