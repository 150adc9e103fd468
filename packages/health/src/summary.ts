import { formatAmount, formatCount, formatDuration, formatInstant } from '@flowmeta/report/rendering';
import { formatRate } from './format.js';
import type { GroupHealth, HealthReport, TypeHealth } from './types.js';

/** What the window is, and what it is compared with. */
export function windowText({ window: { since, until } }: HealthReport): string {
  return `${formatInstant(since)} to ${formatInstant(until)}, against the ${formatDuration(until - since)} before`;
}

/** What was looked at, and how it went. */
export function totalText({ pipelines, runs, total }: HealthReport): string {
  const disabled = pipelines.disabled > 0 ? ` (${formatCount(pipelines.disabled)} more disabled)` : '';
  const rate = total.failureRate === undefined ? '' : ` (${formatRate(total.failureRate)})`;
  return `${formatAmount(pipelines.enabled, 'pipeline')}${disabled}, ${formatAmount(runs, 'run')}, ${formatAmount(total.count, 'task run')}: ${formatCount(total.failures)} failed${rate}, ${formatCount(total.open)} open`;
}

/** The last part of a type's name, as its group is said already. */
export function shortName({ type, group }: TypeHealth): string {
  return type.startsWith(`${group}.`) ? type.slice(group.length + 1) : type;
}

/** A plugin of which something ran, with those types of it that did. */
export interface ActivePlugin {
  group: GroupHealth;
  types: TypeHealth[];
  /** It has no other type: one row says it all. */
  isSingle: boolean;
}

/** The plugins of which something ran, the most used first. */
export function activePlugins({ groups, types }: HealthReport): ActivePlugin[] {
  const byGroup = new Map<string, TypeHealth[]>();
  for (const type of types) {
    const known = byGroup.get(type.group);
    if (type.count > 0 && known) known.push(type);
    else if (type.count > 0) byGroup.set(type.group, [type]);
  }
  return groups.flatMap((group) => {
    const active = byGroup.get(group.group);
    return active ? [{ group, types: active, isSingle: group.types.length === 1 }] : [];
  });
}

/** What did not run in the window, in a sentence; `undefined` when everything did. */
export function idleText({ types }: HealthReport): string | undefined {
  const idle = types.filter(({ count }) => count === 0);
  if (idle.length === 0) return undefined;
  const quiet = idle.filter(({ trend }) => trend.kind === 'compared').length;
  const before = quiet === 0 ? '' : `; ${formatCount(quiet)} of them did before`;
  return `${formatAmount(idle.length, 'task type')} did not run${before}.`;
}

/** One of the lists of the first ten. */
export interface TopList {
  title: string;
  entries: { type: TypeHealth; value: string; measure: number }[];
}

/** The top lists that have something in them. */
export function topLists({ top, types }: HealthReport): TopList[] {
  const byName = new Map(types.map((type) => [type.type, type]));
  const list = (
    title: string,
    names: readonly string[],
    { measure, text }: { measure: (type: TypeHealth) => number; text: (type: TypeHealth) => string },
  ): TopList => ({
    title,
    entries: names.flatMap((name) => {
      const type = byName.get(name);
      return type ? [{ type, value: text(type), measure: measure(type) }] : [];
    }),
  });
  return [
    list('Most failures', top.failing, {
      measure: ({ failures }) => failures,
      text: ({ failures, failureRate }) => `${formatCount(failures)} failed (${formatRate(failureRate ?? 0)})`,
    }),
    list('Slowest by p95', top.slowest, {
      measure: ({ duration }) => duration?.p95 ?? 0,
      text: ({ duration }) => formatDuration(duration?.p95 ?? 0),
    }),
    list('Most used', top.used, {
      measure: ({ count }) => count,
      text: ({ count }) => formatAmount(count, 'task run'),
    }),
  ].filter(({ entries }) => entries.length > 0);
}

/** How many types of a group of the unused are unused. */
export function unusedText({ types, whole }: { types: readonly string[]; whole: boolean }): string {
  return whole ? `all ${formatAmount(types.length, 'type')}` : formatAmount(types.length, 'type');
}

/** The first three of several names, and how many more there are. */
export function someNames(names: readonly string[]): string {
  const hidden = names.length - 3;
  return `${names.slice(0, 3).join(', ')}${hidden > 0 ? ` and ${formatCount(hidden)} more` : ''}`;
}

/** How far the report can be trusted, and what it could not look at. */
export function notesOf(report: HealthReport): string[] {
  const { installed, total, types, groups, outside } = report;
  const isRough = [...types, ...groups, total, report.unknown].some(({ duration }) => duration?.relativeError);
  return [
    ...(installed === undefined
      ? ['Which plugins are installed was not asked: nothing is said about unused or missing ones.']
      : []),
    ...(installed?.isPartial
      ? ['Not every pipeline was looked at: nothing is said about unused plugins, which others may use.']
      : []),
    ...(installed && installed.unused.length > 0
      ? [
          'Unused is judged by tasks, and by triggers that set runs off: a trigger that never fired may still need a type.',
        ]
      : []),
    ...(isRough ? ['Of more than 10,000 durations, p50 and p95 are within 1% of the true value.'] : []),
    ...(types.some(({ isContainer }) => isContainer)
      ? ['Flow control takes as long as the tasks inside; it is not among the slowest.']
      : []),
    ...(total.repeats > 0
      ? [
          `${formatAmount(total.repeats, 'further attempt')} may be iterations of loops and ${total.repeats === 1 ? 'is' : 'are'} not among the retries.`,
        ]
      : []),
    ...(outside > 0 ? [`${formatAmount(outside, 'task run')} outside of both windows not counted.`] : []),
  ];
}
