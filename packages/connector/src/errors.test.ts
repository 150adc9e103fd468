import { describe, expect, it } from 'vitest';
import { hintOf, VerdictError, verdictOf } from './errors.js';

describe('VerdictError', () => {
  it('tells its verdict, its hint and its cause', () => {
    const cause = new Error('socket hang up');
    const error = new VerdictError('Kestra did not answer', { verdict: 'retry', hint: 'Try later.', cause });
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.message, error.verdict, error.hint, error.cause]).toEqual([
      'VerdictError',
      'Kestra did not answer',
      'retry',
      'Try later.',
      cause,
    ]);
  });

  it('has no cause when none was given', () => {
    expect('cause' in new VerdictError('x', { verdict: 'skip' })).toBe(false);
  });
});

describe('verdictOf and hintOf', () => {
  it('read an error that carries one', () => {
    const error = new VerdictError('x', { verdict: 'fatal', hint: 'Check the token.' });
    expect([verdictOf(error), hintOf(error)]).toEqual(['fatal', 'Check the token.']);
  });

  it('understand an error of another copy of this package, which only shares the symbol', () => {
    const error = Object.assign(new Error('x'), { [Symbol.for('flowmeta.verdict')]: 'skip', hint: 'h' });
    expect([verdictOf(error), hintOf(error)]).toEqual(['skip', 'h']);
  });

  it.each([new Error('x'), 'text', undefined, null, 7, { verdict: 'fatal', hint: 'not ours' }])(
    'know nothing about %s',
    (error) => {
      expect([verdictOf(error), hintOf(error)]).toEqual([undefined, undefined]);
    },
  );
});
