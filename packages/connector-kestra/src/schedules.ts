import type { Schedule } from '@flowmeta/connector';
import type { KestraTrigger } from '@flowmeta/kestra-client';

const scheduleType = 'io.kestra.plugin.core.trigger.Schedule';

/**
 * The schedules in force: triggers of type Schedule that are switched off neither in the definition nor, by
 * `isSwitchedOff`, in the UI. A time zone is there only when a user set one: Kestra leaves defaults out (Kestra fact 7).
 */
export function schedulesOf(
  triggers: readonly KestraTrigger[],
  isSwitchedOff: (triggerId: string) => boolean,
): Schedule[] {
  const schedules = new Map<string, Schedule>();
  for (const { id, type, disabled = false, cron, timezone } of triggers) {
    if (type !== scheduleType || disabled || isSwitchedOff(id)) continue;
    if (typeof cron !== 'string' || cron.trim() === '') continue;
    schedules.set(id, { id, cron: cron.trim(), ...(typeof timezone === 'string' && timezone !== '' && { timezone }) });
  }
  return [...schedules.values()];
}
