import type { Pipeline } from '@flowmeta/connector';
import { describe, expect, it } from 'vitest';
import { createOrganiser, type Rule } from './organise.js';

const of = (rules: Rule[], name: string, namespace?: string) =>
  createOrganiser(rules)({
    name,
    ...(namespace === undefined ? {} : { namespace }),
    enabled: true,
    tasks: [],
    edges: [],
    schedules: [],
    labels: [],
    owners: [],
    inputs: [],
  } satisfies Pipeline);

describe('rules', () => {
  it.each<[match: string, name: string, namespace: string | undefined, matches: boolean]>([
    ['company.finance.*', 'company.finance.daily', 'company.finance', true],
    ['company.finance.*', 'company.finance.eu.daily', 'company.finance.eu', true],
    ['company.finance.*', 'company.finances.daily', 'company.finances', false],
    ['company.finance', 'company.finance.daily', 'company.finance', true],
    ['company.finance', 'company.finance.eu.daily', 'company.finance.eu', false],
    ['company.finance.daily', 'company.finance.daily', 'company.finance', true],
    ['*', 'daily', undefined, true],
    ['*_export', 'orders_export', undefined, true],
    ['orders.export', 'orders_export', undefined, false],
    ['Company.*', 'company.finance.daily', 'company.finance', false],
    ['a+(b)', 'a+(b)', undefined, true],
  ])('%s for %s in %s: %s', (match, name, namespace, matches) => {
    expect(of([{ match, domain: 'Finance' }], name, namespace)).toEqual(matches ? { domain: 'Finance' } : {});
  });

  it('give of each field what the first one that has it says', () => {
    const rules: Rule[] = [
      { match: 'other', owner: 'nobody' },
      { match: '*.daily', tier: 'Tier.Tier1', tags: [] },
      { match: 'team.*', owner: 'ana', tags: ['PII.None'] },
      { match: '*', owner: 'ben', displayName: 'Every one', domain: 'All' },
    ];
    expect(of(rules, 'team.daily', 'team')).toEqual({
      tier: 'Tier.Tier1',
      tags: [],
      owner: 'ana',
      displayName: 'Every one',
      domain: 'All',
    });
  });
});
