import { datasetLabel, type LineageEdge } from '@flowmeta/connector';
import type { KestraFlow, KestraTask, KestraTrigger } from '@flowmeta/kestra-client';
import { renderTemplates, type TemplateValues } from '@flowmeta/sql-lineage';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { flowFromSource } from '../../flow-source.js';
import { pipelineName } from '../../pipeline-name.js';
import type { DatasetUse, TaskIo } from '../types.js';
import { createCrossings } from './crossings.js';
import { flowData } from './flow-data.js';
import { joinFlow, mostEdges } from './join-flow.js';
import { createOpenEnds } from './open-ends.js';

// The tasks here say in so many words which tables they touch: `reads`, `writes`, `moves: {from: to}`, `takes`, and `gives` (`reads`, the
// default, or `writes`). Those that say none of it are scripts: they pass on what they take.

const useOf = (name: string, property: string): DatasetUse => ({
  dataset: { kind: 'table', platform: 'postgres', connections: [], name },
  property,
  trust: 'properties',
});

function ioOf(task: KestraTask | KestraTrigger, values: TemplateValues): TaskIo {
  const texts = (value: unknown): string[] =>
    value === undefined ? [] : Array.isArray(value) ? value.map(String) : [String(value)];
  const named = (property: string) =>
    texts(task[property]).flatMap((text) => {
      const { sql, unresolved } = renderTemplates(text, values);
      return unresolved.length > 0 ? [] : [useOf(sql, property)];
    });
  const moves = Object.entries((task.moves ?? {}) as Record<string, string>).map(([from, to]) => ({
    from: useOf(from, 'moves'),
    to: useOf(to, 'moves'),
  }));
  const reads = [...named('reads'), ...moves.map(({ from }) => from)];
  const writes = [...named('writes'), ...moves.map(({ to }) => to)];
  return {
    taskId: task.id,
    type: task.type,
    reads,
    writes,
    moves,
    takes: [...texts(task.takes), ...texts(Object.values((task.inputFiles ?? {}) as object))],
    gives: task.gives === 'writes' ? writes : reads,
    passesOn: task.gives !== 'writes',
    runs: [],
    gaps: [],
  };
}

const lineOf = ({ from, to, pipeline, description }: LineageEdge, withDescription: boolean): string => {
  const [one, other] = [from, to].map((end) =>
    end.kind === 'dataset' ? datasetLabel(end.dataset) : `[${(end as { name: string }).name}]`,
  );
  return `${one} → ${other}${pipeline === undefined ? '' : ` by ${pipeline}`}${withDescription ? `: ${description}` : ''}`;
};

async function flowOf(yaml: string): Promise<KestraFlow> {
  const document = parse(yaml) as { namespace?: string; id?: string; variables?: object; outputs?: [] };
  const known = {
    namespace: 'n',
    id: 'f',
    ...document,
    labels: [],
    inputs: [],
    deleted: false,
  } as unknown as KestraFlow;
  const flow = flowFromSource(yaml, known);
  // The defaults of inputs and such as the client reads them.
  return {
    ...flow,
    ...(document.variables && { variables: document.variables as Record<string, unknown> }),
    outputs: document.outputs ?? [],
  };
}

async function analysed(yaml: string | KestraFlow) {
  const flow = typeof yaml === 'string' ? await flowOf(yaml) : yaml;
  const values = { vars: flow.variables ?? {}, flow: { namespace: flow.namespace, id: flow.id } };
  return flowData(flow, {
    pipeline: pipelineName(flow.namespace, flow.id),
    values,
    analyse: async (task, names) => ioOf(task, { ...values, ...names }),
  });
}

/** A flow too big to be YAML. */
const flowWith = (tasks: object[]): KestraFlow => ({
  namespace: 'n',
  id: 'f',
  disabled: false,
  deleted: false,
  labels: [],
  inputs: [],
  tasks: tasks.map((task) => ({ type: 'test.Task', ...task })) as KestraTask[],
  errors: [],
  finally: [],
  afterExecution: [],
  triggers: [],
});

/** All edges of the flows in a YAML text, one document each. */
async function edgesOf(yaml: string, { withDescription = false, openEnds = false } = {}): Promise<string[]> {
  const crossings = createCrossings();
  const ends = createOpenEnds();
  const edges: LineageEdge[] = [];
  for (const document of yaml.split(/^---$/m)) {
    const { data } = await analysed(document);
    const joined = joinFlow(data);
    edges.push(...joined.edges);
    for (const passage of joined.passages) crossings.add(data.pipeline, passage);
    ends.add(data, joined.edges);
  }
  for (const edge of crossings.edges({ mostEdges, cut: () => {} })) {
    ends.close(edge);
    edges.push(edge);
  }
  if (openEnds) edges.push(...ends.edges());
  return edges.map((edge) => lineOf(edge, withDescription)).sort();
}

const type = 'type: test.Task';
const flowTask = (name: string) => `type: io.kestra.plugin.core.flow.${name}`;

describe('a task that takes what another one gives', () => {
  it.each([
    ['outputs.extract.uri'],
    ["outputs['extract'].uri"],
    ['outputs["extract"]["uri"]'],
    ["outputs.extract.outputFiles['a.csv']"],
    ['read(outputs.extract.uri)'],
    ['outputs.none.uri ?? outputs.extract.uri'],
    ['fromJson(outputs . extract . body).rows | first'],
  ])('is linked by {{ %s }}', async (expression) => {
    const yaml = `
tasks:
  - {id: extract, ${type}, reads: src}
  - {id: load, ${type}, writes: dst, takes: ${JSON.stringify(`{{ ${expression} }}`)}}`;
    expect(await edgesOf(yaml)).toEqual(['src → dst by n.f']);
  });

  it.each([
    ['no template', 'outputs.extract.uri'],
    ['a text in a template', '{{ "outputs.extract.uri" }}'],
    ['the output of a member', '{{ trigger.outputs.extract.uri }}'],
    ['another task', '{{ outputs.extractor.uri }}'],
    ['an unknown task', '{{ outputs[inputs.task].uri }}'],
  ])('is not linked by %s', async (_what, takes) => {
    const yaml = `
tasks:
  - {id: extract, ${type}, reads: src}
  - {id: load, ${type}, writes: dst, takes: ${JSON.stringify(takes)}}`;
    expect(await edgesOf(yaml)).toEqual([]);
  });

  it('is linked by a name that no identifier can be', async () => {
    const yaml = `
tasks:
  - {id: ex-tract, ${type}, reads: src}
  - {id: load, ${type}, writes: dst, takes: "{{ outputs['ex-tract'].uri }}"}`;
    expect(await edgesOf(yaml)).toEqual(['src → dst by n.f']);
  });

  it('is linked through variables that stand for outputs', async () => {
    const yaml = `
variables: {file: "{{ outputs.extract.uri }}"}
tasks:
  - {id: extract, ${type}, reads: src}
  - {id: load, ${type}, writes: dst, takes: "{{ render(vars.file) }}"}`;
    expect(await edgesOf(yaml)).toEqual(['src → dst by n.f']);
  });

  it('is linked through scripts, however many, and the description names them', async () => {
    const yaml = `
tasks:
  - {id: extract, ${type}, reads: src}
  - {id: clean, ${type}, takes: "{{ outputs.extract.uri }}"}
  - {id: enrich, ${type}, takes: "{{ outputs.clean.outputFiles['x'] }}"}
  - {id: load, ${type}, writes: dst, takes: "{{ outputs.enrich.vars.y }}"}`;
    expect(await edgesOf(yaml, { withDescription: true })).toEqual([
      'src → dst by n.f: Kestra tasks extract → clean → enrich → load: reads (properties), writes (properties)',
    ]);
  });

  it('is not linked past a task that gives only what it wrote', async () => {
    const yaml = `
tasks:
  - {id: extract, ${type}, reads: src}
  - {id: upload, ${type}, writes: stage, gives: writes, takes: "{{ outputs.extract.uri }}"}
  - {id: load, ${type}, writes: dst, takes: "{{ outputs.upload.uri }}"}`;
    expect(await edgesOf(yaml)).toEqual(['src → stage by n.f', 'stage → dst by n.f']);
  });

  it('is linked past each other in cycles and to itself no more than once', async () => {
    const yaml = `
tasks:
  - {id: a, ${type}, takes: "{{ outputs.b.uri }}", reads: src}
  - {id: b, ${type}, takes: "{{ outputs.a.uri }} {{ outputs.b.uri }}", writes: [src, dst]}`;
    expect(await edgesOf(yaml)).toEqual(['src → dst by n.f']);
  });

  it('cuts descriptions of long ways', async () => {
    const chain = Array.from(
      { length: 200 },
      (_, index) =>
        `  - {id: with_a_long_name_${index}, ${type}, takes: "{{ outputs.${index === 0 ? 'extract' : `with_a_long_name_${index - 1}`}.uri }}"}`,
    );
    const yaml = `
tasks:
  - {id: extract, ${type}, reads: src}
${chain.join('\n')}
  - {id: load, ${type}, writes: dst, takes: "{{ outputs.with_a_long_name_199.uri }}"}`;
    const [line] = await edgesOf(yaml, { withDescription: true });
    expect(line).toMatch(/extract → with_a_long_name_0 → .* → … → load: /);
    expect(line!.length).toBeLessThan(520);
  });
});

describe('datasets of one flow', () => {
  it('are not linked for being in one flow', async () => {
    const yaml = `
tasks:
  - {id: a, ${type}, reads: a1, writes: a2}
  - {id: b, ${type}, reads: b1}
  - {id: c, ${type}, writes: c2}`;
    expect(await edgesOf(yaml)).toEqual([]);
    expect(await edgesOf(yaml, { openEnds: true })).toEqual(['[n.f] → a2', '[n.f] → c2', 'a1 → [n.f]', 'b1 → [n.f]']);
  });

  it('are moved as a task says, and what it takes besides flows into what it writes', async () => {
    const yaml = `
tasks:
  - {id: extract, ${type}, reads: src}
  - {id: move, ${type}, moves: {a1: a2}}
  - {id: load, ${type}, moves: {b1: b2}, takes: "{{ outputs.extract.uri }}"}`;
    expect(await edgesOf(yaml, { openEnds: true })).toEqual(['a1 → a2 by n.f', 'b1 → b2 by n.f', 'src → b2 by n.f']);
  });

  it('are not mixed between parallel branches and independent copies', async () => {
    const copy = (name: string) => `
      - {id: extract_${name}, ${type}, reads: src_${name}}
      - {id: load_${name}, ${type}, writes: dst_${name}, takes: "{{ outputs.extract_${name}.uri }}"}`;
    const yaml = `
tasks:
  - id: both
    ${flowTask('Parallel')}
    tasks:${copy('a')}${copy('b')}
  - id: either
    ${flowTask('If')}
    then:${copy('c')}
    else:${copy('d')}`;
    expect(await edgesOf(yaml)).toEqual(['a', 'b', 'c', 'd'].map((name) => `src_${name} → dst_${name} by n.f`));
  });

  it('are joined over both branches of a choice where a reference says so', async () => {
    const yaml = `
tasks:
  - id: either
    ${flowTask('If')}
    then: [{id: one, ${type}, reads: a}]
    else: [{id: two, ${type}, reads: b}]
  - {id: load, ${type}, writes: dst, takes: "{{ outputs.one.uri ?? outputs.two.uri }}"}`;
    expect(await edgesOf(yaml)).toEqual(['a → dst by n.f', 'b → dst by n.f']);
  });

  it('of tasks that are switched off, or in something that is, are nothing', async () => {
    const yaml = `
tasks:
  - {id: extract, ${type}, reads: src, disabled: true}
  - {id: load, ${type}, writes: dst, takes: "{{ outputs.extract.uri }}"}
  - id: off
    ${flowTask('Sequential')}
    disabled: true
    tasks: [{id: inside, ${type}, moves: {x: y}}]
triggers:
  - {id: listen, ${type}, reads: topic, disabled: true}`;
    expect(await edgesOf(yaml, { openEnds: true })).toEqual(['[n.f] → dst']);
  });

  it('of error handlers and finally count, and the description says so', async () => {
    const yaml = `
tasks:
  - {id: extract, ${type}, reads: src}
errors:
  - {id: alert, ${type}, writes: alerts, takes: "{{ outputs.extract.uri }}"}
finally:
  - {id: audit, ${type}, writes: audits, takes: "{{ outputs.extract.uri }}"}`;
    expect(await edgesOf(yaml, { withDescription: true })).toEqual([
      'src → alerts by n.f: Kestra tasks extract → alert (error branch): reads (properties), writes (properties)',
      'src → audits by n.f: Kestra tasks extract → audit (finally branch): reads (properties), writes (properties)',
    ]);
  });
});

describe('triggers', () => {
  it('hand what they read to the tasks that take it', async () => {
    const yaml = `
tasks:
  - {id: load, ${type}, writes: dst, takes: "{{ trigger.uri }}"}
  - {id: other, ${type}, writes: elsewhere}
triggers:
  - {id: listen, ${type}, reads: topic}`;
    expect(await edgesOf(yaml, { withDescription: true, openEnds: true })).toEqual([
      '[n.f] → elsewhere: Kestra task other: writes (properties)',
      'topic → dst by n.f: Kestra trigger listen → task load: reads (properties), writes (properties)',
    ]);
  });

  it('hand nothing to tasks that do not take it', async () => {
    const yaml = `
tasks:
  - {id: load, ${type}, writes: dst, takes: "{{ outputs.trigger.uri }}"}
triggers:
  - {id: listen, ${type}, reads: topic}`;
    expect(await edgesOf(yaml, { openEnds: true })).toEqual(['[n.f] → dst', 'topic → [n.f]']);
  });
});

describe('loops', () => {
  /** A loop whose head is given, with an extract and a load in it. */
  const around = (head: string, { value = 'taskrun.value', takes = '' } = {}) => `
variables: {names: [a, b], first: a, json: '["a","b"]', objects: [{t: a}, {t: b}]}
tasks:
  - id: each
    ${head}
    tasks:
      - {id: extract, ${type}, reads: "src.{{ ${value} }}"}
      - {id: load, ${type}, writes: "dst.{{ ${value} }}", takes: "{{ ${takes || `outputs.extract[${value}].uri`} }}"}`;
  const pairs = ['src.a → dst.a by n.f', 'src.b → dst.b by n.f'];
  const forEach = flowTask('ForEach');

  it.each([
    ['ForEach over a list', `${forEach}\n    values: [a, b]`],
    ['ForEach over JSON', `${forEach}\n    values: '["a", "b"]'`],
    ['ForEach over a variable', `${forEach}\n    values: "{{ vars.names }}"`],
    ['ForEach over templates', `${forEach}\n    values: ["{{ vars.first }}", b]`],
    ['ForEach over a variable in JSON', `${forEach}\n    values: "{{ vars.json }}"`],
    ['EachSequential', `${flowTask('EachSequential')}\n    value: '["a","b"]'`],
    ['EachParallel', `${flowTask('EachParallel')}\n    value: ["a", "b"]`],
  ])('join each value with itself: %s', async (_what, head) => {
    expect(await edgesOf(around(head))).toEqual(pairs);
    expect(await edgesOf(around(head, { takes: 'currentEachOutput(outputs.extract).uri' }))).toEqual(pairs);
  });

  it('join each value with itself: Loop of 2.0', async () => {
    const head = `${flowTask('Loop')}\n    values: [a, b]`;
    expect(await edgesOf(around(head, { value: 'item.value', takes: 'outputs.extract.uri' }))).toEqual(pairs);
  });

  it('join each value with itself: objects', async () => {
    const value = 'fromJson(taskrun.value).t';
    const takes = 'outputs.extract[taskrun.value].uri';
    for (const values of ['[{t: a}, {t: b}]', `'[{"t": "a"}, {"t": "b"}]'`, '"{{ vars.objects }}"']) {
      expect(await edgesOf(around(`${forEach}\n    values: ${values}`, { value, takes }))).toEqual(pairs);
    }
  });

  it('join each value with itself: a mapping', async () => {
    const values = 'values: {one: a, two: b}';
    const [value, takes] = ['item.value', 'outputs.extract.uri'];
    expect(await edgesOf(around(`${flowTask('Loop')}\n    ${values}`, { value, takes }))).toEqual(pairs);
    const key = { value: 'item.key', takes };
    expect(await edgesOf(around(`${flowTask('Loop')}\n    ${values}`, key))).toEqual([
      'src.one → dst.one by n.f',
      'src.two → dst.two by n.f',
    ]);
    expect(await edgesOf(around(`${forEach}\n    ${values}`, { value: 'json(taskrun.value).value', takes }))).toEqual(
      pairs,
    );
  });

  it('are read once when their values are not known, and names that hang on them are not made up', async () => {
    for (const values of ['"{{ inputs.names }}"', '"{{ outputs.list.uris }}"', '"no list"', '[]', '7']) {
      expect(await edgesOf(around(`${forEach}\n    values: ${values}`), { openEnds: true })).toEqual([]);
    }
  });

  it('nested, are joined by the values of all of them', async () => {
    const yaml = `
tasks:
  - id: outer
    ${forEach}
    values: [x, y]
    tasks:
      - id: inner
        ${forEach}
        values: [a, b]
        tasks:
          - {id: extract, ${type}, reads: "{{ parent.taskrun.value }}.{{ taskrun.value }}"}
          - {id: load, ${type}, writes: "{{ parents[0].taskrun.value }}.{{ taskrun.value }}_copy",
             takes: "{{ outputs.extract[parent.taskrun.value][taskrun.value].uri }}"}
      - {id: sum, ${type}, writes: "{{ taskrun.value }}.sum", takes: "{{ outputs.load[taskrun.value] }}"}`;
    expect(await edgesOf(yaml)).toEqual(
      ['x', 'y'].flatMap((one) => [
        `${one}.a → ${one}.a_copy by n.f`,
        `${one}.a → ${one}.sum by n.f`,
        `${one}.b → ${one}.b_copy by n.f`,
        `${one}.b → ${one}.sum by n.f`,
      ]),
    );
  });

  it('are joined inside something that is in a loop', async () => {
    const yaml = `
tasks:
  - id: each
    ${forEach}
    values: [a, b]
    tasks:
      - id: maybe
        ${flowTask('If')}
        then:
          - {id: extract, ${type}, reads: "src.{{ parent.taskrun.value }}"}
          - {id: load, ${type}, writes: "dst.{{ parent.taskrun.value }}", takes: "{{ outputs.extract[parent.taskrun.value].uri }}"}`;
    expect(await edgesOf(yaml)).toEqual(pairs);
  });

  it('are joined from outside with all iterations, or with the one that is named', async () => {
    const yaml = `
tasks:
  - {id: start, ${type}, reads: start}
  - id: each
    ${forEach}
    values: [a, b]
    tasks:
      - {id: extract, ${type}, reads: "src.{{ taskrun.value }}", takes: "{{ outputs.start.uri }}"}
  - {id: all, ${type}, writes: all, takes: "{{ outputs.extract | values }}"}
  - {id: one, ${type}, writes: one, takes: "{{ outputs.extract['a'].uri }}"}
  - id: again
    ${forEach}
    values: [a, b]
    tasks:
      - {id: load, ${type}, writes: "dst.{{ taskrun.value }}", takes: "{{ outputs.extract[taskrun.value].uri }}"}`;
    expect(await edgesOf(yaml)).toEqual([
      'src.a → all by n.f',
      'src.a → dst.a by n.f',
      'src.a → one by n.f',
      'src.b → all by n.f',
      'src.b → dst.b by n.f',
      ...['all', 'dst.a', 'dst.b', 'one'].map((table) => `start → ${table} by n.f`),
    ]);
  });

  it('hand on what they run over', async () => {
    const yaml = `
tasks:
  - {id: list, ${type}, reads: bucket}
  - id: each
    ${forEach}
    values: "{{ outputs.list.objects }}"
    tasks:
      - {id: load, ${type}, writes: dst, takes: "{{ taskrun.value }}"}
      - {id: other, ${type}, writes: elsewhere}`;
    expect(await edgesOf(yaml)).toEqual(['bucket → dst by n.f']);
  });

  it('of 2.0 give to the outside what their outputs say', async () => {
    const yaml = `
tasks:
  - id: each
    ${flowTask('Loop')}
    values: [a, b]
    outputs: {uri: "{{ outputs.extract.uri }}"}
    tasks:
      - {id: extract, ${type}, reads: "src.{{ item.value }}"}
      - {id: secret, ${type}, reads: hidden}
  - {id: load, ${type}, writes: dst, takes: "{{ outputs.each.outputs }}"}`;
    expect(await edgesOf(yaml)).toEqual(['src.a → dst by n.f', 'src.b → dst by n.f']);
  });

  it('are filled in for up to a thousand values, and one gap says that there are more', async () => {
    const values = (count: number) => JSON.stringify(Array.from({ length: count }, (_, index) => `t${index}`));
    expect(await edgesOf(around(`${forEach}\n    values: ${values(1000)}`))).toHaveLength(1000);
    const { gaps } = await analysed(around(`${forEach}\n    values: ${values(1001)}`));
    expect(gaps).toMatchObject([
      { pipeline: 'n.f', reason: 'template', message: expect.stringContaining('1001 values') },
    ]);
    const nested = `
tasks:
  - id: outer
    ${forEach}
    values: ${values(100)}
    tasks:
      - id: inner
        ${forEach}
        values: ${values(100)}
        tasks: [{id: copy, ${type}, reads: "{{ taskrun.value }}"}]
      - {id: whole, ${type}, reads: "{{ taskrun.value }}"}`;
    expect((await analysed(nested)).gaps).toHaveLength(1);
  });
});

describe('a working directory', () => {
  const inDirectory = (tasks: string, inputFiles = '') => `
tasks:
  - {id: one, ${type}, reads: a}
  - {id: two, ${type}, reads: b}
  - id: directory
    ${flowTask('WorkingDirectory')}
    ${inputFiles}
    tasks:
${tasks}`;

  it('hands a file from the task that writes it to a later one that names it', async () => {
    const yaml = inDirectory(`
      - {id: make, ${type}, takes: "{{ outputs.one.uri }}", outputFiles: [made.csv]}
      - {id: use, ${type}, writes: dst, from: ./made.csv}
      - {id: other, ${type}, writes: elsewhere, from: other.csv}
      - {id: path, ${type}, writes: remote, from: s3://bucket/made.csv}`);
    expect(await edgesOf(yaml)).toEqual(['a → dst by n.f']);
  });

  it('takes the name of a file that a task writes for no sign that it reads it', async () => {
    const yaml = inDirectory(`
      - {id: make, ${type}, takes: "{{ outputs.one.uri }}", outputFiles: [made.csv]}
      - {id: remake, ${type}, script: "write('made.csv')", outputFiles: [made.csv], writes: dst}`);
    expect(await edgesOf(yaml)).toEqual([]);
  });

  it('hands on what a shell writes into a file', async () => {
    const yaml = inDirectory(`
      - {id: make, ${type}, takes: "{{ outputs.one.uri }}", commands: ["jq . > made.json"]}
      - {id: use, ${type}, script: "load('made.json')", writes: dst}`);
    expect(await edgesOf(yaml)).toEqual(['a → dst by n.f']);
  });

  it('keeps its input files apart', async () => {
    const files = `inputFiles: {a.csv: "{{ outputs.one.uri }}", b.csv: "{{ outputs.two.uri }}"}`;
    const yaml = inDirectory(
      `
      - {id: use_a, ${type}, script: "open('a.csv')", writes: from_a}
      - {id: use_b, ${type}, script: "open('b.csv')", writes: from_b}`,
      files,
    );
    expect(await edgesOf(yaml)).toEqual(['a → from_a by n.f', 'b → from_b by n.f']);
  });

  it('hands nothing to an earlier task, nor to one outside or in another directory', async () => {
    const yaml = `${inDirectory(`
      - {id: early, ${type}, writes: early, from: made.csv}
      - {id: make, ${type}, takes: "{{ outputs.one.uri }}", outputFiles: [made.csv]}`)}
  - id: another
    ${flowTask('WorkingDirectory')}
    tasks: [{id: elsewhere, ${type}, writes: elsewhere, from: made.csv}]
  - {id: outside, ${type}, writes: outside, from: made.csv}
  - {id: named, ${type}, writes: dst, takes: "{{ outputs.directory.outputFiles['made.csv'] }}"}`;
    expect(await edgesOf(yaml)).toEqual(['a → dst by n.f']);
  });
});

describe('flows that run each other', () => {
  const child = `
id: child
tasks:
  - {id: load, ${type}, writes: dst, takes: "{{ inputs.file }}"}
  - {id: other, ${type}, writes: elsewhere, takes: "{{ inputs.other }}"}`;

  it('hand data over by inputs; the edge is of the one that writes', async () => {
    const yaml = `
id: parent
tasks:
  - {id: extract, ${type}, reads: src}
  - {id: call, ${flowTask('Subflow')}, namespace: n, flowId: child, inputs: {file: "{{ outputs.extract.uri }}", name: x}}
---${child}`;
    expect(await edgesOf(yaml, { withDescription: true, openEnds: true })).toEqual([
      '[n.child] → elsewhere: Kestra task other: writes (properties)',
      'src → [n.parent]: Kestra task extract: reads (properties)',
      'src → dst by n.child: Kestra tasks n.parent/extract → n.parent/call → n.child/load: reads (properties), writes (properties)',
    ]);
  });

  it('hand over the items of a ForEachItem', async () => {
    const yaml = `
id: parent
tasks:
  - {id: extract, ${type}, reads: src}
  - {id: each, ${flowTask('ForEachItem')}, namespace: "{{ flow.namespace }}", flowId: child, items: "{{ outputs.extract.uri }}", inputs: {file: "{{ taskrun.items }}"}}
---${child}`;
    expect(await edgesOf(yaml)).toEqual(['src → dst by n.child']);
  });

  it('hand nothing to a flow that is not there, or that a run chooses', async () => {
    const call = (flowId: string) => `
id: parent
tasks:
  - {id: extract, ${type}, reads: src}
  - {id: call, ${flowTask('Subflow')}, namespace: n, flowId: "${flowId}", inputs: {file: "{{ outputs.extract.uri }}"}}
---${child}`;
    expect(await edgesOf(call('gone'))).toEqual([]);
    expect(await edgesOf(call('{{ inputs.flow }}'))).toEqual([]);
  });

  it('give back what their outputs say', async () => {
    const yaml = `
id: parent
tasks:
  - {id: call, ${flowTask('Subflow')}, namespace: n, flowId: child}
  - {id: load, ${type}, writes: dst, takes: "{{ outputs.call.outputs.uri }}"}
  - {id: not, ${type}, writes: elsewhere, takes: "{{ outputs.call.outputs.other }}"}
  - {id: id, ${type}, writes: log, takes: "{{ outputs.call.executionId }}"}
---
id: child
outputs: [{id: uri, type: FILE, value: "{{ outputs.extract.uri }}"}, {id: other, value: "{{ outputs.nothing.uri }}"}]
tasks:
  - {id: extract, ${type}, reads: src}`;
    expect(await edgesOf(yaml)).toEqual(['src → dst by n.parent']);
  });

  it('hand data through several of them', async () => {
    const yaml = `
id: one
tasks:
  - {id: extract, ${type}, reads: src}
  - {id: call, ${flowTask('Subflow')}, namespace: n, flowId: two, inputs: {in: "{{ outputs.extract.uri }}"}}
  - {id: load, ${type}, writes: back, takes: "{{ outputs.call.outputs.out }}"}
---
id: two
outputs: [{id: out, value: "{{ outputs.clean.uri }}"}]
tasks:
  - {id: clean, ${type}, takes: "{{ inputs.in }}"}
  - {id: call, ${flowTask('Subflow')}, namespace: n, flowId: three, inputs: {in: "{{ outputs.clean.uri }}"}}
---
id: three
tasks:
  - {id: load, ${type}, writes: dst, takes: "{{ inputs.in }}"}`;
    expect(await edgesOf(yaml)).toEqual(['src → back by n.one', 'src → dst by n.three']);
  });

  it('come to an end when they run each other in a circle', async () => {
    const flow = (name: string, other: string) => `
id: ${name}
outputs: [{id: out, value: "{{ inputs.in }} {{ outputs.call.outputs.out }}"}]
tasks:
  - {id: extract, ${type}, reads: src_${name}}
  - {id: call, ${flowTask('Subflow')}, namespace: n, flowId: ${other}, inputs: {in: "{{ inputs.in }} {{ outputs.extract.uri }} {{ outputs.call.outputs.out }}"}}
  - {id: load, ${type}, writes: dst_${name}, takes: "{{ inputs.in }}"}`;
    expect(await edgesOf(`${flow('a', 'b')}\n---${flow('b', 'a')}`)).toEqual([
      'src_a → dst_a by n.a',
      'src_a → dst_b by n.b',
      'src_b → dst_a by n.a',
      'src_b → dst_b by n.b',
    ]);
  });
});

describe('a flow of any size', () => {
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
  const joined = async (tasks: object[]) => joinFlow((await analysed(flowWith(tasks))).data);

  it('keeps 5,000 pairs of tasks apart', async () => {
    const { edges, pairsBeyond } = await joined(
      numbers(5_000).flatMap((index) => [
        { id: `e${index}`, reads: `s${index}` },
        { id: `l${index}`, writes: `d${index}`, takes: `{{ outputs.e${index}.uri }}` },
      ]),
    );
    expect(edges.map((edge) => lineOf(edge, false))).toEqual(
      numbers(5_000).map((index) => `s${index} → d${index} by n.f`),
    );
    expect(pairsBeyond).toBe(0);
  });

  it('shows so many edges and counts the others', async () => {
    const { edges, pairsBeyond } = await joined([
      { id: 'extract', reads: numbers(5_000).map((index) => `s${index}`) },
      { id: 'load', writes: numbers(5_000).map((index) => `d${index}`), takes: '{{ outputs.extract.uri }}' },
    ]);
    expect(edges).toHaveLength(mostEdges);
    expect(edges.length + pairsBeyond).toBe(25_000_000);
  });

  it('follows a chain of 10,000 scripts that all write, as far as it can in reasonable time', async () => {
    const chain = numbers(10_000).map((index) => ({
      id: `t${index + 1}`,
      writes: `d${index}`,
      takes: `{{ outputs.t${index}.uri }}`,
    }));
    const { edges, pairsBeyond } = await joined([{ id: 't0', reads: 'src' }, ...chain]);
    expect(edges.length).toBeGreaterThan(1_000);
    expect(pairsBeyond).toBeGreaterThan(0);
  });
});
