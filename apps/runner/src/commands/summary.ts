import type { RunReport } from '@flowmeta/connector';
import { renderText } from '@flowmeta/report';
import type { Host } from '../host.js';
import { successOf } from '../run/success.js';
import { colorsFor } from '../terminal/colors.js';
import type { Terminal } from '../terminal/terminal.js';

export interface SummaryOptions {
  host: Host;
  terminal: Terminal;
  /** Percentage below which the workflow counts as failed; absent where that means nothing. */
  threshold?: number;
  /** How many findings of each kind are listed. */
  findings?: number;
}

/** Prints what a run did, and what OpenMetadata would call it. */
export async function printSummary(
  report: RunReport,
  { host, terminal, threshold, findings }: SummaryOptions,
): Promise<void> {
  const colours = colorsFor(host.stdout, host);
  terminal.print(`${renderText(report, { colours, ...(findings === undefined ? {} : { findings }) }).trimEnd()}\n`);
  if (threshold === undefined) return;
  const success = successOf(report);
  if (success === 100) return;
  const verdict = success < threshold ? `below the successThreshold of ${threshold} %` : 'a partial success';
  terminal.print(`Success: ${success.toFixed(1)} %, ${verdict}\n`);
}
