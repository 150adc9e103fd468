import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isHttpError } from '@flowmeta/http';
import {
  type AirflowVersion,
  airflowDataset,
  airflowExchanges,
  airflowVersions,
  type Exchange,
} from '@flowmeta/recordings';
import { createRedactor } from '@flowmeta/redact';
import { type AirflowDataset, startAirflowSandbox } from '@flowmeta/sandbox';
import { describe, expect, it } from 'vitest';
import { AirflowClient, type UnreadableRow } from '../src/client/airflow-client.js';
import {
  assetEventSchema,
  assetSchema,
  dagSchema,
  dependenciesSchema,
  detailsSchema,
  importErrorSchema,
  instanceSchema,
  runSchema,
  tasksSchema,
} from '../src/client/wire.js';
import { auth, connect, window } from './stand-in.js';

/*
 * Each recorded answer in scope is served again exactly as it was recorded, and read by the real client. What comes out is
 * compared with the raw JSON by code of its own, which knows no schema.
 */

type Json = Record<string, unknown>;

/** A server that answers as recorded of one exchange, and as any server to what the client asks first. */
async function serveRecorded(version: AirflowVersion) {
  let current: Exchange | undefined;
  const root = version.startsWith('2.') ? '/api/v1' : '/api/v2';
  const server = createServer((request, response) => {
    request.resume();
    const { pathname } = new URL(request.url!, 'http://recorded');
    const send = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (current && pathname === current.request.path && request.method === current.request.method) {
      const { status, body, text } = current.response;
      if (body === undefined) response.writeHead(status, { 'content-type': 'text/html' }).end(text ?? '');
      else send(status, body);
    } else if (pathname === `${root}/version`) send(200, { version });
    else send(404, { detail: 'it is not what is replayed' });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    replay(exchange: Exchange) {
      current = exchange;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  };
}

/** What is read is what was recorded, and nothing is read as something that is not there. */
function difference(read: unknown, raw: unknown, where = ''): string | undefined {
  if (read === undefined || read === null) return raw === undefined || raw === null ? undefined : `${where}: not read`;
  if (typeof read !== 'object') return read === raw ? undefined : `${where}: ${read}, not ${raw}`;
  if (typeof raw !== 'object' || raw === null || Array.isArray(read) !== Array.isArray(raw))
    return `${where}: another form`;
  if (Array.isArray(read) && read.length !== (raw as unknown[]).length)
    return `${where}: ${read.length}, not ${(raw as unknown[]).length}`;
  for (const [key, value] of Object.entries(read)) {
    const found = difference(value, (raw as Json)[key], `${where}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

const signal = new AbortController().signal;

interface Replay {
  client: AirflowClient;
  /** What stood for `{}`, decoded. */
  names: string[];
  onUnreadable: (row: UnreadableRow) => void;
}

async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

const run = (dag_id = '', dag_run_id = '') => ({ dag_id, dag_run_id, state: 'success' });

/** What is replayed: method and path below the root, and how the client asks for it. A list has a name: it is replayed where it is whole. */
const scope: { asks: string; list?: string; read: (replay: Replay) => Promise<unknown> }[] = [
  { asks: 'GET dags', list: 'dags', read: ({ client, ...rest }) => collect(client.dags({ signal, ...rest })) },
  { asks: 'GET dags/{}', read: ({ client, names: [id = ''] }) => client.dag(id, { signal }) },
  { asks: 'GET dags/{}/details', read: ({ client, names: [id = ''] }) => client.details(id, { signal }) },
  {
    asks: 'GET dags/{}/tasks',
    read: async ({ client, names: [id = ''] }) => ({ tasks: await client.tasks(id, { signal }) }),
  },
  {
    asks: 'GET dags/~/dagRuns',
    list: 'dag_runs',
    read: ({ client, ...rest }) => collect(client.runs({ signal, ...rest })),
  },
  {
    asks: 'GET dags/{}/dagRuns',
    list: 'dag_runs',
    read: ({ client, names: [dag = ''], ...rest }) => collect(client.runs({ dag, signal, ...rest })),
  },
  { asks: 'GET dags/{}/dagRuns/{}', read: ({ client, names: [dag = '', id = ''] }) => client.run(dag, id, { signal }) },
  {
    asks: 'GET dags/{}/dagRuns/{}/taskInstances',
    list: 'task_instances',
    read: ({ client, names, ...rest }) => collect(client.instancesOf(run(...names), { signal, ...rest })),
  },
  {
    asks: 'POST dags/~/dagRuns/~/taskInstances/list',
    list: 'task_instances',
    read: ({ client, ...rest }) => client.instances([run('any', 'any')], { signal, ...rest }),
  },
  {
    asks: 'GET dags/{}/dagRuns/{}/taskInstances/{}/tries',
    read: async ({ client, names: [dag, id, task_id = ''] }) =>
      client.tryStarts({ ...run(dag, id), task_id, map_index: -1 }, { signal }),
  },
  {
    asks: 'GET dags/{}/dagRuns/{}/taskInstances/{}/{}/tries',
    read: async ({ client, names: [dag, id, task_id = '', index] }) =>
      client.tryStarts({ ...run(dag, id), task_id, map_index: Number(index) }, { signal }),
  },
  { asks: 'GET assets', list: 'assets', read: ({ client, ...rest }) => collect(client.assets({ signal, ...rest })) },
  {
    asks: 'GET datasets',
    list: 'datasets',
    read: ({ client, ...rest }) => collect(client.assets({ signal, ...rest })),
  },
  {
    asks: 'GET assets/events',
    list: 'asset_events',
    read: ({ client, ...rest }) => client.assetEvents({ asset: 1 }, { signal, ...rest }),
  },
  {
    asks: 'GET datasets/events',
    list: 'dataset_events',
    read: ({ client, ...rest }) => client.assetEvents({ asset: 1 }, { signal, ...rest }),
  },
  {
    asks: 'GET importErrors',
    list: 'import_errors',
    read: ({ client, ...rest }) => collect(client.importErrors({ signal, ...rest })),
  },
  { asks: 'GET /ui/dependencies', read: ({ client }) => client.dependencies({ signal }) },
];

const patterns = scope.map((each) => {
  const [method, path = ''] = each.asks.split(' ');
  const below = path.startsWith('/') ? path : `/api/v[12]/${path}`;
  return { ...each, method, pattern: new RegExp(`^${below.replaceAll('{}', '([^/~][^/]*)')}$`) };
});

/** The times of tries are read as numbers. */
const startsOf = (body: Json): number[] =>
  (body.task_instances as Json[]).flatMap(({ start_date: start }) => (start ? [Date.parse(String(start))] : []));

/** Why an exchange is not read as it was recorded; nothing where it is. `left out` for what is in no scope. */
async function replayed(exchange: Exchange, client: AirflowClient): Promise<string | undefined> {
  const { method, path, query } = exchange.request;
  const found = patterns.find((each) => each.method === method && each.pattern.test(path));
  const { status } = exchange.response;
  const body = exchange.response.body as Json;
  // The client asks for whole rows.
  if (!found || /(?:^|&)fields=/.test(query)) return 'left out';
  const rows = found.list === undefined ? undefined : ((body?.[found.list] as Json[] | undefined) ?? []);
  if (status === 200 && rows && rows.length !== body.total_entries) return 'left out';
  const names = (found.pattern.exec(path) ?? []).slice(1).map(decodeURIComponent);
  const unreadable: string[] = [];
  const onUnreadable = ({ ref, error }: UnreadableRow) => unreadable.push(`${ref}: ${error.message}`);
  let read: unknown;
  try {
    read = await found.read({ client, names, onUnreadable });
  } catch (error) {
    const cause = isHttpError(error) ? error : (error as Error).cause;
    if (status === 200) return `not read: ${(error as Error).message}`;
    return isHttpError(cause) && cause.status === status ? undefined : `refused otherwise: ${error}`;
  }
  if (status === 404) return read === undefined || (Array.isArray(read) && read.length === 0) ? undefined : 'read';
  if (status !== 200) return `read although it was ${status}`;
  if (unreadable.length > 0) return unreadable.join('; ');
  if (path.endsWith('/tries')) return difference(read, startsOf(body));
  return difference(read, rows ?? body);
}

describe.each(airflowVersions)('the recordings of Airflow %s', (version) => {
  it('are read as what they say', async () => {
    const server = await serveRecorded(version);
    const client = new AirflowClient({
      baseUrl: server.url,
      auth: { kind: 'none' },
      redactor: createRedactor(),
      retry: { retries: 0, retriesOn500: 0 },
    });
    const exchanges = airflowExchanges(version);
    const differences: Record<string, string> = {};
    let inScope = 0;
    for (const exchange of exchanges) {
      server.replay(exchange);
      const reason = await replayed(exchange, client);
      if (reason === 'left out') continue;
      inScope += 1;
      if (reason !== undefined) differences[exchange.file] = reason;
    }
    await client.close();
    await server.close();
    const agreed = inScope - Object.keys(differences).length;
    console.log(`Airflow ${version}: ${agreed} read / ${inScope} in scope / ${exchanges.length} all`);
    expect(differences).toEqual({});
    expect(inScope).toBeGreaterThan(250);
  }, 120_000);
});

/** What is read of each kind of row, and where such rows are: the path's end and the list. */
const kinds = [
  { schema: dagSchema, path: /\/dags$/, list: 'dags' },
  { schema: detailsSchema, path: /\/details$/ },
  { schema: tasksSchema.shape.tasks.element, path: /\/tasks$/, list: 'tasks' },
  { schema: runSchema, path: /\/dagRuns$/, list: 'dag_runs' },
  { schema: instanceSchema, path: /\/taskInstances$/, list: 'task_instances' },
  { schema: assetSchema, path: /\/(?:assets|datasets)$/, list: /^(?:assets|datasets)$/ },
  { schema: assetEventSchema, path: /\/(?:assets|datasets)\/events$/, list: /_events$/ },
  { schema: importErrorSchema, path: /\/importErrors$/, list: 'import_errors' },
  { schema: dependenciesSchema, path: /^\/ui\/dependencies$/ },
];

it('every field that is read is one that a server was seen to send', () => {
  const bodies = airflowVersions.flatMap((version) =>
    airflowExchanges(version).flatMap(({ request, response }) =>
      response.status === 200 ? [{ path: request.path, body: response.body as Json }] : [],
    ),
  );
  const unknown = kinds.flatMap(({ schema, path, list }) => {
    const rows = bodies
      .filter((answer) => path.test(answer.path))
      .flatMap(({ body }) =>
        list === undefined
          ? [body]
          : Object.entries(body).flatMap(([key, rows]) => (key.match(list)?.[0] ? (rows as Json[]) : [])),
      );
    return Object.keys(schema.shape).filter((field) => !rows.some((row) => field in row));
  });
  expect(unknown).toEqual([]);
});

/** What a connector makes of a recorded server, by kind. */
async function madeOf(version: AirflowVersion) {
  const dataset = airflowDataset(version) as AirflowDataset;
  const server = await startAirflowSandbox({ dataset, auth, recordRequests: false });
  const connector = connect(server.url);
  const pipelines: Record<string, unknown> = {};
  const runs: string[] = [];
  const edges: string[] = [];
  for await (const event of connector.read(window)) {
    if (event.kind === 'pipeline') {
      const { name, enabled, schedules, labels, owners, tasks, edges: links } = event.pipeline;
      const types = tasks.map((task) => `${task.name} ${task.type}`).sort();
      const ends = links.map(({ from, to }) => `${from} → ${to}`).sort();
      pipelines[name] = { enabled, schedules, labels, owners, types, ends };
    } else if (event.kind === 'run') {
      runs.push(event.run.pipeline);
    } else if (event.kind === 'lineage') {
      const { from, to, pipeline, description } = event.edge;
      edges.push(JSON.stringify([from, to, pipeline, description]));
    }
  }
  await connector.close();
  await server.close();
  return { pipelines, runs: runs.sort(), edges: edges.sort() };
}

it('Airflow 3.3.2 makes the same pipelines and lineage as 3.1.8, which ran the same DAGs', async () => {
  const [older, newer] = [await madeOf('3.1.8'), await madeOf('3.3.2')];
  expect(newer.pipelines).toEqual(older.pipelines);
  expect(newer.edges).toEqual(older.edges);
  expect(newer.runs).toEqual(older.runs);
}, 60_000);
