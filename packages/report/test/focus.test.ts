import { createLineageGraph, type LineageGraph } from '@flowmeta/connector';
import { describe, expect, it } from 'vitest';
import { type FocusOptions, focusLineage } from '../src/index.js';

/** `a>p>b` moves data, `P>Q` in capitals starts a pipeline. */
function graphOf(text: string): LineageGraph {
  const builder = createLineageGraph();
  const table = (name: string) => ({
    kind: 'dataset' as const,
    dataset: {
      kind: 'table' as const,
      platform: 'postgres',
      connections: ['db'],
      database: 'shop',
      schema: 'public',
      name,
    },
  });
  for (const edge of text.split(' ')) {
    const parts = edge.split('>');
    if (parts.length === 2) {
      const [from, to] = parts.map((name) => ({ kind: 'pipeline' as const, name: `team.${name}` }));
      builder.edge({ from: from!, to: to!, description: 'trigger' });
    } else {
      builder.edge({ from: table(parts[0]!), to: table(parts[2]!), pipeline: `team.${parts[1]}`, description: 'SQL' });
    }
  }
  for (const name of ['P', 'Q', 'R', 'lost']) builder.gap({ pipeline: `team.${name}`, reason: 'sql', message: name });
  return builder.graph();
}

const graph = graphOf('a>P>b b>Q>c c>R>d x>P>y y>R>z P>Q Q>R S>P');

function edgesOf(options: FocusOptions, of = graph): string {
  const focus = focusLineage(of, options);
  if (!focus.found) throw new Error(`not found: ${focus.unknown.map(({ name }) => name).join(' ')}`);
  const name = (id: string): string =>
    of.nodes
      .find((node) => node.id === id)!
      .label.split('.')
      .at(-1)!;
  return focus.graph.edges.map(({ from, to }) => `${name(from)}${name(to)}`).join(' ');
}

describe('focusLineage', () => {
  it('shows all that leads to a table and all that follows from it, and nothing else', () => {
    expect(edgesOf({ tables: ['b'] })).toBe('ab bc cd');
    expect(edgesOf({ tables: ['y'] })).toBe('xy yz');
  });

  it('goes as far as asked', () => {
    expect(edgesOf({ tables: ['c'], upstream: 1 })).toBe('bc cd');
    expect(edgesOf({ tables: ['b'], downstream: 0 })).toBe('ab');
    expect(edgesOf({ tables: ['b'], upstream: 0, downstream: 0 })).toBe('');
    expect(edgesOf({ tables: ['a'], downstream: 2 })).toBe('ab bc');
  });

  it('counts a pipeline as a step: it shows the data that the pipeline moves, then what is beyond', () => {
    expect(edgesOf({ pipelines: ['Q'] })).toBe('ab bc cd PQ QR SP');
    expect(edgesOf({ pipelines: ['Q'], upstream: 1, downstream: 1 })).toBe('bc PQ QR');
    expect(edgesOf({ pipelines: ['Q'], upstream: 0, downstream: 0 })).toBe('bc');
    expect(edgesOf({ pipelines: ['P'], upstream: 0, downstream: 2 })).toBe('ab bc xy yz PQ QR');
  });

  it('knows pipelines that are no node of their own', () => {
    expect(edgesOf({ pipelines: ['mover'] }, graphOf('a>mover>b b>other>c'))).toBe('ab bc');
  });

  it('unites several names, and keeps every name without an edge', () => {
    expect(edgesOf({ tables: ['a', 'x'], downstream: 1 })).toBe('ab xy');
    const alone = focusLineage(graph, { tables: ['b'], upstream: 0, downstream: 0 });
    expect(alone.found && alone.graph.nodes.map(({ label }) => label)).toEqual(['shop.public.b']);
  });

  it('keeps the gaps of the pipelines that are shown, also of one that has nothing else', () => {
    const gapsOf = (options: FocusOptions): string[] => {
      const focus = focusLineage(graph, options);
      return focus.found ? focus.graph.gaps.map(({ message }) => message) : [];
    };
    expect(gapsOf({ tables: ['a'], downstream: 1 })).toEqual(['P']);
    expect(gapsOf({ pipelines: ['lost'] })).toEqual(['lost']);
  });

  it('ends on cycles', () => {
    expect(edgesOf({ tables: ['a'] }, graphOf('a>P>b b>Q>a c>R>a'))).toBe('ab ba ca');
  });

  it('takes a whole name or its end, in any case, with * for anything', () => {
    const named = graphOf('orders>P>orders_daily reorders>Q>Customers');
    const matches = (name: string): number => {
      const focus = focusLineage(named, { tables: [name], upstream: 0, downstream: 0 });
      return focus.found ? focus.graph.nodes.length : 0;
    };
    expect(['orders', 'ORDERS', 'public.orders', 'shop.public.orders', 'customers'].map(matches)).toEqual([
      1, 1, 1, 1, 1,
    ]);
    expect(['order', 'rders', 'shop.orders', 'public'].map(matches)).toEqual([0, 0, 0, 0]);
    expect(['orders*', '*orders', 'shop.*', 'public.*er*', '*'].map(matches)).toEqual([2, 2, 4, 4, 4]);
    expect(matches('a.*.b*c*')).toBe(0);
  });

  it('names near candidates of what it doesn’t know, and shows nothing', () => {
    expect(focusLineage(graphOf('orders>load_orders>lake'), { tables: ['ordes'], pipelines: ['lod_orders'] })).toEqual({
      found: false,
      unknown: [
        { kind: 'pipeline', name: 'lod_orders', candidates: ['team.load_orders'] },
        { kind: 'table', name: 'ordes', candidates: ['shop.public.orders'] },
      ],
    });
    expect(focusLineage(graph, { tables: ['nothing_like_it', 'a'] })).toMatchObject({
      unknown: [{ name: 'nothing_like_it', candidates: [] }],
    });
  });

  it('is the whole graph without a name', () => {
    expect(focusLineage(graph, {})).toEqual({ found: true, graph });
  });
});
