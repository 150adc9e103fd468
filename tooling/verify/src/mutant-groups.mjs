/** What is mutated, and the tests that judge it. */
export const groups = {
  'om-mapper': {
    sources: ['packages/om-mapper/src'],
    // Those in `test/` try very many inputs, which takes too long for each mutant.
    tests: ['packages/om-mapper/src/**/*.test.ts'],
  },
  'om-sink': {
    sources: ['packages/om-sink/src'],
    tests: ['packages/om-sink/{src,test}/**/*.test.ts'],
  },
  deletion: {
    sources: [
      'packages/ingestion/src/deletion.ts',
      'packages/ingestion/src/staleness.ts',
      'packages/ingestion/src/remembering.ts',
      'packages/connector-kestra/src/existence.ts',
      'packages/om-sink/src/sink/deletion.ts',
    ],
    tests: [
      'packages/ingestion/test/{deletion,lineage,dataset-lineage,remembering}.test.ts',
      'packages/connector-kestra/test/existence.test.ts',
      'packages/om-sink/test/deletion.test.ts',
    ],
  },
  state: {
    sources: ['packages/state/src'],
    tests: ['packages/state/{src,test}/**/*.test.ts'],
  },
};
