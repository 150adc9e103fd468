import { type EntityReference, type LineageEdge, referenceKey } from '@flowmeta/connector';
import { type DatasetServices, type DatasetType, datasetLookup, type EdgeDraft } from '@flowmeta/om-mapper';
import type { DatasetMatch, Sink, SinkFinding } from '@flowmeta/om-sink';
import type { PipelineIndex } from './pipeline-index.js';
import type { WritePool } from './write-pool.js';

export type End = EdgeDraft['from'];

/** What the catalog has for an end of an edge. */
export type EndMatch =
  | { kind: 'found'; end: End }
  /** A pipeline that a filter or a person left out. */
  | { kind: 'left out' }
  /** A pipeline that could not be written. */
  | { kind: 'unwritten' }
  /** A pipeline that the source names, and neither it nor the services that were searched have. */
  | { kind: 'nowhere' }
  | Exclude<DatasetMatch, { kind: 'found' | 'failed' }>
  | { kind: 'failed' };

/** Ends of edges by `referenceKey`. */
export type EdgeEnds = ReadonlyMap<string, EndMatch>;

type Data = Exclude<EntityReference, { kind: 'pipeline' }>;

/** Without a type, tables come first (see `EntityReference`). */
const typesInOrder: readonly DatasetType[] = ['table', 'topic', 'container', 'searchIndex', 'dashboard'];

/** Finds the ends of all edges, each once, as many at a time as the pool lets through. */
export async function findEnds(
  edges: readonly LineageEdge[],
  context: {
    sink: Sink;
    pool: WritePool;
    index: PipelineIndex;
    pipelineServices: readonly string[];
    datasetServices: DatasetServices;
    fileFinding: (finding: SinkFinding) => void;
    /** An error of one item is filed, one that ends the run is thrown on. */
    fileOrThrow: (ref: string, error: unknown) => void;
  },
): Promise<EdgeEnds> {
  const { sink, pool, index, pipelineServices, datasetServices, fileFinding, fileOrThrow } = context;
  const ends = new Map<string, EndMatch>();

  const findPipeline = async (name: string): Promise<EndMatch> => {
    const fqn = pipelineServices.length > 0 ? await sink.findPipeline(name, pipelineServices) : undefined;
    return fqn === undefined ? { kind: 'nowhere' } : { kind: 'found', end: { type: 'pipeline', fqn } };
  };
  const findData = async (reference: Data): Promise<EndMatch> => {
    const match =
      reference.kind === 'dataset'
        ? await sink.findDataset(datasetLookup(reference.dataset, datasetServices))
        : await sink.findEntity(reference.fqn, reference.type === undefined ? typesInOrder : [reference.type]);
    if (match.kind === 'found') return { kind: 'found', end: { type: match.type, fqn: match.fqn } };
    if (match.kind !== 'failed') return match;
    fileFinding(match.finding);
    return { kind: 'failed' };
  };
  const start = (key: string, ref: string, find: () => Promise<EndMatch>) => {
    ends.set(key, { kind: 'failed' });
    return pool.start(async () => {
      try {
        ends.set(key, await find());
      } catch (error) {
        fileOrThrow(ref, error);
      }
    });
  };

  for (const { from, to, pipeline } of edges) {
    const mover: EntityReference[] = pipeline === undefined ? [] : [{ kind: 'pipeline', name: pipeline }];
    for (const reference of [from, to, ...mover]) {
      const key = endKey(reference);
      if (ends.has(key)) continue;
      if (reference.kind !== 'pipeline') await start(key, referenceKey(reference), () => findData(reference));
      else if (reference.external) await start(key, reference.name, () => findPipeline(reference.name));
      else ends.set(key, knownPipeline(index, reference.name));
    }
  }
  await pool.drain();
  return ends;
}

/** Each is asked for several times per edge. */
const keys = new WeakMap<EntityReference, string>();

/** Tells a pipeline of the source from one of the same name that it doesn't have. */
export function endKey(reference: EntityReference): string {
  const known = keys.get(reference);
  if (known !== undefined) return known;
  const key =
    reference.kind === 'pipeline' && reference.external ? `external ${reference.name}` : referenceKey(reference);
  keys.set(reference, key);
  return key;
}

function knownPipeline(index: PipelineIndex, name: string): EndMatch {
  const report = index.get(name)?.report;
  if (report === undefined || report.outcome === 'kept') return { kind: 'left out' };
  if (report.outcome === 'failed' || report.fqn === undefined) return { kind: 'unwritten' };
  return { kind: 'found', end: { type: 'pipeline', fqn: report.fqn } };
}
