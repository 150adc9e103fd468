import { kestraDataset, kestraVersions } from '@flowmeta/recordings';
import { type KestraDataset, type Sandbox, startKestraSandbox } from '@flowmeta/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kestraConnector } from '../src/connector.js';

describe.each(kestraVersions)('a single flow of Kestra %s', (version) => {
  const dataset = kestraDataset(version, { plugins: true }) as KestraDataset;
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startKestraSandbox({ dataset, now: () => Date.parse(dataset.takenAt) });
  });
  afterAll(() => sandbox.close());

  const connect = (config: object = {}) =>
    kestraConnector.open(kestraConnector.configSchema.parse({ hostPort: sandbox.url, ...config }), {
      now: () => 0,
      serviceName: 'kestra',
    });
  const earlier = async () => {
    const connector = connect();
    for await (const event of connector.read({ since: 0, until: 1, runs: false })) {
      if (event.kind !== 'pipeline') continue;
      await connector.close();
      const { name, namespace, sourceUrl } = event.pipeline;
      return { name, namespace: namespace!, sourceUrl: sourceUrl! };
    }
    throw new Error('the dataset has no flow');
  };

  it('is present or absent, as the server says', async () => {
    const connector = connect();
    const pipeline = await earlier();
    expect(await connector.exists!(pipeline)).toBe('present');
    expect(await connector.exists!({ ...pipeline, name: `${pipeline.namespace}.nowhere` })).toBe('absent');
    await connector.close();
  });

  it('is not looked for where the name does not say what it is', async () => {
    const connector = connect();
    const before = sandbox.requests.length;
    expect(await connector.exists!({ name: 'company.team.daily' })).toBe('unknown');
    expect(await connector.exists!({ name: 'company.team.daily', namespace: 'company.squad' })).toBe('unknown');
    expect(await connector.exists!({ name: 'company.team.', namespace: 'company.team' })).toBe('unknown');
    expect(sandbox.requests).toHaveLength(before);
    await connector.close();
  });

  it.each([401, 403, 423, 500])('is an error and not absent where the server answers %i', async (status) => {
    const connector = kestraConnector.open(kestraConnector.configSchema.parse({ hostPort: sandbox.url }), {
      now: () => 0,
      serviceName: 'kestra',
    });
    const pipeline = await earlier();
    sandbox.setFaults([{ path: /\?source=true/, effect: { kind: 'status', status, body: { message: 'no' } } }]);
    await expect(connector.exists!(pipeline)).rejects.toThrow();
    sandbox.setFaults([]);
    await connector.close();
  });

  it('is its own if the link is the one that it would write today', async () => {
    const connector = connect();
    const pipeline = await earlier();
    expect(await connector.owns!(pipeline)).toBe(true);
    expect(await connector.owns!({ ...pipeline, name: `${pipeline.namespace}.gone` })).toBe(false);
    const { sourceUrl: _sourceUrl, ...unlinked } = pipeline;
    expect(await connector.owns!(unlinked)).toBe(false);
    const elsewhere = pipeline.sourceUrl.replace(/:\d+/, ':1');
    expect(await connector.owns!({ ...pipeline, sourceUrl: elsewhere })).toBe(false);
    await connector.close();
  });
});
