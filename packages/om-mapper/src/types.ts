/** One row of the capability table: what an OpenMetadata server of this minor version takes and answers. */
export interface Capabilities {
  /** e.g. `1.6`. */
  version: string;
  /** False where no recording of a real server backs the row. */
  verified: boolean;
  owners: 'owner' | 'owners';
  domains: 'domain' | 'domains';
  sourceHash: boolean;
  /** `state` of a pipeline: Active, Inactive. */
  pipelineState: boolean;
  skippedStatus: boolean;
  /** `executionId`, `endTime` … of a status. */
  statusDetails: boolean;
  /** `PUT …/status/bulk`. */
  bulkStatus: boolean;
  /** Longest name of a pipeline or task, UTF-16 units. */
  maxNameLength: number;
  /** Names of tags and classifications: `word` allows letters, digits and ``_ ' - . & ( )`` and spaces only. */
  tagNames: 'word' | 'entity';
  /** Names may hold neither `>` nor `"` nor control characters (2.0). */
  strictNames: boolean;
}

/** A `PUT /v1/pipelines` body. Which of the optional fields are present depends on the version. */
export interface CreatePipeline {
  name: string;
  service: string;
  displayName?: string;
  description?: string;
  sourceUrl?: string;
  concurrency?: number;
  pipelineLocation?: string;
  scheduleInterval?: string;
  tasks: TaskBody[];
  tags?: TagLabel[];
  owner?: Reference;
  owners?: Reference[];
  state?: 'Active' | 'Inactive';
  sourceHash?: string;
}

export interface TaskBody {
  name: string;
  displayName?: string;
  description?: string;
  sourceUrl?: string;
  taskType?: string;
  taskSQL?: string;
  downstreamTasks: string[];
}

export interface TagLabel {
  tagFQN: string;
  source: 'Classification';
  labelType: 'Automated';
  state: 'Confirmed';
}

export interface Reference {
  id: string;
  type: string;
}

export type StatusType = 'Successful' | 'Failed' | 'Pending' | 'Skipped';

/** A `PUT /v1/pipelines/{fqn}/status` body. `taskStatus` is always there: without it servers answer 500 (OM fact 17). */
export interface PipelineStatus {
  /** ms; the key of a status within its pipeline. */
  timestamp: number;
  executionStatus: StatusType;
  taskStatus: TaskStatus[];
  executionId?: string;
  endTime?: number;
  version?: string;
}

export interface TaskStatus {
  name: string;
  executionStatus: StatusType;
  startTime?: number;
  endTime?: number;
  logLink?: string;
}

/** A name that had to be changed to be legal, and why. */
export interface NameNote {
  original: string;
  legal: string;
  reason: string;
}

/**
 * A pipeline as the mapper leaves it for the writer: the body without what only the server can tell (ids of owners,
 * whether a tag exists) and without its hash.
 */
export interface PipelineDraft {
  /** `Pipeline.name` of the model, the key that runs and edges use. */
  pipeline: string;
  body: Omit<CreatePipeline, 'tags' | 'owner' | 'owners' | 'sourceHash'>;
  tags: TagDraft[];
  /** Names or e-mails of users or teams. */
  owners: { name: string; origin: string }[];
  /** Task names of the model → names in the body, in the body's order; one entry for every task. */
  taskNames: ReadonlyMap<string, string>;
  notes: NameNote[];
}

/** A tag that must exist before a pipeline may carry it (OM fact 14). It is a `PUT /v1/tags` body as it stands. */
export interface TagDraft {
  classification: string;
  /** `tagName` of the label. */
  name: string;
  /** The label as the source writes it, e.g. `team=data`, whatever the name looks like. */
  displayName?: string;
  description: string;
}

/** A `PUT /v1/lineage` edge between entities that are named, not yet resolved to ids. */
export interface EdgeDraft {
  from: { type: string; fqn: string };
  to: { type: string; fqn: string };
  details: {
    source: 'PipelineLineage';
    description: string;
    /** FQN of the pipeline that moves the data. */
    pipeline?: string;
  };
}

/** A `PUT /v1/lineage` body. */
export interface AddLineage {
  edge: {
    fromEntity: Reference;
    toEntity: Reference;
    lineageDetails: { source: 'PipelineLineage'; description: string; pipeline?: Reference };
  };
}
