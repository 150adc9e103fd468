import { afterEach, describe, expect, it } from 'vitest';
import { createOmClient, OpenMetadataError } from '../src/index.js';
import { type Answer, type Received, startAnsweringServer } from './answering-server.js';

// What the client makes of lists: of whole ones, of pages, and of servers that answer less or other things than was asked for.

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function clientOf(answer: (query: URLSearchParams, request: Received) => Answer) {
  const server = await startAnsweringServer((request) => answer(new URLSearchParams(request.query), request));
  const client = createOmClient({ hostPort: server.url, jwtToken: 'a-bots-token', retry: { retries: 0 } });
  ends.push(() => client.close(), server.close);
  const queries = () => server.received.map(({ query }) => Object.fromEntries(new URLSearchParams(query)));
  const paths = () => server.received.map(({ path }) => path.replace('/api/v1', ''));
  return { client, queries, paths };
}

/** A server that has these rows and answers `size` of them at a time; where it goes on is the position. */
const pagesOf =
  (rows: unknown[], size: number, { total = rows.length }: { total?: number | null } = {}) =>
  (query: URLSearchParams): Answer => {
    const start = Number(query.get('after') ?? 0);
    const end = start + size;
    return { body: { data: rows.slice(start, end), paging: { total, after: end < rows.length ? String(end) : null } } };
  };

const wrongAnswer = { name: 'OpenMetadataError', kind: 'wrong-answer', verdict: 'skip' };

describe('the list of what a holder has', () => {
  const table = (number: number, above = 'pg.shop.public') => ({
    id: `id${number}`,
    name: `t${number}`,
    fullyQualifiedName: `${above}.t${number}`,
  });
  const tables = (count: number) => Array.from({ length: count }, (_, number) => table(number));
  const holder = { schema: 'pg.shop.public' };

  it('is read page by page, with the columns that lineage needs', async () => {
    const { client, queries, paths } = await clientOf(pagesOf(tables(5), 2));
    const list = await client.listBelow(holder, 10);
    expect(list?.map(({ fqn }) => fqn)).toEqual(tables(5).map(({ fullyQualifiedName }) => fullyQualifiedName));
    expect(paths()).toEqual(['/tables', '/tables', '/tables']);
    const asked = { databaseSchema: 'pg.shop.public', fields: 'columns', limit: '500' };
    expect(queries()).toEqual([asked, { ...asked, after: '2' }, { ...asked, after: '4' }]);
  });

  it.each([
    ['databases', { service: 'pg' }, '/databases', { service: 'pg', limit: '500' }],
    ['schemas', { database: 'pg.shop' }, '/databaseSchemas', { database: 'pg.shop', limit: '500' }],
  ] as const)('is asked for by the holder (%s)', async (_, above, path, query) => {
    const { client, queries, paths } = await clientOf(() => ({ body: { data: [] } }));
    expect(await client.listBelow(above, 10)).toEqual([]);
    expect([paths(), queries()]).toEqual([[path], [query]]);
  });

  it('may have as many rows as were allowed', async () => {
    const { client } = await clientOf(pagesOf(tables(4), 2));
    expect(await client.listBelow(holder, 4)).toHaveLength(4);
  });

  it('with more is not read to its end', async () => {
    const { client, paths } = await clientOf(pagesOf(tables(9), 2));
    expect(await client.listBelow(holder, 4)).toBeUndefined();
    expect(paths()).toHaveLength(1);
  });

  it('with more is not read to its end either where the server counts nothing', async () => {
    const { client, paths } = await clientOf(pagesOf(tables(9), 2, { total: null }));
    expect(await client.listBelow(holder, 4)).toBeUndefined();
    expect(paths()).toHaveLength(3);
  });

  it('that ends before what the server counts is an error, not a shorter list', async () => {
    const { client } = await clientOf(pagesOf(tables(3), 2, { total: 4 }));
    await expect(client.listBelow(holder, 10)).rejects.toMatchObject({
      ...wrongAnswer,
      message: 'OpenMetadata listed 3 of 4 entities at /tables',
      request: 'GET /tables',
    });
  });

  it('ends with an empty page, even if the server points to a next one', async () => {
    const { client, paths } = await clientOf(() => ({ body: { data: [], paging: { total: 0, after: 'on-and-on' } } }));
    expect(await client.listBelow(holder, 10)).toEqual([]);
    expect(paths()).toHaveLength(1);
  });

  it('of a holder that is not there is empty; any other refusal is an error', async () => {
    const missing = await clientOf(() => ({
      status: 404,
      body: { code: 404, message: 'databaseSchema instance for pg.shop.public not found' },
    }));
    expect(await missing.client.listBelow(holder, 10)).toEqual([]);
    const unknown = await clientOf(() => ({ status: 404, body: { code: 404, message: 'Not Found' } }));
    await expect(unknown.client.listBelow(holder, 10)).rejects.toMatchObject({ kind: 'not-found' });
    const refused = await clientOf(() => ({
      status: 403,
      body: { code: 403, message: 'databaseSchema instance for pg.shop.public not found' },
    }));
    await expect(refused.client.listBelow(holder, 10)).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('of another holder is an error: the server has ignored the filter', async () => {
    const stray = table(3, 'pg.shop.public_2');
    const { client } = await clientOf(pagesOf([...tables(3), stray], 10));
    await expect(client.listBelow(holder, 10)).rejects.toMatchObject({
      ...wrongAnswer,
      message: `OpenMetadata was asked for what pg.shop.public holds and answered ${stray.fullyQualifiedName}`,
      request: 'GET /tables',
    });
  });
});

describe('the list of services that hold data', () => {
  const held = (path: string, answers: Record<string, Answer>): Answer => answers[path.replace('/api/v1', '')]!;

  it('has names, types and hosts, and nothing else of a connection', async () => {
    const rows = [
      { name: 'pg', serviceType: 'Postgres', connection: { config: { hostPort: 'DB:5432', password: 'x' } } },
      { name: 'my.kafka', fullyQualifiedName: '"my.kafka"', connection: { config: { bootstrapServers: 'a:1, B:2' } } },
      { name: 'bare' },
    ];
    const { client, paths } = await clientOf(pagesOf(rows, 2));
    expect(await client.listServices('messaging')).toEqual([
      { name: 'pg', fullyQualifiedName: 'pg', serviceType: 'Postgres', hosts: ['db:5432'] },
      { name: 'my.kafka', fullyQualifiedName: '"my.kafka"', hosts: ['a:1', 'b:2'] },
      { name: 'bare', fullyQualifiedName: 'bare', hosts: [] },
    ]);
    expect(paths()).toEqual(['/services/messagingServices', '/services/messagingServices']);
  });

  it.each([
    ['database', '/databases'],
    ['storage', '/containers'],
    ['messaging', '/topics'],
    ['search', '/searchIndexes'],
  ] as const)('is empty only if there is nothing below one either (%s)', async (kind, below) => {
    const none = { body: { data: [], paging: { total: 0 } } };
    const lists = `/services/${kind}Services`;
    const empty = await clientOf((_, { path }) => held(path, { [lists]: none, [below]: none }));
    expect(await empty.client.listServices(kind)).toEqual([]);
    expect(empty.paths()).toEqual([lists, below]);
    expect(empty.queries()[1]).toEqual({ limit: '1' });

    const one = { body: { data: [{ id: '1', name: 'x', fullyQualifiedName: 's.x' }], paging: { total: 1 } } };
    const cut = await clientOf((_, { path }) => held(path, { [lists]: none, [below]: one }));
    await expect(cut.client.listServices(kind)).rejects.toMatchObject({
      ...wrongAnswer,
      message: `OpenMetadata listed no ${kind} service, yet it has s.x`,
      request: `GET ${lists}`,
    });
  });

  it('is empty on a server that does not know the kind; other refusals are errors', async () => {
    const wrapped = 'An exception with message [HTTP 404 Not Found] was thrown while processing request.';
    const old = await clientOf(() => ({ status: 500, body: { responseMessage: wrapped } }));
    expect(await old.client.listServices('search')).toEqual([]);
    const refusing = await clientOf(() => ({ status: 403, body: { code: 403, message: 'not allowed' } }));
    await expect(refusing.client.listServices('search')).rejects.toMatchObject({ kind: 'forbidden' });
  });
});

describe('the list of tags', () => {
  it('has those of all pages', async () => {
    const tags = [1, 2, 3].map((number) => ({ name: `t${number}`, fullyQualifiedName: `"My.Labels".t${number}` }));
    const { client, queries } = await clientOf(pagesOf(tags, 2));
    expect(await client.listTags('My.Labels')).toEqual(tags);
    const asked = { parent: '"My.Labels"', limit: '1000' };
    expect(queries()).toEqual([asked, { ...asked, after: '2' }]);
  });

  it('ends with an empty page', async () => {
    const { client, paths } = await clientOf(() => ({ body: { data: [], paging: { after: 'on-and-on' } } }));
    expect(await client.listTags('KestraLabels')).toEqual([]);
    expect(paths()).toHaveLength(1);
  });
});

describe('a page of pipelines', () => {
  it('says where the next one begins and how many there are, if the server does', async () => {
    const row = { id: '1', name: 'p', fullyQualifiedName: 's.p' };
    const { client, queries } = await clientOf((query) =>
      query.has('after') ? { body: { data: [] } } : { body: { data: [row], paging: { after: 'x', total: 7 } } },
    );
    expect(await client.listPipelines({ service: 's', limit: 1 })).toEqual({ items: [row], after: 'x', total: 7 });
    expect(await client.listPipelines({ service: 's', limit: 1, after: 'x' })).toEqual({ items: [] });
    // Soft-deleted ones are asked for too.
    expect(queries()[0]).toEqual({ service: 's', limit: '1', include: 'all' });
  });
});

describe('the statuses of a window', () => {
  const statuses = (...times: number[]) => times.map((timestamp) => ({ timestamp, executionStatus: 'Successful' }));
  const timesOf = (list: { timestamp: number }[]) => list.map(({ timestamp }) => timestamp);

  /** Answers the newest `size` of the window. */
  const newestOf = (stored: number[], size: number) => (query: URLSearchParams) => {
    const [start, end] = [Number(query.get('startTs')), Number(query.get('endTs'))];
    const inside = stored.filter((time) => time >= start && time <= end);
    return { body: { data: statuses(...inside.slice(0, size)), paging: { total: inside.length } } };
  };

  it('are asked for once where all of them come', async () => {
    const { client, queries } = await clientOf(newestOf([50, 40, 30, 20, 10], 100));
    expect(timesOf(await client.getStatuses('s.p', { startTs: 20, endTs: 40 }))).toEqual([40, 30, 20]);
    expect(queries()).toEqual([{ startTs: '20', endTs: '40' }]);
  });

  it('are asked for with an earlier end until all have come, one at a time if need be', async () => {
    const { client, queries } = await clientOf(newestOf([50, 40, 30], 1));
    expect(timesOf(await client.getStatuses('s.p', { startTs: 30, endTs: 50 }))).toEqual([50, 40, 30]);
    expect(queries().map(({ endTs }) => endTs)).toEqual(['50', '49', '39']);
  });

  it('are all there is where the server counts nothing', async () => {
    const { client, paths } = await clientOf(() => ({ body: { data: statuses(2, 1) } }));
    expect(timesOf(await client.getStatuses('s.p', { startTs: 1, endTs: 2 }))).toEqual([2, 1]);
    expect(paths()).toHaveLength(1);
  });

  it('are only those of the window, whatever the server sends, and asking comes to an end', async () => {
    const { client, paths } = await clientOf(() => ({
      body: { data: statuses(90, 50, 30, 10), paging: { total: 9 } },
    }));
    expect(timesOf(await client.getStatuses('s.p', { startTs: 20, endTs: 60 }))).toEqual([50, 30]);
    expect(paths()).toHaveLength(1);
    const deaf = await clientOf(() => ({ body: { data: statuses(50, 40), paging: { total: 9 } } }));
    expect(timesOf(await deaf.client.getStatuses('s.p', { startTs: 20, endTs: 60 }))).toEqual([50, 40]);
    expect(deaf.paths()).toHaveLength(2);
  });

  it('are none where nothing comes, though the server counts some', async () => {
    const { client, paths } = await clientOf(() => ({ body: { data: [], paging: { total: 3 } } }));
    expect(await client.getStatuses('s.p', { startTs: 1, endTs: 2 })).toEqual([]);
    expect(paths()).toHaveLength(1);
  });
});

describe('a write', () => {
  it('of a pipeline that is not answered with the pipeline is an error', async () => {
    const { client } = await clientOf(() => ({ status: 201, body: { created: true } }));
    const put = client.putPipeline({ name: 'p', service: 's', tasks: [] });
    await expect(put).rejects.toBeInstanceOf(OpenMetadataError);
    await expect(put).rejects.toMatchObject({
      ...wrongAnswer,
      message: 'OpenMetadata took the pipeline, but did not answer with it',
      request: 'PUT /pipelines',
    });
  });
});
