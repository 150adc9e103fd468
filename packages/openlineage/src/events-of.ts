import type { LineageGraph } from '@flowmeta/connector';
import { jobEvents } from './job-events.js';
import { runEvents } from './run-events.js';
import type { EventOptions, OpenLineageEvent } from './types.js';

/**
 * All events: `jobEvents`, then `runEvents`. The same input gives the same events, so that they may be sent again.
 *
 * @throws TypeError for an `eventTime` or `producer` that no event can have.
 */
export function eventsOf(graph: LineageGraph, options: EventOptions): OpenLineageEvent[] {
  return [...jobEvents(graph, options), ...runEvents(graph, options)];
}
