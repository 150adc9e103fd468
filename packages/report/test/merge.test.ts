import type { LineageGraph, RunReport } from '@flowmeta/connector';
import { describe, expect, it } from 'vitest';
import { mergeReports, parseRunReport, renderHtml, renderJson, renderText } from '../src/index.js';
import { sampleReport } from './sample-report.js';

const base = sampleReport(8);

function reportOf(runId: string, change: Partial<RunReport> = {}): RunReport {
  return { ...structuredClone(base), runId, outcome: 'done', skipped: [], failed: [], warnings: [], ...change };
}

/** The first pipelines of the sample, by position. */
const pipelinesAt = (...positions: number[]) => positions.map((position) => structuredClone(base.pipelines[position]!));
const serviceOf = (service: string, description = base.target.description) => ({
  ...base.target,
  service,
  description,
});
const finding = (ref: string, count = 1) => ({ ref, message: 'refused', count });
const pipelineNode = (name: string, external = false) => ({
  id: `pipeline ${name}`,
  reference: { kind: 'pipeline' as const, name, ...(external ? { external } : {}) },
  label: name,
});

describe('mergeReports', () => {
  it('adds up totals and requests, spans the window, and takes the worst outcome', () => {
    const a = reportOf('a', {
      pipelines: pipelinesAt(0, 1),
      startedAt: 100,
      endedAt: 200,
      window: { since: 5, until: 100 },
    });
    const b = reportOf('b', {
      pipelines: pipelinesAt(2),
      outcome: 'partial',
      startedAt: 50,
      endedAt: 300,
      window: { since: 10, until: 150 },
      error: finding('run'),
    });
    b.totals.edges.removed = 3;
    const merged = mergeReports([a, b]);
    expect(merged).toMatchObject({
      runId: 'a+b',
      outcome: 'partial',
      startedAt: 50,
      endedAt: 300,
      window: { since: 5, until: 150 },
      source: a.source,
      target: a.target,
      error: { ref: 'run', message: 'refused', count: 1 },
    });
    expect(merged.pipelines.map(({ name }) => name)).toEqual(pipelinesAt(0, 1, 2).map(({ name }) => name));
    expect(merged.totals.pipelines.read).toBe(2 * base.totals.pipelines.read);
    expect(merged.totals.edges.removed).toBe(3);
    expect(merged.totals.runs.removed).toBeUndefined();
    expect(merged.totals.tags.created).toBe(2 * base.totals.tags.created);
    expect(merged.requests.target.total).toBe(2 * base.requests.target.total);
    expect(merged.requests.source.byEndpoint['GET /api/v1/main/flows/search']).toBe(2 * 117);
    expect(parseRunReport(renderJson(merged))).toEqual(merged);
  });

  it('says which of several services an error is of', () => {
    const [eu, us] = ['eu', 'us'].map((name) =>
      reportOf(name, { pipelines: [], target: { ...base.target, service: `kestra_${name}` }, error: finding('run') }),
    );
    expect(mergeReports([eu!, us!]).error?.message).toBe('kestra_eu: refused; kestra_us: refused');
  });

  it.each([
    [['done', 'done'], 'done'],
    [['partial', 'interrupted'], 'interrupted'],
    [['failed', 'done', 'interrupted'], 'failed'],
  ] as const)('of %j makes %s', (outcomes, expected) => {
    const reports = outcomes.map((outcome, position) => reportOf(`${position}`, { outcome, pipelines: [] }));
    expect(mergeReports(reports).outcome).toBe(expected);
  });

  it('has a pipeline once that several runs of a service have read, as the last one saw it, with all its runs', () => {
    const [before, after] = [pipelinesAt(0)[0]!, pipelinesAt(0)[0]!];
    Object.assign(before, { outcome: 'created', fqn: 'kestra_prod.x', description: 'Old.' });
    Object.assign(after, { outcome: 'unchanged', description: 'New.' });
    delete after.fqn;
    const run = (id: string, startedAt: number) => ({ id, state: 'succeeded' as const, startedAt });
    before.runs = {
      read: 2,
      written: 2,
      unchanged: 0,
      failed: 0,
      byState: { succeeded: 2 },
      latest: [run('1', 1), run('2', 2)],
    };
    after.runs = {
      read: 12,
      written: 11,
      unchanged: 1,
      failed: 0,
      byState: { succeeded: 11, failed: 1 },
      latest: Array.from({ length: 10 }, (_, position) => run(`${position + 2}`, position + 2)),
    };
    // The later one comes first: the order of the files says nothing.
    const merged = mergeReports([
      reportOf('b', { pipelines: [after], endedAt: 20 }),
      reportOf('a', { pipelines: [before], endedAt: 10 }),
    ]);
    const [pipeline, ...others] = merged.pipelines;
    expect(others).toEqual([]);
    expect(pipeline).toMatchObject({ outcome: 'created', fqn: 'kestra_prod.x', description: 'New.' });
    expect(pipeline?.runs).toMatchObject({ read: 14, written: 13, byState: { succeeded: 13, failed: 1 } });
    expect(pipeline?.runs.latest.map(({ id }) => id)).toEqual(['11', '10', '9', '8', '7', '6', '5', '4', '3', '2']);
  });

  it.each([
    ['created', 'unchanged', 'created'],
    ['created', 'deleted', 'deleted'],
    ['deleted', 'restored', 'restored'],
    ['deleted', 'unchanged', 'unchanged'],
    ['failed', 'updated', 'failed'],
  ] as const)('calls a pipeline that was %s, then %s: %s', (before, after, expected) => {
    const pipeline = pipelinesAt(0)[0]!;
    const merged = mergeReports([
      reportOf('a', { pipelines: [{ ...pipeline, outcome: before }], endedAt: 10 }),
      reportOf('b', { pipelines: [{ ...pipeline, outcome: after }], endedAt: 20 }),
    ]);
    expect(merged.pipelines.map(({ outcome }) => outcome)).toEqual([expected]);
  });

  it('keeps pipelines of one name apart that are of different services, everywhere', () => {
    const graph: LineageGraph = {
      nodes: [pipelineNode('x.load'), pipelineNode('x.own')],
      edges: [{ from: 'pipeline x.load', to: 'pipeline x.own', description: 'Flow trigger', pipeline: 'x.load' }],
      gaps: [{ pipeline: 'x.load', reason: 'sql', message: 'unreadable' }],
    };
    const named = (name: string) => ({ ...pipelinesAt(0)[0]!, name });
    const merged = mergeReports([
      reportOf('a', { target: serviceOf('kestra_a'), pipelines: [named('x.load'), named('x.own')], lineage: graph }),
      reportOf('b', { target: serviceOf('kestra_b'), pipelines: [named('x.load')], failed: [finding('x.load')] }),
    ]);
    expect(merged.target.service).toBe('kestra_a, kestra_b');
    expect(merged.pipelines.map(({ name }) => name)).toEqual(['x.load (kestra_a)', 'x.own', 'x.load (kestra_b)']);
    expect(merged.failed.map(({ ref }) => ref)).toEqual(['x.load (kestra_b)']);
    expect(merged.lineage?.nodes.map(({ id, label }) => [id, label])).toEqual([
      ['pipeline x.load (kestra_a)', 'x.load (kestra_a)'],
      ['pipeline x.own', 'x.own'],
    ]);
    expect(merged.lineage?.edges).toMatchObject([
      { from: 'pipeline x.load (kestra_a)', to: 'pipeline x.own', pipeline: 'x.load (kestra_a)' },
    ]);
    expect(merged.lineage?.gaps).toMatchObject([{ pipeline: 'x.load (kestra_a)' }]);
    const servers = mergeReports([
      reportOf('a', { target: serviceOf('kestra', 'OM eu'), pipelines: [named('x')] }),
      reportOf('b', { target: serviceOf('kestra', 'OM us'), pipelines: [named('x')] }),
    ]);
    expect(servers.pipelines.map(({ name }) => name)).toEqual(['x (kestra, OM eu)', 'x (kestra, OM us)']);
  });

  it('unites lineage: what is another service’s for one run is the pipeline that the other one has read', () => {
    const from = { ...pipelineNode('y.up'), url: 'https://kestra.example.com/y.up' };
    const link = { from: 'pipeline y.up', to: 'pipeline x.down' };
    const a: LineageGraph = {
      nodes: [from],
      edges: [{ ...link, description: 'b', evidence: 'run', columns: [{ from: ['a'], to: 'c' }], outcome: 'created' }],
      gaps: [{ pipeline: 'y.up', reason: 'sql', message: 'unreadable' }],
    };
    const b: LineageGraph = {
      nodes: [pipelineNode('y.up', true), pipelineNode('x.down')],
      edges: [{ ...link, description: 'a; b', columns: [{ from: ['b'], to: 'c' }], outcome: 'unchanged' }],
      gaps: [...a.gaps, { pipeline: 'x.down', reason: 'sql', message: 'unreadable' }],
    };
    const merged = mergeReports([
      reportOf('a', { target: serviceOf('up'), pipelines: [], lineage: a }),
      reportOf('b', { target: serviceOf('down'), pipelines: [], lineage: b }),
      reportOf('c', { target: serviceOf('none'), pipelines: [] }),
    ]).lineage;
    expect(merged?.nodes).toEqual([from, pipelineNode('x.down')]);
    expect(merged?.edges).toEqual([
      { ...link, description: 'a; b', columns: [{ from: ['a', 'b'], to: 'c' }], outcome: 'created' },
    ]);
    expect(merged?.gaps).toHaveLength(2);
  });

  it('unites what the catalog knows as one entity, whatever each run calls its server', () => {
    const tableNode = (connection: string, fqn?: string) => ({
      id: `dataset ${connection}`,
      reference: {
        kind: 'dataset' as const,
        dataset: { kind: 'table' as const, platform: 'postgres', connections: [connection], name: 'orders' },
      },
      label: 'orders',
      group: connection,
      ...(fqn === undefined ? {} : { fqn }),
    });
    const graph = (nodes: LineageGraph['nodes'], from: string, to: string): LineageGraph => ({
      nodes,
      edges: [{ from, to, description: 'moves' }],
      gaps: [],
    });
    const writes = graph([pipelineNode('up'), tableNode('a:5432', 'pg.orders')], 'pipeline up', 'dataset a:5432');
    const reads = graph([tableNode('b:5432', 'pg.orders'), pipelineNode('down')], 'dataset b:5432', 'pipeline down');
    const elsewhere = graph([tableNode('c:5432'), pipelineNode('down')], 'dataset c:5432', 'pipeline down');
    const merged = mergeReports(
      [writes, reads, elsewhere].map((lineage, position) => reportOf(`${position}`, { pipelines: [], lineage })),
    ).lineage;
    expect(merged?.nodes).toEqual([
      pipelineNode('up'),
      tableNode('a:5432', 'pg.orders'),
      pipelineNode('down'),
      tableNode('c:5432'),
    ]);
    expect(merged?.edges.map(({ from, to }) => `${from} → ${to}`)).toEqual([
      'pipeline up → dataset a:5432',
      'dataset a:5432 → pipeline down',
      'dataset c:5432 → pipeline down',
    ]);
  });

  it('counts the same finding of several runs as one', () => {
    const merged = mergeReports([
      reportOf('a', { warnings: [finding('x', 2), { ...finding('y'), hint: 'Do it.' }] }),
      reportOf('b', { warnings: [finding('x', 3)] }),
    ]);
    expect(merged.warnings).toEqual([finding('x', 5), { ...finding('y'), hint: 'Do it.' }]);
  });

  it('refuses what does not add up', () => {
    expect(() => mergeReports([])).toThrow('there is no report to merge');
    expect(() => mergeReports([reportOf('a'), reportOf('a')])).toThrow('two of the reports are of the same run, a');
    expect(() => mergeReports([reportOf('a'), reportOf('b', { dryRun: true })])).toThrow(
      'some of the reports are of dry runs',
    );
    const alone = reportOf('a');
    expect(mergeReports([alone])).toEqual(alone);
  });

  it('can be shown like any other report', () => {
    const merged = mergeReports([
      reportOf('a', { target: serviceOf('kestra_a') }),
      reportOf('b', { target: serviceOf('kestra_b') }),
    ]);
    expect(renderText(merged)).toContain('kestra_a, kestra_b');
    expect(renderHtml(merged)).toContain(`${base.pipelines[0]!.name} (kestra_b)`);
  });

  it('shows the service of each pipeline where there are several, and finds pipelines by it', () => {
    const [own, other] = pipelinesAt(0, 1);
    Object.assign(other!, { name: 'nightly', fqn: '"airflow.eu".nightly' });
    const reports = [own!, other!].map((pipeline, position) => reportOf(`${position}`, { pipelines: [pipeline] }));
    const page = renderHtml(mergeReports(reports));
    const rowOf = (name: string, html: string) =>
      html.split('<tr ').find((row) => row.includes(`data-pipeline="${name}"`));
    expect(rowOf('nightly', page)).toMatch(/<td class="namespace">.*<span class="sub">airflow\.<wbr>eu<\/span>/);
    expect(rowOf('nightly', page)).toMatch(/data-search="[^"]*airflow\.eu/);
    expect(rowOf(own!.name, page)).toMatch(/<span class="sub">kestra_<wbr>prod<\/span>/);
    expect(rowOf(own!.name, renderHtml(reports[0]!))).not.toContain('kestra_<wbr>prod');
  });
});

describe('parseRunReport', () => {
  const text = (change: object) => JSON.stringify({ ...base, ...change });

  it.each([
    ['<html>', 'no JSON'],
    ['[]', 'no run report'],
    ['{"nodes": [], "edges": []}', 'no run report'],
    [text({ formatVersion: 2 }), 'format version 2'],
    [text({ outcome: 'good' }), 'outcome is missing or wrong'],
    [text({ totals: { ...base.totals, runs: { read: '3' } } }), 'totals.runs'],
    [text({ pipelines: [{ name: 'x' }] }), 'pipelines'],
    [text({ lineage: { nodes: [] } }), 'lineage'],
    [text({ requests: {} }), 'requests'],
    [text({ failed: [{ message: 'x' }] }), 'failed'],
  ])('refuses %.30s: %s', (wrong, expected) => {
    expect(() => parseRunReport(wrong)).toThrow(expected);
  });

  it('reads what --report writes', () => {
    expect(parseRunReport(renderJson(base))).toEqual(base);
  });
});
