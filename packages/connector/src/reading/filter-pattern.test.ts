import { describe, expect, it } from 'vitest';
import { compileFilter, pythonRegExp } from './filter-pattern.js';

describe('pythonRegExp', () => {
  // What Python's re.match(pattern, text, re.IGNORECASE) says.
  it.each<[string, string, boolean]>([
    ['company', 'company.team.daily', true],
    ['team', 'company.team.daily', false],
    ['COMPANY', 'company.team.daily', true],
    ['company$', 'company.team', false],
    ['company\\.team\\.daily$', 'company.team.daily', true],
    ['^company', 'company.team', true],
    ['a|company', 'company', true],
    ['b|team', 'company.team', false],
    ['.*test.*', 'a.flow_test', true],
    ['(?i)Company', 'company', true],
    ['(?is)a.b', 'a\nb', true],
    ['a.b', 'a\nb', false],
    ['(?P<word>ab)-(?P=word)', 'ab-ab', true],
    ['(?P<word>ab)-(?P=word)', 'ab-cd', false],
    ['a{,2}b', 'aab', true],
    ['a{,2}b', 'aaab', false],
    ['team\\Z', 'team', true],
    ['team\\Z', 'team.x', false],
    ['\\Ateam', 'team.x', true],
    ['[]a]+x', ']ax', true],
    ['[^]a]x', ']x', false],
    ['[[]x', '[x', true],
    ['a(?#nothing to see)b', 'ab', true],
    ['data\\-eng', 'data-eng.prod-1', true],
    ['data_eng\\_x', 'data_eng_x', true],
    ['(?:a|b)c', 'bc', true],
    ['(?!odd)', 'odd.flow', false],
    ['\\d+\\.\\w+', '12.flow', true],
    ['(?m)^a', 'a', true],
  ])('%s on %j is %s', (pattern, text, expected) => {
    expect(pythonRegExp(pattern).test(text)).toBe(expected);
  });

  it.each([
    '(?x)a b',
    '(?i:a)b',
    '(?>a)b',
    'a++',
    'a*+',
    '(?(1)a|b)',
    '\\N{BULLET}',
    '\\a',
    '\\p{L}',
    '(',
    '*a',
    'a\\',
    '[z-a]',
  ])('%s is refused, naming the pattern', (pattern) => {
    expect(() => pythonRegExp(pattern)).toThrow(SyntaxError);
    expect(() => pythonRegExp(pattern)).toThrow(pattern);
  });
});

describe('compileFilter', () => {
  it('lets everything through without patterns', () => {
    expect(compileFilter({})('x')).toBe(true);
    expect(compileFilter({ includes: [], excludes: [] })('x')).toBe(true);
  });

  it('needs one match among includes', () => {
    const passes = compileFilter({ includes: ['a', 'b'] });
    expect(['a1', 'b1', 'c1'].map(passes)).toEqual([true, true, false]);
  });

  it('lets excludes win', () => {
    const passes = compileFilter({ includes: ['a'], excludes: ['.*_test$'] });
    expect(['a_test', 'a_test2', 'A_TEST'].map(passes)).toEqual([false, true, false]);
  });
});
