import type { Backfill } from '../run/backfill.js';
import { nameOf } from '../run/backfill.js';
import type { BackfillEstimate } from '../run/estimate-backfill.js';
import { duration } from '../terminal/progress.js';

/** What a server in use takes without being noticed; a guess before anything has been measured. */
const runsPerSecond = 100;
/** More slices than this are not spelled out on a terminal. */
const shownSlices = 31;

/** The estimate as data; formatVersion 1. `seconds` at 100 runs a second. */
export function estimateJson({ window, sliceSize }: Backfill, { slices, isCounted }: BackfillEstimate) {
  const { runs, requests } = totalsOf(slices);
  return {
    formatVersion: 1,
    window,
    sliceMs: sliceSize,
    slices,
    ...(isCounted ? { runs, requests, seconds: Math.ceil(runs / runsPerSecond) } : {}),
  };
}

/** The estimate in a few lines, and a line for each slice where they are not many. */
export function estimateText(
  { window }: Backfill,
  estimate: BackfillEstimate,
  { source, service }: { source: string; service: string },
): string {
  const { slices, isCounted } = estimate;
  const open = slices.filter(({ done }) => !done);
  const lines = [`Runs of ${service}, ${nameOf(window)}: ${plural(slices.length, 'slice')}, the newest first.`];
  if (open.length < slices.length) {
    const rest = open.length === 0 ? 'Nothing is left to do' : `${plural(open.length, 'slice')} left`;
    lines.push(`${slices.length - open.length} done by earlier backfills. ${rest}; --restart begins anew.`);
  }
  if (open.length === 0) return `${lines.join('\n')}\n`;
  if (!isCounted) {
    lines.push(`${source} can not tell beforehand how many runs there are.`);
    return `${lines.join('\n')}\n`;
  }
  const { runs, requests } = totalsOf(slices);
  const time = duration((runs * 1000) / runsPerSecond);
  lines.push(
    `At most ${plural(runs, 'run')}, in about ${plural(requests, 'request')} to ${source} and those for definitions.`,
    `That is roughly ${time} at ${runsPerSecond} runs a second, which depends on both servers.`,
  );
  if (open.length > 1) {
    const shown = open.slice(0, shownSlices).map((slice) => `  ${nameOf(slice)}  ${plural(slice.runs ?? 0, 'run')}`);
    lines.push(...shown);
    if (open.length > shownSlices) lines.push(`  … and ${open.length - shownSlices} more; --json lists them all`);
  }
  return `${lines.join('\n')}\n`;
}

function totalsOf(slices: BackfillEstimate['slices']): { runs: number; requests: number } {
  return slices.reduce(
    (sum, { runs = 0, requests = 0 }) => ({ runs: sum.runs + runs, requests: sum.requests + requests }),
    { runs: 0, requests: 0 },
  );
}

function plural(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}
