import type { ColumnLineage, CreatePipeline, DatasetLookup, PipelineStatus, Reference } from '@flowmeta/om-mapper';
import type { OmDataService, OmDataset } from './dataset-entities.js';
import type {
  OmClassification,
  OmDomain,
  OmLineage,
  OmPipeline,
  OmService,
  OmStatus,
  OmTag,
  OmTeam,
  OmUser,
} from './entities.js';
import type { CreateIngestionPipeline, IngestionRunStatus, OmIngestionPipeline } from './ingestion-entities.js';

export interface CreateService {
  name: string;
  description?: string;
  serviceType: 'CustomPipeline';
  /** Always there: a service made without it breaks on 1.2 (OM fact 8). */
  connection: { config: { type: 'CustomPipeline' } };
}

export interface CreateClassification {
  name: string;
  description: string;
  mutuallyExclusive: boolean;
}

export interface CreateTag {
  classification: string;
  name: string;
  displayName?: string;
  description: string;
}

export interface AddLineage {
  edge: {
    fromEntity: Reference;
    toEntity: Reference;
    lineageDetails: {
      source: string;
      description: string;
      pipeline?: Reference;
      sqlQuery?: string;
      columnsLineage?: ColumnLineage[];
    };
  };
}

/** One operation of a JSON Patch (RFC 6902). */
export interface PatchOperation {
  op: 'add' | 'replace' | 'remove';
  path: string;
  value?: unknown;
}

/** A page of a list. `after` is absent on the last one. */
export interface PipelinePage {
  items: OmPipeline[];
  after?: string;
  /** As the server counts them; absent where it does not say. */
  total?: number;
}

/** What holds tables: the databases of a service, the schemas of a database, the tables of a schema. */
export type TableHolder = { service: string } | { database: string } | { schema: string };

export interface PutResult {
  /** True for 201. */
  created: boolean;
  /** The header `X-OpenMetadata-Change`: `entityNoChange` says that nothing was stored (OM fact 11). */
  change?: string;
  pipeline: OmPipeline;
}

/**
 * OpenMetadata's REST API as far as pipelines need it. Reads answer `undefined` for what is not there. Every method
 * throws an `OpenMetadataError`.
 */
export interface OmClient {
  /** e.g. `https://om.example.com/api/v1`. */
  readonly baseUrl: string;
  /** Needs no token. */
  version(): Promise<string>;
  loggedInUser(): Promise<OmUser>;
  /** What the signed-in user may do with a kind of entity: operation → `allow`, `deny`, `conditionalAllow` … */
  permissions(resource: string): Promise<Record<string, string>>;

  /** Soft-deleted ones too. */
  getService(name: string): Promise<OmService | undefined>;
  /** `undefined` when one of this name exists already, soft-deleted ones included. */
  createService(body: CreateService): Promise<OmService | undefined>;
  /** Undoes a soft delete, that of the service's pipelines included. */
  restoreService(id: string): Promise<void>;

  /** Soft-deleted ones too, sorted by name. */
  listPipelines(query: { service: string; limit: number; after?: string; fields?: string }): Promise<PipelinePage>;
  /** Soft-deleted ones too. */
  getPipeline(fqn: string, query?: { fields?: string }): Promise<OmPipeline | undefined>;
  putPipeline(body: CreatePipeline): Promise<PutResult>;
  patchPipeline(id: string, operations: PatchOperation[]): Promise<void>;
  /** A soft delete: the pipeline, its runs and its history can be restored. False when there is no such pipeline. */
  deletePipeline(id: string): Promise<boolean>;
  /** Undoes a soft delete. An error for one that is not deleted. */
  restorePipeline(id: string): Promise<void>;

  putStatus(fqn: string, status: PipelineStatus): Promise<void>;
  /** At most 1000, no timestamp twice. Servers from 1.11.9 on have it. */
  putStatuses(fqn: string, statuses: PipelineStatus[]): Promise<void>;
  /** All between two instants, both inclusive, ms; newest first. */
  getStatuses(fqn: string, window: { startTs: number; endTs: number }): Promise<OmStatus[]>;

  getClassification(name: string): Promise<OmClassification | undefined>;
  putClassification(body: CreateClassification): Promise<void>;
  /** All tags of a classification. */
  listTags(classification: string): Promise<OmTag[]>;
  putTag(body: CreateTag): Promise<{ created: boolean; tag: OmTag }>;
  findTag(fqn: string): Promise<OmTag | undefined>;
  findDomain(fqn: string): Promise<OmDomain | undefined>;

  findUser(name: string): Promise<OmUser | undefined>;
  findUserByEmail(email: string): Promise<OmUser | undefined>;
  findTeam(name: string): Promise<OmTeam | undefined>;

  /**
   * All services of a kind, without soft-deleted ones; empty on a server that doesn't know the kind. An empty list is checked
   * with one more request: it is an error if the catalog has what only such a service holds, since edges of datasets that seem
   * to be nowhere would be called stale.
   */
  listServices(kind: DatasetLookup['serviceKind']): Promise<OmDataService[]>;
  /** What a holder has, tables with their columns; `undefined` if there are more than `atMost`. */
  listBelow(holder: TableHolder, atMost: number): Promise<OmDataset[] | undefined>;
  /** A `table` (with its columns), `topic`, `container`, `dashboard`, `searchIndex` or `pipeline` by its FQN. */
  getEntity(type: string, fqn: string): Promise<OmDataset | undefined>;
  /** The edges next to an entity, those that end at it only if `upstream` says so; empty for one that is not there. */
  getLineage(type: string, fqn: string, options?: { upstream?: boolean }): Promise<OmLineage>;
  putLineage(body: AddLineage): Promise<void>;
  /** False when there was no such edge. */
  deleteLineage(from: Reference, to: Reference): Promise<boolean>;

  /** Soft-deleted ones too. */
  getIngestionPipeline(fqn: string): Promise<OmIngestionPipeline | undefined>;
  /** Replaces the settings of one that is there. */
  putIngestionPipeline(body: CreateIngestionPipeline): Promise<OmIngestionPipeline>;
  /** How a run of an ingestion pipeline does; the last one of a `runId` stays. */
  putIngestionRun(fqn: string, run: IngestionRunStatus): Promise<void>;

  /**
   * Says that something is known to exist: when the server says mid-run that it does not, that is its database coming
   * back, and the request is tried again for a while (OM fact 4).
   */
  expectToExist(type: string, name: string): void;
  /** Ends open requests and frees the sockets. */
  close(): Promise<void>;
}
