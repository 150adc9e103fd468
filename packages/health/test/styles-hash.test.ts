import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { styles } from '../src/html/styles.js';
import { stylesHash } from '../src/html/styles-hash.js';

it('allows exactly the styles of the page', () => {
  expect(stylesHash).toBe(createHash('sha256').update(styles).digest('base64'));
});
