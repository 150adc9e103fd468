import type { LineageEdge } from '@flowmeta/connector';
import type { Branch } from '../../constructs.js';
import type { TaskIo } from '../types.js';

/** Where data comes from that a step takes. */
export interface Carried {
  /** Steps of the same flow, by their index. */
  steps: number[];
  /** Inputs of the flow. */
  inputs: string[];
  /** What a flow that a task runs returns: one of its outputs, or all of them. */
  outputs: { flow: string; output?: string }[];
}

/** A task or a trigger, or one iteration of a task, with what it reads, writes, takes and gives. */
export interface Step {
  taskId: string;
  type: string;
  isTrigger: boolean;
  branch?: Branch;
  /** Of an iteration whose values are known, the values from the outermost loop inwards. */
  iteration: readonly string[];
  io: Pick<TaskIo, 'reads' | 'writes' | 'moves' | 'gives' | 'passesOn'>;
  takes: Carried;
}

/** What a task hands to a flow that it runs. */
export interface Handover {
  taskId: string;
  /** Name of the pipeline that it runs. */
  flow: string;
  input: string;
  carried: Carried;
}

/** All that is remembered of a flow until every flow is known. */
export interface FlowData {
  pipeline: string;
  steps: Step[];
  handovers: Handover[];
  outputs: { name: string; carried: Carried }[];
  /** Edges that the flow's author spelled out, and jobs of other systems. */
  spelledOut: LineageEdge[];
}
