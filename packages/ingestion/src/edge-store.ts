import {
  createLineageGraph,
  type LineageEdge,
  type LineageGap,
  type LineageGraph,
  type LineageLink,
  mergeColumns,
  type Pipeline,
  referenceKey,
} from '@flowmeta/connector';

type EdgeOutcome = NonNullable<LineageLink['outcome']>;

/** Keeps lineage until all pipelines are written, and what became of it for the report. */
export interface EdgeStore {
  pipeline(pipeline: Pipeline): void;
  add(edge: LineageEdge): void;
  gap(gap: LineageGap): void;
  /** One per pair of ends and pipeline, naming every way in which it came about. */
  list(): LineageEdge[];
  settle(edge: LineageEdge, outcome: EdgeOutcome): void;
  /** The FQN that a reference was found to be, by `referenceKey`. */
  locate(key: string, fqn: string): void;
  graph(): LineageGraph;
}

export function createEdgeStore(): EdgeStore {
  const builder = createLineageGraph();
  const edges = new Map<string, { edge: LineageEdge; descriptions: Set<string> }>();
  const outcomes = new Map<string, EdgeOutcome>();
  const fqns = new Map<string, string>();

  return {
    pipeline: builder.pipeline,
    gap: builder.gap,
    add(edge) {
      builder.edge(edge);
      const key = keyOf(edge);
      const known = edges.get(key);
      if (known === undefined) {
        edges.set(key, { edge, descriptions: new Set([edge.description]) });
        return;
      }
      known.descriptions.add(edge.description);
      known.edge = mergeEdges(known.edge, edge);
    },
    list: () =>
      [...edges.values()].map(({ edge, descriptions }) => ({
        ...edge,
        description: [...descriptions].sort().join('; '),
      })),
    settle: (edge, outcome) => void outcomes.set(keyOf(edge), outcome),
    locate: (key, fqn) => void fqns.set(key, fqn),
    graph() {
      const { nodes, edges: links, gaps } = builder.graph();
      return {
        nodes: nodes.map((node) => {
          const fqn = fqns.get(node.id);
          return fqn === undefined ? node : { ...node, fqn };
        }),
        edges: links.map((link) => ({ ...link, outcome: outcomes.get(linkKey(link)) ?? 'planned' })),
        gaps,
      };
    },
  };
}

/** What both say of the same ends and pipeline, but for their descriptions. */
export function mergeEdges(known: LineageEdge, more: LineageEdge): LineageEdge {
  const sql = known.sql ?? more.sql;
  const columns = more.columns === undefined ? known.columns : mergeColumns(known.columns, more.columns);
  const { evidence: _evidence, ...rest } = known;
  return {
    ...rest,
    ...(sql === undefined ? {} : { sql }),
    ...(columns === undefined ? {} : { columns }),
    // What a definition shows as well may be called gone later.
    ...(known.evidence === 'run' && more.evidence === 'run' ? { evidence: 'run' } : {}),
  };
}

const linkKey = ({ from, to, pipeline = '' }: { from: string; to: string; pipeline?: string }): string =>
  JSON.stringify([from, to, pipeline]);

const keyOf = ({ from, to, pipeline }: LineageEdge): string =>
  linkKey({ from: referenceKey(from), to: referenceKey(to), ...(pipeline === undefined ? {} : { pipeline }) });
