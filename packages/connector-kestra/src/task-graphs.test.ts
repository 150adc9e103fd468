import type { KestraGraph, KestraTask } from '@flowmeta/kestra-client';
import { describe, expect, it } from 'vitest';
import { flowOf } from '../test/recorded-client.js';
import { taskTree } from './constructs.js';
import { definitionGraph } from './definition-graph.js';
import { serverGraph } from './server-graph.js';
import type { TaskGraph } from './task-graph.js';

// Constructs that no recorded flow holds; the recorded ones are compared in test/task-graphs.test.ts.

const leaf = (id: string): KestraTask => ({ id, type: 'io.kestra.plugin.core.log.Log' });
const construct = (type: string, id: string, more: object): KestraTask => ({
  id,
  type: `io.kestra.plugin.core.flow.${type}`,
  ...more,
});
const treeOf = (...tasks: KestraTask[]) => taskTree(flowOf({ namespace: 'a', id: 'f', tasks }));
const arrows = ({ edges }: TaskGraph): string => edges.map(({ from, to }) => `${from}>${to}`).join(' ');
const edgesOf = (...tasks: KestraTask[]): string => arrows(definitionGraph(treeOf(...tasks)));
// biome-ignore lint/suspicious/noThenProperty: that is what Kestra calls it
const when = (...tasks: KestraTask[]) => ({ then: tasks });
const names = ({ tasks }: TaskGraph): string =>
  tasks.map(({ task, branch }) => (branch === undefined ? task.id : `${task.id}(${branch})`)).join(' ');

describe('the graph that follows from a definition', () => {
  it.each([
    'Sequential',
    'WorkingDirectory',
    'AllowFailure',
    'LoopUntil',
    'ForEach',
    'EachSequential',
    'Loop',
    'Pause',
  ])('runs what is inside a %s one after the other', (type) => {
    const edges = edgesOf(construct(type, 'F', { tasks: [leaf('a'), leaf('b')] }), leaf('next'));
    expect(edges).toBe('F>a a>b b>next');
  });

  it.each(['Parallel', 'EachParallel'])('runs what is inside a %s side by side', (type) => {
    const edges = edgesOf(construct(type, 'F', { tasks: [leaf('a'), leaf('b')] }), leaf('next'));
    expect(edges).toBe('F>a F>b a>next b>next');
  });

  it('goes on after the branch of an If without an else', () => {
    expect(edgesOf(construct('If', 'F', when(leaf('a'))), leaf('next'))).toBe('F>a a>next');
  });

  it('goes on after an If, a Switch or a Parallel with nothing inside', () => {
    for (const empty of [
      construct('If', 'F', when()),
      construct('Switch', 'F', { cases: {} }),
      construct('Parallel', 'F', {}),
    ]) {
      expect(edgesOf(empty, leaf('next'))).toBe('F>next');
    }
  });

  it('runs one case of a Switch', () => {
    const cases = { one: [leaf('a'), leaf('b')], two: [leaf('c')] };
    expect(edgesOf(construct('Switch', 'F', { cases, defaults: [leaf('d')] }), leaf('next'))).toBe(
      'F>a F>c F>d a>b b>next c>next d>next',
    );
  });

  it('runs a Dag by its dependencies, through flowables, and survives unknown and circular ones', () => {
    const dag = construct('Dag', 'F', {
      tasks: [
        { task: construct('Parallel', 'p', { tasks: [leaf('a'), leaf('b')] }) },
        { task: leaf('c'), dependsOn: ['p'] },
        { task: leaf('d'), dependsOn: [] },
        { task: leaf('e'), dependsOn: ['missing'] },
      ],
    });
    expect(edgesOf(dag, leaf('next'))).toBe('F>p F>d F>e p>a p>b a>c b>c c>next d>next e>next');
    const circle = construct('Dag', 'F', {
      tasks: [
        { task: leaf('a'), dependsOn: ['b'] },
        { task: leaf('b'), dependsOn: ['a'] },
      ],
    });
    expect(edgesOf(circle)).toBe('a>b b>a');
  });

  it('hangs error handlers off their flowable, where they end', () => {
    const handler = construct('Sequential', 'h', { tasks: [leaf('h1')], errors: [leaf('hh')] });
    const graph = definitionGraph(
      treeOf(construct('Parallel', 'F', { tasks: [leaf('a')], errors: [handler, leaf('h2')] }), leaf('next')),
    );
    expect(arrows(graph)).toBe('F>a F>h a>next h>h1 h>hh h1>h2');
    expect(names(graph)).toBe('F a h(error) h1(error) hh(error) h2(error) next');
  });

  it('goes on after the finally of a flowable', () => {
    const graph = definitionGraph(
      treeOf(construct('Sequential', 'F', { tasks: [leaf('a')], finally: [leaf('z')] }), leaf('next')),
    );
    expect(arrows(graph)).toBe('F>a a>z z>next');
    expect(names(graph)).toBe('F a z(finally) next');
  });

  it('names the outermost branch of a task', () => {
    const inner = construct('Sequential', 'z', { tasks: [leaf('a')], errors: [leaf('e')], finally: [leaf('y')] });
    const tree = taskTree(flowOf({ namespace: 'a', id: 'f', tasks: [leaf('t')], finally: [inner] }));
    expect(names(definitionGraph(tree))).toBe('t z(finally) a(finally) e(finally) y(finally)');
  });

  it('has the flow’s own handlers start after no task, finally after the last one, and afterExecution last', () => {
    const tree = taskTree(
      flowOf({
        namespace: 'a',
        id: 'f',
        tasks: [leaf('a'), construct('Parallel', 'p', { tasks: [leaf('b'), leaf('c')] })],
        errors: [leaf('e1'), leaf('e2')],
        finally: [leaf('z')],
        afterExecution: [leaf('x')],
      }),
    );
    const graph = definitionGraph(tree);
    expect(arrows(graph)).toBe('a>p p>b p>c b>z c>z e1>e2 z>x');
    expect(names(graph)).toBe('a p b c e1(error) e2(error) z(finally) x(afterExecution)');
  });

  it('has no tasks inside ForEachItem, Subflow and Template, but may have handlers', () => {
    for (const type of ['ForEachItem', 'Subflow', 'Template']) {
      const task = construct(type, 'F', { tasks: [leaf('no')], namespace: 'a', flowId: 'b', errors: [leaf('e')] });
      expect(edgesOf(task, leaf('next')), type).toBe('F>e F>next');
    }
  });

  it('takes a flowable of another plugin for a sequence, and no settings for tasks', () => {
    const other = { id: 'F', type: 'com.example.Retrying', tasks: [leaf('a'), leaf('b')], jobs: [leaf('no')] };
    expect(edgesOf(other, leaf('next'))).toBe('F>a a>b b>next');
    const settings = { id: 'F', type: 'io.kestra.plugin.databricks.job.SubmitRun', tasks: [{ key: 'x' }, 'y', null] };
    expect(edgesOf(settings, leaf('next'))).toBe('F>next');
  });

  it('keeps the first of two tasks of one id', () => {
    expect(names(definitionGraph(treeOf(leaf('a'), leaf('a'))))).toBe('a');
  });
});

/** A drawing as Kestra makes it: `uid` of a task ends in its id; other nodes are named by their type. */
function drawing(nodes: Record<string, KestraTask | string>, edges: string, errors: string[] = []): KestraGraph {
  return {
    nodes: Object.entries(nodes).map(([uid, node]) =>
      typeof node === 'string'
        ? { uid, type: node }
        : { uid, type: 'GraphTask', task: node, ...(errors.includes(uid) && { branch: 'ERROR' }) },
    ),
    edges: edges.split(' ').map((edge) => {
      const [source = '', target = ''] = edge.split('>');
      return { source, target };
    }),
    clusters: [],
  };
}

describe('the graph that a server draws', () => {
  const root = { 'root.r': 'GraphClusterRoot', 'root.e': 'GraphClusterEnd' };
  const inF = { 'root.F.r': 'GraphClusterRoot', 'root.F.e': 'GraphClusterEnd' };

  it('loses the false edges around handlers, also where one handler is a flowable with handlers of its own', () => {
    const inner = construct('Sequential', 'h', { tasks: [leaf('h1')], errors: [leaf('hh')] });
    const outer = construct('Sequential', 'F', { tasks: [leaf('a')], errors: [inner] });
    const graph = drawing(
      {
        ...root,
        ...inF,
        'root.F': outer,
        'root.F.a': leaf('a'),
        'root.F.h.r': 'GraphClusterRoot',
        'root.F.h.e': 'GraphClusterEnd',
        'root.F.h': inner,
        'root.F.h.h1': leaf('h1'),
        'root.F.h.hh': leaf('hh'),
        'root.next': leaf('next'),
      },
      'root.r>root.F.r root.F.r>root.F root.F>root.F.a root.F.a>root.F.e root.F.r>root.F.h.r root.F.h.r>root.F.h root.F.h>root.F.h.h1 root.F.h.h1>root.F.h.e root.F.h.r>root.F.h.hh root.F.h.hh>root.F.h.e root.F.h.e>root.F.e root.F.e>root.next root.next>root.e',
      ['root.F.h', 'root.F.h.h1', 'root.F.h.hh'],
    );
    const tree = treeOf(outer, leaf('next'));
    expect(serverGraph(graph, tree)).toMatchObject(definitionGraph(tree));
  });

  it('gets the edge that Kestra forgets for a Dag task with an empty list of dependencies', () => {
    const dag = construct('Dag', 'F', { tasks: [{ task: leaf('a'), dependsOn: [] }] });
    const graph = drawing(
      { ...root, ...inF, 'root.F': dag, 'root.F.a': leaf('a') },
      'root.r>root.F.r root.F.r>root.F root.F.a>root.F.e root.F.e>root.e',
    );
    expect(arrows(serverGraph(graph, treeOf(dag)))).toBe('F>a');
  });

  it('leads on from a flowable in which nothing runs', () => {
    const empty = construct('Switch', 'F', { cases: {} });
    const graph = drawing(
      { ...root, ...inF, 'root.F': empty, 'root.next': leaf('next') },
      'root.r>root.F.r root.F.r>root.F root.F.e>root.next root.next>root.e',
    );
    expect(arrows(serverGraph(graph, treeOf(empty, leaf('next'))))).toBe('F>next');
  });

  it('passes through the steps that Kestra adds to a ForEachItem', () => {
    const each = construct('ForEachItem', 'F', { namespace: 'a', flowId: 'b' });
    const step = (name: string) => ({
      id: `F_${name}`,
      type: `io.kestra.plugin.core.flow.ForEachItem$ForEachItem${name}`,
    });
    const graph = drawing(
      {
        ...root,
        ...inF,
        'root.F': each,
        'root.F.F_Split': step('Split'),
        'root.F.F_Items': step('Items'),
        'root.next': leaf('next'),
      },
      'root.r>root.F.r root.F.r>root.F root.F>root.F.F_Split root.F.F_Split>root.F.F_Items root.F.F_Items>root.F.e root.F.e>root.next root.next>root.e',
    );
    const tree = treeOf(each, leaf('next'));
    expect(serverGraph(graph, tree)).toMatchObject(definitionGraph(tree));
    expect(arrows(serverGraph(graph, tree))).toBe('F>next');
  });

  it('adds the tasks of a Template after it, which the definition does not hold', () => {
    const template = construct('Template', 'F', { namespace: 'a', templateId: 'x' });
    const graph = drawing(
      {
        ...root,
        ...inF,
        'root.F': template,
        'root.F.t1': leaf('t1'),
        'root.F.t2': leaf('t2'),
        'root.F.oops': leaf('oops'),
        'root.next': leaf('next'),
      },
      'root.r>root.F.r root.F.r>root.F root.F>root.F.t1 root.F.t1>root.F.t2 root.F.t2>root.F.e root.F.r>root.F.oops root.F.oops>root.F.e root.F.e>root.next root.next>root.e',
      ['root.F.oops'],
    );
    const drawn = serverGraph(graph, treeOf(template, leaf('next')));
    expect(arrows(drawn).split(' ').sort()).toEqual(['F>oops', 'F>t1', 't1>t2', 't2>next']);
    expect(names(drawn).split(' ').sort()).toEqual(['F', 'next', 'oops(error)', 't1', 't2']);
  });

  it('keeps what only the definition has: Kestra draws no handlers of a Pause without tasks', () => {
    const pause = construct('Pause', 'F', { errors: [leaf('late')] });
    const graph = drawing(
      { ...root, 'root.F': pause, 'root.next': leaf('next') },
      'root.r>root.F root.F>root.next root.next>root.e',
    );
    const tree = treeOf(pause, leaf('next'));
    expect(serverGraph(graph, tree)).toMatchObject(definitionGraph(tree));
  });

  it('decides what is a task inside a type that is not known', () => {
    const other = { id: 'F', type: 'com.example.Other', tasks: [leaf('a')] };
    const graph = drawing({ ...root, 'root.F': other }, 'root.r>root.F root.F>root.e');
    expect(names(serverGraph(graph, treeOf(other)))).toBe('F');
  });

  it('survives edges into nothing and circles', () => {
    const graph = drawing(
      { ...root, 'root.a': leaf('a'), 'root.b': leaf('b') },
      'root.a>root.b root.b>root.a root.b>gone gone>root.a',
    );
    expect(arrows(serverGraph(graph, treeOf(leaf('a'), leaf('b'))))).toBe('a>b b>a');
  });
});
