export { type Audit, type AuditEntry, type AuditOptions, createAudit } from './audit.js';
export type {
  AddLineage,
  CreateClassification,
  CreateService,
  CreateTag,
  OmClient,
  PatchOperation,
  PipelinePage,
  PutResult,
  TableHolder,
} from './client/client-types.js';
export type { OmDataService, OmDataset } from './client/dataset-entities.js';
export { createDryRunClient } from './client/dry-run.js';
export type {
  OmClassification,
  OmEdge,
  OmLineage,
  OmPipeline,
  OmService,
  OmStatus,
  OmTag,
  OmTeam,
  OmUser,
} from './client/entities.js';
export { OpenMetadataError, type OpenMetadataErrorKind } from './client/error.js';
export { apiBase } from './client/host-port.js';
export type { CreateIngestionPipeline, IngestionRunStatus, StepSummary } from './client/ingestion-entities.js';
export { createOmClient } from './client/om-client.js';
export type { DatabaseAvailability, OutagePatience } from './client/outage.js';
export { createFileSink, type FileSinkOptions } from './file-sink.js';
export {
  createPlanner,
  type Plan,
  type PlannedField,
  type PlannedLineage,
  type PlannedPipeline,
  type Planner,
} from './plan.js';
export {
  compareWrites,
  createWriteGuard,
  type PlannedWrite,
  type PlannedWritesOptions,
  type WriteGuard,
} from './planned-writes.js';
export {
  createIngestionRun,
  type IngestionRun,
  type IngestionRunEnd,
  type IngestionRunOptions,
} from './sink/ingestion-run.js';
export { createOpenMetadataSink } from './sink/sink.js';
export type {
  DatasetMatch,
  OmClientOptions,
  OwnPipeline,
  Sink,
  SinkFinding,
  SinkOptions,
  SinkServer,
  StoredEdge,
  WriteOutcome,
} from './types.js';
