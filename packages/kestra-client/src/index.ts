export { canonicalType } from './canonical-type.js';
export { createKestraClient } from './client.js';
export { decodeProperty } from './decode-property.js';
export { dialectFor, dialects } from './dialects.js';
export { isKestraError, KestraError, type KestraErrorKind } from './kestra-error.js';
export { normaliseUrl } from './normalise-url.js';
export type {
  Dialect,
  ExecutionSearch,
  KestraAuth,
  KestraClient,
  KestraClientOptions,
  KestraExecution,
  KestraFlow,
  KestraGraph,
  KestraGraphNode,
  KestraGraphResult,
  KestraLabel,
  KestraServer,
  KestraState,
  KestraTask,
  KestraTaskRun,
  KestraTrigger,
  SearchOptions,
  UnreadableItem,
} from './types.js';
