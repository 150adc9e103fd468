import type { Schedule } from '@flowmeta/connector';
import type { Dag } from './client/wire.js';

/** Words for a cron that Airflow has and others may not. */
const presets: Readonly<Record<string, string>> = { '@quarterly': '0 0 1 */3 *' };
/** Presets that are no schedule that comes back at its time. */
const others = new Set(['@once', '@continuous']);
const field = String.raw`[\d*/,\-#?A-Za-z]+`;
const cron = new RegExp(`^${field}(?: ${field}){4,5}$`);

/**
 * The crons that start a DAG: of its schedule, of several, and of one that assets start as well. Other schedules (a time span, dates, a
 * timetable of one's own) have no cron. Airflow does not tell the time zone (Airflow facts 12, 13, 35).
 */
export function schedulesOf({ timetable_summary, schedule_interval }: Dag): Schedule[] {
  const summary = timetable_summary ?? schedule_interval?.value ?? '';
  const clock = summary.replace(/^(?:Asset|Dataset) or /, '').trim();
  const parts = clock.split(', ').map((part) => cronOf(part.trim()));
  const crons = parts.filter((part) => part !== undefined);
  if (crons.length < parts.length) return [];
  return [...new Set(crons)].map((each, index) => ({
    id: index === 0 ? 'schedule' : `schedule_${index + 1}`,
    cron: each,
  }));
}

function cronOf(text: string): string | undefined {
  if (/^@[a-z]+$/.test(text)) return others.has(text) ? undefined : (presets[text] ?? text);
  if (!cron.test(text)) return undefined;
  const fields = text.split(' ');
  // Airflow writes the seconds last, the model first.
  return fields.length === 6 ? [fields[5], ...fields.slice(0, 5)].join(' ') : text;
}
