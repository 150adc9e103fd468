import type { RunReport } from '@flowmeta/connector';
import { writesOf } from './tell-cycle.js';

/** Between two cycles that OpenMetadata's pages show, ms: a run there for every few seconds would bury all others. */
const pause = 600_000;

/**
 * Says of which cycles OpenMetadata's pages are told: of those that end otherwise than the last one that was shown, and of those that
 * wrote something, but then not more than one in ten minutes.
 */
export function createCycleChoice(): (report: RunReport) => boolean {
  let last: { outcome: RunReport['outcome']; at: number } | undefined;
  return (report) => {
    const { outcome, endedAt } = report;
    if (outcome === 'interrupted') return false;
    const isNews = last === undefined || last.outcome !== outcome;
    const isDue = last !== undefined && endedAt - last.at >= pause && writesOf(report) !== '';
    if (!isNews && !isDue) return false;
    last = { outcome, at: endedAt };
    return true;
  };
}
