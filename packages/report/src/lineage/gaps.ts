import type { LineageGap } from '@flowmeta/connector';

/** What could not be found out for one reason. */
export interface GapGroup {
  reason: LineageGap['reason'];
  title: string;
  /** What one may do about it where a gap says nothing better. */
  advice: string;
  /** Gaps with the same hint stand together; the largest such part first. */
  parts: { hint: string; gaps: LineageGap[] }[];
  count: number;
}

const reasons: Readonly<Record<LineageGap['reason'], { title: string; advice: string }>> = {
  missing: {
    title: 'Not in the catalog',
    advice: 'Ingest the service that holds it into the catalog first, and check that no filter leaves it out.',
  },
  connection: {
    title: 'Server not known',
    advice: 'Map the connection to a service of the catalog in the config.',
  },
  ambiguous: {
    title: 'Several in the catalog fit',
    advice: 'Say which one is meant: map the connection to one service of the catalog.',
  },
  template: {
    title: 'Name known only to a run',
    advice: 'Run the pipeline within the window that is read, or write the name out in its definition.',
  },
  hidden: {
    title: 'Written outside of the definition',
    advice: 'Say in the definition what the task reads and writes.',
  },
  sql: {
    title: 'Statement not understood',
    advice: 'Look at the statement: what it reads and writes is missing from the lineage.',
  },
};

/** The gaps that exist, by reason: first what the user can settle in the catalog or the config. */
export function gapGroups(gaps: readonly LineageGap[]): GapGroup[] {
  const known = Object.keys(reasons) as LineageGap['reason'][];
  const others = [...new Set(gaps.map(({ reason }) => reason))].filter((reason) => !known.includes(reason));
  return [...known, ...others].flatMap((reason) => {
    const own = gaps.filter((gap) => gap.reason === reason);
    if (own.length === 0) return [];
    const { title, advice } = Object.hasOwn(reasons, reason) ? reasons[reason] : { title: reason, advice: '' };
    const byHint = new Map<string, LineageGap[]>();
    for (const gap of own) {
      const hint = gap.hint ?? advice;
      const same = byHint.get(hint);
      if (same === undefined) byHint.set(hint, [gap]);
      else same.push(gap);
    }
    const parts = [...byHint].map(([hint, gaps]) => ({ hint, gaps }));
    parts.sort((left, right) => right.gaps.length - left.gaps.length);
    return [{ reason, title, advice, parts, count: own.length }];
  });
}
