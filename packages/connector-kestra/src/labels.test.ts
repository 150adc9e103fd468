import { describe, expect, it } from 'vitest';
import { chosenLabels } from './labels.js';

describe('labels', () => {
  it('whose key says that they hold a secret are left out', () => {
    const labels = [
      { key: 'team', value: 'data' },
      { key: 'password', value: 'hunter-22' },
      { key: 'api_token', value: 'abc' },
    ];
    expect(chosenLabels(labels, {}, [])).toEqual([{ key: 'team', value: 'data' }]);
  });
});
