import type { RunReport } from '@flowmeta/connector';
import { describe, expect, it } from 'vitest';
import { prometheusText } from '../src/index.js';
import { sampleReport } from './sample-report.js';

/** Reads the text as the format's description says; throws for what is none. */
function read(text: string): Map<string, number> {
  expect(text.endsWith('\n')).toBe(true);
  const values = new Map<string, number>();
  const typed = new Set<string>();
  for (const line of text.trimEnd().split('\n')) {
    const type = /^# TYPE ([a-z_]+) gauge$/.exec(line);
    if (type) {
      expect(typed.has(type[1]!)).toBe(false);
      typed.add(type[1]!);
      continue;
    }
    if (/^# HELP [a-z_]+ .+$/.test(line)) continue;
    const sample = /^(flowmeta_[a-z_]+)(\{(?:[a-z_]+="(?:[^"\\]|\\["\\n])*",?)+\}) (-?[\d.]+)$/.exec(line);
    if (!sample) throw new Error(`no sample: ${line}`);
    expect(typed.has(sample[1]!)).toBe(true);
    const series = sample[1]! + sample[2]!;
    expect(values.has(series)).toBe(false);
    values.set(series, Number(sample[3]));
  }
  return values;
}

const report = sampleReport(40);
const labels = 'service="kestra_prod",connector="kestra"';
const withService = (change: Partial<RunReport> = {}): RunReport => ({
  ...report,
  target: { ...report.target, service: 'kestra_prod' },
  ...change,
});
const success = `flowmeta_last_success_timestamp_seconds{${labels}}`;

describe('prometheusText', () => {
  it('has the outcome, the times and every count of the report', () => {
    const values = read(prometheusText(withService()));
    expect(values.get(`flowmeta_run_outcome{${labels},outcome="partial"}`)).toBe(1);
    expect(values.get(`flowmeta_run_outcome{${labels},outcome="done"}`)).toBe(0);
    expect(values.get(`flowmeta_run_duration_seconds{${labels}}`)).toBe(161);
    expect(values.get(`flowmeta_run_end_timestamp_seconds{${labels}}`)).toBe(report.endedAt / 1000);
    for (const entity of ['pipelines', 'runs', 'edges'] as const) {
      for (const [state, value] of Object.entries(report.totals[entity])) {
        expect(values.get(`flowmeta_run_entities{${labels},entity="${entity}",state="${state}"}`)).toBe(value);
      }
    }
    for (const side of ['source', 'target'] as const) {
      const { total, retried } = report.requests[side];
      expect(values.get(`flowmeta_run_requests{${labels},side="${side}"}`)).toBe(total);
      expect(values.get(`flowmeta_run_request_retries{${labels},side="${side}"}`)).toBe(retried);
    }
    const degraded = report.pipelines.filter((pipeline) => pipeline.degraded).length;
    expect(values.get(`flowmeta_run_degraded_pipelines{${labels}}`)).toBe(degraded);
  });

  it('counts gaps by reason, and says nothing of lineage that was not wanted', () => {
    const gap = { pipeline: 'a', message: 'no table' };
    const gaps = [
      { ...gap, reason: 'missing' as const },
      { ...gap, reason: 'sql' as const },
      { ...gap, reason: 'missing' as const },
    ];
    const values = read(prometheusText(withService({ lineage: { nodes: [], edges: [], gaps } })));
    expect(values.get(`flowmeta_run_lineage_gaps{${labels},reason="missing"}`)).toBe(2);
    expect(values.get(`flowmeta_run_lineage_gaps{${labels},reason="template"}`)).toBe(0);
    const { lineage: _lineage, ...without } = withService();
    expect(prometheusText(without)).not.toContain('lineage');
  });

  it('keeps the last success until there is a new one', () => {
    const first = prometheusText(withService({ outcome: 'done', endedAt: 1_000_500 }));
    expect(read(first).get(success)).toBe(1000.5);
    const failed = prometheusText(withService({ outcome: 'failed', endedAt: 2_000_000 }), { previous: first });
    expect(read(failed).get(success)).toBe(1000.5);
    const dry = prometheusText(withService({ outcome: 'done', dryRun: true }), { previous: failed });
    expect(read(dry).get(success)).toBe(1000.5);
    const next = prometheusText(withService({ outcome: 'done', endedAt: 3_000_000 }), { previous: dry });
    expect(read(next).get(success)).toBe(3000);
  });

  it('takes no success from another service, or from a broken file', () => {
    const other = prometheusText({ ...withService({ outcome: 'done' }), target: { ...report.target, service: 'b' } });
    for (const previous of [other, '', '<html>', `${success} soon\n`]) {
      expect(prometheusText(withService({ outcome: 'failed' }), { previous })).not.toContain('last_success');
    }
  });

  it('escapes what a name may hold', () => {
    const service = 'a"b\\c\nd';
    const text = prometheusText({ ...report, target: { ...report.target, service } });
    expect(read(text).get('flowmeta_run_tags_created{service="a\\"b\\\\c\\nd",connector="kestra"}')).toBe(
      report.totals.tags.created,
    );
  });
});
