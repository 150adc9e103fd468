import type { ColumnMapping } from '@flowmeta/connector';

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
  /** `status`, the steps, of a run of an ingestion pipeline. */
  ingestionRunSteps: boolean;
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
  /** FQNs. */
  domain?: string;
  domains?: string[];
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
  body: Omit<CreatePipeline, 'tags' | 'owner' | 'owners' | 'domain' | 'domains' | 'sourceHash'>;
  tags: TagDraft[];
  /** FQNs of tags that are not made: the catalog has them, or the pipeline goes without. */
  catalogTags: string[];
  /** FQN. */
  domain?: string;
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

/** Which services of the catalog hold the datasets of a source, as the user says it. */
export interface DatasetServices {
  /** Names of database services; without them all whose type fits are taken. */
  database?: readonly string[];
  storage?: readonly string[];
  messaging?: readonly string[];
  /**
   * What the source calls a server (`{{ secret('PG_URL') }}`, `db:5432`), the beginning of a task's type or a bucket
   * (`s3://lake`) → `service[.database[.schema]]`. White space doesn't matter.
   */
  mapping?: Readonly<Record<string, string>>;
}

/** Kinds of entities that can be an end of an edge, besides pipelines. */
export type DatasetType = 'table' | 'container' | 'topic' | 'searchIndex' | 'dashboard';

/** Where to look for a dataset, and by which names. */
export type DatasetLookup = {
  /** What a person calls it, for reports. */
  label: string;
  serviceKind: 'database' | 'storage' | 'messaging' | 'search';
  /** The only service that it can be in, whatever its type: the user said so. */
  service?: string;
  /** Otherwise the services that the user named; among them, those whose type fits. */
  serviceNames?: readonly string[];
  /** Types of services that hold such datasets, as OpenMetadata names them. */
  serviceTypes: readonly string[];
  /** What the source calls the server, without white space: may tell two services apart. */
  servers: readonly string[];
  /** `lower`, `upper`: the platform folds names, so that the catalog may have another spelling. `insensitive`: any spelling. */
  spelling: 'exact' | 'lower' | 'upper' | 'insensitive';
} & (
  | {
      type: 'table';
      /** OpenMetadata's database; absent where any may be meant. */
      database?: string;
      schema?: string;
      name: string;
      /** What absent names most likely are. */
      likely: { database?: string; schema?: string };
    }
  /** The deepest container on the way from the bucket to the path is meant. */
  | { type: 'container'; bucket: string; path: readonly string[] }
  | { type: 'topic' | 'searchIndex'; name: string }
);

/** A `PUT /v1/lineage` edge between entities that are named, not yet resolved to ids. */
export interface EdgeDraft {
  from: { type: string; fqn: string };
  to: { type: string; fqn: string };
  details: {
    source: 'PipelineLineage';
    description: string;
    /** FQN of the pipeline that moves the data. */
    pipeline?: string;
    /** FQNs of further pipelines that move the same data. OpenMetadata has room for one. */
    otherPipelines?: readonly string[];
    /** At most 10,000 characters. */
    sqlQuery?: string;
    /** By names, between two tables; `completeColumns` makes fully qualified names of them. */
    columns?: readonly ColumnMapping[];
  };
}

/** What flows into one column, by fully qualified names. */
export interface ColumnLineage {
  fromColumns: string[];
  toColumn: string;
  function?: string;
}

/** A `PUT /v1/lineage` body. */
export interface AddLineage {
  edge: {
    fromEntity: Reference;
    toEntity: Reference;
    lineageDetails: {
      source: 'PipelineLineage';
      description: string;
      pipeline?: Reference;
      sqlQuery?: string;
      columnsLineage?: ColumnLineage[];
    };
  };
}
