import type { EntityTotals, Finding, RunReport } from '@flowmeta/connector';
import { formatAmount } from './rendering/format.js';

export interface FindingGroup {
  kind: 'error' | 'failed' | 'skipped' | 'degraded' | 'warning';
  title: string;
  /** What the group means, one sentence. */
  explanation: string;
  findings: readonly Finding[];
}

const outcomeTitles: Readonly<Record<RunReport['outcome'], string>> = {
  done: 'Done',
  partial: 'Done in part',
  failed: 'Failed',
  interrupted: 'Interrupted',
};

/** The outcome in words. */
export function outcomeTitle(report: RunReport): string {
  return report.dryRun ? `${outcomeTitles[report.outcome]} (dry run)` : outcomeTitles[report.outcome];
}

/** What one should know about how far this report can be trusted or what it did not do. */
export function notesOf(report: RunReport): string[] {
  const notes: string[] = [];
  if (report.dryRun) notes.push('Dry run: nothing was written; the numbers say what would be.');
  if (report.simulated === true) {
    notes.push('Simulated: a stand-in without a recording behind it answered for the catalog.');
  }
  return notes;
}

/** The findings that exist, the most serious first. */
export function findingGroups(report: RunReport): FindingGroup[] {
  const groups: FindingGroup[] = [
    {
      kind: 'error',
      title: 'Stopped',
      explanation: 'This error ended the run.',
      findings: report.error ? [report.error] : [],
    },
    {
      kind: 'failed',
      title: 'Failed',
      explanation: 'The catalog refused these writes.',
      findings: report.failed,
    },
    {
      kind: 'skipped',
      title: 'Skipped',
      explanation: 'These items could not be read; what the catalog already has is untouched.',
      findings: report.skipped,
    },
    {
      kind: 'degraded',
      title: 'Degraded',
      explanation: 'The catalog has less than the whole truth about these pipelines.',
      findings: degradedPipelines(report),
    },
    {
      kind: 'warning',
      title: 'Warnings',
      explanation: 'Nothing was lost, but you should know.',
      findings: report.warnings,
    },
  ];
  return groups.filter((group) => group.findings.length > 0);
}

function degradedPipelines(report: RunReport): Finding[] {
  return report.pipelines.flatMap(({ name, degraded }) =>
    degraded === undefined ? [] : [{ ref: name, message: degraded, count: 1 }],
  );
}

/** The columns of a table of totals, in the order in which an item passes them. */
export const totalColumns = [
  'read',
  'created',
  'updated',
  'unchanged',
  'filtered',
  'skipped',
  'failed',
] as const satisfies readonly (keyof EntityTotals)[];

/** The rows of a table of totals. */
export function totalRows(report: RunReport): { title: string; totals: EntityTotals }[] {
  return [
    { title: 'Pipelines', totals: report.totals.pipelines },
    { title: 'Runs', totals: report.totals.runs },
    { title: 'Edges', totals: report.totals.edges },
  ];
}

/** What the tables of totals have no column for, e.g. `11 tags created`. */
export function otherChanges({ totals, pipelines }: RunReport): string[] {
  const removed = totals.edges.removed ?? 0;
  const deleted = totals.pipelines.removed ?? 0;
  const restored = pipelines.filter(({ outcome }) => outcome === 'restored').length;
  return [
    ...(deleted > 0 ? [`${formatAmount(deleted, 'pipeline')} deleted`] : []),
    ...(restored > 0 ? [`${formatAmount(restored, 'pipeline')} restored`] : []),
    ...(totals.tags.created > 0 ? [`${formatAmount(totals.tags.created, 'tag')} created`] : []),
    ...(removed > 0 ? [`${formatAmount(removed, 'edge')} removed`] : []),
  ];
}
