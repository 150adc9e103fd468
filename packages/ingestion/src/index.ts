export { ingest } from './ingest.js';
export type { Ingest, IngestionOptions, Progress, RunMemory } from './types.js';
