import { describe, expect, it } from 'vitest';
import { datasetNames, expectedFlows, type KestraVersion, kestraDataset } from './index.js';

const versions = ['0.20.5', '1.0.3', '2.0.0'] as const satisfies readonly KestraVersion[];

describe('what a connector should say', () => {
  it.each(versions)('is the same of a broken flow, read from its YAML, as of the whole one on %s', (version) => {
    const whole = new Map(expectedFlows(version).map((flow) => [flow.pipeline, flow]));
    const broken = expectedFlows(`${version}-without-plugins`).filter((flow) => flow.broken);
    expect(broken).toHaveLength(27);
    for (const { pipeline, tasks, links, schedules, enabled } of broken) {
      const twin = whole.get(pipeline);
      expect({ pipeline, links, schedules, enabled }).toEqual({
        pipeline,
        links: twin?.links,
        schedules: twin?.schedules,
        enabled: twin?.enabled,
      });
      expect(tasks.map(({ id }) => id)).toEqual(twin?.tasks.map(({ id }) => id));
    }
  });

  it.each(datasetNames)('covers every flow and names only its tasks in %s', (name) => {
    const [version, plugins] = name.split('-without-');
    const dataset = kestraDataset(version as KestraVersion, { plugins: plugins === undefined });
    const expected = expectedFlows(name);
    expect(expected.map(({ pipeline }) => pipeline)).toEqual(
      dataset.flows.map(({ flow }) => `${flow.namespace}.${flow.id}`),
    );
    for (const { tasks, links } of expected) {
      const ids = new Set(tasks.map(({ id }) => id));
      expect(ids.size).toBe(tasks.length);
      expect(links.flat().filter((id) => !ids.has(id))).toEqual([]);
    }
  });
});

describe('kestraDataset', () => {
  it('refuses a dataset that was not recorded', () => {
    expect(() => kestraDataset('0.17.23', { plugins: false })).toThrow(RangeError);
  });
});
