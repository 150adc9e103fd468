import type { Connector, ReadOptions, RunWindow, SourceEvent } from '@flowmeta/connector';
import type { RunBook } from './run-book.js';
import type { EndedSlice } from './types.js';

/** What a read in slices yields: a mark before the first run of a slice, and one after its last. */
export type SlicedEvent =
  | SourceEvent
  | { kind: 'slice'; at: 'start' }
  /** `isRead`: the connector has told all runs of the slice. */
  | { kind: 'slice'; at: 'end'; window: RunWindow; isRead: boolean };

/** The pipelines once, then the runs of one window after the other. */
export async function* readSlices(
  connector: Connector,
  { windows, ...options }: ReadOptions & { windows: readonly RunWindow[] },
): AsyncGenerator<SlicedEvent> {
  const { namespaces, signal } = options;
  yield* connector.read({ ...options, runs: false });
  for (const { since, until } of windows) {
    yield { kind: 'slice', at: 'start' };
    let isRead = false;
    const runs = connector.read({
      since,
      until,
      pipelines: false,
      lineage: false,
      sameDefinitions: true,
      ...(namespaces ? { namespaces } : {}),
      ...(signal ? { signal } : {}),
    });
    for await (const event of runs) {
      if (event.kind === 'checkpoint') isRead = true;
      yield event;
    }
    yield { kind: 'slice', at: 'end', window: { since, until }, isRead };
  }
}

/** Tells what became of each slice from how the counts have changed. */
export function createSliceBook({ totals, skipped }: RunBook) {
  const count = () => ({
    read: totals.runs.read,
    filtered: totals.runs.filtered,
    lost: totals.pipelines.skipped + totals.runs.skipped + totals.runs.failed,
  });
  let before = count();
  let hasAllPipelines: boolean | undefined;

  return {
    start(): void {
      hasAllPipelines ??= totals.pipelines.skipped === 0;
      before = count();
    },

    /** To be called when all writes of the slice have ended. */
    end({ since, until }: RunWindow, { isRead }: { isRead: boolean }): EndedSlice {
      const now = count();
      // A run whose pipeline could not be read looks like one whose pipeline is gone.
      const isInDoubt = hasAllPipelines === false && now.filtered > before.filtered;
      const isComplete = isRead && !isInDoubt && now.lost === before.lost;
      if (!isComplete) {
        const ref = [since, until].map((instant) => new Date(instant).toISOString()).join('/');
        skipped.add({ ref, message: 'not all runs of this slice could be read and written: it is to be read again' });
      }
      return { since, until, runs: now.read - before.read, isComplete };
    },
  };
}
