import { expect, it } from 'vitest';
import { parseAddress, shownAddress } from './address.js';

it('reads addresses and shows them as they were', () => {
  for (const text of ['127.0.0.1:9464', '0.0.0.0:0', '[::1]:9464', 'localhost:80']) {
    expect(shownAddress(parseAddress(text))).toBe(text);
  }
});

it.each(['9464', ':9464', '127.0.0.1', '127.0.0.1:99999', '::1:9464', 'http://a:1', 'a b:1', ''])(
  'refuses %j',
  (text) => {
    expect(() => parseAddress(text)).toThrow('is no address');
  },
);
