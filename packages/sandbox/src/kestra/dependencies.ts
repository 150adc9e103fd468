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

/**
 * What `/dependencies` of a namespace answers. Its flows without any dependency are there too, with a uid that lacks the tenant.
 * Up to 1.0 only edges within the namespace count; 2.0 takes child namespaces in, and edges that lead elsewhere.
 */
export function namespaceDependencies(
  flows: ReadonlyMap<string, FlowEntry>,
  namespace: string,
  dialect: KestraDialect,
): Topology {
  const wide = dialect.namespaceDependenciesIncludeChildren;
  const inside = [...flows.values()].filter(({ flow }) =>
    wide ? isOrBelow(flow.namespace, namespace) : flow.namespace === namespace,
  );
  const all = union(inside.map(topologyOf));
  const own = new Set(inside.map(({ flow }) => keyOf(flow)));
  const ownUids = new Set(all.nodes.filter((node) => own.has(keyOf(node))).map((node) => node.uid));
  const edges = all.edges.filter((edge) => ownUids.has(edge.source) && (wide || ownUids.has(edge.target)));
  const connected = new Set(edges.flatMap((edge) => [edge.source, edge.target]));
  const kept = all.nodes.filter((node) => connected.has(node.uid));
  const known = new Set(kept.map(keyOf));
  const isolated = inside
    .filter(({ flow }) => !known.has(keyOf(flow)))
    .map(({ flow }) => ({ uid: `${flow.namespace}_${flow.id}`, namespace: flow.namespace, id: flow.id }));
  return { nodes: [...kept, ...isolated], edges };
}
