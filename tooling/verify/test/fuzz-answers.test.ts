import type { KestraVersion } from '@flowmeta/recordings';
import { startKestraSandbox } from '@flowmeta/sandbox';
import { describe, expect, it } from 'vitest';
import { fuzz } from '../src/fuzz.js';
import { answerMutation, mutatedAnswers } from '../src/mutated-answers.js';
import { refusedInSilence } from '../src/refused-writes.js';
import { record } from '../src/result.js';
import { run } from '../src/run.js';
import { mutations } from '../src/settings.js';
import { watchProcess } from '../src/side-effects.js';
import { snapshotOf } from '../src/snapshot.js';
import { untilHanging } from '../src/until-hanging.js';
import { recordedWorld, startCatalog } from '../src/world.js';

/** Answers that end a run at once when they are wrong: most rounds leave them alone, or nothing else would be seen. */
const opening = {
  kestra: /\/configs$|\/search/,
  openMetadata: /\/system\/version$|\/loggedInUser|\/pipelineServices|\/pipelines\?/,
};

describe('answers that no server should send', () => {
  it.each<[KestraVersion, string, keyof typeof opening]>([
    ['0.20.5', '1.2', 'openMetadata'],
    ['1.0.3', '1.6', 'kestra'],
    ['1.0.3', '1.6', 'openMetadata'],
    ['2.0.0', '2.0', 'kestra'],
    ['2.0.0', '2.0', 'openMetadata'],
  ])(
    'Kestra %s, OpenMetadata %s, from %s: the run ends, takes nothing away, and the next one is done',
    { timeout: 3_600_000 },
    async (version, openMetadataVersion, side) => {
      const start = performance.now();
      const world = recordedWorld(version, openMetadataVersion);
      const kestra = await startKestraSandbox({ dataset: world.before, recordRequests: false });
      const process = watchProcess();
      const count = Math.round((mutations * 0.2) / 5);
      const { rounds, made, failures } = await fuzz(
        answerMutation,
        async (changes, round) => {
          const openMetadata = await startCatalog(world);
          kestra.setDataset(world.before);
          await run({ kestra, openMetadata, world });
          const before = snapshotOf(openMetadata);
          kestra.setDataset(world.now);
          const servers = { kestra, openMetadata };
          let applied = 0;
          const onApplied = () => {
            applied += 1;
          };
          const spared = round % 4 === 0 ? undefined : opening[side];
          servers[side].setFaults([mutatedAnswers(changes, { onApplied, ...(spared && { spared }) })]);
          const sent = openMetadata.requests.length;
          const report = await untilHanging((signal) => run({ ...servers, world, signal }));
          const after = snapshotOf(openMetadata);
          const requests = openMetadata.requests.slice(sent);
          servers[side].setFaults([]);
          const next = await untilHanging((signal) => run({ ...servers, world, signal }));
          const settled = snapshotOf(openMetadata);
          await openMetadata.close();
          // A mutated definition may really say that data moves elsewhere.
          const mayGo = (entity: string): boolean => side === 'kestra' && entity.startsWith('edge ');
          const gone = [...before.keys()].filter(
            (entity) => settled.has(entity) && !after.has(entity) && !mayGo(entity),
          );
          const problems = [
            ...(report === undefined ? ['hangs'] : refusedInSilence(requests, report)),
            ...gone.map((entity) => `gone: ${entity}`),
            ...(next?.outcome === 'done'
              ? []
              : [`the next run is ${next?.outcome ?? 'hanging'}: ${next?.error?.message}`]),
            ...process.problems(),
          ];
          return { problems, made: applied };
        },
        { count, atOnce: 150 },
      );
      process.stop();
      await kestra.close();
      record(`fuzz-answers-${version}-${openMetadataVersion}-${side}`, {
        count: made,
        rounds,
        failures,
        ms: performance.now() - start,
      });
      expect(failures).toEqual([]);
    },
  );
});
