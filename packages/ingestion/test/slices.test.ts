import type { Connector, ReadOptions, SourceEvent } from '@flowmeta/connector';
import { VerdictError } from '@flowmeta/connector';
import { describe, expect, it } from 'vitest';
import { type EndedSlice, ingest } from '../src/index.js';
import { fakeConnector, fakeSink, noon, optionsFor, pipelineEvent, runEvent } from './fakes.js';

const windows = [
  { since: noon, until: noon + 10 },
  { since: noon - 10, until: noon },
];
const checkpoint: SourceEvent = { kind: 'checkpoint', cursor: { at: noon } };

/** Answers a read of pipelines with `definitions`, and one of a window with what `runs` has at its start. */
function slicedConnector(definitions: SourceEvent[], runs: Record<number, SourceEvent[] | Error>) {
  const asked: ReadOptions[] = [];
  const connector: Connector = {
    ...fakeConnector([]),
    async *read(options) {
      asked.push(options);
      if (options.pipelines !== false) return yield* definitions;
      const events = runs[options.since] ?? [];
      if (events instanceof Error) throw events;
      yield* events;
    },
  };
  return { connector, asked };
}

async function ingestSlices(
  definitions: SourceEvent[],
  runs: Record<number, SourceEvent[] | Error>,
  sink = fakeSink(),
  onEnd: (slice: EndedSlice) => Promise<void> = async () => undefined,
) {
  const { connector, asked } = slicedConnector(definitions, runs);
  const ended: EndedSlice[] = [];
  const statuses: number[] = [];
  const report = await ingest(
    optionsFor(connector, sink, {
      since: noon - 10,
      until: noon + 10,
      slices: {
        windows,
        async onEnd(slice) {
          ended.push(slice);
          statuses.push([...sink.statuses.values()].reduce((sum, each) => sum + each.size, 0));
          await onEnd(slice);
        },
      },
    }),
  );
  return { report, asked, ended, statuses, sink };
}

const listed: SourceEvent = { kind: 'listed', scope: {} };
const lateRun = runEvent('a', 'late', { startedAt: noon + 1 });
const earlyRun = runEvent('a', 'early', { startedAt: noon - 1 });

describe('a run in slices', () => {
  it('reads pipelines once, then one window after the other, each written when it ends', async () => {
    const { report, asked, ended, statuses } = await ingestSlices([pipelineEvent('a'), listed], {
      [noon]: [lateRun, checkpoint],
      [noon - 10]: [earlyRun, checkpoint],
    });
    expect(asked.map(({ runs, pipelines, lineage, since, until }) => [runs, pipelines, lineage, since, until])).toEqual(
      [
        [false, undefined, false, noon - 10, noon + 10],
        [undefined, false, false, noon, noon + 10],
        [undefined, false, false, noon - 10, noon],
      ],
    );
    expect(ended).toEqual(windows.map((window) => ({ ...window, runs: 1, isComplete: true })));
    expect(statuses).toEqual([1, 2]);
    expect(report).toMatchObject({
      outcome: 'done',
      window: { since: noon - 10, until: noon + 10 },
      totals: { pipelines: { read: 1 }, runs: { created: 2 } },
    });
    expect(report.lineage).toBeUndefined();
  });

  it.each<[string, SourceEvent[]]>([
    ['without a checkpoint', [lateRun]],
    ['with a run that could not be read', [{ kind: 'skipped', ref: 'a/x', error: new Error('no') }, checkpoint]],
    ['with a run of an unknown pipeline', [runEvent('b', 'x'), checkpoint]],
  ])('calls a slice incomplete %s, and goes on', async (_name, runs) => {
    const { report, ended } = await ingestSlices([pipelineEvent('a'), listed], {
      [noon]: runs,
      [noon - 10]: [earlyRun, checkpoint],
    });
    expect(ended.map(({ isComplete }) => isComplete)).toEqual([false, true]);
    expect(report.outcome).toBe('partial');
    expect(report.skipped.map(({ ref }) => ref)).toContain('2026-11-22T12:00:00.000Z/2026-11-22T12:00:00.010Z');
  });

  it('calls a slice incomplete whose runs the catalog refuses', async () => {
    const sink = fakeSink({
      writeStatuses: () => ({ created: 0, updated: 0, unchanged: 0, failed: 1, findings: [] }),
    });
    const { ended } = await ingestSlices(
      [pipelineEvent('a')],
      { [noon]: [lateRun, checkpoint], [noon - 10]: [checkpoint] },
      sink,
    );
    expect(ended.map(({ isComplete }) => isComplete)).toEqual([false, true]);
  });

  it('calls a slice incomplete that left out runs while a pipeline could not be read', async () => {
    const filtered: SourceEvent = { kind: 'filtered', item: 'run', ref: 'x', reason: 'its pipeline is not there' };
    const unreadable: SourceEvent = { kind: 'skipped', ref: 'b', error: new Error('no') };
    const runs = { [noon]: [lateRun, filtered, checkpoint], [noon - 10]: [earlyRun, checkpoint] };
    const broken = await ingestSlices([pipelineEvent('a'), unreadable], runs);
    expect(broken.ended.map(({ isComplete }) => isComplete)).toEqual([false, true]);
    const whole = await ingestSlices([pipelineEvent('a'), listed], runs);
    expect(whole.ended.map(({ isComplete }) => isComplete)).toEqual([true, true]);
  });

  it('ends with the error of a slice, whose end is not told', async () => {
    const gone = new VerdictError('gone', { verdict: 'fatal' });
    const { report, ended } = await ingestSlices([pipelineEvent('a')], {
      [noon]: [lateRun, checkpoint],
      [noon - 10]: gone,
    });
    expect([report.outcome, report.error?.message, ended.length]).toEqual(['failed', 'gone', 1]);
    expect(report.totals.runs.created).toBe(1);
  });

  it('ends when the end of a slice could not be taken note of', async () => {
    const { report, ended } = await ingestSlices(
      [pipelineEvent('a')],
      { [noon]: [checkpoint] },
      fakeSink(),
      async () => {
        throw new Error('no disk');
      },
    );
    expect([report.outcome, report.error?.message, ended.length]).toEqual(['failed', 'no disk', 1]);
  });

  it('saves nothing that an ordinary run goes on from, and deletes nothing', async () => {
    const { connector } = slicedConnector([listed], { [noon]: [checkpoint], [noon - 10]: [checkpoint] });
    const saved: unknown[] = [];
    const sink = fakeSink({ own: [{ fqn: 'kestra.a', name: 'a' }] as never });
    const report = await ingest(
      optionsFor({ ...connector, exists: async () => 'absent' }, sink, {
        slices: { windows, onEnd: async () => undefined },
        memory: {
          last: undefined,
          digest: (text) => text,
          save: async (remembered) => void saved.push(remembered),
          config: 'c',
          overlap: 0,
          fullEvery: 1,
          longestGap: 1,
        },
      }),
    );
    expect([saved, sink.deleted, report.totals.pipelines.removed]).toEqual([[], [], 0]);
  });
});
