import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeColumns } from './map-columns.js';

const columnsOf = (table: string, names: string[]) =>
  names.map((path) => ({ path, fqn: `pg.shop.public.${table}.${path}` }));
const from = columnsOf('orders', ['id', 'Amount', 'note', 'address', 'address.city']);
const to = columnsOf('report', ['id', 'amount', 'note', 'city']);
const complete = (mappings: Parameters<typeof completeColumns>[0]) =>
  completeColumns(mappings, { from, to }).map(({ fromColumns, toColumn, function: computed }) => {
    const short = (fqn: string) => fqn.replace('pg.shop.public.', '');
    return `${fromColumns.map(short).join('+')} → ${short(toColumn)}${computed === undefined ? '' : ` = ${computed}`}`;
  });

describe('columns of an edge', () => {
  it('are named in full, with how they are computed, fields of a struct too', () => {
    expect(
      complete([
        { from: ['note', 'id'], to: 'note', expression: 'concat(id, note)' },
        { from: ['address.city'], to: 'city' },
      ]),
    ).toEqual(['orders.address.city → report.city', 'orders.id+orders.note → report.note = concat(id, note)']);
  });

  it('that either table lacks are left out', () => {
    expect(
      complete([
        { from: ['gone', 'id'], to: 'id' },
        { from: ['gone'], to: 'note' },
        { from: ['id'], to: 'gone' },
        { from: ['*'], to: 'id' },
        { from: ['id'], to: '*' },
      ]),
    ).toEqual(['orders.id → report.id']);
  });

  it('of a star are the namesakes, whatever their case, but for the excepted', () => {
    expect(complete([{ from: ['*'], to: '*', except: ['NOTE'] }])).toEqual([
      'orders.Amount → report.amount',
      'orders.id → report.id',
    ]);
  });

  it('of several mappings of one column are taken together', () => {
    expect(
      complete([
        { from: ['*'], to: '*', except: ['amount'] },
        { from: ['Amount'], to: 'note' },
      ]),
    ).toEqual(['orders.id → report.id', 'orders.Amount+orders.note → report.note']);
  });

  it('with two spellings in one table are taken as written, or not at all', () => {
    const both = columnsOf('x', ['id', 'ID']);
    const names = (name: string) =>
      completeColumns([{ from: [name], to: 'id' }], { from: both, to }).flatMap(({ fromColumns }) => fromColumns);
    expect(names('ID')).toEqual(['pg.shop.public.x.ID']);
    expect(names('Id')).toEqual([]);
  });

  it('are columns of the two tables, whatever is asked for, each target once', () => {
    const name = fc.constantFrom('id', 'ID', 'amount', '*', 'note', '__proto__', 'constructor', 'gone', 'city');
    const mapping = fc.record({ from: fc.array(name), to: name, except: fc.array(name) });
    fc.assert(
      fc.property(fc.array(mapping), (mappings) => {
        const result = completeColumns(mappings, { from, to });
        expect(new Set(result.map(({ toColumn }) => toColumn)).size).toBe(result.length);
        for (const { fromColumns, toColumn } of result) {
          expect(to.map(({ fqn }) => fqn)).toContain(toColumn);
          expect(fromColumns.length).toBeGreaterThan(0);
          for (const column of fromColumns) expect(from.map(({ fqn }) => fqn)).toContain(column);
        }
        expect(completeColumns([...mappings].reverse(), { from, to })).toEqual(result);
      }),
    );
  });
});
