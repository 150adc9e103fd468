import { defineConfig } from 'vitest/config';

// Without `module`, which Node does not know: what a bundler takes by it may not run.
const conditions = ['@flowmeta/source', 'node', 'import', 'default'];

/** Where the results also go as JSON, for a script that adds them up. */
const report = process.env.FLOWMETA_TEST_REPORT;

/** Tests read each package's sources (the `@flowmeta/source` export condition), so no test sees a stale build. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: [
      'packages/*/{src,test}/**/*.test.ts',
      'apps/*/{src,test}/**/*.test.ts',
      'tooling/*/{src,test}/**/*.test.ts',
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    ...(report ? { reporters: ['default', ['json', { outputFile: report }]] } : {}),
  },
});
