import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Mutation, mutate, mutation } from './mutation.js';

const value = { id: 'a', tasks: [{ id: 't' }] };
const at = (node: number, operation: Mutation['operation']) => mutate(value, { node, operation });

describe('mutate', () => {
  it('changes one place and leaves the value itself alone', () => {
    const untouched = structuredClone(value);
    expect(at(1, { kind: 'drop' })).toEqual({ tasks: [{ id: 't' }] });
    expect(at(3, { kind: 'duplicate' })).toEqual({ id: 'a', tasks: [{ id: 't' }, { id: 't' }] });
    expect(at(2, { kind: 'wrap', as: 'object' })).toEqual({ id: 'a', tasks: { value: [{ id: 't' }] } });
    expect(at(4, { kind: 'replace', value: null })).toEqual({ id: 'a', tasks: [{ id: null }] });
    expect(value).toEqual(untouched);
  });

  it('gives an object a property of its own that is called like its prototype, which JSON carries', () => {
    const changed = at(2, { kind: 'property', name: '__proto__', value: { polluted: true } });
    expect(JSON.stringify(changed)).toContain('"__proto__":{"polluted":true}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('makes something that is still JSON of whatever JSON it gets', () => {
    fc.assert(
      fc.property(fc.jsonValue(), mutation, (json, change) => {
        const text = JSON.stringify(mutate(json, change));
        if (text !== undefined) JSON.parse(text);
      }),
      { numRuns: 500 },
    );
  });
});
