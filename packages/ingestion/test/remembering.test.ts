import type { Connector, Run, SourceEvent } from '@flowmeta/connector';
import { capabilitiesFor, type PipelineDraft } from '@flowmeta/om-mapper';
import type { Remembered } from '@flowmeta/state';
import { beforeEach, describe, expect, it } from 'vitest';
import { ingest } from '../src/index.js';
import type { IngestionOptions, RunMemory } from '../src/types.js';
import { type FakeSinkOptions, fakeSink, noon, optionsFor, pipelineEvent, runEvent } from './fakes.js';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const overlap = 10 * minute;

interface Flow {
  text: string;
  degraded?: string;
  memo?: string;
}

/** What the source has, what the catalog has, and what lies in the memory between two runs. */
let flows: Map<string, Flow>;
let runs: Run[];
let edges: [from: string, to: string][];
let catalog: Map<string, { id: string; hash?: string; deleted: boolean }>;
let catalogVersion: string;
let last: Remembered | undefined;

beforeEach(() => {
  flows = new Map([
    ['a', { text: 'one' }],
    ['b', { text: 'one' }],
  ]);
  runs = [];
  edges = [];
  catalog = new Map();
  catalogVersion = '1.12.0';
  last = undefined;
});

const runOf = (pipeline: string, id: string, more: Partial<Run> = {}): Run =>
  (runEvent(pipeline, id, more) as Extract<SourceEvent, { kind: 'run' }>).run;
const open: Partial<Run> = { state: 'running', sourceState: 'RUNNING' };
/** A run that has not ended. */
function openRun(pipeline: string, id: string, startedAt: number): Run {
  const { endedAt: _, ...rest } = runOf(pipeline, id, { ...open, startedAt });
  return rest;
}

interface Session {
  /** End of the window, ms. */
  at?: number;
  memory?: Partial<RunMemory>;
  sink?: FakeSinkOptions;
  options?: Partial<IngestionOptions>;
  /** Takes the place of the events that the source yields. */
  tell?: (events: AsyncIterable<SourceEvent>) => AsyncIterable<SourceEvent>;
}

/** One run with a window of a day, against a connector that uses all that it is told. */
async function session({ at = noon, memory = {}, sink: sinkOptions = {}, options = {}, tell = (all) => all }: Session) {
  const told = { pipelines: [] as string[], unchanged: [] as string[], runs: [] as string[] };
  const asked = {
    since: Number.NaN,
    from: {} as Partial<Record<'a' | 'b' | 'c', number>>,
    memos: {} as Record<string, string>,
  };
  const connector: Connector = {
    specVersion: 1,
    name: 'fake',
    capabilities: { runs: true, lineage: true },
    async *check() {},
    read: (how) => tell(events(how)),
    async close() {},
  };
  async function* events(how: Parameters<Connector['read']>[0]): AsyncGenerator<SourceEvent> {
    asked.since = how.since;
    for (const [name, { text, degraded, memo }] of flows) {
      const known = await how.known?.(name, text);
      if (known !== undefined) {
        told.unchanged.push(name);
        if (known.memo !== undefined) asked.memos[name] = known.memo;
        const { pipeline: definition } = pipelineEvent(name) as Extract<SourceEvent, { kind: 'pipeline' }>;
        yield {
          kind: 'unchanged',
          pipeline: { name, enabled: true, tasks: known.tasks, ...(name === 'a' && { definition }) },
        };
        continue;
      }
      told.pipelines.push(name);
      const event = pipelineEvent(name, degraded === undefined ? {} : { degraded });
      yield memo === undefined ? event : ({ ...event, memo } as SourceEvent);
    }
    yield { kind: 'listed', scope: {} };
    const seen = new Set<string>();
    const tellRun = (run: Run): SourceEvent => {
      seen.add(run.id);
      told.runs.push(run.id);
      return { kind: 'run', run };
    };
    for (const name of flows.keys()) {
      const from = (await how.runsSince?.(name)) ?? how.since;
      if (how.runsSince) asked.from[name as 'a'] = from;
      const wanted = runs.filter(
        ({ pipeline, startedAt, endedAt }) =>
          pipeline === name &&
          startedAt < how.until &&
          (startedAt >= from || (how.openRuns === true && endedAt === undefined)),
      );
      for (const run of wanted) yield tellRun(run);
    }
    for (const { run: id } of how.refresh ?? []) {
      const run = runs.find((one) => one.id === id);
      if (run === undefined) yield { kind: 'gone', run: id };
      else if (!seen.has(id)) yield tellRun(run);
    }
    for (const [from, to] of edges) {
      const [one, other] = [from, to].map((name) => ({ kind: 'pipeline' as const, name }));
      yield { kind: 'lineage', edge: { from: one!, to: other!, description: 'follows' } };
    }
    yield { kind: 'linked', scope: {} };
    yield { kind: 'checkpoint', cursor: {} };
  }

  const base = fakeSink(sinkOptions);
  const written = (draft: PipelineDraft): void => {
    const before = catalog.get(draft.pipeline);
    const hash = JSON.stringify([draft.body, flows.get(draft.pipeline)?.text]);
    catalog.set(draft.pipeline, { id: before?.id ?? `id of ${draft.pipeline}`, hash, deleted: false });
  };
  const sink = {
    ...base,
    async open() {
      return { ...(await base.open()), version: catalogVersion, capabilities: capabilitiesFor('1.12.0').capabilities };
    },
    stored: async (pipeline: string) => catalog.get(pipeline),
    async writePipeline(draft: PipelineDraft) {
      const result = await base.writePipeline(draft);
      if (result.outcome !== 'failed' && result.outcome !== 'kept') written(draft);
      return result;
    },
    writeStatuses: async (name: string, batch: Parameters<typeof base.writeStatuses>[1]) =>
      sinkOptions.writeStatuses?.(name) ?? {
        ...{ created: batch.length, updated: 0, unchanged: 0, failed: 0, findings: [] },
      },
  };
  const saved: Remembered[] = [];
  const report = await ingest(
    optionsFor(connector, sink, {
      since: at - day,
      until: at,
      memory: {
        ...(last === undefined ? { last: undefined } : { last }),
        digest: (text) => `digest of ${text}`,
        save: async (remembered) => {
          last = structuredClone(remembered);
          saved.push(last);
        },
        config: 'config',
        overlap,
        fullEvery: day,
        longestGap: 7 * day,
        ...memory,
      },
      ...options,
    }),
  );
  return { report, ...told, ...asked, calls: base.calls, saved };
}

describe('the first run', () => {
  it('reads everything in the window that was asked for, and remembers it', async () => {
    runs = [runOf('a', 'r1', { startedAt: noon - hour })];
    const first = await session({});
    expect(first).toMatchObject({ since: noon - day, pipelines: ['a', 'b'], unchanged: [], runs: ['r1'], from: {} });
    expect(last).toMatchObject({ config: 'config', watermark: noon, fullAt: noon });
    expect(last?.pipelines.get('a')).toMatchObject({ id: 'id of a', tasks: [['load']], runs: true });
    expect(last?.openRuns.size).toBe(0);
  });

  it('remembers the pipelines that are written by the time of the first run', async () => {
    runs = [runOf('a', 'r1', { startedAt: noon - hour })];
    const { saved } = await session({
      tell: async function* (events) {
        for await (const event of events) {
          while (event.kind === 'listed' && catalog.size < 2) await new Promise(setImmediate);
          yield event;
        }
      },
    });
    expect(saved).toHaveLength(2);
    expect([...saved[0]!.pipelines.keys()]).toEqual(['a', 'b']);
    expect(Object.keys(saved[0]!).sort()).toEqual(['config', 'openRuns', 'pipelines']);
  });

  it('is one without a promise of the source that it has told all: the window stays open', async () => {
    await session({
      tell: async function* (events) {
        for await (const event of events) if (event.kind !== 'checkpoint') yield event;
      },
    });
    expect(last?.watermark).toBeUndefined();
    expect(last?.pipelines.get('a')?.runs).toBeUndefined();
    expect(last?.pipelines.get('a')?.definition).toBeDefined();
  });
});

describe('a pipeline', () => {
  it('that is as it was, here and there, is not read again', async () => {
    await session({});
    const { pipelines, unchanged, report, calls } = await session({ at: noon + hour });
    expect([pipelines, unchanged]).toEqual([[], ['a', 'b']]);
    expect(report.totals.pipelines).toMatchObject({ read: 2, unchanged: 2 });
    expect(calls.filter((call) => call.startsWith('pipeline'))).toEqual([]);
    // The report tells of it what the source can tell.
    const { pipeline: a } = pipelineEvent('a') as Extract<SourceEvent, { kind: 'pipeline' }>;
    expect(report.pipelines[0]).toMatchObject({ outcome: 'unchanged', edges: a.edges, labels: a.labels });
    expect(report.pipelines.map(({ tasks }) => tasks.map(({ name, type }) => [name, type]))).toEqual([
      a.tasks.map(({ name, type }) => [name, type]),
      a.tasks.map(({ name }) => [name, undefined]),
    ]);
    // And so on in the run after that.
    expect((await session({ at: noon + 2 * hour })).unchanged).toEqual(['a', 'b']);
  });

  it.each<[string, () => void]>([
    ['its definition changed', () => flows.set('a', { text: 'two' })],
    ['somebody deleted it in the catalog', () => catalog.delete('a')],
    ['somebody soft-deleted it in the catalog', () => catalog.set('a', { ...catalog.get('a')!, deleted: true })],
    ['it was made anew in the catalog', () => catalog.set('a', { ...catalog.get('a')!, id: 'another' })],
    ['somebody changed it in the catalog', () => catalog.set('a', { ...catalog.get('a')!, hash: 'another' })],
    ['it has no hash in the catalog', () => catalog.set('a', { id: catalog.get('a')!.id, deleted: false })],
  ])('is read again when %s', async (_, change) => {
    await session({});
    change();
    const { pipelines, unchanged } = await session({ at: noon + hour });
    expect([pipelines, unchanged]).toEqual([['a'], ['b']]);
  });

  it('is read again when the catalog has another version, which may get another body', async () => {
    await session({});
    catalogVersion = '1.13.0';
    expect((await session({ at: noon + hour })).pipelines).toEqual(['a', 'b']);
    expect((await session({ at: noon + 2 * hour })).pipelines).toEqual([]);
  });

  it('is read again as long as it is degraded', async () => {
    flows.set('a', { text: 'one', degraded: 'a plugin is missing' });
    await session({});
    expect((await session({ at: noon + hour })).pipelines).toEqual(['a']);
    expect(last?.pipelines.get('a')?.definition).toBeUndefined();
    expect(last?.pipelines.get('a')?.id).toBe('id of a');
  });

  it('is read again when its write left something to say', async () => {
    const findings = [{ ref: 'a', message: 'its owner is not known' }];
    await session({
      sink: {
        writePipeline: ({ pipeline }) =>
          pipeline === 'a' ? { outcome: 'created', fqn: 'kestra.a', findings } : undefined,
      },
    });
    expect((await session({ at: noon + hour })).pipelines).toEqual(['a']);
  });

  it.each(['failed', 'kept'] as const)('is not remembered when its write %s', async (outcome) => {
    catalog.set('a', { id: 'of a person', hash: 'h', deleted: false });
    await session({
      sink: { writePipeline: ({ pipeline }) => (pipeline === 'a' ? { outcome, findings: [] } : undefined) },
    });
    expect([...last!.pipelines.keys()]).toEqual(['b']);
  });

  it('without a hash in the catalog is remembered, but never called unchanged', async () => {
    const sink: FakeSinkOptions = {};
    await session({ sink });
    for (const [name, { id }] of catalog) catalog.set(name, { id, deleted: false });
    last = {
      ...last!,
      pipelines: new Map([...last!.pipelines].map(([name, { hash: _, ...rest }]) => [name, rest])),
    };
    expect((await session({ at: noon + hour })).unchanged).toEqual([]);
  });

  it('gets back what the connector wanted to know again, for as long as it is unchanged', async () => {
    flows.set('a', { text: 'one', memo: 'touches tables' });
    await session({});
    expect((await session({ at: noon + hour })).memos).toEqual({ a: 'touches tables' });
    expect((await session({ at: noon + 2 * hour })).memos).toEqual({ a: 'touches tables' });
    flows.set('a', { text: 'two' });
    await session({ at: noon + 3 * hour });
    expect((await session({ at: noon + 4 * hour })).memos).toEqual({});
  });

  it('has its runs mapped to the tasks that were remembered', async () => {
    await session({});
    expect(last?.pipelines.get('a')?.tasks).toEqual([['load']]);
    last = {
      ...last!,
      pipelines: new Map(last!.pipelines).set('a', { ...last!.pipelines.get('a')!, tasks: [['load', 'legal']] }),
    };
    runs = [runOf('a', 'r1', { startedAt: noon + minute })];
    const { report, unchanged } = await session({ at: noon + hour });
    expect(unchanged).toContain('a');
    expect(report.totals.runs).toMatchObject({ read: 1, created: 1, failed: 0 });
  });

  it('that the source no longer lists is forgotten', async () => {
    runs = [openRun('a', 'r1', noon - hour)];
    await session({});
    expect([...last!.openRuns.keys()]).toEqual(['r1']);
    flows.delete('a');
    runs = [];
    await session({ at: noon + hour });
    expect([...last!.pipelines.keys()]).toEqual(['b']);
    expect(last?.openRuns.size).toBe(0);
  });
});

describe('everything is read in full', () => {
  const later = noon + hour;
  it.each<[string, Session, () => void]>([
    ['when it is asked for', { memory: { full: true } }, () => {}],
    ['when the config or the program changed', { memory: { config: 'another' } }, () => {}],
    ['when the last full pass is as long ago as it may be', { memory: { fullEvery: hour } }, () => {}],
    ['when there was no full pass yet', {}, () => delete (last as { fullAt?: number }).fullAt],
    [
      'when the watermark lies in the future',
      {},
      () => {
        last = { ...last!, watermark: later + overlap + 1 };
      },
    ],
    [
      'when the last full pass lies in the future',
      {},
      () => {
        last = { ...last!, fullAt: later + overlap + 1 };
      },
    ],
  ])('%s', async (_, how, change) => {
    await session({});
    change();
    const { pipelines, from, since } = await session({ at: later, ...how });
    expect(pipelines).toEqual(['a', 'b']);
    // Over the whole window, so nothing has to be asked for on its own.
    expect([from, since]).toEqual([{}, later - day]);
    expect(last?.fullAt).toBe(later);
  });

  it.each<[string, Session, () => void]>([
    ['before the last full pass is so long ago', { memory: { fullEvery: hour + 1 } }, () => {}],
    [
      'when clocks differ by no more than the overlap',
      {},
      () => {
        last = { ...last!, watermark: later + overlap, fullAt: later + overlap };
      },
    ],
  ])('not %s', async (_, how, change) => {
    await session({});
    change();
    const { unchanged } = await session({ at: later, ...how });
    expect(unchanged).toEqual(['a', 'b']);
    expect(last?.fullAt).not.toBe(later);
  });

  it('from where the last run ended, if that is before the window', async () => {
    await session({});
    const { since } = await session({ at: noon + 3 * day });
    expect(since).toBe(noon - overlap);
  });

  it('by an exact window too, which is not the full pass that is due', async () => {
    await session({});
    const { since, pipelines } = await session({ at: noon + 3 * day, memory: { exact: true, full: true } });
    expect([since, pipelines]).toEqual([noon + 2 * day, ['a', 'b']]);
    expect(last?.fullAt).toBe(noon);
  });
});

describe('the window of runs', () => {
  const next = async (how: Session) => (await session(how)).since;

  it('starts where the last one ended, and a little before', async () => {
    await session({});
    expect(await next({ at: noon + hour })).toBe(noon - overlap);
    expect(last?.watermark).toBe(noon + hour);
  });

  it('closes a gap, but none that is too long', async () => {
    const memory = { fullEvery: 365 * day };
    await session({});
    expect(await next({ at: noon + 6 * day, memory })).toBe(noon - overlap);
    expect(await next({ at: noon + 60 * day, memory })).toBe(noon + 53 * day);
    // A window that is longer than that is what was asked for.
    const options = { since: noon };
    expect(await next({ at: noon + 120 * day, memory, options })).toBe(noon + 60 * day - overlap);
  });

  it('never starts before 1970', async () => {
    await session({ at: 5 * minute });
    expect(await next({ at: 6 * minute })).toBe(0);
  });

  it('is exact where that is asked for; the gap that it leaves stays one', async () => {
    await session({});
    const memory = { exact: true };
    expect(await next({ at: noon + 10 * day, memory })).toBe(noon + 9 * day);
    expect(last?.watermark).toBe(noon);
    expect(await next({ at: noon + day, memory })).toBe(noon);
    expect(last?.watermark).toBe(noon + day);
  });

  it('that is exact leaves no gap where nothing is remembered', async () => {
    await session({ memory: { exact: true } });
    expect(last?.watermark).toBe(noon);
    expect(last?.fullAt).toBeUndefined();
  });

  it('is the whole one for a pipeline that is new or was made anew, and no other', async () => {
    await session({});
    flows.set('c', { text: 'one' });
    catalog.set('a', { ...catalog.get('a')!, id: 'another' });
    const at = noon + hour;
    const { from } = await session({ at });
    expect(from).toEqual({ a: at - day, b: noon - overlap, c: at - day });
    // By then they have all of it.
    const after = await session({ at: at + hour });
    expect(after.from).toEqual({ a: at - overlap, b: at - overlap, c: at - overlap });
  });

  it('is not the whole one for a pipeline that a person deleted, whose runs nobody can write', async () => {
    await session({});
    catalog.set('a', { ...catalog.get('a')!, deleted: true });
    const sink: FakeSinkOptions = {
      writePipeline: ({ pipeline }) => (pipeline === 'a' ? { outcome: 'kept', findings: [] } : undefined),
    };
    expect((await session({ at: noon + hour, sink })).from.a).toBe(noon - overlap);
  });

  it('is the whole one for a pipeline of which a run was refused, until none is', async () => {
    runs = [runOf('a', 'r1', { startedAt: noon - hour }), runOf('b', 'r2', { startedAt: noon - hour })];
    const refused = { created: 0, updated: 0, unchanged: 0, failed: 1, findings: [{ ref: 'a', message: 'no' }] };
    await session({ sink: { writeStatuses: (name) => (name === 'a' ? refused : undefined) } });
    expect([last?.watermark, last?.pipelines.get('a')?.runs, last?.pipelines.get('b')?.runs]).toEqual([
      noon,
      undefined,
      true,
    ]);
    const second = await session({ at: noon + hour });
    expect(second.runs).toEqual(['r1']);
    expect(last?.pipelines.get('a')?.runs).toBe(true);
    expect((await session({ at: noon + 2 * hour })).runs).toEqual([]);
  });
});

describe('a run that was open', () => {
  it('is read again until it has ended, however old it is', async () => {
    runs = [openRun('a', 'r1', noon - hour)];
    await session({});
    expect(last?.openRuns).toEqual(new Map([['r1', { pipeline: 'a', startedAt: noon - hour, state: 'running' }]]));
    expect((await session({ at: noon + 20 * hour })).runs).toEqual(['r1']);
    runs = [runOf('a', 'r1', { startedAt: noon - hour, endedAt: noon + 21 * hour })];
    expect((await session({ at: noon + 22 * hour })).runs).toEqual(['r1']);
    expect(last?.openRuns.size).toBe(0);
    expect((await session({ at: noon + 23 * hour })).runs).toEqual([]);
  });

  it('stays remembered when its end could not be written', async () => {
    runs = [openRun('a', 'r1', noon - hour)];
    await session({});
    runs = [runOf('a', 'r1', { startedAt: noon - hour, endedAt: noon })];
    const refused = { created: 0, updated: 0, unchanged: 0, failed: 1, findings: [{ ref: 'a', message: 'no' }] };
    await session({ at: noon + 2 * hour, sink: { writeStatuses: () => refused } });
    expect([...last!.openRuns.keys()]).toEqual(['r1']);
  });

  it('is forgotten when the source no longer has it', async () => {
    runs = [openRun('a', 'r1', noon - hour)];
    await session({});
    runs = [];
    await session({ at: noon + hour });
    expect(last?.openRuns.size).toBe(0);
  });

  it('of before the window is found as well, by the first run too: an earlier state may be lost', async () => {
    runs = [openRun('a', 'old', noon - 3 * day)];
    expect((await session({})).runs).toEqual(['old']);
    runs = [runOf('a', 'old', { startedAt: noon - 3 * day, endedAt: noon })];
    expect((await session({ at: noon + hour })).runs).toEqual(['old']);
  });
});

describe('a run that breaks off', () => {
  const breakAt = (kind: SourceEvent['kind']): NonNullable<Session['tell']> =>
    async function* (events) {
      for await (const event of events) {
        if (event.kind === kind) throw new Error('the source is gone');
        yield event;
      }
    };

  it('leaves the watermark where it was, and what it had read', async () => {
    await session({});
    flows.set('a', { text: 'two' });
    runs = [runOf('b', 'r1', { startedAt: noon + minute })];
    const { report } = await session({ at: noon + hour, tell: breakAt('checkpoint') });
    expect(report.outcome).toBe('failed');
    expect([last?.watermark, last?.fullAt]).toEqual([noon, noon]);
    expect([...last!.pipelines.values()].map((entry) => entry.runs)).toEqual([true, true]);
    const after = await session({ at: noon + 2 * hour });
    expect([after.unchanged, after.runs, after.since]).toEqual([['a', 'b'], ['r1'], noon - overlap]);
  });

  it('forgets no pipeline that it did not come to', async () => {
    await session({});
    const before = last!.pipelines;
    await session({
      at: noon + hour,
      tell: async function* (events) {
        for await (const event of events) {
          yield event;
          throw new Error('the source is gone');
        }
      },
    });
    expect(last?.pipelines).toEqual(before);
    expect([last?.watermark, last?.fullAt]).toEqual([noon, noon]);
  });

  it('does not trust definitions that another config has written', async () => {
    await session({});
    await session({
      at: noon + hour,
      memory: { config: 'another' },
      tell: async function* (events) {
        for await (const event of events) {
          yield event;
          throw new Error('the source is gone');
        }
      },
    });
    expect(last?.config).toBe('another');
    expect(last?.pipelines.get('b')).toMatchObject({ id: 'id of b', runs: true });
    expect(last?.pipelines.get('b')?.definition).toBeUndefined();
    expect(last?.fullAt).toBeUndefined();
  });

  it('keeps what was open, even if it ended meanwhile', async () => {
    runs = [openRun('a', 'r1', noon - hour)];
    await session({});
    runs = [runOf('a', 'r1', { startedAt: noon - hour, endedAt: noon })];
    await session({ at: noon + hour, tell: breakAt('linked') });
    expect([...last!.openRuns.keys()]).toEqual(['r1']);
  });

  it('does not vouch for edges', async () => {
    edges = [['a', 'b']];
    await session({ tell: breakAt('checkpoint') });
    expect(last).toBeDefined();
    expect(last).not.toHaveProperty('edges');
  });

  it('by an interrupt is not complete', async () => {
    const stop = new AbortController();
    const { report } = await session({
      options: { signal: stop.signal },
      tell: async function* (events) {
        for await (const event of events) {
          if (event.kind === 'linked') stop.abort();
          yield event;
        }
      },
    });
    expect(report.outcome).toBe('interrupted');
    expect([last?.watermark, last?.fullAt]).toEqual([undefined, undefined]);
  });
});

describe('edges', () => {
  const edgeCalls = ({ calls }: { calls: string[] }) => calls.filter((call) => /^(edge|remove) /.test(call));
  beforeEach(() => {
    flows.set('c', { text: 'one' });
    edges = [
      ['a', 'b'],
      ['b', 'a'],
    ];
  });

  it('that were settled cost nothing while all is as it was, in whatever order they come', async () => {
    expect(edgeCalls(await session({}))).toHaveLength(2);
    edges.reverse();
    const second = await session({ at: noon + hour });
    expect(edgeCalls(second)).toEqual([]);
    expect(second.report.totals.edges).toMatchObject({ read: 2, unchanged: 2 });
    expect(edgeCalls(await session({ at: noon + 2 * hour }))).toEqual([]);
  });

  it.each<[string, Session, () => void]>([
    ['one of them is another', {}, () => edges.pop()],
    ['a pipeline changed', {}, () => flows.set('a', { text: 'two' })],
    ['a pipeline is new', {}, () => flows.set('d', { text: 'one' })],
    ['a pipeline is gone', {}, () => flows.delete('c')],
    ['everything is read in full', { memory: { full: true } }, () => {}],
    ['the last run did not settle them', {}, () => delete (last as { edges?: string }).edges],
    [
      'a pipeline could not be read',
      {
        tell: async function* (events) {
          yield { kind: 'skipped', ref: 'x', error: new Error('broken') };
          yield* events;
        },
      },
      () => {},
    ],
    [
      'the source has not listed everything',
      {
        tell: async function* (events) {
          for await (const event of events) if (event.kind !== 'listed') yield event;
        },
      },
      () => {},
    ],
  ])('are written again when %s', async (_, how, change) => {
    await session({});
    change();
    expect(edgeCalls(await session({ at: noon + hour, ...how }))).not.toEqual([]);
  });

  it('of which one was refused are written again', async () => {
    const findings = [{ ref: 'a → b', message: 'no' }];
    await session({
      sink: { writeEdge: ({ from }) => (from.fqn === 'kestra.a' ? { outcome: 'failed', findings } : undefined) },
    });
    expect(last?.edges).toBeUndefined();
    expect(edgeCalls(await session({ at: noon + hour }))).toHaveLength(2);
  });
});

it('forgets a pipeline that the source no longer has, and not one that it has and that can not be read', async () => {
  flows.set('c', { text: 'one' });
  await session({});
  flows.delete('b');
  flows.delete('c');
  await session({
    at: noon + hour,
    tell: async function* (events) {
      yield { kind: 'skipped', ref: 'b', error: new Error('broken') };
      for await (const event of events) {
        if (event.kind === 'listed') yield { ...event, except: ['b'] };
        else if (event.kind !== 'linked') yield event;
      }
    },
  });
  expect([...(last?.pipelines.keys() ?? [])].sort()).toEqual(['a', 'b']);
  flows.set('b', { text: 'one' });
  expect((await session({ at: noon + 2 * hour })).unchanged).toEqual(['a', 'b']);
});
