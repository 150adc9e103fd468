import { randomBytes } from 'node:crypto';
import type { KestraDialect } from './dialect.js';

interface Graph {
  nodes?: { uid: string; type: string }[];
  edges?: { source: string; target: string }[];
  clusters?: {
    cluster?: { finally?: { uid: string } };
    nodes?: string[];
    start?: string;
    end?: string;
  }[];
}

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const stable = /\.(GraphTask|SubflowGraphTask|GraphTrigger)(\$1)?$/;
const prefixes: Readonly<Record<string, string>> = {
  GraphClusterRoot: 'root-',
  GraphClusterEnd: 'end-',
  GraphClusterFinally: 'finally-',
  GraphClusterAfterExecution: 'after-execution-',
};

const randomId = (): string => Array.from(randomBytes(22), (byte) => alphabet[byte % alphabet.length]).join('');

/** The graph with new random uids for its synthetic nodes, as the server makes them up for every call. */
export function withFreshUids(body: unknown, dialect: KestraDialect): unknown {
  const graph = body as Graph;
  if (!Array.isArray(graph?.nodes)) return body;
  const fresh = new Map<string, string>();
  const renew = (uid: string, type: string): void => {
    const parent = uid.slice(0, uid.lastIndexOf('.') + 1);
    const prefix = dialect.graphUidPrefixes ? (prefixes[type.split('.').at(-1) ?? ''] ?? '') : '';
    fresh.set(uid, `${parent}${prefix}${randomId()}`);
  };
  for (const { uid, type } of graph.nodes) if (!stable.test(type)) renew(uid, type);
  for (const { cluster } of graph.clusters ?? [])
    if (cluster?.finally && !fresh.has(cluster.finally.uid)) renew(cluster.finally.uid, 'GraphClusterFinally');
  const of = (uid: string): string => fresh.get(uid) ?? uid;
  return {
    ...graph,
    nodes: graph.nodes.map((node) => ({ ...node, uid: of(node.uid) })),
    edges: graph.edges?.map((edge) => ({ ...edge, source: of(edge.source), target: of(edge.target) })),
    clusters: graph.clusters?.map((each) => ({
      ...each,
      ...(each.cluster?.finally
        ? { cluster: { ...each.cluster, finally: { ...each.cluster.finally, uid: of(each.cluster.finally.uid) } } }
        : {}),
      ...(each.nodes ? { nodes: each.nodes.map(of) } : {}),
      ...(each.start ? { start: of(each.start) } : {}),
      ...(each.end ? { end: of(each.end) } : {}),
    })),
  };
}
