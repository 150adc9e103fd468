import type { ColumnMapping, Dataset, EntityReference, LineageGraph } from '@flowmeta/connector';
import { datasetIdentifier } from './dataset-identifier.js';
import type { Identifier } from './types.js';

/** A dataset by its name, and what the source says about where it is. */
export interface NamedDataset extends Identifier {
  dataset?: Dataset;
}

/** What flows into one dataset by way of one pipeline. */
export interface Target {
  dataset: NamedDataset;
  /** From which datasets; `columns` where they are known. */
  sources: { dataset: NamedDataset; columns: ColumnMapping[] }[];
  /** The pipeline itself fills it, from nothing that is known. */
  fromPipeline: boolean;
}

/** What the graph says about one pipeline, in the order of names. */
export interface PipelineLineage {
  /** The source names the pipeline and doesn't have it. */
  external: boolean;
  inputs: NamedDataset[];
  /** What it writes. */
  targets: Target[];
  /** Read, and flows into no dataset that is known. */
  intoPipeline: NamedDataset[];
  upstream: PipelineReference[];
  downstream: PipelineReference[];
  /** The statements that move the data, each once, in the order of the graph. */
  statements: string[];
}

export interface PipelineReference {
  name: string;
  external: boolean;
}

interface Collected {
  external: boolean;
  inputs: Map<string, NamedDataset>;
  targets: Map<
    string,
    { dataset: NamedDataset; sources: Map<string, Target['sources'][number]>; fromPipeline: boolean }
  >;
  intoPipeline: Map<string, NamedDataset>;
  upstream: Map<string, PipelineReference>;
  downstream: Map<string, PipelineReference>;
  statements: Set<string>;
}

/**
 * The lineage of each pipeline that the graph says something about. Left out are edges between datasets of which no pipeline is known:
 * OpenLineage tells lineage by jobs.
 */
export function lineageByPipeline(graph: LineageGraph): Map<string, PipelineLineage> {
  const nodes = new Map(graph.nodes.map((node) => [node.id, endOf(node.reference)]));
  const collected = new Map<string, Collected>();
  const of = ({ name, external }: PipelineReference): Collected => {
    const known = collected.get(name) ?? emptyLineage(external);
    collected.set(name, known);
    return known;
  };

  for (const { from, to, pipeline, sql, columns } of graph.edges) {
    const source = nodes.get(from);
    const target = nodes.get(to);
    if (source === undefined || target === undefined) continue;
    if ('pipeline' in source && 'pipeline' in target) {
      of(target.pipeline).upstream.set(source.pipeline.name, source.pipeline);
      of(source.pipeline).downstream.set(target.pipeline.name, target.pipeline);
      continue;
    }
    const job = pipelineOf(source) ?? pipelineOf(target) ?? (pipeline && { name: pipeline, external: false });
    if (!job) continue;
    const lineage = of(job);
    if (sql !== undefined) lineage.statements.add(sql);
    if ('dataset' in source) lineage.inputs.set(source.key, source.dataset);
    if ('dataset' in source && 'dataset' in target) {
      const { sources } = targetOf(lineage, target);
      const before = sources.get(source.key)?.columns ?? [];
      sources.set(source.key, { dataset: source.dataset, columns: [...before, ...(columns ?? [])] });
    } else if ('dataset' in target) targetOf(lineage, target).fromPipeline = true;
    else if ('dataset' in source) lineage.intoPipeline.set(source.key, source.dataset);
  }
  return new Map([...collected].map(([name, lineage]) => [name, inOrder(lineage)]));
}

type DatasetEnd = { key: string; dataset: NamedDataset };
type End = { pipeline: PipelineReference } | DatasetEnd;

function endOf(reference: EntityReference): End {
  if (reference.kind === 'pipeline') {
    return { pipeline: { name: reference.name, external: reference.external === true } };
  }
  const identifier = datasetIdentifier(reference);
  const dataset = reference.kind === 'dataset' ? { ...identifier, dataset: reference.dataset } : identifier;
  return { key: keyOf(identifier), dataset };
}

const pipelineOf = (end: End): PipelineReference | undefined => ('pipeline' in end ? end.pipeline : undefined);

// By the name in OpenLineage, since two spellings of one server may be two nodes of the graph and one dataset here.
const keyOf = ({ namespace, name }: Identifier): string => JSON.stringify([namespace, name]);

function emptyLineage(external: boolean): Collected {
  return {
    external,
    inputs: new Map(),
    targets: new Map(),
    intoPipeline: new Map(),
    upstream: new Map(),
    downstream: new Map(),
    statements: new Set(),
  };
}

function targetOf({ targets }: Collected, { key, dataset }: DatasetEnd) {
  const known = targets.get(key) ?? { dataset, sources: new Map(), fromPipeline: false };
  targets.set(key, known);
  return known;
}

function inOrder(lineage: Collected): PipelineLineage {
  return {
    external: lineage.external,
    inputs: sorted(lineage.inputs),
    targets: sorted(lineage.targets).map((target) => ({ ...target, sources: sorted(target.sources) })),
    intoPipeline: sorted(lineage.intoPipeline),
    upstream: sorted(lineage.upstream),
    downstream: sorted(lineage.downstream),
    statements: [...lineage.statements],
  };
}

/** The values in the order of their keys. */
function sorted<Value>(values: ReadonlyMap<string, Value>): Value[] {
  return [...values].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, value]) => value);
}
