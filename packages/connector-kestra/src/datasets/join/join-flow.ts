import { type LineageEdge, mergeColumns } from '@flowmeta/connector';
import type { DatasetUse, DirectMove } from '../types.js';
import { describe, mostNamed, type StepName, stepName, together } from './descriptions.js';
import { datasetKeys } from './keys.js';
import type { Carried, FlowData, Step } from './types.js';

/** What crosses the border of a flow: an input of a flow, or an output of one (of all, where none is named). */
export type Crossing = { flow: string; input: string } | { flow: string; output?: string };

/** Data on its way between flows; the tasks are those of one flow that it passes. */
export interface Passage {
  from: { use: DatasetUse } | Crossing;
  to: { use: DatasetUse } | Crossing;
  way: StepName[];
}

export interface JoinedFlow {
  /** Between datasets, by way of the pipeline. */
  edges: LineageEdge[];
  passages: Passage[];
  /** More pairs than are shown; 0 when all are. */
  pairsBeyond: number;
}

export const mostEdges = 10_000;
/** Tasks that are looked at on the way back from those that write. */
const mostVisits = 1_000_000;

/** The way from a step to where its data arrives. */
interface Chain {
  step: number;
  next?: Chain;
  /** The step at the end. */
  last: number;
}

type Origin = ({ use: DatasetUse } | { crossing: Crossing }) & { chain: Chain | undefined };

/**
 * Joins the tasks of one flow: what a task takes, and that others carry there, flows into what it writes. What it moves by itself is
 * as it says. Nothing flows for the mere reason that both are in the same flow.
 */
export function joinFlow({ pipeline, steps, handovers, outputs }: FlowData): JoinedFlow {
  const key = datasetKeys();
  const edges = createEdges(pipeline, key);
  const passages: Passage[] = [];
  const isFertile = fertileSteps(steps);
  let visits = 0;
  let pairsBeyond = 0;

  function* originsOf(
    { steps: taken, inputs, outputs: returned }: Carried,
    next: Chain | undefined,
  ): Generator<Origin> {
    const visited = new Set<number>();
    const pending: { step: number; next: Chain | undefined }[] = [];
    function* enter(carried: Carried, chain: Chain | undefined): Generator<Origin> {
      for (const input of carried.inputs) yield { crossing: { flow: pipeline, input }, chain };
      for (const crossing of carried.outputs) yield { crossing, chain };
      for (const step of carried.steps) if (isFertile(step)) pending.push({ step, next: chain });
    }
    yield* enter({ steps: taken, inputs, outputs: returned }, next);
    for (let at = 0; at < pending.length && visits < mostVisits; at++) {
      const { step: index, next: onward } = pending[at]!;
      if (visited.has(index)) continue;
      visited.add(index);
      const { io, takes } = steps[index]!;
      visits += 1 + io.gives.length;
      const chain: Chain = { step: index, last: onward?.last ?? index, ...(onward && { next: onward }) };
      for (const use of io.gives) yield { use, chain };
      if (io.passesOn) yield* enter(takes, chain);
    }
  }

  const wayOf = (chain: Chain | undefined): StepName[] => {
    const way: StepName[] = [];
    let at = chain;
    for (; at !== undefined && way.length < mostNamed; at = at.next) way.push(stepName(steps[at.step]!));
    if (at !== undefined) way.push(stepName(steps[at.last]!));
    return way;
  };

  steps.forEach((step, index) => {
    const { io, takes } = step;
    for (const move of io.moves) {
      if (edges.isFull()) pairsBeyond += 1;
      else edges.add(move, [stepName(step)]);
    }
    if (io.writes.length === 0) return;
    for (const origin of originsOf(takes, { step: index, last: index })) {
      if ('crossing' in origin) {
        const way = wayOf(origin.chain);
        for (const use of io.writes) passages.push({ from: origin.crossing, to: { use }, way });
        continue;
      }
      const way = edges.isFull() ? [] : wayOf(origin.chain);
      io.writes.some((to, at) => {
        if (edges.isFull()) pairsBeyond += io.writes.length - at;
        else edges.add({ from: origin.use, to }, way);
        return edges.isFull();
      });
    }
  });

  const leave = (to: Crossing, carried: Carried, last: StepName | undefined) => {
    for (const origin of originsOf(carried, undefined)) {
      const way = [...wayOf(origin.chain), ...(last ? [last] : [])];
      passages.push({ from: 'use' in origin ? { use: origin.use } : origin.crossing, to, way });
    }
  };
  for (const { taskId, flow, input, carried } of handovers) {
    leave({ flow, input }, carried, { isTrigger: false, name: taskId });
  }
  for (const { name, carried } of outputs) leave({ flow: pipeline, output: name }, carried, undefined);
  if (visits >= mostVisits) pairsBeyond = Math.max(1, pairsBeyond);
  return { edges: edges.list(), passages, pairsBeyond };
}

/** Whether a step's outputs can carry anything at all, so that nobody need look further back. */
function fertileSteps(steps: readonly Step[]): (index: number) => boolean {
  const fertile = new Uint8Array(steps.length);
  const takenBy = new Map<number, number[]>();
  const pending: number[] = [];
  steps.forEach(({ io, takes }, index) => {
    if (io.passesOn) {
      for (const step of takes.steps) {
        const known = takenBy.get(step);
        if (known === undefined) takenBy.set(step, [index]);
        else known.push(index);
      }
    }
    if (io.gives.length > 0 || (io.passesOn && takes.inputs.length + takes.outputs.length > 0)) pending.push(index);
  });
  for (let step = pending.pop(); step !== undefined; step = pending.pop()) {
    if (fertile[step]) continue;
    fertile[step] = 1;
    pending.push(...(takenBy.get(step) ?? []));
  }
  return (index) => fertile[index] === 1;
}

/** Collects edges; several between the same datasets become one. */
function createEdges(pipeline: string, key: (use: DatasetUse) => string) {
  const made = new Map<string, { edge: LineageEdge; descriptions: Set<string> }>();
  const pairOf = (from: DatasetUse, to: DatasetUse) => `${key(from)}\n${key(to)}`;
  return {
    /** Whether there is no place for one more. */
    isFull: (): boolean => made.size >= mostEdges,

    add({ from, to, sql, columns, ...move }: DirectMove & { isOnlyOfRun?: boolean }, way: readonly StepName[]): void {
      if (key(from) === key(to)) return;
      const pair = pairOf(from, to);
      const description = describe(way, [from, to]);
      const isRun = [move, from, to].some(isOnlyOfRun);
      const known = made.get(pair);
      if (known !== undefined) {
        known.descriptions.add(description);
        if (sql !== undefined) known.edge.sql ??= sql;
        if (columns !== undefined) known.edge.columns = mergeColumns(known.edge.columns, columns);
        if (!isRun) delete known.edge.evidence;
        return;
      }
      const edge: LineageEdge = {
        from: { kind: 'dataset', dataset: from.dataset },
        to: { kind: 'dataset', dataset: to.dataset },
        pipeline,
        description,
        ...(sql !== undefined && { sql }),
        ...(columns !== undefined && { columns }),
        ...(isRun && { evidence: 'run' }),
      };
      made.set(pair, { edge, descriptions: new Set([description]) });
    },

    list: (): LineageEdge[] =>
      [...made.values()].map(({ edge, descriptions }) => ({ ...edge, description: together(descriptions) })),
  };
}

/** Whether a dataset or a move of a task is known from runs and not from the definition. */
export const isOnlyOfRun = (known: object): boolean => 'isOnlyOfRun' in known && known.isOnlyOfRun === true;
