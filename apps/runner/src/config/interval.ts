import { durationOf } from '../run/since.js';

const shortest = 1_000;
const longest = 86_400_000;

/** Whether a text is how long `watch` may wait between two cycles. */
export function isInterval(text: string): boolean {
  const ms = durationOf(text);
  return ms >= shortest && ms <= longest;
}

/** As the end of a sentence. */
export const intervalRule = 'must be a duration from 1s to 24h, such as 30s or 5m';
