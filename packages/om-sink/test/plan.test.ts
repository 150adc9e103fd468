import { mapEdge } from '@flowmeta/om-mapper';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createDryRunClient,
  createOmClient,
  createOpenMetadataSink,
  createPlanner,
  type SinkOptions,
} from '../src/index.js';
import { classification, fqn, type Harness, type pipelineOf, service, startHarness, statusOf } from './sink-harness.js';

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

const edge = mapEdge(
  { from: { kind: 'pipeline', name: 'a' }, to: { kind: 'pipeline', name: 'b' }, description: 'Flow trigger' },
  { fqnOf: (name) => `kestra.${name}` },
);

describe.each(['1.2', '1.6', '2.0'])('a plan against OpenMetadata %s', (version) => {
  const start = async () => {
    harness = await startHarness({ version });
    const { sandbox } = harness;
    const planned = async (options: Partial<SinkOptions> = {}) => {
      const planner = createPlanner();
      const client = createDryRunClient(createOmClient({ hostPort: sandbox.url, jwtToken: sandbox.token }));
      const sink = createOpenMetadataSink(planner.over(client), { service, classification, ...options });
      await sink.open();
      return { sink, plan: planner.plan };
    };
    return { ...harness, planned };
  };

  it('of an empty catalog names all that would be made, and writes nothing', async () => {
    const { planned, draft, sandbox } = await start();
    sandbox.seed('user', { name: 'ana' });
    const { sink, plan } = await planned();
    await sink.writePipeline(draft({ owners: [{ name: 'ana', origin: 'label owner' }] }));
    await sink.writeStatuses('company.team.daily', [statusOf(1), statusOf(2)]);
    for (const name of ['a', 'b']) await sink.writePipeline(draft({ name, labels: [] }));
    await sink.writeEdge(edge);
    const { pipelines, tags, ...rest } = plan();
    expect(pipelines.map(({ action, fqn: of }) => `${action} ${of}`)).toEqual([
      'create kestra."company.team.daily"',
      'create kestra.a',
      'create kestra.b',
    ]);
    expect(tags).toHaveLength(1);
    expect(pipelines[0]?.fields).toEqual([
      { field: 'displayName', to: 'daily' },
      { field: 'description', to: 'Loads orders.' },
      { field: 'namespace', to: 'company.team' },
      { field: 'sourceUrl', to: 'https://kestra.example.com/ui/main/flows/edit/company.team/daily' },
      { field: 'scheduleInterval', to: '0 2 * * *' },
      { field: 'owners', to: ['ana'] },
      { field: 'tags', to: tags },
      { field: 'tasks.extract', to: expect.objectContaining({ downstreamTasks: ['load'] }) },
      { field: 'tasks.load', to: expect.anything() },
    ]);
    expect(rest).toEqual({
      service: 'kestra',
      edges: [
        { action: 'add', from: 'kestra.a', to: 'kestra.b', description: expect.stringContaining('Flow trigger') },
      ],
      runs: [{ pipeline: fqn, count: 2 }],
    });
    expect(sandbox.catalog.changes()).toBe(0);
  });

  it('of a whole catalog is empty', async () => {
    const { planned, open, draft } = await start();
    await (await open()).writePipeline(draft());
    const { sink, plan } = await planned();
    await sink.writePipeline(draft());
    expect(plan()).toEqual({ pipelines: [], edges: [], tags: [], runs: [] });
  });

  it('says of a change what each field has now and would have, as the run then leaves it', async () => {
    const { planned, open, draft, stored } = await start();
    await (await open()).writePipeline(draft());
    const change: Partial<ReturnType<typeof pipelineOf>> = {
      description: 'Loads orders and returns.',
      schedules: [{ id: 'n', cron: '5 5 * * *' }],
      labels: [],
      tasks: [
        { name: 'extract', type: 'io.kestra.plugin.core.log.Log', enabled: true },
        { name: 'check', type: 'io.kestra.plugin.core.log.Log', enabled: true },
      ],
      edges: [{ from: 'extract', to: 'check' }],
    };
    const { sink, plan } = await planned();
    await sink.writePipeline(draft(change));
    const [pipeline, ...more] = plan().pipelines;
    expect(more).toEqual([]);
    expect(pipeline).toMatchObject({ action: 'change', fqn });
    expect(pipeline?.fields).toEqual([
      { field: 'description', from: 'Loads orders.', to: 'Loads orders and returns.' },
      { field: 'scheduleInterval', from: '0 2 * * *', to: '5 5 * * *' },
      { field: 'tags', from: [expect.stringContaining(classification)] },
      { field: 'tasks.extract.downstreamTasks', from: ['load'], to: ['check'] },
      { field: 'tasks.load', from: expect.anything() },
      { field: 'tasks.check', to: expect.anything() },
    ]);
    await (await open()).writePipeline(draft(change));
    expect(stored()).toMatchObject({
      description: 'Loads orders and returns.',
      scheduleInterval: '5 5 * * *',
      tags: [],
    });
  });

  it('leaves out what people edited: it would stay', async () => {
    const { planned, open, draft, stored, request } = await start();
    await (await open()).writePipeline(draft());
    await request('PATCH', `/pipelines/${stored().id}`, {
      as: 'admin',
      body: [
        { op: 'replace', path: '/description', value: 'By Ana.' },
        {
          op: 'add',
          path: '/tags/-',
          value: { tagFQN: 'PII.None', source: 'Classification', labelType: 'Manual', state: 'Confirmed' },
        },
      ],
    });
    const change = { description: 'New.', labels: [], schedules: [] };
    const { sink, plan } = await planned();
    const { findings } = await sink.writePipeline(draft(change));
    expect(findings).toMatchObject([{ message: expect.stringContaining('edited in OpenMetadata') }]);
    expect(plan().pipelines[0]?.fields).toEqual([
      { field: 'scheduleInterval', from: '0 2 * * *' },
      { field: 'tags', from: expect.arrayContaining(['PII.None']), to: ['PII.None'] },
    ]);

    const overriding = await planned({ overrideMetadata: true });
    await overriding.sink.writePipeline(draft(change));
    expect(overriding.plan().pipelines[0]?.fields[0]).toEqual({ field: 'description', from: 'By Ana.', to: 'New.' });
  });

  it('names what would be deleted, restored, and which edges would go', async () => {
    const { planned, open, draft } = await start();
    const first = await open();
    for (const name of ['a', 'b', 'c']) await first.writePipeline(draft({ name }));
    await first.writeEdge(edge);
    await (await open()).removePipeline('kestra.c');
    const { sink, plan } = await planned();
    await sink.writePipeline(draft({ name: 'c', description: 'Back.' }));
    await sink.removeEdges('kestra.a', () => true);
    await sink.removePipeline('kestra.b');
    expect(plan()).toEqual({
      pipelines: [
        { action: 'delete', fqn: 'kestra.b', fields: [] },
        {
          action: 'restore',
          fqn: 'kestra.c',
          fields: [{ field: 'description', from: 'Loads orders.', to: 'Back.' }],
        },
      ],
      edges: [{ action: 'remove', from: 'kestra.a', to: 'kestra.b' }],
      tags: [],
      runs: [],
    });
  });
});
