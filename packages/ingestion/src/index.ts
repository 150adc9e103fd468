export { ingest } from './ingest.js';
export { type IngestionPhase, ingestionPhases, shardedPhases } from './phases.js';
export type { EndedSlice, Ingest, IngestionOptions, Progress, RunMemory, Slices } from './types.js';
