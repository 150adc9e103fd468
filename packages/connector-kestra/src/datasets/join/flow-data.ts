import type { EntityReference, LineageGap } from '@flowmeta/connector';
import type { KestraFlow, KestraTask, KestraTrigger } from '@flowmeta/kestra-client';
import { renderTemplates, type TemplateValues } from '@flowmeta/sql-lineage';
import { type TaskNode, taskTree } from '../../constructs.js';
import { subflowTarget } from '../../lineage/subflow-calls.js';
import { asProperties } from '../../lineage/values.js';
import { pipelineName } from '../../pipeline-name.js';
import type { TaskIo } from '../types.js';
import { createCarriedFinder } from './carried.js';
import { type Iteration, iterationNames, valuesOf } from './iterations.js';
import { unroll } from './steps.js';
import type { FlowData, Handover } from './types.js';

export interface FlowAnalysis {
  pipeline: string;
  /** What is known before a run. */
  values: TemplateValues;
  /** What a task or trigger reads and writes, with what is known of the iteration around it. */
  analyse: (task: KestraTask | KestraTrigger, names: Pick<TemplateValues, 'taskrun' | 'item'>) => Promise<TaskIo>;
}

/** A flow's tasks with the data that they read, write and hand on, and what could not be found out. */
export async function flowData(
  flow: KestraFlow,
  analysis: FlowAnalysis,
): Promise<{ data: FlowData; gaps: LineageGap[] }> {
  const { pipeline, values } = analysis;
  const tree = taskTree(flow);
  const unrolled = await unroll({ tree, triggers: flow.triggers }, analysis);
  const runBy = (node: TaskNode, iteration: Iteration | undefined): string | undefined => {
    const target = subflowTarget(node.task, flow);
    if (target === undefined) return undefined;
    const name = 'template' in target ? target.template : pipelineName(target.namespace, target.id);
    const names = iteration === undefined ? {} : iterationNames(iteration);
    const { vars, flow: ofFlow } = values;
    // Inputs may be given another value by whoever starts the run, so that their defaults decide nothing here.
    const known = { ...(vars && { vars }), ...(ofFlow && { flow: ofFlow }), ...names };
    const { sql: text, unresolved } = renderTemplates(name, known);
    return unresolved.length > 0 ? undefined : text;
  };
  const finder = createCarriedFinder(unrolled, { tree, variables: flow.variables ?? {}, runBy });
  const steps = unrolled.places.map((place): FlowData['steps'][number] => {
    const { io, task, node, iteration } = place;
    const { reads, writes, moves, gives, passesOn } = io;
    return {
      taskId: task.id,
      type: task.type,
      isTrigger: node === undefined,
      ...(node?.branch && { branch: node.branch }),
      iteration: valuesOf(iteration),
      io: { reads, writes, moves, gives, passesOn },
      takes: finder.ofPlace(place),
    };
  });
  const handovers = unrolled.places.flatMap((place): Handover[] => {
    const { node, task, iteration } = place;
    const target = node && runBy(node, iteration);
    if (target === undefined) return [];
    return Object.entries(asProperties(task.inputs)).flatMap(([input, value]): Handover[] => {
      const carried = finder.inTexts(textsOf(value), place);
      const isNothing = carried.steps.length + carried.inputs.length + carried.outputs.length === 0;
      return isNothing ? [] : [{ taskId: task.id, flow: target, input: input.split('.')[0]!, carried }];
    });
  });
  const outputs = (flow.outputs ?? []).map(({ id, value }) => ({
    name: id,
    carried: finder.inTexts(textsOf(value), {}),
  }));
  const self: EntityReference = { kind: 'pipeline', name: pipeline };
  const started = new Map<string, string>();
  for (const { io, task } of unrolled.places) for (const { pipeline: name } of io.runs) started.set(name, task.id);
  return {
    data: {
      pipeline,
      steps,
      handovers,
      outputs,
      spelledOut: [...started].map(([name, taskId]) => ({
        from: self,
        to: { kind: 'pipeline', name, external: true },
        description: `Kestra task ${taskId}`,
      })),
    },
    gaps: distinctGaps([...unrolled.places.flatMap(({ io }) => io.gaps), ...unrolled.gaps]),
  };
}

/** All texts in a value. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}

/** Iterations say the same more than once. */
function distinctGaps(gaps: readonly LineageGap[]): LineageGap[] {
  return [...new Map(gaps.map((gap) => [JSON.stringify([gap.task, gap.reason, gap.message]), gap])).values()];
}
