import { type SourceEvent, VerdictError } from '@flowmeta/connector';
import { describe, expect, it } from 'vitest';
import { ingest, type Progress } from '../src/index.js';
import { fakeConnector, fakeSink, noon, optionsFor, pipelineEvent, runEvent } from './fakes.js';

const edge = (from: string, to: string, description = 'trigger'): SourceEvent => ({
  kind: 'lineage',
  edge: { from: { kind: 'pipeline', name: from }, to: { kind: 'pipeline', name: to }, description },
});

describe('a run in which all goes well', () => {
  it('writes pipelines, then their runs, then edges, and counts them', async () => {
    const sink = fakeSink({ latency: 1 });
    const connector = fakeConnector([
      edge('a.x', 'a.y'),
      pipelineEvent('a.x', { displayName: 'x', namespace: 'a', labels: [{ key: 'team', value: 'data' }] }),
      pipelineEvent('a.y'),
      { kind: 'listed', scope: {} },
      runEvent('a.x', 'r1', { startedAt: noon }),
      runEvent('a.y', 'r2', { startedAt: noon + 5, state: 'failed' }),
      runEvent('a.x', 'r3', { startedAt: noon + 9 }),
      { kind: 'checkpoint', cursor: { at: noon } },
    ]);
    const report = await ingest(optionsFor(connector, sink, { runId: 'run-1' }));

    expect(report).toMatchObject({ formatVersion: 1, runId: 'run-1', outcome: 'done', dryRun: false });
    expect(report.totals).toMatchObject({
      pipelines: { read: 2, created: 2, skipped: 0, failed: 0 },
      runs: { read: 3, created: 3 },
      edges: { read: 1, created: 1 },
    });
    expect(sink.violations).toEqual([]);
    expect(sink.calls.at(-1)).toBe('edge kestra.a.x kestra.a.y');
    expect(report.pipelines[0]).toMatchObject({
      name: 'a.x',
      displayName: 'x',
      namespace: 'a',
      fqn: 'kestra.a.x',
      outcome: 'created',
      labels: [{ key: 'team', value: 'data' }],
      runs: { read: 2, written: 2, unchanged: 0, failed: 0, byState: { succeeded: 2 } },
    });
    expect(report.pipelines[0]?.runs.latest.map(({ id }) => id)).toEqual(['r3', 'r1']);
    expect(report.target).toEqual({ kind: 'openmetadata', description: 'a catalog in memory', service: 'kestra' });
    expect([report.skipped, report.failed, report.warnings]).toEqual([[], [], []]);
  });

  it('finds everything unchanged the second time', async () => {
    const sink = fakeSink();
    const events = [pipelineEvent('a'), runEvent('a', 'r1'), runEvent('a', 'r2', { startedAt: noon + 1 })];
    await ingest(optionsFor(fakeConnector(events), sink));
    const { totals } = await ingest(optionsFor(fakeConnector(events), sink));
    expect(totals.pipelines).toMatchObject({ created: 0, unchanged: 1 });
    expect(totals.runs).toMatchObject({ created: 0, unchanged: 2 });
  });

  it('names the ten newest runs of a pipeline, whatever order they come in', async () => {
    const starts = Array.from({ length: 25 }, (_, index) => noon + ((index * 7) % 25));
    const events = [
      pipelineEvent('a'),
      ...starts.map((startedAt) => runEvent('a', `r${startedAt - noon}`, { startedAt })),
    ];
    const report = await ingest(optionsFor(fakeConnector(events), fakeSink()));
    const newest = Array.from({ length: 10 }, (_, index) => `r${24 - index}`);
    expect(report.pipelines[0]?.runs.latest.map(({ id }) => id)).toEqual(newest);
  });

  it('makes one edge of several between the same ends, the same in every run', async () => {
    const events = [pipelineEvent('a'), pipelineEvent('b')];
    const forth = fakeSink();
    const back = fakeSink();
    await ingest(optionsFor(fakeConnector([...events, edge('a', 'b', 'one'), edge('a', 'b', 'two')]), forth));
    await ingest(optionsFor(fakeConnector([...events, edge('a', 'b', 'two'), edge('a', 'b', 'one')]), back));
    expect(forth.edges).toHaveLength(1);
    expect(forth.edges).toEqual(back.edges);
  });

  it('leaves lineage alone when it is told to', async () => {
    const sink = fakeSink();
    const events = [pipelineEvent('a'), pipelineEvent('b'), edge('a', 'b')];
    await ingest(optionsFor(fakeConnector(events), sink, { includeLineage: false }));
    expect(sink.edges).toEqual([]);
  });

  it('warns when the source has nothing, and tells filtered from empty', async () => {
    const empty = await ingest(optionsFor(fakeConnector([]), fakeSink()));
    expect(empty.outcome).toBe('done');
    expect(empty.warnings[0]?.message).toBe('the source has no pipelines');
    const filtered = await ingest(
      optionsFor(fakeConnector([{ kind: 'filtered', item: 'pipeline', ref: 'a', reason: 'pattern' }]), fakeSink()),
    );
    expect(filtered.warnings[0]?.message).toBe('every pipeline of the source was filtered out');
  });
});

describe('progress', () => {
  it('names each phase and reports about four times a second at most', async () => {
    let clock = noon;
    const seen: Progress[] = [];
    const events = [
      pipelineEvent('a'),
      ...Array.from({ length: 1000 }, (_, index) => runEvent('a', `r${index}`, { startedAt: noon + index })),
    ];
    await ingest(
      optionsFor(fakeConnector(events), fakeSink(), {
        now: () => {
          clock += 1;
          return clock;
        },
        onProgress: (progress) => seen.push(progress),
      }),
    );
    expect([...new Set(seen.map(({ phase }) => phase))]).toEqual(['opening', 'pipelines', 'runs', 'lineage', 'done']);
    const span = seen.at(-1)!.elapsed - seen[0]!.elapsed;
    expect(seen.length).toBeLessThanOrEqual(span / 250 + 5);
    expect(seen.length).toBeGreaterThan(6);
    expect(seen.at(-1)).toMatchObject({ phase: 'done', pipelines: 1, runs: 1000, writes: 1001 });
  });
});

describe('one item that goes wrong', () => {
  it('reports what the source could not read, with equal messages as one finding', async () => {
    const unreadable = (ref: string): SourceEvent => ({
      kind: 'skipped',
      ref,
      error: new VerdictError('its plugin is missing', { verdict: 'skip', hint: 'Install it.' }),
    });
    const report = await ingest(
      optionsFor(
        fakeConnector([
          ...['a', 'b', 'c', 'd', 'a'].map(unreadable),
          pipelineEvent('x'),
          { kind: 'listed', scope: {} },
          { kind: 'skipped', ref: 'r9', error: new Error('no JSON') },
          { kind: 'warning', message: 'an unknown state' },
          { kind: 'filtered', item: 'run', ref: 'r1', reason: 'no flow' },
        ]),
        fakeSink(),
      ),
    );
    expect(report.outcome).toBe('partial');
    expect(report.skipped).toEqual([
      { ref: 'a, b, c, …', message: 'its plugin is missing', hint: 'Install it.', count: 5 },
      { ref: 'r9', message: 'no JSON', count: 1 },
    ]);
    expect(report.totals.pipelines).toMatchObject({ read: 1, created: 1, skipped: 5 });
    expect(report.totals.runs).toMatchObject({ skipped: 1, filtered: 1 });
    expect(report.warnings).toEqual([{ ref: 'source', message: 'an unknown state', count: 1 }]);
  });

  it('leaves out the runs and edges of a pipeline that the catalog refused, and goes on', async () => {
    const sink = fakeSink({
      writePipeline: ({ pipeline }) =>
        pipeline === 'bad' ? { outcome: 'failed', findings: [{ ref: 'bad', message: 'refused: 400' }] } : undefined,
    });
    const events = [
      pipelineEvent('bad'),
      pipelineEvent('good'),
      edge('bad', 'good'),
      runEvent('bad', 'r1'),
      runEvent('bad', 'r2'),
      runEvent('good', 'r3'),
      runEvent('nowhere', 'r4'),
    ];
    const report = await ingest(optionsFor(fakeConnector(events), sink));
    expect(report.outcome).toBe('partial');
    expect(report.failed).toEqual([{ ref: 'bad', message: 'refused: 400', count: 1 }]);
    expect(report.totals.runs).toMatchObject({ read: 4, created: 1, skipped: 3 });
    expect(report.totals.edges).toMatchObject({ read: 1, skipped: 1 });
    expect(report.skipped.map(({ ref, count }) => [ref, count])).toContainEqual(['bad', 2]);
    expect(report.pipelines.find(({ name }) => name === 'bad')).toMatchObject({ outcome: 'failed', runs: { read: 2 } });
    expect(sink.calls.filter((call) => call.startsWith('statuses bad'))).toEqual([]);
  });

  it('leaves a pipeline alone that a person deleted, without calling that a loss', async () => {
    const sink = fakeSink({ writePipeline: () => ({ outcome: 'kept', fqn: 'kestra.a', findings: [] }) });
    const report = await ingest(optionsFor(fakeConnector([pipelineEvent('a'), runEvent('a', 'r1')]), sink));
    expect(report.outcome).toBe('done');
    expect(report.totals).toMatchObject({ pipelines: { filtered: 1 }, runs: { read: 1, filtered: 1 } });
  });

  it.each<[string, () => never, boolean]>([
    [
      'without a verdict',
      () => {
        throw new Error('odd');
      },
      false,
    ],
    [
      'with the verdict retry',
      () => {
        throw new VerdictError('odd', { verdict: 'retry' });
      },
      false,
    ],
    [
      'with the verdict fatal',
      () => {
        throw new VerdictError('odd', { verdict: 'fatal' });
      },
      true,
    ],
  ])('survives a sink that throws %s', async (_, fail, ends) => {
    for (const broken of ['writePipeline', 'writeStatuses', 'writeEdge'] as const) {
      const thrown: unknown[] = [];
      const events = [pipelineEvent('a'), pipelineEvent('b'), runEvent('a', 'r1'), edge('a', 'b')];
      const sink = fakeSink({ [broken]: fail });
      const report = await ingest(optionsFor(fakeConnector(events), sink, { onFatal: (error) => thrown.push(error) }));
      expect(report.outcome).toBe(ends ? 'failed' : 'partial');
      expect(ends ? report.error?.message : report.failed[0]?.message).toBe('odd');
      expect(thrown).toHaveLength(ends ? 1 : 0);
    }
  });

  it('counts a refusal without a reason as a loss all the same', async () => {
    const sink = fakeSink({ writeStatuses: () => ({ created: 0, updated: 0, unchanged: 0, failed: 1, findings: [] }) });
    const report = await ingest(optionsFor(fakeConnector([pipelineEvent('a'), runEvent('a', 'r1')]), sink));
    expect(report.outcome).toBe('partial');
    expect(report.totals.runs.failed).toBe(1);
  });

  it('takes the first of two pipelines with one name and says so', async () => {
    const sink = fakeSink();
    const events = [pipelineEvent('a', { displayName: 'first' }), pipelineEvent('a', { displayName: 'second' })];
    const report = await ingest(optionsFor(fakeConnector(events), sink));
    expect(report.totals.pipelines).toMatchObject({ read: 1, created: 1, skipped: 1 });
    expect(sink.pipelines.get('a')?.body.displayName).toBe('first');
    expect(report.outcome).toBe('partial');
  });
});

describe('an end before its time', () => {
  it('still writes what a source had yielded when it breaks off, and says why it ended', async () => {
    const sink = fakeSink();
    const broken = async function* (): AsyncGenerator<SourceEvent> {
      yield pipelineEvent('a');
      yield runEvent('a', 'r1');
      throw new VerdictError('the server went away', { verdict: 'fatal', hint: 'Start it.' });
    };
    const report = await ingest(optionsFor(fakeConnector(broken), sink));
    expect(report.outcome).toBe('failed');
    expect(report.error).toEqual({ ref: 'run', message: 'the server went away', hint: 'Start it.', count: 1 });
    expect(sink.statuses.get('a')?.size).toBe(1);
  });

  it('reports a sink that does not open, and lets the source go at its first event', async () => {
    let ended = false;
    const source = async function* (): AsyncGenerator<SourceEvent> {
      try {
        yield pipelineEvent('a');
        yield pipelineEvent('b');
      } finally {
        ended = true;
      }
    };
    const connector = fakeConnector(source);
    const sink = fakeSink({ open: () => Promise.reject(new VerdictError('no such host', { verdict: 'fatal' })) });
    const report = await ingest(optionsFor(connector, sink));
    expect(report).toMatchObject({ outcome: 'failed', error: { message: 'no such host' } });
    expect(connector.yielded).toBe(1);
    expect(ended).toBe(true);
  });

  it('does not open the sink for a source that cannot be read', async () => {
    let opened = false;
    const sink = fakeSink({
      open: async () => {
        opened = true;
      },
    });
    // biome-ignore lint/correctness/useYield: it fails before it could
    const refused = async function* (): AsyncGenerator<SourceEvent> {
      throw new VerdictError('wrong password', { verdict: 'fatal' });
    };
    const report = await ingest(optionsFor(fakeConnector(refused), sink));
    expect(report).toMatchObject({ outcome: 'failed', error: { message: 'wrong password' } });
    expect(opened).toBe(false);
  });

  it('is no whole run when the sink says that something was lost', async () => {
    const finding = { ref: 'tag team', message: 'Left out: 500', lost: true as const };
    const sink = fakeSink();
    sink.summary = () => ({ tagsCreated: 0, findings: [finding] });
    const report = await ingest(optionsFor(fakeConnector([pipelineEvent('a')]), sink));
    expect(report).toMatchObject({ outcome: 'partial', failed: [{ ref: 'tag team', message: 'Left out: 500' }] });
  });

  it('starts no write after an interrupt, lets those under way end, and says so', async () => {
    const controller = new AbortController();
    const sink = fakeSink({ latency: 20 });
    const endless = async function* (): AsyncGenerator<SourceEvent> {
      for (let index = 0; ; index += 1) {
        yield pipelineEvent(`p${index}`);
        if (index === 20) controller.abort(new Error('SIGINT'));
      }
    };
    const report = await ingest(
      optionsFor(fakeConnector(endless), sink, { signal: controller.signal, concurrency: 2 }),
    );
    expect(report.outcome).toBe('interrupted');
    expect(report.error).toBeUndefined();
    expect(report.totals.pipelines.created).toBe(sink.pipelines.size);
    const atEnd = sink.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(sink.calls).toHaveLength(atEnd);
  });

  it('does not wait for a source that ignores the interrupt', async () => {
    const controller = new AbortController();
    const stuck = async function* (): AsyncGenerator<SourceEvent> {
      yield pipelineEvent('a');
      setTimeout(() => controller.abort(), 5);
      await new Promise(() => undefined);
    };
    const report = await ingest(optionsFor(fakeConnector(stuck), fakeSink(), { signal: controller.signal }));
    expect(report.outcome).toBe('interrupted');
  });
});

describe('back-pressure', () => {
  it('keeps the source waiting while all writes are busy', async () => {
    const sink = fakeSink({ latency: 2 });
    let ahead = 0;
    let written = 0;
    const connector = fakeConnector(async function* (): AsyncGenerator<SourceEvent> {
      for (let index = 0; index < 200; index += 1) {
        ahead = Math.max(ahead, index - sink.pipelines.size);
        yield pipelineEvent(`p${index}`);
      }
      written = sink.pipelines.size;
    });
    await ingest(optionsFor(connector, sink, { concurrency: 4 }));
    expect(sink.mostUnderWay()).toBe(4);
    expect(ahead).toBeLessThanOrEqual(5);
    expect(written).toBeGreaterThan(190);
  });

  it('asks for one write of statuses per pipeline where runs of many pipelines are mixed', async () => {
    const sink = fakeSink();
    const names = Array.from({ length: 500 }, (_, index) => `p${index}`);
    const events = function* (): Generator<SourceEvent> {
      for (const name of names) yield pipelineEvent(name);
      for (let round = 0; round < 20; round += 1) {
        for (const name of names) yield runEvent(name, `${name}-${round}`, { startedAt: noon + round * 1000 });
      }
    };
    const { totals } = await ingest(optionsFor(fakeConnector(events()), sink));
    expect(totals.runs.created).toBe(10_000);
    expect(sink.calls.filter((call) => call.startsWith('statuses'))).toHaveLength(500);
    expect(sink.violations).toEqual([]);
  });

  it('says so when more runs of a pipeline start at once than it can hold', async () => {
    const events = function* (count: number): Generator<SourceEvent> {
      yield pipelineEvent('a');
      for (let index = 0; index < count; index += 1) yield runEvent('a', `r${index}`, { startedAt: noon });
    };
    const few = await ingest(optionsFor(fakeConnector(events(9000)), fakeSink()));
    expect([few.outcome, few.totals.runs.created]).toEqual(['done', 9000]);
    const many = await ingest(optionsFor(fakeConnector(events(11_000)), fakeSink()));
    expect([many.outcome, many.skipped]).toMatchObject([
      'partial',
      [{ ref: 'a', message: 'so many of its runs start at once that some may be written over others' }],
    ]);
  });
});
