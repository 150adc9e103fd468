import { describe, expect, it } from 'vitest';
import { labelledEntities } from './labels.js';

describe('labelledEntities', () => {
  it('reads sources and destinations, several separated by commas', () => {
    const labels = [
      { key: 'om-source', value: 'pg.shop.public.orders, kafka.orders' },
      { key: 'om-destination', value: 'bq.dwh.raw.orders' },
      { key: 'openmetadata.table.input', value: 'pg.shop.public.customers' },
      { key: 'openmetadata.table.output', value: 'bq.dwh.raw."a,b"' },
      { key: 'team', value: 'sales' },
    ];
    expect(labelledEntities(labels)).toEqual({
      sources: [
        { kind: 'entity', fqn: 'pg.shop.public.orders' },
        { kind: 'entity', fqn: 'kafka.orders' },
        { kind: 'entity', fqn: 'pg.shop.public.customers', type: 'table' },
      ],
      destinations: [
        { kind: 'entity', fqn: 'bq.dwh.raw.orders' },
        { kind: 'entity', fqn: 'bq.dwh.raw."a,b"', type: 'table' },
      ],
    });
  });

  it('takes no empty names, none twice, no templates and no other keys', () => {
    const labels = [
      { key: 'om-source', value: ' a.b , ,a.b,' },
      { key: 'om-source', value: '{{ inputs.x }}' },
      { key: 'constructor', value: 'x' },
      { key: 'OM-SOURCE', value: 'x' },
    ];
    expect(labelledEntities(labels)).toEqual({ sources: [{ kind: 'entity', fqn: 'a.b' }], destinations: [] });
  });
});
