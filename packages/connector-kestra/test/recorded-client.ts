import {
  canonicalType,
  type Dialect,
  type KestraClient,
  type KestraExecution,
  type KestraFlow,
  type KestraGraph,
  type KestraGraphResult,
  type KestraServer,
  type KestraTaskRun,
} from '@flowmeta/kestra-client';
import { type Exchange, groupOf, type KestraVersion, kestraExchanges } from '@flowmeta/recordings';

// A client over one recorded snapshot of a server: the wire objects as they came, in the client's types.

// biome-ignore lint/suspicious/noExplicitAny: wire objects of four versions, as they came
type Json = Record<string, any>;

const isTenanted = (version: KestraVersion): boolean => version === '1.0.3' || version === '2.0.0';

export interface Snapshot {
  version: KestraVersion;
  server: KestraServer;
  /** As the listing has them, in its order. */
  flows: KestraFlow[];
  /** By `namespace/id`, with their YAML. */
  flowsWithSource: Map<string, KestraFlow>;
  graphs: Map<string, KestraGraphResult>;
  /** As the search has them, the oldest first. */
  executions: KestraExecution[];
  executionsById: Map<string, KestraExecution>;
  triggers: { namespace: string; flowId: string; triggerId: string; disabled: boolean }[];
}

const snapshots = new Map<string, Snapshot>();

/** `fill-snap`: a server with all plugins; `fill-np`: one that lacks those of many flows. */
export function snapshot(version: KestraVersion, set: 'fill-snap' | 'fill-np' = 'fill-snap'): Snapshot {
  const key = `${version} ${set}`;
  const known = snapshots.get(key);
  if (known !== undefined) return known;
  const exchanges = kestraExchanges(version);
  const group = (name: string) => exchanges.filter((exchange) => groupOf(exchange) === `${set}-${name}`);
  const paged = (name: string, has: string) =>
    group(name)
      .filter((exchange) => exchange.request.query.includes(has))
      .flatMap((exchange) => (exchange.response.body as Json).results as Json[]);
  const made: Snapshot = {
    version,
    server: serverOf(version, group('configs')[0]!.response.body as Json),
    flows: paged('flows', 'sort=').map(flowOf),
    flowsWithSource: new Map(
      group('flow').map((exchange) => [keyOf(exchange), flowOf(exchange.response.body as Json)]),
    ),
    graphs: new Map(group('graph').map((exchange) => [keyOf(exchange), graphOf(exchange)])),
    executions: paged('execs', 'sort=').map(executionOf).reverse(),
    executionsById: new Map(
      group('execution').map((exchange) => {
        const execution = executionOf(exchange.response.body as Json);
        return [execution.id, execution];
      }),
    ),
    triggers: paged('triggers', 'size=500').map((item) => {
      const { namespace, flowId, triggerId, disabled = false } = item.triggerContext ?? item.state;
      return { namespace, flowId, triggerId, disabled };
    }),
  };
  snapshots.set(key, made);
  return made;
}

/** `namespace/id` of `/api/v1/{tenant}/flows/{namespace}/{id}[/graph]`. */
function keyOf({ request }: Exchange): string {
  const [, namespace, id] = /\/flows\/([^/]+)\/([^/]+)/.exec(request.path)!;
  return `${decodeURIComponent(namespace!)}/${decodeURIComponent(id!)}`;
}

function serverOf(version: KestraVersion, configs: Json): KestraServer {
  const dialect: Dialect = {
    from: version,
    verified: true,
    tenantInPath: isTenanted(version),
    filters: isTenanted(version) ? 'filters' : 'legacy',
    implicitWindowDays: 0,
    namespacePrefixOperator: 'PREFIX',
    searchHasTaskRuns: version !== '2.0.0',
    outputsEndpoint: version === '2.0.0',
    latestExecutions: isTenanted(version),
    namespacesEndpoint: version !== '0.17.23',
    pluginsInTenant: false,
  };
  return {
    version: configs.version,
    ...(isTenanted(version) && { tenant: 'main' }),
    uiUrl: 'https://kestra.example.com/ui',
    hiddenLabelPrefixes: configs.hiddenLabelsPrefixes ?? [],
    dialect,
    warnings: [],
  };
}

export function flowOf(flow: Json): KestraFlow {
  const { labels = [], inputs = [], tasks = [], errors = [], afterExecution = [], triggers = [], ...rest } = flow;
  return {
    ...rest,
    namespace: flow.namespace,
    id: flow.id,
    disabled: flow.disabled ?? false,
    deleted: flow.deleted ?? false,
    labels,
    inputs,
    tasks: withCanonicalTypes(tasks),
    errors: withCanonicalTypes(errors),
    finally: withCanonicalTypes(flow.finally ?? []),
    afterExecution: withCanonicalTypes(afterExecution),
    triggers: withCanonicalTypes(triggers),
  };
}

/** As the client leaves them: one spelling of each type, at any depth. */
function withCanonicalTypes<T>(value: T): T {
  const text = JSON.stringify(value, (key, member) =>
    key === 'type' && typeof member === 'string' ? canonicalType(member) : member,
  );
  return JSON.parse(text) as T;
}

function graphOf({ response }: Exchange): KestraGraphResult {
  const body = response.body as Json;
  if (response.status !== 200) return { ok: false, status: response.status, message: body.message };
  const graph: KestraGraph = {
    nodes: body.nodes.map((node: Json) => ({
      uid: node.uid,
      type: (node.type as string).split('.').at(-1)!,
      ...(node.task && { task: node.task }),
      ...((node.branchType || node.error) && { branch: node.branchType ?? 'ERROR' }),
    })),
    edges: body.edges.map(({ source, target, relation }: Json) => ({ source, target, ...relation })),
    clusters: [],
  };
  return { ok: true, graph };
}

export function executionOf(execution: Json): KestraExecution {
  const { taskRunList, labels = [], trigger, ...rest } = execution;
  return {
    ...rest,
    ...(trigger && { trigger: { ...trigger, type: canonicalType(trigger.type) } }),
    id: execution.id,
    namespace: execution.namespace,
    flowId: execution.flowId,
    state: execution.state,
    labels,
    ...(taskRunList && {
      taskRuns: (taskRunList as Json[]).map(
        (taskRun) => ({ ...taskRun, attempts: taskRun.attempts ?? [] }) as KestraTaskRun,
      ),
    }),
  };
}

const isWithin = (namespace: string, root: string | undefined): boolean =>
  root === undefined || namespace === root || namespace.startsWith(`${root}.`);

const unused = (): never => {
  throw new Error('The connector does not need this.');
};

/** What was asked of a client, in order. */
export type Call = string;

/** A client that answers from a snapshot. `overrides` replaces single methods. */
export function recordedClient(
  { server, flows, flowsWithSource, graphs, executions, executionsById, triggers }: Snapshot,
  overrides: Partial<KestraClient> = {},
  calls: Call[] = [],
): KestraClient {
  return {
    server: async ({ signal } = {}) => {
      signal?.throwIfAborted();
      return server;
    },
    tenants: unused,
    async *flows({ namespace, signal } = {}) {
      calls.push(`flows ${namespace ?? ''}`);
      for (const flow of flows) {
        signal?.throwIfAborted();
        if (isWithin(flow.namespace, namespace)) yield flow;
      }
    },
    flow: async (namespace, id) => {
      calls.push(`flow ${namespace}/${id}`);
      return (
        flowsWithSource.get(`${namespace}/${id}`) ??
        flows.find((flow) => flow.namespace === namespace && flow.id === id)
      );
    },
    flowGraph: async (namespace, id) => {
      calls.push(`graph ${namespace}/${id}`);
      return graphs.get(`${namespace}/${id}`) ?? { ok: false, status: 404, message: 'Not Found' };
    },
    async *executions({ since, until = Infinity, namespace, signal }) {
      calls.push(`executions ${namespace ?? ''}`);
      for (const execution of executions) {
        signal?.throwIfAborted();
        const start = Date.parse(execution.state.startDate ?? '');
        if (start >= since && start < until && isWithin(execution.namespace, namespace)) yield execution;
      }
    },
    countExecutions: async ({ since, namespace }) => {
      calls.push(`count ${namespace ?? ''}`);
      const isCounted = ({ state, namespace: of }: KestraExecution) =>
        Date.parse(state.startDate ?? '') >= since && isWithin(of, namespace);
      return executions.filter(isCounted).length;
    },
    execution: async (id) => {
      calls.push(`execution ${id}`);
      return executionsById.get(id);
    },
    async *triggers({ namespace } = {}) {
      calls.push(`triggers ${namespace ?? ''}`);
      yield* triggers.filter((trigger) => isWithin(trigger.namespace, namespace));
    },
    flowTriggers: async (namespace, id) => {
      calls.push(`triggers ${namespace}/${id}`);
      return triggers.filter((trigger) => trigger.namespace === namespace && trigger.flowId === id);
    },
    sources: unused,
    latestExecutions: unused,
    namespaces: unused,
    plugins: unused,
    dependencies: unused,
    outputs: unused,
    logs: unused,
    close: async () => {},
    ...overrides,
  };
}
