import { describe, expect, it } from 'vitest';
import { readFlow } from './flow.js';

const flow = { namespace: 'company.team', id: 'daily' };

describe('readFlow', () => {
  it('keeps plugin defaults under both names that Kestra has had for them, with canonical types', () => {
    const read = readFlow({
      ...flow,
      pluginDefaults: [{ type: 'io.kestra.plugin.jdbc', values: { url: 'jdbc:postgresql://pg/shop' }, forced: true }],
      taskDefaults: [
        { type: 'io.kestra.core.tasks.log.Log', values: { level: 'WARN' } },
        { type: 'no.values' },
        'no entry',
      ],
    });
    expect(read.pluginDefaults).toEqual([
      { type: 'io.kestra.plugin.jdbc', values: { url: 'jdbc:postgresql://pg/shop' }, forced: true },
      { type: 'io.kestra.plugin.core.log.Log', values: { level: 'WARN' }, forced: false },
    ]);
  });

  it('keeps variables, outputs and defaults of inputs, also false and zero', () => {
    const read = readFlow({
      ...flow,
      variables: { table: 'orders' },
      inputs: [
        { id: 'full', type: 'BOOLEAN', defaults: false },
        { id: 'day', type: 'DATE' },
      ],
      outputs: [{ id: 'uri', type: 'STRING', value: '{{ outputs.extract.uri }}' }, { value: 'nameless' }],
    });
    expect(read.variables).toEqual({ table: 'orders' });
    expect(read.inputs).toEqual([
      { id: 'full', type: 'BOOLEAN', defaults: false },
      { id: 'day', type: 'DATE' },
    ]);
    expect(read.outputs).toEqual([{ id: 'uri', type: 'STRING', value: '{{ outputs.extract.uri }}' }]);
  });

  it('has none of them where the flow has none', () => {
    const read = readFlow({ ...flow, variables: ['no mapping'], outputs: [], pluginDefaults: {} });
    for (const key of ['variables', 'outputs', 'pluginDefaults']) expect(read).not.toHaveProperty(key);
  });
});
