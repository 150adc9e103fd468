import type { LineageEdge, LineageGap } from '@flowmeta/connector';
import type { KestraFlow, KestraTask, KestraTrigger } from '@flowmeta/kestra-client';
import type { Redactor } from '@flowmeta/redact';
import { asProperties } from '../lineage/values.js';
import type { TaskGraph } from '../task-graph.js';
import { flowContext } from './flow-context.js';
import { flowData } from './join/flow-data.js';
import type { FlowData } from './join/types.js';
import { labelledEntities } from './labels.js';
import { openTexts } from './open-texts.js';
import { catalogueRow } from './task-catalogue.js';
import { taskIo, touchesDatasets } from './task-io.js';

export interface AnalysedFlow {
  data: FlowData;
  gaps: LineageGap[];
  /** Some SQL could not be read: what it moves is not known to have ended. */
  hasUnreadSql: boolean;
}

/** Which datasets a flow moves; `undefined` for a flow that has nothing to do with data, which costs next to nothing. */
export async function analyseFlow(
  written: KestraFlow,
  { pipeline, graph, redactor }: { pipeline: string; graph: TaskGraph; redactor: Pick<Redactor, 'text'> },
): Promise<AnalysedFlow | undefined> {
  const spelledOut = labelEdges(written, pipeline);
  const tasks = graph.tasks.map(({ task }) => task);
  if (![...tasks, ...written.triggers].some(touchesData) && !hasOutputs(written)) {
    return spelledOut.length === 0
      ? undefined
      : { data: { ...nothing(pipeline), spelledOut }, gaps: [], hasUnreadSql: false };
  }
  const flow = openTexts(written, redactor);
  const context = flowContext(flow, pipeline);
  const { data, gaps } = await flowData(flow, {
    pipeline,
    values: context.values,
    analyse: (task, names) =>
      taskIo(asDrawn(task, { graph, redactor }), { ...context, values: { ...context.values, ...names } }),
  });
  const unread = new Set(gaps.flatMap(({ reason, task }) => (reason === 'sql' && task !== undefined ? [task] : [])));
  const hasUnreadSql = data.steps.some(
    ({ taskId, type }) => unread.has(taskId) && catalogueRow(type)?.sql !== undefined,
  );
  return { data: { ...data, spelledOut: [...spelledOut, ...data.spelledOut] }, gaps, hasUnreadSql };
}

export const nothing = (pipeline: string): FlowData => ({
  pipeline,
  steps: [],
  handovers: [],
  outputs: [],
  spelledOut: [],
});

/** The task with what the server adds to it; what the definition says stays as it is. */
function asDrawn(
  task: KestraTask | KestraTrigger,
  { graph, redactor }: { graph: TaskGraph; redactor: Pick<Redactor, 'text'> },
): KestraTask | KestraTrigger {
  const drawn = touchesDatasets(task) ? graph.drawn?.(task.id) : undefined;
  return drawn?.type === task.type ? { ...openTexts(drawn, redactor), ...task } : task;
}

const touchesData = (task: KestraTask | KestraTrigger): boolean => touchesDatasets(task) || handsOver(task);

/** Whether a task hands something to another flow. */
const handsOver = ({ type, inputs }: KestraTask | KestraTrigger): boolean =>
  /\.flow\.(?:Subflow|ForEachItem)$/.test(type) && Object.keys(asProperties(inputs)).length > 0;

const hasOutputs = ({ outputs = [] }: KestraFlow): boolean => outputs.length > 0;

/** What the labels spell out: each source flows into each destination. One without the other is linked to the flow itself. */
function labelEdges(flow: KestraFlow, pipeline: string): LineageEdge[] {
  const { sources, destinations } = labelledEntities(flow.labels);
  const description = 'Kestra labels of the flow';
  const self = { kind: 'pipeline', name: pipeline } as const;
  if (destinations.length === 0) return sources.map((from) => ({ from, to: self, description }));
  if (sources.length === 0) return destinations.map((to) => ({ from: self, to, description }));
  return sources.flatMap((from) =>
    destinations.filter((to) => to.fqn !== from.fqn).map((to) => ({ from, to, pipeline, description })),
  );
}
