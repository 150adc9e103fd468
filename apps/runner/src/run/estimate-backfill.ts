import type { RunCount, RunWindow } from '@flowmeta/connector';
import type { LoadedConfig } from '../config/load-config.js';
import type { Host } from '../host.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import { type Backfill, backfillFile, doneBefore } from './backfill.js';
import { openSource } from './open-source.js';
import { logged } from './request-counter.js';
import { readBackfills } from './run-memory.js';
import { covers, slicesOf } from './slices.js';

export interface EstimateOptions {
  host: Host;
  terminal: Terminal;
  /** Takes secrets out of a text. */
  redact: (text: string) => string;
  signal: AbortSignal;
  namespaces?: string[];
}

/** What a backfill would read, by slice, the newest first. */
export interface BackfillEstimate {
  slices: EstimatedSlice[];
  /** Whether the source can count. */
  isCounted: boolean;
}

export interface EstimatedSlice extends RunWindow, Partial<RunCount> {
  /** Written by an earlier backfill: it is not read again. */
  done: boolean;
}

/** Asks the source how many runs are in the slices that are not done yet. Nothing is read or written. */
export async function estimateBackfill(
  config: LoadedConfig,
  backfill: Backfill,
  { host, terminal, redact, signal, namespaces }: EstimateOptions,
): Promise<BackfillEstimate> {
  const scope = namespaces ? { namespaces } : {};
  const before = await readBackfills(config, { host, redact, fallback: backfillFile(config, host), ...scope });
  const done = doneBefore(before, backfill);
  const slices: EstimatedSlice[] = slicesOf(backfill.window, backfill.sliceSize).map((slice) => ({
    ...slice,
    done: covers(done, slice),
  }));
  const open = slices.filter((slice) => !slice.done);
  const connector = await openSource(config, {
    host,
    terminal,
    onRequest: logged(config.connector.title, () => undefined, terminal),
  });
  try {
    if (!connector.capabilities.runs) throw new UsageError(`${config.connector.title} tells no runs`);
    if (connector.countRuns === undefined) return { slices, isCounted: false };
    terminal.live('counting runs …');
    const counts = open.length === 0 ? [] : await connector.countRuns(open, { signal, ...scope });
    for (const [index, slice] of open.entries()) Object.assign(slice, counts[index]);
    return { slices, isCounted: true };
  } finally {
    terminal.live(undefined);
    await connector.close();
  }
}
