import { verdictOf } from '@flowmeta/connector';
import { describe, expect, it } from 'vitest';
import { completeEdge, isOwnEdge, mapEdge } from './map-edge.js';

const fqnOf = (name: string): string | undefined => (name === 'gone' ? undefined : `kestra."${name}"`);

describe('mapEdge', () => {
  it('names both pipelines of a trigger', () => {
    const draft = mapEdge(
      {
        from: { kind: 'pipeline', name: 'a.b' },
        to: { kind: 'pipeline', name: 'a.c' },
        description: 'Flow trigger: after_b',
      },
      { fqnOf },
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
      { fqnOf },
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
      { fqnOf },
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
      mapEdge({ ...ends, description: 'x' }, { fqnOf });
    } catch (thrown) {
      error = thrown;
    }
    expect(verdictOf(error)).toBe('skip');
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
      { fqnOf },
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
