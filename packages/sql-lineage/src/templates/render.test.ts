import { describe, expect, test } from 'vitest';
import { renderTemplates } from './render.js';

const values = {
  vars: { schema: 'mart', list: ['a', 'b'], nested: { 'a-b': 'x' }, n: 3 },
  inputs: { table: 'Orders', full: true, empty: '' },
  labels: { team: 'shop' },
  flow: { id: 'load', namespace: 'acme.dwh' },
};

describe('what is known is rendered', () => {
  test.each([
    ['{{ vars.schema }}.{{inputs.table}}', 'mart.Orders'],
    ['{{ labels.team }} {{ flow.id }} {{ flow.namespace }}', 'shop load acme.dwh'],
    ["{{ vars.nested['a-b'] }} {{ vars.list[1] }}", 'x b'],
    ['{{ inputs.table | lower }} {{ inputs.table | upper }}', 'orders ORDERS'],
    ["{{ inputs.table | replace({'Ord': 'Fold', 'ers': 'er'}) | lower }}", 'folder'],
    ["{{ inputs.empty | default('none') }} {{ vars.missing | default('none') }}", 'none none'],
    ["{{ vars.missing ?? vars.schema ?? 'x' }}", 'mart'],
    ["{{ vars.schema ~ '_' ~ vars.n }}", 'mart_3'],
    ["{{ inputs.full ? 'all' : 'new' }}", 'all'],
    ["{{ vars.n + 1 }} {{ 'a b' }} {{ 12 }}", '4 a b 12'],
    ["{{ vars.list | join(', ') }}", 'a, b'],
    ['{% if inputs.full == true %}A{% else %}B{% endif %}', 'A'],
    ['{% if vars.n > 5 %}A{% elseif vars.n > 2 %}B{% else %}C{% endif %}', 'B'],
    ['{% if not inputs.full %}A{% endif %}', ''],
    ['{% for t in vars.list %}{{ t }}{{ loop.index }}{% if not loop.last %}, {% endif %}{% endfor %}', 'a0, b1'],
    ["{% set t = vars.schema ~ '.t' %}{{ t }}", 'mart.t'],
    ['a {# a comment {{ vars.schema }} #}b', 'a b'],
    ['{% raw %}{{ vars.schema }}{% endraw %}', '{{ vars.schema }}'],
    ['a   {{- vars.schema -}}   b', 'amartb'],
    ["{{ '}}' }}", '}}'],
    ['{"a": {"b": 1}} { x }', '{"a": {"b": 1}} { x }'],
  ])('%s', (sql, expected) => {
    expect(renderTemplates(sql, values)).toEqual({ sql: expected, unresolved: [], conditions: [] });
  });
});

describe('values of an iteration are rendered', () => {
  const rendered = (text: string, more: object) => renderTemplates(text, { ...values, ...more });

  test.each([
    ['src.{{ taskrun.value }}', { taskrun: { value: 'orders' } }, 'src.orders'],
    ['{{ taskrun.value }}', { taskrun: { value: 3 } }, '3'],
    ['{{ taskrun.iteration + 1 }}', { taskrun: { iteration: 0 } }, '1'],
    ['{{ fromJson(taskrun.value).table }}', { taskrun: { value: '{"table":"orders"}' } }, 'orders'],
    ["{{ json(taskrun.value)['to'].schema | upper }}", { taskrun: { value: '{"to":{"schema":"mart"}}' } }, 'MART'],
    ['{{ fromJson(taskrun.value)[1] }}', { taskrun: { value: '["a","b"]' } }, 'b'],
    ['{{ item.value }}.{{ item.value.table }}', { item: { value: 'x' } }, undefined],
    ['{{ item.value.schema }}.{{ item.value.table }}', { item: { value: { schema: 's', table: 't' } } }, 's.t'],
    [
      'gs://lake/{{ item.value }}/{{ inputs.table }}.csv, no SQL at all: {"a": 1}',
      { item: { value: 'raw' } },
      'gs://lake/raw/Orders.csv, no SQL at all: {"a": 1}',
    ],
  ])('%s of %j', (text, more, expected) => {
    const { sql, unresolved } = rendered(text, more);
    if (expected === undefined) expect(unresolved).toHaveLength(1);
    else expect([sql, unresolved]).toEqual([expected, []]);
  });

  test.each([
    'fromJson(taskrun.value).missing',
    'fromJson(taskrun.other).table',
    'fromJson(flow.id).table',
    'fromJson(vars.nested).table',
    'fromJson(taskrun.value)',
    'fromJson()',
    'fromJson',
    'fromJson(taskrun.value).__proto__.constructor',
    'taskrun.constructor',
    'taskrun.startDate',
    'item.value',
    'item is defined ? 1 : 2',
  ])('%s stays unknown', (expression) => {
    const { sql } = rendered(`{{ ${expression} }}`, { taskrun: { value: '{"table":"orders"}' } });
    expect(sql).toBe('flowmeta_template_1_');
  });
});

describe('what is not known becomes a placeholder', () => {
  test.each([
    'outputs.load.uri',
    'execution.startDate | date("yyyy")',
    'now()',
    'secret("KEY")',
    'kv("x")',
    'taskrun.value',
    'inputs.missing',
    'vars.missing',
    'vars.list',
    'labels.missing',
    'vars.schema | unheardOf',
    '1 +',
    '',
    "'open",
  ])('%s', (expression) => {
    const { sql, unresolved } = renderTemplates(`a.{{ ${expression} }}`, values);
    expect(unresolved).toHaveLength(1);
    expect(sql).toBe(`a.${unresolved[0]?.placeholder}`);
  });

  test('the same template has the same placeholder', () => {
    const { sql, unresolved } = renderTemplates('{{ now() }} {{ now() }} {{ x }}', values);
    expect(unresolved).toHaveLength(2);
    expect(sql.split(' ')[0]).toBe(sql.split(' ')[1]);
  });

  test('texts in it are hidden, keys are not', () => {
    const { unresolved } = renderTemplates(`{{ render('pass' ~ "word") ~ outputs['task-1'].value }}`, values);
    expect(unresolved[0]?.expression).toBe("render('…' ~ '…') ~ outputs['task-1'].value");
  });

  test('a loop over something unknown has its body once', () => {
    const { sql, unresolved } = renderTemplates('{% for x in outputs.a.b %}[{{ x }}]{% endfor %}', values);
    expect(sql).toBe(`[${unresolved[0]?.placeholder}]`);
  });

  test('of a condition that is not known the first branch is there, and where', () => {
    expect(renderTemplates('a {% if outputs.x %}b{% else %}c{% endif %}', values)).toEqual({
      sql: 'a b',
      unresolved: [],
      conditions: [{ from: 2, to: 3, expression: 'outputs.x' }],
    });
  });
});
