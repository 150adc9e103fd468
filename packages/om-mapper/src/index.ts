export { capabilitiesFor, knownVersions } from './capabilities.js';
export { type CompletePipelineOptions, completePipeline } from './complete-pipeline.js';
export { datasetLookup, isSpelling, tableCandidates } from './dataset-lookup.js';
export { buildFqn, quoteName, splitFqn } from './fqn.js';
export { goneMark, isGoneMark } from './gone-mark.js';
export { completeColumns, type TableColumn } from './map-columns.js';
export { completeEdge, evidenceOf, isOwnEdge, type MapEdgeOptions, mapEdge } from './map-edge.js';
export { type MapPipelineOptions, mapPipeline } from './map-pipeline.js';
export { type MapRunOptions, mapRun } from './map-run.js';
export { legalName, originalName } from './names.js';
export { createOrganiser, type Organisation, type Rule } from './organise.js';
export { type Hash, namespaceOf, ownHashOf, readSourceHash, type SourceHash, textHash } from './source-hash.js';
export { type StoredStatus, statusEquals } from './status-equals.js';
export { labelOf, tagName } from './tag-names.js';
export { distinctTimestamps } from './timestamps.js';
export type {
  AddLineage,
  Capabilities,
  ColumnLineage,
  CreatePipeline,
  DatasetLookup,
  DatasetServices,
  DatasetType,
  EdgeDraft,
  NameNote,
  PipelineDraft,
  PipelineStatus,
  Reference,
  StatusType,
  TagDraft,
  TagLabel,
  TaskBody,
  TaskStatus,
} from './types.js';
