import type { LoadedConfig } from '../config/load-config.js';
import { UsageError } from '../usage-error.js';

const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Where the window of runs starts without `--since`, ms. */
export function sinceOf({ workflow }: LoadedConfig, now: number): number {
  return Math.max(0, now - (workflow.source.sourceConfig?.config?.statusLookbackDays ?? 1) * units.d!);
}

/** The instant that an option names, ms, from 1970 on: ISO 8601 (UTC unless it names a zone), or a duration back from now. */
export function parseSince(text: string, now: number, option = '--since'): number {
  const duration = /^(\d+(?:\.\d+)?)\s*([mhdw])$/i.exec(text.trim());
  const since = duration ? now - Number(duration[1]) * units[duration[2]!.toLowerCase()]! : parseInstant(text.trim());
  const hint = 'Write an instant such as 2026-11-01 or 2026-11-01T06:00:00Z, or a duration such as 12h, 7d or 2w.';
  if (!Number.isFinite(since)) throw new UsageError(`${option} ${text} is no point in time`, hint);
  if (since >= now) throw new UsageError(`${option} ${text} is not before now`, hint);
  return Math.max(0, since);
}

/** The ms of a duration, such as `30s` or `10m`; NaN when it is none. */
export function durationOf(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)\s*([smhdw])$/i.exec(text) ?? [];
  return Number(count) * (units[unit?.toLowerCase() ?? ''] ?? Number.NaN);
}

function parseInstant(text: string): number {
  if (!/^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/i.test(text))
    return Number.NaN;
  // A day that its month does not have would silently be one of the next month.
  const day = new Date(`${text.slice(0, 10)}T00:00Z`);
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== text.slice(0, 10)) return Number.NaN;
  const hasZone = text.length === 10 || /(?:Z|[+-]\d{2}:?\d{2})$/i.test(text.slice(10));
  return Date.parse(hasZone ? text : `${text.replace(' ', 'T')}Z`);
}
