import { describe, expect, it } from 'vitest';
import { flowOf, snapshot } from '../test/recorded-client.js';
import { flowFromSource } from './flow-source.js';

const known = flowOf({ namespace: 'a', id: 'f', revision: 2, exception: 'Invalid type' });
const yaml = (more: string) => `id: f\nnamespace: a\ntasks:\n  - id: t\n    type: x.Y\n${more}`;

describe('a flow from its YAML', () => {
  it('has what the server would have said of it', () => {
    for (const version of ['0.20.5', '1.0.3', '2.0.0'] as const) {
      const { flowsWithSource } = snapshot(version);
      for (const [key, flow] of flowsWithSource) {
        const read = flowFromSource(flow.source ?? '', flowOf({ namespace: flow.namespace, id: flow.id }));
        const { description, disabled, labels, inputs, concurrency, triggers } = read;
        const summary = {
          description,
          disabled,
          labels,
          inputs: inputs.map(({ id }) => id),
          limit: concurrency?.limit,
          triggers: triggers.map(({ id, disabled: off = false }) => [id, off]),
        };
        expect(summary, `${version} ${key}`).toEqual({
          description: flow.description,
          disabled: flow.disabled,
          labels: expect.arrayContaining(flow.labels),
          inputs: flow.inputs.map(({ id }) => id),
          limit: flow.concurrency?.limit,
          triggers: flow.triggers.map(({ id, disabled: off = false }) => [id, off]),
        });
        expect(labels).toHaveLength(flow.labels.length);
      }
    }
  });

  it('keeps what the server knew of it', () => {
    expect(flowFromSource(yaml(''), known)).toMatchObject({
      namespace: 'a',
      id: 'f',
      revision: 2,
      exception: 'Invalid type',
    });
  });

  it('reads labels as text, whatever YAML would make of them', () => {
    const { labels } = flowFromSource(
      yaml('labels:\n  env: on\n  version: 1.10\n  since: 2024-01-01\n  none:\n'),
      known,
    );
    expect(labels).toEqual([
      { key: 'env', value: 'on' },
      { key: 'version', value: '1.10' },
      { key: 'since', value: '2024-01-01' },
      { key: 'none', value: '' },
    ]);
    expect(flowFromSource(yaml('labels:\n  - key: a\n    value: 1\n'), known).labels).toEqual([
      { key: 'a', value: '1' },
    ]);
  });

  it('reads switches and limits', () => {
    const source = yaml(
      '    disabled: true\ndisabled: true\nconcurrency:\n  limit: 2\ninputs:\n  - name: x\n    required: false\n',
    );
    expect(flowFromSource(source, known)).toMatchObject({
      disabled: true,
      tasks: [{ id: 't', disabled: true }],
      concurrency: { limit: 2 },
      inputs: [{ id: 'x', required: false }],
    });
  });

  it('follows anchors and merge keys', () => {
    const source = 'x: &base\n  type: x.Y\ntasks:\n  - <<: *base\n    id: t\n';
    expect(flowFromSource(source, known).tasks).toEqual([{ id: 't', type: 'x.Y' }]);
  });

  it.each([
    '',
    'just text',
    '- a\n- b',
    'id: f',
    'tasks: []',
    'tasks:\n  - type: x',
    'a: [',
    'a: 1\na: 2\ntasks: [{id: t, type: x}]',
  ])('is refused when the YAML is %j', (source) => {
    expect(() => flowFromSource(source, known)).toThrow();
  });

  it('is read without a word to the terminal, whatever the parser warns of', async () => {
    const warnings: unknown[] = [];
    const onWarning = (warning: unknown) => warnings.push(warning);
    process.on('warning', onWarning);
    for (const odd of ['%NO_SUCH_DIRECTIVE SECRET\n---\n', '%YAML 1.9\n---\n']) {
      expect(flowFromSource(odd + yaml('description: !odd SECRET\n'), known).tasks).toHaveLength(1);
    }
    // A warning is told on the next turn.
    await new Promise(setImmediate);
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  it.each(['}\npassword: SECRET\n', 'a: "SECRET\n', 'a: b: SECRET\n', 'a: *SECRET\n', '@SECRET\n'])(
    'is refused without its text: %j',
    (broken) => {
      let message = '';
      try {
        flowFromSource(yaml(broken), known);
      } catch (error) {
        message = String((error as Error).stack);
      }
      expect(message).toContain('The source is no valid YAML');
      expect(message).not.toContain('SECRET');
    },
  );
});
