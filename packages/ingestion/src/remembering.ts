import type { IncrementalOptions, LineageEdge, SourceEvent } from '@flowmeta/connector';
import type { PipelineDraft } from '@flowmeta/om-mapper';
import type { Sink, SinkServer } from '@flowmeta/om-sink';
import type { OpenRun, Remembered, RememberedPipeline } from '@flowmeta/state';
import { createSettledStatuses } from './settled-statuses.js';
import type { IngestionOptions, RunMemory } from './types.js';

/** What a run with a memory does otherwise (docs/decisions/0004-state.md). */
export interface Remembering {
  /** Where the window of runs starts, ms. */
  since: number;
  /** Everything is read as if nothing were remembered. */
  isFull: boolean;
  readOptions: Pick<IncrementalOptions, 'known' | 'refresh' | 'openRuns' | 'runsSince'>;
  /** The sink, whose answers are noted. */
  sink: Sink;
  /** Takes note of an event, before it is worked on. */
  see(event: SourceEvent): void;
  /** The tasks of a pipeline that is unchanged: the source's names, and the catalog's. */
  tasksOf(pipeline: string): ReadonlyMap<string, string>;
  /** Whether the last run has settled the very same edges, with the same ends, and nothing else has happened since. */
  hasEdges(lineage: ToldLineage): boolean;
  /** The edges are as they should be in the catalog. */
  edgesSettled(lineage: ToldLineage): void;
  /** Saves what is safe by now. `isComplete`: all events have been worked on, and the run did not break off. */
  save(options: { isComplete: boolean }): Promise<void>;
}

/** All that decides which edges the catalog should have. JSON. */
export interface ToldLineage {
  edges: readonly LineageEdge[];
  /** What the catalog has for their ends. */
  ends: ReadonlyMap<string, unknown>;
  /** Within which scopes edges may be called gone. */
  linked: readonly unknown[];
}

/** What is noted of one pipeline in this run. */
interface Notes {
  definition?: string;
  memo?: string;
  isDegraded?: true;
  isUnchanged?: true;
  written?: Pick<RememberedPipeline, 'id' | 'hash' | 'tasks'>;
  isPartial?: true;
  runsRead: number;
  runsSettled: number;
  /** From when on its runs were asked for, ms. */
  since?: number;
}

export function createRemembering(
  options: IngestionOptions & { memory: RunMemory },
  openSink: () => Promise<SinkServer>,
): Remembering {
  const { memory, sink, until } = options;
  const { last } = memory;
  const isOfToday = last !== undefined && last.config === memory.config;
  const isFull =
    memory.full === true ||
    !isOfToday ||
    isDue(last.fullAt, { until, every: memory.fullEvery }) ||
    isAhead(last, options);
  const since = windowStart(options, isFull);
  const settled = createSettledStatuses(options, isFull);
  const remembered: ReadonlyMap<string, RememberedPipeline> = last?.pipelines ?? new Map();
  const notes = new Map<string, Notes>();
  const openNow = new Map<string, OpenRun>();
  const ended = new Map<string, string | undefined>();
  let isListed = false;
  /** Listed, but not read: what is known of them stays. */
  const excepted = new Set<string>();
  let hasCheckpoint = false;
  let hasNews = false;
  let edges: string | undefined;

  const notesOf = (pipeline: string): Notes => {
    const known = notes.get(pipeline) ?? { runsRead: 0, runsSettled: 0 };
    notes.set(pipeline, known);
    return known;
  };

  const stored = async (pipeline: string) => {
    await openSink();
    return sink.stored?.(pipeline);
  };

  const known: IncrementalOptions['known'] = async (pipeline, fingerprint) => {
    // Whatever goes wrong here goes wrong again where it is reported.
    const server = await openSink().catch(() => undefined);
    if (server === undefined) return undefined;
    // Another version of the catalog may get other bodies for the same definition.
    const definition = memory.digest(JSON.stringify([server.version, fingerprint]));
    notesOf(pipeline).definition = definition;
    const before = remembered.get(pipeline);
    if (isFull || before?.definition !== definition || before.hash === undefined) return undefined;
    const catalog = await stored(pipeline).catch(() => undefined);
    if (catalog === undefined || catalog.deleted || catalog.id !== before.id || catalog.hash !== before.hash) {
      return undefined;
    }
    const { tasks, memo } = before;
    return { tasks: tasks.map(([name]) => name), ...(memo === undefined ? {} : { memo }) };
  };

  const runsSince = async (pipeline: string): Promise<number> => {
    const before = remembered.get(pipeline);
    const catalog = await stored(pipeline).catch(() => undefined);
    const isCovered = catalog?.deleted === true || (before?.runs === true && catalog?.id === before.id);
    const from = isCovered ? since : Math.min(since, options.since);
    notesOf(pipeline).since = from;
    return from;
  };

  const noteWrite = async (draft: PipelineDraft, isPartial: boolean): Promise<void> => {
    const catalog = await stored(draft.pipeline);
    if (catalog === undefined || catalog.deleted) return;
    const note = notesOf(draft.pipeline);
    if (isPartial) note.isPartial = true;
    note.written = {
      id: catalog.id,
      ...(catalog.hash === undefined ? {} : { hash: catalog.hash }),
      tasks: [...draft.taskNames].map(([name, legal]) => (name === legal ? [name] : [name, legal])),
    };
  };

  /** What is safe to remember of a pipeline after this run. `isRead`: the window was read to its end. */
  const entryOf = (
    pipeline: string,
    note: Notes,
    { isRead, isComplete }: { isRead: boolean; isComplete: boolean },
  ): RememberedPipeline | undefined => {
    const before = remembered.get(pipeline);
    const base = note.isUnchanged ? before : note.written;
    if (base === undefined) return isComplete || !isOfToday ? undefined : before;
    const { id, hash, tasks } = base;
    const isWhole = !note.isDegraded && !note.isPartial && hash !== undefined && tasks.length > 0;
    const hadRuns = before?.runs === true && before.id === id;
    const isCovered = isFull || hadRuns || (note.since !== undefined && note.since < since) || since <= options.since;
    const memo = note.isUnchanged ? before?.memo : note.memo;
    // Until the watermark moves, what held of it still holds.
    const hasRuns = isRead ? isCovered && note.runsRead === note.runsSettled : hadRuns;
    return {
      id,
      tasks,
      ...(hash === undefined ? {} : { hash }),
      ...(isWhole && note.definition !== undefined ? { definition: note.definition } : {}),
      ...(memo === undefined ? {} : { memo }),
      ...(hasRuns ? { runs: true } : {}),
    };
  };

  const isIncomplete = (pipeline: string | undefined): boolean => {
    const note = pipeline === undefined ? undefined : notes.get(pipeline);
    return note === undefined || note.runsRead !== note.runsSettled;
  };

  const digestOfEdges = ({ edges: all, ends, linked }: ToldLineage): string => {
    const texts = [all, [...ends]].map((items) => items.map((item) => JSON.stringify(item)).sort());
    return memory.digest(JSON.stringify([texts, linked]));
  };

  /** Nothing but edges can have changed what the catalog shows of them. */
  const isQuiet = (): boolean =>
    !isFull &&
    isListed &&
    !hasNews &&
    [...notes].every(([pipeline, note]) => note.isUnchanged && remembered.has(pipeline)) &&
    notes.size === remembered.size;

  return {
    since,
    isFull,
    readOptions: {
      known,
      ...(isFull ? {} : { runsSince }),
      openRuns: true,
      refresh: [...(last?.openRuns ?? [])].map(([run, open]) => ({ run, ...open })),
    },

    sink: {
      ...sink,
      async writePipeline(draft) {
        const result = await sink.writePipeline(draft);
        const isThere = result.outcome !== 'kept' && result.outcome !== 'failed';
        if (isThere) await noteWrite(draft, result.findings.length > 0 || result.isPartial === true);
        return result;
      },
      async writeStatuses(pipeline, statuses) {
        const catalog = settled && (await stored(pipeline));
        const isKept = catalog !== undefined && !catalog.deleted;
        const unsettled = isKept ? settled!.unsettled(catalog, statuses) : statuses;
        const result = unsettled.length > 0 ? await sink.writeStatuses(pipeline, unsettled) : nothingWritten;
        const isSettled = result.failed === 0;
        notesOf(pipeline).runsSettled += isSettled ? statuses.length : 0;
        if (isKept && isSettled) settled!.settle(catalog, statuses);
        return { ...result, unchanged: result.unchanged + statuses.length - unsettled.length };
      },
    },

    see(event) {
      switch (event.kind) {
        case 'pipeline':
          if (event.pipeline.degraded !== undefined) notesOf(event.pipeline.name).isDegraded = true;
          if (event.memo !== undefined) notesOf(event.pipeline.name).memo = event.memo;
          break;
        case 'unchanged':
          notesOf(event.pipeline.name).isUnchanged = true;
          break;
        case 'run': {
          const { id, pipeline, startedAt, endedAt, state } = event.run;
          notesOf(pipeline).runsRead += 1;
          if (endedAt === undefined) openNow.set(id, { pipeline, startedAt, state });
          else openNow.delete(id);
          if (endedAt !== undefined && last?.openRuns.has(id)) ended.set(id, pipeline);
          break;
        }
        case 'gone':
          // Another config of the same service may leave out what that one follows.
          if (isOfToday) ended.set(event.run, undefined);
          break;
        case 'listed':
          isListed = true;
          for (const name of event.except ?? []) excepted.add(name);
          break;
        case 'checkpoint':
          hasCheckpoint = true;
          break;
        case 'skipped':
          hasNews = true;
          break;
      }
    },

    tasksOf: (pipeline) =>
      new Map((remembered.get(pipeline)?.tasks ?? []).map(([name, legal = name]) => [name, legal])),

    hasEdges(lineage) {
      if (!isQuiet() || last?.edges === undefined || last.edges !== digestOfEdges(lineage)) return false;
      edges = last.edges;
      return true;
    },

    edgesSettled(lineage) {
      edges = digestOfEdges(lineage);
    },

    async save({ isComplete }) {
      // A gap that is too long to be closed is given up; one that `exact` leaves is not.
      const hasNoGap = !memory.exact || last?.watermark === undefined || since <= last.watermark;
      const isRead = isComplete && hasCheckpoint && hasNoGap;
      const pipelines = new Map<string, RememberedPipeline>();
      for (const [pipeline, { definition, runs, ...rest }] of remembered) {
        if (notes.has(pipeline) || (isComplete && isListed && !excepted.has(pipeline))) continue;
        // It was not read: its runs of this window are not written.
        pipelines.set(pipeline, {
          ...rest,
          ...(definition !== undefined && isOfToday ? { definition } : {}),
          ...(runs && !isRead ? { runs } : {}),
        });
      }
      for (const [pipeline, note] of notes) {
        const entry = entryOf(pipeline, note, { isRead, isComplete });
        if (entry !== undefined) pipelines.set(pipeline, entry);
      }
      const openRuns = new Map(last?.openRuns ?? []);
      for (const [run, pipeline] of ended) {
        // What could not be written is asked for again.
        if (isComplete && !(pipeline !== undefined && isIncomplete(pipeline))) openRuns.delete(run);
      }
      for (const [run, open] of openNow) openRuns.set(run, open);
      for (const [run, { pipeline }] of openRuns) {
        // Deleted in the source or in the catalog; should it come back, the whole window is read.
        if (isOfToday && isComplete && isListed && !pipelines.has(pipeline)) openRuns.delete(run);
      }
      const watermark = isRead ? until : last?.watermark;
      const fullAt = isComplete && isFull && !memory.exact ? until : isOfToday ? last.fullAt : undefined;
      const next: Remembered = {
        config: memory.config,
        pipelines,
        openRuns,
        ...(watermark === undefined ? {} : { watermark }),
        ...(fullAt === undefined ? {} : { fullAt }),
        ...(isComplete && edges !== undefined ? { edges } : {}),
      };
      await memory.save(next);
      settled?.save();
    },
  };
}

const nothingWritten = { created: 0, updated: 0, unchanged: 0, failed: 0, findings: [] };

function isDue(fullAt: number | undefined, { until, every }: { until: number; every: number }): boolean {
  return fullAt === undefined || until - fullAt >= every;
}

/** What was remembered at a time that has not come yet says nothing: the clock was wrong then, or is now. */
function isAhead(last: Remembered, { until, memory }: { until: number; memory: RunMemory }): boolean {
  return [last.watermark, last.fullAt].some((instant) => instant !== undefined && instant > until + memory.overlap);
}

function windowStart({ memory, since, until }: IngestionOptions & { memory: RunMemory }, isFull: boolean): number {
  const { last, overlap, exact, longestGap } = memory;
  if (exact || last?.watermark === undefined) return since;
  // A gap since the last run is closed, but not one of years.
  const resumed = Math.max(last.watermark - overlap, Math.min(since, until - longestGap));
  return Math.max(0, isFull ? Math.min(since, resumed) : resumed);
}
