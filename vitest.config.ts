import { defineConfig } from 'vitest/config';

const conditions = ['@flowmeta/source', 'node', 'import', 'module', 'default'];

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
  },
});
