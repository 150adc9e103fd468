import type { Finding, RunReport } from '@flowmeta/connector';
import { type Difference, differences, type Snapshot } from './snapshot.js';

interface Evidence {
  report: RunReport;
  actual: Snapshot;
  /** What a run without faults leaves. */
  wanted: Snapshot;
  before: Snapshot;
  isLie: boolean;
}

/** What is wrong with a run under a fault: damage, or something missing that the report does not tell. */
export function judge({ report, actual, wanted, before, isLie }: Evidence): string[] {
  const problems: string[] = [];
  const found = differences(actual, { wanted, before });
  for (const { entity, kind, properties } of found) {
    if (kind === 'wrong')
      problems.push(`damage: ${entity} ${properties.join(', ') || (actual.has(entity) ? 'is too much' : 'is gone')}`);
  }
  if (isLie) return problems;
  if (report.outcome === 'failed') {
    if (!report.error?.message) problems.push('failed without an error');
    return problems;
  }
  if (report.outcome === 'interrupted') problems.push('interrupted by nobody');
  if (report.outcome === 'partial' && report.skipped.length + report.failed.length === 0) {
    problems.push('partial, but nothing is skipped or failed');
  }
  const told = toldBy(report);
  for (const difference of found) {
    if (
      difference.kind !== 'old' ||
      isTold(difference, { told, details: before.get(difference.entity) ?? wanted.get(difference.entity), wanted })
    )
      continue;
    const { entity, properties } = difference;
    problems.push(`${report.outcome === 'done' ? 'done, but old' : 'not told'}: ${entity} ${properties.join(', ')}`);
  }
  return problems;
}

interface Told {
  /** Pipelines of which something is said to be missing. */
  pipelines: ReadonlySet<string>;
  /** All that is said of what is missing. */
  text: string;
  /** Findings of the same reason name three examples and how many there are. */
  hasMore: boolean;
}

function toldBy(report: RunReport): Told {
  const findings: Finding[] = [...report.skipped, ...report.failed];
  const pipelines = new Set<string>();
  for (const { name, outcome, degraded, runs } of report.pipelines) {
    // What a degraded pipeline lacks is told with it, and the run still counts as done.
    if (degraded !== undefined || outcome === 'failed' || runs.failed > 0) pipelines.add(name);
  }
  for (const { pipeline, outcome } of report.lineage?.edges ?? []) {
    if (outcome === 'failed' && pipeline !== undefined) pipelines.add(pipeline);
  }
  return {
    pipelines,
    text: findings.map(({ ref, message }) => `${ref} ${message}`).join('\n'),
    hasMore: findings.some(({ ref }) => ref.endsWith('…')),
  };
}

/** Whether the report names the entity, its pipeline or one of its ends. */
function isTold(
  { entity, properties }: Difference,
  { told, details, wanted }: { told: Told; details: Record<string, unknown> | undefined; wanted: Snapshot },
): boolean {
  const [type = '', ...rest] = entity.split(' ');
  if (told.hasMore) return true;
  if ((type === 'tag' || properties.every((property) => property === 'tags')) && told.text.includes('KestraLabels'))
    return true;
  const names =
    type === 'edge'
      ? [rest[1], rest[4], moverOf(details)]
      : type === 'tag'
        ? bearersOf(rest.join(' '), wanted)
        : [type === 'run' ? rest[0] : rest.join(' ')];
  return names.some((fqn) => {
    if (fqn === undefined || fqn === '') return false;
    const name = fqn.replace(/^kestra\."(.*)"$/, '$1');
    return told.pipelines.has(name) || told.text.includes(name) || told.text.includes(fqn);
  });
}

/** The pipeline that an edge of datasets names. */
function moverOf(details: Record<string, unknown> | undefined): string | undefined {
  return (details?.pipeline as { fullyQualifiedName?: string } | undefined)?.fullyQualifiedName;
}

/** The pipelines that have a tag: it comes with the first of them. */
function bearersOf(tag: string, wanted: Snapshot): string[] {
  return [...wanted]
    .filter(([entity, { tags }]) => entity.startsWith('pipeline ') && JSON.stringify(tags ?? []).includes(tag))
    .map(([entity]) => entity.slice('pipeline '.length));
}
