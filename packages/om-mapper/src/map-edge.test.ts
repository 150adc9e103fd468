import { verdictOf } from '@flowmeta/connector';
import { describe, expect, it } from 'vitest';
import { completeEdge, evidenceOf, isOwnEdge, type MapEdgeOptions, mapEdge } from './map-edge.js';

const find: MapEdgeOptions['find'] = (reference) =>
  reference.kind === 'entity' ? { type: reference.type ?? 'table', fqn: reference.fqn } : undefined;
const fqnOf = (name: string): string | undefined => (name === 'gone' ? undefined : `kestra."${name}"`);

describe('mapEdge', () => {
  it('names both pipelines of a trigger', () => {
    const draft = mapEdge(
      {
        from: { kind: 'pipeline', name: 'a.b' },
        to: { kind: 'pipeline', name: 'a.c' },
        description: 'Flow trigger: after_b',
      },
      { fqnOf, find },
    );
    expect(draft).toEqual({
      from: { type: 'pipeline', fqn: 'kestra."a.b"' },
      to: { type: 'pipeline', fqn: 'kestra."a.c"' },
      details: { source: 'PipelineLineage', description: 'Flow trigger: after_b · Flowmeta' },
    });
  });

  it('names the datasets, and the pipeline between them', () => {
    const draft = mapEdge(
      {
        from: { kind: 'entity', type: 'table', fqn: 'pg.shop.public.orders' },
        to: { kind: 'entity', type: 'container', fqn: 's3.bucket."orders.csv"' },
        pipeline: 'a.b',
        description: '',
      },
      { fqnOf, find },
    );
    expect(draft).toEqual({
      from: { type: 'table', fqn: 'pg.shop.public.orders' },
      to: { type: 'container', fqn: 's3.bucket."orders.csv"' },
      details: { source: 'PipelineLineage', description: ' · Flowmeta', pipeline: 'kestra."a.b"' },
    });
  });

  it('marks an edge as ours', () => {
    const { details } = mapEdge(
      {
        from: { kind: 'entity', type: 'topic', fqn: 'k.t' },
        to: { kind: 'entity', type: 'topic', fqn: 'k.u' },
        description: 'x',
      },
      { fqnOf, find },
    );
    expect(isOwnEdge(details.description)).toBe(true);
    expect(isOwnEdge('drawn by hand')).toBe(false);
    expect(isOwnEdge(null)).toBe(false);
    expect(isOwnEdge(undefined)).toBe(false);
  });

  it.each([
    { from: { kind: 'pipeline', name: 'gone' }, to: { kind: 'entity', type: 'table', fqn: 'a.b.c.d' } },
    { from: { kind: 'entity', type: 'table', fqn: 'a.b.c.d' }, to: { kind: 'pipeline', name: 'gone' } },
    {
      from: { kind: 'entity', type: 'table', fqn: 'a' },
      to: { kind: 'entity', type: 'table', fqn: 'b' },
      pipeline: 'gone',
    },
  ] as const)('leaves out an edge of a pipeline that the catalog lacks', (ends) => {
    let error: unknown;
    try {
      mapEdge({ ...ends, description: 'x' }, { fqnOf, find });
    } catch (thrown) {
      error = thrown;
    }
    expect(verdictOf(error)).toBe('skip');
  });
});

describe('an edge by way of a pipeline', () => {
  const table = (fqn: string) => ({ kind: 'entity', type: 'table', fqn }) as const;
  const between = { from: table('a.b.c.d'), to: table('a.b.c.e'), pipeline: 'p', description: 'SQL of load' };

  it('carries the statement, its columns and who else moves the same data', () => {
    const columns = [{ from: ['id'], to: 'id' }];
    const edge = { ...between, sql: 'insert into e select id from d', columns };
    expect(mapEdge(edge, { fqnOf, find, otherPipelines: ['q'] }).details).toEqual({
      source: 'PipelineLineage',
      description: 'SQL of load · Flowmeta',
      pipeline: 'kestra."p"',
      otherPipelines: ['kestra."q"'],
      sqlQuery: edge.sql,
      columns,
    });
  });

  it('has columns only between two tables: OpenMetadata refuses others', () => {
    const to = { kind: 'entity', type: 'container', fqn: 's3.lake' } as const;
    expect(mapEdge({ ...between, to, columns: [{ from: ['id'], to: 'id' }] }, { fqnOf, find }).details.columns).toBe(
      undefined,
    );
  });

  it('does not name a pipeline in between that is one of its ends', () => {
    const from = { kind: 'pipeline', name: 'p' } as const;
    expect(mapEdge({ ...between, from }, { fqnOf, find }).details).not.toHaveProperty('pipeline');
  });

  it('cuts a long statement, never inside a character', () => {
    const cut = (sql: string) => mapEdge({ ...between, sql }, { fqnOf, find }).details.sqlQuery!;
    expect(cut('select \0')).toBe('select \ufffd');
    expect(cut('x'.repeat(10_000))).toBe('x'.repeat(10_000));
    expect(cut('x'.repeat(10_001))).toBe(`${'x'.repeat(9_999)}…`);
    expect(cut(`x${'🙂'.repeat(5_000)}`)).toBe(`x${'🙂'.repeat(4_999)}…`);
    expect(cut('🙂'.repeat(5_001))).toBe(`${'🙂'.repeat(4_999)}…`);
  });

  it('that only runs show has a mark of its own', () => {
    const { description } = mapEdge({ ...between, evidence: 'run' }, { fqnOf, find }).details;
    expect(description).toBe('SQL of load · Flowmeta (run)');
    expect(isOwnEdge(description)).toBe(true);
    expect([description, 'SQL · Flowmeta', 'SQL', undefined].map(evidenceOf)).toEqual([
      'run',
      'definition',
      undefined,
      undefined,
    ]);
  });

  it('is left out when the catalog was not found to have one of its datasets', () => {
    const dataset = { kind: 'table', platform: 'postgres', connections: [], name: 'orders' } as const;
    expect(() => mapEdge({ ...between, from: { kind: 'dataset', dataset } }, { fqnOf, find })).toThrow(
      'not in the catalog',
    );
    expect(() => mapEdge(between, { fqnOf })).toThrow('not in the catalog');
  });
});

describe('completeEdge', () => {
  it('writes the ids where the draft has names', () => {
    const draft = mapEdge(
      {
        from: { kind: 'entity', type: 'table', fqn: 'a' },
        to: { kind: 'entity', type: 'table', fqn: 'b' },
        pipeline: 'p',
        description: 'SQL',
      },
      { fqnOf, find },
    );
    const table = (id: string) => ({ id, type: 'table', name: 'not sent' });
    expect(completeEdge(draft, { from: table('1'), to: table('2'), pipeline: { id: '3', type: 'pipeline' } })).toEqual({
      edge: {
        fromEntity: { id: '1', type: 'table' },
        toEntity: { id: '2', type: 'table' },
        lineageDetails: {
          source: 'PipelineLineage',
          description: 'SQL · Flowmeta',
          pipeline: { id: '3', type: 'pipeline' },
        },
      },
    });
  });
});
