import type { RunReport } from '@flowmeta/connector';
import { describe, expect, it } from 'vitest';
import { createCycleChoice } from './shown-cycles.js';
import { createWatchStatus } from './watch-status.js';

const minute = 60_000;

function report({
  outcome = 'done',
  created = 0,
  endedAt = 0,
}: Partial<RunReport> & { created?: number } = {}): RunReport {
  const none = { read: 0, created: 0, updated: 0, unchanged: 0, filtered: 0, skipped: 0, failed: 0 };
  const requests = { total: 0, retried: 0, byEndpoint: {} };
  return {
    formatVersion: 1,
    runId: 'a',
    outcome,
    startedAt: endedAt,
    endedAt,
    window: { since: 0, until: endedAt },
    dryRun: false,
    source: { connector: 'kestra', description: 'Kestra' },
    target: { kind: 'openmetadata', description: 'OpenMetadata', service: 'a "b"' },
    totals: { pipelines: { ...none, created }, runs: none, edges: none, tags: { created: 0 } },
    requests: { source: requests, target: requests },
    pipelines: [],
    skipped: [],
    failed: [],
    warnings: [],
  };
}

describe('what the watch says of itself', () => {
  it('is a problem until the first cycle has ended well, while one fails, and when none ends any more', () => {
    let now = 0;
    const status = createWatchStatus({ now: () => now });
    status.setInterval(minute);
    expect(status.problem()).toBe('the first cycle has not ended yet');
    status.cycleEnded({ outcome: 'put-off' });
    expect(status.problem()).toBe('the first cycle has not ended yet');
    status.cycleEnded({ outcome: 'partial', report: report({ outcome: 'partial' }) });
    expect(status.problem()).toBeUndefined();
    status.cycleEnded({ outcome: 'failed', reason: 'no answer' });
    status.cycleEnded({ outcome: 'failed', reason: 'no answer' });
    expect([status.problem(), status.failuresInARow()]).toEqual(['the last cycle failed: no answer', 2]);
    status.cycleEnded({ outcome: 'done', report: report() });
    expect([status.problem(), status.failuresInARow()]).toEqual([undefined, 0]);
    now = 33 * minute;
    expect(status.problem()).toBeUndefined();
    now += 1;
    expect(status.problem()).toBe('no cycle has ended for 33 min 00 s');
  });

  it('is text that Prometheus reads, with counters that add up', () => {
    let now = 0;
    const status = createWatchStatus({ now: () => now });
    status.cycleEnded({ outcome: 'done', report: report({ created: 2 }) });
    status.cycleEnded({ outcome: 'done', report: report({ created: 3, endedAt: 4_000 }) });
    status.cycleEnded({ outcome: 'failed', report: report({ outcome: 'failed' }), reason: 'x' });
    now = 90_000;
    const text = status.metrics();
    const sample = /^[a-z_]+(?:\{(?:[a-z]+="(?:[^"\\\n]|\\.)*",?)+\})? -?\d+(?:\.\d+)?$/;
    const typed = new Set<string>();
    for (const line of text.trimEnd().split('\n')) {
      const [, name] = /^# TYPE (\S+) (?:gauge|counter)$/.exec(line) ?? [];
      if (name !== undefined) {
        expect(typed.has(name), name).toBe(false);
        typed.add(name);
      } else if (!line.startsWith('# HELP ')) {
        expect(line).toMatch(sample);
        expect(typed).toContain(/^[a-z_]+/.exec(line)![0]);
      }
    }
    expect(text).toContain('flowmeta_watch_writes_total{entity="pipelines",state="created"} 5\n');
    expect(text).toContain('flowmeta_watch_cycles_total{outcome="done"} 2\n');
    expect(text).toContain('flowmeta_watch_seconds_since_success 90\n');
    // The last run failed, and the last success is still told.
    expect(text).toContain('connector="kestra",outcome="failed"} 1\n');
    expect(text).toMatch(/flowmeta_last_success_timestamp_seconds\{.*\} 4\n/);
  });
});

describe('the cycles that OpenMetadata shows', () => {
  it('are the first, those that end otherwise, and one in ten minutes of those that wrote', () => {
    const isShown = createCycleChoice();
    expect(isShown(report())).toBe(true);
    expect(isShown(report({ created: 1, endedAt: 9 * minute }))).toBe(false);
    expect(isShown(report({ endedAt: 10 * minute }))).toBe(false);
    expect(isShown(report({ created: 1, endedAt: 11 * minute }))).toBe(true);
    expect(isShown(report({ outcome: 'failed', endedAt: 12 * minute }))).toBe(true);
    expect(isShown(report({ outcome: 'failed', endedAt: 40 * minute }))).toBe(false);
    expect(isShown(report({ outcome: 'interrupted', endedAt: 41 * minute }))).toBe(false);
    expect(isShown(report({ endedAt: 42 * minute }))).toBe(true);
  });
});
