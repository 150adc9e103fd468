import type { Connector, ConnectorDefinition, Pipeline, ReadOptions, Run, SourceEvent } from '@flowmeta/connector';
import { type ConformanceSubject, conformanceRules, describeConnector } from '@flowmeta/connector/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { canTry, createTrial } from '../src/testing/subject.js';
import { noon, secret, tinyConnector, tinyDefinition, type World, window } from './tiny-connector.js';

const worlds = ['unreachable', 'hanging', 'brokenPipeline', 'brokenRun', 'changed'] as const;

/** A subject all of whose connections are altered. */
function subjectOf(
  alter: (connector: Connector, world: World) => Connector = (connector) => connector,
  definition: ConnectorDefinition = tinyDefinition as ConnectorDefinition,
): ConformanceSubject {
  const open = (world: World) => () => alter(tinyConnector(world), world);
  return {
    name: 'a tiny connector',
    definition,
    window,
    secrets: [secret],
    open: open('intact'),
    worlds: Object.fromEntries(worlds.map((world) => [world, open(world)])),
  };
}

describeConnector(subjectOf());

// Below, one connector per rule that breaks it, and nothing but what follows from that.

type Alter = (connector: Connector, world: World) => Connector;
type Change = (event: SourceEvent, options: ReadOptions) => SourceEvent | SourceEvent[];

const withEvents =
  (change: Change): Alter =>
  (connector) => ({
    ...connector,
    async *read(options) {
      for await (const event of connector.read(options)) yield* [change(event, options)].flat();
    },
  });
const withPipelines = (change: (pipeline: Pipeline) => Partial<Pipeline>): Alter =>
  withEvents((event) =>
    event.kind === 'pipeline' ? { ...event, pipeline: { ...event.pipeline, ...change(event.pipeline) } } : event,
  );
const withRuns = (change: (run: Run) => Partial<Run>): Alter =>
  withEvents((event) => (event.kind === 'run' ? { ...event, run: { ...event.run, ...change(event.run) } } : event));
const without = (kind: SourceEvent['kind']): Alter => withEvents((event) => (event.kind === kind ? [] : event));
/** The read that the connector makes of other options. */
const withOptions =
  (change: (options: ReadOptions) => ReadOptions): Alter =>
  (connector) => ({ ...connector, read: (options) => connector.read(change(options)) });
const withOthers =
  (change: Partial<Connector>): Alter =>
  (connector) => ({ ...connector, ...change });

/** Reads all of it at once and hands it out afterwards. */
const readsAhead: Alter = (connector) => ({
  ...connector,
  async *read(options) {
    options.signal?.throwIfAborted();
    const { signal: _signal, ...rest } = options;
    const events: SourceEvent[] = [];
    for await (const event of connector.read(rest)) events.push(event);
    yield* events;
  },
});

const counting = (): Alter => {
  let reads = 0;
  return withEvents((event) =>
    event.kind === 'pipeline' && event.pipeline.namespace === 'ops'
      ? { ...event, pipeline: { ...event.pipeline, revision: `${++reads}` } }
      : event,
  );
};
let connections = 0;

const broken: Record<string, Alter | { definition: object }> = {
  identity: withOthers({ specVersion: 99 }),
  'pipelines-unique': withEvents((event) => (event.kind === 'pipeline' ? [event, event] : event)),
  'tasks-unique': withPipelines(({ tasks }) => ({ tasks: [...tasks, tasks[0]!] })),
  'edges-closed': withPipelines(() => ({ edges: [{ from: 'extract', to: 'nowhere' }] })),
  'schedules-valid': withPipelines(() => ({ schedules: [{ id: 'night', cron: 'every night' }] })),
  'details-whole': withPipelines(() => ({ labels: [{ key: '', value: 'x' }] })),
  'addresses-open': withPipelines(() => ({ sourceUrl: 'https://ada:pw@tiny.example.com' })),
  'runs-unique': withEvents((event) => (event.kind === 'run' ? [event, event] : event)),
  'runs-after-pipelines': withRuns(() => ({ pipeline: 'sales.nightly' })),
  'runs-in-window': withRuns((run) => ({ startedAt: run.startedAt - 86_400_000 })),
  'times-in-ms': withRuns((run) => ({ startedAt: run.startedAt / 1000 })),
  'states-told': withRuns(() => ({ state: 'running' })),
  'task-runs-folded': withRuns(({ taskRuns }) => ({ taskRuns: [...taskRuns, taskRuns[0]!] })),
  'lineage-whole': withEvents((event) =>
    event.kind === 'lineage' ? { kind: 'lineage', edge: { ...event.edge, to: event.edge.from } } : event,
  ),
  'listed-last': withEvents((event) =>
    event.kind === 'pipeline' ? [{ kind: 'listed', scope: {} }, event] : event.kind === 'listed' ? [] : event,
  ),
  'findings-explained': withEvents((event) =>
    event.kind === 'listed' ? [{ kind: 'warning', message: '' }, event] : event,
  ),
  'events-plain': withEvents((event) =>
    event.kind === 'checkpoint' ? { kind: 'checkpoint', cursor: { at: new Date(noon) as never } } : event,
  ),
  'source-read': without('run'),
  'capabilities-kept': withOthers({ capabilities: { runs: true, owners: true } }),
  'listed-when-complete': without('listed'),
  'same-twice': counting(),
  'names-stable': (connector, world) => {
    const connection = ++connections;
    return withRuns(({ id }) => ({ id: `${connection}-${id}` }))(connector, world);
  },
  'runs-optional': withOptions(({ runs: _runs, ...options }) => options),
  'pipelines-optional': withOptions(({ pipelines: _pipelines, ...options }) => options),
  'definitions-reused': (connector) => ({
    ...connector,
    async *read(options) {
      if (!options.sameDefinitions) yield* connector.read(options);
    },
  }),
  'lineage-optional': withOptions(({ lineage: _lineage, ...options }) => options),
  // The first instant counts as before the window.
  'window-honoured': withOptions((options) => ({ ...options, since: options.since + 1 })),
  // `sales` is also in the name of `sales.eu`, and is not read as its parent.
  'namespaces-honoured': (connector) => ({
    ...connector,
    async *read(options) {
      for await (const event of connector.read(options)) {
        const namespace = event.kind === 'pipeline' ? event.pipeline.namespace : undefined;
        if (namespace === undefined || !options.namespaces || options.namespaces.includes(namespace)) yield event;
      }
    },
  }),
  // It leaves out too much.
  'shard-honoured': (connector) => ({
    ...connector,
    async *read(options) {
      for await (const event of connector.read(options)) {
        if (options.shard === undefined || event.kind !== 'pipeline') yield event;
      }
    },
  }),
  'only-honoured': withOptions(({ only: _only, ...options }) => options),
  'known-honoured': withEvents((event) =>
    event.kind === 'unchanged' ? { kind: 'unchanged', pipeline: { ...event.pipeline, tasks: [] } } : event,
  ),
  'fingerprint-changes': withOptions(({ known, ...options }) => ({
    ...options,
    ...(known && { known: (pipeline: string) => known(pipeline, pipeline) }),
  })),
  'refreshed-once': withEvents((event, { refresh }) =>
    event.kind === 'run' && refresh?.some(({ run }) => run === event.run.id) === true ? [event, event] : event,
  ),
  'cursor-monotonic': withEvents((event, { until }) =>
    event.kind === 'checkpoint' ? { kind: 'checkpoint', cursor: { until: -until } } : event,
  ),
  'check-passes': withOthers({
    async *check() {
      yield { name: 'reach', status: 'failed', message: 'no', hint: 'Ask.' };
    },
  }),
  // The last instant of a window is counted with it.
  'runs-counted': (connector) => ({
    ...connector,
    countRuns: async (windows) =>
      connector.countRuns!(windows.map(({ since, until }) => ({ since, until: until + 1 }))),
  }),
  'exists-answers': withOthers({ exists: async () => 'present' }),
  'cancelled-before': withOptions(({ signal: _signal, ...options }) => options),
  'cancelled-between': readsAhead,
  'cancelled-waiting': readsAhead,
  'cancelled-hanging': withOptions(({ signal: _signal, ...options }) => options),
  'left-early': (connector) => {
    let reads = 0;
    return {
      ...connector,
      async *read(options) {
        if (++reads > 1) return;
        yield* connector.read(options);
      },
    };
  },
  'closed-silent': withOthers({ close: async () => {} }),
  'broken-pipeline-skipped': without('skipped'),
  'broken-run-skipped': withEvents((event) =>
    event.kind === 'skipped' ? [event, { kind: 'checkpoint', cursor: { until: noon } }] : event,
  ),
  'unreachable-told': withOthers({
    async *check() {
      yield { name: 'reach', status: 'passed', message: 'tiny 1.0' };
    },
  }),
  'unreachable-thrown': (connector) => ({
    ...connector,
    async *read(options) {
      try {
        yield* connector.read(options);
      } catch {
        return;
      }
    },
  }),
  'unreachable-not-absent': (connector) => ({
    ...connector,
    exists: (pipeline) => connector.exists!(pipeline).catch(() => 'absent' as const),
  }),
  'secrets-hidden': withEvents((event) =>
    event.kind === 'skipped'
      ? { ...event, error: new Error('refused', { cause: new Error(`401 for ${secret}`) }) }
      : event,
  ),
  'definition-whole': { definition: { title: '' } },
  'options-described': { definition: { configSchema: z.strictObject({ hostPort: z.url() }) } },
  'secrets-marked': { definition: { configSchema: z.strictObject({ apiToken: z.string().describe('Token.') }) } },
  'examples-valid': { definition: { examples: [{ title: 'Odd', config: { hostPort: 'tiny' } }] } },
};

describe('each rule of the conformance suite', () => {
  it('has an id of its own, a sentence, and a connector below that breaks it', () => {
    const ids = conformanceRules.map(({ id }) => id);
    expect(Object.keys(broken).sort()).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(ids.length);
    for (const { sentence } of conformanceRules) expect(sentence).toMatch(/^[A-Z`].+\.$/);
  });

  it.each(conformanceRules.map((rule) => [rule.id, rule] as const))('%s finds out who breaks it', async (id, rule) => {
    const how = broken[id]!;
    const subject =
      typeof how === 'function'
        ? subjectOf(how)
        : subjectOf(undefined, { ...tinyDefinition, ...how.definition } as ConnectorDefinition);
    const found = await createTrial(subject)(rule).catch((error: Error) => [error.message]);
    expect(found).not.toEqual([]);
    expect(found.join('\n')).not.toContain(secret);
  });
});

describe('a read that is called off', () => {
  const rules = conformanceRules.filter(({ id }) => id.startsWith('cancelled-'));
  /** Ends as it should, but only when it has waited. */
  const endsAfter =
    (wait: () => unknown): Alter =>
    (connector) => ({
      ...connector,
      async *read(options) {
        try {
          yield* connector.read(options);
        } catch (error) {
          await wait();
          throw error;
        }
      },
    });
  /** In short waits: a long one would be over as soon on a busy machine, on which less can be done in it. */
  const sleep = (ms: number) => async () => {
    for (let slept = 0; slept < ms; slept += 10) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  /** Keeps the processor, and all timers from running. */
  const compute = (ms: number) => () => {
    const from = process.cpuUsage();
    for (;;) {
      const { user, system } = process.cpuUsage(from);
      if (user + system > ms * 1000) return;
    }
  };
  /** Stands still, as a process does that is not let run. */
  const stand = (ms: number) => () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

  it.each(rules.map((rule) => [rule.id, rule] as const))('%s: may not take longer than a second', async (_id, rule) => {
    const late = [expect.stringMatching(/does not end within a second/)];
    expect(await createTrial(subjectOf(endsAfter(sleep(2_000))))(rule)).toEqual(late);
    expect(await createTrial(subjectOf(endsAfter(compute(1_500))))(rule)).toEqual(late);
  });

  it.each(rules.map((rule) => [rule.id, rule] as const))('%s: may be kept from running', async (_id, rule) => {
    expect(await createTrial(subjectOf(endsAfter(sleep(200))))(rule)).toEqual([]);
    expect(await createTrial(subjectOf(endsAfter(stand(3_000))))(rule)).toEqual([]);
  });
});

describe('a read that does not end', () => {
  const rules = conformanceRules.filter((rule) => rule.needs === undefined);
  const never: Alter = (connector) => ({
    ...connector,
    async *read(options) {
      yield* connector.read(options);
      await new Promise(() => {});
    },
  });
  const always: Alter = (connector) => ({
    ...connector,
    async *read(options) {
      for (;;) yield* connector.read(options);
    },
  });

  it.each([
    ['for nothing to come', never],
    ['for all that comes', always],
  ])('is not waited for longer than once, and is told: %s', async (_what, alter) => {
    const trial = createTrial(subjectOf(alter));
    let told = 0;
    for (const rule of rules) {
      const [first] = await trial(rule, { longestMs: 300 }).catch((error: Error) => [error.message]);
      if (first?.startsWith('a read has not ended after')) told += 1;
    }
    expect(told).toBeGreaterThan(25);
  });

  it('names what came last', async () => {
    const rule = conformanceRules.find(({ id }) => id === 'source-read')!;
    const found = createTrial(subjectOf(never))(rule, { longestMs: 1_000 });
    await expect(found).rejects.toThrow(
      /^a read has not ended after 1 s: \d+ events have come, the last one `checkpoint`$/,
    );
  });
});

describe('a close that does not end', () => {
  const stuck = withOthers({ close: () => new Promise(() => {}) });
  const rule = (id: string) => conformanceRules.find((each) => each.id === id)!;

  it('is told by the rule about it, and keeps no other rule from ending', async () => {
    const trial = createTrial(subjectOf(stuck));
    expect(await trial(rule('closed-silent'))).toContain('the first close() fails, or does not end within a second');
    expect(await trial(rule('check-passes'))).toEqual([]);
  });
});

describe('a pipeline that can not be read', () => {
  const rule = conformanceRules.find(({ id }) => id === 'broken-pipeline-skipped')!;
  const found = (alter: Alter) => createTrial(subjectOf(alter))(rule);

  it('is in `except`, or nothing is listed', async () => {
    expect(await found((connector) => connector)).toEqual([]);
    expect(await found(without('listed'))).toEqual([]);
    const plain = withEvents((event) => (event.kind === 'listed' ? { kind: 'listed', scope: event.scope } : event));
    expect(await found(plain)).toEqual([expect.stringContaining('does not have it in `except`')]);
  });

  it('leaves nothing linked', async () => {
    const linked = withEvents((event) => (event.kind === 'listed' ? [event, { kind: 'linked', scope: {} }] : event));
    expect(await found(linked)).toEqual([expect.stringContaining('`linked`')]);
  });
});

describe('a subject', () => {
  it('is not tried with what it does not bring', () => {
    const { worlds: _worlds, secrets: _secrets, definition: _definition, ...bare } = subjectOf();
    const left = conformanceRules.filter((rule) => !canTry(rule, bare));
    expect(new Set(left.map(({ needs }) => needs))).toEqual(new Set([...worlds, 'secrets', 'definition']));
    expect(left.every((rule) => canTry(rule, subjectOf()))).toBe(true);
  });

  it('whose world is not what it is called is told', async () => {
    const subject = subjectOf((_connector, world) =>
      tinyConnector(world === 'unreachable' || world === 'hanging' ? world : 'intact'),
    );
    for (const id of ['broken-pipeline-skipped', 'broken-run-skipped', 'fingerprint-changes']) {
      const rule = conformanceRules.find((each) => each.id === id)!;
      expect((await createTrial(subject)(rule)).join()).toMatch(/^in the world/);
    }
  });
});
