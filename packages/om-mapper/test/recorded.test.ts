import type { Pipeline, Run } from '@flowmeta/connector';
import { kestraConfigSchema, kestraConnector } from '@flowmeta/connector-kestra';
import { datasetNames, type KestraVersion, kestraDataset } from '@flowmeta/recordings';
import { startKestraSandbox } from '@flowmeta/sandbox';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  buildFqn,
  capabilitiesFor,
  completePipeline,
  distinctTimestamps,
  knownVersions,
  labelOf,
  mapPipeline,
  mapRun,
  originalName,
} from '../src/index.js';
import { md5 } from './models.js';
import { refusalOf, schemasOf } from './openmetadata-schemas.js';

const day = 24 * 60 * 60 * 1_000;

/** Everything that the connector says about a recorded server. */
async function readDataset(name: string): Promise<{ pipelines: Pipeline[]; runs: Run[] }> {
  const [version] = name.split('-') as [KestraVersion];
  const dataset = kestraDataset(version, { plugins: !name.includes('-') });
  const takenAt = Date.parse(dataset.takenAt);
  const sandbox = await startKestraSandbox({ dataset, recordRequests: false });
  const config = kestraConfigSchema.parse({ type: 'Kestra', hostPort: sandbox.url });
  const connector = kestraConnector.open(config, { now: () => takenAt, serviceName: 'kestra' });
  const pipelines: Pipeline[] = [];
  const runs: Run[] = [];
  try {
    for await (const event of connector.read({ since: takenAt - 60 * day, until: takenAt + day })) {
      if (event.kind === 'pipeline') pipelines.push(event.pipeline);
      if (event.kind === 'run') runs.push(event.run);
    }
  } finally {
    await connector.close();
    await sandbox.close();
  }
  return { pipelines, runs };
}

const schemas = new Map(knownVersions.map((version) => [version, schemasOf(version)]));

describe.each(datasetNames)('every flow and run of the recorded Kestra %s', (name) => {
  let pipelines: Pipeline[] = [];
  let runs: Run[] = [];

  beforeAll(async () => {
    ({ pipelines, runs } = await readDataset(name));
  });

  it('was read', () => {
    expect(pipelines.length).toBeGreaterThan(50);
    expect(runs.length).toBeGreaterThan(10);
  });

  it.each(knownVersions)('is a valid body for OpenMetadata %s', (version) => {
    const { capabilities } = capabilitiesFor(version);
    const { createPipeline, createTag, pipelineStatus } = schemas.get(version)!;
    const taskNames = new Map<string, ReadonlyMap<string, string>>();
    const refusals: string[] = [];
    const check = (ref: string, refusal: string | undefined): void => {
      if (refusal !== undefined) refusals.push(`${ref}: ${refusal}`);
    };
    for (const pipeline of pipelines) {
      const draft = mapPipeline(pipeline, { service: 'kestra', capabilities, classification: 'KestraLabels' });
      const tags = draft.tags.map((tag) => buildFqn([tag.classification, tag.name]));
      const body = completePipeline(draft, { tags, owners: [], hash: md5, capabilities });
      check(pipeline.name, refusalOf(createPipeline, body));
      for (const tag of draft.tags) check(`${pipeline.name} ${tag.name}`, refusalOf(createTag, tag));
      taskNames.set(pipeline.name, draft.taskNames);
      expect(originalName(body.name)).toBe(pipeline.name);
      expect(body.tasks.map((task) => originalName(task.name))).toEqual(pipeline.tasks.map((task) => task.name));
      expect(draft.tags.map((tag) => labelOf(tag.name))).toEqual(pipeline.labels);
      const links = body.tasks.flatMap((task) => task.downstreamTasks.map((to) => `${task.name} → ${to}`));
      expect(links.sort()).toEqual(pipeline.edges.map(({ from, to }) => `${from} → ${to}`).sort());
    }
    const timestamps = distinctTimestamps(runs);
    for (const run of runs) {
      const names = taskNames.get(run.pipeline)!;
      const status = mapRun(run, { taskNames: names, capabilities, timestamp: timestamps.get(run.id)! });
      check(`${run.pipeline} ${run.id}`, refusalOf(pipelineStatus, status));
      expect(status.taskStatus).toHaveLength(run.taskRuns.length);
      for (const [index, { logLink }] of status.taskStatus.entries()) {
        expect(logLink === undefined).toBe(run.taskRuns[index]?.url === undefined);
      }
    }
    expect(refusals).toEqual([]);
  });

  it('has a timestamp of its own within its pipeline', () => {
    const timestamps = distinctTimestamps(runs);
    const keys = runs.map((run) => `${run.pipeline} ${timestamps.get(run.id)}`);
    expect(new Set(keys).size).toBe(new Set(runs.map(({ id }) => id)).size);
  });
});
