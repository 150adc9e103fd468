// biome-ignore-all lint/suspicious/noExplicitAny: recorded JSON is compared as it came
import { isDeepStrictEqual } from 'node:util';
import { isHttpError } from '@flowmeta/http';
import { type Exchange, groupOf, type KestraVersion, kestraExchanges, kestraVersions } from '@flowmeta/recordings';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKestraClient, isKestraError, type KestraClient } from '../src/index.js';
import { readExecution } from '../src/read/execution.js';
import { readFlow } from '../src/read/flow.js';
import { readConfigs, readNamespace, readPage, readTriggerItem } from '../src/read/other.js';
import { serve, type TestServer } from './kestra-server.js';

/*
 * Each recorded exchange in scope is served again exactly as it was recorded, and read by the real client (searches, whose
 * recorded queries are not ours: by its readers). What comes out is compared with the raw JSON by code of its own.
 */

type Json = Record<string, any>;

interface Replay {
  client: KestraClient;
  exchange: Exchange;
  /** A copy of the recorded body. */
  body: any;
}

const drain = async (items: AsyncIterable<unknown>): Promise<void> => {
  for await (const item of items) void item;
};

/** The last part of a type, in its newest spelling, by a rule of the test's own. */
const shortType = (type: string): string =>
  type
    .replace(/.*\./, '')
    .replace(/^(?!Flow|FlowNamespace|Multiple)(\w+)Condition$/, '$1')
    .replace(/^WaitFor$/, 'LoopUntil');

/** Every id and type at any depth, in order. */
function idsAndTypes(value: any, found: string[] = []): string[] {
  if (typeof value !== 'object' || value === null) return found;
  if (!Array.isArray(value)) {
    if (typeof value.id === 'string') found.push(`id ${value.id}`);
    if (typeof value.type === 'string') found.push(`type ${shortType(value.type)}`);
  }
  for (const inner of Object.values(value)) idsAndTypes(inner, found);
  return found;
}

/** Hundred thousands of comparisons: only one that fails pays for a report. */
function same(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
}

function expectFlow(flow: any, raw: Json): void {
  same([flow.namespace, flow.id, flow.revision], [raw.namespace, raw.id, raw.revision]);
  same([flow.description, flow.source, flow.exception], [raw.description, raw.source, raw.exception]);
  same([flow.disabled, flow.deleted], [raw.disabled ?? false, raw.deleted ?? false]);
  same(flow.labels, raw.labels ?? []);
  same(
    flow.inputs.map((input: Json) => input.id),
    (raw.inputs ?? []).map((input: Json) => input.id),
  );
  same(
    flow.inputs.map((input: Json) => input.defaults),
    (raw.inputs ?? []).map((input: Json) => input.defaults),
  );
  same([flow.variables, flow.outputs], [raw.variables, raw.outputs]);
  same(
    flow.pluginDefaults,
    raw.pluginDefaults?.map((entry: Json) => ({ forced: false, ...entry })),
  );
  for (const key of ['tasks', 'errors', 'finally', 'afterExecution', 'triggers']) {
    same(idsAndTypes(flow[key]), idsAndTypes(raw[key] ?? []));
    same(
      flow[key].map((task: Json) => Object.keys(task)),
      (raw[key] ?? []).map((t: Json) => Object.keys(t)),
    );
  }
  same(flow.concurrency?.limit, raw.concurrency?.limit);
}

const dates = (state: any): unknown => [
  state.current,
  state.startDate,
  state.endDate,
  state.histories.map((step: Json) => [step.state, step.date]),
];

function expectExecution(execution: any, raw: Json): void {
  for (const key of ['id', 'namespace', 'flowId', 'flowRevision', 'parentId', 'originalId', 'kind', 'inputs']) {
    same(execution[key], raw[key]);
  }
  same(dates(execution.state), dates(raw.state));
  same(execution.labels, raw.labels ?? []);
  same(execution.trigger?.id, raw.trigger?.id);
  same(execution.trigger?.variables, raw.trigger?.variables);
  same(execution.taskRuns?.length, raw.taskRunList?.length);
  for (const [index, run] of (raw.taskRunList ?? []).entries()) {
    const read = execution.taskRuns[index];
    same([read.id, read.taskId, read.parentTaskRunId], [run.id, run.taskId, run.parentTaskRunId]);
    same([read.value, read.iteration], [run.value, run.iteration]);
    // `outputs: null` is the same as none.
    same(read.outputs ?? null, run.outputs ?? null);
    same(dates(read.state), dates(run.state));
    same(
      read.attempts.map((attempt: Json) => dates(attempt.state)),
      (run.attempts ?? []).map((attempt: Json) => dates(attempt.state)),
    );
  }
}

async function expectRefusal(attempt: () => Promise<unknown>, { exchange }: Replay): Promise<void> {
  const { status } = exchange.response;
  const error = await attempt().then(
    () => expect.fail(`${exchange.file} was read although it was ${status}`),
    (thrown: unknown) => thrown,
  );
  if (status === 401) {
    expect(isKestraError(error) && error.kind === 'sign-in' && error.verdict === 'fatal').toBe(true);
  } else if (isKestraError(error) && error.kind === 'refused') {
    expect([error.verdict, (error.cause as { status?: number }).status]).toEqual(['fatal', status]);
  } else if (isHttpError(error)) {
    expect(error.status).toBe(status);
  } else {
    expect.fail(`${exchange.file}: ${error}`);
  }
}

const decoded = (segment: string | undefined): string => decodeURIComponent(segment!);

/** The scope: path patterns below the base of the version, with what must come out of each. */
const scope: {
  name: string;
  method: string;
  pattern: RegExp;
  replay: (replay: Replay, parts: string[]) => Promise<void>;
}[] = [
  {
    name: 'a flow',
    method: 'GET',
    pattern: /^\/flows\/((?!export\/)[^/]+)\/([^/]+)$/,
    replay: async (replay, [namespace, id]) => {
      const { status } = replay.exchange.response;
      const read = () => replay.client.flow(decoded(namespace), decoded(id));
      if (status === 200) expectFlow(await read(), replay.body);
      else if (status === 404) expect(await read()).toBeUndefined();
      else await expectRefusal(read, replay);
    },
  },
  {
    name: 'a graph',
    method: 'GET',
    pattern: /^\/flows\/([^/]+)\/([^/]+)\/graph$/,
    replay: async ({ client, exchange, body }, [namespace, id]) => {
      const result: any = await client.flowGraph(decoded(namespace), decoded(id));
      expect(result.ok).toBe(exchange.response.status === 200);
      if (!result.ok) {
        expect(result).toMatchObject({ status: exchange.response.status, message: body.message });
        return;
      }
      expect(result.graph.nodes.map((node: Json) => node.uid)).toEqual(body.nodes.map((node: Json) => node.uid));
      expect(result.graph.nodes.map((node: Json) => node.task?.id)).toEqual(
        body.nodes.map((node: Json) => (node.task?.id ?? node.task?.subflowTask?.id) as unknown),
      );
      expect(result.graph.nodes.map((node: Json) => node.branch)).toEqual(
        body.nodes.map((node: Json) => node.branchType ?? (node.error === true ? 'ERROR' : undefined)),
      );
      expect(result.graph.edges.map((edge: Json) => [edge.source, edge.target, edge.relationType])).toEqual(
        body.edges.map((edge: Json) => [edge.source, edge.target, edge.relation?.relationType]),
      );
      expect(result.graph.clusters.map((cluster: Json) => [cluster.uid, cluster.nodes])).toEqual(
        body.clusters.map((cluster: Json) => [cluster.cluster.uid, cluster.nodes]),
      );
    },
  },
  {
    name: 'dependencies',
    method: 'GET',
    pattern: /^\/flows\/([^/]+)\/([^/]+)\/dependencies$/,
    replay: async (replay, [namespace, id]) => {
      const read = () => replay.client.dependencies(decoded(namespace), decoded(id));
      if (replay.exchange.response.status !== 200) return expectRefusal(read, replay);
      const { nodes, edges } = await read();
      expect(nodes.map((node) => node.uid)).toEqual([...new Set(replay.body.nodes.map((node: Json) => node.uid))]);
      expect(new Set(edges.map((edge) => `${edge.source} ${edge.target} ${edge.relation}`))).toEqual(
        new Set(replay.body.edges.map((edge: Json) => `${edge.source} ${edge.target} ${edge.relation}`)),
      );
    },
  },
  {
    name: 'an execution',
    method: 'GET',
    pattern: /^\/executions\/((?!search$|latest$|namespaces$|distinct-)[^/]+)$/,
    replay: async (replay, [id]) => {
      const { status } = replay.exchange.response;
      if (status === 200) expectExecution(await replay.client.execution(id!), replay.body);
      else if (status === 404) expect(await replay.client.execution(id!)).toBeUndefined();
      else await expectRefusal(() => replay.client.execution(id!), replay);
    },
  },
  {
    name: 'outputs',
    method: 'GET',
    pattern: /^\/outputs\/([^/]+)$/,
    replay: async (replay, [id]) => {
      if (replay.exchange.response.status !== 200) return expectRefusal(() => replay.client.outputs(id!), replay);
      expect(await replay.client.outputs(id!)).toEqual(replay.body);
    },
  },
  {
    name: 'logs',
    method: 'GET',
    pattern: /^\/logs\/((?!search$)[^/]+)$/,
    replay: async ({ client, body }, [id]) => {
      expect(
        (await client.logs(id!)).map((entry) => [entry.timestamp, entry.level, entry.taskId, entry.message]),
      ).toEqual(body.map((entry: Json) => [entry.timestamp, entry.level, entry.taskId, entry.message]));
    },
  },
  {
    name: 'a search of flows',
    method: 'GET',
    pattern: /^\/flows\/search$/,
    replay: async (replay) => {
      if (replay.exchange.response.status !== 200) return expectRefusal(() => drain(replay.client.flows()), replay);
      const page = readPage(structuredClone(replay.body));
      expect([page.total, page.results.length]).toEqual([replay.body.total, replay.body.results.length]);
      for (const [index, item] of page.results.entries()) expectFlow(readFlow(item), replay.body.results[index]);
    },
  },
  {
    name: 'a search of executions',
    method: 'GET',
    pattern: /^\/executions\/search$/,
    replay: async (replay) => {
      const read = () => drain(replay.client.executions({ since: 0 }));
      if (replay.exchange.response.status !== 200) return expectRefusal(read, replay);
      const page = readPage(structuredClone(replay.body));
      expect([page.total, page.results.length]).toEqual([replay.body.total, replay.body.results.length]);
      for (const [index, item] of page.results.entries())
        expectExecution(readExecution(item), replay.body.results[index]);
    },
  },
  {
    name: 'a search of triggers',
    method: 'GET',
    pattern: /^\/triggers\/search$/,
    replay: async (replay) => {
      if (replay.exchange.response.status !== 200) return expectRefusal(() => drain(replay.client.triggers()), replay);
      const items = readPage(structuredClone(replay.body)).results.map(readTriggerItem);
      expect(items.map((item) => [item.namespace, item.flowId, item.triggerId, item.disabled, item.nextDate])).toEqual(
        replay.body.results.map((row: Json) => {
          const state = row.triggerContext ?? row.state;
          const next = state.nextExecutionDate ?? state.nextEvaluationDate;
          const disabled = [state, row.abstractTrigger, row.trigger].some((part) => part?.disabled === true);
          return [state.namespace, state.flowId, state.triggerId, disabled, next];
        }),
      );
    },
  },
  {
    name: 'the triggers of a flow',
    method: 'GET',
    pattern: /^\/triggers\/([^/]+)\/([^/]+)$/,
    replay: async ({ exchange, body, client }, [namespace, id]) => {
      expect(exchange.response.status).toBe(200);
      const triggers = await client.flowTriggers(decoded(namespace), decoded(id));
      expect(triggers.map((item) => [item.triggerId, item.disabled, item.nextDate])).toEqual(
        body.results.map((state: Json) => [
          state.triggerId,
          state.disabled,
          state.nextExecutionDate ?? state.nextEvaluationDate,
        ]),
      );
    },
  },
  {
    name: 'a search of namespaces',
    method: 'GET',
    pattern: /^\/namespaces\/search$/,
    replay: async ({ exchange, body }) => {
      expect(exchange.response.status).toBe(200);
      expect(readPage(body).results.map((item) => readNamespace(item).id)).toEqual(
        body.results.map((row: Json) => row.id),
      );
    },
  },
  {
    name: 'the latest executions',
    method: 'POST',
    pattern: /^\/executions\/latest$/,
    replay: async (replay) => {
      const flows = replay.exchange.request.body as { namespace: string; id: string }[];
      const { status } = replay.exchange.response;
      if (flows.length === 0 || status === 405) {
        // It would mean all flows, or the server has no such call: the client doesn't ask.
        expect(await replay.client.latestExecutions(flows)).toEqual([]);
        return;
      }
      if (status !== 200) return expectRefusal(() => replay.client.latestExecutions(flows), replay);
      const raw = replay.body.filter((row: Json) =>
        flows.some((flow) => flow.namespace === row.namespace && flow.id === row.flowId),
      );
      // Long lists go out in batches, and the one recorded answer is served to each.
      const found = new Map((await replay.client.latestExecutions(flows)).map((each) => [each.id, each]));
      expect([...found.values()]).toEqual(raw.map((row: Json) => expect.objectContaining(row)));
    },
  },
];

function inScope(exchange: Exchange, base: string) {
  const { method, path } = exchange.request;
  const { status, body } = exchange.response;
  // Compressed answers were recorded without their body.
  if (status === 200 && body === undefined) return undefined;
  // 0.17 has no such path: the client doesn't ask.
  if (status === 404 && path.endsWith('/namespaces/search')) return undefined;
  // Bodies that are no list, which the client never sends.
  if (path.endsWith('/executions/latest') && !Array.isArray(exchange.request.body)) return undefined;
  if (!path.startsWith(`${base}/`)) return undefined;
  const below = path.slice(base.length);
  for (const entry of scope) {
    const match = entry.method === method ? entry.pattern.exec(below) : null;
    if (match !== null) return { entry, parts: match.slice(1) };
  }
  return undefined;
}

describe.each(kestraVersions)('the recordings of Kestra %s', (version: KestraVersion) => {
  const exchanges = kestraExchanges(version);
  const base = version.startsWith('0.') ? '/api/v1' : '/api/v1/main';
  const configs = exchanges.find((each) => each.request.path === '/api/v1/configs' && each.response.status === 200)!;
  let current: Exchange | undefined;
  let server: TestServer;
  let client: KestraClient;

  beforeAll(async () => {
    server = await serve((request) => {
      if (request.path === '/api/v1/configs') return { body: configs.response.body };
      if (current === undefined) return { body: { results: [], total: 0 } };
      if (decoded(request.path) !== decoded(current.request.path))
        return { status: 418, body: `${request.path} was asked for` };
      const { status, headers, body, text } = current.response;
      return { status, headers: { 'content-type': headers['content-type'] ?? 'text/plain' }, body: body ?? text };
    });
    client = createKestraClient({
      url: server.url,
      auth: { kind: 'basic', username: 'a@b.c', password: 'unused-here' },
      retry: { baseDelayMs: 1, maxDelayMs: 1 },
    });
    await client.server();
  });

  afterAll(async () => {
    await client.close();
    await server.close();
  });

  it('are read without losing anything, in at least 60 % of all exchanges', async () => {
    const disagreements: string[] = [];
    const counts = new Map<string, number>();
    let covered = 0;
    for (const exchange of exchanges) {
      const found = inScope(exchange, base);
      if (found === undefined) continue;
      covered += 1;
      counts.set(found.entry.name, (counts.get(found.entry.name) ?? 0) + 1);
      current = exchange;
      const { body } = exchange.response;
      try {
        await found.entry.replay({ client, exchange, body: structuredClone(body) }, found.parts);
      } catch (error) {
        disagreements.push(`${exchange.file}: ${error instanceof Error ? error.message.slice(0, 400) : String(error)}`);
      }
    }
    const agreed = covered - disagreements.length;
    console.log(`Kestra ${version}: ${agreed} agreed / ${covered} in scope / ${exchanges.length} recorded`);
    expect(disagreements).toEqual([]);
    expect(covered / exchanges.length).toBeGreaterThanOrEqual(0.6);
    const onlyInSome = new Set(['outputs', 'a search of namespaces']);
    for (const { name } of scope) if (!onlyInSome.has(name)) expect(counts.get(name), name).toBeGreaterThan(0);
  });

  it('name the version in their configuration', () => {
    for (const exchange of exchanges.filter((each) => /\/api\/v1\/configs$/.test(each.request.path))) {
      if (exchange.response.status !== 200) continue;
      expect(readConfigs(exchange.response.body)?.version, exchange.file).toBe(
        (exchange.response.body as Json).version,
      );
    }
  });

  it('list the plugins in the shape of this version', async () => {
    const recorded = exchanges.filter(
      (each) => each.request.path === '/api/v1/plugins' && each.response.status === 200,
    );
    expect(recorded.length).toBeGreaterThan(0);
    for (const exchange of recorded) {
      current = exchange;
      const plugins = await client.plugins();
      const raw: any = exchange.response.body;
      const list: Json[] = Array.isArray(raw) ? raw : raw.results;
      const names = (types: any[] | undefined) => (types ?? []).map((type) => type.cls ?? type);
      expect(plugins.map(({ name, group, types, tasks, aliases }) => [name, group, types, tasks, aliases])).toEqual(
        list.map((each) => [
          each.name,
          each.group,
          [...names(each.tasks), ...names(each.triggers), ...names(each.conditions)],
          names(each.tasks),
          each.aliases,
        ]),
      );
    }
  });

  it('list all flows, page by page, in the order that was asked for', async () => {
    const pages = exchanges.filter((each) => groupOf(each) === 'flows-sorted');
    const byQuery = new Map(pages.map((each) => [sortedQuery(new URLSearchParams(each.request.query)), each.response]));
    const missing: string[] = [];
    const paged = await serve((request) => {
      if (request.path === '/api/v1/configs') return { body: configs.response.body };
      if (request.query.get('size') === '1') return { body: { results: [], total: 0 } };
      const response = byQuery.get(sortedQuery(request.query));
      if (response === undefined) missing.push(request.query.toString());
      return { status: response?.status ?? 500, body: response?.body };
    });
    const lister = createKestraClient({ url: paged.url });
    const ids: string[] = [];
    for await (const flow of lister.flows({ pageSize: 5 })) ids.push(`${flow.namespace}/${flow.id}`);
    await lister.close();
    await paged.close();
    const first: any = pages[0]!.response.body;
    expect(missing).toEqual([]);
    expect(ids).toHaveLength(first.total);
    expect(new Set(ids).size).toBe(first.total);
    expect(paged.requests.length).toBe(2 + Math.ceil(first.total / 5));
  });
});

const sortedQuery = (query: URLSearchParams): string =>
  [...query]
    .map((pair) => pair.join('='))
    .sort()
    .join('&');
