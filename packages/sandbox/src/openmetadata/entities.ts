export type Json = Record<string, unknown>;

export type EntityType =
  | 'pipelineService'
  | 'databaseService'
  | 'messagingService'
  | 'storageService'
  | 'dashboardService'
  | 'searchService'
  | 'pipeline'
  | 'ingestionPipeline'
  | 'database'
  | 'databaseSchema'
  | 'table'
  | 'topic'
  | 'container'
  | 'dashboard'
  | 'searchIndex'
  | 'classification'
  | 'tag'
  | 'user'
  | 'team'
  | 'domain';

export interface TagLabel {
  tagFQN: string;
  source: string;
  labelType: string;
  state: string;
}

export interface Reference {
  type: string;
  id: string;
}

/** A task as it is stored: its tags are kept beside it. */
export type Task = Json & { name: string };

export interface ChangeDescription {
  fieldsAdded: Json[];
  fieldsUpdated: Json[];
  fieldsDeleted: Json[];
  previousVersion: number;
}

/**
 * One row of the catalog. Rows are never changed in place: a write puts a new row in the place of the old one, so that a view that
 * is on its way to a client stays as it was.
 */
export interface Entity {
  type: EntityType;
  id: string;
  name: string;
  fullyQualifiedName: string;
  /** The service, schema, classification … that holds it. */
  parentId?: string;
  /** Of a nested container: the container around it. It belongs to its service all the same. */
  withinId?: string;
  deleted: boolean;
  version: number;
  /** ms. */
  updatedAt: number;
  updatedBy: string;
  /** Its own properties: description, displayName, tasks without tags, columns, connection … */
  own: Json;
  tags: TagLabel[];
  /** By task name. */
  taskTags: Record<string, TagLabel[]>;
  owners: Reference[];
  /** Ids of domains. */
  domains: string[];
  change?: ChangeDescription;
  /** The row before the last change of version. */
  previous?: Entity;
  /** Half-created by a refused write: every touch is a 500 (OM fact 14). */
  broken?: true;
}

/** Where a kind of entity lives and what holds it. */
export interface EntityKind {
  /** Path below `/api/v1/`. */
  collection: string;
  /** The property that names its parent, and the parent's type. */
  parent?: { property: string; type: EntityType };
  /** Properties that a body must have. */
  required: string[];
  /** Properties whose change makes a new version. */
  tracked: string[];
  /** False: it has no owners. */
  owned?: false;
}

const described = ['name'];

/** Every kind of entity that the stand-in knows. */
export const entityKinds: Record<EntityType, EntityKind> = {
  pipelineService: { collection: 'services/pipelineServices', required: described, tracked: [] },
  databaseService: { collection: 'services/databaseServices', required: described, tracked: [] },
  messagingService: { collection: 'services/messagingServices', required: described, tracked: [] },
  storageService: { collection: 'services/storageServices', required: described, tracked: [] },
  dashboardService: { collection: 'services/dashboardServices', required: described, tracked: [] },
  searchService: { collection: 'services/searchServices', required: described, tracked: [] },
  pipeline: {
    collection: 'pipelines',
    parent: { property: 'service', type: 'pipelineService' },
    required: ['name', 'service'],
    // OM fact 11: the schedule, the start date and what a task holds are not among them.
    tracked: ['sourceUrl', 'concurrency', 'pipelineLocation', 'sourceHash', 'state'],
  },
  ingestionPipeline: {
    collection: 'services/ingestionPipelines',
    parent: { property: 'service', type: 'pipelineService' },
    required: described,
    tracked: ['sourceConfig', 'airflowConfig', 'loggerLevel'],
  },
  database: {
    collection: 'databases',
    parent: { property: 'service', type: 'databaseService' },
    required: ['name', 'service'],
    tracked: [],
  },
  databaseSchema: {
    collection: 'databaseSchemas',
    parent: { property: 'database', type: 'database' },
    required: ['name', 'database'],
    tracked: [],
  },
  table: {
    collection: 'tables',
    parent: { property: 'databaseSchema', type: 'databaseSchema' },
    required: ['name', 'columns', 'databaseSchema'],
    tracked: ['columns', 'tableType'],
  },
  topic: {
    collection: 'topics',
    parent: { property: 'service', type: 'messagingService' },
    required: ['name', 'service', 'partitions'],
    tracked: ['partitions', 'messageSchema'],
  },
  container: {
    collection: 'containers',
    parent: { property: 'service', type: 'storageService' },
    required: ['name', 'service'],
    tracked: ['dataModel', 'prefix'],
  },
  dashboard: {
    collection: 'dashboards',
    parent: { property: 'service', type: 'dashboardService' },
    required: ['name', 'service'],
    tracked: [],
  },
  searchIndex: {
    collection: 'searchIndexes',
    parent: { property: 'service', type: 'searchService' },
    required: ['name', 'service', 'fields'],
    tracked: ['fields', 'searchIndexSettings'],
  },
  classification: {
    collection: 'classifications',
    required: ['name', 'description'],
    tracked: ['mutuallyExclusive'],
    owned: false,
  },
  tag: {
    collection: 'tags',
    parent: { property: 'classification', type: 'classification' },
    required: ['name', 'description'],
    tracked: ['mutuallyExclusive'],
    owned: false,
  },
  user: { collection: 'users', required: ['name', 'email'], tracked: ['email', 'isBot', 'isAdmin'], owned: false },
  team: { collection: 'teams', required: ['name', 'teamType'], tracked: ['teamType', 'email'] },
  domain: { collection: 'domains', required: ['name', 'description', 'domainType'], tracked: ['domainType'] },
};

const types = new Set(Object.keys(entityKinds));

export const isEntityType = (type: string): type is EntityType => types.has(type);

/** `["a", "b"]` of an unknown value, empty for anything else than an array. */
export const listOf = <T = unknown>(value: unknown): T[] => (Array.isArray(value) ? (value as T[]) : []);
