import type { RunReport } from '@flowmeta/connector';
import { describe, expect, it } from 'vitest';
import { judge } from './judge.js';
import type { Snapshot } from './snapshot.js';

const before: Snapshot = new Map([
  ['pipeline a', { description: 'old', tags: [] }],
  ['edge pipeline kestra.a → pipeline kestra.b', {}],
]);
const wanted: Snapshot = new Map([
  ['pipeline a', { description: 'new', tags: [] }],
  ['run a 1', { executionStatus: 'Successful' }],
  ['edge pipeline kestra.a → pipeline kestra.b', {}],
]);

const reportOf = (more: Partial<RunReport> = {}): RunReport =>
  ({ outcome: 'done', pipelines: [], skipped: [], failed: [], warnings: [], ...more }) as unknown as RunReport;

const problemsOf = (actual: Snapshot, report: RunReport): string[] =>
  judge({ report, actual, wanted, before, isLie: false });

const failed = reportOf({ outcome: 'failed', error: { ref: 'run', message: 'gone', count: 1 } });

describe('judge', () => {
  it('finds nothing wrong with a catalog that is as it should be', () => {
    expect(problemsOf(wanted, reportOf())).toEqual([]);
  });

  it('finds silence about what is missing or old', () => {
    expect(problemsOf(before, reportOf())).toEqual([
      expect.stringContaining('done, but old: pipeline a description'),
      expect.stringContaining('done, but old: run a 1'),
    ]);
    expect(problemsOf(before, failed)).toEqual([]);
    const told = reportOf({ outcome: 'partial', failed: [{ ref: 'a', message: 'refused', count: 1 }] });
    expect(problemsOf(before, told)).toEqual([]);
    const other = reportOf({ outcome: 'partial', failed: [{ ref: 'z', message: 'refused', count: 1 }] });
    expect(problemsOf(before, other)).toHaveLength(2);
  });

  it('finds damage, whatever the report says', () => {
    const withoutEdge = new Map([...wanted].filter(([entity]) => !entity.startsWith('edge')));
    const withoutPipeline = new Map([...wanted].filter(([entity]) => entity !== 'pipeline a'));
    const strange = new Map([...wanted, ['pipeline a', { description: 'neither', tags: [] }]] as const);
    for (const actual of [withoutEdge, withoutPipeline, strange]) {
      expect(problemsOf(actual, failed)).toEqual([expect.stringContaining('damage: ')]);
    }
  });

  it('finds a run that fails without a reason', () => {
    expect(problemsOf(wanted, reportOf({ outcome: 'failed' }))).toEqual(['failed without an error']);
    expect(problemsOf(wanted, reportOf({ outcome: 'partial' }))).toHaveLength(1);
  });
});
