import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../apps/runner/src/config/load-config.js';
import { flowFromSource } from '../../../packages/connector-kestra/src/flow-source.js';
import { knownConfigFaults, knownSourceFaults } from '../src/known-faults.js';
import { watchProcess } from '../src/side-effects.js';

describe('faults that are known (when one of these fails, it is mended: take it out of known-faults.ts)', () => {
  it.each(knownConfigFaults)('$what', async ({ example, problems }) => {
    const options = { file: 'config.yaml', environment: {}, directory: '/nowhere' };
    const error: unknown = await parseConfig(example, options).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('SECRET');
    expect(`shows a secret: ${String(error)}`).toMatch(problems);
  });

  it.each(knownSourceFaults)('$what', async ({ example, problems }) => {
    const process = watchProcess();
    const known = { disabled: false, deleted: false, labels: [], inputs: [] };
    const lists = { tasks: [], errors: [], finally: [], afterExecution: [], triggers: [] };
    flowFromSource(example, { namespace: 'b', id: 'a', ...known, ...lists });
    // A warning is told on the next turn.
    await new Promise(setImmediate);
    process.stop();
    expect(process.problems().join('\n')).toMatch(problems);
  });
});
