import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Run, SourceEvent } from '@flowmeta/connector';
import { kestraDataset, kestraVersions } from '@flowmeta/recordings';
import { type KestraDataset, startKestraSandbox } from '@flowmeta/sandbox';
import { afterEach, describe, expect, it } from 'vitest';
import { kestraConnector } from '../src/index.js';

type Flows = KestraDataset['flows'];

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const brandNew = { id: 'brand_new', type: 'io.kestra.plugin.core.log.Log', message: 'x' };
const key = (namespace: unknown, id: unknown) => `${namespace}/${id}`;

/** Every flow got one more revision, in which nothing is as it was. */
const rewritten = (flows: Flows): Flows =>
  flows.map((each) => {
    const { flow } = each;
    if (flow.exception !== undefined) return each;
    const { errors: _, finally: __, afterExecution: ___, ...rest } = flow;
    const graph = { status: 500, body: { message: 'none' } };
    return { ...each, flow: { ...rest, revision: Number(flow.revision) + 1, tasks: [brandNew] }, graph };
  });

/** The stand-in, which knows the present revision of flows only, behind a server that knows the recorded ones too. */
async function startServer(dataset: KestraDataset, recorded: Flows): Promise<{ url: string; asked: string[] }> {
  const sandbox = await startKestraSandbox({ dataset });
  open.push(() => sandbox.close());
  const asked: string[] = [];
  const earlier = new Map(recorded.map(({ flow, source }) => [key(flow.namespace, flow.id), { ...flow, source }]));
  const server = createServer(async (request, response) => {
    const url = new URL(request.url!, sandbox.url);
    const revision = url.searchParams.get('revision');
    if (revision !== null) {
      asked.push(url.pathname);
      const [namespace, id] = url.pathname.split('/').slice(-2).map(decodeURIComponent);
      const flow: Record<string, unknown> | undefined = earlier.get(key(namespace, id));
      const isThere = flow !== undefined && String(flow.revision) === revision;
      response.writeHead(isThere ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(isThere ? flow : { message: 'Not Found' }));
      return;
    }
    const answer = await fetch(url);
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

async function readAll(hostPort: string, dataset: KestraDataset, earlierRevisions?: number): Promise<SourceEvent[]> {
  const until = Date.parse(dataset.takenAt) + 1;
  const connector = kestraConnector.open(kestraConnector.configSchema.parse({ hostPort }), {
    now: () => until,
    serviceName: 'kestra',
  });
  open.push(() => connector.close());
  const events: SourceEvent[] = [];
  const since = until - 90 * 86_400_000;
  for await (const event of connector.read({
    since,
    until,
    lineage: false,
    ...(earlierRevisions !== undefined && { earlierRevisions }),
  })) {
    events.push(event);
  }
  return events;
}

const runsOf = (events: readonly SourceEvent[]) =>
  new Map(events.flatMap((event): [string, Run][] => (event.kind === 'run' ? [[event.run.id, event.run]] : [])));
/** Without types and addresses, which differ by server. */
const facts = (run: Run) => ({
  ...run,
  url: undefined,
  taskRuns: run.taskRuns.map((taskRun) => ({ ...taskRun, type: undefined, url: undefined })),
});

describe.each(kestraVersions)('runs of earlier revisions of a recorded Kestra %s', (version) => {
  const dataset = kestraDataset(version, { plugins: true }) as KestraDataset;
  const later = { ...dataset, flows: rewritten(dataset.flows) };

  it('are told with the tasks and types of then, as if nothing had changed', async () => {
    const before = await readAll((await startServer(dataset, dataset.flows)).url, dataset);
    const types = new Map(
      before.flatMap((event) =>
        event.kind === 'pipeline'
          ? event.pipeline.tasks.map(({ name, type }): [string, string] => [`${event.pipeline.name} ${name}`, type!])
          : [],
      ),
    );
    const server = await startServer(later, dataset.flows);
    const runs = runsOf(await readAll(server.url, later, 200));
    const expected = runsOf(before);
    expect([...runs.keys()]).toEqual([...expected.keys()]);
    let typed = 0;
    for (const [id, run] of runs) {
      const known = expected.get(id)!;
      // Two recorded runs of 0.20.5 were of an earlier revision from the beginning.
      if (version === '0.20.5' && run.pipeline === 'company.team.foreach' && run.revision === '1') continue;
      expect(facts(run)).toEqual(facts(known));
      for (const { task, type } of run.taskRuns) {
        if (type === undefined) continue;
        typed += 1;
        expect(type).toBe(types.get(`${run.pipeline} ${task}`));
      }
    }
    expect(typed).toBeGreaterThan(200);
    expect(server.asked.length).toBe(new Set(server.asked).size + (version === '0.20.5' ? 1 : 0));
  });

  it('cost nothing and lose what is gone when nobody asks', async () => {
    const server = await startServer(later, dataset.flows);
    const runs = [...runsOf(await readAll(server.url, later)).values()];
    expect(server.asked).toEqual([]);
    expect(runs.length).toBeGreaterThan(100);
    expect(runs.flatMap(({ taskRuns }) => taskRuns).filter(({ type }) => type !== undefined)).toEqual([]);
  });

  it('stay untyped, with the outermost task, beyond the number that may be asked for, and it is said once', async () => {
    const server = await startServer(later, dataset.flows);
    const events = await readAll(server.url, later, 3);
    expect(server.asked).toHaveLength(3);
    const taskRuns = [...runsOf(events).values()].flatMap((run) => run.taskRuns);
    expect(taskRuns.filter(({ type }) => type === undefined).length).toBeGreaterThan(50);
    const warnings = events.flatMap((event) => (event.kind === 'warning' ? [event.message] : []));
    expect(warnings.filter((message) => message.includes('more than 3 earlier revisions'))).toHaveLength(1);
  });
});
