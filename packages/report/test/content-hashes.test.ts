import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { lineageScript, script } from '../src/html/client/script.js';
import { lineageScriptHash, scriptHash, stylesHash } from '../src/html/content-hashes.js';
import { styles } from '../src/html/styles.js';

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64');

it('allows exactly the scripts and the styles of the pages', () => {
  expect({ scriptHash, lineageScriptHash, stylesHash }).toEqual({
    scriptHash: hashOf(script),
    lineageScriptHash: hashOf(lineageScript),
    stylesHash: hashOf(styles),
  });
});
