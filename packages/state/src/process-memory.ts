import { digestOf } from './document.js';
import type { Backfilled, Memory, Remembered } from './types.js';

/** Remembers without a file, for as long as the process keeps it. */
export interface ProcessMemory {
  /** The memory of a scope. Only the scope that was opened last is remembered. */
  open(scope: string): Memory;
}

export function createProcessMemory(): ProcessMemory {
  let current: { scope: string; remembered?: Remembered; backfilled?: Backfilled } | undefined;
  return {
    open(scope) {
      const own = current?.scope === scope ? current : { scope };
      current = own;
      return {
        last: own.remembered,
        backfilled: own.backfilled,
        digest: digestOf,
        async save(remembered) {
          own.remembered = remembered;
        },
        async saveBackfilled(backfilled) {
          own.backfilled = backfilled;
        },
        async close() {},
      };
    },
  };
}
