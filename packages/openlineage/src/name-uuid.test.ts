import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { urlUuid } from './name-uuid.js';

it('is the version 5 UUID that any other implementation makes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 150 }), (url) => {
      const namespace = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex');
      const digest = createHash('sha1').update(namespace).update(url).digest('hex');
      const uuid = urlUuid(url);
      const digits = uuid.replaceAll('-', '');
      expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect([digits.slice(0, 12), digits.slice(13, 16), digits.slice(17)]).toEqual([
        digest.slice(0, 12),
        digest.slice(13, 16),
        digest.slice(17, 32),
      ]);
    }),
    { numRuns: 100 },
  );
});
