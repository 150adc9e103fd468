import { path as pathOf } from '@flowmeta/http';
import { type OmStatus, statusPageSchema } from './entities.js';
import type { Transport } from './transport.js';

/**
 * All statuses of a window. Older servers answer all of them whatever `limit` says (OM fact 19), newer ones may answer a
 * page: they come newest first, so the rest is asked for with an earlier end.
 */
export async function readStatusWindow(
  transport: Transport,
  fqn: string,
  window: { startTs: number; endTs: number },
): Promise<OmStatus[]> {
  const path = pathOf`/pipelines/${fqn}/status`;
  const seen = new Map<number, OmStatus>();
  let { endTs } = window;
  while (endTs >= window.startTs) {
    const page = await transport.read({ path, query: { startTs: window.startTs, endTs } }, statusPageSchema);
    let oldest = Number.POSITIVE_INFINITY;
    for (const status of page.data) {
      oldest = Math.min(oldest, status.timestamp);
      if (status.timestamp >= window.startTs && status.timestamp <= window.endTs) seen.set(status.timestamp, status);
    }
    if (page.data.length >= (page.paging?.total ?? 0)) break;
    // Nothing, or nothing that was asked for: asking again would go on for ever.
    if (oldest > endTs) break;
    endTs = oldest - 1;
  }
  return [...seen.values()];
}
