import type { RunState, TaskRun } from '@flowmeta/connector';
import { describe, expect, it } from 'vitest';
import { eventsOf, type RunEvent, runEvents, runIdOf } from '../src/index.js';
import { daily, edges, eventTime, graphOf, pipeline, run } from './models.js';
import { problemsOf } from './validation.js';

const namespace = 'kestra';
const options = { namespace, eventTime, pipelines: [daily, pipeline('acme.report')], connector: 'kestra' };
const graph = graphOf(edges);
const eventsFor = (...runs: ReturnType<typeof run>[]): RunEvent[] => runEvents(graph, { ...options, runs });
const facetsOf = (more: Parameters<typeof run>[1]) => eventsFor(run('1', more))[0]!.run.facets;

describe('the events of a run', () => {
  const open = { endedAt: undefined as never };
  it.each<[RunState, string[], object]>([
    ['succeeded', ['START', 'COMPLETE'], {}],
    ['warning', ['START', 'COMPLETE'], {}],
    ['failed', ['START', 'FAIL'], {}],
    ['cancelled', ['START', 'ABORT'], {}],
    ['skipped', ['START', 'ABORT'], {}],
    ['unknown', ['START', 'OTHER'], {}],
    ['queued', ['OTHER'], open],
    ['running', ['START', 'RUNNING'], open],
    ['paused', ['START', 'RUNNING'], open],
    ['unknown', ['OTHER'], open],
  ])('that is %s are %j', (state, types, more) => {
    const { endedAt, ...rest } = run('1', { state });
    const events = eventsFor({ ...rest, ...('endedAt' in more ? {} : { endedAt: endedAt! }) });
    expect(events.map(({ eventType }) => eventType)).toEqual(types);
    expect(events.flatMap(problemsOf)).toEqual([]);
    expect(events[0]?.eventTime).toBe('2026-03-01T02:00:01.500Z');
    if (types.length === 2) {
      const end = 'endedAt' in more ? '2026-03-01T06:00:00.000Z' : '2026-03-01T02:05:00.000Z';
      expect(events[1]?.eventTime).toBe(end);
    }
  });

  it('name the datasets and what flows only when the run has got there', () => {
    const [start, complete] = eventsFor(run('1')) as [RunEvent, RunEvent];
    expect([start.inputs, start.outputs]).toEqual([[], []]);
    expect(start.job.facets).not.toHaveProperty('lineage');
    expect(start.job.facets).toHaveProperty('documentation');
    expect(complete.inputs.map(({ name }) => name)).toEqual(['shop.public.customers', 'shop.public.orders']);
    expect(complete.outputs[1]?.facets).toHaveProperty('columnLineage');
    expect(complete.job.facets).toHaveProperty('lineage');
    const [, failed] = eventsFor(run('1', { state: 'failed' }));
    expect([failed?.inputs, failed?.outputs]).toEqual([[], []]);
  });

  it('come in the order of starts', () => {
    const events = eventsFor(run('b'), run('c', { startedAt: 5, endedAt: 6 }), run('a'));
    expect(events.map(({ run: { runId } }) => runId)).toEqual(
      ['c', 'c', 'a', 'a', 'b', 'b'].map((id) => runIdOf(namespace, { id })),
    );
  });

  it('have a time even when the source has none that can be written', () => {
    const times = (startedAt: number, endedAt: number) => {
      const events = eventsFor(run('1', { startedAt, endedAt }));
      expect(events.flatMap(problemsOf)).toEqual([]);
      return events.map((event) => event.eventTime);
    };
    expect(times(Number.NaN, Number.NaN)).toEqual(['2026-03-01T06:00:00.000Z', '2026-03-01T06:00:00.000Z']);
    expect(times(9e15, 1000)).toEqual(['1970-01-01T00:00:01.000Z', '1970-01-01T00:00:01.000Z']);
    expect(times(2000, 1000)).toEqual(['1970-01-01T00:00:02.000Z', '1970-01-01T00:00:02.000Z']);
  });
});

describe('the id of a run', () => {
  it('is the UUID that others make of the documented name', () => {
    expect(runIdOf('kestra', { id: '4Fk2' })).toBe('b0e58d8f-2945-595e-8e7a-2c39773780e9');
    expect(runIdOf('kestra', { id: '4Fk2', task: 'load' })).toBe('b9de24bf-d4d1-51b2-95c9-ac46c5ff7dff');
  });

  it('differs by service and run and stays the same', () => {
    const ids = [
      runIdOf('a', { id: 'b' }),
      runIdOf('a', { id: 'c' }),
      runIdOf('b', { id: 'b' }),
      runIdOf('a', { id: 'b' }),
    ];
    expect(new Set(ids).size).toBe(3);
    expect(ids[0]).toBe(ids[3]);
  });
});

describe('the facets of a run', () => {
  const report = { pipeline: 'acme.report' };

  it('name the parent when a task of it started the run', () => {
    const facets = facetsOf({ ...report, trigger: { id: 'load', upstream: { pipeline: 'acme.daily', run: 'up' } } });
    expect(facets.parent).toMatchObject({
      job: { namespace, name: 'acme.daily' },
      run: { runId: runIdOf(namespace, { id: 'up' }) },
    });
    expect(facets).not.toHaveProperty('jobDependencies');
  });

  it('name the run before when the run followed it', () => {
    const facets = facetsOf({
      ...report,
      trigger: { id: 'on_daily', upstream: { pipeline: 'acme.daily', run: 'up' } },
    });
    expect(facets).not.toHaveProperty('parent');
    expect(facets.jobDependencies?.upstream).toEqual([
      {
        job: { namespace, name: 'acme.daily' },
        run: { runId: runIdOf(namespace, { id: 'up' }) },
        dependency_type: 'DIRECT_INVOCATION',
      },
    ]);
  });

  it('name the pipeline before when its run is not known', () => {
    const { jobDependencies } = facetsOf({ ...report, trigger: { id: 'load', upstream: { pipeline: 'acme.daily' } } });
    expect(jobDependencies?.upstream).toEqual([
      { job: { namespace, name: 'acme.daily' }, dependency_type: 'DIRECT_INVOCATION' },
    ]);
  });

  it('have a nominal time when a schedule set the run off, and no other time', () => {
    expect(facetsOf({ trigger: { id: 'night' } }).nominalTime).toMatchObject({
      nominalStartTime: '2026-03-01T02:00:01.500Z',
    });
    expect(facetsOf({ trigger: { id: 'webhook' } })).not.toHaveProperty('nominalTime');
    expect(facetsOf({})).not.toHaveProperty('nominalTime');
  });

  it('keep the words of the source', () => {
    const more = {
      sourceState: 'KILLED',
      state: 'cancelled',
      revision: '7',
      url: 'https://k/1',
      correlationId: 'c',
    } as const;
    expect(facetsOf(more).tags?.tags).toEqual([
      { key: 'sourceState', value: 'KILLED', source: 'KESTRA' },
      { key: 'revision', value: '7', source: 'KESTRA' },
      { key: 'url', value: 'https://k/1', source: 'KESTRA' },
      { key: 'correlationId', value: 'c', source: 'KESTRA' },
    ]);
  });

  it('say which tasks failed, and nothing when none is known', () => {
    const taskRun = (task: string, state: RunState, attempts = 1): TaskRun => ({
      task,
      state,
      sourceState: state.toUpperCase(),
      attempts,
    });
    const taskRuns = [taskRun('extract', 'succeeded'), taskRun('load', 'failed', 3)];
    expect(facetsOf({ state: 'failed', taskRuns }).errorMessage).toMatchObject({
      message: 'Task load failed (FAILED, 3 attempts).',
      programmingLanguage: 'unknown',
    });
    expect(facetsOf({ state: 'failed' })).not.toHaveProperty('errorMessage');
    expect(facetsOf({ state: 'warning', taskRuns })).not.toHaveProperty('errorMessage');
  });
});

describe('the events of task runs', () => {
  const taskRuns: TaskRun[] = [
    { task: 'extract', state: 'succeeded', sourceState: 'SUCCESS', attempts: 1, startedAt: 1000, endedAt: 2000 },
    { task: 'load', state: 'failed', sourceState: 'FAILED', attempts: 1, startedAt: 2000, endedAt: 3000 },
    { task: 'never', state: 'skipped', sourceState: 'SKIPPED', attempts: 0 },
  ];
  const runs = [run('1', { state: 'failed', startedAt: 900, endedAt: 3100, taskRuns })];
  const events = runEvents(graph, { ...options, runs, tasks: true });

  it('come between those of the run, for tasks that started', () => {
    expect(events.map(({ eventType, job }) => `${eventType} ${job.name}`)).toEqual([
      'START acme.daily',
      'START acme.daily.extract',
      'COMPLETE acme.daily.extract',
      'START acme.daily.load',
      'FAIL acme.daily.load',
      'FAIL acme.daily',
    ]);
    expect(events.flatMap(problemsOf)).toEqual([]);
  });

  it('name the run they belong to and the tasks before', () => {
    const { parent, jobDependencies } = events[3]!.run.facets;
    expect(parent).toMatchObject({
      job: { namespace, name: 'acme.daily' },
      run: { runId: runIdOf(namespace, { id: '1' }) },
    });
    expect(jobDependencies?.upstream).toEqual([
      {
        job: { namespace, name: 'acme.daily.extract' },
        run: { runId: runIdOf(namespace, { id: '1', task: 'extract' }) },
        dependency_type: 'DIRECT_INVOCATION',
        sequence_trigger_rule: 'FINISH_TO_START',
      },
    ]);
    expect(events[1]!.run.facets).not.toHaveProperty('jobDependencies');
  });

  it('are not there unless they are wanted', () => {
    expect(runEvents(graph, { ...options, runs })).toHaveLength(2);
  });
});

it('all events are the job events and then the run events', () => {
  const types = eventsOf(graph, { ...options, runs: [run('1')] }).map((event) =>
    'run' in event ? event.eventType : 'JOB',
  );
  expect(types).toEqual(['JOB', 'JOB', 'START', 'COMPLETE']);
});
