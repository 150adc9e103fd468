import { canonicaliseTypes } from '../canonical-type.js';
import { unreadable } from '../kestra-error.js';
import type { KestraGraph, KestraGraphNode, KestraTask } from '../types.js';
import { asArray, asString, isObject, type JsonObject, present } from './values.js';

/** Reads a flow's graph. Its root and end nodes have new random uids in each answer: tell nodes apart by `type` only. */
export function readGraph(value: unknown): KestraGraph {
  if (!isObject(value) || !Array.isArray(value.nodes) || !Array.isArray(value.edges)) {
    throw unreadable('a graph without nodes or edges');
  }
  canonicaliseTaskTypes(value.nodes);
  return {
    nodes: value.nodes.map(readNode),
    edges: value.edges.map(readEdge),
    clusters: asArray(value.clusters).map(readCluster),
  };
}

function canonicaliseTaskTypes(nodes: unknown[]): void {
  for (const node of nodes) if (isObject(node)) canonicaliseTypes(node.task);
}

function readTask(value: unknown): KestraTask | undefined {
  if (!isObject(value)) return undefined;
  if (typeof value.id === 'string' && typeof value.type === 'string') return value as KestraTask;
  // An expanded subflow wraps its task.
  return isObject(value.subflowTask) ? readTask(value.subflowTask) : undefined;
}

/** Up to 0.20 nodes say `error: true`, later ones name their branch. */
function branchOf(node: JsonObject): string | undefined {
  return asString(node.branchType) ?? (node.error === true ? 'ERROR' : undefined);
}

function readNode(value: unknown): KestraGraphNode {
  if (!isObject(value) || typeof value.uid !== 'string' || typeof value.type !== 'string') {
    throw unreadable('a graph node without uid or type');
  }
  return present<KestraGraphNode>({
    uid: value.uid,
    type: value.type.slice(value.type.lastIndexOf('.') + 1),
    task: readTask(value.task),
    branch: branchOf(value),
  });
}

function readEdge(value: unknown): KestraGraph['edges'][number] {
  if (!isObject(value) || typeof value.source !== 'string' || typeof value.target !== 'string') {
    throw unreadable('a graph edge without source or target');
  }
  const relation = isObject(value.relation) ? value.relation : {};
  return present<KestraGraph['edges'][number]>({
    source: value.source,
    target: value.target,
    relationType: asString(relation.relationType),
    value: asString(relation.value),
  });
}

function readCluster(value: unknown): KestraGraph['clusters'][number] {
  if (!isObject(value) || !isObject(value.cluster) || typeof value.cluster.uid !== 'string') {
    throw unreadable('a graph cluster without uid');
  }
  return present<KestraGraph['clusters'][number]>({
    uid: value.cluster.uid,
    start: asString(value.start),
    end: asString(value.end),
    nodes: asArray(value.nodes).filter((node) => typeof node === 'string'),
  });
}
