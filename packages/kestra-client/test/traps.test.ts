import { type Exchange, groupOf, type KestraVersion, kestraExchanges, kestraVersions } from '@flowmeta/recordings';
import { strToU8, zipSync } from 'fflate';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createKestraClient,
  isKestraError,
  type KestraClient,
  type KestraClientOptions,
  type KestraError,
} from '../src/index.js';
import { type Answer, type ServedRequest, serve, type TestServer } from './kestra-server.js';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const recordings = new Map<KestraVersion, Exchange[]>();
function recorded(version: KestraVersion, file: RegExp): Exchange {
  const all = recordings.get(version) ?? kestraExchanges(version);
  recordings.set(version, all);
  const found = all.find((each) => file.test(each.file));
  if (found === undefined) throw new Error(`no recording ${file} of ${version}`);
  return found;
}

const answerOf = ({ response }: Exchange): Answer => ({
  status: response.status,
  body: response.body ?? response.text,
});

/** The empty first search that finds out whether sign-in and tenant work. */
const isProbe = (request: ServedRequest): boolean =>
  request.path.endsWith('/flows/search') && request.query.get('size') === '1';

async function clientOf(
  version: string,
  handler: (request: ServedRequest) => Answer | undefined,
  options: Partial<KestraClientOptions> = {},
): Promise<{ client: KestraClient; server: TestServer }> {
  const server = await serve((request) => {
    if (request.path === '/api/v1/configs') return { body: { version } };
    return isProbe(request) ? { body: { results: [], total: 0 } } : handler(request);
  });
  cleanups.push(() => server.close());
  return { client: open(server.url, options), server };
}

function open(url: string, options: Partial<KestraClientOptions> = {}): KestraClient {
  const client = createKestraClient({ url, retry: { baseDelayMs: 1, maxDelayMs: 1 }, ...options });
  cleanups.push(() => client.close());
  return client;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function failureOf(promise: Promise<unknown>): Promise<KestraError> {
  const error = await promise.then(
    () => expect.fail('expected an error'),
    (thrown: unknown) => thrown,
  );
  if (!isKestraError(error)) throw error;
  return error;
}

const flow = (namespace: string, id: string) => ({ namespace, id, tasks: [{ id: 't', type: 'x.Y' }] });
const start = Date.parse('2026-03-01T00:00:00Z');
const run = (id: string, minute: number, more: object = {}) => ({
  id,
  namespace: 'a.b',
  flowId: 'f',
  state: { current: 'SUCCESS', histories: [], startDate: new Date(start + minute * 60_000).toISOString() },
  ...more,
});
const page = (results: unknown[], total = results.length): Answer => ({ body: { results, total } });

describe('counting executions', () => {
  it('asks for one item and answers the total', async () => {
    const { client, server } = await clientOf('1.0.3', () => page([run('r1', 0)], 4711));
    expect(await client.countExecutions({ since: start, namespace: 'a' })).toBe(4711);
    const query = server.requests.at(-1)!.query;
    expect([query.get('size'), query.get('page')]).toEqual(['1', '1']);
    expect(query.get('filters[startDate][GREATER_THAN_OR_EQUAL_TO]')).toBe(new Date(start).toISOString());
  });

  it.each(['0.20.5', '1.0.3'])('does not believe the total of a server that ignores the start: %s', async (version) => {
    const { client } = await clientOf(version, () => page([run('r1', -60)], 4711));
    expect(await failureOf(client.countExecutions({ since: start }))).toMatchObject({ kind: 'filter-ignored' });
  });

  it('does not believe the total of a server that ignores the namespace', async () => {
    const { client } = await clientOf('2.0.0', () => page([run('r1', 1)], 4711));
    const failure = await failureOf(client.countExecutions({ since: start, namespace: 'other' }));
    expect(failure).toMatchObject({ kind: 'filter-ignored', verdict: 'fatal' });
  });

  it('counts items that can not be read', async () => {
    const { client } = await clientOf('1.0.3', () => page([{ id: 7 }], 3));
    expect(await client.countExecutions({ since: start })).toBe(3);
  });
});

describe('finding out what the server is', () => {
  async function serverError(handler: (request: ServedRequest) => Answer | undefined, options = {}) {
    const server = await serve(handler);
    cleanups.push(() => server.close());
    return failureOf(open(server.url, options).server());
  }

  it.each([
    ['0.17.23', /^\d+_fill-snap-configs/, undefined],
    ['1.0.3', /^\d+_fill-snap-configs_api-v1-configs|probe_api-v1-configs/, 'main'],
    ['2.0.0', /probe_api-v1-configs/, 'main'],
  ] as const)('takes the version of %s from its configuration', async (version, file, tenant) => {
    const configs = recorded(version, file);
    const server = await serve((request) => {
      if (request.path === '/api/v1/configs') return answerOf(configs);
      return isProbe(request) ? page([]) : undefined;
    });
    cleanups.push(() => server.close());
    const found = await open(`${server.url}/ui/main/flows`).server();
    expect(found.version).toContain(version);
    expect(found.tenant).toBe(tenant);
    expect(found.dialect.verified).toBe(true);
    expect(found.uiUrl).toBe(`${server.url}/ui`);
    expect(found.warnings).toEqual([]);
  });

  it('is done once, also for calls at the same time, and again after it failed', async () => {
    let down = true;
    const server = await serve((request) => {
      if (down) return { status: 404, body: {} };
      return request.path === '/api/v1/configs' ? { body: { version: '1.0.3' } } : page([]);
    });
    cleanups.push(() => server.close());
    const client = open(server.url);
    await failureOf(client.server());
    down = false;
    await Promise.all([client.server(), client.server(), collect(client.flows())]);
    await client.server();
    expect(server.requests.filter(({ path }) => path === '/api/v1/configs')).toHaveLength(2);
  });

  it('goes on for others when one caller gives up', async () => {
    const { client } = await clientOf('1.0.3', () => page([]));
    const reason = new Error('enough');
    const one = client.server({ signal: AbortSignal.abort(reason) });
    const other = client.server();
    await expect(one).rejects.toBe(reason);
    expect((await other).version).toBe('1.0.3');
  });

  it('sends the credentials with the first request already', async () => {
    const auth = { kind: 'basic', username: 'me@x.y', password: 'pw' } as const;
    const { client, server } = await clientOf('0.17.23', () => page([]), { auth });
    await client.server();
    const expected = `Basic ${Buffer.from('me@x.y:pw').toString('base64')}`;
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([expected, expected]);
  });

  it('says sign-in for a 401, which has an empty body', async () => {
    const refused = recorded('0.17.23', /badauth.*configs/);
    expect(refused.response.text).toBe('');
    expect(await serverError(() => answerOf(refused))).toMatchObject({ kind: 'sign-in', verdict: 'fatal' });
  });

  it('says setup when the server was never set up, and not that the password is wrong', async () => {
    const configs = recorded('2.0.0', /fill-nocred-auth_api-v1-configs/);
    const refused = recorded('2.0.0', /fill-nocred-auth_flows-search|fill-nocred-auth.*main-flows-search/);
    expect([configs.response.status, refused.response.status]).toEqual([200, 401]);
    const error = await serverError((request) => answerOf(request.path === '/api/v1/configs' ? configs : refused));
    expect(error).toMatchObject({ kind: 'setup', verdict: 'fatal', hint: expect.stringContaining('first user') });
  });

  it('says tenant for the 400 of open-source servers and the 404 of others', async () => {
    const refused = recorded('1.0.3', /tenant_api-v1-nosuchtenant-flows-search/);
    for (const answer of [answerOf(refused), { status: 404, body: {} }]) {
      const error = await serverError(
        (request) => (request.path === '/api/v1/configs' ? { body: { version: '1.0.3' } } : answer),
        { tenant: 'nosuchtenant' },
      );
      expect(error).toMatchObject({ kind: 'tenant', verdict: 'fatal' });
      expect(`${error.message} ${error.hint}`).toContain('nosuchtenant');
    }
  });

  it('says context-path when the API is elsewhere, and works below the right one', async () => {
    const outside = recorded('2.0.0', /fill-ctx-auth_api-v1-configs/);
    const server = await serve((request) => {
      if (!request.path.startsWith('/kestra/')) return answerOf(outside);
      return request.path.endsWith('/configs') ? { body: { version: '2.0.0-SNAPSHOT' } } : page([]);
    });
    cleanups.push(() => server.close());
    expect(await failureOf(open(server.url).server())).toMatchObject({ kind: 'context-path', verdict: 'fatal' });
    const { uiUrl, version } = await open(`${server.url}/kestra/ui/`).server();
    expect([uiUrl, version]).toEqual([`${server.url}/kestra/ui`, '2.0.0-SNAPSHOT']);
  });

  it('says not-kestra for a page and for another JSON service, redirect for a redirect', async () => {
    expect(await serverError(() => ({ headers: { 'content-type': 'text/html' }, body: '<html>' }))).toMatchObject({
      kind: 'not-kestra',
      verdict: 'fatal',
    });
    expect(await serverError(() => ({ body: { name: 'other' } }))).toMatchObject({ kind: 'not-kestra' });
    const https = await serverError((request) => ({
      status: 301,
      headers: { location: `https://${request.headers.host}${request.path}` },
    }));
    expect(https).toMatchObject({
      kind: 'redirect',
      verdict: 'fatal',
      hint: expect.stringContaining('https://127.0.0.1'),
    });
  });

  it('works with the tenant "main" where there are no tenants, and warns of another one', async () => {
    const { client, server } = await clientOf('0.20.5', (request) =>
      request.path === '/api/v1/flows/search' ? page([flow('a', 'b')]) : undefined,
    );
    expect(await collect(client.flows())).toHaveLength(1);
    const noTenants = await serve((request) => {
      if (request.path === '/api/v1/configs') return { body: { version: '0.20.5' } };
      return request.path === '/api/v1/flows/search' ? page([]) : undefined;
    });
    cleanups.push(() => noTenants.close());
    const found = await open(noTenants.url, { tenant: 'other' }).server();
    expect(found.warnings.join()).toContain('other');
    expect(found.tenant).toBeUndefined();
    expect(server.requests.some(({ path }) => path.includes('/main/'))).toBe(false);
  });

  it('takes the newest dialect for a newer version, with a warning', async () => {
    const { client } = await clientOf('2.7.0', () => page([]));
    expect(await client.server()).toMatchObject({
      dialect: { from: '2.0' },
      warnings: [expect.stringContaining('newer')],
    });
  });

  it('tries out what a server without a version number understands', async () => {
    const scoped = await clientOf('develop', () => undefined);
    expect((await scoped.client.server()).dialect.from).toBe('2.0');
    for (const [total, filters] of [
      [0, 'filters'],
      [7, 'legacy'],
    ] as const) {
      const server = await serve((request) => {
        if (request.path === '/api/v1/configs') return { body: { version: 'develop' } };
        if (request.path !== '/api/v1/flows/search') return undefined;
        return page([], request.query.has('filters[namespace][EQUALS]') ? total : 7);
      });
      cleanups.push(() => server.close());
      expect((await open(server.url).server()).dialect).toMatchObject({ filters, tenantInPath: false });
    }
  });
});

describe('a listing', () => {
  const names = (count: number) => Array.from({ length: count }, (_, index) => `f${String(index).padStart(3, '0')}`);

  /** Pages as Kestra makes them: past the end the total is 0. */
  function paged(items: unknown[], request: ServedRequest): Answer {
    const size = Number(request.query.get('size'));
    const from = (Number(request.query.get('page')) - 1) * size;
    const results = items.slice(from, from + size);
    return page(results, results.length === 0 ? 0 : items.length);
  }

  it('reads each page once and asks for none past the end', async () => {
    const flows = names(25).map((id) => flow('a', id));
    const { client, server } = await clientOf('1.0.3', (request) => paged(flows, request));
    expect((await collect(client.flows({ pageSize: 10 }))).map(({ id }) => id)).toEqual(names(25));
    expect(server.requests.filter((request) => !isProbe(request) && request.path.endsWith('search'))).toHaveLength(3);
    expect(server.requests.at(-1)!.query.getAll('sort')).toEqual(['namespace:asc', 'id:asc']);
  });

  it('is read again when an item was deleted meanwhile, and yields each item once', async () => {
    let items = names(20).map((id) => flow('a', id));
    const { client } = await clientOf('1.0.3', (request) => {
      const answer = paged(items, request);
      // The first item goes after the first page: f010 slips to page one and would be missed.
      if (items.length === 20) items = items.slice(1);
      return answer;
    });
    expect((await collect(client.flows({ pageSize: 10 }))).map(({ id }) => id).sort()).toEqual(names(20));
  });

  it('is an error when it never holds still, and not a loss', async () => {
    const { client } = await clientOf('1.0.3', (request) => {
      const number = Number(request.query.get('page'));
      return page(number === 1 ? [flow('a', 'one'), flow('a', 'two')] : [flow('a', 'two')], 4);
    });
    expect(await failureOf(collect(client.flows({ pageSize: 2 })))).toMatchObject({
      kind: 'incomplete',
      verdict: 'retry',
    });
  });

  it('reports an item that can’t be read and goes on; without a listener it is an error', async () => {
    const items = [flow('a', 'one'), { namespace: 'a', id: 'bad', tasks: [{ id: 'x' }] }, 'nonsense', flow('a', 'two')];
    const { client } = await clientOf('1.0.3', () => page(items));
    const bad: string[] = [];
    const good = await collect(client.flows({ onUnreadable: ({ ref }) => bad.push(ref) }));
    expect(good.map(({ id }) => id)).toEqual(['one', 'two']);
    expect(bad).toEqual(['a.bad', 'a flow without a name']);
    expect(await failureOf(collect(client.flows()))).toMatchObject({ kind: 'unreadable', verdict: 'skip' });
  });

  it('is fatal when the server refuses it, though one refused item would only be left out', async () => {
    const { client } = await clientOf('1.0.3', () => ({ status: 422, body: { message: 'unknown state' } }));
    const error = await failureOf(collect(client.executions({ since: start, states: ['NOSUCH'] })));
    expect(error).toMatchObject({ kind: 'refused', verdict: 'fatal' });
    expect(error.message).toContain('unknown state');
  });

  it('is fatal when the server can’t make the page at all', async () => {
    const { client } = await clientOf('1.0.3', () => ({ status: 423, body: { message: 'Locked' } }));
    expect(await failureOf(collect(client.flows()))).toMatchObject({ kind: 'unreadable', verdict: 'fatal' });
    expect(await failureOf(client.flow('a', 'b'))).toMatchObject({ kind: 'unreadable', verdict: 'skip' });
    const half = await clientOf('1.0.3', () => ({ body: { results: [] } }));
    expect(await failureOf(collect(half.client.flows()))).toMatchObject({ kind: 'unreadable', verdict: 'fatal' });
  });

  it('ends with the signal’s reason', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const { client } = await clientOf('1.0.3', (request) =>
      paged(
        names(30).map((id) => flow('a', id)),
        request,
      ),
    );
    const reading = (async () => {
      for await (const { id } of client.flows({ pageSize: 10, signal: controller.signal })) {
        if (id === 'f005') controller.abort(reason);
      }
    })();
    await expect(reading).rejects.toBe(reason);
  });
});

describe('a namespace filter', () => {
  it.each([
    ['0.17.23', 'namespace'],
    ['0.20.5', 'namespace'],
    ['0.22.1', 'filters[namespace][STARTS_WITH]'],
    ['0.23.0', 'filters[namespace][PREFIX]'],
    ['1.0.3', 'filters[namespace][PREFIX]'],
    ['2.0.0-SNAPSHOT', 'filters[namespace][PREFIX]'],
  ])('is sent to %s as %s', async (version, name) => {
    const { client, server } = await clientOf(version, () => page([flow('a.b', 'x'), flow('a.b.c', 'y')]));
    expect(await collect(client.flows({ namespace: 'a.b' }))).toHaveLength(2);
    const { query } = server.requests.at(-1)!;
    expect(query.get(name)).toBe('a.b');
    expect([...query.keys()].filter((key) => /namespace/.test(key))).toEqual([name]);
  });

  it('that the server ignored is an error, as with the recorded answer of 2.0 to a legacy parameter', async () => {
    const ignored = recorded(
      '2.0.0',
      /exec-param_executions-search_namespace-odd-flowId|flows-param_flows-search_namespace/,
    );
    expect(ignored.response.status).toBe(200);
    const { client } = await clientOf('1.0.3', () => page((ignored.response.body as { results: unknown[] }).results));
    expect(await failureOf(collect(client.flows({ namespace: 'odd', onUnreadable: () => {} })))).toMatchObject({
      kind: 'filter-ignored',
      verdict: 'fatal',
    });
    const sibling = await clientOf('1.0.3', () => page([flow('a.bc', 'x')]));
    expect(await failureOf(collect(sibling.client.flows({ namespace: 'a.b' })))).toMatchObject({
      kind: 'filter-ignored',
    });
  });

  it('of 0.22, which takes the raw prefix, drops the neighbours', async () => {
    const { client } = await clientOf('0.22.1', () => page([flow('a.b', 'x'), flow('a.bc', 'y')]));
    expect((await collect(client.flows({ namespace: 'a.b' }))).map(({ id }) => id)).toEqual(['x']);
  });
});

describe('a search of executions', () => {
  const since = start;
  const until = start + 60 * 60_000;

  it('always sends a start, and an end only where it means the start of a run', async () => {
    const legacy = await clientOf('0.20.5', () => page([]));
    await collect(
      legacy.client.executions({ since, until, namespace: 'a.b', flowId: 'f', states: ['FAILED', 'KILLED'] }),
    );
    const old = legacy.server.requests.at(-1)!.query;
    expect(old.get('startDate')).toBe('2026-03-01T00:00:00.000Z');
    expect(old.has('endDate')).toBe(false);
    expect([old.get('namespace'), old.get('flowId'), old.getAll('state')]).toEqual(['a.b', 'f', ['FAILED', 'KILLED']]);
    expect(old.getAll('sort')[0]).toBe('state.startDate:asc');

    const current = await clientOf('2.0.0', () => page([]));
    await collect(
      current.client.executions({ since, until, namespace: 'a.b', flowId: 'f', states: ['FAILED', 'KILLED'] }),
    );
    const query = Object.fromEntries(current.server.requests.at(-1)!.query);
    expect(query).toMatchObject({
      'filters[startDate][GREATER_THAN_OR_EQUAL_TO]': '2026-03-01T00:00:00.000Z',
      'filters[endDate][LESS_THAN_OR_EQUAL_TO]': '2026-03-01T01:00:00.000Z',
      'filters[namespace][EQUALS]': 'a.b',
      'filters[flowId][EQUALS]': 'f',
      'filters[state][IN]': 'FAILED,KILLED',
    });
    // Mixed with filters, legacy parameters are dropped without a word.
    expect(Object.keys(query).filter((key) => !/^filters\[|^(page|size|sort)$/.test(key))).toEqual([]);
  });

  it('keeps open runs on old servers and drops what began after the end', async () => {
    const open = run('open', 5, { state: { ...run('x', 5).state, current: 'RUNNING' } });
    const { client, server } = await clientOf('0.20.5', (request) =>
      request.query.get('page') === '1' ? page([open, run('late', 61)], 50) : page([run('later', 62)], 50),
    );
    expect((await collect(client.executions({ since, until, pageSize: 2 }))).map(({ id }) => id)).toEqual(['open']);
    expect(server.requests.filter(({ path }) => path.endsWith('/executions/search')).length).toBeLessThanOrEqual(2);
  });

  it.each<[string, object, object]>([
    ['namespace', { namespace: 'z' }, {}],
    ['flow', { namespace: 'a.b', flowId: 'g' }, {}],
    ['state', { states: ['FAILED'] }, {}],
    ['start', {}, { state: run('x', -1).state }],
    ['end', {}, { state: run('x', 61).state }],
  ])('is an error when the filter by %s was ignored', async (_name, asked, got) => {
    for (const version of ['1.0.3', '2.0.0']) {
      const { client } = await clientOf(version, () => page([run('x', 1, got)]));
      expect(await failureOf(collect(client.executions({ since, until, ...asked })))).toMatchObject({
        kind: 'filter-ignored',
        verdict: 'fatal',
      });
    }
  });

  it('wants exactly the namespace with a flow, since 1.0 also returns those of sub-namespaces', async () => {
    const { client } = await clientOf('1.0.3', () => page([run('x', 1, { namespace: 'a.b.c' })]));
    expect(await failureOf(collect(client.executions({ since, namespace: 'a.b', flowId: 'f' })))).toMatchObject({
      kind: 'filter-ignored',
    });
  });

  it('tolerates a second at the borders and drops what lies there', async () => {
    const at = (id: string, offset: number, from: number) =>
      run(id, 0, { state: { current: 'SUCCESS', histories: [], startDate: new Date(from + offset).toISOString() } });
    const items = [at('before', -500, since), at('first', 0, since), at('last', -1, until), at('after', 400, until)];
    const { client } = await clientOf('1.0.3', () => page(items));
    expect((await collect(client.executions({ since, until }))).map(({ id }) => id)).toEqual(['first', 'last']);
  });

  it('asks nothing for an empty window or no state', async () => {
    const { client, server } = await clientOf('1.0.3', () => page([]));
    expect(await collect(client.executions({ since: 5, until: 5 }))).toEqual([]);
    expect(await collect(client.executions({ since, states: [] }))).toEqual([]);
    expect(server.requests).toEqual([]);
  });
});

describe('other calls', () => {
  it('read the sources from the export, whatever its entries are called', async () => {
    const yaml = (namespace: string, id: string) => `# a comment\nid: ${id}\nnamespace: ${namespace}\ntasks: []\n`;
    const zip = zipSync({
      'a.b.one.yml': strToU8(yaml('a.b', 'one')),
      'a-b-two.yml': strToU8(yaml('a-b', 'two')),
      'quoted.yml': strToU8('{"id": "three", namespace: a.c}'),
      'trap.yml': strToU8(`id: four\nnamespace: a.d\ndescription: |\n  x\n\nvariables:\n  id: no\n`),
      'broken.yml': strToU8('id: [\n'),
    });
    const { client, server } = await clientOf('1.0.3', ({ path }) =>
      path.endsWith('by-query') ? { body: zip } : undefined,
    );
    const lost: string[] = [];
    const sources = await collect(client.sources({ onUnreadable: ({ ref }) => lost.push(ref) }));
    expect(sources.map(({ namespace, id }) => `${namespace}/${id}`)).toEqual([
      'a.b/one',
      'a-b/two',
      'a.c/three',
      'a.d/four',
    ]);
    expect(sources[0]!.source).toBe(yaml('a.b', 'one'));
    expect(lost).toEqual(['broken.yml']);
    expect(server.requests.at(-1)!.headers.accept).toBe('application/octet-stream');
    // 0.17 and 0.20 ignore filters here and return everything.
    expect(await failureOf(collect(client.sources({ namespace: 'a.b' })))).toMatchObject({ kind: 'filter-ignored' });
  });

  it.each(kestraVersions)(
    'read the recorded export of %s: every flow with the source that it has alone',
    async (version) => {
      const exchanges = kestraExchanges(version);
      const alone = new Map(
        exchanges
          .filter((each) => groupOf(each) === 'fill-snap-flow' && each.response.status === 200)
          .map((each) => each.response.body as { namespace: string; id: string; source: string })
          .map(({ namespace, id, source }) => [`${namespace}.${id}`, source]),
      );
      const archive = exchanges.find(
        (each) => groupOf(each) === 'fill-export' && each.request.query === '' && each.response.base64 !== undefined,
      );
      const { client } = await clientOf(version, ({ path }) =>
        path.endsWith('by-query') ? { body: Buffer.from(archive!.response.base64!, 'base64') } : undefined,
      );
      const read = new Map(
        (await collect(client.sources())).map(({ namespace, id, source }) => [`${namespace}.${id}`, source]),
      );
      expect([...read.keys()].sort()).toEqual([...alone.keys()].sort());
      for (const [name, source] of alone) expect(read.get(name), name).toBe(source);
    },
  );

  it('report a half ZIP as something to try again', async () => {
    const zip = zipSync({ 'a.yml': strToU8('id: a\nnamespace: b\n') });
    const { client } = await clientOf('1.0.3', () => ({ body: zip.subarray(0, zip.length - 30) }));
    expect(await failureOf(collect(client.sources()))).toMatchObject({ kind: 'unreadable', verdict: 'retry' });
  });

  it('return a graph’s refusal as data', async () => {
    const refused = recorded('1.0.3', /fill-np-graph_.*/);
    const { client } = await clientOf('1.0.3', () => ({
      status: 409,
      body: refused.response.body ?? { message: 'x' },
    }));
    expect(await client.flowGraph('a', 'b')).toMatchObject({ ok: false, status: 409, message: expect.any(String) });
  });

  it('never ask for the latest runs of no flow, which would mean all', async () => {
    const { client, server } = await clientOf('2.0.0', () => ({ body: [] }));
    expect(await client.latestExecutions([])).toEqual([]);
    expect(server.requests.some(({ path }) => path.endsWith('/latest'))).toBe(false);
    await client.latestExecutions([{ namespace: 'a', id: 'b' }]);
    expect(server.requests.at(-1)).toMatchObject({ method: 'POST', path: '/api/v1/main/executions/latest' });
  });

  it('list namespaces without the endpoint, and drop the rows of triggers whose flow is gone', async () => {
    const old = await clientOf('0.17.23', ({ path }) =>
      path.endsWith('distinct-namespaces') ? { body: ['a', 'a.b', 'c'] } : undefined,
    );
    expect(await collect(old.client.namespaces({ namespace: 'a' }))).toEqual([
      { id: 'a', disabled: false },
      { id: 'a.b', disabled: false },
    ]);
    const row = { triggerContext: { namespace: 'a', flowId: 'f', triggerId: 't' }, abstractTrigger: null };
    const { client } = await clientOf('1.0.3', () => page([row], 3));
    expect(await collect(client.triggers())).toEqual([
      { namespace: 'a', flowId: 'f', triggerId: 't', disabled: false },
    ]);
  });

  it('ask for all triggers of a flow, and believe no other and no part of them', async () => {
    const state = {
      namespace: 'a',
      flowId: 'f',
      triggerId: 't',
      disabled: true,
      nextEvaluationDate: '2026-11-23T02:00:00Z',
    };
    const { client, server } = await clientOf('2.0.0', () => page([state], 1));
    expect(await client.flowTriggers('a', 'f')).toEqual([
      { namespace: 'a', flowId: 'f', triggerId: 't', disabled: true, nextDate: '2026-11-23T02:00:00Z' },
    ]);
    const { path, query } = server.requests.at(-1)!;
    expect([path, query.get('size')]).toEqual(['/api/v1/main/triggers/a/f', '1000']);
    await expect(client.flowTriggers('a', 'g')).rejects.toThrow(
      'Kestra returned a trigger of a.f when asked for those of a.g',
    );
    const short = await clientOf('2.0.0', () => page([state], 2));
    await expect(short.client.flowTriggers('a', 'f')).rejects.toThrow('1 of the 2 triggers of a.f');
  });

  it('ask for plugins below the tenant in 0.23 only, and for outputs from 2.0 on', async () => {
    for (const [version, path] of [
      ['0.20.5', '/api/v1/plugins'],
      ['0.23.0', '/api/v1/main/plugins'],
      ['1.0.3', '/api/v1/plugins'],
    ] as const) {
      const { client, server } = await clientOf(version, () => ({ body: [] }));
      await client.plugins();
      expect(server.requests.at(-1)!.path).toBe(path);
      expect(await client.outputs('x')).toBeUndefined();
      expect(server.requests.at(-1)!.path).toBe(path);
    }
  });

  it('refuse a part of the list of plugins', async () => {
    const { client } = await clientOf('2.0.0', () => ({ body: { results: [{ name: 'core', tasks: [] }], total: 2 } }));
    await expect(client.plugins()).rejects.toThrow(/list of plugins/);
  });

  it('leave no handle open after close', async () => {
    const sockets = () => process.getActiveResourcesInfo().filter((name) => /TCPSocket|Timeout/.test(name)).length;
    const { client } = await clientOf('1.0.3', () => page([flow('a', 'b')]));
    const before = sockets();
    await collect(client.flows());
    expect(sockets()).toBeGreaterThan(before);
    await client.close();
    for (let round = 0; round < 100 && sockets() > before; round += 1) await new Promise((go) => setTimeout(go, 10));
    expect(sockets()).toBeLessThanOrEqual(before);
  });

  it('show no credentials in errors', async () => {
    const { client } = await clientOf('1.0.3', () => ({ status: 400, body: { message: 'bad s3cretword' } }), {
      auth: { kind: 'bearer', token: 's3cretword' },
    });
    const error = await client.execution('x').catch((thrown: unknown) => thrown as Error);
    expect(JSON.stringify([error, (error as Error).message, (error as Error).stack])).not.toContain('s3cretword');
  });
});
