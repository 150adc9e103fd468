import { describe, expect, it } from 'vitest';
import { effectiveProperties } from './plugin-defaults.js';

const task = { id: 'load', type: 'io.kestra.plugin.jdbc.redshift.Query', sql: 'SELECT 1' };
const entry = (type: string, values: Record<string, unknown>, forced = false) => ({ type, values, forced });

describe('effectiveProperties', () => {
  it('gives a task the values for its type and for the beginning of it, and no others', () => {
    const defaults = [
      entry('io.kestra.plugin.jdbc.redshift', { url: 'u' }),
      entry('io.kestra.plugin.aws', { region: 'r' }),
    ];
    expect(effectiveProperties(task, defaults)).toEqual({ ...task, url: 'u' });
    expect(effectiveProperties(task, [])).toBe(task);
  });

  it('lets the task win, then the longer type, then the first entry', () => {
    const defaults = [
      entry('io.kestra.plugin.jdbc', { url: 'general', sql: 'x', role: 'general' }),
      entry('io.kestra.plugin.jdbc.redshift', { url: 'first' }),
      entry('io.kestra.plugin.jdbc.redshift', { url: 'second' }),
    ];
    expect(effectiveProperties(task, defaults)).toEqual({ ...task, url: 'first', role: 'general' });
  });

  it('lets forced values win over the task, but never its id or type', () => {
    const defaults = [entry('io.kestra.plugin.jdbc', { sql: 'forced', id: 'x', type: 'y' }, true)];
    expect(effectiveProperties(task, defaults)).toEqual({ ...task, sql: 'forced' });
  });

  it('merges mappings', () => {
    const produce = { id: 'p', type: 'io.kestra.plugin.kafka.Produce', properties: { acks: 'all' } };
    const defaults = [
      entry('io.kestra.plugin.kafka', { properties: { acks: '0', 'bootstrap.servers': 'kafka:9092' } }),
    ];
    expect(effectiveProperties(produce, defaults)).toMatchObject({
      properties: { acks: 'all', 'bootstrap.servers': 'kafka:9092' },
    });
  });

  it('leaves prototypes alone', () => {
    const values = JSON.parse('{"__proto__": {"polluted": true}, "properties": {"__proto__": {"polluted": true}}}');
    effectiveProperties({ ...task, properties: {} }, [entry('io.kestra', values)]);
    expect({}).not.toHaveProperty('polluted');
  });
});
