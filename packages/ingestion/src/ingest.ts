import { orAborted, type ReadOptions, type RunReport } from '@flowmeta/connector';
import type { SinkServer } from '@flowmeta/om-sink';
import { untilAborted } from './abort.js';
import { type IngestionPhase, phasesOf } from './phases.js';
import { createProgressReporter } from './progress.js';
import { createRemembering, type Remembering } from './remembering.js';
import { createRunBook, messageOf, type RunBook } from './run-book.js';
import { createSliceBook, readSlices, type SlicedEvent } from './slices.js';
import type { IngestionOptions } from './types.js';
import { createWritePool } from './write-pool.js';
import { createWriter } from './writer.js';

/** How long writes under way may take to end after an interrupt, ms: whatever runs us often kills after 30 s. */
const patience = 10_000;

/**
 * One run: reads the connector, maps, writes to the sink, and says what happened. Never rejects: whatever goes wrong
 * with one item is in the report, and so is the error that ends the run.
 *
 * Pipelines are written as they come, a pipeline's runs in batches after the pipeline, edges at the end; then edges and pipelines go
 * that the source no longer has, if the connector says that it has told all. At most
 * `concurrency` writes are under way; when all of them are busy, the source waits. Runs wait for their batch in a buffer
 * of bounded size, so that memory grows with the number of pipelines and not with that of runs.
 *
 * When the source fails, what it had yielded is still written. When the sink fails or the signal is aborted, nothing
 * further is; runs that were waiting are read again by the next run.
 */
export async function ingest(given: IngestionOptions): Promise<RunReport> {
  const { connector, signal, now } = given;
  const startedAt = now();
  let opening: Promise<SinkServer> | undefined;
  const openSink = () => {
    opening ??= orAborted(given.sink.open(), signal);
    return opening;
  };
  const { memory, slices } = given;
  // What is remembered is as old as it is now, whatever window is read.
  const until = slices ? startedAt : given.until;
  const remembering = memory && createRemembering({ ...given, until, memory }, openSink);
  const options: IngestionOptions = {
    ...given,
    ...(remembering ? { sink: remembering.sink } : {}),
    ...(remembering && !slices ? { since: remembering.since } : {}),
    ...(slices ? { includeLineage: false, markDeletedPipelines: false } : {}),
  };
  // Slices say nothing about what an ordinary run goes on from.
  const toRemember = slices ? undefined : remembering;
  const phases = phasesOf(options);
  const book = createRunBook(options, startedAt);
  const progress = createProgressReporter(options, book, startedAt);
  const pool = createWritePool(options.concurrency ?? 8, signal);

  const end = (error: unknown) => {
    if (signal?.aborted) return;
    book.end(error);
    options.onFatal?.(error);
  };
  let isComplete = false;
  try {
    signal?.throwIfAborted();
    progress.phase('opening');
    let sourceError: { error: unknown } | undefined;
    const read = readOptions(options, phases, remembering);
    const told = slices ? readSlices(connector, { ...read, windows: slices.windows }) : connector.read(read);
    const events = endingOnError(untilAborted<SlicedEvent>(told, signal), (error) => {
      sourceError = { error };
    });
    // A source that can't be read at all must not leave so much as an empty service in the catalog.
    const first = await events.next();
    if (first.done && sourceError) throw sourceError.error;
    const server = await openSink().catch(async (error: unknown) => {
      await events.return(undefined);
      throw error;
    });
    const writer = createWriter({
      options,
      phases,
      server,
      book,
      pool,
      onWritten: progress.tick,
      ...(remembering ? { remembering } : {}),
    });
    const sliceBook = createSliceBook(book);
    let hasRuns = false;
    progress.phase('pipelines');
    for await (const event of startingWith(first, events)) {
      if (event.kind === 'slice') {
        if (event.at === 'start') sliceBook.start();
        else {
          await writer.finishRuns();
          await slices?.onEnd(sliceBook.end(event.window, event));
        }
        continue;
      }
      if (event.kind === 'run') progress.phase('runs');
      if (event.kind === 'run' && !hasRuns) {
        hasRuns = true;
        await remember(toRemember, { isComplete, book });
      }
      remembering?.see(event);
      await writer.take(event);
      progress.tick();
    }
    await writer.finishRuns();
    progress.phase('lineage');
    await writer.finishEdges();
    if (sourceError) end(sourceError.error);
    else {
      await writer.finishDeletion();
      isComplete = true;
      if (phases.has('entities') && options.shard === undefined) warnIfEmpty(options, book);
    }
  } catch (error) {
    end(error);
  }
  await settled(pool.settle(), signal);
  if (signal?.aborted) book.interrupt();
  await remember(toRemember, { isComplete: isComplete && !signal?.aborted, book });
  askSink(options, book);
  progress.phase('done');
  return book.close(given.sink.description, now());
}

/** A memory that can't be kept costs the next run time, and this one nothing. */
async function remember(
  remembering: Remembering | undefined,
  { isComplete, book }: { isComplete: boolean; book: RunBook },
): Promise<void> {
  try {
    await remembering?.save({ isComplete });
  } catch (error) {
    book.warnings.add({ ref: 'state', message: `what this run did could not be remembered: ${messageOf(error)}` });
  }
}

function readOptions(
  { since, until, namespaces, includeLineage, only, shard, signal }: IngestionOptions,
  phases: ReadonlySet<IngestionPhase>,
  remembering: Remembering | undefined,
): ReadOptions {
  const lineage = includeLineage !== false && (phases.has('lineage') || phases.has('reconcile'));
  return {
    ...remembering?.readOptions,
    ...(only ? { only } : {}),
    ...(shard ? { shard } : {}),
    since,
    until,
    lineage,
    // Lineage needs them too: some of it only runs show.
    runs: lineage || phases.has('runs'),
    ...(namespaces ? { namespaces } : {}),
    ...(signal ? { signal } : {}),
  };
}

/** The same events; an error of the source becomes an end, so that it can't be mistaken for one of the sink. */
async function* endingOnError<T>(events: AsyncIterable<T>, onError: (error: unknown) => void): AsyncGenerator<T> {
  try {
    yield* events;
  } catch (error) {
    onError(error);
  }
}

/** The events with the one that was taken off their front. */
async function* startingWith<T>(first: IteratorResult<T, void>, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    if (first.done) return;
    yield first.value;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

function warnIfEmpty({ namespaces }: IngestionOptions, { totals, warnings }: RunBook): void {
  const { pipelines, runs } = totals;
  if (pipelines.read + pipelines.skipped + runs.read + runs.skipped > 0) return;
  const within = namespaces?.length ? ` in ${namespaces.join(', ')}` : '';
  warnings.add(
    pipelines.filtered > 0
      ? {
          ref: 'source',
          message: `every pipeline of the source${within} was filtered out`,
          hint: 'Check the filter pattern and the namespaces.',
        }
      : {
          ref: 'source',
          message: `the source has no pipelines${within}`,
          hint: within
            ? 'Check the spelling of the namespaces: capital and small letters differ.'
            : 'Check what the account may see, and the tenant.',
        },
  );
}

/** Takes over what only the sink knows; a sink that never opened may have nothing to say. */
function askSink({ sink }: IngestionOptions, { totals, failed, warnings }: RunBook): void {
  try {
    const { tagsCreated, findings } = sink.summary();
    totals.tags.created = tagsCreated;
    for (const finding of findings) (finding.lost ? failed : warnings).add(finding);
  } catch (error) {
    warnings.add({ ref: 'catalog', message: `no summary of the writes: ${messageOf(error)}` });
  }
}

/** Waits for the writes under way; after an interrupt only for so long. */
async function settled(writes: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return writes;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = () => {};
  const outOfPatience = new Promise<void>((resolve) => {
    wait = () => {
      timer = setTimeout(resolve, patience);
    };
  });
  if (signal.aborted) wait();
  else signal.addEventListener('abort', wait);
  await Promise.race([writes, outOfPatience]);
  signal.removeEventListener('abort', wait);
  clearTimeout(timer);
}
