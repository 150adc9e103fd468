import { type KestraVersion, kestraDataset } from '@flowmeta/recordings';
import { demoCatalog, type KestraDataset, startKestraSandbox, startOpenMetadataSandbox } from '@flowmeta/sandbox';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzz } from '../src/fuzz.js';
import { mutatedSource, type SourceMutation } from '../src/mutated-source.js';
import { mutation } from '../src/mutation.js';
import { refusedInSilence } from '../src/refused-writes.js';
import { record } from '../src/result.js';
import { run } from '../src/run.js';
import { mutations } from '../src/settings.js';
import { watchProcess } from '../src/side-effects.js';
import { type Snapshot, snapshotOf } from '../src/snapshot.js';
import { untilHanging } from '../src/until-hanging.js';

const sourceMutation: fc.Arbitrary<SourceMutation> = fc
  .tuple(
    mutation,
    fc.nat(),
    fc.constantFrom<SourceMutation['of']>(
      ...('flow flow flow graph graph execution execution execution trigger'.split(' ') as SourceMutation['of'][]),
    ),
  )
  .map(([change, target, of]) => ({ ...change, target, of }));

/** What a run left of pipelines that nobody touched, and of their runs and edges, is not what it should be. */
function harmed(actual: Snapshot, { wanted, touched }: { wanted: Snapshot; touched: ReadonlySet<string> }): string[] {
  const isTouched = (text: string): boolean => [...touched].some((pipeline) => text.includes(pipeline));
  return [...wanted]
    .filter(([entity, value]) => !entity.startsWith('tag ') && !isTouched(entity) && !isTouched(JSON.stringify(value)))
    .filter(([entity, value]) => JSON.stringify(actual.get(entity)) !== JSON.stringify(value))
    .map(([entity]) => `harmed, though nothing of it was mutated: ${entity}`);
}

describe('items that no server should send', () => {
  it.each<[KestraVersion, string]>([
    ['0.17.23', '1.2'],
    ['0.20.5', '1.6'],
    ['1.0.3', '1.12'],
    ['2.0.0', '2.0'],
  ])(
    'of Kestra %s cost themselves and nothing else, and OpenMetadata %s takes what is written',
    { timeout: 3_600_000 },
    async (version, openMetadata) => {
      const start = performance.now();
      const dataset = kestraDataset(version, { plugins: true }) as KestraDataset;
      const world = { since: 0, until: Date.parse(dataset.takenAt) };
      const kestra = await startKestraSandbox({ dataset });
      const ingest = async (start: typeof untilHanging = untilHanging) => {
        const catalog = await startOpenMetadataSandbox({ version: openMetadata });
        catalog.seedDatasets(demoCatalog());
        const report = await start((signal) => run({ kestra, openMetadata: catalog, world, signal }));
        await catalog.close();
        return { report, actual: snapshotOf(catalog), requests: catalog.requests };
      };
      const clean = await ingest((work) => work(new AbortController().signal));
      expect(clean.report?.outcome).toBe('done');
      const wanted = clean.actual;
      const process = watchProcess();
      const count = Math.round((mutations * 0.6) / 4);
      const { rounds, made, failures } = await fuzz(
        sourceMutation,
        async (changes) => {
          const source = mutatedSource(dataset, changes);
          kestra.setFaults([source.fault]);
          const { report, actual, requests } = await ingest();
          if (report === undefined) return { problems: ['hangs'], made: changes.length };
          const problems = [
            ...(report.outcome === 'failed' ? [`one item ended the run: ${report.error?.message}`] : []),
            ...refusedInSilence(requests, report),
            ...harmed(actual, { wanted, touched: source.pipelines }),
            ...process.problems(),
          ];
          return { problems, made: changes.length };
        },
        { count, atOnce: 250 },
      );
      process.stop();
      await kestra.close();
      record(`fuzz-source-${version}`, { count: made, rounds, failures, ms: performance.now() - start });
      expect(failures).toEqual([]);
    },
  );
});
