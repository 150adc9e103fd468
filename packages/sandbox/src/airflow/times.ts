const form = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(Z|[+-]\d\d:?\d\d)?$/;

/** Microseconds since 1970, for Airflow compares times to the microsecond; `undefined` for what is no time. Without a zone it is UTC. */
export function microseconds(text: string): number | undefined {
  const [, day, minutes = '00:00', seconds = '00', fraction = '', zone = 'Z'] = form.exec(text) ?? [];
  const whole = Date.parse(`${day}T${minutes}:${seconds}${zone}`);
  return Number.isNaN(whole) ? undefined : whole * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
}

export const hasZone = (text: string): boolean => form.exec(text)?.[5] !== undefined;
