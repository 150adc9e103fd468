import { byText, sorted } from './compare.js';
import { isContainerType } from './flow-types.js';
import { compareInstalled, type ServerTypes } from './installed-types.js';
import { emptyTallies, type Ledger, type WindowTallies } from './ledger.js';
import { statistics, worst } from './statistics.js';
import { type MergeOptions, mergeTally } from './tally.js';
import type { GroupHealth, HealthReport, HealthStatistics, TypeHealth, UnknownTypes } from './types.js';
import { type Usage, usageOf } from './usage.js';

/** How long the lists of the first are. */
const topLength = 10;

/** The report of what the ledger has by now. `installed`: what the server has, where that is known. */
export function reportOf(
  ledger: Ledger,
  { groupOf, installed }: { groupOf: (type: string) => string; installed?: ServerTypes },
): HealthReport {
  const usage = usageOf(ledger);
  const none = emptyTallies();
  const types = sorted(new Set([...ledger.byType.keys(), ...usage.enabled.keys()])).map((type) => ({
    type,
    group: groupOf(type),
    isContainer: isContainerType(type),
    tallies: ledger.byType.get(type) ?? none,
  }));
  const health = types
    .map(
      ({ type, group, isContainer, tallies }): TypeHealth => ({
        type,
        group,
        pipelines: usage.enabled.get(type)?.size ?? 0,
        isContainer,
        ...statistics(tallies),
      }),
    )
    .sort(byUse(({ type }) => type));
  const unknown = unknownTypes(ledger);
  const total = emptyTallies();
  for (const { tallies, isContainer } of types) mergeBoth(total, tallies, { durations: !isContainer });
  mergeBoth(total, unknown.tallies);
  const comparison = installed && compareInstalled(installed, { usage, triggerTypes: ledger.triggerTypes, groupOf });
  const enabled = [...ledger.pipelines.values()].filter((pipeline) => pipeline.enabled).length;
  return {
    formatVersion: 1,
    window: { ...ledger.windows.now },
    before: { ...ledger.windows.before },
    health: worst([
      ...health.map((type) => type.health),
      unknown.health.health,
      ...(comparison && comparison.missing.length > 0 ? (['CRITICAL'] as const) : []),
    ]),
    pipelines: { enabled, disabled: ledger.pipelines.size - enabled },
    runs: ledger.runs,
    total: statistics(total),
    groups: groups(types, usage),
    types: health,
    top: {
      used: first(health, ({ count }) => count),
      slowest: first(health, ({ isContainer, duration }) => (isContainer ? 0 : (duration?.p95 ?? 0))),
      failing: first(health, ({ failures }) => failures),
    },
    unknown: unknown.health,
    ...(comparison && { installed: comparison }),
    outside: ledger.outside,
  };
}

interface TypeTallies {
  type: string;
  group: string;
  isContainer: boolean;
  tallies: WindowTallies;
}

function groups(types: readonly TypeTallies[], usage: Usage): GroupHealth[] {
  const byGroup = new Map<string, TypeTallies[]>();
  for (const each of types) byGroup.set(each.group, [...(byGroup.get(each.group) ?? []), each]);
  return [...byGroup]
    .map(([group, members]): GroupHealth => {
      const isContainer = members.every((each) => each.isContainer);
      const tallies = emptyTallies();
      for (const each of members) mergeBoth(tallies, each.tallies, { durations: isContainer || !each.isContainer });
      const pipelines = new Set(members.flatMap(({ type }) => [...(usage.enabled.get(type) ?? [])]));
      return {
        group,
        types: members.map(({ type }) => type),
        pipelines: pipelines.size,
        isContainer,
        ...statistics(tallies),
      };
    })
    .sort(byUse(({ group }) => group));
}

function unknownTypes(ledger: Ledger): { tallies: WindowTallies; health: UnknownTypes } {
  const tallies = emptyTallies();
  const tasks: UnknownTypes['tasks'] = [];
  for (const [pipeline, revisions] of ledger.places) {
    for (const [revision, places] of revisions) {
      for (const [task, place] of places) {
        if (place.type !== undefined) continue;
        mergeBoth(tallies, place.tallies);
        const { count, failures } = place.tallies.now.counts;
        tasks.push({ pipeline, ...(revision !== undefined && { revision }), task, count, failures });
      }
    }
  }
  tasks.sort(
    (left, right) =>
      right.count - left.count ||
      byText(left.pipeline, right.pipeline) ||
      byText(left.revision ?? '', right.revision ?? '') ||
      byText(left.task, right.task),
  );
  return { tallies, health: { ...statistics(tallies), tasks } };
}

function mergeBoth(into: WindowTallies, from: WindowTallies, options?: MergeOptions): void {
  mergeTally(into.now, from.now, options);
  mergeTally(into.before, from.before, options);
}

function byUse<Item extends HealthStatistics>(nameOf: (item: Item) => string): (left: Item, right: Item) => number {
  return (left, right) => right.count - left.count || byText(nameOf(left), nameOf(right));
}

/** The names of those types that are first by a measure; what has none of it is not among them. */
function first(types: readonly TypeHealth[], measure: (type: TypeHealth) => number): string[] {
  return types
    .filter((type) => measure(type) > 0)
    .sort((left, right) => measure(right) - measure(left) || byText(left.type, right.type))
    .slice(0, topLength)
    .map(({ type }) => type);
}
