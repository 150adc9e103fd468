export { openMemory, readBackfilled } from './open-memory.js';
export { createProcessMemory, type ProcessMemory } from './process-memory.js';
export {
  type Backfilled,
  type Memory,
  type OpenMemoryOptions,
  type OpenRun,
  type Remembered,
  type RememberedPipeline,
  StateError,
} from './types.js';
