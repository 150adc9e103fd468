import { KestraRefusal } from './answers.js';

const legacyDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(\.\d{3})?(Z|[+-]\d\d:\d\d)$/;
const zonedDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;
const duration = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** A legacy parameter's date in ms. No zone, microseconds or a bare date: 422. */
export function readLegacyDate(name: string, value: string): number {
  if (!legacyDate.test(value))
    throw new KestraRefusal(
      422,
      `Internal server error: Failed to convert argument [${name}] for value [${value}] due to: Text '${value}' could not be parsed at index 19`,
    );
  return Date.parse(value);
}

/** A filter's date in ms. Without a zone: 500. */
export function readFilterDate(value: string): number {
  if (!zonedDate.test(value)) {
    const index = /^\d{4}-\d\d-\d\d$/.test(value) ? 10 : 19;
    throw new KestraRefusal(500, `Internal server error: Text '${value}' could not be parsed at index ${index}`);
  }
  return Date.parse(value);
}

/** An ISO 8601 duration in ms. */
export function readDuration(value: string): number {
  const match = duration.exec(value);
  if (!match)
    throw new KestraRefusal(
      422,
      `Internal server error: Failed to convert argument [timeRange] for value [${value}] due to: Text cannot be parsed to a Duration`,
    );
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = match.map((part) => Number(part ?? 0));
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}
