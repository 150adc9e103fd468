import { configDefaults, defineConfig } from 'vitest/config';

// Without `module`, which Node does not know: what a bundler takes by it may not run.
const conditions = ['@flowmeta/source', 'node', 'import', 'default'];

/** Where the results also go as JSON, for a script that adds them up. */
const report = process.env.FLOWMETA_TEST_REPORT;

const tests = ['packages', 'apps', 'tooling'].map((group) => `${group}/*/{src,test}/**/*.test.ts`);
/**
 * Tests of functions that leave nothing behind: no server, file, clock or mock. They share a process, for which everything is imported
 * once; all others have one each.
 */
const pure = [
  'packages/{connector,graph-core,om-mapper,openlineage,redact}/{src,test}/**/*.test.ts',
  'packages/{connector-kestra,health,report,sql-lineage}/src/**/*.test.ts',
];

/** Tests read each package's sources (the `@flowmeta/source` export condition), so no test sees a stale build. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // So that a test fails that hangs, and none because the machine has other things to do.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
    ...(report ? { reporters: ['default', ['json', { outputFile: report }]] } : {}),
    projects: [
      { extends: true, test: { name: 'own process', include: tests, exclude: [...configDefaults.exclude, ...pure] } },
      { extends: true, test: { name: 'pure', include: pure, isolate: false } },
    ],
  },
});
