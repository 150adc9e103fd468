import { describe, expect, it } from 'vitest';
import type { SourceEvent } from '../events.js';
import type { Pipeline, Run } from '../model.js';
import { pipelineViolations } from './pipeline-rules.js';
import { lineageViolations, runViolations } from './run-rules.js';
import { checkViolations, differenceViolations, streamViolations } from './stream-rules.js';

const noon = Date.UTC(2026, 0, 1, 12);
const window = { since: noon - 3_600_000, until: noon + 3_600_000 };

const pipeline: Pipeline = {
  name: 'sales.daily',
  namespace: 'sales',
  sourceUrl: 'https://acme.example.com/sales/daily',
  enabled: true,
  tasks: [
    { name: 'extract', enabled: true },
    { name: 'load', enabled: true },
  ],
  edges: [{ from: 'extract', to: 'load' }],
  schedules: [{ id: 'nightly', cron: '0 2 * * *', timezone: 'Europe/Paris' }],
  labels: [{ key: 'team', value: 'data' }],
  owners: [{ name: 'ada', origin: 'label owner' }],
  inputs: [{ name: 'day', required: true }],
  concurrency: 1,
};

const run: Run = {
  id: 'r1',
  pipeline: 'sales.daily',
  state: 'succeeded',
  sourceState: 'DONE',
  startedAt: noon,
  endedAt: noon + 5_000,
  taskRuns: [
    { task: 'extract', state: 'succeeded', sourceState: 'DONE', startedAt: noon, endedAt: noon + 1, attempts: 1 },
  ],
};
const [taskRun] = run.taskRuns;

const wrong = (change: Partial<Pipeline>) => pipelineViolations({ ...pipeline, ...change }).join('\n');
const wrongRun = (change: Partial<Run>) => runViolations({ ...run, ...change }, { pipeline, ...window }).join('\n');
const wrongTaskRun = (change: object) => wrongRun({ taskRuns: [{ ...taskRun!, ...change }] });

describe('a pipeline', () => {
  it('that is well-formed breaks no rule', () => {
    expect(pipelineViolations(pipeline)).toEqual([]);
  });

  it.each<[string, Partial<Pipeline>, RegExp]>([
    ['an empty name', { name: ' ' }, /empty name/],
    ['credentials in its address', { sourceUrl: 'https://u:p@acme.example.com' }, /without credentials/],
    ['a relative address', { sourceUrl: '/ui/flows' }, /no absolute/],
    ['a degradation without a reason', { degraded: '' }, /no reason/],
    ['a concurrency of 0', { concurrency: 0 }, /concurrency 0/],
    [
      'two tasks of one name',
      { tasks: [...pipeline.tasks, { name: 'load', enabled: true }] },
      /two tasks are called "load"/,
    ],
    ['a nameless task', { tasks: [{ name: '', enabled: true }], edges: [] }, /task has an empty name/],
    ['a task with an odd address', { tasks: [{ name: 'x', enabled: true, sourceUrl: 'x' }], edges: [] }, /task "x"/],
    ['an edge into nothing', { edges: [{ from: 'extract', to: 'gone' }] }, /names "gone"/],
    ['an edge from nothing', { edges: [{ from: 'gone', to: 'load' }] }, /names "gone"/],
    ['a loop', { edges: [{ from: 'load', to: 'load' }] }, /edge to itself/],
    ['an edge twice', { edges: [...pipeline.edges, ...pipeline.edges] }, /there twice/],
    ['two schedules of one id', { schedules: [...pipeline.schedules, ...pipeline.schedules] }, /two schedules/],
    ['a schedule that is no cron', { schedules: [{ id: 's', cron: 'daily' }] }, /no cron/],
    ['a schedule without an id', { schedules: [{ id: '', cron: '@daily' }] }, /empty id/],
    ['an unknown time zone', { schedules: [{ id: 's', cron: '@daily', timezone: 'Mars/One' }] }, /IANA/],
    ['a label without a key', { labels: [{ key: '', value: 'x' }] }, /empty key/],
    ['an owner without an origin', { owners: [{ name: 'ada', origin: '' }] }, /owner lacks/],
    ['two inputs of one name', { inputs: [...pipeline.inputs, ...pipeline.inputs] }, /two inputs/],
  ])('with %s is found out', (_what, change, message) => {
    expect(wrong(change)).toMatch(message);
  });
});

describe('a run', () => {
  it('that is well-formed breaks no rule', () => {
    expect(runViolations(run, { pipeline, ...window })).toEqual([]);
    expect(runViolations(run)).toEqual([]);
  });

  it.each<[string, Partial<Run>, RegExp]>([
    ['an empty id', { id: '' }, /empty id/],
    ['no state of the source', { sourceState: '' }, /sourceState/],
    ['an odd address', { url: 'ftp://x' }, /no absolute/],
    ['seconds for milliseconds', { startedAt: noon / 1000 }, /no instant in ms/],
    ['a start that is no number', { startedAt: Number.NaN }, /no instant in ms/],
    ['a start before the window', { startedAt: window.since - 1 }, /outside the window/],
    ['a start at the end of the window', { startedAt: window.until, endedAt: window.until }, /outside the window/],
    ['an end that is no instant', { endedAt: 5 }, /endedAt 5/],
    ['an end before its start', { endedAt: noon - 1 }, /ended before/],
    ['an end while it is paused', { state: 'paused' }, /paused and yet has an end/],
    ['a task that is not its pipeline’s', { taskRuns: [{ ...taskRun!, task: 'model.x' }] }, /names "model.x"/],
    ['a task twice', { taskRuns: [taskRun!, taskRun!] }, /two task runs/],
  ])('with %s is found out', (_what, change, message) => {
    expect(wrongRun(change)).toMatch(message);
  });

  it.each<[string, object, RegExp]>([
    ['an odd start', { startedAt: 7 }, /startedAt 7/],
    ['no attempt', { attempts: 0 }, /attempts 0/],
    ['an odd address', { url: 'x' }, /no absolute/],
    ['an end while it runs', { state: 'running' }, /running and yet has an end/],
  ])('with a task run with %s is found out', (_what, change, message) => {
    expect(wrongTaskRun(change)).toMatch(message);
  });
});

describe('an edge of lineage', () => {
  it('breaks no rule when it is whole', () => {
    const edge = {
      from: { kind: 'pipeline', name: 'a' },
      to: { kind: 'entity', type: 'table', fqn: 'a' },
      description: 'x',
    } as const;
    expect(lineageViolations(edge)).toEqual([]);
  });

  it('needs two different ends with names, and a description', () => {
    const found = lineageViolations({
      from: { kind: 'pipeline', name: '' },
      to: { kind: 'pipeline', name: '' },
      description: '',
    });
    expect(found.join('\n')).toMatch(/no name[\s\S]*leads to itself[\s\S]*description is empty/);
  });
});

describe('a stream', () => {
  const first: SourceEvent = { kind: 'pipeline', pipeline };
  const second: SourceEvent = { kind: 'run', run };
  const listed: SourceEvent = { kind: 'listed', scope: {} };

  it('breaks no rule in the promised order', () => {
    const events: SourceEvent[] = [
      first,
      { kind: 'filtered', item: 'run', ref: 'r0', reason: 'its pipeline no longer exists' },
      { kind: 'warning', message: 'odd' },
      { kind: 'skipped', ref: 'x', error: new Error('unreadable') },
      {
        kind: 'lineage',
        edge: { from: { kind: 'pipeline', name: 'a' }, to: { kind: 'pipeline', name: 'b' }, description: 'x' },
      },
      listed,
      second,
      { kind: 'checkpoint', cursor: { startedAt: noon } },
    ];
    expect(streamViolations(events, window)).toEqual([]);
  });

  it.each<[string, SourceEvent[], RegExp]>([
    ['a run before its pipeline', [second, first], /before its pipeline/],
    ['a run without its pipeline', [second], /without it/],
    ['a pipeline twice', [first, first], /comes twice/],
    ['a run twice', [first, second, second], /comes twice/],
    ['a pipeline after listed', [listed, first], /called listed/],
    [
      'an exception of listed that was not skipped',
      [first, { kind: 'listed', scope: {}, except: ['x'] }],
      /excepts "x", which was not skipped/,
    ],
    [
      'a pipeline after listed of its parent',
      [{ kind: 'listed', scope: { namespaces: ['sales'] } }, first],
      /called listed/,
    ],
    ['a malformed pipeline', [{ kind: 'pipeline', pipeline: { ...pipeline, name: '' } }], /empty name/],
    ['a malformed run', [first, { kind: 'run', run: { ...run, sourceState: '' } }], /sourceState/],
    [
      'a malformed edge',
      [
        {
          kind: 'lineage',
          edge: {
            from: { kind: 'entity', type: 'table', fqn: 'a' },
            to: { kind: 'entity', type: 'table', fqn: 'a' },
            description: 'x',
          },
        },
      ],
      /itself/,
    ],
    ['a nameless skip', [{ kind: 'skipped', ref: '', error: new Error('x') }], /skipped item/],
    ['a filter without a reason', [{ kind: 'filtered', item: 'run', ref: 'r', reason: '' }], /filtered item/],
    ['an empty warning', [{ kind: 'warning', message: '' }], /warning/],
    ['a cursor of something else', [{ kind: 'checkpoint', cursor: { at: new Date(noon) as never } }], /cursor/],
    [
      'a date in a pipeline',
      [{ kind: 'pipeline', pipeline: { ...pipeline, revision: new Date(noon) as never } }],
      /plain JSON/,
    ],
  ])('with %s is found out', (_what, events, message) => {
    expect(streamViolations(events, window).join('\n')).toMatch(message);
  });

  it('may name pipelines of another namespace after listed', () => {
    expect(streamViolations([{ kind: 'listed', scope: { namespaces: ['sale', 'sales.eu'] } }, first], window)).toEqual(
      [],
    );
  });

  it('differs from another one where an event or the length differs', () => {
    expect(differenceViolations([first, second], [first, second])).toEqual([]);
    expect(differenceViolations([first], [first, second])).toEqual(['the first read yields 1 events, the second 2']);
    expect(differenceViolations([first], [second]).join()).toMatch(/event 0 differs/);
  });
});

describe('the steps of a check', () => {
  it('break no rule when each has a name, a message, and a hint where it failed', () => {
    const failed = { name: 'sign in', status: 'failed', message: '401', hint: 'Check the password.' } as const;
    expect(checkViolations([{ name: 'reach', status: 'passed', message: 'ok' }, failed])).toEqual([]);
  });

  it('are found out when they are missing, alike, silent or helpless', () => {
    expect(checkViolations([]).join()).toMatch(/no step/);
    const step = { name: 'reach', status: 'failed', message: '' } as const;
    expect(checkViolations([step, step, { ...step, name: '' }]).join('\n')).toMatch(
      /two steps[\s\S]*says nothing[\s\S]*what to do[\s\S]*no name/,
    );
  });
});
