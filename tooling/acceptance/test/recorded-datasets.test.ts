import { type DatasetName, datasetNames, expectedFlows, type KestraVersion, kestraDataset } from '@flowmeta/recordings';
import { startKestraSandbox, startOpenMetadataSandbox } from '@flowmeta/sandbox';
import { describe, expect, it } from 'vitest';
import { ingest } from '../src/flowmeta.js';

/** Flows in each dataset, as the recorded servers listed them: a floor under the expected lists themselves. */
const flows: Record<KestraVersion, number> = { '0.17.23': 72, '0.20.5': 78, '1.0.3': 80, '2.0.0': 73 };

const versionOf = (name: DatasetName) => name.replace('-without-plugins', '') as KestraVersion;
const load = (name: DatasetName) => kestraDataset(versionOf(name), { plugins: !name.endsWith('-without-plugins') });

describe.each(datasetNames)('the recorded data of Kestra %s', (name) => {
  it.each(['1.2', '1.6', '2.0'])(
    'is ingested into OpenMetadata %s whole and once, and a second run writes nothing',
    async (version) => {
      const dataset = load(name);
      const expected = expectedFlows(name);
      expect(expected).toHaveLength(flows[versionOf(name)]);
      const kestra = await startKestraSandbox({ dataset });
      const catalog = await startOpenMetadataSandbox({ version });
      const options = { kestra, openMetadata: catalog, service: 'kestra_demo', now: dataset.takenAt };
      try {
        const first = await ingest(options);
        expect(first.code, first.stderr).toBe(0);
        const pipelines = new Map(catalog.catalog.pipelines().map((pipeline) => [pipeline.name, pipeline]));
        expect([...pipelines.keys()].sort()).toEqual(expected.map(({ pipeline }) => pipeline).sort());
        for (const wanted of expected) {
          const pipeline = pipelines.get(wanted.pipeline)!;
          const tasks = pipeline.tasks as { name: string; downstreamTasks?: string[] }[];
          expect(tasks.map((task) => task.name).sort(), wanted.pipeline).toEqual(
            wanted.tasks.map(({ id }) => id).sort(),
          );
          expect(
            tasks.flatMap((task) => (task.downstreamTasks ?? []).map((next) => `${task.name} → ${next}`)).sort(),
            wanted.pipeline,
          ).toEqual(wanted.links.map(([from, to]) => `${from} → ${to}`).sort());
          const crons = String(pipeline.scheduleInterval ?? '').replace(/ \([\w/]+\)/g, '');
          expect(crons, wanted.pipeline).toBe(wanted.schedules.map(({ cron }) => cron).join('; '));
          if (version === '2.0') expect(pipeline.state).toBe(wanted.enabled ? 'Active' : 'Inactive');
          expect(catalog.catalog.statuses(pipeline.fullyQualifiedName), wanted.pipeline).toHaveLength(
            wanted.runs.length,
          );
        }
        const known = new Set(expected.map(({ pipeline }) => pipeline));
        const orphans = dataset.executions.filter((run) => !known.has(`${run.namespace}.${run.flowId}`));
        expect(first.report?.totals.runs).toMatchObject({
          filtered: orphans.length,
          created: expected.reduce((sum, { runs }) => sum + runs.length, 0),
          failed: 0,
          skipped: 0,
        });

        const changes = catalog.catalog.changes();
        const second = await ingest(options);
        expect(second.code, second.stderr).toBe(0);
        expect(catalog.catalog.changes()).toBe(changes);
        expect(second.report?.totals.pipelines).toMatchObject({ created: 0, updated: 0, unchanged: expected.length });
        expect(second.report?.totals.runs).toMatchObject({ created: 0, updated: 0 });
      } finally {
        await Promise.all([kestra.close(), catalog.close()]);
      }
    },
  );
});
