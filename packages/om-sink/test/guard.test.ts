import { mapEdge } from '@flowmeta/om-mapper';
import { afterEach, describe, expect, it } from 'vitest';
import {
  compareWrites,
  createDryRunClient,
  createOmClient,
  createOpenMetadataSink,
  createPlanner,
  createWriteGuard,
  type OmClient,
  type PlannedWrite,
  type Sink,
} from '../src/index.js';
import { classification, fqn, type Harness, service, startHarness, statusOf } from './sink-harness.js';

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

const edge = mapEdge(
  { from: { kind: 'pipeline', name: 'a' }, to: { kind: 'pipeline', name: 'b' }, description: 'Flow trigger' },
  { fqnOf: (name) => `kestra.${name}` },
);

async function start(version = '1.6') {
  harness = await startHarness({ version });
  const { sandbox } = harness;
  const client = () =>
    createOmClient({ hostPort: sandbox.url, jwtToken: sandbox.token, retry: { baseDelayMs: 1, maxDelayMs: 5 } });
  const sinkOver = async (over: OmClient): Promise<Sink> => {
    const sink = createOpenMetadataSink(over, { service, classification });
    await sink.open();
    return sink;
  };
  const hide = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll('hunter2', '***')) as T;
  return {
    ...harness,
    async planned(work: (sink: Sink) => Promise<unknown>): Promise<PlannedWrite[]> {
      const planner = createPlanner({ hide });
      await work(await sinkOver(planner.over(createDryRunClient(client()))));
      return planner.writes();
    },
    async guarded(writes: readonly PlannedWrite[]) {
      const guard = createWriteGuard(writes, { hide });
      return { guard, sink: await sinkOver(guard.over(client())) };
    },
    writesSent: () =>
      sandbox.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`),
  };
}

describe('a guard', () => {
  it.each(['1.2', '1.6', '2.0'])('lets the same writes through, once they are planned, on %s', async (version) => {
    const { planned, guarded, draft, sandbox } = await start(version);
    sandbox.seed('user', { name: 'ana' });
    const work = async (sink: Sink) => {
      const results = [
        await sink.writePipeline(draft({ owners: [{ name: 'ana', origin: 'label owner' }] })),
        await sink.writeStatuses('company.team.daily', [statusOf(1), statusOf(2)]),
        await sink.writePipeline(draft({ name: 'a', labels: [] })),
        await sink.writePipeline(draft({ name: 'b', labels: [] })),
        await sink.writeEdge(edge),
      ];
      return results.flatMap(({ findings }) => findings);
    };
    const { guard, sink } = await guarded(await planned(work));
    expect(await work(sink)).toEqual([]);
    expect(guard.left()).toEqual([]);
    expect(sandbox.catalog.pipelines()).toHaveLength(3);
    expect(sandbox.catalog.statuses(fqn)).toHaveLength(2);
    expect(sandbox.catalog.edges()).toHaveLength(1);
  });

  it('stops every kind of write that is not planned', async () => {
    const { open, guarded, draft, sandbox, writesSent } = await start();
    const first = await open();
    for (const name of ['a', 'b', 'c']) await first.writePipeline(draft({ name }));
    await first.writeEdge(edge);
    await first.removePipeline('kestra.c');
    const [changes, sent] = [sandbox.catalog.changes(), writesSent().length];
    const { sink } = await guarded([]);
    const label = { key: 'team', value: 'another' };
    const results = [
      await sink.writePipeline(draft({ name: 'd' })),
      await sink.writePipeline(draft({ name: 'a', description: 'New.', labels: [label] })),
      await sink.writePipeline(draft({ name: 'c' })),
      await sink.writeStatuses('a', [statusOf(1), statusOf(2)]),
      await sink.writeEdge({ ...edge, from: edge.to, to: edge.from }),
      await sink.removeEdges('kestra.a', () => true),
      await sink.removePipeline('kestra.b'),
    ];
    for (const { findings } of results) expect(findings[0]?.message).toContain('is not in the plan');
    expect([sandbox.catalog.changes(), writesSent().length]).toEqual([changes, sent]);
    expect(sink.summary().findings[0]?.message).toContain('tag');
  });

  it('stops a write of something else, and one over something else, and tells what is left', async () => {
    const { open, planned, guarded, draft, request, stored, sandbox } = await start();
    await (await open()).writePipeline(draft());
    const change = draft({ description: 'Loads more.' });
    const writes = await planned((sink) => sink.writePipeline(change));
    const other = await guarded(writes);
    const { findings } = await other.sink.writePipeline(draft({ description: 'Loads less.' }));
    expect(findings[0]).toMatchObject({ message: expect.stringContaining('is other than planned') });
    expect(other.guard.left()).toEqual([]);

    const late = await guarded(writes);
    await request('PATCH', `/pipelines/${stored().id}`, {
      as: 'admin',
      // What is sent stays the same.
      body: [
        {
          op: 'add',
          path: '/tags/-',
          value: { tagFQN: 'PII.None', source: 'Classification', labelType: 'Manual', state: 'Confirmed' },
        },
      ],
    });
    const before = sandbox.catalog.changes();
    const result = await late.sink.writePipeline(change);
    expect([result.outcome, result.findings[0]?.message]).toEqual([
      'failed',
      expect.stringContaining('other than planned'),
    ]);
    expect(sandbox.catalog.changes()).toBe(before);
    expect((await guarded(writes)).guard.left()).toEqual(writes);
  });

  it('lets what is planned through in parts where OpenMetadata refuses the whole', async () => {
    const { planned, guarded, draft, sandbox } = await start('2.0');
    const work = async (sink: Sink) => {
      await sink.writePipeline(draft());
      return sink.writeStatuses('company.team.daily', [statusOf(1), statusOf(2), statusOf(3)]);
    };
    const writes = await planned(work);
    sandbox.setFaults([{ path: /status\/bulk/, effect: { kind: 'status', status: 400, body: { message: 'no' } } }]);
    const { sink } = await guarded(writes);
    expect(await work(sink)).toMatchObject({ created: 3, failed: 0 });
    expect(sandbox.catalog.statuses(fqn)).toHaveLength(3);
  });
});

describe('planned writes', () => {
  it('have no digest from which a secret could be guessed', async () => {
    const { open, planned, draft, request, stored } = await start();
    await (await open()).writePipeline(draft());
    const edit = (value: string) =>
      request('PATCH', `/pipelines/${stored().id}`, {
        as: 'admin',
        body: [{ op: 'add', path: '/description', value }],
      });
    const change = (sink: Sink) => sink.writePipeline(draft({ schedules: [] }));
    await edit('The password is hunter2');
    const one = await planned(change);
    await edit('The password is ***');
    const other = await planned(change);
    expect(one.length).toBeGreaterThan(0);
    expect(compareWrites(one, other)).toEqual({ left: [], added: [] });
    await edit('The password is gone');
    expect(compareWrites(one, await planned(change)).left.length).toBeGreaterThan(0);
  });
});
