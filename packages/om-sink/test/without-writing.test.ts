import { mapEdge, mapPipeline } from '@flowmeta/om-mapper';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createDryRunClient,
  createFileSink,
  createOmClient,
  createOpenMetadataSink,
  type Sink,
  type SinkOptions,
} from '../src/index.js';
import { classification, fqn, type Harness, pipelineOf, service, startHarness, statusOf } from './sink-harness.js';

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});
const edge = mapEdge(
  { from: { kind: 'pipeline', name: 'a' }, to: { kind: 'pipeline', name: 'b' }, description: 'Flow trigger' },
  { fqnOf: (name) => `kestra.${name}` },
);

describe.each(['1.2', '1.6', '2.0'])('a dry run against OpenMetadata %s', (version) => {
  const start = async () => {
    harness = await startHarness({ version });
    const { sandbox } = harness;
    const dry = (options: Partial<SinkOptions> = {}): Sink => {
      const client = createOmClient({ hostPort: sandbox.url, jwtToken: sandbox.token });
      return createOpenMetadataSink(createDryRunClient(client), { service, classification, ...options });
    };
    return { ...harness, dry };
  };

  it('of an empty catalog says what would be made, and writes nothing', async () => {
    const { dry, draft, sandbox } = await start();
    const sink = dry();
    expect(await sink.open()).toMatchObject({ service: 'kestra', knownPipelines: 0 });
    expect(await sink.writePipeline(draft())).toEqual({ outcome: 'created', fqn, findings: [] });
    expect(await sink.writeStatuses('company.team.daily', [statusOf(1), statusOf(2)])).toMatchObject({ created: 2 });
    for (const name of ['a', 'b']) await sink.writePipeline(draft({ name }));
    expect((await sink.writeEdge(edge)).outcome).toBe('created');
    expect(sink.summary()).toEqual({ tagsCreated: 1, findings: [] });
    expect(sandbox.catalog.changes()).toBe(0);
    expect(sandbox.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    await sink.close();
  });

  it('of a filled catalog says what would change, the same as the real run after it', async () => {
    const { dry, open, draft, sandbox } = await start();
    const first = await open();
    for (const name of ['a', 'b', 'c']) await first.writePipeline(draft({ name }));
    await first.writeStatuses('a', [statusOf(1)]);
    const changes = sandbox.catalog.changes();
    const pass = async (sink: Sink) => [
      await sink.writePipeline(draft({ name: 'a' })),
      await sink.writePipeline(draft({ name: 'b', description: 'New.', schedules: [] })),
      await sink.writePipeline(draft({ name: 'd' })),
      await sink.writeStatuses('a', [statusOf(1), statusOf(2)]),
      await sink.writeEdge(edge),
      await sink.writeEdge(edge),
    ];
    const rehearsal = dry();
    await rehearsal.open();
    const said = await pass(rehearsal);
    expect(sandbox.catalog.changes()).toBe(changes);
    expect(said.map((result) => ('outcome' in result ? result.outcome : result.created))).toEqual([
      'unchanged',
      'updated',
      'created',
      1,
      'created',
      'unchanged',
    ]);
    expect(await pass(await open())).toEqual(said);
    await rehearsal.close();
  });
});

describe('a file sink', () => {
  it('writes the requests as lines, in an order in which they could be sent', async () => {
    const lines: string[] = [];
    const sink = createFileSink({
      service,
      classification,
      version: '1.12',
      description: 'out.jsonl',
      write: (line) => {
        lines.push(line);
      },
    });
    const { capabilities, version, ...server } = await sink.open();
    expect(server).toEqual({ service: 'kestra', knownPipelines: 0 });
    expect(version).toBeUndefined();
    expect(sink.description).toBe('out.jsonl');
    const draft = (change: Parameters<typeof pipelineOf>[0]) =>
      mapPipeline(pipelineOf(change), { service, capabilities, classification });
    await sink.writePipeline(draft({ name: 'a', owners: [{ name: 'ana', origin: 'label owner' }] }));
    await sink.writePipeline(draft({ name: 'b' }));
    expect(await sink.writeStatuses('a', [statusOf(1), statusOf(2)])).toMatchObject({ created: 2 });
    expect((await sink.writeEdge(edge)).outcome).toBe('created');
    expect(sink.summary()).toEqual({ tagsCreated: 1, findings: [] });

    const requests = lines.map((line) => JSON.parse(line) as { method: string; path: string; body: unknown });
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /v1/services/pipelineServices',
      'PUT /v1/classifications',
      'PUT /v1/tags',
      'PUT /v1/pipelines',
      'PUT /v1/pipelines',
      'PUT /v1/pipelines/kestra.a/status/bulk',
      'PUT /v1/lineage',
    ]);
    expect(requests[3]?.body).toMatchObject({
      name: 'a',
      service: 'kestra',
      owners: [{ id: '<id of user ana>', type: 'user' }],
      sourceHash: expect.stringMatching(/^fm1/),
    });
    expect(requests[6]?.body).toMatchObject({ edge: { fromEntity: { id: '<id of pipeline kestra.a>' } } });
    expect(lines.every((line) => !line.includes('\n'))).toBe(true);
    await sink.close();
  });
});
