import {
  type Connector,
  defineConnector,
  orAborted,
  type Pipeline,
  type ReadOptions,
  type Run,
  type SourceEvent,
  specVersion,
  VerdictError,
} from '@flowmeta/connector';
import { z } from 'zod';

// A connector that keeps every promise, with its source in memory. The tests break one promise of it at a time.

export const noon = Date.UTC(2026, 0, 1, 12);
export const window = { since: noon - 3_600_000, until: noon + 3_600_000 };
export const secret = 'hunter22zebra';

export type World = 'intact' | 'unreachable' | 'hanging' | 'brokenPipeline' | 'brokenRun' | 'changed';

const capabilities = { runs: true, lineage: true, owners: true };
const namespaces = ['sales.eu', 'sales.us', 'ops'];

export const tinyDefinition = defineConnector({
  name: 'tiny',
  title: 'Tiny',
  description: 'Reads pipelines that stand in the code.',
  configSchema: z.strictObject({
    hostPort: z.url().describe('Address of the server.'),
    login: z
      .strictObject({ password: z.string().optional().meta({ secret: true }).describe('Password of the account.') })
      .optional()
      .describe('How to sign in.'),
  }),
  examples: [{ title: 'Smallest', config: { hostPort: 'https://tiny.example.com', login: { password: '$PASSWORD' } } }],
  capabilities,
  open: () => tinyConnector(),
});

function pipelineOf(namespace: string, world: World): Pipeline {
  const isChanged = world === 'changed' && namespace === 'ops';
  return {
    name: `${namespace}.daily`,
    namespace,
    sourceUrl: `https://tiny.example.com/${namespace}/daily`,
    enabled: true,
    revision: isChanged ? '2' : '1',
    tasks: [
      { name: 'extract', enabled: true },
      { name: 'load', enabled: true },
    ],
    edges: [{ from: 'extract', to: 'load' }],
    schedules: [{ id: 'night', cron: '0 2 * * *', timezone: 'Europe/Paris' }],
    labels: [{ key: 'team', value: 'data' }],
    owners: [{ name: 'ada', origin: 'label owner' }],
    inputs: [{ name: 'day', required: true }],
  };
}

function runsOf({ name }: Pipeline): Run[] {
  return [0, 1].map((number) => ({
    id: `${name}-${number}`,
    pipeline: name,
    state: 'succeeded',
    sourceState: 'DONE',
    startedAt: noon + number * 60_000,
    endedAt: noon + number * 60_000 + 5_000,
    url: `https://tiny.example.com/runs/${name}-${number}`,
    taskRuns: ['extract', 'load'].map((task) => ({
      task,
      state: 'succeeded',
      sourceState: 'DONE',
      startedAt: noon + number * 60_000,
      endedAt: noon + number * 60_000 + 5_000,
      attempts: 1,
    })),
  }));
}

export function tinyConnector(world: World = 'intact'): Connector {
  const closing = new AbortController();
  const pipelines = namespaces.map((namespace) => pipelineOf(namespace, world));
  /** One request to the source. */
  const reach = async (signal: AbortSignal) => {
    if (world === 'hanging') await orAborted(new Promise(() => {}), signal);
    await orAborted(Promise.resolve(), signal);
    if (world !== 'unreachable') return;
    throw new VerdictError('Tiny does not answer.', { verdict: 'retry', hint: 'Check the address.' });
  };

  async function* events(options: ReadOptions, signal: AbortSignal): AsyncGenerator<SourceEvent> {
    const { since, until, namespaces: asked, known, only, cursor: _cursor } = options;
    const isWanted = ({ name, namespace = '' }: Pipeline) =>
      only
        ? only.pipelines?.includes(name) === true || only.runs?.some((run) => run.startsWith(`${name}-`)) === true
        : asked === undefined || asked.some((root) => namespace === root || namespace.startsWith(`${root}.`));
    const wanted = pipelines.filter(isWanted);
    const readable = wanted.filter(({ namespace }) => world !== 'brokenPipeline' || namespace !== 'sales.us');
    await reach(signal);
    for (const name of only?.pipelines ?? []) {
      if (!wanted.some((pipeline) => pipeline.name === name)) yield skipped(name);
    }
    for (const pipeline of options.pipelines === false ? [] : readable) {
      await reach(signal);
      const { name, tasks, edges: _edges, schedules: _schedules, labels, owners, inputs, ...rest } = pipeline;
      const remembered = await known?.(name, JSON.stringify([pipeline, labels, owners, inputs]));
      if (remembered) yield { kind: 'unchanged', pipeline: { name, ...rest, tasks: remembered.tasks } };
      else yield { kind: 'pipeline', pipeline };
    }
    const broken = wanted.filter((pipeline) => !readable.includes(pipeline));
    for (const { name } of broken) yield skipped(name);
    const isListed = options.pipelines !== false && only === undefined;
    const scope = asked === undefined ? {} : { namespaces: asked };
    const except = broken.map(({ name }) => name);
    if (isListed) yield { kind: 'listed', scope, ...(except.length > 0 && { except }) };
    if (isListed && broken.length === 0 && options.lineage !== false) {
      for (const to of readable.slice(1)) {
        const from = { kind: 'pipeline' as const, name: readable[0]!.name };
        yield { kind: 'lineage', edge: { from, to: { kind: 'pipeline', name: to.name }, description: 'Tiny: after' } };
      }
      yield { kind: 'linked', scope };
    }
    if (options.runs === false) return;
    for (const run of readable.flatMap(runsOf)) {
      await reach(signal);
      if (only?.runs && !only.runs.includes(run.id)) continue;
      const isAsked = options.refresh?.some((remembered) => remembered.run === run.id) === true;
      if (!isAsked && (run.startedAt < since || run.startedAt >= until)) continue;
      if (world === 'brokenRun' && run.id === 'ops.daily-1') yield skipped(run.id);
      else yield { kind: 'run', run };
    }
    for (const { run } of options.refresh ?? []) {
      if (!pipelines.flatMap(runsOf).some(({ id }) => id === run)) yield { kind: 'gone', run };
    }
    if (world !== 'brokenRun' && only === undefined) yield { kind: 'checkpoint', cursor: { until } };
  }

  return {
    specVersion,
    name: 'tiny',
    capabilities,
    async *check() {
      yield world === 'unreachable'
        ? { name: 'reach', status: 'failed', message: 'no answer', hint: 'Check the address.' }
        : { name: 'reach', status: 'passed', message: 'tiny 1.0' };
    },
    async *read(options) {
      const signal = AbortSignal.any([closing.signal, ...(options.signal ? [options.signal] : [])]);
      signal.throwIfAborted();
      for await (const event of events(options, signal)) {
        yield event;
        signal.throwIfAborted();
      }
    },
    owns: async ({ sourceUrl }) => sourceUrl?.startsWith('https://tiny.example.com/') === true,
    async exists({ name }) {
      await reach(closing.signal);
      return pipelines.some((pipeline) => pipeline.name === name) ? 'present' : 'absent';
    },
    async countRuns(windows) {
      await reach(closing.signal);
      const starts = pipelines.flatMap(runsOf).map(({ startedAt }) => startedAt);
      return windows.map(({ since, until }) => {
        const runs = starts.filter((start) => start >= since && start < until).length;
        return { runs, requests: runs };
      });
    },
    async close() {
      closing.abort(new Error('closed'));
    },
  };
}

function skipped(ref: string): SourceEvent {
  return { kind: 'skipped', ref, error: new VerdictError('it makes no sense', { verdict: 'skip' }) };
}
