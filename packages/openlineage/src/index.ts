export { datasetIdentifier } from './dataset-identifier.js';
export { eventsOf } from './events-of.js';
export { specVersion } from './facets.js';
export { runIdOf } from './identifiers.js';
export { jobEvents } from './job-events.js';
export { runEvents } from './run-events.js';
export type {
  Described,
  EventOptions,
  Facet,
  Facets,
  Identifier,
  JobEvent,
  OpenLineageEvent,
  RunEvent,
  RunEventType,
} from './types.js';
