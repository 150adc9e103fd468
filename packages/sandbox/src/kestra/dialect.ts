/** How one line of Kestra versions behaves. Every value was seen on a running server of the line named by `line`. */
export interface KestraDialect {
  line: '0.17' | '0.20' | '1.0' | '2.0';
  /** `/api/v1/main/…` exists, and any other tenant is refused with 400. */
  tenants: boolean;
  /** `/api/v1/<anything>/configs` answers like `/api/v1/configs`. */
  configsUnderAnyTenant: boolean;
  /** Which paths need credentials once they are set up: every one but `/ping`, or those under `/api/v1/`. */
  authScope: 'everything' | 'api';
  /** What answers without credentials: nothing, paths ending in `/configs`, or exactly `/api/v1/configs` as sent. */
  openConfigs: 'no' | 'suffix' | 'exact';
  /** Status for a `Basic` header that is not base64. */
  brokenBase64Status: 401 | 422;
  /** Legacy query parameters (`namespace`, `state` …) are read; otherwise they are silently ignored. */
  legacyParameters: boolean;
  /** `filters[field][OP]=value` is read; otherwise it is silently ignored. */
  filters: boolean;
  /** `scope` is read and checked. */
  scopeParameter: boolean;
  /** A legacy namespace beside a flow id means exactly that namespace, not its children too. */
  namespaceExactBesideFlowId: boolean;
  /** What a legacy or filter `endDate` compares with when no `dateFilter` says otherwise. */
  endDateMeans: 'endDateUpTo' | 'startDateBefore';
  /** Executions that started earlier are hidden unless a start date or time range is given, ms. */
  implicitWindowMs: number | undefined;
  /** `page` and `size` below 1 are refused with 422; 0.17 has its own answers. */
  checksPaging: boolean;
  /** Status of a sort without a colon and of a label without one. */
  badPairStatus: 422 | 500;
  /** Status of an unknown execution sort field. */
  unknownExecutionSortStatus: 422 | 500;
  flowSortFields: readonly string[];
  triggerSortFields: readonly string[];
  /** Fields that execution search leaves out of its items. */
  hiddenInExecutionSearch: readonly string[];
  /** States that a filter may name. */
  states: readonly string[];
  /** States that a filter may name, but that the database answers with 500. */
  statesFailing: readonly string[];
  /** Field of `filters[…]` → its operators, for the flow search. */
  flowFilters: FilterTable;
  executionFilters: FilterTable;
  triggerFilters: FilterTable;
  /** Every field name that `filters[…]` knows, whatever the resource. */
  filterFields: readonly string[];
  namespaces: boolean;
  namespaceSearchReadsQuery: boolean;
  namespaceDependenciesIncludeChildren: boolean;
  /** `POST executions/latest`: absent, only flows with an ended run, or any run. */
  latest: 'no' | 'ended' | 'any';
  latestGroupByFlow: boolean;
  outputs: boolean;
  expandDependencies: boolean;
  exportNameSeparator: '.' | '-';
  /** `root-` and `end-` in front of the random part of a synthetic graph node. */
  graphUidPrefixes: boolean;
  operationOfFlowSearch: 'find' | 'searchFlows';
  operationOfExecutionSearch: 'find' | 'searchExecutions';
}

/** Field → the operators it takes and its name in an error. */
export type FilterTable = Readonly<Record<string, { name: string; operators: readonly string[] }>>;

const equality = ['EQUALS', 'NOT_EQUALS'] as const;
const text = [...equality, 'CONTAINS', 'STARTS_WITH', 'ENDS_WITH'] as const;
const membership = ['IN', 'NOT_IN'] as const;
const dates = ['GREATER_THAN_OR_EQUAL_TO', 'GREATER_THAN', 'LESS_THAN_OR_EQUAL_TO', 'LESS_THAN', ...equality] as const;

const namespace = { name: 'NAMESPACE', operators: [...text, 'REGEX', ...membership, 'PREFIX'] };
const labels = { name: 'LABELS', operators: equality };
const query = { name: 'QUERY', operators: equality };
const scope = { name: 'SCOPE', operators: equality };
const flowId = { name: 'FLOW_ID', operators: [...text, 'REGEX'] };
const flowIdWithMembership = { name: 'FLOW_ID', operators: [...text, 'REGEX', ...membership] };
const startDate = { name: 'START_DATE', operators: dates };
const endDate = { name: 'END_DATE', operators: dates };

const flowFilters: FilterTable = { labels, namespace, q: query, scope };
const executionFilters: FilterTable = {
  q: query,
  scope,
  flowId,
  startDate,
  endDate,
  timeRange: { name: 'TIME_RANGE', operators: ['EQUALS'] },
  state: { name: 'STATE', operators: [...equality, ...membership] },
  labels,
  triggerExecutionId: { name: 'TRIGGER_EXECUTION_ID', operators: [...text, ...membership] },
  childFilter: { name: 'CHILD_FILTER', operators: equality },
  namespace,
};
const triggerFilters: FilterTable = {
  q: query,
  scope,
  namespace,
  workerId: { name: 'WORKER_ID', operators: [...text, ...membership] },
  flowId,
  startDate,
  endDate,
  timeRange: { name: 'TIME_RANGE', operators: ['EQUALS'] },
  triggerId: { name: 'TRIGGER_ID', operators: [...text, ...membership] },
};

const oldStates = [
  'CREATED',
  'RUNNING',
  'PAUSED',
  'RESTARTED',
  'KILLING',
  'SUCCESS',
  'WARNING',
  'FAILED',
  'KILLED',
  'CANCELLED',
  'QUEUED',
  'RETRYING',
  'RETRIED',
];

const dialect017: KestraDialect = {
  line: '0.17',
  tenants: false,
  configsUnderAnyTenant: true,
  authScope: 'everything',
  openConfigs: 'no',
  brokenBase64Status: 422,
  legacyParameters: true,
  filters: false,
  scopeParameter: false,
  namespaceExactBesideFlowId: true,
  endDateMeans: 'endDateUpTo',
  implicitWindowMs: undefined,
  checksPaging: false,
  badPairStatus: 500,
  unknownExecutionSortStatus: 500,
  flowSortFields: ['id', 'namespace'],
  triggerSortFields: ['namespace', 'flowId', 'triggerId', 'executionId'],
  hiddenInExecutionSearch: [],
  states: oldStates,
  statesFailing: [],
  flowFilters: {},
  executionFilters: {},
  triggerFilters: {},
  filterFields: [],
  namespaces: false,
  namespaceSearchReadsQuery: false,
  namespaceDependenciesIncludeChildren: false,
  latest: 'no',
  latestGroupByFlow: true,
  outputs: false,
  expandDependencies: false,
  exportNameSeparator: '.',
  graphUidPrefixes: false,
  operationOfFlowSearch: 'find',
  operationOfExecutionSearch: 'find',
};

const dialect020: KestraDialect = {
  ...dialect017,
  line: '0.20',
  scopeParameter: true,
  checksPaging: true,
  badPairStatus: 422,
  triggerSortFields: [...dialect017.triggerSortFields, 'nextExecutionDate'],
  states: [...oldStates, 'SKIPPED'],
  statesFailing: ['SKIPPED'],
  namespaces: true,
  namespaceSearchReadsQuery: true,
};

const dialect10: KestraDialect = {
  ...dialect020,
  line: '1.0',
  tenants: true,
  configsUnderAnyTenant: false,
  authScope: 'api',
  openConfigs: 'suffix',
  filters: true,
  namespaceExactBesideFlowId: false,
  endDateMeans: 'startDateBefore',
  implicitWindowMs: 8 * 24 * 60 * 60 * 1000,
  states: [...oldStates, 'SKIPPED', 'BREAKPOINT'],
  statesFailing: [],
  flowFilters,
  executionFilters,
  triggerFilters,
  filterFields:
    'childFilter, workerId, endDate, level, triggerId, triggerExecutionId, labels, q, executionId, existingOnly, scope, namespace, state, flowId, startDate, timeRange'.split(
      ', ',
    ),
  latest: 'ended',
  latestGroupByFlow: false,
  expandDependencies: true,
  exportNameSeparator: '-',
  graphUidPrefixes: true,
  operationOfFlowSearch: 'searchFlows',
  operationOfExecutionSearch: 'searchExecutions',
};

const dialect20: KestraDialect = {
  ...dialect10,
  line: '2.0',
  openConfigs: 'exact',
  brokenBase64Status: 401,
  legacyParameters: false,
  unknownExecutionSortStatus: 422,
  flowSortFields: ['id', 'namespace', 'updated'],
  triggerSortFields: [...dialect020.triggerSortFields, 'nextEvaluationDate'],
  hiddenInExecutionSearch: ['taskRunList', 'metadata', 'variables'],
  states: [...dialect10.states, 'SUBMITTED', 'RESUBMITTED'],
  flowFilters: { ...flowFilters, flowId: flowIdWithMembership },
  executionFilters: {
    ...executionFilters,
    flowId: flowIdWithMembership,
    kind: { name: 'KIND', operators: [...equality, ...membership] },
    parentId: { name: 'PARENT_ID', operators: equality },
  },
  triggerFilters: { ...triggerFilters, flowId: flowIdWithMembership },
  filterFields:
    'attemptNumber, childFilter, metadata, triggerState, endDate, parentPath, source, type, taskRunId, path, flowRevision, action, details, id, state, locked, timeRange, workerId, level, kind, created, triggerId, groupList, version, labels, tags, executionId, super_admin, name, updated, startDate, status, nextExecutionDate, external_id, triggerExecutionId, expired_at, enabled, assetId, scope, artifactId, flowId, email, expirationDate, resources, userId, parentId, q, existingOnly, namespace, lastTriggeredDate, taskId, username'.split(
      ', ',
    ),
  namespaceSearchReadsQuery: false,
  namespaceDependenciesIncludeChildren: true,
  latest: 'any',
  outputs: true,
};

/** The dialect of a server version. A version between two observed lines behaves as the older of them. */
export function dialectOf(version: string): KestraDialect {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major >= 2) return dialect20;
  if (major >= 1 || minor >= 23) return dialect10;
  return minor >= 18 ? dialect020 : dialect017;
}
