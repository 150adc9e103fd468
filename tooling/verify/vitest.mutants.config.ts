import { relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import shared from '../../vitest.config.js';

const { FLOWMETA_MUTANT_TESTS: tests = '' } = process.env;

/** First the file that noticed the mutant before, which is often its neighbour, then the quick ones: the first failure ends a run. */
class LikelyFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const costs = new Map(
      files.map((file) => {
        const key = `${file.project.name}:${relative(this.ctx.config.root, file.moduleId)}`;
        const { failed = false, duration = 0 } = this.ctx.cache.getFileTestResults(key) ?? {};
        return [file, failed ? -1 : duration];
      }),
    );
    return [...files].sort((one, other) => costs.get(one)! - costs.get(other)!);
  }
}

/** Runs the tests that `src/mutants.mjs` names, those for one mutant in one worker that imports everything once. */
export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    projects: undefined,
    include: tests.split(' '),
    isolate: false,
    sequence: { sequencer: LikelyFirst },
  },
});
