import type { Finding } from '@flowmeta/connector';
import { compareWrites, type Plan, type PlannedWrite } from '@flowmeta/om-sink';

/** What would be written, as people and as the guard see it. */
export interface Planned {
  plan: Plan;
  writes: readonly PlannedWrite[];
}

export interface PlanDifference {
  /** One for each entity that would be written otherwise, or by one of both alone. */
  findings: Finding[];
  /** The parts of the plan that they are about. */
  planned: Plan;
  /** The same parts as a run would write them now. */
  now: Plan;
}

/** Run times that a finding names. */
const namedRuns = 3;

/** What a run would do now otherwise than planned; no findings if nothing. */
export function differenceOf(planned: Planned, now: Planned): PlanDifference {
  const { left, added } = compareWrites(planned.writes, now.writes);
  const entities = new Map<string, { left: PlannedWrite[]; added: PlannedWrite[] }>();
  const sort = (side: 'left' | 'added', writes: readonly PlannedWrite[]) => {
    for (const each of writes) {
      const key = JSON.stringify([kindOf(each), each.of]);
      const entity = entities.get(key) ?? { left: [], added: [] };
      entity[side].push(each);
      entities.set(key, entity);
    }
  };
  sort('left', left);
  sort('added', added);
  const of = (kind: string) => new Set([...left, ...added].flatMap((each) => (kindOf(each) === kind ? [each.of] : [])));
  return {
    findings: [...entities.values()].map(findingOf),
    planned: partOf(planned.plan, { of, writes: left }),
    now: partOf(now.plan, { of, writes: added }),
  };
}

const kindOf = ({ write }: PlannedWrite): string => write.slice(write.indexOf(' ') + 1);

function partOf(
  { service, pipelines, edges, tags }: Plan,
  { of, writes }: { of: (kind: string) => ReadonlySet<string>; writes: readonly PlannedWrite[] },
): Plan {
  const [ofPipelines, ofEdges, ofTags] = [of('pipeline'), of('lineage'), of('tag')];
  const runs = new Map<string, number>();
  for (const each of writes) {
    if (kindOf(each) === 'pipelineStatus') runs.set(each.of, (runs.get(each.of) ?? 0) + 1);
  }
  return {
    ...(service === undefined || of('pipelineService').size === 0 ? {} : { service }),
    pipelines: pipelines.filter(({ fqn }) => ofPipelines.has(fqn)),
    edges: edges.filter(({ from, to }) => ofEdges.has(`${from} → ${to}`)),
    tags: tags.filter((tag) => ofTags.has(tag)),
    runs: [...runs].map(([pipeline, count]) => ({ pipeline, count })),
  };
}

function findingOf({ left, added }: { left: PlannedWrite[]; added: PlannedWrite[] }): Finding {
  const first = (left[0] ?? added[0])!;
  const kind = kindOf(first);
  if (kind === 'pipelineStatus') return runsFinding(first.of, { left, added });
  const isOnlyBefore = left.length > 0 && left.every((each) => added.some((other) => sameButBefore(each, other)));
  const message = isOnlyBefore
    ? 'has changed in OpenMetadata'
    : added.length === 0
      ? 'would not be written any more'
      : left.length === 0
        ? 'is not in the plan'
        : 'would be written otherwise than planned';
  return { ref: first.of, message: `The ${words[kind] ?? kind} ${message}`, count: 1 };
}

const words: Record<string, string> = { pipelineService: 'service', lineage: 'edge' };

const sameButBefore = (one: PlannedWrite, other: PlannedWrite): boolean =>
  one.write === other.write && one.key === other.key && one.after === other.after;

/** Runs have their start as their key. */
function runsFinding(ref: string, { left, added }: { left: PlannedWrite[]; added: PlannedWrite[] }): Finding {
  const starts = (writes: PlannedWrite[]) => new Set(writes.map(({ key }) => Number(key)));
  const [before, after] = [starts(left), starts(added)];
  const parts = [
    ['would be written otherwise than planned: changed or ended since', [...before].filter((at) => after.has(at))],
    ['not in the plan', [...after].filter((at) => !before.has(at))],
    ['would not be written any more', [...before].filter((at) => !after.has(at))],
  ] as const;
  const texts = parts.flatMap(([what, times]) => {
    if (times.length === 0) return [];
    const named = times.slice(0, namedRuns).map((at) => new Date(at).toISOString());
    const more = times.length > namedRuns ? ` and ${times.length - namedRuns} more` : '';
    return [`${times.length} ${times.length === 1 ? 'run' : 'runs'} ${what} (started ${named.join(', ')}${more})`];
  });
  return { ref, message: texts.join('; '), count: 1 };
}
