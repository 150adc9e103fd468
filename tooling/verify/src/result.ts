import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seed } from './settings.js';

/** Figures of one part of the proof. */
export interface Figures {
  /** Cases or mutations. */
  count: number;
  failures: string[];
  [figure: string]: unknown;
}

/** Prints the figures and, where a folder is named for it, leaves them there as JSON. */
export function record(part: string, figures: Figures & { ms: number }): void {
  const folder = process.env.FLOWMETA_VERIFY_PARTS;
  if (folder !== undefined) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${part}.json`), `${JSON.stringify({ seed, ...figures }, null, 2)}\n`);
  }
  const { count, failures, ms } = figures;
  console.log(`${part}: ${count}, ${failures.length} failures, ${(ms / 1000).toFixed(1)} s, FLOWMETA_SEED=${seed}`);
}
