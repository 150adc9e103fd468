import { readFileSync } from 'node:fs';
import {
  type AirflowVersion,
  airflowDataset,
  airflowExchanges,
  airflowVersions,
  type Exchange,
} from '@flowmeta/recordings';
import { type AirflowDataset, type Sandbox, startAirflowSandbox } from '@flowmeta/sandbox';
import { describe, expect, it } from 'vitest';
import { difference, inScope } from './airflow-replay/compare.js';

/** By version and recording: why the stand-in's answer is not the recorded one. */
const listed = JSON.parse(readFileSync(new URL('airflow-replay/differences.json', import.meta.url), 'utf8')) as Record<
  string,
  Record<string, string>
>;

const auth = { username: 'admin', password: 'of the sandbox' };

/** The recorded body with the password that the stand-in knows, where the recording's was the right one. */
function bodyOf({ request, response }: Exchange): string | undefined {
  const { body } = request;
  if (body === undefined) return undefined;
  if (typeof body === 'string') return body;
  const { password } = body as { password?: string };
  return JSON.stringify(password && response.status === 201 ? auth : body);
}

async function send(exchange: Exchange, sandbox: Sandbox, credentials: string) {
  const { method, path, query, headers } = exchange.request;
  const { authorization, ...others } = headers;
  const known = exchange.as === 'made up' ? authorization : credentials;
  const answer = await fetch(`${sandbox.url}${path}${query ? `?${query}` : ''}`, {
    method,
    headers: exchange.as === 'nobody' || known === undefined ? others : { ...others, authorization: known },
    body: bodyOf(exchange) ?? null,
  });
  return { status: answer.status, text: await answer.text() };
}

async function credentialsFor(version: AirflowVersion, { url }: Sandbox): Promise<string> {
  if (version.startsWith('2.')) return `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
  const answer = await fetch(`${url}/auth/token`, { method: 'POST', body: JSON.stringify(auth) });
  return `Bearer ${((await answer.json()) as { access_token: string }).access_token}`;
}

describe.each(airflowVersions)('Airflow %s', (version) => {
  it('answers recorded requests as the real server did', async () => {
    const dataset = airflowDataset(version) as AirflowDataset;
    const sandbox = await startAirflowSandbox({ dataset, auth, recordRequests: false });
    const credentials = await credentialsFor(version, sandbox);
    const all = airflowExchanges(version);
    const replayed = all.filter(inScope);
    const differences: Record<string, string> = {};
    for (const exchange of replayed) {
      const { status, text } = await send(exchange, sandbox, credentials);
      const reason = difference(exchange, status, text);
      if (reason !== undefined) differences[exchange.file] = reason;
    }
    await sandbox.close();

    const agreed = replayed.length - Object.keys(differences).length;
    console.log(`Airflow ${version}: ${agreed} agreed / ${replayed.length} in scope / ${all.length} all`);
    const reasons = listed[version] ?? {};
    const unlisted = Object.entries(differences).filter(([file]) => reasons[file] === undefined);
    expect(unlisted, 'differences that are not listed').toEqual([]);
    const agreeing = Object.keys(reasons).filter((file) => differences[file] === undefined);
    expect(agreeing, 'listed as different, but the same').toEqual([]);
    expect(replayed.length / all.length).toBeGreaterThanOrEqual(0.8);
    expect(agreed / replayed.length).toBeGreaterThanOrEqual(0.95);
  }, 300_000);
});
