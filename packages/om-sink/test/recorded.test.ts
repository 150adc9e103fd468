import { type Exchange, openMetadataExchanges } from '@flowmeta/recordings';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOmClient, type OmClient, OpenMetadataError } from '../src/index.js';
import { type Answer, startAnsweringServer } from './answering-server.js';

type Call = (client: OmClient, exchange: Exchange) => Promise<unknown>;

// Bodies are what the recording sent, right or wrong: the client hands them on as they are.
// biome-ignore lint/suspicious/noExplicitAny: deliberately wrong bodies have no type.
const bodyOf = (exchange: Exchange): any => exchange.request.body;
const last = (path: string): string => decodeURIComponent(path.split('/').at(-1)!);
const query = (exchange: Exchange) => new URLSearchParams(exchange.request.query);
const segmentAt = (path: string, index: number): string => decodeURIComponent(path.split('/')[index]!);

/** The recorded requests that a method of the client stands for. */
const calls: [method: string, path: RegExp, call: Call][] = [
  ['GET', /^\/api\/v1\/system\/version$/, (client) => client.version()],
  ['GET', /^\/api\/v1\/users\/loggedInUser$/, (client) => client.loggedInUser()],
  ['GET', /^\/api\/v1\/users\/name\/[^/]+$/, (client, { request }) => client.findUser(last(request.path))],
  ['GET', /^\/api\/v1\/teams\/name\/[^/]+$/, (client, { request }) => client.findTeam(last(request.path))],
  ['GET', /^\/api\/v1\/services\/pipelineServices\/name\/[^/]+$/, (client) => client.getService('x')],
  ['POST', /^\/api\/v1\/services\/pipelineServices$/, (client, exchange) => client.createService(bodyOf(exchange))],
  ['GET', /^\/api\/v1\/pipelines$/, (client) => client.listPipelines({ service: 'x', limit: 1 })],
  ['GET', /^\/api\/v1\/pipelines\/name\/[^/]+$/, (client, { request }) => client.getPipeline(last(request.path))],
  ['PUT', /^\/api\/v1\/pipelines$/, (client, exchange) => client.putPipeline(bodyOf(exchange))],
  [
    'PATCH',
    /^\/api\/v1\/pipelines\/[0-9a-f-]{36}$/,
    (client, exchange) => client.patchPipeline(last(exchange.request.path), bodyOf(exchange)),
  ],
  [
    'PUT',
    /^\/api\/v1\/pipelines\/[^/]+\/status$/,
    (client, exchange) => client.putStatus(segmentAt(exchange.request.path, 4), bodyOf(exchange)),
  ],
  [
    'GET',
    /^\/api\/v1\/pipelines\/[^/]+\/status$/,
    (client, exchange) =>
      client.getStatuses(segmentAt(exchange.request.path, 4), {
        startTs: Number(query(exchange).get('startTs') ?? 0),
        endTs: Number(query(exchange).get('endTs') ?? 9_999_999_999_999),
      }),
  ],
  ['PUT', /^\/api\/v1\/classifications$/, (client, exchange) => client.putClassification(bodyOf(exchange))],
  ['PUT', /^\/api\/v1\/tags$/, (client, exchange) => client.putTag(bodyOf(exchange))],
  ['GET', /^\/api\/v1\/tags$/, (client) => client.listTags('KestraLabels')],
  [
    'GET',
    /^\/api\/v1\/lineage\/[a-z]+\/name\/[^/]+$/,
    (client, { request }) => client.getLineage(segmentAt(request.path, 4), last(request.path), { upstream: true }),
  ],
  ['PUT', /^\/api\/v1\/lineage$/, (client, exchange) => client.putLineage(bodyOf(exchange))],
  [
    'DELETE',
    /^\/api\/v1\/lineage\/pipeline\/[^/]+\/pipeline\/[^/]+$/,
    (client, { request }) =>
      client.deleteLineage(
        { type: 'pipeline', id: segmentAt(request.path, 5) },
        { type: 'pipeline', id: segmentAt(request.path, 7) },
      ),
  ],
];

const callFor = ({ request }: Exchange): Call | undefined =>
  calls.find(([method, path]) => method === request.method && path.test(request.path))?.[2];

/** What the server said, read without the client's code. */
function sentence({ response }: Exchange): string {
  const body = response.body as { message?: string; responseMessage?: string } | string | undefined;
  const said = typeof body === 'object' ? (body.message ?? body.responseMessage ?? '') : (body ?? response.text ?? '');
  const start = 'An exception with message [';
  return said.startsWith(start) ? said.slice(start.length, said.lastIndexOf(']')) : said.trim();
}

/** True where a read answers "not there" or a delete "was not there": no error for the client. */
const saysAbsent = (exchange: Exchange): boolean =>
  exchange.response.status === 404 &&
  (exchange.request.method === 'DELETE' ||
    (exchange.request.method === 'GET' && /^\S+ instance for [\s\S]+ not found$/.test(sentence(exchange))));

describe.each(['1.2', '1.6'] as const)('recorded answers of OpenMetadata %s', (version) => {
  const all = openMetadataExchanges(version);
  // A gzipped answer was recorded as broken text, and HEAD has no body.
  const scope = all.filter((exchange) => callFor(exchange) !== undefined && !exchange.file.includes('gzip'));
  let answer: Answer = {};
  let server: Awaited<ReturnType<typeof startAnsweringServer>>;
  let client: OmClient;

  beforeAll(async () => {
    server = await startAnsweringServer(() => answer);
    client = createOmClient({
      hostPort: server.url,
      jwtToken: 't',
      retry: { retries: 0, retriesOn500: 0 },
      outage: { waits: [] },
    });
  });
  afterAll(async () => {
    await client.close();
    await server.close();
  });

  const replay = async (exchange: Exchange): Promise<{ value: unknown } | { error: unknown }> => {
    const { status, headers, body, text } = exchange.response;
    answer = { status, headers: { ...headers, 'content-length': '' }, body: body ?? text };
    const {
      'content-length': _length,
      'transfer-encoding': _transfer,
      'content-encoding': _encoding,
      ...rest
    } = headers;
    answer.headers = rest;
    return callFor(exchange)!(client, exchange).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
  };

  it('are understood: values where the server answered, its own words where it refused', async () => {
    const wrong: string[] = [];
    for (const exchange of scope) {
      const { status } = exchange.response;
      const result = await replay(exchange);
      if (status === 409 && exchange.request.path.endsWith('/pipelineServices')) {
        if (!('value' in result) || result.value !== undefined)
          wrong.push(`${exchange.file}: a 409 is "exists already"`);
        continue;
      }
      if (status < 400 || saysAbsent(exchange)) {
        if ('error' in result) wrong.push(`${exchange.file}: ${String(result.error)}`);
        continue;
      }
      const error = 'error' in result ? result.error : undefined;
      if (!(error instanceof OpenMetadataError)) {
        wrong.push(`${exchange.file}: ${status} is no error`);
        continue;
      }
      const expected = sentence(exchange);
      if (expected.startsWith('<') || expected === '') {
        if (error.kind !== 'not-openmetadata') wrong.push(`${exchange.file}: a page is of kind ${error.kind}`);
        continue;
      }
      // Errors carry the start of a long body only.
      if (
        !expected.startsWith(error.message.replace(/…$/, '').slice(0, 300)) ||
        error.message.length < Math.min(10, expected.length)
      ) {
        wrong.push(`${exchange.file}: "${error.message}" instead of "${expected}"`);
      }
      if (error.status !== status) wrong.push(`${exchange.file}: status ${error.status}`);
    }
    console.log(
      `OpenMetadata ${version}: agreed ${scope.length - wrong.length} / in scope ${scope.length} / all ${all.length}`,
    );
    expect(wrong).toEqual([]);
    expect(scope.length / all.length).toBeGreaterThan(0.6);
  });

  it('lose no pipeline, status or edge on the way', async () => {
    for (const exchange of scope.filter(({ response }) => response.status < 400)) {
      const result = await replay(exchange);
      if (!('value' in result)) throw result.error;
      const raw = exchange.response.body as Record<string, unknown>;
      const path = exchange.request.path;
      if (path === '/api/v1/pipelines' && exchange.request.method === 'GET') {
        const { items, total } = result.value as Awaited<ReturnType<OmClient['listPipelines']>>;
        const data = raw.data as { id: string; deleted: boolean }[];
        expect(items.map(({ id, deleted }) => [id, deleted])).toEqual(data.map(({ id, deleted }) => [id, deleted]));
        expect(total).toBe((raw.paging as { total: number }).total);
      } else if (path.startsWith('/api/v1/lineage/') && exchange.request.method === 'GET') {
        const { upstream, downstream, nodes } = result.value as Awaited<ReturnType<OmClient['getLineage']>>;
        const rawPairs = (edges: unknown) =>
          ((edges ?? []) as { fromEntity: string; toEntity: string }[]).map((edge) => [edge.fromEntity, edge.toEntity]);
        expect(downstream.map(({ from, to }) => [from, to])).toEqual(rawPairs(raw.downstreamEdges));
        expect(upstream.map(({ from, to }) => [from, to])).toEqual(rawPairs(raw.upstreamEdges));
        const living = ((raw.nodes ?? []) as { id: string; deleted: boolean }[]).filter(({ deleted }) => !deleted);
        expect([...nodes.keys()].sort()).toEqual([...new Set(living.map(({ id }) => id))].sort());
      } else if (exchange.request.method === 'PUT' && path === '/api/v1/pipelines') {
        const { created, change, pipeline } = result.value as Awaited<ReturnType<OmClient['putPipeline']>>;
        expect(created).toBe(exchange.response.status === 201);
        expect(change).toBe(exchange.response.headers['x-openmetadata-change']);
        expect(pipeline.fullyQualifiedName).toBe(raw.fullyQualifiedName);
      }
    }
  });
});
