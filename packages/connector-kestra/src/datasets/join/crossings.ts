import type { LineageEdge } from '@flowmeta/connector';
import type { DatasetUse } from '../types.js';
import { describe, type StepName, together } from './descriptions.js';
import { type Crossing, isOnlyOfRun, type Passage } from './join-flow.js';
import { datasetKeys } from './keys.js';

/** Datasets that one input or output of a flow may carry. */
const mostCarried = 1_000;

interface Arrival {
  use: DatasetUse;
  way: StepName[];
}

interface Border {
  arrivals: Map<string, Arrival>;
  onward: { to: string; way: StepName[] }[];
  sinks: { use: DatasetUse; pipeline: string; way: StepName[] }[];
}

export interface Crossings {
  add(pipeline: string, passage: Passage): void;
  /** The edges, each by way of the pipeline that writes. `cut` names the pipelines whose edges are not all shown. */
  edges(options: { mostEdges: number; cut: (pipeline: string) => void }): Iterable<LineageEdge>;
}

/**
 * Data that passes from flow to flow: through inputs and outputs of flows that tasks run. Every dataset passes each border once, so that
 * flows that run each other come to an end.
 */
export function createCrossings(): Crossings {
  const borders = new Map<string, Border>();
  const seeds: { border: string; arrival: Arrival }[] = [];
  const key = datasetKeys();

  const borderOf = (crossing: Crossing): string => {
    const name = keyOf(crossing);
    if (!borders.has(name)) borders.set(name, { arrivals: new Map(), onward: [], sinks: [] });
    if ('output' in crossing && crossing.output !== undefined) {
      const all = borderOf({ flow: crossing.flow });
      const { onward } = borders.get(name)!;
      if (onward.every(({ to }) => to !== all)) onward.push({ to: all, way: [] });
    }
    return name;
  };

  const propagate = (cut: Set<string>) => {
    const pending = [...seeds];
    for (let at = 0; at < pending.length; at++) {
      const { border: name, arrival } = pending[at]!;
      const border = borders.get(name)!;
      const dataset = key(arrival.use);
      if (border.arrivals.has(dataset)) continue;
      if (border.arrivals.size >= mostCarried) {
        for (const { pipeline } of border.sinks) cut.add(pipeline);
        continue;
      }
      border.arrivals.set(dataset, arrival);
      for (const { to, way } of border.onward) {
        pending.push({ border: to, arrival: { use: arrival.use, way: [...arrival.way, ...way] } });
      }
    }
  };

  return {
    add(pipeline, { from, to, way: ofFlow }) {
      const way = ofFlow.map(({ isTrigger, name }) => ({ isTrigger, name: `${pipeline}/${name}` }));
      if ('use' in from) {
        if (!('use' in to)) seeds.push({ border: borderOf(to), arrival: { use: from.use, way } });
        return;
      }
      const border = borders.get(borderOf(from))!;
      if ('use' in to) border.sinks.push({ use: to.use, pipeline, way });
      else border.onward.push({ to: borderOf(to), way });
    },

    *edges({ mostEdges, cut }) {
      const cutPipelines = new Set<string>();
      propagate(cutPipelines);
      const made = new Map<string, { edge: LineageEdge; descriptions: Set<string> }>();
      const counts = new Map<string, number>();
      for (const { arrivals, sinks } of borders.values()) {
        for (const { use: to, pipeline, way } of sinks) {
          for (const arrival of arrivals.values()) {
            const { use: from } = arrival;
            const [source, target] = [key(from), key(to)];
            if (source === target) continue;
            const pair = JSON.stringify([source, target, pipeline]);
            const description = describe([...arrival.way, ...way], [from, to]);
            const known = made.get(pair);
            if (known !== undefined) {
              known.descriptions.add(description);
              continue;
            }
            const count = (counts.get(pipeline) ?? 0) + 1;
            counts.set(pipeline, count);
            if (count > mostEdges) {
              cutPipelines.add(pipeline);
              break;
            }
            const edge: LineageEdge = {
              from: { kind: 'dataset', dataset: from.dataset },
              to: { kind: 'dataset', dataset: to.dataset },
              pipeline,
              description,
              ...((isOnlyOfRun(from) || isOnlyOfRun(to)) && { evidence: 'run' }),
            };
            made.set(pair, { edge, descriptions: new Set([description]) });
          }
        }
      }
      for (const pipeline of cutPipelines) cut(pipeline);
      for (const { edge, descriptions } of made.values()) yield { ...edge, description: together(descriptions) };
    },
  };
}

function keyOf(crossing: Crossing): string {
  const isInput = 'input' in crossing;
  return JSON.stringify([
    crossing.flow,
    isInput ? 'input' : 'output',
    isInput ? crossing.input : (crossing.output ?? ''),
  ]);
}
