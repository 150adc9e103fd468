import { dirname, extname, join, resolve } from 'node:path';
import type { RunWindow } from '@flowmeta/connector';
import type { RunMemory, Slices } from '@flowmeta/ingestion';
import type { Memory } from '@flowmeta/state';
import type { LoadedConfig } from '../config/load-config.js';
import type { Host } from '../host.js';
import type { Terminal } from '../terminal/terminal.js';
import { covers, slicesOf, withoutWindow, withWindow } from './slices.js';

/** A history that is brought in. All instants and lengths are ms. */
export interface Backfill {
  window: RunWindow;
  sliceSize: number;
  /** What earlier backfills have written is read again. */
  restart: boolean;
}

/** Where a backfill keeps what it has done if the config names no state: beside the config. */
export function backfillFile({ file }: LoadedConfig, { directory }: Host): string {
  const path = resolve(directory, file);
  return join(
    dirname(path),
    `${path.slice(dirname(path).length + 1, path.length - extname(path).length)}.backfill.json`,
  );
}

/** What is known to be written of the window, by what earlier backfills of the same config have left. */
export function doneBefore(
  { backfilled, config }: Pick<Memory, 'backfilled'> & Pick<RunMemory, 'config'>,
  { window, restart }: Pick<Backfill, 'window' | 'restart'>,
): readonly RunWindow[] {
  if (backfilled?.config !== config) return [];
  return restart ? withoutWindow(backfilled.done, window) : backfilled.done;
}

/** The slices of a backfill that are still to be read, each of which is remembered once it is written. */
export async function openSlices(
  backfill: Backfill,
  {
    memory,
    terminal,
    now,
  }: { memory: RunMemory & Pick<Memory, 'backfilled' | 'saveBackfilled'>; terminal: Terminal; now: number },
): Promise<Slices> {
  let done = doneBefore(memory, backfill);
  const windows = slicesOf(backfill.window, backfill.sliceSize).filter((slice) => !covers(done, slice));
  // Runs of just now may show late.
  const settled = now - memory.overlap;
  let ended = 0;
  let isRefused = false;

  const save = async () => {
    try {
      await memory.saveBackfilled({ config: memory.config, done });
    } catch (error) {
      if (!isRefused) {
        const why = error instanceof Error ? error.message : `${error}`;
        terminal.log('WARN', `what is done can not be remembered: ${why}`);
      }
      isRefused = true;
    }
  };
  // From now on what is interrupted goes on, and does not begin anew.
  if (backfill.restart) await save();
  return {
    windows,
    async onEnd({ since, until, runs, isComplete }) {
      ended += 1;
      const what = `${ended} of ${windows.length}: ${nameOf({ since, until })}`;
      if (!isComplete) {
        terminal.log('WARN', `slice ${what} is not complete; the next backfill reads it again`);
        return;
      }
      done = withWindow(done, { since, until: Math.min(until, settled) });
      await save();
      terminal.log('INFO', `slice ${what}, ${runs === 1 ? '1 run' : `${runs.toLocaleString('en')} runs`}`);
    },
  };
}

/** A window as people read it, in UTC, e.g. `2026-11-01T00:00Z to 2026-11-02T00:00Z`. */
export function nameOf({ since, until }: RunWindow): string {
  return [since, until].map((ms) => new Date(ms).toISOString().replace(/(:00)?\.000Z$/, 'Z')).join(' to ');
}
