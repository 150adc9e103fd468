import { describe, expect, it } from 'vitest';
import { commonNamespaces, isWithin, namespaceAbove } from './namespaces.js';

describe('namespaces', () => {
  it('hold themselves and their children, not what merely begins alike', () => {
    expect(['company', 'company.team', 'company2', 'com'].map((name) => isWithin(name, 'company'))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it.each<[string[] | undefined, string[] | undefined, string[] | undefined]>([
    [undefined, undefined, undefined],
    [['b', 'a'], undefined, ['a', 'b']],
    [undefined, ['a'], ['a']],
    [['company'], ['company.team'], ['company.team']],
    [['company.team'], ['company', 'odd'], ['company.team']],
    [['company'], ['odd'], []],
    [['company', 'company.team'], undefined, ['company']],
    [[], undefined, []],
  ])('%j and %j have %j in common', (one, other, expected) => {
    expect(commonNamespaces(one, other)).toEqual(expected);
  });

  it.each<[string[] | undefined, string | undefined]>([
    [undefined, undefined],
    [[], undefined],
    [['company.team'], 'company.team'],
    [['company.team', 'company.sales.eu'], 'company'],
    [['company', 'company2'], undefined],
  ])('%j lie below %j', (names, expected) => {
    expect(namespaceAbove(names)).toBe(expected);
  });
});
