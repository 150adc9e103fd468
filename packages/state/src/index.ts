export { openMemory } from './open-memory.js';
export {
  type Memory,
  type OpenMemoryOptions,
  type OpenRun,
  type Remembered,
  type RememberedPipeline,
  StateError,
} from './types.js';
