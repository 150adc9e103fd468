import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { script } from '../src/html/client/script.js';
import { scriptHash, stylesHash } from '../src/html/content-hashes.js';
import { styles } from '../src/html/styles.js';

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64');

it('allows exactly the script and the styles of the page', () => {
  expect({ scriptHash, stylesHash }).toEqual({ scriptHash: hashOf(script), stylesHash: hashOf(styles) });
});
