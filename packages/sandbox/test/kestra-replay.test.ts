import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import {
  type Exchange,
  groupOf,
  type KestraVersion,
  kestraDataset,
  kestraExchanges,
  kestraVersions,
} from '@flowmeta/recordings';
import { startKestraSandbox } from '@flowmeta/sandbox';
import { describe, expect, it } from 'vitest';
import type { KestraDataset, KestraSandboxOptions, Sandbox } from '../src/types.js';
import { difference, keyOf, type Replayed } from './kestra-replay/compare.js';
import { type Server, serverOf } from './kestra-replay/scope.js';

const listFile = new URL('kestra-replay/differences.json', import.meta.url);
/** By version and recording: why the stand-in's answer is not the recorded one. */
const listed = (existsSync(listFile) ? JSON.parse(readFileSync(listFile, 'utf8')) : {}) as Record<
  string,
  Record<string, string>
>;

const username = 'admin@example.com';
const password = 'Kestra1234';
const basic = (user: string): string => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

function authorizationOf(exchange: Exchange): string | undefined {
  const group = groupOf(exchange);
  const recorded = exchange.request.headers.authorization;
  if (recorded === undefined) return undefined;
  if (!recorded.includes('<redacted>')) return recorded;
  if (group === 'badauth' || group.endsWith('-badauth')) return basic('someone@example.com');
  if (group === 'wronguser') return basic('other@example.com');
  if (group === 'caseuser') return basic(username.toUpperCase());
  return recorded.startsWith('Bearer') ? 'Bearer some-token' : basic(username);
}

function optionsOf(
  server: Server,
  version: KestraVersion,
): Pick<KestraSandboxOptions, 'dataset' | 'auth' | 'contextPath'> {
  const plugins = server !== 'without-plugins';
  const dataset = kestraDataset(version, { plugins }) as KestraDataset;
  const auth = { kind: 'basic', username, password } as const;
  if (server === 'not-set-up')
    return { dataset: { ...dataset, configs: { ...dataset.configs, isBasicAuthInitialized: false } }, auth };
  if (server === 'context-path') return { dataset, auth, contextPath: '/kestra' };
  return server === 'with-auth' ? { dataset, auth } : { dataset };
}

describe.each(kestraVersions)('Kestra %s', (version) => {
  it('answers recorded requests as the real server did', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const clock = { now: 0 };
    const sandboxes = new Map<Server, { sandbox: Sandbox; known: Set<string> }>();
    const sandboxOf = async (server: Server) => {
      const running = sandboxes.get(server);
      if (running) return running;
      const options = optionsOf(server, version);
      const sandbox = await startKestraSandbox({ ...options, now: () => clock.now, recordRequests: false });
      const { flows, executions, triggers } = options.dataset;
      const items = [...flows.map(({ flow }) => flow), ...executions, ...(triggers as Record<string, unknown>[])];
      const entry = { sandbox, known: new Set(items.map(keyOf)) };
      sandboxes.set(server, entry);
      return entry;
    };

    const send = (url: string, exchange: Exchange, query: string): Promise<Replayed> =>
      new Promise((resolve, reject) => {
        const { method, path, headers, body } = exchange.request;
        const { authorization: _, 'accept-encoding': __, 'content-encoding': ___, host: ____, ...rest } = headers;
        const authorization = authorizationOf(exchange);
        const { hostname, port } = new URL(url);
        const call = httpRequest(
          {
            agent,
            hostname,
            port,
            method,
            path: query ? `${path}?${query}` : path,
            headers: { ...rest, ...(authorization ? { authorization } : {}) },
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

    const all = kestraExchanges(version);
    const found: Record<string, string> = {};
    let inScope = 0;
    for (const exchange of all) {
      const server = serverOf(exchange);
      if (!server) continue;
      inScope += 1;
      const { sandbox, known } = await sandboxOf(server);
      clock.now = Date.parse(exchange.at ?? '');
      const { query, path } = exchange.request;
      const replayed = await send(sandbox.url, exchange, query);
      const paged =
        replayed.status === 200 &&
        path.endsWith('/search') &&
        Array.isArray((exchange.response.body as { results?: unknown })?.results);
      let whole: { results: Record<string, unknown>[]; total: number } = { results: [], total: 0 };
      if (paged && !path.includes('namespaces/')) {
        const rest = query.split('&').filter((part) => part !== '' && !/^(page|size)=/.test(part));
        const one = [...rest, 'page=1', 'size=100000'].join('&');
        whole = JSON.parse((await send(sandbox.url, exchange, one)).text);
      }
      const search =
        paged && !path.includes('namespaces/') ? { everything: whole.results, total: whole.total, known } : undefined;
      const reason = difference(exchange, replayed, search);
      if (reason !== undefined) found[exchange.file] = reason;
    }
    agent.destroy();
    await Promise.all([...sandboxes.values()].map(({ sandbox }) => sandbox.close()));
    if (process.env.FLOWMETA_REPLAY_OUT)
      writeFileSync(`${process.env.FLOWMETA_REPLAY_OUT}/${version}.json`, JSON.stringify(found, null, 1));

    const agreed = inScope - Object.keys(found).length;
    console.log(`Kestra ${version}: ${agreed} agreed / ${inScope} in scope / ${all.length} all`);
    expect(inScope / all.length).toBeGreaterThanOrEqual(0.6);
    expect(agreed / inScope).toBeGreaterThanOrEqual(0.95);
    expect(Object.keys(found).sort()).toEqual(Object.keys(listed[version] ?? {}).sort());
  });
});
