import type { EntityReference, Run, SourceEvent } from '@flowmeta/connector';
import { canonicalType, type KestraFlow } from '@flowmeta/kestra-client';
import { describe, expect, it } from 'vitest';
import { flowFromSource } from '../flow-source.js';
import { createLineageBook, type Listing } from './lineage-book.js';

const condition = 'io.kestra.plugin.core.condition';
const oldCondition = 'io.kestra.core.models.conditions.types';
const log = { id: 'log', type: 'io.kestra.plugin.core.log.Log' };
const whole: Listing = { scope: {}, isComplete: true, covers: () => true };

const empty: Omit<KestraFlow, 'namespace' | 'id'> = {
  disabled: false,
  deleted: false,
  labels: [],
  inputs: [],
  tasks: [log],
  errors: [],
  finally: [],
  afterExecution: [],
  triggers: [],
};

/** As the client leaves it: types have one spelling at any depth. */
function flowOf(name: string, more: Partial<KestraFlow> = {}): KestraFlow {
  const [namespace, id] = name.split('/') as [string, string];
  const text = JSON.stringify(more, (key, member) => (key === 'type' ? canonicalType(member as string) : member));
  return { ...empty, namespace, id, ...(JSON.parse(text) as Partial<KestraFlow>) };
}

const others = ['a/x', 'a/y', 'a.b/x', 'ab/z', 'c/z'].map((name) => flowOf(name));

/** What comes of a listing: edges as `from → to`, with a mark on external ends, and warnings. */
function resolve(flows: KestraFlow[], listing: Partial<Listing> = {}) {
  const book = createLineageBook();
  for (const flow of flows) {
    book.see(flow);
    book.define(flow);
  }
  return { ...summary([...book.resolve({ ...whole, ...listing })]), book };
}

function summary(events: SourceEvent[]) {
  const name = (end: EntityReference) => {
    if (end.kind !== 'pipeline') throw new Error('an edge of a dataset');
    return end.external ? `${end.name}?` : end.name;
  };
  return {
    edges: events.flatMap((event) =>
      event.kind === 'lineage' ? [`${name(event.edge.from)} → ${name(event.edge.to)}`] : [],
    ),
    descriptions: events.flatMap((event) => (event.kind === 'lineage' ? [event.edge.description] : [])),
    warnings: events.flatMap((event) => (event.kind === 'warning' ? [event.message] : [])),
    linked: events.find((event) => event.kind === 'linked'),
  };
}

/** The upstreams of a flow `l/l` with one Flow trigger of these properties. */
function upstreams(trigger: object, flows = others) {
  const listener = flowOf('l/l', { triggers: [{ id: 't', type: 'io.kestra.plugin.core.trigger.Flow', ...trigger }] });
  const { edges, warnings } = resolve([listener, ...flows]);
  return { from: edges.map((edge) => edge.replace(/ → l\.l$/, '')), warnings };
}
const byConditions = (...conditions: object[]) => upstreams({ conditions });
const flow = (name: string, type = `${condition}.ExecutionFlow`) => {
  const [namespace, flowId] = name.split('/');
  return { type, namespace, flowId };
};
const namespace = (text: string, more: object = {}) => ({
  type: `${condition}.ExecutionNamespace`,
  namespace: text,
  ...more,
});
const or = (...conditions: object[]) => ({ type: `${condition}.Or`, conditions });
const not = (...conditions: object[]) => ({ type: `${condition}.Not`, conditions });
const status = { type: `${condition}.ExecutionStatus`, in: ['FAILED'] };

describe('the conditions of a Flow trigger', () => {
  it.each([
    ['a flow', [flow('a/x')], ['a.x']],
    ['a flow, by the name of older versions', [flow('a/x', `${oldCondition}.ExecutionFlowCondition`)], ['a.x']],
    ['a flow, by the name of 0.17', [flow('a/x', `${condition}.ExecutionFlowCondition`)], ['a.x']],
    ['a namespace, exactly', [namespace('a')], ['a.x', 'a.y']],
    ['a namespace, said to be exact', [namespace('a', { comparison: 'EQUALS', prefix: true })], ['a.x', 'a.y']],
    ['the start of a namespace as text', [namespace('a', { comparison: 'PREFIX' })], ['a.x', 'a.y', 'a.b.x', 'ab.z']],
    ['the start of a namespace, as older versions say it', [namespace('a.', { prefix: true })], ['a.b.x']],
    ['the start of a namespace, out of YAML', [namespace('a.', { prefix: 'true' })], ['a.b.x']],
    ['the end of a namespace as text', [namespace('b', { comparison: 'SUFFIX' })], ['a.b.x', 'ab.z']],
    [
      'all of them',
      [namespace('a', { comparison: 'PREFIX' }), namespace('b', { comparison: 'SUFFIX' })],
      ['a.b.x', 'ab.z'],
    ],
    ['one of several', [or(flow('a/x'), flow('c/z'))], ['a.x', 'c.z']],
    ['none of several', [namespace('a', { prefix: true }), not(flow('a/x'), namespace('ab'))], ['a.y', 'a.b.x']],
    ['not none of them', [not(not(flow('a/x'), flow('c/z')))], ['a.x', 'c.z']],
    ['one of several, but not another', [or(namespace('a'), flow('c/z')), not(or(flow('a/y')))], ['a.x', 'c.z']],
    ['one, or anything but another', [or(flow('a/x'), not(flow('c/z')))], ['a.x']],
    [
      'several in a time window',
      [{ type: `${condition}.MultipleCondition`, id: 'm', conditions: { one: flow('a/x'), two: flow('c/z') } }, status],
      ['a.x', 'c.z'],
    ],
    ['a flow in some states', [flow('a/x'), status], ['a.x']],
  ])('name %s', (_, conditions, expected) => {
    expect(byConditions(...conditions)).toEqual({ from: expect.arrayContaining(expected), warnings: [] });
    expect(byConditions(...conditions).from).toHaveLength(expected.length);
  });

  it.each([
    ['states alone', [status]],
    ['what is not meant alone', [not(flow('a/x'))]],
    ['filters of the listening flow', [{ type: `${oldCondition}.FlowNamespaceCondition`, namespace: 'a' }]],
    ['nothing at all', []],
    ['filters among alternatives', [or(status)]],
    ['filters in a negation', [not(status)]],
  ])('that name nobody (%s) make no edge', (_, conditions) => {
    expect(byConditions(...conditions)).toEqual({ from: [], warnings: [] });
  });

  it('are understood as JSON in a string', () => {
    const conditions = JSON.stringify([{ type: `${condition}.Or`, conditions: JSON.stringify([flow('a/x')]) }]);
    expect(upstreams({ conditions }).from).toEqual(['a.x']);
  });

  it('are understood where Enterprise keeps several apart', () => {
    const multipleConditions = [{ type: `${condition}.MultipleCondition`, conditions: { one: flow('a/x') } }];
    expect(upstreams({ multipleConditions }).from).toEqual(['a.x']);
  });

  it('with a template make no edge of what the template narrows, and say so', () => {
    const templated = flow('a/{{ inputs.flow }}');
    expect(byConditions(namespace('a'), templated)).toEqual({
      from: [],
      warnings: [
        expect.stringContaining('Kestra Flow trigger: t names flows by what only Kestra can tell ({{ inputs.flow }})'),
      ],
    });
    expect(byConditions(or(templated, flow('c/z'))).from).toEqual(['c.z']);
    expect(byConditions(namespace('a'), not(templated)).from).toEqual([]);
  });
});

describe('preconditions', () => {
  const where = (...filters: object[]) => upstreams({ preconditions: { id: 'p', where: [{ id: 'w', filters }] } }).from;
  const filter = (field: string, type: string, value: unknown) =>
    Array.isArray(value) ? { field, type, values: value } : { field, type, value };

  it('name flows, and namespaces exactly', () => {
    const flows = [{ namespace: 'c', flowId: 'z', states: ['SUCCESS'] }, { namespace: 'a' }];
    expect(upstreams({ preconditions: { flows } }).from).toEqual(['c.z', 'a.x', 'a.y']);
    expect(upstreams({ preconditions: JSON.stringify({ flows }) }).from).toEqual(['c.z', 'a.x', 'a.y']);
  });

  it.each([
    [[filter('FLOW_ID', 'EQUAL_TO', 'z')], ['ab.z', 'c.z']],
    [[filter('NAMESPACE', 'IN', ['ab', 'c'])], ['ab.z', 'c.z']],
    [[filter('NAMESPACE', 'IN', JSON.stringify(['ab', 'c']))], ['ab.z', 'c.z']],
    [
      [filter('NAMESPACE', 'STARTS_WITH', 'a'), filter('FLOW_ID', 'NOT_EQUAL_TO', 'x')],
      ['a.y', 'ab.z'],
    ],
    [[filter('NAMESPACE', 'STARTS_WITH', 'a'), filter('NAMESPACE', 'NOT_IN', ['a', 'ab'])], ['a.b.x']],
    [[filter('NAMESPACE', 'ENDS_WITH', 'b')], ['a.b.x', 'ab.z']],
    [[filter('NAMESPACE', 'CONTAINS', '.')], ['a.b.x']],
    [[filter('NAMESPACE', 'REGEX', 'a')], ['a.x', 'a.y']],
    [[filter('NAMESPACE', 'REGEX', '(?i)A.?B')], ['a.b.x', 'ab.z']],
    [[filter('STATE', 'EQUAL_TO', 'FAILED')], []],
    [
      [filter('hasOwnProperty', 'STARTS_WITH', 'a'), filter('FLOW_ID', 'EQUAL_TO', 'z')],
      ['ab.z', 'c.z'],
    ],
    [[filter('FLOW_ID', 'NOT_EQUAL_TO', 'x')], []],
    [[filter('EXPRESSION', 'IS_TRUE', '{{ trigger is defined }}'), filter('FLOW_ID', 'EQUAL_TO', 'y')], ['a.y']],
  ])('filter by the names of flows: %j', (filters, expected) => {
    expect(where(...filters)).toEqual(expected);
  });

  it('name what any of the groups and flows names', () => {
    const preconditions = {
      flows: [{ namespace: 'a', flowId: 'y' }],
      where: [
        {
          id: 'w',
          operand: 'OR',
          filters: [filter('NAMESPACE', 'EQUAL_TO', 'c'), filter('NAMESPACE', 'EQUAL_TO', 'ab')],
        },
        { id: 'v', filters: [filter('NAMESPACE', 'EQUAL_TO', 'a.b')] },
      ],
    };
    expect(upstreams({ preconditions }).from).toEqual(['a.y', 'a.b.x', 'ab.z', 'c.z']);
  });

  it('with an expression that JavaScript cannot read make no edge, and say so', () => {
    const preconditions = { where: [{ id: 'w', filters: [filter('FLOW_ID', 'REGEX', '\\Qx\\E*+')] }] };
    expect(upstreams({ preconditions })).toEqual({
      from: [],
      warnings: [expect.stringContaining('only Kestra can tell')],
    });
  });
});

describe('a Flow trigger of 2.0', () => {
  it.each(['ANY', 'ALL', 'AT_LEAST'])('depends on flows, namespaces and ids, with mode %s', (mode) => {
    const dependsOn = [{ namespace: 'c', flowId: 'z' }, { namespace: 'a', states: ['FAILED'] }, { flowId: 'z' }];
    expect(upstreams({ dependsOn, mode }).from).toEqual(['c.z', 'a.x', 'a.y', 'ab.z']);
  });

  it.each([
    ["{{ flow.namespace | startsWith('a') }}", ['a.x', 'a.y', 'a.b.x', 'ab.z']],
    ['{{ namespace | endsWith("b") }}', ['a.b.x', 'ab.z']],
    ["{{ flow.namespace == 'c' }}", ['c.z']],
    ["{{ flowId == 'x' }}", ['a.x', 'a.b.x']],
    ["{{ flow.namespace != 'c' }}", []],
    ['{{ trigger is not defined }}', []],
  ])('understands `when: %s`', (when, expected) => {
    expect(upstreams({ when })).toEqual({ from: expected, warnings: [] });
  });

  it('is narrowed by `when`, its own and those of its dependencies', () => {
    expect(upstreams({ dependsOn: [{ namespace: 'a' }], when: "{{ flow.id != 'x' }}" }).from).toEqual(['a.y']);
    const dependsOn = [
      { namespace: 'a', when: "{{ flow.id == 'x' }}" },
      { flowId: 'z', when: '{{ now() }}' },
    ];
    expect(upstreams({ dependsOn }).from).toEqual(['a.x', 'ab.z', 'c.z']);
  });

  it('says so when it does not understand how flows are chosen', () => {
    expect(upstreams({ when: "{{ flow.namespace in ['a', 'c'] }}" })).toEqual({
      from: [],
      warnings: [expect.stringContaining('not understood')],
    });
    expect(upstreams({ dependsOn: [{ namespace: 'c' }], when: '{{ myFilter(flow.namespace) }}' }).from).toEqual([
      'c.z',
    ]);
  });
});

describe('a task that runs another flow', () => {
  const subflow = (id: string, target: string, more: object = {}) => {
    const [namespace, flowId] = target.split('/');
    return { id, type: 'io.kestra.plugin.core.flow.Subflow', namespace, flowId, ...more };
  };
  const calls = (...tasks: object[]) => resolve([flowOf('l/l', { tasks: tasks as KestraFlow['tasks'] }), ...others]);

  it.each([
    'io.kestra.plugin.core.flow.Subflow',
    'io.kestra.core.tasks.flows.Subflow',
    'io.kestra.core.tasks.flows.Flow',
  ])('makes an edge as %s', (type) => {
    expect(calls(subflow('s', 'a/x', { type }))).toMatchObject({
      edges: ['l.l → a.x'],
      descriptions: ['Kestra subflow task: s'],
    });
  });

  it('is found at any depth, but not where it is switched off', () => {
    const core = 'io.kestra.plugin.core.flow';
    const { edges } = calls(
      {
        id: 'p',
        type: `${core}.Parallel`,
        tasks: [
          { id: 'w', type: `${core}.WorkingDirectory`, tasks: [subflow('s', 'a/x')] },
          { id: 'i', type: `${core}.If`, else: [subflow('e', 'a/y')] },
        ],
      },
      { id: 'd', type: `${core}.Dag`, tasks: [{ task: subflow('dag', 'c/z') }] },
      { id: 'off', type: `${core}.Sequential`, disabled: true, tasks: [subflow('inside', 'ab/z')] },
      subflow('switched', 'ab/z', { disabled: true }),
    );
    expect(edges).toEqual(['l.l → a.x', 'l.l → a.y', 'l.l → c.z']);
  });

  it('is found among error handlers', () => {
    const handler = flowOf('l/l', { errors: [subflow('s', 'a/x')] as KestraFlow['errors'] });
    expect(resolve([handler, ...others]).edges).toEqual(['l.l → a.x']);
  });

  it('may name its target by its own namespace and id', () => {
    const target = '{{ flow.namespace }}.sub/{{flow.id}}_child';
    expect(
      resolve([flowOf('l/l', { tasks: [subflow('s', target)] as KestraFlow['tasks'] }), flowOf('l.sub/l_child')]).edges,
    ).toEqual(['l.l → l.sub.l_child']);
  });

  it('with any other template makes no edge and says so; edges that start there are not all known', () => {
    const { edges, warnings, linked } = calls(subflow('s', 'a/{{ inputs.which }}'));
    expect(edges).toEqual([]);
    expect(warnings).toEqual([
      expect.stringContaining('Kestra subflow task: s runs a flow that a template names (a.{{ inputs.which }})'),
    ]);
    expect(linked).toEqual({ kind: 'linked', scope: {}, except: { from: ['l.l'], into: [] } });
  });
});

describe('edges', () => {
  const trigger = (id: string, upstream: string) => ({
    id,
    type: 'io.kestra.core.models.triggers.types.Flow',
    conditions: [flow(upstream)],
  });
  const call = { id: 's', type: 'io.kestra.plugin.core.flow.Subflow', namespace: 'l', flowId: 'l' };

  it('of several triggers and tasks between the same flows are one, described in order', () => {
    const listener = flowOf('l/l', { triggers: [trigger('two', 'a/x'), trigger('one', 'a/x')] });
    const { edges, descriptions } = resolve([flowOf('a/x', { tasks: [call] }), listener]);
    expect(edges).toEqual(['a.x → l.l']);
    expect(descriptions).toEqual(['Kestra Flow trigger: one; Kestra Flow trigger: two; Kestra subflow task: s']);
  });

  it('may form a circle, but none leads to itself', () => {
    const self = flowOf('l/l', { triggers: [trigger('self', 'l/l'), trigger('other', 'a/x')], tasks: [call] });
    const circle = resolve([self, flowOf('a/x', { triggers: [trigger('back', 'l/l')] })]);
    expect(circle.edges).toEqual(['a.x → l.l', 'l.l → a.x']);
    expect(circle.warnings.map((warning) => warning.replace(/^Kestra /, ''))).toEqual([
      'subflow task: s runs its own flow, which is no edge',
      'Flow trigger: self waits for its own flow, which is no edge',
      'These flows set each other off in a circle: a.x → l.l → a.x',
    ]);
    expect(upstreams({ conditions: [flow('l/l')] })).toEqual({
      from: [],
      warnings: [expect.stringContaining('waits for its own flow')],
    });
    const wildcard = flowOf('l/l', {
      triggers: [{ id: 'w', type: 'io.kestra.plugin.core.trigger.Flow', conditions: [namespace('l')] }],
    });
    expect(resolve([wildcard, flowOf('l/m')]).edges).toEqual(['l.m → l.l']);
  });

  it('are not made by a trigger that is switched off', () => {
    expect(
      resolve([flowOf('l/l', { triggers: [{ ...trigger('t', 'a/x'), disabled: true }] }), ...others]).edges,
    ).toEqual([]);
  });

  it('of a wildcard end at 25 flows; what is spelled out stays, and so do 25', () => {
    const many = Array.from({ length: 26 }, (_, index) => flowOf(`n/f${index}`));
    const triggerOf = (...conditions: object[]) =>
      flowOf('l/l', {
        triggers: [{ id: 't', type: 'io.kestra.plugin.core.trigger.Flow', conditions: [or(...conditions)] }],
      });
    const over = resolve([triggerOf(namespace('n'), flow('a/x')), ...many, ...others]);
    expect(over.edges).toEqual(['a.x → l.l']);
    expect(over.warnings).toEqual([expect.stringContaining('matches 26 flows')]);
    expect(resolve([triggerOf(namespace('n')), ...many.slice(1)]).edges).toHaveLength(25);
  });

  it('are not made of the flows of the system namespace, which follow everything', () => {
    expect(byConditions(namespace('system')).from).toEqual([]);
    expect(
      upstreams({ conditions: [namespace('s', { prefix: true })] }, [flowOf('system/alert'), flowOf('s/x')]).from,
    ).toEqual(['s.x']);
  });

  it('name an upstream that the source does not have as external, when every flow was seen', () => {
    const listener = flowOf('l/l', { triggers: [trigger('t', 'gone/x')] });
    expect(resolve([listener]).edges).toEqual(['gone.x? → l.l']);
    expect(resolve([listener], { isComplete: false })).toMatchObject({ edges: ['gone.x → l.l'], linked: undefined });
    expect(resolve([listener], { covers: (name) => name !== 'gone' }).edges).toEqual(['gone.x → l.l']);
  });

  it('are found whichever flow comes first', () => {
    const listener = flowOf('l/l', { triggers: [trigger('t', 'a/x')] });
    expect(resolve([flowOf('a/x'), listener]).edges).toEqual(resolve([listener, flowOf('a/x')]).edges);
  });

  it('are the same out of the YAML of a flow that Kestra cannot parse', () => {
    const source = `
id: l
namespace: l
tasks: [{id: s, type: io.kestra.core.tasks.flows.Flow, namespace: a, flowId: y}]
triggers:
  - id: t
    type: io.kestra.core.models.triggers.types.Flow
    conditions:
      - type: ${oldCondition}.OrCondition
        conditions:
          - {type: ${oldCondition}.ExecutionNamespaceCondition, namespace: a., prefix: true}
          - {type: ${oldCondition}.ExecutionFlowCondition, namespace: c, flowId: z}
  - {id: off, type: io.kestra.plugin.core.trigger.Flow, disabled: true, conditions: [{type: ${condition}.ExecutionFlow, namespace: a, flowId: x}]}
`;
    expect(resolve([flowFromSource(source, flowOf('l/l', { tasks: [] })), ...others]).edges).toEqual([
      'l.l → a.y',
      'c.z → l.l',
      'a.b.x → l.l',
    ]);
  });
});

describe('runs', () => {
  const dynamic = flowOf('a/x', {
    tasks: [
      { id: 'each', type: 'io.kestra.plugin.core.flow.ForEachItem', namespace: 'l', flowId: '{{ inputs.f }}' },
      { id: 'fixed', type: 'io.kestra.plugin.core.flow.Subflow', namespace: 'l', flowId: 'fixed' },
    ],
  });
  const listener = flowOf('l/l', {
    triggers: [
      { id: 'open', type: 'io.kestra.plugin.core.trigger.Flow', conditions: [flow('a/{{ inputs.f }}')] },
      { id: 'alarm', type: 'io.kestra.plugin.core.trigger.Flow', states: ['FAILED'] },
    ],
  });
  const runOf = (pipeline: string, type: string, id: string, upstream: string) =>
    ({
      id: '1',
      pipeline,
      trigger: { id, type: `io.kestra.plugin.core.${type}`, upstream: { pipeline: upstream } },
    }) as unknown as Run;
  const shown = (...runs: Run[]) => {
    const { book } = resolve([dynamic, listener, flowOf('l/fixed'), ...others]);
    return summary(runs.flatMap((run) => [...book.evidence(run)]));
  };

  it('show the other end where the definition left it to a template, once each', () => {
    const item = runOf('l.l', 'flow.ForEachItem$ForEachItemExecutable', 'each_items', 'a.x');
    const trigger = runOf('l.l', 'trigger.Flow', 'open', 'c.z');
    expect(shown(item, item, trigger)).toMatchObject({
      edges: ['a.x → l.l', 'c.z → l.l'],
      descriptions: ['Kestra ForEachItem task: each', 'Kestra Flow trigger: open'],
    });
  });

  it.each([
    ['of a trigger that names nobody', runOf('l.l', 'trigger.Flow', 'alarm', 'c.z')],
    ['of a trigger that is gone', runOf('l.l', 'trigger.Flow', 'old', 'c.z')],
    ['of a task that names its flow', runOf('c.z', 'flow.Subflow', 'fixed', 'a.x')],
    ['that set itself off', runOf('l.l', 'trigger.Flow', 'open', 'l.l')],
    ['that a schedule started', { id: '1', pipeline: 'l.l', trigger: { id: 'open' } } as unknown as Run],
  ])('%s show nothing', (_, run) => {
    expect(shown(run).edges).toEqual([]);
  });

  it('add nothing to an edge that the definition has', () => {
    const half = { type: `${condition}.Or`, conditions: [flow('c/z'), flow('a/{{ inputs.f }}')] };
    const trigger = { id: 'open', type: 'io.kestra.plugin.core.trigger.Flow', conditions: [half] };
    const { book } = resolve([flowOf('l/l', { triggers: [trigger] }), ...others]);
    const after = (upstream: string) =>
      summary([...book.evidence(runOf('l.l', 'trigger.Flow', 'open', upstream))]).edges;
    expect([after('c.z'), after('a.x')]).toEqual([[], ['a.x → l.l']]);
  });

  it('of more than 25 other flows show an alarm: the rest is left out', () => {
    const runs = Array.from({ length: 30 }, (_, index) => runOf('l.l', 'trigger.Flow', 'open', `n.f${index}`));
    expect(shown(...runs).edges).toHaveLength(25);
  });
});
