import type { PipelineStatus } from '@flowmeta/om-mapper';
import { describe, expect, it } from 'vitest';
import { createSettledStatuses } from './settled-statuses.js';
import type { RunMemory } from './types.js';

const minute = 60_000;
const pipeline = { id: 'p', hash: 'h' };

function status(timestamp: number, executionStatus: PipelineStatus['executionStatus'] = 'Successful'): PipelineStatus {
  return { timestamp, executionStatus, taskStatus: [] };
}

/** One run at an instant: which of the statuses it has to look at. The catalog has them all afterwards. */
function runAt(until: number, memory: RunMemory, statuses: PipelineStatus[], { isFull = false, of = pipeline } = {}) {
  const settled = createSettledStatuses({ memory, until }, isFull)!;
  const unsettled = settled.unsettled(of, statuses).map(({ timestamp }) => timestamp);
  settled.settle(of, statuses);
  settled.save();
  return unsettled;
}

function memory(): RunMemory & { settled: Map<string, string> } {
  return {
    last: undefined,
    digest: (text) => text,
    save: async () => {},
    config: '',
    overlap: 10 * minute,
    fullEvery: 0,
    longestGap: 0,
    settled: new Map(),
  };
}

describe('statuses that the catalog has', () => {
  it('are not looked at again, unless they or their pipeline have changed', () => {
    const own = memory();
    const ended = status(95 * minute);
    expect(runAt(100 * minute, own, [ended])).toEqual([95 * minute]);
    expect(runAt(101 * minute, own, [ended])).toEqual([]);
    expect(runAt(102 * minute, own, [status(95 * minute, 'Failed')])).toEqual([95 * minute]);
    expect(runAt(103 * minute, own, [status(95 * minute, 'Failed')], { of: { id: 'p', hash: 'new' } })).toHaveLength(1);
    expect(runAt(104 * minute, own, [status(95 * minute, 'Failed')], { of: { id: 'q', hash: 'new' } })).toHaveLength(1);
  });

  it('are all looked at by a full pass', () => {
    const own = memory();
    runAt(100 * minute, own, [status(95 * minute)]);
    expect(runAt(101 * minute, own, [status(95 * minute)], { isFull: true })).toEqual([95 * minute]);
  });

  it('are forgotten once no run reads them any more', () => {
    const own = memory();
    const open = status(minute, 'Pending');
    runAt(100 * minute, own, [status(89 * minute), status(91 * minute), open]);
    expect([...own.settled.keys()]).toEqual([`p ${91 * minute}`, `p ${minute}`]);
    runAt(102 * minute, own, [open]);
    expect([...own.settled.keys()]).toEqual([`p ${minute}`]);
  });
});
