import type { RunState } from '@flowmeta/connector';
import { describe, expect, it } from 'vitest';
import { day, pipeline, run, since, taskRun, took, types, until, week } from '../test/events.js';
import { createHealth, type HealthOptions } from './create-health.js';
import { renderHealthHtml } from './html/render-html.js';
import { renderHealthMarkdown } from './markdown.js';
import { renderHealthText } from './text.js';

const window = { since, until };
const health = (over: Partial<HealthOptions> = {}) => createHealth({ ...window, ...over });
const typeIn = (report: ReturnType<ReturnType<typeof health>['report']>, type: string) =>
  report.types.find((each) => each.type === type)!;

describe('the health of a type', () => {
  it('adds up durations, failures and states of its task runs', () => {
    const collector = health();
    collector.pipeline(pipeline('a', { q: types.query }));
    collector.pipeline(pipeline('b', { load: types.query, copy: types.copy }));
    collector.run(run('a', [took('q', 100)]));
    collector.run(run('a', [took('q', 300, { state: 'warning' })]));
    collector.run(run('b', [took('load', 500, { state: 'failed' }), took('copy', 7)]));
    collector.run(run('b', [took('load', 700, { state: 'cancelled' })]));
    collector.run(run('b', [took('load', 0, { state: 'skipped' })]));
    collector.run(run('b', [taskRun('load', 'running', { startedAt: since + 5 })]));
    const report = collector.report();
    expect(typeIn(report, types.query)).toEqual({
      type: types.query,
      group: 'io.kestra.plugin.jdbc.postgresql',
      pipelines: 2,
      isContainer: false,
      count: 6,
      succeeded: 1,
      warnings: 1,
      failures: 1,
      cancelled: 1,
      skipped: 1,
      unclear: 0,
      open: 1,
      failureRate: 0.25,
      retries: 0,
      repeats: 0,
      duration: { count: 4, mean: 400, p50: 300, p95: 700, max: 700, relativeError: 0 },
      health: 'CRITICAL',
      trend: { kind: 'new' },
      activity: expect.any(Array),
    });
    expect(report.groups).toMatchObject([
      {
        group: 'io.kestra.plugin.jdbc.postgresql',
        types: [types.copy, types.query],
        pipelines: 2,
        count: 7,
        failures: 1,
        failureRate: 0.2,
        duration: { count: 5, p50: 300 },
      },
    ]);
    expect(report.total).toMatchObject({ count: 7, failures: 1, open: 1 });
    expect(report).toMatchObject({ runs: 6, pipelines: { enabled: 2, disabled: 0 }, outside: 0, health: 'CRITICAL' });
  });

  it.each([
    [1, 99, 'CRITICAL'],
    [1, 100, 'WARNING'],
    [0, 3, 'HEALTHY'],
    [0, 0, 'IDLE'],
  ])('with %i failures and %i successes is %s', (failed, succeeded, expected) => {
    const collector = health();
    collector.pipeline(pipeline('a', { q: types.query }));
    for (let index = 0; index < failed; index++) collector.run(run('a', [took('q', 1, { state: 'failed' })]));
    for (let index = 0; index < succeeded; index++) collector.run(run('a', [took('q', 1)]));
    expect(typeIn(collector.report(), types.query).health).toBe(expected);
    expect(collector.report().health).toBe(expected);
  });

  it('is idle, without a rate, while all its task runs are open, skipped or unclear', () => {
    const collector = health();
    collector.pipeline(pipeline('a', { q: types.query }));
    for (const state of ['queued', 'running', 'paused', 'unknown', 'skipped'] as RunState[]) {
      collector.run(run('a', [taskRun('q', state)]));
    }
    collector.run(run('a', [took('q', 5, { state: 'unknown' })]));
    const query = typeIn(collector.report(), types.query);
    expect(query).toMatchObject({ count: 6, open: 4, skipped: 1, unclear: 1, health: 'IDLE' });
    expect(query).not.toHaveProperty('failureRate');
  });

  it('counts a state that nobody knows as open until it has an end, and then as no failure', () => {
    const collector = health();
    collector.pipeline(pipeline('a', { q: types.query }));
    collector.run(run('a', [taskRun('q', 'exploded' as RunState)]));
    collector.run(run('a', [took('q', 5, { state: 'exploded' as RunState })]));
    expect(typeIn(collector.report(), types.query)).toMatchObject({ open: 1, unclear: 1, failures: 0 });
  });

  it('leaves out durations that cannot be: no end, an end before the start, no number', () => {
    const collector = health();
    collector.pipeline(pipeline('a', { q: types.query }));
    collector.run(run('a', [taskRun('q', 'succeeded', { startedAt: since })]));
    collector.run(run('a', [taskRun('q', 'succeeded', { startedAt: since + 10, endedAt: since })]));
    collector.run(run('a', [taskRun('q', 'succeeded', { startedAt: Number.NaN, endedAt: since })]));
    expect(typeIn(collector.report(), types.query)).toMatchObject({ count: 3, succeeded: 3, failureRate: 0 });
    expect(typeIn(collector.report(), types.query)).not.toHaveProperty('duration');
  });

  it('counts attempts beyond the first as retries, but apart where a loop may have made them', () => {
    const collector = health();
    collector.pipeline(pipeline('plain', { q: types.query }));
    collector.pipeline(pipeline('looped', { each: types.forEach, q: types.query }));
    collector.run(run('plain', [taskRun('q', 'succeeded', { attempts: 3 })]));
    collector.run(run('plain', [taskRun('q', 'queued', { attempts: 0 })]));
    collector.run(run('looped', [taskRun('q', 'succeeded', { attempts: 50 })]));
    expect(typeIn(collector.report(), types.query)).toMatchObject({ retries: 2, repeats: 49 });
  });

  it('takes the retries that a task run tells, in a loop too', () => {
    const collector = health();
    collector.pipeline(pipeline('looped', { each: types.forEach, q: types.query }));
    collector.run(run('looped', [taskRun('q', 'succeeded', { attempts: 50, retries: 4 })]));
    collector.run(run('looped', [taskRun('q', 'succeeded', { attempts: 50, retries: 0 })]));
    expect(typeIn(collector.report(), types.query)).toMatchObject({ retries: 4, repeats: 0 });
  });

  it('takes the group from the caller when it has another idea of it', () => {
    const collector = health({ groupOf: (type) => type.split('.')[3]! });
    collector.pipeline(pipeline('a', { q: types.query, l: types.log }));
    expect(collector.report().groups.map(({ group }) => group)).toEqual(['core', 'jdbc']);
  });

  it('has itself for a group when its name has no parts', () => {
    const collector = health();
    collector.pipeline(pipeline('a', { q: 'BashOperator', r: '.x' }));
    expect(collector.report().groups.map(({ group }) => group)).toEqual(['.x', 'BashOperator']);
  });
});

describe('the windows', () => {
  it('take a task run by its own start, or by that of its run, at their edges too', () => {
    const collector = health();
    expect(collector.readSince).toBe(since - week);
    collector.pipeline(pipeline('a', { q: types.query }));
    const starts = [since - week - 1, since - week, since - 1, since, until - 1, until];
    for (const at of starts) collector.run(run('a', [took('q', 10, { at })], { startedAt: at }));
    collector.run(run('a', [taskRun('q', 'queued')], { startedAt: since - 1 }));
    collector.run(run('a', [taskRun('q', 'queued')], { startedAt: Number.NaN }));
    const report = collector.report();
    expect(typeIn(report, types.query)).toMatchObject({ count: 2, trend: { kind: 'compared', before: { count: 3 } } });
    expect(report).toMatchObject({
      runs: 2,
      outside: 3,
      window: { since, until },
      before: { since: since - week, until: since },
    });
  });

  it('are compared: count, failure rate, p95', () => {
    const collector = health();
    collector.pipeline(pipeline('a', { q: types.query, gone: types.copy, fresh: types.http, never: types.log }));
    const before = since - day;
    collector.run(run('a', [took('q', 100, { at: before }), took('gone', 5, { at: before })]));
    collector.run(run('a', [took('q', 100, { at: before, state: 'failed' })]));
    for (const state of ['failed', 'succeeded', 'succeeded', 'succeeded'] as const) {
      collector.run(run('a', [took('q', 150, { state })]));
    }
    collector.run(run('a', [took('fresh', 1)]));
    const report = collector.report();
    expect(typeIn(report, types.query).trend).toEqual({
      kind: 'compared',
      before: { count: 2, failureRate: 0.5, p95: 100 },
      count: 1,
      failureRate: -0.25,
      p95: 0.5,
    });
    expect(typeIn(report, types.copy)).toMatchObject({ count: 0, health: 'IDLE' });
    expect(typeIn(report, types.copy).trend).toEqual({
      kind: 'compared',
      before: { count: 1, failureRate: 0, p95: 5 },
      count: -1,
    });
    expect(typeIn(report, types.http).trend).toEqual({ kind: 'new' });
    expect(typeIn(report, types.log).trend).toEqual({ kind: 'none' });
  });

  it('are cut into 14 parts', () => {
    const collector = health();
    collector.pipeline(pipeline('a', { q: types.query }));
    collector.run(run('a', [took('q', 1), took('q', 1, { at: until - 1, state: 'failed' })]));
    const { activity } = typeIn(collector.report(), types.query);
    expect(activity).toHaveLength(14);
    expect(activity[0]).toEqual({ count: 1, failures: 0 });
    expect(activity[13]).toEqual({ count: 1, failures: 1 });
    expect(activity.reduce((sum, { count }) => sum + count, 0)).toBe(2);
  });

  it.each([
    [until, since],
    [since, since],
    [Number.NaN, until],
    [since, Number.POSITIVE_INFINITY],
  ])('from %d to %d are refused', (from, to) => {
    expect(() => createHealth({ since: from, until: to })).toThrow(RangeError);
  });
});

describe('a task run whose type is not known', () => {
  it('is listed apart with its count, and in the total', () => {
    const collector = health();
    collector.pipeline(pipeline('a', { q: types.query, untyped: undefined }, { revision: '3' }));
    collector.run(run('a', [took('q', 1), took('old', 5, { state: 'failed' })], { revision: '2' }));
    collector.run(run('a', [took('old', 5)], { revision: '2' }));
    collector.run(run('a', [took('untyped', 5)], { revision: '3' }));
    collector.run(run('deleted', [took('q', 5)]));
    const report = collector.report();
    expect(report.unknown).toMatchObject({ count: 4, failures: 1, health: 'CRITICAL' });
    expect(report.unknown.tasks).toEqual([
      { pipeline: 'a', revision: '2', task: 'old', count: 2, failures: 1 },
      { pipeline: 'a', revision: '3', task: 'untyped', count: 1, failures: 0 },
      { pipeline: 'deleted', task: 'q', count: 1, failures: 0 },
    ]);
    expect(report.types.map(({ type, count }) => [type, count])).toEqual([[types.query, 1]]);
    expect(report.total.count).toBe(5);
    expect(report.health).toBe('CRITICAL');
  });

  it('gets it from the hook when the revision is another, asked once each', () => {
    const asked: string[] = [];
    const collector = health({
      typeOf: (...question) => {
        asked.push(question.join(' '));
        return question[2] === 'nobody knows' ? undefined : types.copy;
      },
    });
    collector.pipeline(pipeline('a', { q: types.query }, { revision: '3' }));
    for (const revision of ['3', '2', '2', '1']) {
      collector.run(run('a', [took('q', 1), took('nobody knows', 1)], { revision }));
    }
    collector.run(run('a', [took('q', 1)]));
    const report = collector.report();
    expect(typeIn(report, types.query).count).toBe(2);
    expect(typeIn(report, types.copy)).toMatchObject({ count: 3, pipelines: 0 });
    expect(report.unknown.count).toBe(4);
    expect(asked).toEqual(['a 2 q', 'a 2 nobody knows', 'a 1 q', 'a 1 nobody knows']);
  });

  it('gets it when the pipeline comes later', () => {
    const collector = health();
    collector.run(run('a', [taskRun('q', 'succeeded', { attempts: 2, startedAt: since, endedAt: since + 4 })]));
    expect(collector.report()).toMatchObject({ unknown: { count: 1, repeats: 1 }, types: [] });
    collector.pipeline(pipeline('a', { q: types.query }));
    expect(collector.report().unknown).toMatchObject({ count: 0, tasks: [] });
    expect(typeIn(collector.report(), types.query)).toMatchObject({ count: 1, retries: 1, duration: { p50: 4 } });
  });
});

describe('a task run that says its type', () => {
  it('counts there, whatever the pipeline is now and whether it is known', () => {
    const collector = health({ typeOf: () => types.log });
    collector.pipeline(pipeline('a', { q: types.query }, { revision: '2' }));
    for (const name of ['a', 'elsewhere']) {
      collector.run(run(name, [{ ...took('q', 1), type: types.copy, attempts: 3 }], { revision: '1' }));
      collector.run(run(name, [{ ...took('gone', 1), type: types.copy, attempts: 3, retries: 1 }], { revision: '1' }));
    }
    const report = collector.report();
    expect(typeIn(report, types.copy)).toMatchObject({ count: 4, retries: 2, repeats: 4, pipelines: 0 });
    expect(typeIn(report, types.query).count).toBe(0);
    expect(report.unknown.tasks).toEqual([]);
  });
});

describe('flow control', () => {
  it('is marked and counted, but its durations stay out of the slowest, the total and mixed groups', () => {
    const collector = health({ groupOf: () => 'everything' });
    collector.pipeline(pipeline('a', { all: types.parallel, q: types.query }));
    collector.run(run('a', [took('all', 90_000), took('q', 10)]));
    const report = collector.report();
    expect(typeIn(report, types.parallel)).toMatchObject({ isContainer: true, count: 1, duration: { p95: 90_000 } });
    expect(report.top).toEqual({ used: [types.parallel, types.query], slowest: [types.query], failing: [] });
    expect(report.total).toMatchObject({ count: 2, duration: { max: 10 } });
    expect(report.groups).toMatchObject([{ isContainer: false, count: 2, duration: { max: 10 } }]);
  });

  it('keeps its durations in a group of its own', () => {
    const collector = health();
    collector.pipeline(pipeline('a', { all: types.parallel }));
    collector.run(run('a', [took('all', 90_000)]));
    expect(collector.report().groups).toMatchObject([{ isContainer: true, duration: { max: 90_000 } }]);
  });
});

describe('the top lists', () => {
  it('have ten at most: the most used, the slowest by p95, the most failures', () => {
    const collector = health();
    const names = Array.from({ length: 12 }, (_, index) => `t${String(index).padStart(2, '0')}`);
    collector.pipeline(pipeline('a', Object.fromEntries(names.map((name) => [name, `x.${name}`]))));
    names.forEach((name, index) => {
      for (let time = 0; time <= index; time++) {
        collector.run(run('a', [took(name, 1_000 - index, { state: time < 11 - index ? 'failed' : 'succeeded' })]));
      }
    });
    const { top } = collector.report();
    expect(top.used).toEqual(
      names
        .slice(2)
        .reverse()
        .map((name) => `x.${name}`),
    );
    expect(top.slowest).toEqual(names.slice(0, 10).map((name) => `x.${name}`));
    // Failures: min(index + 1, 11 - index); ties by name.
    expect(top.failing).toEqual(
      ['05', '04', '06', '03', '07', '02', '08', '01', '09', '00'].map((name) => `x.t${name}`),
    );
  });
});

describe('what the server has', () => {
  it('is not compared when nobody says it', () => {
    const collector = health();
    collector.pipeline(pipeline('a', { q: types.query }));
    expect(collector.report()).not.toHaveProperty('installed');
  });

  it('is set against what enabled pipelines name', () => {
    const collector = health();
    collector.installed([types.copy, types.log, 'x.y.Lonely', 'x.y.Other', 'x.z.Trigger', 'x.z.Asleep']);
    collector.installed([types.http]);
    const switchedOff = pipeline('c', { q: types.query, l: types.log });
    for (const task of switchedOff.tasks) task.enabled = false;
    collector.pipeline(switchedOff);
    collector.pipeline(pipeline('b', { q: types.query }));
    collector.pipeline(pipeline('off', { lonely: 'x.y.Lonely', nowhere: 'x.y.Nowhere' }, { enabled: false }));
    collector.run(run('b', [], { trigger: { type: 'x.z.Trigger' } }));
    expect(collector.report().installed).toEqual({
      count: 7,
      unused: [
        { group: 'io.kestra.plugin.core.http', types: [types.http], whole: true, namedByDisabled: [] },
        { group: 'io.kestra.plugin.jdbc.postgresql', types: [types.copy], whole: true, namedByDisabled: [] },
        { group: 'x.y', types: ['x.y.Lonely', 'x.y.Other'], whole: true, namedByDisabled: ['x.y.Lonely'] },
        { group: 'x.z', types: ['x.z.Asleep'], whole: false, namedByDisabled: [] },
      ],
      missing: [{ type: types.query, pipelines: ['b', 'c'] }],
    });
    expect(collector.report().health).toBe('CRITICAL');
    expect(collector.report().pipelines).toEqual({ enabled: 2, disabled: 1 });
  });
});

describe('further names that the server takes', () => {
  it('are neither missing nor unused', () => {
    const collector = health();
    collector.installed([types.log], { aliases: ['x.Old', 'x.Older'] });
    collector.pipeline(pipeline('a', { old: 'x.Old', log: types.log, gone: 'x.Gone' }));
    expect(collector.report().installed).toEqual({
      count: 1,
      unused: [],
      missing: [{ type: 'x.Gone', pipelines: ['a'] }],
    });
  });
});

describe('a part of the pipelines', () => {
  it('says what they miss, and nothing about what others may use', () => {
    const collector = health();
    collector.installed([types.log, types.copy], { isPartial: true });
    collector.pipeline(pipeline('a', { log: types.log, gone: 'x.Gone' }));
    const report = collector.report();
    expect(report.installed).toEqual({
      count: 2,
      isPartial: true,
      unused: [],
      missing: [{ type: 'x.Gone', pipelines: ['a'] }],
    });
    for (const render of [renderHealthText, renderHealthHtml, renderHealthMarkdown]) {
      expect(render(report)).toContain('Not every pipeline was looked at');
    }
    expect(renderHealthHtml(report)).not.toContain(' unused</li>');
  });
});

describe('a plugin of which only a trigger is used', () => {
  it('is not called unused as a whole, also when only its tasks are listed', () => {
    const collector = health();
    collector.installed(['x.kafka.Consume', 'x.kafka.Produce', 'x.mqtt.Publish']);
    collector.run(run('a', [], { trigger: { type: 'x.kafka.RealtimeTrigger' } }));
    expect(collector.report().installed!.unused).toMatchObject([
      { group: 'x.kafka', whole: false },
      { group: 'x.mqtt', whole: true },
    ]);
  });
});

it('a report stays as it is when more comes', () => {
  const collector = health();
  collector.pipeline(pipeline('a', { q: types.query }));
  collector.run(run('a', [took('q', 1)]));
  const first = collector.report();
  const copy = structuredClone(first);
  collector.run(run('a', [took('q', 9, { state: 'failed' }), took('zzz', 1)]));
  expect(first).toEqual(copy);
});
