import type { Connector, EarlierPipeline, SourceEvent } from '@flowmeta/connector';
import type { OwnPipeline } from '@flowmeta/om-sink';
import { describe, expect, it } from 'vitest';
import { ingest } from '../src/index.js';
import { fakeConnector, fakeSink, optionsFor, pipelineEvent } from './fakes.js';

const own = (name: string, more: Partial<OwnPipeline> = {}): OwnPipeline => ({
  name,
  fqn: `kestra.${name}`,
  namespace: 'team',
  ...more,
});
const listed = (...namespaces: string[]): SourceEvent => ({
  kind: 'listed',
  scope: namespaces.length === 0 ? {} : { namespaces },
});
const read = (...names: string[]): SourceEvent[] => names.map((name) => pipelineEvent(name, { namespace: 'team' }));

interface Case {
  events: SourceEvent[];
  own: OwnPipeline[];
  exists?: Connector['exists'];
  owns?: Connector['owns'];
  options?: Parameters<typeof optionsFor>[2];
}

async function run({ events, own: earlier, exists, owns, options }: Case) {
  const names = new Set(events.flatMap((event) => (event.kind === 'pipeline' ? [event.pipeline.name] : [])));
  const looks: string[] = [];
  const connector = fakeConnector(events);
  Object.assign(connector, {
    async exists(pipeline: EarlierPipeline, about?: { signal?: AbortSignal }) {
      looks.push(pipeline.name);
      if (exists) return exists(pipeline, about);
      return names.has(pipeline.name) ? 'present' : 'absent';
    },
    ...(owns && { owns }),
  });
  const sink = fakeSink({ own: earlier });
  const report = await ingest(optionsFor(connector, sink, options));
  return { report, deleted: sink.deleted, looks, sink };
}

describe('a pipeline that the source no longer has', () => {
  it('goes after all else is written, and is in the report', async () => {
    const { report, deleted, looks, sink } = await run({
      events: [...read('a', 'b'), listed()],
      own: [own('a'), own('b'), own('gone', { sourceUrl: 'https://kestra.example.com/gone' })],
    });
    expect(deleted).toEqual(['kestra.gone']);
    expect(sink.calls.at(-1)).toBe('delete kestra.gone');
    // Twice, and once for one next to it.
    expect(looks).toEqual(['gone', 'a', 'gone']);
    expect(report.outcome).toBe('done');
    expect(report.totals.pipelines).toMatchObject({ read: 2, removed: 1, failed: 0 });
    expect(report.pipelines.find(({ name }) => name === 'gone')).toMatchObject({
      outcome: 'deleted',
      fqn: 'kestra.gone',
      namespace: 'team',
      sourceUrl: 'https://kestra.example.com/gone',
    });
    expect([report.failed, report.warnings]).toEqual([[], []]);
  });

  it.each<[string, Partial<Case>]>([
    ['it is told to', { options: { markDeletedPipelines: false } }],
    ['only one is pushed', { options: { only: { pipelines: ['a'] } } }],
    ['the listing was not whole', { events: read('a') }],
    ['it is outside of what was listed', { events: [...read('a'), listed('other')] }],
    ['its namespace only begins like one that was listed', { events: [...read('a'), listed('tea')] }],
    [
      'a filter leaves it out',
      { events: [...read('a'), { kind: 'filtered', item: 'pipeline', ref: 'gone', reason: 'a pattern' }, listed()] },
    ],
  ])('stays when %s, and is not even asked for', async (_, change) => {
    const { deleted, looks, report } = await run({
      events: [...read('a'), listed()],
      own: [own('a'), own('gone')],
      ...change,
    });
    expect([deleted, looks, report.failed, report.warnings]).toEqual([[], [], [], []]);
  });

  it('is not one that has not changed since the last run', async () => {
    const unchanged: SourceEvent = {
      kind: 'unchanged',
      pipeline: { name: 'same', namespace: 'team', enabled: true, tasks: [] },
    };
    const { deleted, looks } = await run({
      events: [unchanged, listed()],
      own: [own('same', { fqn: 'kestra.same' }), own('gone')],
      exists: async ({ name }) => (name === 'gone' ? 'absent' : 'present'),
    });
    expect([deleted, looks]).toEqual([['kestra.gone'], ['gone', 'same', 'gone']]);
  });

  describe('while another one can not be read', () => {
    const broken = (ref: string): SourceEvent => ({ kind: 'skipped', ref, error: new Error('broken') });
    const but = (...except: string[]): SourceEvent => ({ kind: 'listed', scope: {}, except });
    const earlier = ['a', 'b', 'broken', 'gone'].map((name) => own(name));

    it('goes if the source has listed the other one, which stays and is not even asked for', async () => {
      const { deleted, looks, report } = await run({
        events: [...read('a', 'b'), broken('broken'), but('broken')],
        own: earlier,
        exists: async ({ name }) => (name === 'a' ? 'present' : 'absent'),
      });
      expect([deleted, looks]).toEqual([['kestra.gone'], ['gone', 'a', 'gone']]);
      expect(report.skipped).toMatchObject([{ ref: 'broken' }]);
    });

    it.each<[string, SourceEvent[]]>([
      ['does not say that it has it', [broken('broken'), listed()]],
      ['says so of others only', [broken('broken'), broken('what has no name'), but('broken')]],
    ])('stays if the source %s', async (_, events) => {
      const { deleted, looks } = await run({ events: [...read('a', 'b'), ...events], own: earlier });
      expect([deleted, looks]).toEqual([[], []]);
    });

    it('stays if no other of its namespace could be read', async () => {
      const { deleted, looks, report } = await run({
        events: [pipelineEvent('x', { namespace: 'elsewhere' }), broken('broken'), but('broken')],
        own: [own('broken'), own('gone')],
      });
      expect([deleted, looks]).toEqual([[], []]);
      expect(report.warnings).toMatchObject([{ ref: 'gone' }]);
    });

    it('does not go with too many others: those that can not be read are not among the missing', async () => {
      const many = Array.from({ length: 6 }, (_, index) => `g${index}`);
      const { deleted, report } = await run({
        events: [...read('a', 'b'), broken('broken'), but('broken')],
        own: [own('a'), own('b'), own('broken'), ...many.map((name) => own(name))],
      });
      expect(deleted).toEqual([]);
      expect(report.failed).toMatchObject([{ message: expect.stringContaining('6 of 9 pipelines') }]);
    });
  });

  it('stays when the read broke off after the listing', async () => {
    const connector = fakeConnector(async function* () {
      yield* read('a');
      yield listed();
      throw new Error('the source is gone');
    });
    const sink = fakeSink({ own: [own('a'), own('gone')] });
    const report = await ingest(optionsFor(Object.assign(connector, { exists: async () => 'absent' as const }), sink));
    expect(report.outcome).toBe('failed');
    expect(sink.deleted).toEqual([]);
  });

  it('stays without a word when the connector can not be asked for single ones', async () => {
    const sink = fakeSink({ own: [own('a'), own('gone')] });
    const report = await ingest(optionsFor(fakeConnector([...read('a'), listed()]), sink));
    expect([sink.deleted, report.warnings]).toEqual([[], []]);
  });

  it.each<[string, Connector['exists'], string]>([
    ['is there all the same', async () => 'present', 'the source did not list it, but has it'],
    ['may not be looked at', async () => Promise.reject(new Error('403 Forbidden')), '403 Forbidden'],
    ['can not be told', async () => 'unknown', 'the source can not tell'],
    ['is as absent as one that was just listed', async () => 'absent', 'does not find a either'],
  ])('stays when it %s, with a warning', async (_, exists, message) => {
    const { deleted, report } = await run({
      events: [...read('a'), listed()],
      own: [own('a'), own('gone')],
      exists,
    });
    expect(deleted).toEqual([]);
    expect(report.outcome).toBe('done');
    expect(report.warnings).toEqual([{ ref: 'gone', count: 1, message: expect.stringContaining(message) }]);
    expect(report.warnings[0]?.message).toContain('not deleted');
  });

  it('stays when only the first of two looks finds it gone', async () => {
    let looks = 0;
    const { deleted } = await run({
      events: [...read('a'), listed()],
      own: [own('a'), own('gone')],
      exists: async ({ name }) => {
        if (name === 'a') return 'present';
        looks += 1;
        return looks === 1 ? 'absent' : 'present';
      },
    });
    expect(deleted).toEqual([]);
  });

  it('stays when nothing else of its namespace was read: that may be hidden, or renamed', async () => {
    const { deleted, looks, report } = await run({
      events: [...read('a', 'b', 'c'), pipelineEvent('renamed', { namespace: 'squad' }), listed()],
      own: [own('a'), own('old', { namespace: 'crew' })],
    });
    expect([deleted, looks]).toEqual([[], []]);
    expect(report.outcome).toBe('done');
    expect(report.warnings).toEqual([
      {
        ref: 'old',
        count: 1,
        message: expect.stringContaining('neither is any other pipeline of crew'),
        hint: expect.stringContaining('--allow-mass-delete'),
      },
    ]);
  });

  it('without a namespace stays by the same rule', async () => {
    const { namespace: _, ...rootless } = own('old');
    const { deleted, report } = await run({ events: [...read('a'), listed()], own: [own('a'), rootless] });
    expect(deleted).toEqual([]);
    expect(report.warnings[0]?.message).toContain('neither is any other pipeline: it was not deleted');
  });

  it('is looked for with its link, and so is the one next to it', async () => {
    const looks: EarlierPipeline[] = [];
    const gone = own('gone', { sourceUrl: 'https://kestra.example.com/gone' });
    await run({
      events: [pipelineEvent('a', { namespace: 'team', sourceUrl: 'https://kestra.example.com/a' }), listed()],
      own: [gone],
      exists: async (pipeline) => {
        looks.push(pipeline);
        return pipeline.name === 'gone' ? 'absent' : 'present';
      },
    });
    const neighbour = { name: 'a', namespace: 'team', sourceUrl: 'https://kestra.example.com/a' };
    expect(looks).toMatchObject([gone, neighbour, gone]);
    expect(looks[1]).toStrictEqual(neighbour);
  });

  it('stays when it came from another source, which may fill the same service', async () => {
    const { deleted, report } = await run({
      events: [...read('a'), listed()],
      own: [own('a'), own('gone'), ...Array.from({ length: 50 }, (_, index) => own(`theirs${index}`))],
      owns: async ({ name }) => !name.startsWith('theirs'),
    });
    expect(deleted).toEqual(['kestra.gone']);
    expect(report.outcome).toBe('done');
    expect(report.warnings).toMatchObject([
      { ref: 'kestra', count: 50, message: expect.stringContaining('another source') },
    ]);
  });

  it('is counted as failed when the catalog refuses', async () => {
    const connector = Object.assign(fakeConnector([...read('a'), listed()]), {
      exists: async ({ name }: EarlierPipeline) => (name === 'a' ? ('present' as const) : ('absent' as const)),
    });
    const sink = fakeSink({ own: [own('gone')] });
    const refusing = {
      ...sink,
      removePipeline: async () => ({
        outcome: 'failed' as const,
        findings: [{ ref: 'kestra.gone', message: 'operations [Delete] not allowed' }],
      }),
    };
    const report = await ingest(optionsFor(connector, refusing));
    expect(report.outcome).toBe('partial');
    expect(report.totals.pipelines).toMatchObject({ removed: 0, failed: 1 });
    expect(report.failed).toMatchObject([{ message: 'operations [Delete] not allowed' }]);
  });
});

describe('many pipelines at once', () => {
  const names = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
  const of = (present: number, gone: number, options: Case['options'] = {}) =>
    run({
      events: [...read(...names(present, 'p')), listed()],
      own: [...names(present, 'p'), ...names(gone, 'g')].map((name) => own(name)),
      options,
    });

  it.each([
    ['five, though they are most of all', 1, 5],
    ['a fifth, though they are many', 40, 10],
  ])('go when they are %s', async (_, present, gone) => {
    const { deleted, report } = await of(present, gone);
    expect([deleted.length, report.outcome]).toEqual([gone, 'done']);
  });

  it('stay when they are more, and the run is not whole', async () => {
    const { deleted, looks, report } = await of(20, 6);
    expect([deleted, looks]).toEqual([[], []]);
    expect(report.outcome).toBe('partial');
    expect(report.failed).toEqual([
      {
        ref: 'kestra',
        count: 1,
        message:
          '6 of 26 pipelines of earlier runs are not in the source any more, which is too many at once: none was deleted',
        hint: expect.stringContaining('--allow-mass-delete'),
      },
    ]);
  });

  it('stay when nothing was listed, be they ever so few', async () => {
    const { deleted, report } = await of(0, 1);
    expect([deleted, report.outcome]).toEqual([[], 'partial']);
    expect(report.failed).toMatchObject([{ message: expect.stringContaining('no pipeline of the source was read') }]);
  });

  it.each([
    ['many', 20, 6],
    ['all', 0, 3],
  ])('go when they are %s and that is allowed; each is looked for all the same', async (_, present, gone) => {
    const { deleted, looks, report } = await of(present, gone, { allowMassDelete: true });
    expect([deleted.length, report.outcome]).toEqual([gone, 'done']);
    expect(looks.filter((name) => name === 'g0')).toHaveLength(2);
  });

  it('stay where that is allowed and a look fails', async () => {
    const { deleted, report } = await run({
      events: [listed()],
      own: [own('a'), own('b')],
      exists: async ({ name }) => (name === 'a' ? 'present' : Promise.reject(new Error('503'))),
      options: { allowMassDelete: true },
    });
    expect(deleted).toEqual([]);
    expect(report.warnings.map(({ ref }) => ref)).toEqual(expect.arrayContaining(['a', 'b']));
  });
});
