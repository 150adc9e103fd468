import { describe, expect, it } from 'vitest';
import { airflowDataset } from './airflow-dataset.js';
import { demoCatalog } from './demo-catalog.js';
import { demoDataset } from './demo-dataset.js';
import { startOpenMetadataSandbox } from './openmetadata/server.js';

describe('demoCatalog', () => {
  const text = [
    ...demoDataset().flows.map(({ source = '' }) => source),
    ...airflowDataset(3).assets.map(({ uri }) => String(uri)),
  ]
    .join('\n')
    .toLowerCase();

  it.each(demoCatalog().map(({ fqn }) => fqn))('has %s because a flow or a DAG of the demo names it', (fqn) => {
    const [, ...parts] = (fqn.match(/"[^"]*"|[^.]+/g) ?? []).map((part) => part.replaceAll('"', ''));
    // The first name below a service is a database, a bucket or a topic; OpenMetadata itself calls some databases default.
    const named = parts.filter((part, position) => position > 0 || part !== 'default').slice(0, 1);
    expect(text).toContain(named.join().toLowerCase());
    expect(text).toContain(parts.at(-1)?.toLowerCase());
  });

  it('is seeded as a whole, each name once', async () => {
    const sandbox = await startOpenMetadataSandbox();
    sandbox.seedDatasets(demoCatalog());
    const missing: string[] = [];
    for (const { type, fqn } of demoCatalog()) {
      const answer = await fetch(`${sandbox.url}/api/v1/${type}s/name/${encodeURIComponent(fqn)}`, {
        headers: { authorization: `Bearer ${sandbox.token}` },
      });
      if (answer.status !== 200) missing.push(fqn);
      await answer.arrayBuffer();
    }
    expect(missing).toEqual([]);
    const names = demoCatalog().map(({ fqn }) => fqn);
    expect(new Set(names).size).toBe(names.length);
    await sandbox.close();
  });
});
