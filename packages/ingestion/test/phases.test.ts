import { isInShard, type LineageEdge, type ReadOptions, type SourceEvent } from '@flowmeta/connector';
import type { OwnPipeline } from '@flowmeta/om-sink';
import { describe, expect, it } from 'vitest';
import { ingest } from '../src/index.js';
import { fakeConnector, fakeSink, optionsFor, pipelineEvent, runEvent } from './fakes.js';

const names = Array.from({ length: 12 }, (_, index) => `flow_${index}`);
const count = 3;
const inShard = (index: number) => names.filter((name) => isInShard(name, { index, count }));
const own = (name: string): OwnPipeline => ({ name, fqn: `kestra.${name}`, namespace: 'team' });
const edge: LineageEdge = {
  from: { kind: 'pipeline', name: names[0]! },
  to: { kind: 'pipeline', name: names[1]! },
  description: 'Kestra Flow trigger: after',
};
/** A source that tells all of it, whatever it is asked for. */
const events: SourceEvent[] = [
  ...names.map((name) => pipelineEvent(name, { namespace: 'team' })),
  { kind: 'listed', scope: {} },
  { kind: 'lineage', edge },
  ...names.map((name) => runEvent(name, `run of ${name}`)),
  { kind: 'linked', scope: {} },
];

function setUp(told: SourceEvent[] = events) {
  const asked: ReadOptions[] = [];
  const source = fakeConnector(told);
  const connector = Object.assign({}, source, {
    read(options: ReadOptions) {
      asked.push(options);
      return source.read(options);
    },
    exists: async ({ name }: { name: string }) => (names.includes(name) ? ('present' as const) : ('absent' as const)),
  });
  const sink = fakeSink({
    own: [...names, 'gone'].map(own),
    earlier: names.map((name) => ({ fqn: `kestra.${name}`, namespace: 'team' })),
    stored: { [`kestra.${names[2]!}`]: [`kestra.${names[3]!}`] },
  });
  const removed = new Set<string>();
  const catalog = Object.assign(sink, {
    stored: async (name: string) => (sink.pipelines.has(name) ? { id: name, deleted: removed.has(name) } : undefined),
  });
  return { asked, connector, sink: catalog, removed };
}

describe('a shard', () => {
  it('writes its pipelines and their runs, asks for no others, and counts them as left out', async () => {
    const { asked, connector, sink } = setUp();
    const report = await ingest(optionsFor(connector, sink, { shard: { index: 1, count } }));
    expect([...sink.pipelines.keys()]).toEqual(inShard(1));
    expect([...sink.statuses.keys()]).toEqual(inShard(1));
    expect(asked).toMatchObject([{ shard: { index: 1, count }, lineage: false }]);
    const { pipelines, runs } = report.totals;
    const others = names.length - inShard(1).length;
    expect(others).toBeGreaterThan(0);
    expect([pipelines.read, pipelines.filtered]).toEqual([inShard(1).length, others]);
    expect([runs.read, runs.filtered]).toEqual([inShard(1).length, others]);
    expect([report.outcome, report.warnings]).toEqual(['done', []]);
  });

  it('deletes nothing and calls no edge gone, even when it is asked to', async () => {
    for (const phases of [undefined, ['entities', 'lineage', 'reconcile'] as const]) {
      const { connector, sink } = setUp();
      await ingest(
        optionsFor(connector, sink, { shard: { index: 0, count }, allowMassDelete: true, ...(phases && { phases }) }),
      );
      expect([sink.deleted, sink.removed, sink.edges]).toEqual([[], [], []]);
    }
  });

  it('with no pipeline in it is no reason for a warning', async () => {
    const { connector, sink } = setUp(events.slice(0, 1));
    const index = [0, 1, 2].find((each) => !isInShard(names[0]!, { index: each, count }))!;
    expect(await ingest(optionsFor(connector, sink, { shard: { index, count } }))).toMatchObject({
      outcome: 'done',
      warnings: [],
    });
  });
});

describe('the phases, one process after the other', () => {
  it('do together what one run does', async () => {
    const { asked, connector, sink } = setUp();
    for (const index of [0, 1, 2]) {
      await ingest(optionsFor(connector, sink, { shard: { index, count }, phases: ['entities'] }));
      await ingest(optionsFor(connector, sink, { shard: { index, count }, phases: ['runs'] }));
    }
    expect([...sink.statuses.keys()].sort()).toEqual([...names].sort());
    sink.calls.length = 0;
    const lineage = await ingest(optionsFor(connector, sink, { phases: ['lineage'] }));
    expect(sink.edges.map(({ from, to }) => [from.fqn, to.fqn])).toEqual([
      [`kestra.${names[0]!}`, `kestra.${names[1]!}`],
    ]);
    expect(sink.calls).toEqual([`edge kestra.${names[0]!} kestra.${names[1]!}`]);
    expect(lineage.totals).toMatchObject({
      pipelines: { read: 0, filtered: 0 },
      runs: { read: 0 },
      edges: { read: 1, created: 1, removed: 0 },
    });
    const reconcile = await ingest(optionsFor(connector, sink, { phases: ['reconcile'] }));
    expect([sink.deleted, sink.removed, sink.edges.length]).toEqual([
      ['kestra.gone'],
      [`kestra.${names[2]!} → kestra.${names[3]!}`],
      1,
    ]);
    expect([lineage.outcome, reconcile.outcome, reconcile.lineage]).toEqual(['done', 'done', undefined]);
    expect(sink.violations).toEqual([]);
    // Some lineage only runs show.
    expect(asked.slice(-2)).toMatchObject([
      { lineage: true, runs: true },
      { lineage: true, runs: true },
    ]);
  });

  it('name a pipeline that no shard has written, and leave one alone that a person deleted', async () => {
    const { connector, sink, removed } = setUp();
    await ingest(optionsFor(connector, sink, { phases: ['entities'] }));
    sink.pipelines.delete(names[1]!);
    removed.add(names[2]!);
    const report = await ingest(optionsFor(connector, sink, { phases: ['runs', 'lineage'] }));
    expect(report.outcome).toBe('partial');
    expect(report.skipped[0]).toMatchObject({
      ref: names[1],
      message: expect.stringContaining('not in the catalog yet'),
      hint: expect.stringContaining('entities'),
    });
    expect(sink.edges).toEqual([]);
    expect([...sink.statuses.keys()]).toEqual(names.filter((_, index) => index !== 1 && index !== 2));
  });

  it('take nothing away without reconcile', async () => {
    const { connector, sink } = setUp();
    await ingest(optionsFor(connector, sink, { phases: ['entities', 'runs', 'lineage'] }));
    expect([sink.deleted, sink.removed, sink.edges.length]).toEqual([[], [], 1]);
  });
});
