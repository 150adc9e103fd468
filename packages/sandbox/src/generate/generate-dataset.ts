import { dialectOf, type KestraDialect } from '../kestra/dialect.js';
import type { KestraDataset, KestraExecution, KestraExecutionStore } from '../types.js';
import { type DataLoad, dataTasksOf, plainQueryOf } from './data-tasks.js';

export interface GenerateOptions {
  /** Number of flows. */
  flows: number;
  /** Tasks of each flow, one after the other. */
  tasks: number;
  /** Executions of all flows together, spread evenly over one day. */
  runs: number;
  /**
   * Tables of all flows together, at least two per flow. Each flow moves data along its share of them, from one to the next: by
   * `INSERT … SELECT`, and every tenth time by way of a file. The tasks for it follow the `tasks` plain ones, one per `INSERT` and four
   * per file. `generatedCatalog` with the same options lists the tables and files. Default: a third of the plain tasks are queries of
   * two tables each.
   */
  datasets?: number;
  /** When the first execution started, ISO 8601; the dataset is taken one day later. Default 2026-01-01T00:00:00.000Z. */
  startedAt?: string;
  /** Kestra version whose shapes are used; default `1.0.3`. */
  version?: string;
}

const dayMs = 24 * 60 * 60 * 1000;
const taskMs = 1000;
const flowsPerNamespace = 50;
/** Every so many flows one is started by the flow before it. */
const triggeredEvery = 10;
const failedEvery = 97;
const warningEvery = 101;

const hierarchy = 'io.kestra.core.models.hierarchies.';
const returnType = 'io.kestra.plugin.core.debug.Return';

type Json = Record<string, unknown>;

const pad = (value: number, length: number): string => String(value).padStart(length, '0');
const namespaceOf = (flow: number): string => `bench.team${pad(Math.floor(flow / flowsPerNamespace), 3)}`;
const flowIdOf = (flow: number): string => `flow_${pad(flow, 6)}`;
const taskIdOf = (task: number): string => `task_${pad(task, 3)}`;
const executionIdOf = (index: number): string => `gen${pad(index, 19)}`;
const iso = (ms: number): string => new Date(ms).toISOString();

/** The tasks of a flow in order: plain ones, some of which query, then those that move data. */
function tasksOf(flow: number, load: DataLoad): Json[] {
  const plain = Array.from({ length: load.tasks }, (_, task) => ({
    id: taskIdOf(task),
    ...(plainQueryOf({ flow, task }, load) ?? { type: returnType, format: `${task}` }),
  }));
  return [...plain, ...dataTasksOf(flow, load)];
}

const isTriggered = (flow: number): boolean => flow % triggeredEvery === triggeredEvery - 1;

function triggerOf(flow: number, dialect: KestraDialect): Json {
  if (!isTriggered(flow))
    return { id: 'schedule', type: 'io.kestra.plugin.core.trigger.Schedule', cron: `${flow % 60} ${flow % 24} * * *` };
  const upstream = { namespace: namespaceOf(flow - 1), flowId: flowIdOf(flow - 1) };
  const type = 'io.kestra.plugin.core.trigger.Flow';
  if (dialect.line === '2.0') return { id: 'upstream', type, dependsOn: [upstream] };
  const condition = dialect.line === '0.17' ? 'ExecutionFlowCondition' : 'ExecutionFlow';
  return {
    id: 'upstream',
    type,
    conditions: [{ type: `io.kestra.plugin.core.condition.${condition}`, ...upstream }],
  };
}

/** What a server keeps of a flow's schedule. */
function triggerRow(flow: number, dialect: KestraDialect): Json {
  const trigger = triggerOf(flow, dialect);
  const state = { namespace: namespaceOf(flow), flowId: flowIdOf(flow), triggerId: trigger.id, disabled: false };
  return dialect.line === '2.0' ? { trigger, state } : { abstractTrigger: trigger, triggerContext: state };
}

/** A flow as a definition; JSON is YAML. */
const sourceOf = ({ revision: _, deleted: __, ...definition }: Json): string => JSON.stringify(definition, null, 2);

function graphOf(tasks: readonly Json[], dialect: KestraDialect): Json {
  const prefix = dialect.graphUidPrefixes ? ['root-', 'end-'] : ['', ''];
  const [root, end] = [`root.${prefix[0]}0000000000000000000001`, `root.${prefix[1]}0000000000000000000002`];
  const mark = dialect.graphUidPrefixes ? {} : { error: false };
  const nodes = tasks.map((task) => ({
    uid: `root.${task.id}`,
    type: `${hierarchy}GraphTask`,
    ...mark,
    task,
    relationType: 'SEQUENTIAL',
  }));
  const chain = [root, ...nodes.map(({ uid }) => uid), end];
  return {
    nodes: [
      { uid: root, type: `${hierarchy}GraphClusterRoot`, ...mark },
      { uid: end, type: `${hierarchy}GraphClusterEnd`, ...mark },
      ...nodes,
    ],
    edges: chain.slice(1).map((target, index) => ({
      source: chain[index],
      target,
      relation: index === 0 || target === end ? {} : { relationType: 'SEQUENTIAL' },
    })),
    clusters: [],
  };
}

function flowEntry(
  flow: number,
  { tasks, dialect }: { tasks: Json[]; dialect: KestraDialect },
): KestraDataset['flows'][number] {
  const definition = {
    id: flowIdOf(flow),
    namespace: namespaceOf(flow),
    revision: 1,
    description: `Generated flow ${flow}`,
    disabled: false,
    deleted: false,
    labels: [{ key: 'team', value: `team${flow % 7}` }],
    tasks,
    triggers: [triggerOf(flow, dialect)],
  };
  return {
    flow: definition,
    get source() {
      return sourceOf(definition);
    },
    get graph() {
      return { status: 200, body: graphOf(tasks, dialect) };
    },
    dependencies: { nodes: [], edges: [] },
  };
}

function stateOf(current: string, startMs: number, options: { endMs?: number }): Json {
  const { endMs } = options;
  const histories = [
    { state: 'CREATED', date: iso(startMs) },
    { state: 'RUNNING', date: iso(startMs + 1) },
    ...(endMs === undefined ? [] : [{ state: current, date: iso(endMs) }]),
  ];
  const ended = endMs === undefined ? {} : { endDate: iso(endMs), duration: `PT${(endMs - startMs) / 1000}S` };
  return { current, histories, startDate: iso(startMs), ...ended };
}

const outcomeOf = (index: number): string =>
  index % failedEvery === failedEvery - 1
    ? 'FAILED'
    : index % warningEvery === warningEvery - 1
      ? 'WARNING'
      : 'SUCCESS';

/** Executions of flows whose tasks have the given ids. */
function executionStore(
  options: { runs: number; startedAt: string; taskIds: string[][] },
  dialect: KestraDialect,
): KestraExecutionStore {
  const { runs, startedAt, taskIds } = options;
  const flows = taskIds.length;
  const firstMs = Date.parse(startedAt);
  const startOf = (index: number): number => firstMs + Math.floor((index * dayMs) / runs);

  const summary = (index: number): KestraExecution => {
    const flow = index % flows;
    const startMs = startOf(index);
    const triggered = isTriggered(flow) && index >= flows;
    return {
      ...(dialect.line === '2.0' ? { tenantId: 'main' } : {}),
      id: executionIdOf(index),
      namespace: namespaceOf(flow),
      flowId: flowIdOf(flow),
      flowRevision: 1,
      labels: [{ key: 'team', value: `team${flow % 7}` }],
      state: stateOf(outcomeOf(index), startMs, { endMs: startMs + ((taskIds[flow]?.length ?? 0) + 1) * taskMs }),
      originalId: executionIdOf(index),
      ...(triggered
        ? {
            trigger: {
              id: 'upstream',
              type: 'io.kestra.plugin.core.trigger.Flow',
              variables: {
                executionId: executionIdOf(index - 1),
                namespace: namespaceOf(flow - 1),
                flowId: flowIdOf(flow - 1),
                flowRevision: 1,
              },
            },
          }
        : {}),
    };
  };

  const at = (index: number): KestraExecution => {
    const head = summary(index);
    const startMs = startOf(index);
    const failed = outcomeOf(index) === 'FAILED';
    const ids = taskIds[index % flows] ?? [];
    const taskRunList = ids.map((taskId, task) => {
      const current = failed && task === ids.length - 1 ? 'FAILED' : 'SUCCESS';
      const began = startMs + task * taskMs;
      const state = stateOf(current, began, { endMs: began + taskMs });
      const owner =
        dialect.line === '2.0' ? {} : { executionId: head.id, namespace: head.namespace, flowId: head.flowId };
      const outputs = dialect.line === '2.0' ? {} : { outputs: {} };
      return {
        id: `${head.id}t${pad(task, 3)}`,
        ...owner,
        taskId,
        attempts: [{ state }],
        ...outputs,
        state,
      };
    });
    return {
      ...head,
      taskRunList,
      ...(dialect.line === '2.0' ? {} : { deleted: false }),
      metadata: { attemptNumber: 1, originalCreatedDate: iso(startMs) },
    };
  };

  return {
    count: runs,
    summary,
    at,
    indexOf: (id) => {
      const index = /^gen\d{19}$/.test(id) ? Number(id.slice(3)) : Number.NaN;
      return index < runs ? index : undefined;
    },
  };
}

/**
 * Made-up but look-alike data for benchmarks: the same options always give the same data. Graphs, sources and executions are made when
 * they are asked for, so that 100,000 runs of ten tasks take little memory. Flows are chains of tasks; nine in ten have a schedule, the
 * tenth is started by the flow before it. About one run in a hundred failed, and one ended with a warning.
 *
 * @throws RangeError for fewer than one flow, a negative number of tasks or runs, or fewer than two datasets per flow.
 */
export function generateDataset(options: GenerateOptions): KestraDataset {
  const complete = { startedAt: '2026-01-01T00:00:00.000Z', version: '1.0.3', ...options };
  const { flows, tasks, runs, datasets, startedAt, version } = complete;
  if (!(flows >= 1) || !(tasks >= 0) || !(runs >= 0))
    throw new RangeError('generateDataset needs at least one flow and no negative numbers');
  if (datasets !== undefined && !(datasets >= 2 * flows))
    throw new RangeError('generateDataset needs at least two datasets per flow');
  const dialect = dialectOf(version);
  const tasksByFlow = Array.from({ length: flows }, (_, flow) => tasksOf(flow, { flows, tasks, datasets }));
  const taskIds = tasksByFlow.map((list) => list.map(({ id }) => String(id)));
  return {
    version,
    takenAt: iso(Date.parse(startedAt) + dayMs),
    configs: {
      uuid: 'generated',
      version,
      isBasicAuthInitialized: true,
      systemNamespace: 'system',
      hiddenLabelsPrefixes: ['system.', 'internal.'],
    },
    flows: tasksByFlow.map((list, flow) => flowEntry(flow, { tasks: list, dialect })),
    executions: [],
    executionStore: executionStore({ runs, startedAt, taskIds }, dialect),
    triggers: tasksByFlow.flatMap((_, flow) => (isTriggered(flow) ? [] : [triggerRow(flow, dialect)])),
    plugins: dialect.line === '2.0' ? { results: [], total: 0 } : [],
  };
}
