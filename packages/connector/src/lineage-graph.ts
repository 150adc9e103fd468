import type { ColumnMapping, Dataset, EntityReference, LineageEdge, LineageGap, Pipeline } from './model.js';

/** Pipelines, datasets and what flows between them, ready to be drawn, listed or sent elsewhere. JSON. */
export interface LineageGraph {
  /** Every node that an edge names, and no other. */
  nodes: LineageNode[];
  /** One per pair of ends and pipeline. */
  edges: LineageLink[];
  gaps: LineageGap[];
}

export interface LineageNode {
  /** Unique within the graph: `referenceKey` of what it stands for. */
  id: string;
  reference: EntityReference;
  /** What a person calls it: `company.team.daily`, `shop.public.orders`, `s3://lake/raw/orders`. */
  label: string;
  /** The folder of a pipeline, the server of a dataset. */
  group?: string;
  /** Opens it in the source's own UI. */
  url?: string;
  /** FQN of the entity in the catalog that it was found to be. */
  fqn?: string;
}

export interface LineageLink {
  /** `LineageNode.id`. */
  from: string;
  to: string;
  /** Name of the pipeline that moves the data. */
  pipeline?: string;
  description: string;
  sql?: string;
  columns?: ColumnMapping[];
  evidence?: 'run';
  /** What became of it in the catalog; absent when nothing was to be written. */
  outcome?: 'created' | 'updated' | 'unchanged' | 'kept' | 'failed' | 'filtered' | 'planned';
}

/** Identifies a dataset: its kind, its server and its name. Two spellings of one server are two datasets until the catalog is asked. */
export function datasetKey(dataset: Dataset): string {
  const server = dataset.connections[0] ?? dataset.platform;
  return JSON.stringify([dataset.kind, server, ...namesOf(dataset)]);
}

/** Identifies what a reference names. */
export function referenceKey(reference: EntityReference): string {
  switch (reference.kind) {
    case 'pipeline':
      return `pipeline ${reference.name}`;
    case 'entity':
      return `entity ${reference.fqn}`;
    case 'dataset':
      return `dataset ${datasetKey(reference.dataset)}`;
  }
}

/** What a person calls a dataset: `shop.public.orders`, `s3://lake/raw/orders`, `orders.events`. */
export function datasetLabel(dataset: Dataset): string {
  if (dataset.kind !== 'container') return namesOf(dataset).filter(Boolean).join('.');
  const scheme = { gcs: 'gs', azure: 'abfss' }[dataset.platform] ?? dataset.platform;
  return `${scheme}://${dataset.bucket}${dataset.path && `/${dataset.path}`}`;
}

function namesOf(dataset: Dataset): string[] {
  switch (dataset.kind) {
    case 'table':
      return [dataset.database ?? '', dataset.schema ?? '', dataset.name];
    case 'container':
      return [dataset.bucket, dataset.path];
    default:
      return [dataset.name];
  }
}

/** Collects lineage as it is read. Edges with the same ends and pipeline become one that names every way in which it came about. */
export interface LineageGraphBuilder {
  /** Gives the pipeline's node its folder and its url. */
  pipeline(pipeline: Pick<Pipeline, 'name' | 'namespace' | 'sourceUrl'>): void;
  edge(edge: LineageEdge): void;
  gap(gap: LineageGap): void;
  /** The graph so far. */
  graph(): LineageGraph;
}

export function createLineageGraph(): LineageGraphBuilder {
  const pipelines = new Map<string, { group?: string; url?: string }>();
  const nodes = new Map<string, LineageNode>();
  const links = new Map<string, { link: LineageLink; descriptions: Set<string> }>();
  const gaps = new Map<string, LineageGap>();

  const nodeOf = (reference: EntityReference): string => {
    const id = referenceKey(reference);
    if (!nodes.has(id)) nodes.set(id, { id, reference, ...describe(reference) });
    return id;
  };

  return {
    pipeline({ name, namespace, sourceUrl }) {
      pipelines.set(name, {
        ...(namespace !== undefined && { group: namespace }),
        ...(sourceUrl !== undefined && { url: sourceUrl }),
      });
    },

    edge({ from, to, pipeline, description, sql, columns, evidence }) {
      const ends = { from: nodeOf(from), to: nodeOf(to) };
      const key = JSON.stringify([ends.from, ends.to, pipeline ?? '']);
      const known = links.get(key);
      if (known === undefined) {
        const link: LineageLink = {
          ...ends,
          ...(pipeline !== undefined && { pipeline }),
          description,
          ...(sql !== undefined && { sql }),
          ...(columns !== undefined && { columns }),
          ...(evidence === 'run' && { evidence }),
        };
        links.set(key, { link, descriptions: new Set([description]) });
        return;
      }
      known.descriptions.add(description);
      if (sql !== undefined) known.link.sql ??= sql;
      if (columns !== undefined) known.link.columns = mergeColumns(known.link.columns, columns);
      if (evidence !== 'run') delete known.link.evidence;
    },

    gap(gap) {
      gaps.set(JSON.stringify([gap.pipeline, gap.task ?? '', gap.reason, gap.message]), gap);
    },

    graph: () => ({
      nodes: [...nodes.values()].map((node) => {
        const { reference } = node;
        return reference.kind === 'pipeline' ? { ...node, ...pipelines.get(reference.name) } : node;
      }),
      edges: [...links.values()].map(({ link, descriptions }) => {
        return { ...link, description: [...descriptions].sort().join('; ') };
      }),
      gaps: [...gaps.values()],
    }),
  };
}

/** The mappings of both; where they differ in how a column is filled, the columns of both flow into it. */
export function mergeColumns(known: ColumnMapping[] | undefined, more: ColumnMapping[]): ColumnMapping[] {
  const byTarget = new Map<string, ColumnMapping>();
  for (const mapping of [...(known ?? []), ...more]) {
    const before = byTarget.get(mapping.to);
    if (before === undefined) byTarget.set(mapping.to, mapping);
    else {
      const from = [...new Set([...before.from, ...mapping.from])];
      const expression = before.expression ?? mapping.expression;
      const except = before.except?.filter((column) => mapping.except?.includes(column)) ?? [];
      byTarget.set(mapping.to, {
        from,
        to: mapping.to,
        ...(expression !== undefined && { expression }),
        ...(except.length > 0 && { except }),
      });
    }
  }
  return [...byTarget.values()];
}

function describe(reference: EntityReference): Pick<LineageNode, 'label' | 'group'> {
  switch (reference.kind) {
    case 'pipeline':
      return { label: reference.name };
    case 'entity':
      return { label: reference.fqn };
    case 'dataset': {
      const [server] = reference.dataset.connections;
      return { label: datasetLabel(reference.dataset), group: server ?? reference.dataset.platform };
    }
  }
}
