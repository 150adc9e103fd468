import type { SourceEvent } from '@flowmeta/connector';
import { describe, expect, it } from 'vitest';
import { ingest } from '../src/index.js';
import { fakeConnector, fakeSink, optionsFor, pipelineEvent } from './fakes.js';

type Edge = Extract<SourceEvent, { kind: 'lineage' }>['edge'];
const edge = (from: string, to: string, more: Partial<Edge> = {}): SourceEvent => ({
  kind: 'lineage',
  edge: {
    from: { kind: 'pipeline', name: from },
    to: { kind: 'pipeline', name: to },
    description: 'trigger t',
    ...more,
  },
});
const external = (name: string): Edge['from'] => ({ kind: 'pipeline', name, external: true });
const pipeline = (name: string) => pipelineEvent(name, { namespace: name.split('.')[0]! });
const linked = (more: object = {}): SourceEvent => ({ kind: 'linked', scope: {}, ...more });
const listed: SourceEvent = { kind: 'listed', scope: {} };
const filtered = (ref: string): SourceEvent => ({ kind: 'filtered', item: 'pipeline', ref, reason: 'pattern' });

const fqn = (name: string) => `kestra."${name}"`;
/** A catalog in which an earlier run has left these pipelines, and drawn these edges of `from → to`. */
const catalogOf = (pairs: string[]) => {
  const stored: Record<string, string[]> = {};
  const names = new Set<string>();
  for (const pair of pairs) {
    const [from, to] = pair.split(' → ') as [string, string];
    stored[fqn(from)] = [...(stored[fqn(from)] ?? []), fqn(to)];
    names.add(from).add(to);
  }
  const earlier = [...names].map((name) => ({ fqn: fqn(name), namespace: name.split('.')[0]! }));
  return fakeSink({
    stored,
    earlier,
    writePipeline: ({ body }) => ({ outcome: 'unchanged', fqn: fqn(body.name), findings: [] }),
  });
};

async function removedBy(events: SourceEvent[], stored: string[], more = {}) {
  const sink = catalogOf(stored);
  const report = await ingest(optionsFor(fakeConnector(events), sink, more));
  expect(report.outcome).toBe('done');
  expect(report.totals.edges.removed).toBe(sink.removed.length);
  return sink.removed.map((text) => text.replaceAll(/kestra\.|"/g, ''));
}

describe('edges that the source no longer has', () => {
  const both = [pipeline('a.x'), pipeline('a.y'), listed];

  it('are removed, those that it has are not', async () => {
    const stored = ['a.x → a.y', 'a.y → a.x'];
    expect(await removedBy([...both, edge('a.x', 'a.y'), linked()], stored)).toEqual(['a.y → a.x']);
    expect(await removedBy([...both, linked()], stored)).toEqual(stored);
  });

  it('are removed where a pipeline is gone, be it spelled out or not, but not between two that are', async () => {
    const events = [pipeline('a.y'), listed, edge('a.x', 'a.y', { from: external('a.x') }), linked()];
    expect(await removedBy(events, ['a.x → a.y', 'a.x → a.gone', 'a.y → a.gone'])).toEqual([
      'a.x → a.y',
      'a.y → a.gone',
    ]);
  });

  it.each<[string, SourceEvent[], { includeLineage?: boolean }?]>([
    ['the connector has not told all of them', both],
    ['lineage is not wanted', [...both, linked()], { includeLineage: false }],
    ['one end was left out by a filter', [pipeline('a.x'), filtered('a.y'), listed, linked()]],
    [
      'one end could not be read',
      [pipeline('a.x'), { kind: 'skipped', ref: 'a.y', error: new Error('no') }, listed, linked()],
    ],
    ['one end is outside of what was read', [pipeline('a.x'), listed, linked({ scope: { namespaces: ['b'] } })]],
    ['they may start at what hangs on a template', [...both, linked({ except: { from: ['a.x'], into: [] } })]],
    ['they may end at what hangs on a template', [...both, linked({ except: { from: [], into: ['a.y'] } })]],
  ])('stay when %s', async (why, events, more = {}) => {
    const sink = catalogOf(['a.x → a.y']);
    const report = await ingest(optionsFor(fakeConnector(events), sink, more));
    expect(sink.removed).toEqual([]);
    expect(report.outcome).toBe(why.includes('could not') ? 'partial' : 'done');
  });

  it('are judged by the namespace that the catalog has, not by how the name begins', async () => {
    const events = [pipeline('a.x'), listed, linked({ scope: { namespaces: ['a'] } })];
    expect(await removedBy(events, ['a.x → a.gone', 'a.x → ab.gone'])).toEqual(['a.x → a.gone']);
  });

  it('stay when the source failed before it had told all', async () => {
    const sink = catalogOf(['a.x → a.y']);
    async function* failing(): AsyncGenerator<SourceEvent> {
      yield* both;
      throw new Error('the server went away');
    }
    expect((await ingest(optionsFor(fakeConnector(failing()), sink))).outcome).toBe('failed');
    expect(sink.removed).toEqual([]);
  });
});

describe('pipelines that the source names and does not have', () => {
  const events = [pipeline('a.y'), listed, edge('b.x', 'a.y', { from: external('b.x') }), linked()];

  it('are reported with who names them and how', async () => {
    const sink = fakeSink();
    const report = await ingest(optionsFor(fakeConnector(events), sink));
    expect(report.outcome).toBe('done');
    expect(sink.edges).toEqual([]);
    expect(report.totals.edges).toMatchObject({ read: 1, created: 0, filtered: 1 });
    expect(report.warnings).toEqual([
      expect.objectContaining({
        ref: 'a.y',
        message: 'trigger t names the upstream b.x, which the source does not have',
      }),
    ]);
    const called = [pipeline('a.y'), listed, edge('a.y', 'b.x', { to: external('b.x') })];
    expect((await ingest(optionsFor(fakeConnector(called), fakeSink()))).warnings[0]).toMatchObject({
      ref: 'a.y',
      message: 'trigger t names the downstream b.x, which the source does not have',
    });
  });

  it('are looked for in the other services that are named, in their order', async () => {
    const sink = fakeSink({ elsewhere: ['two."b.x"', 'three."b.x"'] });
    const pipelineServices = ['kestra', 'one', 'two', 'three'];
    const report = await ingest(optionsFor(fakeConnector(events), sink, { pipelineServices }));
    expect(sink.edges).toMatchObject([{ from: { type: 'pipeline', fqn: 'two."b.x"' }, to: { fqn: 'kestra.a.y' } }]);
    expect(report.warnings).toEqual([]);
    const nowhere = await ingest(optionsFor(fakeConnector(events), fakeSink(), { pipelineServices }));
    expect(nowhere.warnings[0]?.message).toBe(
      'trigger t names the upstream b.x, which neither the source nor one, two, three has',
    );
  });

  it('are not looked for in our own service, where an earlier run may have left them', async () => {
    const sink = fakeSink({ elsewhere: ['kestra."b.x"'] });
    await ingest(optionsFor(fakeConnector(events), sink, { pipelineServices: ['kestra'] }));
    expect(sink.edges).toEqual([]);
  });
});

describe('an edge to a pipeline that a filter left out', () => {
  it('is counted, and nothing else', async () => {
    const sink = fakeSink();
    const events = [pipeline('a.y'), filtered('a.x'), listed, edge('a.x', 'a.y'), linked()];
    const report = await ingest(optionsFor(fakeConnector(events), sink));
    expect(sink.edges).toEqual([]);
    expect(report.totals.edges).toMatchObject({ read: 1, filtered: 1 });
    expect(report.warnings).toEqual([]);
  });
});
