import { kestraDataset, kestraVersions } from '@flowmeta/recordings';
import { type KestraDataset, startKestraSandbox } from '@flowmeta/sandbox';
import { describe, expect, it } from 'vitest';
import { kestraConnector } from './connector.js';

async function installedOf(dataset: KestraDataset, signal?: AbortSignal) {
  const sandbox = await startKestraSandbox({ dataset });
  const connector = kestraConnector.open(kestraConnector.configSchema.parse({ hostPort: sandbox.url }), {
    now: () => Date.parse(dataset.takenAt),
    serviceName: 'kestra',
  });
  try {
    return await connector.installedTypes!(signal ? { signal } : {});
  } finally {
    await connector.close();
    await sandbox.close();
  }
}

describe('the installed types', () => {
  it.each(kestraVersions)('are the tasks of a recorded Kestra %s, without triggers and conditions', async (version) => {
    const dataset = kestraDataset(version, { plugins: true }) as KestraDataset;
    const { types, aliases } = (await installedOf(dataset))!;
    expect(types).toEqual(
      expect.arrayContaining(['io.kestra.plugin.core.log.Log', 'io.kestra.plugin.jdbc.postgresql.Query']),
    );
    // The two of plugin.fs.http are older names of two of the core's.
    expect(types).toHaveLength({ '0.17.23': 155, '0.20.5': 162, '1.0.3': 169, '2.0.0': 160 }[version] - 2);
    expect(types.filter((type) => /\.condition\.|\.core\.trigger\.Schedule$/.test(type))).toEqual([]);
    expect(aliases).not.toContain('io.kestra.core.tasks.log.Log');
  });

  it('are not known when the server names none', async () => {
    const dataset = kestraDataset('2.0.0', { plugins: true }) as KestraDataset;
    expect(await installedOf({ ...dataset, plugins: { results: [], total: 0 } })).toBeUndefined();
  });

  it('hold aliases apart, as what they stand for is not said', async () => {
    const dataset = kestraDataset('1.0.3', { plugins: true }) as KestraDataset;
    const plugins = [{ name: 'serdes', tasks: [{ cls: 'a.CsvToIon' }], triggers: ['a.T'], aliases: ['a.CsvReader'] }];
    expect(await installedOf({ ...dataset, plugins })).toEqual({ types: ['a.CsvToIon'], aliases: ['a.CsvReader'] });
  });

  it('are not waited for once the signal is aborted', async () => {
    const dataset = kestraDataset('1.0.3', { plugins: true }) as KestraDataset;
    await expect(installedOf(dataset, AbortSignal.abort(new Error('left')))).rejects.toThrow('left');
  });
});
