import type { Run, RunState } from '@flowmeta/connector';
import { describe, expect, it } from 'vitest';
import { capabilitiesFor } from './capabilities.js';
import { mapRun } from './map-run.js';

const rowOf = (version: string) => capabilitiesFor(version).capabilities;
const taskNames = new Map([
  ['extract', 'extract'],
  ['a::b', 'a_x003A_:b'],
]);
const run: Run = {
  id: '4kAbC',
  pipeline: 'company.team.daily',
  state: 'succeeded',
  sourceState: 'SUCCESS',
  startedAt: 1_795_300_000_000,
  endedAt: 1_795_300_009_000,
  revision: '7',
  taskRuns: [
    { task: 'a::b', state: 'skipped', sourceState: 'SKIPPED', attempts: 1 },
    {
      task: 'extract',
      state: 'warning',
      sourceState: 'WARNING',
      startedAt: 1_795_300_001_000,
      endedAt: 1_795_300_002_000,
      attempts: 2,
      url: 'https://kestra.example.com/ui/main/executions/company.team/daily/4kAbC/logs',
    },
    { task: 'gone', state: 'failed', sourceState: 'FAILED', attempts: 1 },
  ],
};

describe('mapRun', () => {
  it('names the tasks as the pipeline does, in its order, and no task that it lacks', () => {
    expect(mapRun(run, { taskNames, capabilities: rowOf('1.9') })).toEqual({
      timestamp: 1_795_300_000_000,
      executionStatus: 'Successful',
      taskStatus: [
        {
          name: 'extract',
          executionStatus: 'Successful',
          startTime: 1_795_300_001_000,
          endTime: 1_795_300_002_000,
          logLink: 'https://kestra.example.com/ui/main/executions/company.team/daily/4kAbC/logs',
        },
        { name: 'a_x003A_:b', executionStatus: 'Skipped' },
      ],
    });
  });

  it('adds the id, end and revision where the version has room for them', () => {
    expect(mapRun(run, { taskNames, capabilities: rowOf('1.10') })).toMatchObject({
      executionId: '4kAbC',
      endTime: 1_795_300_009_000,
      version: '7',
    });
    const { endedAt: _, revision: __, ...open } = run;
    const status = mapRun(open, { taskNames, capabilities: rowOf('1.10') });
    expect(status).not.toHaveProperty('endTime');
    expect(status).not.toHaveProperty('version');
  });

  it.each([
    ['queued', 'Pending', 'Pending'],
    ['running', 'Pending', 'Pending'],
    ['paused', 'Pending', 'Pending'],
    ['unknown', 'Pending', 'Pending'],
    ['a state of the future' as RunState, 'Pending', 'Pending'],
    ['succeeded', 'Successful', 'Successful'],
    ['warning', 'Successful', 'Successful'],
    ['failed', 'Failed', 'Failed'],
    ['cancelled', 'Failed', 'Failed'],
    ['skipped', 'Skipped', 'Successful'],
  ] as const)('calls %s %s, on 1.2 %s', (state, type, typeOn12) => {
    const inState = { ...run, state, taskRuns: [{ task: 'extract', state, sourceState: 'X', attempts: 1 }] };
    for (const [version, expected] of [
      ['1.3', type],
      ['1.2', typeOn12],
    ] as const) {
      const status = mapRun(inState, { taskNames, capabilities: rowOf(version) });
      expect(status.executionStatus).toBe(expected);
      expect(status.taskStatus[0]?.executionStatus).toBe(expected);
    }
  });

  it('always has a list of tasks', () => {
    const options = { taskNames: new Map<string, string>(), capabilities: rowOf('1.2'), timestamp: 5 };
    expect(mapRun(run, options)).toEqual({ timestamp: 5, executionStatus: 'Successful', taskStatus: [] });
  });
});
