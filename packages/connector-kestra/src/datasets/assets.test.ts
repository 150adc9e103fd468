import { datasetLabel } from '@flowmeta/connector';
import { describe, expect, it } from 'vitest';
import { declaredAssets, emittedAssets } from './assets.js';
import type { Movements } from './types.js';

const place = {
  platform: 'postgres',
  connections: ['jdbc:postgresql://pg/shop', 'T'],
  database: 'shop',
  schema: 'public',
};
const context = { type: 'T', place };

const told = ({ reads, writes, moves }: Movements) => ({
  reads: reads.map(({ dataset }) => datasetLabel(dataset)),
  writes: writes.map(({ dataset }) => datasetLabel(dataset)),
  moves: moves.map(({ from, to }) => `${datasetLabel(from.dataset)} → ${datasetLabel(to.dataset)}`),
});

const table = (id: string, metadata: object) => ({ id, type: 'io.kestra.plugin.ee.assets.Table', metadata });
const inputs = [{ id: 'raw.orders' }];
const outputs = [table('daily', { system: 'snowflake', database: 'DWH', schema: 'MART', name: 'DAILY' })];
const expected = {
  reads: ['shop.raw.orders'],
  writes: ['DWH.MART.DAILY'],
  moves: ['shop.raw.orders → DWH.MART.DAILY'],
};

describe('declaredAssets', () => {
  it.each([
    ['lists', { enableAuto: false, inputs, outputs }],
    ['texts in a mapping', { enableAuto: 'false', inputs: JSON.stringify(inputs), outputs: JSON.stringify(outputs) }],
    ['one text', JSON.stringify({ inputs, outputs })],
  ])('reads %s', (_form, assets) => {
    expect(told(declaredAssets(assets, {}, context))).toEqual(expected);
  });

  it('renders names, and leaves out those that only a run fills in', () => {
    const assets = { inputs: [{ id: 'raw.{{ vars.t }}' }, { id: 'raw.{{ outputs.x.t }}' }] };
    const found = declaredAssets(assets, { vars: { t: 'orders' } }, context);
    expect(found.reads.map(({ dataset }) => datasetLabel(dataset))).toEqual(['shop.raw.orders']);
    expect(found.unknown.map(({ shown }) => shown)).toEqual(['raw.{{ outputs.x.t }}']);
    expect(declaredAssets('{{ inputs.assets }}', {}, context).unknown).toHaveLength(1);
    expect(declaredAssets({ inputs: '{{ inputs.assets }}' }, {}, context).unknown).toHaveLength(1);
  });

  it.each([
    [
      'a file by its path',
      { id: 'x', type: 'io.kestra.plugin.ee.assets.File', metadata: { system: 's3', path: 's3://b/f.csv' } },
      's3://b/f.csv',
    ],
    [
      'a file by system and path',
      { id: 'x', type: 'io.kestra.plugin.ee.assets.File', metadata: { system: 'gcs', path: 'b/f.csv' } },
      'gs://b/f.csv',
    ],
    [
      'a dataset by its location',
      { id: 'x', type: 'io.kestra.plugin.ee.assets.Dataset', metadata: { location: 'gs://b/d/' } },
      'gs://b/d',
    ],
    [
      'a dataset that is called like a table',
      {
        id: 'x',
        type: 'io.kestra.plugin.ee.assets.Dataset',
        metadata: { system: 'trino', location: 'hive.web.clicks' },
      },
      'hive.web.clicks',
    ],
    ['an external url', { id: 's3://b/f', type: 'io.kestra.core.models.assets.External' }, 's3://b/f'],
    ['a custom dotted name', { id: 'raw.orders', type: 'my.own' }, 'shop.raw.orders'],
    ['a table by its id', table('warehouse.raw.orders', { system: 'redshift' }), 'warehouse.raw.orders'],
    [
      'a table with a database but one level',
      table('x', { system: 'mysql', database: 'crm', name: 'leads' }),
      'crm.leads',
    ],
    ['an id alone', 'raw.orders', 'shop.raw.orders'],
  ])('knows %s', (_what, asset, label) => {
    expect(told(declaredAssets({ inputs: [asset] }, {}, context)).reads).toEqual([label]);
  });

  it('leaves out what is no data, and says so of tables of nobody knows which system', () => {
    const assets = [
      { id: 'machine', type: 'io.kestra.plugin.ee.assets.VM' },
      { id: 'no name at all!', type: 'x' },
      { id: 'local', type: 'io.kestra.plugin.ee.assets.File', metadata: { path: '/tmp/x' } },
      null,
      7,
      [],
      {},
      { id: {} },
      { id: '__proto__.x' },
    ];
    const found = declaredAssets({ inputs: assets, outputs: 'no json' }, {}, { type: 'T' });
    expect(told(found)).toEqual({ reads: [], writes: [], moves: [] });
    expect(found.homeless).toEqual(['__proto__.x']);
    expect(declaredAssets({ inputs: [{ id: 'raw.orders' }] }, {}, { type: 'T' }).homeless).toEqual(['raw.orders']);
  });
});

describe('emittedAssets', () => {
  it('keeps what belongs together in one bundle, and never crosses bundles', () => {
    const assetEmits = [
      { inputs: [{ id: 'a.x' }], outputs: [{ id: 'b.x' }] },
      { inputs: [{ id: 'a.y' }], outputs: [{ id: 'b.y' }] },
    ];
    expect(told(emittedAssets({ assetEmits, assets: { inputs, outputs } }, context))).toEqual({
      reads: ['shop.a.x', 'shop.a.y'],
      writes: ['shop.b.x', 'shop.b.y'],
      moves: ['shop.a.x → shop.b.x', 'shop.a.y → shop.b.y'],
    });
  });

  it('reads `assets` of servers before that, with names as they are', () => {
    const found = emittedAssets({ assets: { inputs: [{ id: 'raw.orders' }], outputs } }, context);
    expect(told(found)).toEqual(expected);
    expect(found.reads[0]).toMatchObject({ trust: 'run', property: 'assets.inputs' });
  });

  it.each([[undefined], [null], ['text'], [7], [[null]], [{ inputs: 3 }]])('finds nothing in %s', (assets) => {
    expect(told(emittedAssets({ assets, assetEmits: assets }, context))).toEqual({ reads: [], writes: [], moves: [] });
  });

  it('is bounded', () => {
    const many = Array.from({ length: 3_000 }, (_, index) => ({ id: `a.t${index}` }));
    const found = emittedAssets({ assets: { inputs: many, outputs: many } }, context);
    expect(found.moves.length).toBeLessThanOrEqual(10_000);
  });
});
