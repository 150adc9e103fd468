import { type Exchange, openMetadataExchanges } from '@flowmeta/recordings';
import { startOpenMetadataSandbox } from '../../src/openmetadata/server.js';
import { comparable, comparableText, differences } from './compare.js';
import { preparations, repeated } from './preparations.js';
import { inRecordedOrder } from './recorded-order.js';
import { isInScope, isSendable } from './scope.js';

type Json = Record<string, unknown>;

export interface ReplayResult {
  all: number;
  inScope: number;
  /** By file: where the answers differ. */
  disagreements: Map<string, string[]>;
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const token = 'replayed-token';

const collectionOf: Record<string, string> = {
  pipelineService: 'services/pipelineServices',
  pipeline: 'pipelines',
  user: 'users',
  team: 'teams',
  domain: 'domains',
  table: 'tables',
  topic: 'topics',
  container: 'containers',
  dashboard: 'dashboards',
};

/** What each recorded id belongs to, of all recorded references. */
function namesOfIds(exchanges: Exchange[]): Map<string, { collection: string; name: string }> {
  const found = new Map<string, { collection: string; name: string }>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { id, type, fullyQualifiedName } = value as Json;
    const collection = collectionOf[String(type)];
    if (typeof id === 'string' && collection && typeof fullyQualifiedName === 'string') {
      found.set(id, { collection, name: fullyQualifiedName });
    }
    Object.values(value).forEach(walk);
  };
  for (const { request, response } of exchanges) {
    walk(response.body);
    const { id, fullyQualifiedName } = (response.body ?? {}) as Json;
    const collection = Object.values(collectionOf).find((path) => request.path.startsWith(`/api/v1/${path}`));
    if (typeof id === 'string' && collection && typeof fullyQualifiedName === 'string') {
      found.set(id, { collection, name: fullyQualifiedName });
    }
  }
  return found;
}

/** The header that stands for the one of the recording, whose token is not kept. */
function authorizationOf({ as, file, request }: Exchange): string | undefined {
  if (as === 'admin') return `Bearer ${token}.admin`;
  if (as === 'none') return file.includes('lowercase-bearer') ? `bearer ${token}` : undefined;
  if (as !== 'other') return request.headers.authorization === undefined ? undefined : `Bearer ${token}`;
  if (file.includes('bad-token')) return 'Bearer nonsense';
  if (file.includes('bad-signature')) return 'Bearer a.b.c';
  const bot = /(profiler|lineage)-bot/.exec(file)?.[0];
  return `Bearer ${token}.${bot ?? 'bob'}`;
}

/** Replays one version against a fresh sandbox, in recorded order. */
export async function replay(version: '1.2' | '1.6'): Promise<ReplayResult> {
  const exchanges = openMetadataExchanges(version);
  const sandbox = await startOpenMetadataSandbox({ version, token, recordRequests: false });
  const names = namesOfIds(exchanges);
  const ids = new Map<string, string>();
  const disagreements = new Map<string, string[]>();
  let inScope = 0;

  const call = async (method: string, path: string, options: { headers: Record<string, string>; body?: string }) => {
    const { headers, body } = options;
    const response = await fetch(`${sandbox.url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json');
    return {
      status: response.status,
      change: response.headers.get('x-openmetadata-change') ?? undefined,
      text,
      json: isJson && text !== '' ? (JSON.parse(text) as unknown) : undefined,
    };
  };
  const asBot = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };

  /** The sandbox's id for a recorded one: learnt from answers, else looked up by name. */
  const idFor = async (recorded: string): Promise<string> => {
    const known = ids.get(recorded);
    if (known !== undefined) return known;
    const place = names.get(recorded);
    if (!place) return recorded;
    const path = `/api/v1/${place.collection}/name/${encodeURIComponent(place.name)}?include=all`;
    const { json } = await call('GET', path, { headers: asBot });
    const id = (json as Json | undefined)?.id;
    if (typeof id !== 'string') return recorded;
    ids.set(recorded, id);
    return id;
  };
  const translate = async (text: string): Promise<string> => {
    let result = text;
    for (const [recorded] of text.matchAll(uuid)) result = result.replaceAll(recorded, await idFor(recorded));
    return result;
  };
  const translateQuery = async (query: string): Promise<string> => {
    const cursor = /(after|before)=([^&]+)/g;
    let result = await translate(query);
    for (const [whole, name, value = ''] of query.matchAll(cursor)) {
      const decoded = Buffer.from(decodeURIComponent(value), 'base64').toString('utf8');
      if (!decoded.startsWith('{')) continue;
      const encoded = Buffer.from(await translate(decoded)).toString('base64');
      result = result.replace(whole, `${name}=${encodeURIComponent(encoded)}`);
    }
    return result;
  };
  const send = async (exchange: Exchange) => {
    const { request } = exchange;
    const headers: Record<string, string> = { accept: request.headers.accept ?? 'application/json' };
    const authorization = authorizationOf(exchange);
    if (authorization !== undefined) headers.authorization = authorization;
    const contentType = request.headers['content-type'];
    if (contentType !== undefined) headers['content-type'] = contentType;
    const given = typeof request.body === 'string' ? request.body : JSON.stringify(request.body);
    const query = request.query === '' ? '' : `?${await translateQuery(request.query)}`;
    return call(request.method, `${await translate(request.path)}${query}`, {
      headers,
      ...(given === undefined || request.method === 'GET' ? {} : { body: await translate(given) }),
    });
  };

  try {
    for (const exchange of inRecordedOrder(exchanges)) {
      for (const { method, path, body } of preparations[exchange.file] ?? []) {
        await call(method, `/api/v1/${path}`, { headers: asBot, body: JSON.stringify(body) });
      }
      if (version === '1.2' && repeated.has(exchange.file)) await send(exchange);
      if (!isSendable(exchange)) continue;
      const actual = await send(exchange);
      const { response } = exchange;
      const recordedId = (response.body as Json | undefined)?.id;
      const actualId = (actual.json as Json | undefined)?.id;
      if (typeof recordedId === 'string' && typeof actualId === 'string' && !ids.has(recordedId)) {
        ids.set(recordedId, actualId);
      }
      if (!isInScope(exchange)) continue;
      inScope += 1;
      const isText = typeof response.body === 'string' || response.body === undefined || response.body === null;
      const expectedBody = isText
        ? comparableText(String(response.body ?? response.text ?? ''))
        : comparable(response.body);
      const actualBody = isText ? comparableText(actual.text) : comparable(actual.json);
      const found = [
        ...differences(response.status, actual.status, 'status'),
        ...differences(response.headers['x-openmetadata-change'], actual.change, 'change header'),
        ...differences(expectedBody, actualBody),
      ];
      if (typeof recordedId === 'string' && ids.get(recordedId) !== actualId) found.push('id: another entity');
      if (found.length > 0) disagreements.set(exchange.file, found);
    }
  } finally {
    await sandbox.close();
  }
  return { all: exchanges.length, inScope, disagreements };
}
