// Prints the milliseconds of each operation at three sizes, the best of three. Run after `tsup`: node bench/operations.mjs
import {
  collapse,
  diff,
  findCycles,
  levels,
  reachableFrom,
  stronglyConnectedComponents,
  subgraph,
  topologicalOrder,
  transitiveClosure,
  transitiveReduction,
} from '../dist/index.js';

const sizes = [1_000, 10_000, 100_000];

const numbers = (size) => Array.from({ length: size }, (_, index) => index);

function chain(size) {
  const nodes = numbers(size);
  return { nodes, edges: nodes.slice(1).map((to) => ({ from: to - 1, to })) };
}

/** From the first node to all but the last, from those to the last. */
function fan(size) {
  const nodes = numbers(size);
  const edges = nodes.slice(1, -1).flatMap((node) => [
    { from: 0, to: node },
    { from: node, to: size - 1 },
  ]);
  return { nodes, edges };
}

/** A chain of `size / 2` nodes, each with a node of its own beside it. */
function ladder(size) {
  const rungs = size / 2;
  const edges = numbers(rungs).flatMap((rung) => [
    { from: rung, to: rungs + rung },
    ...(rung > 0 ? [{ from: rung - 1, to: rung }] : []),
  ]);
  return { nodes: numbers(size), edges };
}

/** Groups of three kept nodes, with one dropped hub between a group and the next: nine edges per hub in the result. */
function hubs(size) {
  const edges = [];
  for (let hub = 3; hub < size; hub += 4) {
    for (let step = 1; step <= 3; step += 1) {
      edges.push({ from: hub - step, to: hub });
      if (hub + step < size) edges.push({ from: hub, to: hub + step });
    }
  }
  return { nodes: numbers(size), edges };
}

/** Three edges per node to one of the next hundred nodes: short ways and detours, as in real workflows. */
function mesh(size) {
  let seed = 1;
  const random = (limit) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % limit;
  };
  const nodes = numbers(size);
  const edges = nodes
    .slice(0, -1)
    .flatMap((from) => [1, 2, 3].map(() => ({ from, to: Math.min(size - 1, from + 1 + random(100)) })));
  return { nodes, edges };
}

const operations = {
  'collapse, long dropped chain': [
    chain,
    (graph) => collapse(graph, (id) => id === 0 || id === graph.nodes.length - 1),
  ],
  'collapse, every second dropped': [chain, (graph) => collapse(graph, (id) => id % 2 === 0)],
  'collapse, all enter a dropped chain': [
    ladder,
    (graph) => collapse(turned(graph), (id) => id === 0 || id >= graph.nodes.length / 2),
  ],
  'collapse, ladder': [ladder, (graph) => collapse(graph, (id) => id === 0 || id >= graph.nodes.length / 2)],
  'collapse, wide dropped fan': [fan, (graph) => collapse(graph, (id) => id === 0 || id === graph.nodes.length - 1)],
  'collapse, dropped hubs': [hubs, (graph) => collapse(graph, (id) => id % 4 !== 3)],
  'collapse, mesh, one of five dropped': [mesh, (graph) => collapse(graph, (id) => id % 5 !== 0)],
  'levels, mesh': [mesh, levels],
  'topologicalOrder, mesh': [mesh, topologicalOrder],
  'stronglyConnectedComponents, mesh': [mesh, stronglyConnectedComponents],
  'findCycles, mesh': [mesh, findCycles],
  'reachableFrom, mesh': [mesh, (graph) => reachableFrom(graph, [0])],
  'subgraph, half a mesh': [
    mesh,
    (graph) =>
      subgraph(
        graph,
        graph.nodes.filter((id) => id % 2 === 0),
      ),
  ],
  'diff, mesh and chain': [mesh, (graph) => diff(graph, chain(graph.nodes.length))],
  'transitiveReduction, mesh': [mesh, transitiveReduction],
  'transitiveReduction, chain': [chain, transitiveReduction],
  'transitiveClosure, fan': [fan, transitiveClosure],
};

function turned({ nodes, edges }) {
  return { nodes, edges: edges.map(({ from, to }) => ({ from: to, to: from })) };
}

function millisecondsOf(action) {
  const times = [1, 2, 3].map(() => {
    const start = performance.now();
    action();
    return performance.now() - start;
  });
  return Math.min(...times).toFixed(1);
}

process.stdout.write(`| operation | ${sizes.map((size) => `${size.toLocaleString('en')} nodes`).join(' | ')} |\n`);
process.stdout.write(`| --- |${sizes.map(() => ' ---: |').join('')}\n`);
for (const [name, [make, run]] of Object.entries(operations)) {
  const times = sizes.map((size) => {
    const graph = make(size);
    return millisecondsOf(() => run(graph));
  });
  process.stdout.write(`| ${name} | ${times.join(' | ')} |\n`);
}
