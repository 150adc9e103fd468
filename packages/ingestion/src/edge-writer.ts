import { type LineageEdge, referenceKey, type SourceEvent } from '@flowmeta/connector';
import { legalName, mapEdge, quoteName } from '@flowmeta/om-mapper';
import type { SinkFinding, SinkServer } from '@flowmeta/om-sink';
import { createEdgeStore } from './edge-store.js';
import type { PipelineIndex } from './pipeline-index.js';
import { countOutcome, type RunBook } from './run-book.js';
import { createStaleness } from './staleness.js';
import type { IngestionOptions } from './types.js';
import type { WritePool } from './write-pool.js';

export interface EdgeWriterOptions {
  options: IngestionOptions;
  server: SinkServer;
  book: RunBook;
  pool: WritePool;
  index: PipelineIndex;
  /** Called after each write. */
  onWritten: () => void;
  /** An error of one item is filed, one that ends the run is thrown on. */
  fileOrThrow: (ref: string, error: unknown) => void;
  fileFindings: (findings: SinkFinding[], refused: { ref: string; count: number }) => void;
}

/** Collects lineage while pipelines and runs are written, and writes it at the end. */
export interface EdgeWriter {
  add(edge: LineageEdge): void;
  /** A pipeline that the source has and that was not written: what the catalog knows of its lineage stays. */
  leaveOut(pipeline: string): void;
  linked(event: Extract<SourceEvent, { kind: 'linked' }>): void;
  /** Writes the edges, then removes those that the source no longer has. All pipelines must have been written. */
  finish(): Promise<void>;
}

export function createEdgeWriter(context: EdgeWriterOptions): EdgeWriter {
  const { options, server, book, pool, index, onWritten, fileOrThrow, fileFindings } = context;
  const { sink } = options;
  const { totals, skipped, warnings } = book;
  const edges = createEdgeStore();
  const fqnOf = (pipeline: string): string =>
    index.get(pipeline)?.report.fqn ?? `${server.service}.${quoteName(legalName(pipeline, server).legal)}`;
  const staleness = createStaleness(fqnOf);
  /** Our own service is no other one: what the source doesn't have may still be there from earlier runs. */
  const otherServices = (options.pipelineServices ?? []).filter((service) => service !== options.service);

  /** FQNs of the external pipelines of an edge; `undefined` when one of them is nowhere. */
  const findExternals = async (edge: LineageEdge): Promise<Map<string, string> | undefined> => {
    const found = new Map<string, string>();
    for (const name of externalsOf(edge)) {
      const fqn = otherServices.length > 0 ? await sink.findPipeline(name, otherServices) : undefined;
      if (fqn === undefined) return undefined;
      found.set(name, fqn);
    }
    return found;
  };

  const write = async (edge: LineageEdge): Promise<void> => {
    const externals = await findExternals(edge);
    if (externals === undefined) {
      totals.edges.filtered += 1;
      warnings.add(danglingFinding(edge, otherServices));
      return;
    }
    const ends = pipelinesOf(edge).filter((name) => !externals.has(name));
    const ref = pipelinesOf(edge).join(' → ') || edge.description;
    const known = ends.map((name) => index.get(name));
    if (known.some((end) => !end || end.report.outcome === 'kept')) {
      totals.edges.filtered += 1;
      return;
    }
    if (known.some((end) => end?.report.outcome === 'failed')) {
      totals.edges.skipped += 1;
      skipped.add({ ref, message: 'an edge was left out because one of its pipelines could not be written' });
      return;
    }
    const draft = mapEdge(edge, { fqnOf: (name) => externals.get(name) ?? index.get(name)?.report.fqn });
    const { outcome, findings } = await sink.writeEdge(draft);
    countOutcome(totals.edges, outcome);
    fileFindings(findings, { ref, count: outcome === 'failed' ? 1 : 0 });
  };

  const removeStale = async (from: string, isStale: (to: string) => boolean): Promise<void> => {
    const { removed, failed, findings } = await sink.removeEdges(from, isStale);
    totals.edges.removed += removed;
    totals.edges.failed += failed;
    fileFindings(findings, { ref: from, count: failed });
  };

  const inPool = (ref: string, work: () => Promise<void>) =>
    pool.start(async () => {
      try {
        await work();
      } catch (error) {
        fileOrThrow(ref, error);
        totals.edges.failed += 1;
      }
      onWritten();
    });

  return {
    add: edges.add,
    leaveOut: staleness.leaveOut,
    linked: staleness.linked,
    async finish() {
      const all = edges.list();
      totals.edges.read += all.length;
      for (const edge of all) await inPool(pipelinesOf(edge).join(' → ') || edge.description, () => write(edge));
      await pool.drain();
      if (!staleness.mayJudge()) return;
      const isStale = staleness.judge({ edges: all, read: index.names(), catalog: sink.earlierPipelines() });
      for (const { fqn } of sink.earlierPipelines()) {
        await inPool(fqn, () => removeStale(fqn, (to) => isStale(fqn, to)));
      }
      await pool.drain();
    },
  };
}

function danglingFinding(edge: LineageEdge, services: readonly string[]) {
  const isUpstream = edge.from.kind === 'pipeline' && edge.from.external === true;
  const [missing, present] = isUpstream ? [edge.from, edge.to] : [edge.to, edge.from];
  const nameOf = (end: LineageEdge['from']) => (end.kind === 'pipeline' ? end.name : referenceKey(end));
  const where = services.length > 0 ? `neither the source nor ${services.join(', ')} has` : 'the source does not have';
  return {
    ref: nameOf(present),
    message: `${edge.description} names the ${isUpstream ? 'upstream' : 'downstream'} ${nameOf(missing)}, which ${where}`,
    hint: 'Correct the name; or if another pipeline service has it, name that in lineageInformation.pipelineServiceNames.',
  };
}

function externalsOf({ from, to }: LineageEdge): string[] {
  return [from, to].flatMap((end) => (end.kind === 'pipeline' && end.external ? [end.name] : []));
}

/** The pipelines that an edge names, each once. */
function pipelinesOf({ from, to, pipeline }: LineageEdge): string[] {
  const names = [from, to].flatMap((end) => (end.kind === 'pipeline' ? [end.name] : []));
  return [...new Set(pipeline === undefined ? names : [...names, pipeline])];
}
