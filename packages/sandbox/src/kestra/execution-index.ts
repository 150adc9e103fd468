import type { KestraDataset, KestraExecution, KestraExecutionStore } from '../types.js';

/** What searches need of one execution. */
export interface ExecutionEntry {
  index: number;
  id: string;
  namespace: string;
  flowId: string;
  state: string;
  /** ISO 8601 as recorded; sorts as text once it has the same precision, which is why it is also held in ms. */
  startDate: string;
  startMs: number;
  endMs: number | undefined;
  durationMs: number;
  kind: string | undefined;
  /** Of a LOOP child: the execution that runs the loop. */
  loopParentId: string | undefined;
  /** The execution that started this one. */
  triggerExecutionId: string | undefined;
  labels: unknown;
}

export interface ExecutionIndex {
  entries: readonly ExecutionEntry[];
  at(index: number): KestraExecution;
  find(id: string): KestraExecution | undefined;
  /** The same answer for the same key as long as it is one of the last few asked for. */
  remember<T>(key: string, compute: () => T): T;
}

interface StateShape {
  current?: string;
  startDate?: string;
  endDate?: string;
}

function entryOf(execution: KestraExecution, index: number): ExecutionEntry {
  const state = (execution.state ?? {}) as StateShape;
  const trigger = execution.trigger as { variables?: { executionId?: string } } | undefined;
  const loop = execution.loopRun as { parent?: { id?: string } } | undefined;
  const startMs = Date.parse(state.startDate ?? '');
  const endMs = state.endDate === undefined ? undefined : Date.parse(state.endDate);
  return {
    index,
    id: execution.id,
    namespace: execution.namespace,
    flowId: execution.flowId,
    state: state.current ?? '',
    startDate: state.startDate ?? '',
    startMs,
    endMs,
    durationMs: endMs === undefined ? Number.POSITIVE_INFINITY : endMs - startMs,
    kind: execution.kind as string | undefined,
    loopParentId: loop?.parent?.id,
    triggerExecutionId: trigger?.variables?.executionId,
    labels: execution.labels,
  };
}

function storeOf(executions: readonly KestraExecution[]): KestraExecutionStore {
  const positions = new Map(executions.map(({ id }, index) => [id, index]));
  const at = (index: number): KestraExecution => {
    const execution = executions[index];
    if (!execution) throw new RangeError(`no execution at ${index}`);
    return execution;
  };
  return { count: executions.length, summary: at, at, indexOf: (id) => positions.get(id) };
}

const remembered = 8;

/** Indexes a dataset's executions once, so that pages of a large dataset are cheap. */
export function indexExecutions(dataset: KestraDataset): ExecutionIndex {
  const store = dataset.executionStore ?? storeOf(dataset.executions);
  const entries = Array.from({ length: store.count }, (_, index) => entryOf(store.summary(index), index));
  const memory = new Map<string, unknown>();
  return {
    entries,
    at: (index) => store.at(index),
    find: (id) => {
      const index = store.indexOf(id);
      return index === undefined ? undefined : store.at(index);
    },
    remember: <T>(key: string, compute: () => T): T => {
      if (memory.has(key)) return memory.get(key) as T;
      const value = compute();
      memory.set(key, value);
      const [oldest] = memory.keys();
      if (memory.size > remembered && oldest !== undefined) memory.delete(oldest);
      return value;
    },
  };
}
