import { verdictOf } from '@flowmeta/connector';
import { openMetadataExchanges } from '@flowmeta/recordings';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildFqn, quoteName, splitFqn } from './fqn.js';

const verdictOfThrown = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return verdictOf(error);
  }
  return 'nothing thrown';
};

describe('quoteName', () => {
  it.each([
    ['daily', 'daily'],
    ['company.team.daily', '"company.team.daily"'],
    ['with space', 'with space'],
    ['"x.y"', '"x.y"'],
    ['"xy"', 'xy'],
    [':', ':'],
  ])('writes %s as %s', (name, quoted) => {
    expect(quoteName(name)).toBe(quoted);
  });

  it.each(['quo"te', '"', '""', '', '"a"b"'])('refuses %s', (name) => {
    expect(verdictOfThrown(() => quoteName(name))).toBe('skip');
  });
});

describe('buildFqn and splitFqn', () => {
  it('build what a server builds', () => {
    expect(buildFqn(['kestra', 'company.team.daily', 'load'])).toBe('kestra."company.team.daily".load');
    expect(splitFqn('kestra."company.team.daily".load')).toEqual(['kestra', 'company.team.daily', 'load']);
  });

  it('are the inverse of each other', () => {
    const name = fc
      .oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.stringMatching(/^[a-z. \n:]{1,5}$/))
      .filter((text) => !text.includes('"'));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), (parts) => {
        expect(splitFqn(buildFqn(parts))).toEqual(parts);
      }),
      { numRuns: 300 },
    );
  });

  it.each(['', '.', 'a.', '.a', 'a..b', 'a"b', '"a', '"a"b', '""', 'a."b".'])('refuse to split %j', (text) => {
    expect(verdictOfThrown(() => splitFqn(text))).toBe('skip');
  });

  it.each(['1.2', '1.6'] as const)('agree with every fully qualified name that a real %s gave out', (version) => {
    const pairs = new Map<string, string>();
    const collect = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      const { fullyQualifiedName, name } = node as { fullyQualifiedName?: unknown; name?: unknown };
      // The servers let a task have no name; we never write one.
      if (typeof fullyQualifiedName === 'string' && typeof name === 'string' && name !== '')
        pairs.set(fullyQualifiedName, name);
      for (const nested of Object.values(node)) collect(nested);
    };
    for (const { response } of openMetadataExchanges(version)) if (response.status < 300) collect(response.body);
    expect(pairs.size).toBeGreaterThan(150);
    const wrong = [...pairs].filter(([fqn, name]) => {
      const parts = splitFqn(fqn);
      return buildFqn(parts) !== fqn || quoteName(name) !== quoteName(parts.at(-1)!);
    });
    expect(wrong).toEqual([]);
  });
});
