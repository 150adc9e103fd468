import { kestraVersions } from '@flowmeta/recordings';
import { describe, expect, it } from 'vitest';
import { taskTree } from '../src/constructs.js';
import { definitionGraph } from '../src/definition-graph.js';
import { flowFromSource } from '../src/flow-source.js';
import { serverGraph } from '../src/server-graph.js';
import type { TaskGraph } from '../src/task-graph.js';
import { snapshot } from './recorded-client.js';

/**
 * Where the graph that a server draws and the one that follows from the definition differ, with the fact that explains
 * it. An entry that is no longer needed fails the test; so does a sixth one for the same version.
 */
const explained: Record<string, Record<string, string>> = {
  '0.17.23': {},
  '0.20.5': {
    'company.team.foreach':
      'The graph recorded of 0.20.5 draws the tasks of a ForEach with a concurrencyLimit side by side; the recorded runs, the other versions and the definition have them one after the other within each iteration.',
  },
  '1.0.3': {},
  '2.0.0': {},
};

const plain = ({ tasks, edges }: TaskGraph) => ({
  tasks: tasks.map(({ task, branch }) => [task.id, branch ?? 'main']),
  edges: edges.map(({ from, to }) => `${from} → ${to}`),
});

describe.each(kestraVersions)('the task graphs of Kestra %s', (version) => {
  const { flows, flowsWithSource, graphs } = snapshot(version);
  const broken = snapshot(version === '0.17.23' ? '0.20.5' : version, 'fill-np');

  it('are recorded for every flow', () => {
    expect(flows.length).toBeGreaterThan(70);
    expect([...graphs.values()].filter((answer) => !answer.ok)).toEqual([]);
    expect(graphs.size).toBe(flows.length);
  });

  it('are the same whether the server draws them or they follow from the definition', () => {
    const different = flows.filter((flow) => {
      const answer = graphs.get(`${flow.namespace}/${flow.id}`);
      if (answer?.ok !== true) throw new Error(`${flow.namespace}/${flow.id} has no graph`);
      const tree = taskTree(flow);
      return JSON.stringify(plain(serverGraph(answer.graph, tree))) !== JSON.stringify(plain(definitionGraph(tree)));
    });
    expect(different.map(({ namespace, id }) => `${namespace}.${id}`)).toEqual(Object.keys(explained[version]!));
    expect(different.length).toBeLessThanOrEqual(5);
  });

  it('are the same whether they follow from the definition or from its YAML', () => {
    for (const flow of flows) {
      const { source = '' } = flowsWithSource.get(`${flow.namespace}/${flow.id}`)!;
      const fromSource = definitionGraph(taskTree(flowFromSource(source, flow)));
      expect(plain(fromSource), flow.id).toEqual(plain(definitionGraph(taskTree(flow))));
    }
  });

  it('are the same for a flow that the server cannot parse as for one that it can', () => {
    for (const flow of broken.flows.filter(({ exception }) => exception !== undefined)) {
      const key = `${flow.namespace}/${flow.id}`;
      const whole = snapshot(broken.version).flows.find((each) => `${each.namespace}/${each.id}` === key)!;
      const { source = '' } = broken.flowsWithSource.get(key)!;
      const tree = taskTree(flowFromSource(source, flow));
      expect(plain(definitionGraph(tree)), key).toEqual(plain(definitionGraph(taskTree(whole))));
    }
  });
});
