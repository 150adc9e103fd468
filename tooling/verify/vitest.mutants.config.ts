import { defineConfig } from 'vitest/config';
import shared from '../../vitest.config.js';

const { FLOWMETA_MUTANT_TESTS: tests = '' } = process.env;

/**
 * Runs the tests that `src/mutants.mjs` names, those for one mutant in one worker that imports everything once. They fail sooner than
 * usual, since a mutant often makes a test wait for ever.
 */
export default defineConfig({
  ...shared,
  test: { ...shared.test, include: tests.split(' '), isolate: false, testTimeout: 60_000, hookTimeout: 60_000 },
});
