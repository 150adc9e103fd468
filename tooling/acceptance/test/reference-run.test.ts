import { kestraDataset } from '@flowmeta/recordings';
import {
  type OpenMetadataSandbox,
  type Sandbox,
  startKestraSandbox,
  startOpenMetadataSandbox,
} from '@flowmeta/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingest } from '../src/flowmeta.js';

/**
 * The run that the earlier Python connector was shown with, on the recorded data of Kestra 0.20.5: the flows of
 * `hackathon.demo` (without `ft_preconditions_single`, which came later) and of `tutorial`.
 */
describe('the reference run', () => {
  const dataset = kestraDataset('0.20.5', { plugins: true });
  const now = dataset.takenAt;
  const credentials = { username: 'admin@kestra.io', password: 'Kestra-1234' };
  const fqn = 'kestra_demo."hackathon.demo.cron_etl"';
  let kestra: Sandbox;
  let catalog: OpenMetadataSandbox;
  let run: Awaited<ReturnType<typeof ingest>>;

  beforeAll(async () => {
    kestra = await startKestraSandbox({ dataset, auth: { kind: 'basic', ...credentials } });
    catalog = await startOpenMetadataSandbox({ version: '1.6' });
    run = await ingest({
      kestra: { url: kestra.url, ...credentials },
      openMetadata: catalog,
      service: 'kestra_demo',
      filter: {
        includes: ['hackathon\\.demo\\.', 'tutorial\\.'],
        excludes: ['hackathon\\.demo\\.ft_preconditions_single$'],
      },
      now,
    });
  });
  afterAll(() => Promise.all([kestra.close(), catalog.close()]));

  it('ends with exit code 0 and eleven pipelines', () => {
    expect(run.stderr).not.toMatch(/error/i);
    expect(run.code).toBe(0);
    expect(
      catalog.catalog
        .pipelines()
        .map(({ name }) => name)
        .sort(),
    ).toEqual([
      'hackathon.demo.cron_etl',
      'hackathon.demo.downstream_consumer',
      'hackathon.demo.parallel_fanout',
      'tutorial.business-automation',
      'tutorial.business-processes',
      'tutorial.data-engineering-pipeline',
      'tutorial.dwh-and-analytics',
      'tutorial.file-processing',
      'tutorial.hello-world',
      'tutorial.infrastructure-automation',
      'tutorial.microservices-and-apis',
    ]);
  });

  it('gives cron_etl its quoted FQN, its task chain and its schedule', () => {
    const pipeline = catalog.catalog.pipelines().find(({ fullyQualifiedName }) => fullyQualifiedName === fqn);
    expect(pipeline).toMatchObject({
      displayName: 'cron_etl',
      description: 'Nightly ETL: extract, transform, load',
      scheduleInterval: '0 2 * * *',
      tasks: [
        { name: 'extract', downstreamTasks: ['transform'] },
        { name: 'transform', downstreamTasks: ['load'] },
        { name: 'load', downstreamTasks: [] },
      ],
    });
  });

  it('writes at least two runs of every flow, each with a status for its tasks', () => {
    for (const { fullyQualifiedName } of catalog.catalog.pipelines())
      expect(catalog.catalog.statuses(fullyQualifiedName).length, fullyQualifiedName).toBeGreaterThanOrEqual(2);
    const [latest] = catalog.catalog.statuses(fqn);
    expect((latest as { taskStatus: { name: string }[] }).taskStatus.map(({ name }) => name)).toEqual([
      'extract',
      'transform',
      'load',
    ]);
  });

  it('turns the flow labels into tags of our own classification', () => {
    const pipeline = catalog.catalog.pipelines().find(({ fullyQualifiedName }) => fullyQualifiedName === fqn);
    const tags = (pipeline as unknown as { tags: { tagFQN: string }[] }).tags.map(({ tagFQN }) => tagFQN);
    expect(tags).toHaveLength(2);
    for (const tag of tags) expect(tag).toMatch(/^KestraLabels\./);
  });
});
