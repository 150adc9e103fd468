import { openMetadataExchanges } from '@flowmeta/recordings';
import { describe, expect, it } from 'vitest';
import { type StoredStatus, statusEquals } from './status-equals.js';
import type { PipelineStatus } from './types.js';

const sent: PipelineStatus = {
  timestamp: 1,
  executionStatus: 'Failed',
  taskStatus: [
    { name: 'a', executionStatus: 'Successful', startTime: 1, endTime: 2, logLink: 'http://kestra/logs' },
    { name: 'b', executionStatus: 'Failed', startTime: 2 },
  ],
};

describe('statusEquals', () => {
  it('does not mind the order of tasks, nulls, or fields that we never send', () => {
    const stored = {
      timestamp: 1,
      executionStatus: 'Failed',
      executionId: null,
      endTime: null,
      parameters: { day: '2026-11-22' },
      taskStatus: [
        { name: 'b', executionStatus: 'Failed', startTime: 2, endTime: null, taskId: 'x' },
        { name: 'a', executionStatus: 'Successful', startTime: 1, endTime: 2, logLink: 'http://kestra/logs' },
      ],
    } as StoredStatus;
    expect(statusEquals(stored, sent)).toBe(true);
  });

  it.each<[string, StoredStatus]>([
    ['another state', { ...sent, executionStatus: 'Successful' }],
    ['another time', { ...sent, timestamp: 2 }],
    ['an end', { ...sent, endTime: 5 }],
    ['another execution', { ...sent, executionId: 'x' }],
    ['one task less', { ...sent, taskStatus: sent.taskStatus.slice(1) }],
    ['one task more', { ...sent, taskStatus: [...sent.taskStatus, { name: 'c', executionStatus: 'Failed' }] }],
    ['another task', { ...sent, taskStatus: [sent.taskStatus[0]!, { ...sent.taskStatus[1]!, name: 'c' }] }],
    ['no tasks', { ...sent, taskStatus: null }],
    ['a task that has ended', { ...sent, taskStatus: [sent.taskStatus[0]!, { ...sent.taskStatus[1]!, endTime: 3 }] }],
    ['another log', { ...sent, taskStatus: [{ ...sent.taskStatus[0]!, logLink: 'http://x/' }, sent.taskStatus[1]!] }],
  ])('sees %s', (_difference, stored) => {
    expect(statusEquals(stored, sent)).toBe(false);
  });

  it.each(['1.2', '1.6'] as const)('finds what was sent to a real %s unchanged in its answer', (version) => {
    const answers = openMetadataExchanges(version).flatMap(({ request, response }) => {
      const stored = (response.body as { pipelineStatus?: StoredStatus } | undefined)?.pipelineStatus;
      const status = request.body as PipelineStatus | undefined;
      const isWrite = request.method === 'PUT' && request.path.endsWith('/status') && response.status === 200;
      if (!isWrite || stored === undefined || status === undefined) return [];
      // The servers also read fractions, texts and a task that is named twice, none of which we send.
      const names = status.taskStatus.map(({ name }) => name);
      const isOurs = Number.isInteger(status.timestamp) && new Set(names).size === names.length;
      return isOurs ? [{ stored, status }] : [];
    });
    expect(answers.length).toBeGreaterThan(10);
    for (const { stored, status } of answers) expect(statusEquals(stored, status)).toBe(true);
  });
});
