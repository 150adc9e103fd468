// Works out, from recorded JSON alone and with code of its own, what a connector should say about every recorded flow:
//   node tooling/recordings/src/expected.mjs
// writes data/expected/<dataset>.json.gz. It imports none of this repository's packages, so that it cannot share their mistakes.
// Where a flow has a server graph, links come from contracting that graph; broken flows (graph 409) are read from their YAML
// by the layout rules of Kestra's own graph builder. For flows that have both, the two ways are compared and differences printed.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { parse } from 'yaml';

const data = new URL('../data/', import.meta.url);
const read = (path) => JSON.parse(gunzipSync(readFileSync(new URL(path, data))).toString('utf8'));

// ---- links from the server's graph -------------------------------------------------------------------------------------------

const isTaskNode = (node) => /GraphTask(\$1)?$/.test(node.type) && node.task?.id !== undefined;
/** ForEachItem shows three steps of its own, which no definition names: they are part of the task. */
const isOwnStep = (node) => /ForEachItem\$/.test(node.task?.type ?? '');
const isReal = (node) => isTaskNode(node) && !isOwnStep(node);
const isErrorNode = (node) => node.error === true || node.branchType === 'ERROR';

function linksOfGraph(graph) {
  const nodes = new Map(graph.nodes.map((node) => [node.uid, node]));
  const clusters = graph.clusters ?? [];
  const inError = new Set(graph.nodes.filter(isErrorNode).map((node) => node.uid));
  // What lies in the cluster of a handler that is itself a flowable belongs to the error branch, marked or not.
  for (const { cluster, nodes: members } of clusters)
    if (cluster.taskNode && inError.has(cluster.taskNode.uid)) for (const uid of members) inError.add(uid);

  const targets = new Map();
  for (const { source, target } of graph.edges) targets.set(source, [...(targets.get(source) ?? []), target]);

  const links = new Set();
  const idOf = (uid) => nodes.get(uid).task.id;
  /** The next real tasks behind `uid`, passing through what is not real and never crossing the border of an error branch. */
  const next = (uid) => {
    const found = new Set();
    const seen = new Set([uid]);
    const queue = [uid];
    while (queue.length > 0) {
      const at = queue.shift();
      for (const target of targets.get(at) ?? []) {
        if (seen.has(target) || inError.has(target) !== inError.has(uid)) continue;
        seen.add(target);
        if (isReal(nodes.get(target))) found.add(target);
        else queue.push(target);
      }
    }
    return found;
  };
  for (const node of graph.nodes) {
    if (!isReal(node)) continue;
    for (const target of next(node.uid)) links.add(`${node.task.id} ${idOf(target)}`);
  }
  // A handler hangs off its cluster's root in the graph; it starts after the task that the cluster belongs to.
  for (const { source, target } of graph.edges) {
    if (inError.has(source) || !inError.has(target)) continue;
    const owner = clusters.find(({ start }) => start === source)?.cluster.taskNode;
    if (!owner) continue;
    const entries = isReal(nodes.get(target)) ? [target] : [...next(target)];
    for (const entry of entries) links.add(`${owner.task.id} ${idOf(entry)}`);
  }
  return links;
}

// ---- links from the definition -----------------------------------------------------------------------------------------------

const lastName = (type) => String(type).split('.').at(-1);
const list = (value) => (Array.isArray(value) ? value : value ? [value] : []);
const isTask = (value) => value && typeof value === 'object' && value.id !== undefined && value.type !== undefined;

/** Every task of a definition with the branches below it. */
function branchesOf(task) {
  const name = lastName(task.type);
  const sequence = (tasks) => list(tasks).filter(isTask);
  const side = { errors: sequence(task.errors), finally: sequence(task.finally) };
  if (name === 'Dag') {
    const members = list(task.tasks).filter((each) => isTask(each?.task));
    return { kind: 'dag', members, ...side };
  }
  if (name === 'Parallel' || name === 'EachParallel')
    return { kind: 'branches', branches: sequence(task.tasks).map((each) => [each]), ...side };
  if (name === 'If')
    return { kind: 'branches', branches: [sequence(task.then), sequence(task.else)].filter((b) => b.length), ...side };
  if (name === 'Switch') {
    const cases = [...Object.values(task.cases ?? {}), task.defaults].map(sequence).filter((b) => b.length);
    return { kind: 'branches', branches: cases, ...side };
  }
  const body = [...sequence(task.onPause), ...sequence(task.tasks)];
  return { kind: 'branches', branches: body.length ? [body] : [], ...side };
}

/** Walks a definition the way the server lays out its graph; answers tasks and links. */
function walkDefinition(definition) {
  const tasks = [];
  const links = new Set();
  const connect = (from, to) => {
    for (const a of from) for (const b of to) if (a !== b) links.add(`${a} ${b}`);
  };
  /** Lays out one task behind `before`; answers the ids that the next one starts after. */
  const place = (task, before) => {
    tasks.push({ id: task.id, type: task.type });
    connect(before, [task.id]);
    const branches = branchesOf(task);
    let ends = [];
    if (branches.kind === 'dag') ends = placeDag(branches.members, task.id);
    else for (const branch of branches.branches) ends.push(...placeAll(branch, [task.id]));
    if (ends.length === 0) ends = [task.id];
    if (branches.errors.length > 0) placeAll(branches.errors, [task.id]);
    return branches.finally.length > 0 ? placeAll(branches.finally, ends) : ends;
  };
  const placeAll = (sequence, before) => sequence.reduce((previous, task) => place(task, previous), before);
  const placeDag = (members, owner) => {
    const ends = new Map();
    const needed = new Set(members.flatMap(({ dependsOn }) => list(dependsOn)));
    // A member may name one that is defined further down.
    const waiting = [...members];
    while (waiting.length > 0) {
      const index = waiting.findIndex(({ dependsOn }) => list(dependsOn).every((id) => ends.has(id)));
      const [member] = waiting.splice(Math.max(index, 0), 1);
      const before = list(member.dependsOn).flatMap((id) => ends.get(id) ?? []);
      ends.set(member.task.id, place(member.task, before.length > 0 ? before : [owner]));
    }
    return members.filter(({ task }) => !needed.has(task.id)).flatMap(({ task }) => ends.get(task.id));
  };
  const main = placeAll(list(definition.tasks).filter(isTask), []);
  placeAll(list(definition.errors).filter(isTask), []);
  const after = placeAll(list(definition.finally).filter(isTask), main);
  placeAll(list(definition.afterExecution).filter(isTask), after);
  return { tasks, links };
}

/** The YAML of a flow, or nothing where it is none. */
function parsed(source) {
  try {
    return parse(source, { logLevel: 'silent' });
  } catch {
    return undefined;
  }
}

// ---- one flow ------------------------------------------------------------------------------------------------------------------

const sorted = (links) => [...links].sort().map((link) => link.split(' '));

function schedulesOf(triggers) {
  return list(triggers)
    .filter((trigger) => lastName(trigger.type) === 'Schedule' && trigger.disabled !== true)
    .map(({ id, cron }) => ({ id, cron }));
}

function expectedFlow({ flow, source, graph }, runs) {
  const definition = parsed(source);
  const walked = definition ? walkDefinition(definition) : undefined;
  const broken = graph.status !== 200;
  const fromGraph = broken ? undefined : linksOfGraph(graph.body);
  const tasks = broken
    ? (walked?.tasks ?? [])
    : graph.body.nodes.filter(isReal).map(({ task }) => ({ id: task.id, type: task.type }));
  const links = sorted(fromGraph ?? walked?.links ?? []);
  const whole = broken ? (definition ?? {}) : flow;
  return {
    expected: {
      pipeline: `${flow.namespace}.${flow.id}`,
      namespace: flow.namespace,
      flowId: flow.id,
      broken,
      enabled: whole.disabled !== true,
      tasks: tasks.sort((a, b) => (a.id < b.id ? -1 : 1)),
      links,
      schedules: schedulesOf(whole.triggers),
      runs,
    },
    otherWay:
      walked && !broken ? { tasks: walked.tasks.map(({ id }) => id).sort(), links: sorted(walked.links) } : undefined,
  };
}

const text = (value) => JSON.stringify(value);

mkdirSync(new URL('expected/', data), { recursive: true });
for (const file of readdirSync(new URL('datasets/', data)).sort()) {
  const dataset = read(`datasets/${file}`);
  const runsOf = new Map();
  for (const { id, namespace, flowId, state, kind } of dataset.executions) {
    if (kind !== undefined) continue;
    const key = `${namespace}.${flowId}`;
    const run = { id, state: state.current, start: state.startDate };
    runsOf.set(key, [...(runsOf.get(key) ?? []), run]);
  }
  const flows = dataset.flows.map((entry) => {
    const name = `${entry.flow.namespace}.${entry.flow.id}`;
    const runs = (runsOf.get(name) ?? []).sort((a, b) => (`${a.start}${a.id}` < `${b.start}${b.id}` ? -1 : 1));
    const { expected, otherWay } = expectedFlow(entry, runs);
    if (otherWay) {
      const ids = expected.tasks.map(({ id }) => id).sort();
      if (text(ids) !== text(otherWay.tasks)) console.log(`${file} ${name}: tasks`, text(ids), text(otherWay.tasks));
      const has = (links) => new Set(links.map((link) => link.join(' → ')));
      const [graph, yaml] = [has(expected.links), has(otherWay.links)];
      const only = (a, b) => [...a].filter((link) => !b.has(link));
      if (only(graph, yaml).length + only(yaml, graph).length > 0)
        console.log(
          `${file} ${name}: only graph`,
          only(graph, yaml).join(', '),
          '| only YAML',
          only(yaml, graph).join(', '),
        );
    }
    return expected;
  });
  const packed = gzipSync(JSON.stringify({ dataset: file.replace('.json.gz', ''), flows }), {
    level: constants.Z_BEST_COMPRESSION,
  });
  writeFileSync(new URL(`expected/${file}`, data), packed);
  const links = flows.reduce((sum, each) => sum + each.links.length, 0);
  const tasks = flows.reduce((sum, each) => sum + each.tasks.length, 0);
  const broken = flows.filter((each) => each.broken).length;
  console.log(
    `${file}: ${flows.length} flows (${broken} broken), ${tasks} tasks, ${links} links, ${packed.length} bytes`,
  );
}
