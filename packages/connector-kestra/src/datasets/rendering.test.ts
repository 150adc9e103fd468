import type { KestraFlow } from '@flowmeta/kestra-client';
import { describe, expect, it } from 'vitest';
import { flowContext } from './flow-context.js';
import { renderSql, renderText } from './rendering.js';

const flow = (more: Partial<KestraFlow>): KestraFlow => ({
  namespace: 'company.team',
  id: 'daily',
  disabled: false,
  deleted: false,
  labels: [],
  inputs: [],
  tasks: [],
  errors: [],
  finally: [],
  afterExecution: [],
  triggers: [],
  ...more,
});

describe('renderText', () => {
  const values = { vars: { bucket: 'lake' }, taskrun: { value: 'orders' }, item: { value: { table: 'items' } } };

  it.each([
    ['plain', 'plain'],
    ['{{ vars.bucket }}/x', 'lake/x'],
    ['src.{{ taskrun.value }}', 'src.orders'],
    ['src.{{ item.value.table | upper }}', 'src.ITEMS'],
  ])('%s is %s', (text, expected) => {
    expect(renderText(text, values)).toEqual({ known: true, text: expected, shown: expected });
  });

  it('keeps what comes before the first template that only a run fills in', () => {
    expect(renderText("{{ vars.bucket }}/{{ now() | date('yyyy') }}/{{ inputs.x }}", values)).toEqual({
      known: false,
      text: 'lake/',
      shown: "lake/{{ now() | date('…') }}/{{ inputs.x }}",
    });
  });

  it('does not render twice, as Kestra does not', () => {
    expect(renderText('{{ vars.nested }}', { vars: { nested: '{{ inputs.x }}' } }).known).toBe(false);
  });

  it('shows names of secrets, but no text that may be one', () => {
    const shown = (text: string) => renderText(text, {}).shown;
    expect(shown('{{secret("PG")}}')).toBe("{{ secret('PG') }}");
    expect(shown("{{ outputs['a-b'].uri }}")).toBe("{{ outputs['a-b'].uri }}");
    for (const text of [
      "{{ secret('PG') ?? 'hunter2' }}",
      '{{ kv(\'PG\') | default("hunter2") }}',
      "{{ ['hunter2', now()] | join }}",
      "{{ now() ~ 'hunter2 }}",
      "{{ f('x', 'hunter2') }}",
    ])
      expect(shown(text), text).not.toContain('hunter2');
  });

  it('takes time in proportion to the text, also for one that only looks like templates', () => {
    for (const text of [
      '{{'.repeat(100_000),
      "{{ '".repeat(50_000),
      '{% '.repeat(100_000),
      `{{ ${'x'.repeat(200_000)} }}`,
    ])
      expect(renderText(text, {}).known).toBe(false);
  });
});

describe('renderSql', () => {
  it('renders what is known, and shows the rest as templates', () => {
    expect(renderSql("SELECT '{{ taskrun.value }}', {{ now() }}", { taskrun: { value: 'a' } })).toBe(
      "SELECT 'a', {{ now() }}",
    );
  });
});

describe('flowContext', () => {
  const render = (text: string, more: Partial<KestraFlow>) =>
    renderText(text, flowContext(flow(more), 'p').values).text;

  it('knows the flow, its variables and its labels', () => {
    const more = { variables: { schema: 'raw' }, labels: [{ key: 'team', value: 'sales' }] };
    expect(render('{{ flow.namespace }}.{{ flow.id }}.{{ vars.schema }}.{{ labels.team }}', more)).toBe(
      'company.team.daily.raw.sales',
    );
  });

  it('knows inputs by their defaults, as lists, numbers and members too, in both forms of Kestra’s JSON', () => {
    const inputs = [
      { id: 'tables', type: 'JSON', defaults: '["a","b"]' },
      { id: 'list', type: 'ARRAY', defaults: ['c'] },
      { id: 'db.schema', type: 'STRING', defaults: 'raw' },
      { id: 'schema2', type: 'STRING', defaults: '{{ vars.x }}_2' },
      { id: 'full', type: 'BOOLEAN', defaults: 'true' },
      { id: 'none', type: 'STRING' },
    ];
    const text =
      "{{ inputs.tables[1] }}{{ inputs.list[0] }}{{ inputs.db.schema }}{{ inputs.schema2 }}{{ inputs.full ? 'y' : 'n' }}";
    expect(render(text, { inputs, variables: { x: 'v' } })).toBe('bcrawv_2y');
    expect(render('a{{ inputs.none }}', { inputs })).toBe('a');
  });

  it('takes no default that is secret or a template itself', () => {
    const inputs = [
      { id: 'pw', type: 'SECRET', defaults: 'hunter2' },
      { id: 'day', type: 'STRING', defaults: '{{ now() }}' },
    ];
    expect(JSON.stringify(flowContext(flow({ inputs }), 'p'))).not.toMatch(/hunter2|now/);
  });

  it('is not confused by names of prototypes', () => {
    const inputs = ['__proto__', 'constructor', '__proto__.x', 'toString.y'].map((id) => ({ id, defaults: 'v' }));
    expect(render('{{ inputs.toString.y }}', { inputs })).toBe('v');
    expect(Object.prototype).not.toHaveProperty('x');
  });
});
