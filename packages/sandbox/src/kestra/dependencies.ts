import type { KestraDialect } from './dialect.js';
import type { FlowEntry } from './flow-search.js';
import { isOrBelow } from './search-query.js';

interface Topology {
  nodes: { uid: string; namespace: string; id: string }[];
  edges: { source: string; target: string; relation: string }[];
}

const topologyOf = (entry: FlowEntry | undefined): Topology =>
  (entry?.dependencies as Topology | undefined) ?? { nodes: [], edges: [] };

const keyOf = ({ namespace, id }: { namespace: string; id: string }): string => `${namespace}/${id}`;
const edgeKey = (edge: Topology['edges'][number]): string => `${edge.source} ${edge.target} ${edge.relation}`;

function union(parts: readonly Topology[]): Topology {
  const nodes = new Map(parts.flatMap((part) => part.nodes).map((node) => [node.uid, node]));
  const edges = new Map(parts.flatMap((part) => part.edges).map((edge) => [edgeKey(edge), edge]));
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}

/** What `/dependencies` of a flow answers; an unknown flow has none. */
export function flowDependencies(
  flows: ReadonlyMap<string, FlowEntry>,
  query: URLSearchParams,
  options: { dialect: KestraDialect; namespace: string; id: string },
): Topology {
  const { dialect, ...flow } = options;
  const own = topologyOf(flows.get(keyOf(flow)));
  if (query.get('destinationOnly') === 'true') {
    const uid = own.nodes.find((node) => keyOf(node) === keyOf(flow))?.uid;
    const edges = own.edges.filter((edge) => edge.target === uid);
    const uids = new Set(edges.flatMap((edge) => [edge.source, edge.target]));
    return { nodes: own.nodes.filter((node) => uids.has(node.uid)), edges };
  }
  if (query.get('expandAll') !== 'true' || !dialect.expandDependencies) return own;
  const seen = new Set([keyOf(flow)]);
  let all = own;
  for (let added = true; added; ) {
    added = false;
    for (const node of all.nodes) {
      if (seen.has(keyOf(node))) continue;
      seen.add(keyOf(node));
      added = true;
      all = union([all, topologyOf(flows.get(keyOf(node)))]);
    }
  }
  return all;
}

/** What `/dependencies` of a namespace answers: its flows' own, and flows without any, whose uid lacks the tenant. */
export function namespaceDependencies(
  flows: ReadonlyMap<string, FlowEntry>,
  namespace: string,
  dialect: KestraDialect,
): Topology {
  const inside = [...flows.values()].filter(({ flow }) =>
    dialect.namespaceDependenciesIncludeChildren ? isOrBelow(flow.namespace, namespace) : flow.namespace === namespace,
  );
  const connected = union(inside.map(topologyOf));
  const known = new Set(connected.nodes.map(keyOf));
  const isolated = inside
    .filter(({ flow }) => !known.has(keyOf(flow)))
    .map(({ flow }) => ({ uid: `${flow.namespace}_${flow.id}`, namespace: flow.namespace, id: flow.id }));
  return { nodes: [...connected.nodes, ...isolated], edges: connected.edges };
}
