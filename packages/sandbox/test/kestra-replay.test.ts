import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import {
  type Exchange,
  type KestraVersion,
  kestraDataset,
  kestraExchanges,
  kestraVersions,
} from '@flowmeta/recordings';
import { type KestraDataset, type KestraSandboxOptions, type Sandbox, startKestraSandbox } from '@flowmeta/sandbox';
import { describe, expect, it } from 'vitest';
import { difference, keyOf, type Replayed, type SearchContext } from './kestra-replay/compare.js';
import { type Server, serverOf } from './kestra-replay/scope.js';
import { auth, send } from './kestra-replay/send.js';

/** By version and recording: why the stand-in's answer is not the recorded one. */
const listed = JSON.parse(readFileSync(new URL('kestra-replay/differences.json', import.meta.url), 'utf8')) as Record<
  string,
  Record<string, string>
>;

function optionsOf(server: Server, version: KestraVersion): KestraSandboxOptions {
  const dataset = kestraDataset(version, { plugins: server !== 'without-plugins' }) as KestraDataset;
  switch (server) {
    case 'not-set-up':
      return { dataset: { ...dataset, configs: { ...dataset.configs, isBasicAuthInitialized: false } }, auth };
    case 'context-path':
      return { dataset, auth, contextPath: '/kestra' };
    case 'with-auth':
      return { dataset, auth };
    default:
      return { dataset };
  }
}

interface Page {
  results: Record<string, unknown>[];
  total: number;
}

const isPage = (body: unknown): boolean => Array.isArray((body as Page | undefined)?.results);

/** All that a recorded search finds in the stand-in, whatever page it asked for; nothing where it is no such search. */
async function everythingOf(
  exchange: Exchange,
  replayed: Replayed,
  again: (query: string) => Promise<Replayed>,
): Promise<Omit<SearchContext, 'known'> | undefined> {
  const { path, query } = exchange.request;
  const searches = /\/(flows|executions|triggers)\/search\/?$/.test(path) && replayed.status === 200;
  if (!searches || !isPage(exchange.response.body)) return undefined;
  let page = JSON.parse(replayed.text) as Page;
  if (page.results.length < page.total || page.total === 0) {
    const rest = query.split('&').filter((part) => part !== '' && !/^(page|size)=/.test(part));
    page = JSON.parse((await again([...rest, 'page=1', 'size=100000'].join('&'))).text) as Page;
  }
  return { everything: page.results, total: page.total };
}

describe.each(kestraVersions)('Kestra %s', (version) => {
  it('answers recorded requests as the real server did', async () => {
    const agent = new Agent({ keepAlive: true });
    const clock = { now: 0 };
    const started = new Map<Server, { sandbox: Sandbox; known: Set<string> }>();
    const sandboxFor = async (server: Server) => {
      const running = started.get(server);
      if (running) return running;
      const options = optionsOf(server, version);
      const { flows, executions, triggers } = options.dataset;
      const items = [...flows.map(({ flow }) => flow), ...executions, ...(triggers as Record<string, unknown>[])];
      const sandbox = await startKestraSandbox({ ...options, now: () => clock.now, recordRequests: false });
      const entry = { sandbox, known: new Set(items.map(keyOf)) };
      started.set(server, entry);
      return entry;
    };

    const all = kestraExchanges(version);
    const differences: Record<string, string> = {};
    let inScope = 0;
    for (const exchange of all) {
      const server = serverOf(exchange);
      if (!server) continue;
      inScope += 1;
      const { sandbox, known } = await sandboxFor(server);
      const { url } = sandbox;
      clock.now = Date.parse(exchange.at ?? '');
      const replayed = await send(exchange, { url, agent });
      const found = await everythingOf(exchange, replayed, (query) => send(exchange, { url, agent, query }));
      const reason = difference(exchange, replayed, found && { ...found, known });
      if (reason !== undefined) differences[exchange.file] = reason;
    }
    agent.destroy();
    await Promise.all([...started.values()].map(({ sandbox }) => sandbox.close()));

    const agreed = inScope - Object.keys(differences).length;
    console.log(`Kestra ${version}: ${agreed} agreed / ${inScope} in scope / ${all.length} all`);
    const reasons = listed[version] ?? {};
    const unlisted = Object.entries(differences).filter(([file]) => reasons[file] === undefined);
    expect(unlisted, 'differences that are not listed').toEqual([]);
    const agreeing = Object.keys(reasons).filter((file) => differences[file] === undefined);
    expect(agreeing, 'listed as different, but the same').toEqual([]);
    expect(inScope / all.length).toBeGreaterThanOrEqual(0.6);
    expect(agreed / inScope).toBeGreaterThanOrEqual(0.95);
  });
});
