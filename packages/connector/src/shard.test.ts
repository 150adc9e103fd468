import { describe, expect, it } from 'vitest';
import { isInShard } from './shard.js';

const shardOf = (name: string, count: number): number[] =>
  Array.from({ length: count }, (_, index) => index).filter((index) => isInShard(name, { index, count }));

describe('the shard of a name', () => {
  // Other versions and machines must divide in the same way.
  it.each([
    ['', 3, 2, 923],
    ['a', 3, 0, 715],
    ['company.team.daily', 7, 2, 151],
    ['company.team.Daily', 6, 0, 598],
    ['company.finance.daily_report', 4, 2, 388],
    ['entreprise.équipe.été', 1, 0, 441],
    ['会社.日次', 7, 1, 823],
    ['emoji.🚀', 2, 0, 378],
  ])('of “%s” is always the same', (name, of8, of3, of1000) => {
    expect([shardOf(name, 8), shardOf(name, 3), shardOf(name, 1000)]).toEqual([[of8], [of3], [of1000]]);
  });

  it('is exactly one, of any count', () => {
    for (const count of [1, 2, 7, 1000]) expect(shardOf('company.team.daily', count)).toHaveLength(1);
  });

  it.each([2, 8, 12])('of %i is as likely as any other, for names that differ in a number', (count) => {
    const sizes = Array.from({ length: count }, () => 0);
    const each = 500;
    for (let number = 0; number < count * each; number += 1)
      sizes[shardOf(`company.team.flow_${number}`, count)[0]!]! += 1;
    // Five standard deviations.
    const most = 5 * Math.sqrt(each);
    expect(sizes.filter((size) => Math.abs(size - each) > most)).toEqual([]);
  });
});
