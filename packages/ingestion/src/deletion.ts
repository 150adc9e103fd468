import { type EarlierPipeline, orAborted, type Scope, type SourceEvent } from '@flowmeta/connector';
import { legalName, quoteName } from '@flowmeta/om-mapper';
import type { OwnPipeline, SinkFinding, SinkServer } from '@flowmeta/om-sink';
import type { IngestionPhase } from './phases.js';
import type { PipelineIndex } from './pipeline-index.js';
import { messageOf, type RunBook } from './run-book.js';
import { covers } from './staleness.js';
import type { IngestionOptions } from './types.js';
import type { WritePool } from './write-pool.js';

export interface DeletionOptions {
  options: IngestionOptions;
  phases: ReadonlySet<IngestionPhase>;
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

/** Collects what the source says it has, and at the end takes away what it no longer has. */
export interface Deletion {
  /** A pipeline that the source has and that is left out on purpose. */
  leaveOut(pipeline: string): void;
  /** A pipeline could not be read: unless a `listed` names it as one that the source has, nothing is called gone. */
  unreadable(pipeline: string): void;
  listed(event: Extract<SourceEvent, { kind: 'listed' }>): void;
  /** Soft-deletes. To be called when all else is written, and only if the read ended without an error. */
  finish(): Promise<void>;
}

/** So many may always go at once; more than that only if they are no more than this share of all. */
const fewPipelines = 5;
const largeShare = 0.2;

type Existence = { is: 'present' } | { is: 'absent' } | { is: 'unknown'; why: string };

/** What has to hold before a pipeline goes is in docs/decisions/0003-deletion.md. */
export function createDeletion(context: DeletionOptions): Deletion {
  const { options, phases, server, book, pool, index, onWritten, fileOrThrow, fileFindings } = context;
  const { connector, sink, signal, allowMassDelete = false } = options;
  const { totals, failed, warnings } = book;
  const scopes: Scope[] = [];
  const leftOut = new Set<string>();
  const unread = new Set<string>();
  const excepted = new Set<string>();
  const during = signal ? { signal } : {};

  const fqnOf = (pipeline: string): string =>
    index.get(pipeline)?.report.fqn ?? `${server.service}.${quoteName(legalName(pipeline, server).legal)}`;

  /** Those of this source in the scopes that were listed, and which of them the source did not name. */
  const sortOut = async (): Promise<{ own: number; missing: OwnPipeline[] }> => {
    const seen = new Set([...index.names(), ...leftOut, ...excepted].map(fqnOf));
    const missing: OwnPipeline[] = [];
    let own = 0;
    let foreign = 0;
    for (const pipeline of sink.ownPipelines()) {
      const { fqn, namespace } = pipeline;
      if (!scopes.some((scope) => covers(scope, namespace))) continue;
      const isSeen = seen.has(fqn);
      if (!isSeen && connector.owns && !(await orAborted(connector.owns(pipeline, during), signal))) {
        foreign += 1;
        continue;
      }
      own += 1;
      if (!isSeen) missing.push(pipeline);
    }
    if (foreign > 0) warnings.add(foreignFinding(options.service, foreign));
    return { own, missing };
  };

  const look = async (pipeline: EarlierPipeline): Promise<Existence> => {
    try {
      const is = await orAborted(connector.exists!(pipeline, during), signal);
      return is === 'unknown' ? { is, why: 'the source can not tell' } : { is };
    } catch (error) {
      signal?.throwIfAborted();
      return { is: 'unknown', why: messageOf(error) };
    }
  };

  /**
   * Asks twice, and in between for a pipeline next to it that was there a moment ago: a source that answers for neither hides
   * things, or is not itself.
   */
  const verify = async (pipeline: OwnPipeline, neighbour: EarlierPipeline | undefined): Promise<Existence> => {
    const first = await look(pipeline);
    if (first.is !== 'absent') return first;
    if (neighbour !== undefined) {
      const control = await look(neighbour);
      if (control.is === 'unknown') return control;
      if (control.is === 'absent')
        return { is: 'unknown', why: `by now the source does not find ${neighbour.name} either, which it has listed` };
    }
    return look(pipeline);
  };

  const remove = async (pipeline: OwnPipeline): Promise<void> => {
    const { name, fqn, namespace, sourceUrl } = pipeline;
    const { outcome, findings } = await sink.removePipeline(fqn);
    fileFindings(findings, { ref: name, count: outcome === 'failed' ? 1 : 0 });
    if (outcome === 'failed') totals.pipelines.failed += 1;
    if (outcome !== 'deleted') return;
    totals.pipelines.removed += 1;
    const report = book.openPipeline({
      ...{ name, enabled: true, tasks: [], edges: [], schedules: [], labels: [], owners: [], inputs: [] },
      ...(namespace === undefined ? {} : { namespace }),
      ...(sourceUrl === undefined ? {} : { sourceUrl }),
    });
    report.fqn = fqn;
    report.outcome = 'deleted';
  };

  const judge = async (pipeline: OwnPipeline, neighbour: EarlierPipeline | undefined): Promise<void> => {
    const { name } = pipeline;
    const existence = await verify(pipeline, neighbour);
    if (existence.is === 'absent') return remove(pipeline);
    const message =
      existence.is === 'unknown'
        ? `whether it is gone from the source could not be found out, so it was not deleted: ${existence.why}`
        : 'the source did not list it, but has it: it was not deleted';
    warnings.add({ ref: name, message });
  };

  return {
    leaveOut: (pipeline) => void leftOut.add(pipeline),
    unreadable: (pipeline) => void unread.add(pipeline),
    listed({ scope, except = [] }) {
      scopes.push(scope);
      for (const name of except) excepted.add(name);
    },

    async finish() {
      if (options.markDeletedPipelines === false || !phases.has('reconcile') || !connector.exists) return;
      if (scopes.length === 0 || [...unread].some((name) => !excepted.has(name))) return;
      const { own, missing } = await sortOut();
      if (missing.length === 0) return;
      const neighbours = neighboursOf(index);
      const isEmpty = neighbours.size === 0;
      const isLarge = missing.length > fewPipelines && missing.length > own * largeShare;
      if ((isEmpty || isLarge) && !allowMassDelete) {
        failed.add(refusal({ ref: options.service, missing: missing.length, own, isEmpty }));
        return;
      }
      for (const pipeline of missing) {
        const neighbour = neighbours.get(pipeline.namespace);
        if (neighbour === undefined && !allowMassDelete) {
          warnings.add(lonelyFinding(pipeline));
          continue;
        }
        await pool.start(async () => {
          try {
            await judge(pipeline, neighbour);
          } catch (error) {
            fileOrThrow(pipeline.name, error);
            totals.pipelines.failed += 1;
          }
          onWritten();
        });
      }
      await pool.drain();
    },
  };
}

/** By namespace, one pipeline that was read in this run. */
function neighboursOf(index: PipelineIndex): Map<string | undefined, EarlierPipeline> {
  const found = new Map<string | undefined, EarlierPipeline>();
  for (const name of index.names()) {
    const { namespace, sourceUrl } = index.get(name)!.report;
    if (found.has(namespace)) continue;
    found.set(namespace, {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(sourceUrl === undefined ? {} : { sourceUrl }),
    });
  }
  return found;
}

const onceAllowed = 'If that is right, run once with --allow-mass-delete.';

function refusal({ ref, missing, own, isEmpty }: { ref: string; missing: number; own: number; isEmpty: boolean }) {
  const message = isEmpty
    ? `no pipeline of the source was read, but earlier runs wrote ${own}: none was deleted`
    : `${missing} of ${own} pipelines of earlier runs are not in the source any more, which is too many at once: none was deleted`;
  return { ref, message, hint: `Check what the account may see, and the address and tenant. ${onceAllowed}` };
}

function lonelyFinding({ name, namespace }: OwnPipeline) {
  const where = namespace === undefined ? '' : ` of ${namespace}`;
  return {
    ref: name,
    message: `it is not in the source any more, and neither is any other pipeline${where}: it was not deleted, since all of them may only be hidden or renamed`,
    hint: onceAllowed,
  };
}

function foreignFinding(ref: string, count: number) {
  return {
    ref,
    message: 'pipelines of this service came from another source, or from this one under another address: they stay',
    hint: 'Give each source a service of its own. What is left of an old address can be deleted in OpenMetadata.',
    count,
  };
}
