import {
  hintOf,
  isInShard,
  type Pipeline,
  type Run,
  type SourceEvent,
  type UnchangedPipeline,
  verdictOf,
} from '@flowmeta/connector';
import { createOrganiser, legalName, mapPipeline, mapRun, type PipelineDraft, quoteName } from '@flowmeta/om-mapper';
import type { SinkFinding, SinkServer } from '@flowmeta/om-sink';
import { createDeletion } from './deletion.js';
import { createEdgeWriter } from './edge-writer.js';
import type { IngestionPhase } from './phases.js';
import { createPipelineIndex, type KnownPipeline } from './pipeline-index.js';
import type { Remembering } from './remembering.js';
import { countOutcome, messageOf, type RunBook } from './run-book.js';
import { createRunBuffer, type RunBatch, type RunBufferOptions } from './run-buffer.js';
import type { IngestionOptions } from './types.js';
import type { WritePool } from './write-pool.js';

export interface WriterOptions {
  options: IngestionOptions;
  phases: ReadonlySet<IngestionPhase>;
  server: SinkServer;
  book: RunBook;
  pool: WritePool;
  buffer?: RunBufferOptions;
  remembering?: Remembering;
  /** Called after each write. */
  onWritten: () => void;
}

type Neighbour = Extract<SourceEvent, { kind: 'neighbour' }>['run'];

/** Turns events into writes. A method rejects only when the run is over: the sink gave up, or the signal is aborted. */
export interface Writer {
  /** Resolves when the next event may come. */
  take(event: SourceEvent): Promise<void>;
  /** Writes the runs that wait in the buffer, then waits for all writes. */
  finishRuns(): Promise<void>;
  /** Writes the edges, and removes those that the source no longer has. */
  finishEdges(): Promise<void>;
  /** Soft-deletes pipelines that the source no longer has. Only after a read without an error. */
  finishDeletion(): Promise<void>;
}

export function createWriter({
  options,
  phases,
  server,
  book,
  pool,
  buffer: bufferOptions,
  remembering,
  onWritten,
}: WriterOptions): Writer {
  const { sink, signal } = options;
  const { totals, skipped, failed, warnings } = book;
  const { capabilities, service } = server;
  const index = createPipelineIndex();
  const buffer = createRunBuffer(bufferOptions);
  const mapOptions = {
    service,
    capabilities,
    classification: options.classification,
    includeTags: options.includeTags ?? true,
    includeOwners: options.includeOwners ?? true,
    ...(options.rules ? { organise: createOrganiser(options.rules) } : {}),
  };
  let pipelinesListed = false;

  /** Runs the write in its pipeline's turn, in a free slot of the pool. */
  const enqueue = (known: KnownPipeline, write: () => Promise<void>) =>
    pool.start(() => {
      known.lastWrite = known.lastWrite.then(write).then(onWritten);
      return known.lastWrite;
    });

  /** An error of one item is filed, one that ends the run is thrown on. */
  const fileOrThrow = (ref: string, error: unknown) => {
    if (signal?.aborted || verdictOf(error) === 'fatal') throw error;
    book.fail(ref, error);
  };

  const fileFindings = (findings: SinkFinding[], refused: { ref: string; count: number }) => {
    for (const finding of findings) (finding.lost || refused.count > 0 ? failed : warnings).add(finding);
    if (refused.count > 0 && findings.length === 0) {
      failed.add({ ref: refused.ref, message: 'the catalog refused it without a reason', count: refused.count });
    }
  };

  const edges = createEdgeWriter({
    options,
    phases,
    server,
    book,
    pool,
    index,
    remembering,
    onWritten,
    fileOrThrow,
    fileFindings,
  });
  const deletion = createDeletion({ options, phases, server, book, pool, index, onWritten, fileOrThrow, fileFindings });
  const hasLineage = options.includeLineage !== false && (phases.has('lineage') || phases.has('reconcile'));
  if (phases.has('lineage')) book.showLineage(edges.graph);

  const isElsewhere = (pipeline: string): boolean => options.shard !== undefined && !isInShard(pipeline, options.shard);

  const leaveOut = (pipeline: string) => {
    if (phases.has('entities')) totals.pipelines.filtered += 1;
    edges.leaveOut(pipeline);
    deletion.leaveOut(pipeline);
  };

  /** What a run that does not write pipelines has to know: whether another one has. */
  const lookUp = async (known: KnownPipeline, { pipeline, body }: PipelineDraft) => {
    const stored = await sink.stored?.(pipeline);
    if (stored === undefined) {
      known.report.outcome = 'failed';
      if (phases.has('runs') || phases.has('lineage')) skipped.add({ ref: pipeline, ...notThere });
      return;
    }
    known.report.outcome = stored.deleted ? 'kept' : 'unchanged';
    known.report.fqn = `${service}.${quoteName(body.name)}`;
  };

  const takePipeline = async (pipeline: Pipeline) => {
    if (index.get(pipeline.name)) {
      totals.pipelines.skipped += 1;
      skipped.add({
        ref: pipeline.name,
        message: 'the source has two pipelines of this name; the first one was taken',
      });
      return;
    }
    if (isElsewhere(pipeline.name)) return leaveOut(pipeline.name);
    if (phases.has('entities')) totals.pipelines.read += 1;
    edges.pipeline(pipeline);
    const known = index.add(pipeline.name, book.openPipeline(pipeline));
    let draft: PipelineDraft;
    try {
      draft = mapPipeline(pipeline, mapOptions);
    } catch (error) {
      book.fail(pipeline.name, error);
      known.report.outcome = 'failed';
      totals.pipelines.failed += 1;
      return;
    }
    known.taskNames = draft.taskNames;
    if (!phases.has('entities')) return lookUp(known, draft);
    for (const { original, legal, reason } of draft.notes) {
      warnings.add({ ref: pipeline.name, message: `“${original}” is named “${legal}” in the catalog: ${reason}` });
    }
    await enqueue(known, async () => {
      try {
        const { outcome, fqn, findings } = await sink.writePipeline(draft);
        known.report.outcome = outcome;
        if (outcome !== 'failed') known.report.fqn = fqn ?? `${service}.${quoteName(draft.body.name)}`;
        countOutcome(totals.pipelines, outcome);
        fileFindings(findings, { ref: pipeline.name, count: outcome === 'failed' ? 1 : 0 });
      } catch (error) {
        fileOrThrow(pipeline.name, error);
        known.report.outcome = 'failed';
        totals.pipelines.failed += 1;
      }
    });
  };

  const takeUnchanged = ({ tasks, definition, ...listed }: UnchangedPipeline) => {
    if (isElsewhere(listed.name)) return leaveOut(listed.name);
    const empty = { edges: [], schedules: [], labels: [], owners: [], inputs: [] };
    const pipeline = definition ?? { ...listed, ...empty, tasks: tasks.map((name) => ({ name, enabled: true })) };
    totals.pipelines.read += 1;
    totals.pipelines.unchanged += 1;
    edges.pipeline(pipeline);
    const known = index.add(pipeline.name, book.openPipeline(pipeline));
    known.report.outcome = 'unchanged';
    known.report.fqn = `${service}.${quoteName(legalName(pipeline.name, { capabilities }).legal)}`;
    known.taskNames = remembering?.tasksOf(pipeline.name) ?? new Map();
  };

  /** Counts runs of a pipeline that is not in the catalog; false when it is there, or may still come. */
  const leftOut = (known: KnownPipeline | undefined, pipeline: string, count: number): boolean => {
    if (known?.report.outcome === 'kept') {
      totals.runs.filtered += count;
      return true;
    }
    if (known && known.report.outcome !== 'failed') return false;
    totals.runs.skipped += count;
    const why = known ? 'could not be written' : 'was not read';
    skipped.add({ ref: pipeline, message: `runs were left out because their pipeline ${why}`, count });
    return true;
  };

  const takeRun = async (run: Run) => {
    if (!phases.has('runs')) return;
    if (isElsewhere(run.pipeline)) {
      totals.runs.filtered += 1;
      return;
    }
    totals.runs.read += 1;
    const known = index.get(run.pipeline);
    if (known) book.countRead(known.report, run);
    if (leftOut(known, run.pipeline, 1) || !known?.taskNames) return;
    let batches: RunBatch[];
    try {
      const status = mapRun(run, { taskNames: known.taskNames, capabilities });
      batches = buffer.add({ id: run.id, pipeline: run.pipeline, startedAt: run.startedAt, status });
    } catch (error) {
      book.fail(run.id, error);
      totals.runs.failed += 1;
      known.report.runs.failed += 1;
      return;
    }
    for (const batch of batches) await writeBatch(batch);
  };

  const takeNeighbour = async ({ id, pipeline, startedAt }: Neighbour) => {
    if (!phases.has('runs') || isElsewhere(pipeline) || !index.get(pipeline)?.taskNames) return;
    for (const batch of buffer.add({ id, pipeline, startedAt })) await writeBatch(batch);
  };

  const writeBatch = async ({ pipeline, statuses, isCut }: RunBatch) => {
    const known = index.get(pipeline);
    if (!known) return;
    if (isCut)
      skipped.add({ ref: pipeline, message: 'so many of its runs start at once that some may be written over others' });
    await enqueue(known, async () => {
      if (leftOut(known, pipeline, statuses.length)) return;
      const report = known.report.runs;
      try {
        const result = await sink.writeStatuses(pipeline, statuses);
        totals.runs.created += result.created;
        totals.runs.updated += result.updated;
        totals.runs.unchanged += result.unchanged;
        totals.runs.failed += result.failed;
        report.written += result.created + result.updated;
        report.unchanged += result.unchanged;
        report.failed += result.failed;
        fileFindings(result.findings, { ref: pipeline, count: result.failed });
      } catch (error) {
        fileOrThrow(pipeline, error);
        totals.runs.failed += statuses.length;
        report.failed += statuses.length;
      }
    });
  };

  return {
    async take(event) {
      switch (event.kind) {
        case 'pipeline':
          return takePipeline(event.pipeline);
        case 'unchanged':
          return takeUnchanged(event.pipeline);
        case 'run':
          pipelinesListed = true;
          return takeRun(event.run);
        case 'neighbour':
          return takeNeighbour(event.run);
        case 'lineage':
          if (hasLineage) edges.add(event.edge);
          return;
        case 'unresolved':
          if (hasLineage) edges.gap(event.gap);
          return;
        case 'linked':
          if (hasLineage) edges.linked(event);
          return;
        case 'skipped':
          totals[pipelinesListed ? 'runs' : 'pipelines'].skipped += 1;
          if (!pipelinesListed) {
            edges.leaveOut(event.ref);
            deletion.unreadable(event.ref);
          }
          skipped.add({ ref: event.ref, message: messageOf(event.error), hint: hintOf(event.error) });
          return;
        case 'filtered':
          if (event.item === 'pipeline') leaveOut(event.ref);
          else if (phases.has('runs')) totals.runs.filtered += 1;
          return;
        case 'warning':
          warnings.add({ ref: event.ref ?? 'source', message: event.message });
          return;
        case 'listed':
          pipelinesListed = true;
          deletion.listed(event);
          return;
        case 'checkpoint':
        case 'gone':
          return;
      }
    },
    async finishRuns() {
      for (const batch of buffer.takeAll()) await writeBatch(batch);
      await pool.drain();
    },
    finishEdges: edges.finish,
    finishDeletion: deletion.finish,
  };
}

const notThere = {
  message: 'it is not in the catalog yet, so that its runs and its lineage were left out',
  hint: 'Run the phase entities first, of each shard.',
};
