export {
  type Capabilities,
  type CheckStep,
  type Connector,
  type ConnectorContext,
  type ConnectorDefinition,
  defineConnector,
  type EarlierPipeline,
  type InstalledTaskTypes,
  type ReadOptions,
  type RunCount,
  type RunWindow,
  type SourceAvailability,
  type SourceRequest,
  type SourceSelection,
  specVersion,
} from './connector.js';
export { hintOf, type Verdict, VerdictError, type VerdictErrorOptions, verdictOf } from './errors.js';
export type { Cursor, SourceEvent } from './events.js';
export type { IncrementalOptions, KnownPipeline, RememberedRun, UnchangedPipeline } from './incremental.js';
export {
  createLineageGraph,
  datasetKey,
  datasetLabel,
  type LineageGraph,
  type LineageGraphBuilder,
  type LineageLink,
  type LineageNode,
  mergeColumns,
  referenceKey,
} from './lineage-graph.js';
export type {
  ColumnMapping,
  Dataset,
  DatasetPlace,
  EntityReference,
  Label,
  LineageEdge,
  LineageGap,
  OwnerReference,
  Pipeline,
  PipelineInput,
  Run,
  RunState,
  RunTrigger,
  Schedule,
  Scope,
  Task,
  TaskEdge,
  TaskRun,
} from './model.js';
export { orAborted } from './or-aborted.js';
export type { EntityTotals, Finding, PipelineReport, RequestTotals, RunReport } from './run-report.js';
export { isInShard, type Shard } from './shard.js';
