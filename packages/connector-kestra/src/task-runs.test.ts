import type { KestraTaskRun } from '@flowmeta/kestra-client';
import { describe, expect, it } from 'vitest';
import { aggregateTaskRuns } from './task-runs.js';

const second = (seconds: number): string => new Date(Date.UTC(2026, 10, 22, 6, 0, seconds)).toISOString();
const ms = (seconds: number): number => Date.parse(second(seconds));
const url = 'https://kestra.example.com/ui/main/executions/a/b/c/logs';

function taskRun(
  id: string,
  taskId: string,
  {
    state = 'SUCCESS',
    from = 0,
    to,
    parent,
    attempts = 1,
    dynamic,
  }: {
    state?: string;
    from?: number;
    to?: number;
    parent?: string;
    attempts?: number;
    dynamic?: boolean;
  } = {},
): KestraTaskRun {
  const histories = [{ state: 'CREATED', date: second(from) }];
  const dates = {
    current: state,
    histories,
    startDate: second(from),
    ...(to !== undefined && { endDate: second(to) }),
  };
  return {
    id,
    taskId,
    state: dates,
    attempts: Array.from({ length: attempts }, () => ({ state: dates })),
    ...(parent !== undefined && { parentTaskRunId: parent }),
    ...(dynamic !== undefined && { dynamic }),
  };
}

const aggregate = (taskRuns: KestraTaskRun[], ...tasks: string[]) =>
  aggregateTaskRuns(taskRuns, { tasks: new Set(tasks), url });

describe('the task runs of a run', () => {
  it('come one per task, in the order of the pipeline, only for tasks that ran', () => {
    const taskRuns = aggregate([taskRun('2', 'b', { to: 1 }), taskRun('1', 'a', { to: 1 })], 'a', 'b', 'c');
    expect(taskRuns.map(({ task }) => task)).toEqual(['a', 'b']);
    expect(taskRuns[0]).toEqual({
      task: 'a',
      state: 'succeeded',
      sourceState: 'SUCCESS',
      startedAt: ms(0),
      endedAt: ms(1),
      attempts: 1,
      retries: 0,
      url,
    });
  });

  it('take iterations and their attempts together: worst state, first start, last end', () => {
    const iterations = [
      taskRun('1', 'a', { from: 3, to: 9 }),
      taskRun('2', 'a', { from: 1, to: 2, state: 'FAILED', attempts: 3 }),
      taskRun('3', 'a', { from: 4, to: 5, state: 'WARNING' }),
    ];
    expect(aggregate(iterations, 'a')).toEqual([
      {
        task: 'a',
        state: 'failed',
        sourceState: 'FAILED',
        startedAt: ms(1),
        endedAt: ms(9),
        attempts: 5,
        retries: 2,
        url,
      },
    ]);
  });

  it('have no end while one iteration is open', () => {
    const [whole] = aggregate([taskRun('1', 'a', { to: 9 }), taskRun('2', 'a', { state: 'RUNNING' })], 'a');
    expect(whole).toMatchObject({ state: 'running', sourceState: 'RUNNING', attempts: 2 });
    expect(whole).not.toHaveProperty('endedAt');
  });

  it('count a flowable, which has no attempts, as one', () => {
    expect(aggregate([taskRun('1', 'loop', { to: 1, attempts: 0 })], 'loop')[0]?.attempts).toBe(1);
  });

  it('let a later task run take the place of one that was retried or resubmitted', () => {
    const resubmitted = [taskRun('1', 'a', { state: 'RESUBMITTED', to: 1 }), taskRun('2', 'a', { from: 1, to: 4 })];
    expect(aggregate(resubmitted, 'a')[0]).toMatchObject({
      state: 'succeeded',
      startedAt: ms(0),
      endedAt: ms(4),
      attempts: 2,
      retries: 1,
    });
    const retrying = [taskRun('1', 'a', { state: 'RETRIED', to: 1 }), taskRun('2', 'a', { from: 1, state: 'RUNNING' })];
    expect(aggregate(retrying, 'a')[0]).toMatchObject({ state: 'running' });
  });

  it('show a retried one that nothing took the place of', () => {
    expect(aggregate([taskRun('1', 'a', { state: 'RETRIED', to: 1 })], 'a')[0]).toMatchObject({
      state: 'failed',
      sourceState: 'RETRIED',
      endedAt: ms(1),
    });
  });

  it('fold dynamic ones (one per dbt model, in no flow) into the task they ran in, whatever the depth', () => {
    const dbt = [
      taskRun('1', 'dbt', { from: 0, to: 8 }),
      taskRun('2', 'model.jaffle.orders', { parent: '1', from: 1, to: 3, dynamic: true }),
      taskRun('3', 'test.jaffle.not_null', { parent: '2', from: 4, to: 9, state: 'WARNING', dynamic: true }),
    ];
    expect(aggregate(dbt, 'dbt')).toEqual([
      {
        task: 'dbt',
        state: 'warning',
        sourceState: 'WARNING',
        startedAt: ms(0),
        endedAt: ms(9),
        attempts: 1,
        retries: 0,
        url,
      },
    ]);
  });

  it('tell retries from iterations: attempts beyond the first of each', () => {
    const iterations = [
      taskRun('1', 'a', { to: 1, attempts: 3 }),
      taskRun('2', 'a', { to: 1 }),
      taskRun('3', 'a', { state: 'RETRIED', to: 1 }),
      taskRun('4', 'a', { to: 1 }),
      taskRun('5', 'loop', { to: 2, attempts: 0 }),
      taskRun('6', 'item', { parent: '5', to: 2, attempts: 4 }),
    ];
    expect(aggregate(iterations, 'a', 'loop').map(({ attempts, retries }) => [attempts, retries])).toEqual([
      [6, 3],
      [1, 0],
    ]);
    const [replaced] = aggregate([taskRun('1', 'a', { state: 'RETRIED', to: 1 })], 'a');
    expect(replaced).toMatchObject({ attempts: 1, retries: 0 });
  });

  it('keep what ran in no task of the pipeline where that is asked for, by the outermost name', () => {
    const taskRuns = [
      taskRun('1', 'gone', { to: 1 }),
      taskRun('2', 'inner', { parent: '1', state: 'FAILED', to: 3 }),
      taskRun('3', 'a', { to: 1 }),
      taskRun('4', 'model', { parent: '3', to: 2 }),
    ];
    const kept = aggregateTaskRuns(taskRuns, { tasks: new Set(['a']), keepsOthers: true, url });
    expect(kept.map(({ task, state, endedAt }) => [task, state, endedAt])).toEqual([
      ['a', 'succeeded', ms(2)],
      ['gone', 'failed', ms(3)],
    ]);
  });

  it('leave out what ran in no task of the pipeline, and survive a circle of parents', () => {
    const strangers = [
      taskRun('1', 'gone', { to: 1 }),
      taskRun('2', 'x', { parent: '3' }),
      taskRun('3', 'y', { parent: '2' }),
      taskRun('4', 'z', { parent: 'missing' }),
    ];
    expect(aggregate(strangers, 'a')).toEqual([]);
  });

  it('survive a loop with more iterations than a call takes arguments', () => {
    const many = Array.from({ length: 200_000 }, (_, index) =>
      taskRun(String(index), 'a', { from: index % 60, to: 60 }),
    );
    expect(aggregate(many, 'a')[0]).toMatchObject({ startedAt: ms(0), endedAt: ms(60), attempts: 200_000 });
  });
});
