import { afterEach, describe, expect, it } from 'vitest';
import { createKestraClient } from '../src/index.js';
import { type Answer, type ServedRequest, serve } from './kestra-server.js';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A client of a server that knows but its version and the list. */
async function clientOf(
  list: (request: ServedRequest) => Answer | undefined,
  configs: object = { version: '1.0.3', edition: 'EE' },
) {
  const server = await serve((request) => {
    if (request.path === '/api/v1/configs') return { body: configs };
    return request.path === '/api/v1/tenants/search' ? list(request) : undefined;
  });
  const retry = { baseDelayMs: 1, maxDelayMs: 1 };
  const client = createKestraClient({ url: server.url, retry, tenant: 'not-asked-for' });
  cleanups.push(server.close, () => client.close());
  return { client, server };
}

const paged =
  (...pages: unknown[]) =>
  ({ query }: ServedRequest): Answer => ({ body: pages[Number(query.get('page')) - 1] });

const tenantsFrom = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ({ id: `t${String(from + index).padStart(4, '0')}` }));

describe('the tenants of a server', () => {
  it('are listed in one order, and nothing below a tenant is asked for', async () => {
    const results = [{ id: 'sales' }, { id: 'ops' }, { id: 'finance' }];
    const { server, client } = await clientOf(paged({ results, total: 3 }));
    expect(await client.tenants()).toEqual(['finance', 'ops', 'sales']);
    expect(server.requests.map(({ path }) => path)).toEqual(['/api/v1/configs', '/api/v1/tenants/search']);
  });

  it('are read to the last page, those that are deleted left out', async () => {
    const first = tenantsFrom(0, 1000);
    const last = [...tenantsFrom(1000, 1200), { id: 'was', deleted: true }, { id: 'is', deleted: false, name: 'Is' }];
    const pages = paged({ results: first, total: 1202 }, { results: last, total: 1202 });
    const { server, client } = await clientOf(pages);
    const tenants = await client.tenants();
    expect([tenants.length, tenants.includes('was'), tenants[0], tenants.at(-1)]).toEqual([1201, false, 'is', 't1199']);
    expect(server.requests.filter(({ path }) => path.endsWith('search'))).toHaveLength(2);
  });

  it('are an error where some are counted and not shown', async () => {
    const { client } = await clientOf(paged({ results: [{ id: 'a' }, { id: 'a' }], total: 2 }));
    await expect(client.tenants()).rejects.toMatchObject({ kind: 'incomplete', verdict: 'retry' });
  });

  it('are an error where one has no id, or the answer is no list', async () => {
    for (const page of [{ results: [{ id: 'a' }, { name: 'b' }], total: 2 }, { total: 2 }]) {
      const { client } = await clientOf(paged(page));
      await expect(client.tenants()).rejects.toMatchObject({ kind: 'unreadable', verdict: 'fatal' });
    }
  });

  it.each([
    ['no such path', { status: 404 }],
    ['no such method', { status: 405 }],
    ['a tenant of that name', { status: 400, body: { message: "Bad Request: Tenant must be 'main' for OSS version" } }],
  ])('are none of an open-source server: %s', async (_what, refusal) => {
    const { client } = await clientOf(() => refusal, { version: '1.0.3' });
    await expect(client.tenants()).rejects.toMatchObject({
      kind: 'tenant',
      verdict: 'fatal',
      message: 'Kestra 1.0.3 has no list of tenants',
      hint: expect.stringContaining('Only the Enterprise edition'),
    });
  });

  it('are not even asked for where the server says that it is open source', async () => {
    const { server, client } = await clientOf(() => undefined, { version: '1.0.3', edition: 'OSS' });
    await expect(client.tenants()).rejects.toMatchObject({ kind: 'tenant' });
    expect(server.requests.map(({ path }) => path)).toEqual(['/api/v1/configs']);
  });

  it('are for a Superadmin', async () => {
    for (const [status, kind] of [
      [401, 'sign-in'],
      [403, 'permission'],
    ] as const) {
      const { client } = await clientOf(() => ({ status }));
      await expect(client.tenants()).rejects.toMatchObject({ kind, hint: expect.stringContaining('Superadmin') });
    }
  });

  it('are never none because the server fails', async () => {
    const { client } = await clientOf(() => ({ status: 422, body: { message: 'odd' } }));
    await expect(client.tenants()).rejects.toMatchObject({ verdict: 'fatal', message: expect.stringContaining('odd') });
    const down = await clientOf(() => ({ status: 503 }));
    await expect(down.client.tenants()).rejects.toMatchObject({ status: 503 });
  });

  it('end with the signal', async () => {
    const { client } = await clientOf(() => ({ status: 503, headers: { 'retry-after': '50' } }));
    const controller = new AbortController();
    const reason = new Error('enough');
    const listing = client.tenants({ signal: controller.signal });
    controller.abort(reason);
    await expect(listing).rejects.toBe(reason);
  });
});
