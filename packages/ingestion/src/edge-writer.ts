import {
  datasetLabel,
  type LineageEdge,
  type LineageGap,
  type LineageGraph,
  type Pipeline,
  type SourceEvent,
} from '@flowmeta/connector';
import { legalName, mapEdge, quoteName } from '@flowmeta/om-mapper';
import type { SinkFinding, SinkServer, StoredEdge, WriteOutcome } from '@flowmeta/om-sink';
import { type EdgeEnds, endKey, findEnds } from './edge-ends.js';
import { gapsOf } from './edge-gaps.js';
import { type EdgePlan, type PlannedEdge, planEdges } from './edge-plan.js';
import { createEdgeStore } from './edge-store.js';
import type { IngestionPhase } from './phases.js';
import type { PipelineIndex } from './pipeline-index.js';
import type { Remembering } from './remembering.js';
import { countOutcome, type RunBook } from './run-book.js';
import { createStaleness } from './staleness.js';
import type { IngestionOptions } from './types.js';
import type { WritePool } from './write-pool.js';

export interface EdgeWriterOptions {
  options: IngestionOptions;
  phases: ReadonlySet<IngestionPhase>;
  server: SinkServer;
  book: RunBook;
  pool: WritePool;
  index: PipelineIndex;
  remembering: Remembering | undefined;
  /** Called after each write. */
  onWritten: () => void;
  /** An error of one item is filed, one that ends the run is thrown on. */
  fileOrThrow: (ref: string, error: unknown) => void;
  fileFindings: (findings: SinkFinding[], refused: { ref: string; count: number }) => void;
}

/** Collects lineage while pipelines and runs are written, and writes it at the end. */
export interface EdgeWriter {
  /** Names a pipeline of the source. */
  pipeline(pipeline: Pipeline): void;
  add(edge: LineageEdge): void;
  gap(gap: LineageGap): void;
  /** A pipeline that the source has and that was not written: what the catalog knows of its lineage stays. */
  leaveOut(pipeline: string): void;
  linked(event: Extract<SourceEvent, { kind: 'linked' }>): void;
  /**
   * Finds the ends of all edges in the catalog, writes the edges, then removes those that the source no longer has, as far as these
   * are phases of the run. All pipelines must have been written.
   */
  finish(): Promise<void>;
  /** All lineage that was read, and what became of it so far. */
  graph(): LineageGraph;
}

export function createEdgeWriter(context: EdgeWriterOptions): EdgeWriter {
  const { options, phases, server, book, pool, index, remembering, onWritten, fileOrThrow, fileFindings } = context;
  const { sink, datasetServices = {} } = options;
  const { totals, skipped, warnings } = book;
  const store = createEdgeStore();
  const fqnOf = (pipeline: string): string =>
    index.get(pipeline)?.report.fqn ?? `${server.service}.${quoteName(legalName(pipeline, server).legal)}`;
  const staleness = createStaleness(fqnOf);
  /** Our own service is no other one: what the source doesn't have may still be there from earlier runs. */
  const otherServices = (options.pipelineServices ?? []).filter((service) => service !== options.service);

  const linked: unknown[] = [];

  const settleAll = ({ parts }: Pick<PlannedEdge, 'parts'>, outcome: WriteOutcome): void => {
    for (const part of parts) store.settle(part, outcome);
  };

  /** Counts what can't be written, and says why. */
  const reportLeft = ({ left, loops }: EdgePlan, ends: EdgeEnds): void => {
    totals.edges.read += left.length + loops.length;
    totals.edges.filtered += loops.length;
    for (const edge of loops) store.settle(edge, 'filtered');
    for (const { edge, because } of left) {
      if (because === 'unwritten') {
        totals.edges.skipped += 1;
        const message = 'an edge was left out because one of its pipelines could not be written';
        skipped.add({ ref: refOf(edge), message });
        store.settle(edge, 'failed');
      } else if (because === 'failed') {
        // The reason is filed already, once for all edges of that end.
        totals.edges.failed += 1;
        store.settle(edge, 'failed');
      } else {
        totals.edges.filtered += 1;
        if (because === 'nowhere') warnings.add(danglingFinding(edge, otherServices));
        store.settle(edge, 'filtered');
      }
      for (const gap of gapsOf(edge, ends)) store.gap(gap);
    }
  };

  const write = async ({ from, to, edge, movers, parts }: PlannedEdge, isStale: (edge: StoredEdge) => boolean) => {
    const ends = new Map([
      [endKey(edge.from), from],
      [endKey(edge.to), to],
    ]);
    const draft = mapEdge(edge, {
      fqnOf: (name) => ends.get(`external ${name}`)?.fqn ?? index.get(name)?.report.fqn,
      find: (reference) => ends.get(endKey(reference)),
      otherPipelines: movers.slice(1),
    });
    const mayReplace = (pipeline: string): boolean => isStale({ from, to, pipeline });
    const { outcome, findings } = await sink.writeEdge(draft, { mayReplace });
    countOutcome(totals.edges, outcome);
    settleAll({ parts }, outcome);
    fileFindings(findings, { ref: refOf(edge), count: outcome === 'failed' ? 1 : 0 });
  };

  const removeStale = async (pipeline: string, isStale: (edge: StoredEdge) => boolean): Promise<void> => {
    const { removed, failed, findings } = await sink.removeEdges(pipeline, isStale, { datasets: true });
    totals.edges.removed += removed;
    totals.edges.failed += failed;
    fileFindings(findings, { ref: pipeline, count: failed });
  };

  const inPool = (ref: string, work: () => Promise<void>, onFailed?: () => void) =>
    pool.start(async () => {
      try {
        await work();
      } catch (error) {
        fileOrThrow(ref, error);
        totals.edges.failed += 1;
        onFailed?.();
      }
      onWritten();
    });

  return {
    pipeline: store.pipeline,
    add: store.add,
    gap: store.gap,
    graph: store.graph,
    leaveOut: staleness.leaveOut,
    linked(event) {
      linked.push(event);
      staleness.linked(event);
    },
    async finish() {
      const edges = store.list();
      const fileFinding = (finding: SinkFinding) => fileFindings([finding], { ref: finding.ref, count: 1 });
      const pipelineServices = otherServices;
      const ends = await findEnds(edges, { ...context, sink, pipelineServices, datasetServices, fileFinding });
      for (const [key, match] of ends) if (match.kind === 'found') store.locate(key, match.end.fqn);

      const plan = planEdges(edges, ends);
      const { planned } = plan;
      const isWriting = phases.has('lineage');
      if (isWriting) {
        reportLeft(plan, ends);
        totals.edges.read += planned.length;
      }
      const lineage = { edges, ends, linked };
      // Remembered is that all of it is done.
      const isWhole = isWriting && phases.has('reconcile');
      if (isWhole && remembering?.hasEdges(lineage)) {
        totals.edges.unchanged += planned.length;
        for (const edge of planned) settleAll(edge, 'unchanged');
        return;
      }
      const mayJudge = staleness.mayJudge();
      const catalog = mayJudge ? [...sink.earlierPipelines()] : [];
      const isStale = mayJudge ? staleness.judge({ edges, ends, planned, read: index.names(), catalog }) : () => false;
      for (const edge of isWriting ? planned : []) {
        await inPool(
          refOf(edge.edge),
          () => write(edge, isStale),
          () => settleAll(edge, 'failed'),
        );
      }
      await pool.drain();
      for (const { fqn } of phases.has('reconcile') ? catalog : []) await inPool(fqn, () => removeStale(fqn, isStale));
      await pool.drain();
      if (isWhole && totals.edges.failed + totals.edges.skipped === 0) remembering?.edgesSettled(lineage);
    },
  };
}

function danglingFinding(edge: LineageEdge, services: readonly string[]) {
  const isUpstream = edge.from.kind === 'pipeline' && edge.from.external === true;
  const [missing, present] = isUpstream ? [edge.from, edge.to] : [edge.to, edge.from];
  const where = services.length > 0 ? `neither the source nor ${services.join(', ')} has` : 'the source does not have';
  return {
    ref: nameOf(present),
    message: `${edge.description} names the ${isUpstream ? 'upstream' : 'downstream'} ${nameOf(missing)}, which ${where}`,
    hint: 'Correct the name; or if another pipeline service has it, name that in lineageInformation.pipelineServiceNames.',
  };
}

/** What a person calls an end of an edge. */
function nameOf(end: LineageEdge['from']): string {
  if (end.kind === 'pipeline') return end.name;
  return end.kind === 'entity' ? end.fqn : datasetLabel(end.dataset);
}

/** How findings name an edge. */
const refOf = ({ from, to }: LineageEdge): string => `${nameOf(from)} → ${nameOf(to)}`;
