import { kestraVersions } from '@flowmeta/recordings';
import { describe, expect, it } from 'vitest';
import { snapshot } from '../test/recorded-client.js';
import { readState, runStates, severity } from './states.js';

const start = '2026-11-22T06:00:00.123456Z';
const end = '2026-11-22T06:00:05Z';
const of = (
  current: string,
  dates: { startDate?: string; endDate?: string } = {},
  histories = [{ state: 'CREATED', date: start }],
) => readState({ current, histories, ...dates });

describe('a Kestra state', () => {
  it('is known in every state that was ever recorded', () => {
    const recorded = new Set<string>();
    for (const version of kestraVersions) {
      for (const { state, taskRuns = [] } of snapshot(version).executionsById.values()) {
        for (const each of [state, ...taskRuns.map((taskRun) => taskRun.state)]) {
          for (const name of [each.current, ...each.histories.map((history) => history.state)]) recorded.add(name);
        }
      }
    }
    expect(recorded.size).toBeGreaterThan(12);
    expect([...recorded].filter((name) => !Object.hasOwn(runStates, name))).toEqual([]);
  });

  it('has its instants in ms', () => {
    const startedAt = Date.UTC(2026, 10, 22, 6, 0, 0, 123);
    expect(of('SUCCESS', { startDate: start, endDate: end })).toEqual({
      state: 'succeeded',
      sourceState: 'SUCCESS',
      startedAt,
      endedAt: Date.UTC(2026, 10, 22, 6, 0, 5),
    });
  });

  it('has no end while it is paused, although Kestra names one', () => {
    expect(of('PAUSED', { startDate: start, endDate: end })).not.toHaveProperty('endedAt');
  });

  it('takes missing dates from its history', () => {
    const histories = [
      { state: 'CREATED', date: start },
      { state: 'KILLED', date: end },
    ];
    const { startedAt, endedAt, state } = of('KILLED', {}, histories);
    expect([state, startedAt, endedAt]).toEqual(['cancelled', Date.parse(start), Date.parse(end)]);
  });

  it('that is new is unknown, open until it has an end, and keeps its name', () => {
    expect(of('HIBERNATING', { startDate: start })).toEqual({
      state: 'unknown',
      sourceState: 'HIBERNATING',
      startedAt: Date.parse(start),
    });
    expect(of('HIBERNATING', { startDate: start, endDate: end })).toMatchObject({
      state: 'unknown',
      endedAt: Date.parse(end),
    });
  });

  it('that is called like a method of objects is unknown too', () => {
    expect(of('constructor').state).toBe('unknown');
  });

  it('has its place in the order of severity, whichever it is', () => {
    expect(new Set([...Object.values(runStates), 'unknown'])).toEqual(new Set(severity));
  });
});
