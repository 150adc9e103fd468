export { ingest } from './ingest.js';
export type { Ingest, IngestionOptions, Progress } from './types.js';
