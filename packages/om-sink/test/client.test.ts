import { openMetadataExchanges } from '@flowmeta/recordings';
import { Agent } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { createOmClient, type OmClient, type OmClientOptions, OpenMetadataError } from '../src/index.js';
import { type Answer, type Received, startAnsweringServer } from './answering-server.js';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const bot = { id: 'u1', name: 'ingestion-bot', isBot: true };
const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJib3QifQ.c2lnbmF0dXJl';

async function clientOf(answer: (request: Received, count: number) => Answer, options: Partial<OmClientOptions> = {}) {
  const server = await startAnsweringServer(answer);
  const slept: number[] = [];
  const client = createOmClient({
    hostPort: server.url,
    jwtToken: token,
    retry: { baseDelayMs: 1, maxDelayMs: 2 },
    outage: {
      sleep: async (ms) => {
        slept.push(ms);
      },
    },
    ...options,
  });
  ends.push(() => client.close(), server.close);
  return { client, server, slept };
}

const failureOf = async (work: Promise<unknown>): Promise<OpenMetadataError> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(OpenMetadataError);
  return error as OpenMetadataError;
};

const recorded = (version: '1.2' | '1.6', file: string): Answer => {
  const { response } = openMetadataExchanges(version).find((exchange) => exchange.file === file)!;
  return { status: response.status, body: response.body };
};

describe('requests', () => {
  it('carry the token and go below /api/v1, with every name as one segment', async () => {
    const { client, server } = await clientOf(() => ({
      status: 404,
      body: { code: 404, message: 'pipeline instance for x not found' },
    }));
    expect(await client.getPipeline('kestra."a/b c%.d"')).toBeUndefined();
    const [request] = server.received;
    expect(request?.path).toBe('/api/v1/pipelines/name/kestra.%22a%2Fb%20c%25.d%22');
    expect(request?.headers.authorization).toBe(`Bearer ${token}`);
  });

  it('are gzipped when they are large', async () => {
    const entity = { id: 'p1', name: 'p', fullyQualifiedName: 's.p' };
    const { client, server } = await clientOf(() => ({ status: 201, body: entity }));
    const description = 'long '.repeat(20_000);
    await client.putPipeline({ name: 'p', service: 's', description, tasks: [] });
    expect(server.received[0]?.headers['content-encoding']).toBe('gzip');
    expect(JSON.parse(server.received[0]!.body)).toEqual({ name: 'p', service: 's', description, tasks: [] });
    await client.putPipeline({ name: 'p', service: 's', tasks: [] });
    expect(server.received[1]?.headers['content-encoding']).toBeUndefined();
  });

  it('are sent again when several creates of one name collide', async () => {
    const collision = { status: 409, body: { code: 409, message: 'Entity already exists' } };
    const entity = { id: 'p1', name: 'p', fullyQualifiedName: 's.p' };
    const { client } = await clientOf((_, count) => (count <= 2 ? collision : { status: 200, body: entity }));
    expect(await client.putPipeline({ name: 'p', service: 's', tasks: [] })).toMatchObject({ created: false });
  });

  it('ask for the rest when a server answers only a page of the statuses', async () => {
    const stored = [50, 40, 30, 20, 10].map((timestamp) => ({
      timestamp,
      executionStatus: 'Successful',
      taskStatus: [],
    }));
    const { client } = await clientOf(({ query }) => {
      const window = new URLSearchParams(query);
      const inside = stored.filter(
        ({ timestamp }) => timestamp >= Number(window.get('startTs')) && timestamp <= Number(window.get('endTs')),
      );
      return { body: { data: inside.slice(0, 2), paging: { total: inside.length } } };
    });
    const statuses = await client.getStatuses('s.p', { startTs: 10, endTs: 50 });
    expect(statuses.map(({ timestamp }) => timestamp)).toEqual([50, 40, 30, 20, 10]);
  });
});

describe('a dispatcher that is passed in', () => {
  it('is used, and stays open when the client is closed', async () => {
    const dispatcher = new Agent();
    const { client } = await clientOf(() => ({ body: { version: '1.6.0' } }), { dispatcher });
    expect(await client.version()).toBe('1.6.0');
    await client.close();
    expect(dispatcher.closed).toBe(false);
    await dispatcher.close();
  });
});

describe('a server that is not OpenMetadata', () => {
  it('is named when a page of HTML comes with 200', async () => {
    const { client } = await clientOf(() => ({
      headers: { 'content-type': 'text/html' },
      body: '<html>Sign in</html>',
    }));
    const error = await failureOf(client.version());
    expect(error).toMatchObject({ kind: 'not-openmetadata', verdict: 'fatal' });
    expect(error.hint).toMatch(/hostPort/);
  });

  it('is not believed when it says 404: the pipeline may well exist', async () => {
    const { client } = await clientOf(() => ({
      status: 404,
      headers: { 'content-type': 'text/html' },
      body: '<html>nginx</html>',
    }));
    expect((await failureOf(client.getPipeline('s.p'))).kind).toBe('not-openmetadata');
    expect((await failureOf(client.getService('s'))).kind).toBe('not-openmetadata');
  });

  it('is not there: the error says so', async () => {
    const { client, server } = await clientOf(() => ({}), { retry: { retries: 0 } });
    await server.close();
    expect(await failureOf(client.version())).toMatchObject({ kind: 'unreachable', verdict: 'fatal' });
  });

  it.each([
    ['nothing', 204, undefined],
    ['null', 200, null],
    ['a list', 200, []],
    ['other things', 200, { status: 'ok' }],
  ])('is none that answers with %s when it is asked for its version', async (_name, status, body) => {
    const { client } = await clientOf(() => ({ status, body }));
    const error = await failureOf(client.version());
    expect(error).toMatchObject({
      kind: 'not-openmetadata',
      verdict: 'fatal',
      hint: expect.stringMatching(/hostPort/),
    });
    expect(error.message).toMatch(/^What answers at http:\S+ is not OpenMetadata/);
  });

  it('that find no version are told of an address that is not that of OpenMetadata', async () => {
    const { client, server } = await clientOf(() => ({ status: 404, body: { message: 'Not Found' } }));
    const error = await failureOf(client.version());
    expect(error).toMatchObject({ kind: 'not-openmetadata', status: 404, hint: expect.stringMatching(/hostPort/) });
    expect(error.message).toContain(server.url);
  });

  it('that finds nothing at its own path is told of with this path', async () => {
    const responseMessage = 'An exception with message [HTTP 404 Not Found] was thrown while processing request.';
    const { client, server } = await clientOf(() => ({ status: 500, body: { responseMessage } }));
    const error = await failureOf(client.version());
    expect(error).toMatchObject({ kind: 'not-openmetadata', status: 500, hint: expect.stringMatching(/hostPort/) });
    expect(error.message).toContain(`${server.url}/api/v1/system/version`);
  });
});

describe('a token', () => {
  it.each(['1.2', '1.6'] as const)('that is wrong ends the run at once (%s)', async (version) => {
    const { client, server, slept } = await clientOf(() => recorded(version, '80-outage-search-down-010-bad-token'));
    const error = await failureOf(client.loggedInUser());
    expect(error).toMatchObject({ kind: 'sign-in', verdict: 'fatal', status: 401 });
    // "jwtToken: it" would be taken for a token and hidden where the hint is shown.
    expect(error.hint).toMatch(/jwtToken (?!:)/);
    expect(server.received).toHaveLength(1);
    expect(slept).toEqual([]);
  });

  it('never shows in an error, even if the server repeats it', async () => {
    const { client } = await clientOf(({ headers }) => ({
      status: 400,
      body: { code: 400, message: `bad ${headers.authorization}` },
    }));
    const error = await failureOf(client.getPipeline('s.p'));
    const everything = JSON.stringify([error, error.message, String(error.cause), error.stack]);
    expect(everything).not.toContain('c2lnbmF0dXJl');
  });
});

describe('a database that restarts in the middle of a run', () => {
  const signIn = async (client: OmClient) => {
    await client.loggedInUser();
    client.expectToExist('pipelineService', 'kestra_lab');
  };
  const body = { name: 'plain', service: 'kestra_lab', tasks: [] };
  const entity = { status: 200, body: { id: 'p1', name: 'plain', fullyQualifiedName: 'kestra_lab.plain' } };

  it.each([
    ['a 401 for a good token (1.2)', recorded('1.2', '80-outage-db-down-001-put-new-pipeline')],
    ['a 404 for the service', recorded('1.2', '81-db-restart-001-bot-put-00')],
    ['a 404 for the user', { status: 404, body: { code: 404, message: 'user instance for ingestion-bot not found' } }],
    ['a 500 about a closed connection (1.6)', recorded('1.6', '80-outage-db-down-001-put-new-pipeline')],
  ])('is waited for: %s', async (_, fault) => {
    const { client, slept } = await clientOf(({ path }, count) =>
      path.endsWith('/loggedInUser') ? { body: bot } : count <= 6 ? fault : entity,
    );
    await signIn(client);
    expect(await client.putPipeline(body)).toMatchObject({ created: false });
    expect(slept.length).toBeGreaterThan(0);
    expect([...slept].sort((a, b) => a - b)).toEqual(slept);
  });

  it('is given up after about two minutes, and the run ends', async () => {
    const { client, slept } = await clientOf(({ path }) =>
      path.endsWith('/loggedInUser') ? { body: bot } : recorded('1.2', '81-db-restart-001-bot-put-00'),
    );
    await signIn(client);
    expect(await failureOf(client.putPipeline(body))).toMatchObject({ kind: 'outage', verdict: 'fatal', status: 404 });
    const waited = slept.reduce((sum, ms) => sum + ms, 0);
    expect(waited).toBeGreaterThan(100_000);
    expect(waited).toBeLessThan(150_000);
  });

  it('is not suspected where something else is missing or refused', async () => {
    const missing = (message: string) => ({ status: 404, body: { code: 404, message } });
    const { client, slept } = await clientOf(({ path }) => {
      if (path.endsWith('/loggedInUser')) return { body: bot };
      if (path.endsWith('/users/name/nobody')) return missing('user instance for nobody not found');
      if (path.endsWith('/pipelines')) return recorded('1.2', '25-names-more-009-nul-char');
      return missing('pipelineService instance for other not found');
    });
    await signIn(client);
    expect(await client.findUser('nobody')).toBeUndefined();
    expect(await client.getService('other')).toBeUndefined();
    expect(await failureOf(client.putPipeline(body))).toMatchObject({ kind: 'server', verdict: 'retry' });
    expect(slept).toEqual([]);
  });

  it('does not hold up an abort', async () => {
    const stop = new AbortController();
    const { client } = await clientOf(
      ({ path }) => (path.endsWith('/loggedInUser') ? { body: bot } : recorded('1.2', '81-db-restart-001-bot-put-00')),
      { outage: { waits: [600_000] }, signal: stop.signal },
    );
    await signIn(client);
    const put = client.putPipeline(body);
    setTimeout(() => stop.abort(new Error('stopped')), 20);
    await expect(put).rejects.toThrow('stopped');
  });
});
